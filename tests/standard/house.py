"""Helpers that find which rooms a module or a template uses: by imports, strings, addresses and accessors."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

from django.apps import apps
from django.conf import settings

from consultations.workflow import VERBS

ROOT = Path(settings.BASE_DIR)
FLOORS = [
    {"kit"},
    {"office"},
    {"consultations"},
    {"consultations.audit"},
    {"consultations.faq"},
    {"consultations.scheduling"},
    {"consultations.intake"},
    {"dispositions"},
    {"documents"},
    {"reports.surveys"},
    {"reports", "notices"},
    {"exchange"},
    {"trust.privacy"},
    {"trust.archive"},
    {"trust.record"},
    {"operations"},
    {"operations.setup"},
    {"operations.demo"},
    {"desk"},
    {"config"},
]
"""The rooms from the ground up. A room may use itself and every lower one, but not its neighbour."""

BELOW = {room: set().union(*FLOORS[:level]) for level, floor in enumerate(FLOORS) for room in floor}
MAY_USE = {room: below | {room} for room, below in BELOW.items()}
ROOMS = set(BELOW)
LABELS = {room.rpartition(".")[2]: room for room in ROOMS}
"""The room of each app label, which is also the name of its folder in `templates/`."""

ADDRESS_FUNCTIONS = {"reverse", "redirect", "get_public_url", "reverse_lazy"}


def get_room(dotted: str) -> str | None:
    """Return the room of a dotted name of a module, or None if it is not one of this project."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length])) in ROOMS:
            return name
    return None


def list_modules(room: str) -> list[Path]:
    """Return the modules of a room, without its migrations and the rooms inside it."""
    found = [path.relative_to(ROOT) for path in (ROOT / room.replace(".", "/")).rglob("*.py")]
    return sorted(p for p in found if "migrations" not in p.parts and get_room(get_name(p)) == room)


def get_name(module: Path) -> str:
    """Return the dotted name of a module."""
    return ".".join(module.with_suffix("").parts).removesuffix(".__init__")


def list_templates(room: str) -> list[Path]:
    """Return the templates of a room: its folder of `templates/`; `print/` belongs to documents."""
    label = room.rpartition(".")[2]
    folders = [ROOT / "templates" / label, *([ROOT / "templates" / "print"] if label == "documents" else [])]
    return sorted(p.relative_to(ROOT) for folder in folders for p in folder.rglob("*") if p.is_file())


def source(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def list_nodes(text: str) -> Sequence[ast.AST]:
    """Return all nodes of the syntax tree of a module. Nobody may change them."""
    return [*ast.walk(ast.parse(text))]


def list_imports(text: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, also inside functions and for types only."""
    for node in list_nodes(text):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def get_imports_at_run_time() -> dict[str, set[str]]:
    """Return what each module of this project imports, also inside functions, but not for types only."""
    names = {get_name(module) for room in ROOMS for module in list_modules(room)}
    found = defaultdict(set)
    for module in (module for room in ROOMS for module in list_modules(room)):
        own, tree = get_name(module), ast.parse(source(module))
        for branch in [*ast.walk(tree)]:
            if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING":
                branch.body = [ast.Pass()]
        for name in list_imports(ast.unparse(tree)):
            target = name if name in names else name.rpartition(".")[0]
            if target in names and target != own:
                found[own].add(target)
    return found


def find_circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others."""
    reached = {start: reach(graph, start) for start in graph}
    circles = {
        tuple(sorted(b for b in reached[a] if a in reached.get(b, ()))) for a in graph if a in reached[a]
    }
    return sorted(list(circle) for circle in circles)


def reach(graph: dict[str, set[str]], start: str) -> set[str]:
    """Return what can be reached from a node in one step or more."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


@cache
def get_owners_of_addresses() -> dict[str, str]:
    """Return the room that owns each URL name: it lists the name as SHARED, or declares it."""
    declared: dict[str, str] = {}
    shared: dict[str, str] = {}
    for room, module in ((name, path) for name in ROOMS for path in list_modules(name)):
        if module.name == "urls.py":
            declared |= dict.fromkeys(re.findall(r'name="(\w+)"', source(module)), room)
        if module.name == "addresses.py":
            shared |= dict.fromkeys(getattr(import_module(get_name(module)), "SHARED", ()), room)
    return declared | shared


@cache
def get_owners_of_accessors() -> dict[str, str]:
    """Return the room of each reverse accessor that a model puts upon a model of a lower room.

    A name that is also a column of some model is left out: it cannot be told from the column.
    """
    found = {}
    columns = {field.name for model in apps.get_models() for field in model._meta.fields}
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            higher, lower = get_room(relation.related_model.__module__), get_room(model.__module__)
            name = relation.get_accessor_name()
            if name and name not in columns and higher and lower and higher not in MAY_USE[lower]:
                found[name] = higher
    return found


@cache
def get_owners_of_tables() -> dict[str, str | None]:
    """Return the room of the model of each table. A table may have the label of another app in its name."""
    return {model._meta.db_table: get_room(model.__module__) for model in apps.get_models()}


@cache
def get_owners_of_tags() -> dict[str, str]:
    """Return the room of each library of template tags."""
    modules = [(room, module) for room in ROOMS for module in list_modules(room)]
    return {m.stem: room for room, m in modules if m.parent.name == "templatetags" and m.stem[0] != "_"}


def list_names_in_strings(text: str) -> Iterator[str]:
    """Yield the rooms that a module names in strings: models, tables, modules, templates, URL names."""
    owners = get_owners_of_addresses()
    for node in list_nodes(text):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).split(".")[-1]
            if called in ADDRESS_FUNCTIONS and node.args[0].value in owners:
                yield owners[node.args[0].value]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in VERBS:  # `record_receipt` is no table of the record
                continue
            if found := re.fullmatch(r"([a-z]+)([._/][\w./-]+)", node.value):
                room = get_room(node.value.removesuffix(".py").replace("/", "."))
                yield get_owners_of_tables().get(node.value) or room or LABELS.get(found[1], "")
            yield from list_names_in_template(node.value)
    yield from list_accessors(text)


def list_accessors(text: str) -> Iterator[str]:
    """Yield the higher rooms whose reverse accessors a module uses: `case.documents`, `"case__reports"`."""
    accessors = get_owners_of_accessors()
    for node in list_nodes(text):
        names = []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names = [] if node.value in get_owners_of_addresses() else node.value.split("__")
        elif isinstance(node, ast.keyword) and node.arg:
            names = node.arg.split("__")
        yield from (accessors[name] for name in names if name in accessors)


def list_names_in_template(text: str) -> Iterator[str]:
    """Yield the rooms that a template names: addresses, included templates, tags, reverse accessors."""
    owners, tags, accessors = get_owners_of_addresses(), get_owners_of_tags(), get_owners_of_accessors()
    yield from (owners[name] for name in re.findall(r"""{% url ["'](\w+)["']""", text) if name in owners)
    named = re.findall(r"""{% (?:include|extends) ["'](\w+)/""", text)
    yield from (LABELS[name] for name in named if name in LABELS)
    for loaded in re.findall(r"{% load ([^%]*) %}", text):
        yield from (tags[name] for name in loaded.split() if name in tags)
    for expression in re.findall(r"{[{%](.*?)[%}]}", text):
        yield from (accessors[n] for n in re.findall(r"\.(\w+)", expression) if n in accessors)


def list_attributes_read(text: str) -> Iterator[str]:
    """Yield the attributes that a module reads by name: `getattr(model, "is_append_only", False)`."""
    for node in list_nodes(text):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "hasattr"):
            yield from (str(name.value) for name in node.args[1:2] if isinstance(name, ast.Constant))


def list_attributes_of_classes(text: str) -> Iterator[str]:
    """Yield the attributes that the classes of a module declare: `is_append_only = True`."""
    classes = (node for node in list_nodes(text) if isinstance(node, ast.ClassDef))
    for statement in chain(*(node.body for node in classes)):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant | ast.Tuple):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
