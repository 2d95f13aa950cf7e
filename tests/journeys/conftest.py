"""The people of a journey, each with a browser of his or her own."""

from typing import Any

import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from documents import signing_desk
from documents.models import Document
from tests.factories import ClientOf, Staff, case_at
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


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.SCHEDULED, staff)


@pytest.fixture
def waiting(case: Case, staff: Staff) -> Document:
    """A schedule that waits for the signature of the head."""
    letter = Document.objects.in_force().get(case=case, kind=Document.Kind.SCHEDULE)
    signing_desk.initial(letter, by=staff.kabid)
    return letter
