"""What every test can ask for: an office, its staff, logged-in clients, a database to share with threads."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from consultations import append_only
from office.models import Office, User
from tests import factories


@pytest.fixture(autouse=True)
def own_files(settings: object, tmp_path: object) -> None:
    """Uploaded and issued files of a test lie in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def office(db: None) -> Office:
    return factories.make_office()


@pytest.fixture
def staff(office: Office) -> factories.Staff:
    return factories.make_staff()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which a user is logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return logged_in


@pytest.fixture
def guard_comes_back(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Puts the guard of the history back after a test that really commits has been cleaned up."""
    yield
    with django_db_blocker.unblock():
        append_only.install(connection, *append_only.list_tables())


@pytest.fixture
def shared_database(guard_comes_back: None, transactional_db: None) -> Iterator[None]:
    """A database in which every thread sees what the others have committed."""
    yield
    append_only.remove(connection, *append_only.list_tables())
