"""Fixtures of all tests: an office, its staff, logged-in clients, a database to share with threads."""

import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

import config.urls  # noqa: F401 -- imports all remembered functions
from consultations.models import KnownWord, SearchText
from kit import cache, clock, records
from kit.models import BoundSince, Place
from office.models import Office, User
from tests import factories, template_database, unknown_variables, world
from tests.sessions import log_in
from tests.template_coverage import TemplateCoverage

DATABASE_NAMES = {"DatabaseError", "IntegrityError", "connections"}
"""Names of django.db: a test that uses one of them also runs on PostgreSQL."""


def pytest_configure(config: pytest.Config) -> None:
    config.add_cleanup((standing := ExitStack()).close)
    standing.enter_context(clock.set_to(world.MOMENT))
    TransactionTestCase._fixture_teardown = empty_database  # type: ignore[attr-defined]
    if config.getoption("cov_source", None):
        config.pluginmanager.register(TemplateCoverage())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what also runs on PostgreSQL: tests of the database are recognised, others name the marker."""
    for item in items:
        for mark in item.iter_markers("only_on"):
            item.add_marker("differs_by_database")
            if mark.args[0] != connection.vendor:
                item.add_marker(pytest.mark.skip(**mark.kwargs))
        if not any(item.iter_markers("same_on_every_database")) and is_about_the_database(item):
            item.add_marker("differs_by_database")


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays until the end: modules, models and tests."""
    gc.freeze()


def is_about_the_database(item: pytest.Item) -> bool:
    """Return if a test shares a database with threads, or expects errors of the database."""
    names = inspect.unwrap(item.function).__code__.co_names if isinstance(item, pytest.Function) else ()
    return "transactional_db" in getattr(item, "fixturenames", ()) or not DATABASE_NAMES.isdisjoint(names)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Use a copy of a migrated database instead of migrating (replaces the fixture of pytest-django)."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        template_database.use_copy(
            tmp_path_factory.mktemp("database"), worker, renew=request.config.getvalue("create_db")
        )
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def own_steps() -> None:
    """Forget the steps of the test before: its rows are gone."""
    world.now.changes = -1


@pytest.fixture
def running_clock() -> Iterator[None]:
    """Let the clock go: a browser and the libraries of signatures read the machine's clock."""
    with clock.set_to(None):
        yield


@pytest.fixture(autouse=True)
def own_files(settings: object, tmp_path: object) -> None:
    """Uploaded and issued files of a test lie in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def no_unknown_variables() -> Iterator[None]:
    """Fail if a template of this project used a variable that its context does not hold."""
    with unknown_variables.recorded() as found:
        yield
    assert not found


MARGIN = 3
"""Queries that a change may add before a test fails. A query for each of thirty rows is more."""


def remember_all() -> None:
    """Load what all requests share, so that what follows makes no query for it."""
    for get in cache.REMEMBERED:
        get()


@pytest.fixture
def at_most_queries(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> Callable[..., AbstractContextManager[CaptureQueriesContext]]:
    """Fail if a block makes more queries than `most` and a margin, in a process that has served requests.

    Pages are tried with one row and with thirty. Numbers below three have no margin.
    """

    @contextmanager
    def counted(most: int, **more: Any) -> Iterator[CaptureQueriesContext]:
        remember_all()
        margin = MARGIN if most > 2 else 0
        with django_assert_max_num_queries(most + margin, **more) as queries:
            yield queries

    return counted


@pytest.fixture
def office(db: None) -> Office:
    world.begin()
    return world.repeat("office", factories.make_office)


@pytest.fixture
def staff(office: Office) -> factories.Staff:
    return world.repeat("staff", factories.make_staff)


@pytest.fixture
def client_of() -> factories.ClientOf:
    """A client with a logged-in user."""

    def logged_in(user: User) -> Client:
        client = Client()
        with world.unnoticed():
            log_in(client, user)
        return client

    return logged_in


@pytest.fixture
def shared_database(transactional_db: None) -> None:
    """A database whose commits every thread sees."""


def empty_database(_case: object) -> None:
    """Delete all rows but content types, permissions, which Django's `flush` creates again, and the place.

    The cache is a table without a model. A new version lets the process forget what it remembers of these
    rows.
    """
    kept = {
        ContentType._meta.db_table,
        Permission._meta.db_table,
        Place._meta.db_table,
        BoundSince._meta.db_table,
    }
    tables = set(connection.introspection.django_table_names(only_existing=True)) - kept
    for indexed in (SearchText, KnownWord):  # on SQLite, triggers empty the full-text index
        indexed.objects.all().delete()
    with connection.cursor() as cursor, transaction.atomic():
        records.remove(connection, *tables)
        for table in sorted(tables):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
        cache.change_version(cursor)
        records.install(connection, *tables)
    caches["default"].clear()
