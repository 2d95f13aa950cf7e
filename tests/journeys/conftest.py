"""The people of a journey, each with a browser of his or her own."""

import pytest
from django.test import Client

from tests.factories import ClientOf, Staff
from tests.journeys.actor import Actor


@pytest.fixture
def applicant() -> Actor:
    """Somebody without an account."""
    return Actor(Client())


@pytest.fixture
def sekretariat(staff: Staff, client_of: ClientOf) -> Actor:
    return Actor(client_of(staff.sekretariat))


@pytest.fixture
def pkd(staff: Staff, client_of: ClientOf) -> Actor:
    return Actor(client_of(staff.pkd))


@pytest.fixture
def kadis(staff: Staff, client_of: ClientOf) -> Actor:
    return Actor(client_of(staff.kadis))


@pytest.fixture
def kabid(staff: Staff, client_of: ClientOf) -> Actor:
    return Actor(client_of(staff.kabid))


@pytest.fixture
def petugas(staff: Staff, client_of: ClientOf) -> Actor:
    return Actor(client_of(staff.petugas))
