"""Fixtures: an office on a working day at ten, with staff and applicants who have e-mail addresses."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields

import pytest
from django.utils import timezone
from pytest_django import Settings

from consultations.enums import State
from kit import clock
from notices.models import Message
from office.models import Office
from tests.factories import DETAILS, Staff, case_at, make_staff
from tests.notices.whatsapp_stand_in import CloudStandIn
from tests.signing.servers import serving

ZONE = timezone.get_default_timezone()
TUESDAY = dt.datetime(2026, 11, 24, 10, tzinfo=ZONE)


@pytest.fixture
def at_work() -> Iterator[dt.datetime]:
    """Set the clock to working time."""
    with clock.set_to(TUESDAY):
        yield TUESDAY


@pytest.fixture
def staff(office: Office, at_work: dt.datetime) -> Staff:
    """Return staff appointed at the time that the clock shows, without e-mail addresses."""
    return make_staff()


@pytest.fixture
def known_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give applicants an e-mail address."""
    monkeypatch.setitem(DETAILS, "email", "siti@example.id")


@pytest.fixture
def crew(staff: Staff, known_mail: None) -> Staff:
    """Return staff with e-mail addresses."""
    return give_addresses(staff)


@pytest.fixture
def receipt(crew: Staff, at_work: dt.datetime) -> Message:
    """Return the only waiting message: the receipt of a request."""
    case_at(State.SUBMITTED, crew)
    Message.objects.exclude(notice__recipient=None).delete()
    return Message.objects.get()


@pytest.fixture
def cloud(settings: Settings, office: object) -> Iterator[CloudStandIn]:
    """Send the office's WhatsApp messages to the stand-in."""
    service = CloudStandIn()
    with serving(service) as address:
        settings.WHATSAPP = "cloud"
        settings.WHATSAPP_URL = f"{address}/v23.0"
        settings.WHATSAPP_TOKEN = service.token
        settings.WHATSAPP_PHONE_NUMBER_ID = service.number_id
        settings.WHATSAPP_APP_SECRET = "rahasia-aplikasi"
        settings.WHATSAPP_VERIFY_TOKEN = "sandi-perkenalan"
        settings.WHATSAPP_TIMEOUT = 0.5
        yield service


@pytest.fixture
def message(cloud: CloudStandIn, staff: Staff, at_work: dt.datetime) -> Message:
    """Return the waiting WhatsApp message about a schedule."""
    case_at(State.SCHEDULED, staff)
    return Message.objects.get(channel="WHATSAPP")


def give_addresses(staff: Staff) -> Staff:
    for field in fields(Staff):
        person = getattr(staff, field.name)
        person.email = f"{field.name}@dinas.example"
        person.save(update_fields=["email"])
    return staff


def moment(text: str) -> dt.datetime:
    """Return a local time, e.g. "2026-11-24 10:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def statuses() -> list[str]:
    """Return the statuses of all messages in the order of their creation."""
    return list(Message.objects.order_by("pk").values_list("status", flat=True))
