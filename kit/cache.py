"""Data that is the same for all users and changes rarely, cached in the memory of each process.

A model declares `is_remembered = True`. Each change of its table changes the *version* in the same
transaction. A cached value is valid for one version, so it is exact on any number of machines.

The version is a set of random values. A trigger deletes those that no open transaction has locked, and adds
one. Therefore no change waits for another, and two changes cannot deadlock. A rolled back version
never comes back, and neither does the data that was cached for it.

A request, a task and a command read the version once, when they first need it (`caching_per_request`). Other
code reads it at each use.
"""

from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Value
from django.db.models.aggregates import StringAgg
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from kit import clock
from kit.models import Version
from kit.records import Trigger, declare, list_changes

CHANGE = {
    "sqlite": "DELETE FROM kit_version; INSERT INTO kit_version (value) VALUES (hex(randomblob(16)))",
    "postgresql": "DELETE FROM kit_version WHERE value IN "
    "(SELECT value FROM kit_version FOR UPDATE SKIP LOCKED); "
    "INSERT INTO kit_version (value) VALUES (gen_random_uuid())",
}

REMEMBERED: list[Callable[[], Any]] = []
"""All functions that `remembered` decorates, in the order of import."""

_of_request: ContextVar[dict[Hashable, Any] | None] = ContextVar("of_request", default=None)
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def remembered[T](load: Callable[[], T]) -> Callable[[], T]:
    """Cache the result of a function without arguments in the process, for one version.

    All requests share the result, so nobody may change it. The function reads remembered models and nothing
    else: no clock, language, user or setting. A request whose version is outdated loads once, for itself.
    """
    cached: tuple[str, T] | None = None

    def reload(version: str) -> T:
        nonlocal cached
        result = load()
        # An open transaction may have changed the data since this request read the version.
        cached = (version, result) if version and version == _read_version() else None
        return result

    @wraps(load)
    def get() -> T:
        version, found = get_version(), cached
        if found is not None and found[0] == version:
            return found[1]
        return once_per_request(load, lambda: reload(version))

    REMEMBERED.append(get)
    return get


def once_per_request[T](key: Hashable, read: Callable[[], T]) -> T:
    """Return `read()`, the same object until the request ends or saves a remembered row."""
    known = _of_request.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


def get_version() -> str:
    """Return the version that this request read first. If it is empty, nothing may be cached."""
    return once_per_request(Version, _read_version)


def _read_version() -> str:
    return " ".join(Version.objects.order_by("value").values_list("value", flat=True))


def select_version() -> QuerySet[Version, Any]:
    """Return a subquery for the version, to add to a query that each request makes anyway."""
    every = Version.objects.annotate(every=Value(1)).values("every")
    return every.annotate(version=StringAgg("value", Value(" "), order_by="value")).values("version")


def note_version(version: str | None) -> None:
    """Use the version that `select_version()` has read, if this request has read none yet."""
    once_per_request(Version, lambda: version or "")


def request_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Read the version at most once in a request, and let `get_request` return it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            with caching_per_request():
                return get_response(request)
        finally:
            _request.reset(token)

    return middleware


def get_request() -> HttpRequest | None:
    """Return the request that this thread handles, for signal receivers that get no request."""
    return _request.get()


@contextmanager
def caching_per_request() -> Iterator[None]:
    """Read the version at most once in the block: a request, a task, a job or a command."""
    token = _of_request.set({})
    try:
        yield
    finally:
        _of_request.reset(token)


def is_in_request() -> bool:
    """Return whether this code is part of a request, a task, a job or a command."""
    return _of_request.get() is not None


def connect_all() -> None:
    """Connect `forget` to remembered models only: if a receiver exists, Django reads rows to delete them."""
    for model in list_models():
        for signal in (post_save, post_delete):
            signal.connect(forget, sender=model)


def forget(sender: type[Model], **_signal: Any) -> None:
    """Let this request read the version again after it has changed a remembered row."""
    if known := _of_request.get():
        known.clear()


def list_models() -> list[type[Model]]:
    """Return all models that declare `is_remembered = True`."""
    return [model for model in apps.get_models() if getattr(model, "is_remembered", False)]


def install_all(using: str, **_signal: Any) -> None:
    """Change the version (receiver of `post_migrate`)."""
    wrapper = connections[using]
    if Version._meta.db_table in wrapper.introspection.table_names():
        with wrapper.cursor() as cursor:
            change_version(cursor)


@declare
def list_all_triggers(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers of all tables of remembered models."""
    if Version._meta.db_table in tables:
        for model in list_models():
            if model._meta.db_table in tables:
                yield from _list_triggers(model, connection.vendor)


def change_version(cursor: Any) -> None:
    """Change the version, as a change of a remembered table does."""
    for statement in CHANGE[connection.vendor].split("; "):
        cursor.execute(statement)


def _list_triggers(model: type[Model], vendor: str) -> Iterator[Trigger]:
    """Yield the triggers of a table. An update of `not_remembered` fields alone changes no version."""
    without = getattr(model, "not_remembered", ())
    columns = [str(field.column) for field in model._meta.local_concrete_fields if field.name not in without]
    for event in ("INSERT", "UPDATE", "DELETE", *(["TRUNCATE"] if vendor == "postgresql" else [])):
        condition = list_changes(columns) if event == "UPDATE" else ""
        yield Trigger(model._meta.db_table, f"version_{event.lower()}", event, CHANGE[vendor], condition)


def get_edition() -> str:
    """Return the edition in the current language, e.g. `6FD0... 202611240930 id`.

    If nothing may be cached, each call returns another edition.
    """
    return f"{get_version() or uuid4()} {clock.now():%Y%m%d%H%M} {get_language()}"
