"""The house keeps its order: imports run one way, modules are short, `state` is written in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(settings.BASE_DIR)
LAYERS = [
    {"office"},
    {"consultations"},
    {"scheduling"},
    {"intake"},
    {"dispositions"},
    {"surveys"},
    {"notices", "reports"},
    {"desk"},
    {"demo"},
]
"""The apps from the lowest layer to the highest. An app may import itself and every lower layer."""

BELOW = {app: set().union(*LAYERS[:level]) for level, layer in enumerate(LAYERS) for app in layer}
MAY_IMPORT = {app: below | {app} for app, below in BELOW.items()} | {"config": set()}
MODULES = sorted(
    path.relative_to(ROOT)
    for app in MAY_IMPORT
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
each_module = pytest.mark.parametrize("module", MODULES, ids=str)


def source(module: Path) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


def imported(module: Path) -> Iterator[str]:
    """The packages that a module imports, also within functions and for types only."""
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield module.parts[0] if node.level else (node.module or "").split(".")[0]


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


@each_module
def test_imports_run_one_way(module: Path) -> None:
    own = set(MAY_IMPORT)
    allowed = own - {"demo"} if module.parts[0] == "config" else MAY_IMPORT[module.parts[0]]

    assert set(imported(module)) & own <= allowed


def test_the_order_of_the_house_is_what_is_tested() -> None:
    installed = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert installed <= set(MAY_IMPORT)
    assert len(MODULES) > 40


@each_module
def test_a_module_holds_one_idea_on_at_most_300_lines(module: Path) -> None:
    assert len(source(module).splitlines()) <= 300


@each_module
def test_a_module_begins_by_saying_what_it_is_for(module: Path) -> None:
    if text := source(module):
        assert text.startswith('"""')
        assert ast.get_docstring(ast.parse(text))


@each_module
def test_the_state_of_a_case_is_written_in_workflow_alone(module: Path) -> None:
    if module != Path("consultations/workflow.py"):
        assert list(writes_of_state(ast.parse(source(module)))) == []


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
