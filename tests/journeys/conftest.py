"""The people of a journey, each with a browser of his or her own."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import ClientOf, Staff
from tests.journeys.actor import Actor


@pytest.fixture
def applicant() -> Actor:
    """Somebody without an account."""
    return Actor(Client())


def actor_of(name: str) -> Any:
    """Return the fixture of one person of the staff."""

    @pytest.fixture(name=name)
    def actor(staff: Staff, client_of: ClientOf) -> Actor:
        return Actor(client_of(getattr(staff, name)))

    return actor


names = ("sekretariat", "pkd", "sekretaris", "kadis", "kabid", "petugas")
sekretariat, pkd, sekretaris, kadis, kabid, petugas = map(actor_of, names)
