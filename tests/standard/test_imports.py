"""The house keeps its order: imports run one way, files are chapters, `state` is written in one place."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.standard import house
from tests.standard.house import ROOMS, ROOT, get_name, get_room, list_modules, source

pytestmark = pytest.mark.same_on_every_database

MODULES = sorted(module for room in ROOMS for module in list_modules(room))
WORDS_OF_THE_DOMAIN = re.compile(
    r"\b(offices?|cases?_|consultations?|complaints?|complainants?|officers?|dispositions?|divisions?|heads?_"
    r"|applicants?|secretariat|reports?|letters?|surveys?|kepala|petugas|sekretariat|permohonan|pengaduan)\b",
    re.IGNORECASE,
)
BY_DJANGO = {"__init__", "apps", "models", "urls", "admin", "jobs", "steps", "signals"}
BY_DJANGO |= {"receivers", "addresses", "documents"}
"""Names of modules that Django or a registry looks for, or that must be apart from what they connect."""
LONG: dict[str, str] = {
    # module: why it is longer than 600 lines
}
OPTIONAL = {
    # module: the extra of pyproject.toml that installs what it imports
    "config.sentry": "sentry",
    "config.storage": "s3",
    "config.valkey": "valkey",
    "office.access.single_sign_on": "oidc",
    "operations.metrics": "metrics",
}
SHORT: dict[str, str] = {
    # module: why it is a file of its own although it has fewer than 60 lines and one importer
    "config.cache": "the other cache needs a library that only an installation with CACHE_URL has",
    "config.sentry": "imports the library of Sentry, which only an installation with SENTRY_DSN has",
    "notices.push_subscription": "a model of its own subject; notices.models would be longer than a chapter",
}


def writes_of_state(tree: ast.Module) -> Iterator[int]:
    """The lines that set a `state`: by attribute, by key, by name, or in an update."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            name = node.attr if isinstance(node, ast.Attribute) else ast.unparse(node.slice).strip("'")
            if name == "state":
                yield node.lineno
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")[-1]
            named = any(keyword.arg == "state" for keyword in node.keywords)
            fields = " ".join(ast.unparse(argument) for argument in node.args)
            if (called == "update" and named) or (
                called in ("setattr", "bulk_update") and "'state'" in fields
            ):
                yield node.lineno


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_imports_run_one_way(room: str) -> None:
    found = {(str(m), get_room(name)) for m in list_modules(room) for name in house.list_imports(source(m))}
    assert {(module, name) for module, name in found if name and name not in house.MAY_USE[room]} == set()


@pytest.mark.parametrize("room", sorted(ROOMS - {"config"}))
def test_no_string_reaches_up(room: str) -> None:
    found = {(str(m), name) for m in list_modules(room) for name in house.list_names_in_strings(source(m))}
    assert {(module, name) for module, name in found if name and name not in house.MAY_USE[room]} == set()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_no_template_reaches_up(room: str) -> None:
    texts = {str(template): source(template) for template in house.list_templates(room)}
    found = {(path, name) for path, text in texts.items() for name in house.list_names_in_template(text)}
    assert {(template, name) for template, name in found if name not in house.MAY_USE[room]} == set()


def test_no_attribute_is_acted_upon_from_above() -> None:
    """A room that reads an attribute of a class by its name is on the floor of that class or below."""
    level = {room: number for number, floor in enumerate(house.FLOORS) for room in floor}
    lowest: dict[str, int] = {}
    for module in MODULES:
        for name in house.list_attributes_read(source(module)):
            at = level[get_room(get_name(module)) or ""]
            lowest[name] = min(at, lowest.get(name, at))
    declared = {
        (str(module), name)
        for module in MODULES
        for name in house.list_attributes_of_classes(source(module))
        if lowest.get(name, 0) > level[get_room(get_name(module)) or ""]
    }
    assert declared == set()


def test_no_modules_import_each_other() -> None:
    assert house.find_circles(house.get_imports_at_run_time()) == []


def test_a_circle_would_be_found() -> None:
    assert house.find_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_the_ground_floor_knows_no_word_of_the_domain() -> None:
    found = {
        (str(module), match[0])
        for module in list_modules("kit")
        for match in WORDS_OF_THE_DOMAIN.finditer(source(module))
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        'apps.get_model("documents.Document")',
        'cursor.execute("reports_document")',
        'render(request, "desk/case.html")',
        'reverse("statistics")',
        "case.documents.all()",
        'prefetch_related("documents")',
        "Case.objects.filter(reports__number=1)",
        """HTML('{% include "reports/list.html" %}')""",
    ],
)
def test_a_reach_by_string_would_be_found(code: str) -> None:
    assert set(house.list_names_in_strings(code)) & {"documents", "reports", "desk"}


def test_every_installed_app_is_a_room() -> None:
    own = {config.name for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT)}
    assert {name for name in own if (ROOT / name.replace(".", "/")).is_dir() and ".venv" not in name} <= ROOMS
    assert settings.BASE_DIR == ROOT
    assert len(MODULES) > 40


def test_a_file_is_a_chapter() -> None:
    """At most 600 lines. A file below 60 lines with one importer belongs into that importer."""
    lines = {get_name(module): len(source(module).splitlines()) for module in MODULES}
    importers: dict[str, set[str]] = {}
    for own, targets in house.get_imports_at_run_time().items():
        for target in targets:
            importers.setdefault(target, set()).add(own)
    long = {name for name, count in lines.items() if count > 600}
    short = {name for name, count in lines.items() if count < 60 and len(importers.get(name, ())) == 1}
    assert long == set(LONG)
    assert {name for name in short if name.rpartition(".")[2] not in BY_DJANGO} == set(SHORT)


def test_a_module_begins_by_saying_what_it_is_for() -> None:
    for module in MODULES:
        if text := source(module):
            assert text.startswith('"""'), module
            assert ast.get_docstring(ast.parse(text)), module


def test_the_state_of_a_case_is_written_in_workflow_alone_and_that_of_a_paper_in_life() -> None:
    writers = {str(module) for module in MODULES if [*writes_of_state(ast.parse(source(module)))]}
    assert writers == {"consultations/workflow.py", "documents/life.py"}


@pytest.mark.parametrize(
    "statement",
    [
        "case.state = new",
        "case.state, other = pair",
        "changes['state'] = new",
        "cases.update(state=new)",
        "setattr(case, 'state', new)",
        "Case.objects.bulk_update(cases, ['state'])",
    ],
)
def test_a_write_of_state_would_be_found(statement: str) -> None:
    assert list(writes_of_state(ast.parse(statement))) == [1]


@pytest.mark.parametrize("statement", ["case.state == new", "x = case.state", "cases.filter(state=new)"])
def test_a_reading_of_state_is_not_a_write(statement: str) -> None:
    assert list(writes_of_state(ast.parse(statement))) == []


SKIP_BY_VENDOR = re.compile(r"skipif\([^\n]*\.vendor|\.vendor[^\n]*:\n\s*(pytest\.)?skip\(")


def test_tests_of_one_database_carry_the_mark_only_on() -> None:
    """It also selects them for the run on PostgreSQL. Skipped in another way, a test would be in no run."""
    modules = {*(ROOT / "tests").rglob("*.py")} - {Path(__file__)}
    found = [str(path) for path in modules if SKIP_BY_VENDOR.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'if connection.vendor == "sqlite":\n    pytest.skip("has no roles")',
        '@pytest.mark.skipif(connection.vendor != "postgresql", reason="has no roles")',
    ],
)
def test_a_skip_by_vendor_would_be_found(text: str) -> None:
    assert SKIP_BY_VENDOR.search(text)


def test_an_installation_has_what_is_imported() -> None:
    """Without extras and without the tools of the tests: requirements.txt. Settings name OPTIONAL modules."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    installed = {line.partition("==")[0].partition("[")[0] for line in lines if re.match(r"[\w.-]+", line)}
    own, missing = {module.split(".")[0] for module in map(get_name, MODULES)}, set()
    distributions = packages_distributions()
    for path in MODULES:
        if get_name(path) in OPTIONAL:
            continue
        for node in ast.parse(source(path)).body:
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            missing |= {(get_name(path), name) for name in names if name in OPTIONAL}
            root = names[0].split(".")[0]
            if root not in own | sys.stdlib_module_names:
                found = {name.lower().replace("_", "-") for name in distributions[root]}
                missing |= set() if found & installed else {(get_name(path), root)}
    assert missing == set()
