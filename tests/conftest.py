"""Fixtures of all tests: an office, its staff, logged-in clients, a database to share with threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from consultations import append_only
from office.models import Office, User
from office.remembered import remember_all
from tests import factories, unknown_variables
from tests.template_coverage import TemplateCoverage

DOMAIN_FOLDERS = {"standard", "notices", "surveys"}
DATABASE_NAMES = {"DatabaseError", "IntegrityError", "connections"}
"""Names of django.db: a test file that imports one of them also runs on PostgreSQL."""


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("cov_source", None):
        config.pluginmanager.register(TemplateCoverage())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what also runs on PostgreSQL: tests of the database are recognised, others name the marker."""
    for item in items:
        if not any(item.iter_markers("same_on_every_database")) and is_about_the_database(item):
            item.add_marker("differs_by_database")


def is_about_the_database(item: pytest.Item) -> bool:
    """Return if a test belongs to the domain, shares a database with threads, or expects database errors."""
    names = vars(item.module).keys() if isinstance(item, pytest.Function) else ()
    fixtures = getattr(item, "fixturenames", ())
    return (
        item.path.relative_to(item.config.rootpath).parts[1] in DOMAIN_FOLDERS
        or "transactional_db" in fixtures
        or not DATABASE_NAMES.isdisjoint(names)
    )


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


@pytest.fixture
def django_assert_num_queries(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> DjangoAssertNumQueries:
    """Count the queries of a process that has served requests before."""

    @contextmanager
    def counted(*args: Any, **more: Any) -> Iterator[CaptureQueriesContext]:
        remember_all()
        with django_assert_num_queries(*args, **more) as queries:
            yield queries

    return counted  # type: ignore[return-value]


@pytest.fixture
def office(db: None) -> Office:
    return factories.make_office()


@pytest.fixture
def staff(office: Office) -> factories.Staff:
    return factories.make_staff()


@pytest.fixture
def client_of() -> factories.ClientOf:
    """A client with a logged-in user."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="office.backend.StaffBackend")
        return client

    return logged_in


@pytest.fixture
def shared_database(transactional_db: None) -> Iterator[None]:
    """A database in which every thread sees what the others have committed.

    The triggers of append-only tables go before it is emptied; emptying it sends `post_migrate`, which brings
    them back.
    """
    yield
    append_only.remove(connection, *append_only.list_tables())
