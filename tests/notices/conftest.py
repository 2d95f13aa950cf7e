"""An office whose staff and applicants can be reached by mail, at ten on a working day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields

import pytest
from django.utils import timezone

from consultations.enums import State
from notices.models import Message
from office import clock
from office.models import Office
from tests import factories
from tests.factories import Staff, case_at

TUESDAY = dt.datetime(2026, 11, 24, 10, tzinfo=timezone.get_default_timezone())
"""A working day, ten in the morning (WIB)."""


@pytest.fixture
def at_work() -> Iterator[dt.datetime]:
    """The clock stands at a moment of working time."""
    with clock.set_to(TUESDAY):
        yield TUESDAY


@pytest.fixture
def staff(office: Office, at_work: dt.datetime) -> Staff:
    """The staff, appointed by the clock at which they then work."""
    return factories.make_staff()


@pytest.fixture
def known_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Applicants give an e-mail address."""
    monkeypatch.setitem(factories.DETAILS, "email", "siti@example.id")


@pytest.fixture
def crew(staff: Staff, known_mail: None) -> Staff:
    """The staff, each with an e-mail address."""
    return give_addresses(staff)


@pytest.fixture
def receipt(crew: Staff, at_work: dt.datetime) -> Message:
    """One message that waits: the receipt of a request."""
    case_at(State.SUBMITTED, crew)
    Message.objects.exclude(notice__recipient=None).delete()
    return Message.objects.get()


def give_addresses(staff: Staff) -> Staff:
    for field in fields(Staff):
        person = getattr(staff, field.name)
        person.email = f"{field.name}@dinas.example"
        person.save(update_fields=["email"])
    return staff


def statuses(**narrowed: object) -> list[str]:
    """The statuses of messages in the order in which they were written."""
    return list(Message.objects.filter(**narrowed).order_by("pk").values_list("status", flat=True))
