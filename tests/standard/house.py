"""Helpers that find which apps a module or a template uses: by imports, strings, addresses and accessors."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LAYERS = [
    {"kit"},
    {"office"},
    {"consultations"},
    {"audit"},
    {"faq"},
    {"scheduling"},
    {"intake"},
    {"dispositions"},
    {"surveys"},
    {"notices", "reports"},
    {"guides", "ledger"},
    {"exchange"},
    {"privacy"},
    {"setup"},
    {"desk"},
    {"demo"},
]
"""The apps from the lowest layer to the highest. An app may use itself and every lower layer."""

BELOW = {app: set().union(*LAYERS[:level]) for level, layer in enumerate(LAYERS) for app in layer}
MAY_USE = {app: below | {app} for app, below in BELOW.items()}
APPS = set(BELOW)

ADDRESS_FUNCTIONS = {"reverse", "redirect", "get_public_url", "reverse_lazy"}


def list_modules(app: str) -> list[Path]:
    """Return the modules of an app, without its migrations."""
    return sorted(
        path.relative_to(ROOT) for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
    )


def list_templates(app: str) -> list[Path]:
    """Return the templates of an app: its folder of `templates/`; `print/` belongs to reports."""
    folders = [ROOT / "templates" / app, *([ROOT / "templates" / "print"] if app == "reports" else [])]
    return sorted(p.relative_to(ROOT) for folder in folders for p in folder.rglob("*") if p.is_file())


def source(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def list_imported_apps(text: str, own: str) -> Iterator[str]:
    """Yield the top-level packages that a module imports, also inside functions and for types only."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield own if node.level else (node.module or "").split(".")[0]


@cache
def get_owners_of_addresses() -> dict[str, str]:
    """Return the app that owns each URL name: it lists the name as SHARED, or declares it."""
    owners = {}
    for app in APPS:
        if (ROOT / app / "urls.py").exists():
            for name in re.findall(r'name="(\w+)"', source(Path(app) / "urls.py")):
                owners[name] = app
    for app in APPS:
        if (ROOT / app / "addresses.py").exists():
            owners |= dict.fromkeys(getattr(import_module(f"{app}.addresses"), "SHARED", ()), app)
    return owners


@cache
def get_owners_of_accessors() -> dict[str, tuple[str, str]]:
    """Return for each reverse accessor of a higher app's model: that app, and the app it is put upon.

    A name that is also a column of some model is left out: it cannot be told from the column.
    """
    found = {}
    columns = {field.name for model in apps.get_models() for field in model._meta.fields}
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            higher, name = relation.related_model._meta.app_label, relation.get_accessor_name()
            lower = model._meta.app_label
            if name and name not in columns and {higher, lower} <= APPS and higher not in MAY_USE[lower]:
                found[name] = (higher, lower)
    return found


@cache
def get_owners_of_tags() -> dict[str, str]:
    """Return the app of each library of template tags."""
    return {
        path.stem: app
        for app in APPS
        for path in (ROOT / app / "templatetags").glob("*.py")
        if path.stem[0] != "_"
    }


def list_names_in_strings(text: str) -> Iterator[str]:
    """Yield the apps that a module names in strings: models, tables, modules, templates, URL names."""
    owners = get_owners_of_addresses()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).split(".")[-1]
            if called in ADDRESS_FUNCTIONS and node.args[0].value in owners:
                yield owners[node.args[0].value]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if found := re.fullmatch(r"([a-z]+)([._/][\w./-]+)", node.value):
                yield found[1]
            yield from list_names_in_template(node.value)
    yield from list_accessors(text)


def list_accessors(text: str) -> Iterator[str]:
    """Yield the higher apps whose reverse accessors a module uses: `case.documents`, `"case__reports"`."""
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names = [] if node.value in get_owners_of_addresses() else node.value.split("__")
        elif isinstance(node, ast.keyword) and node.arg:
            names = node.arg.split("__")
        yield from (get_owners_of_accessors()[name][0] for name in names if name in get_owners_of_accessors())


def list_names_in_template(text: str) -> Iterator[str]:
    """Yield the apps that a template names: addresses, included templates, tags, reverse accessors."""
    owners, tags, accessors = get_owners_of_addresses(), get_owners_of_tags(), get_owners_of_accessors()
    yield from (owners[name] for name in re.findall(r"""{% url ["'](\w+)["']""", text) if name in owners)
    named = re.findall(r"""{% (?:include|extends) ["'](\w+)/""", text)
    yield from (name for name in named if name in APPS)
    for loaded in re.findall(r"{% load ([^%]*) %}", text):
        yield from (tags[name] for name in loaded.split() if name in tags)
    for expression in re.findall(r"{[{%](.*?)[%}]}", text):
        yield from (accessors[n][0] for n in re.findall(r"\.(\w+)", expression) if n in accessors)
