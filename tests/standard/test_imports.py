"""The house keeps its order: imports run one way, modules are short, `state` is written in one place."""

import ast
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.standard.house import (
    APPS,
    MAY_USE,
    ROOT,
    list_imported_apps,
    list_modules,
    list_names_in_strings,
    list_names_in_template,
    list_templates,
    source,
)

pytestmark = pytest.mark.same_on_every_database

MODULES = sorted(module for app in [*APPS, "config"] for module in list_modules(app))


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


@pytest.mark.parametrize("app", sorted(APPS))
def test_imports_run_one_way(app: str) -> None:
    upward = {
        (str(module), name)
        for module in list_modules(app)
        for name in list_imported_apps(source(module), app)
        if name in APPS - MAY_USE[app]
    }
    assert upward == set()


@pytest.mark.parametrize("app", sorted(APPS))
def test_no_string_reaches_a_higher_app(app: str) -> None:
    upward = {
        (str(module), name)
        for module in list_modules(app)
        for name in list_names_in_strings(source(module))
        if name in APPS - MAY_USE[app]
    }
    assert upward == set()


@pytest.mark.parametrize("app", sorted(APPS))
def test_no_template_reaches_a_higher_app(app: str) -> None:
    upward = {
        (str(template), name)
        for template in list_templates(app)
        for name in list_names_in_template(source(template))
        if name in APPS - MAY_USE[app]
    }
    assert upward == set()


@pytest.mark.parametrize(
    "code",
    [
        'apps.get_model("reports.Document")',
        'cursor.execute("SELECT 1 FROM reports_document")'.replace("SELECT 1 FROM ", ""),
        'render(request, "desk/case.html")',
        'reverse("statistics")',
        "case.documents.all()",
        'prefetch_related("documents")',
        "Case.objects.filter(reports__number=1)",
        """HTML('{% include "reports/list.html" %}')""",
    ],
)
def test_a_reach_by_string_would_be_found(code: str) -> None:
    assert set(list_names_in_strings(code)) & {"reports", "desk"}


def test_the_layers_are_the_installed_apps() -> None:
    installed = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
    assert installed <= APPS
    assert len(MODULES) > 40


def test_a_module_holds_one_idea_on_at_most_450_lines() -> None:
    assert [module for module in MODULES if len(source(module).splitlines()) > 450] == []


def test_a_module_begins_by_saying_what_it_is_for() -> None:
    for module in MODULES:
        if text := source(module):
            assert text.startswith('"""'), module
            assert ast.get_docstring(ast.parse(text)), module


def test_the_state_of_a_case_is_written_in_workflow_alone() -> None:
    writers = {str(module) for module in MODULES if [*writes_of_state(ast.parse(source(module)))]}
    assert writers == {"consultations/workflow.py"}


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
