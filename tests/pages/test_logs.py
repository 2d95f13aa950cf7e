"""Secret links never appear in the log."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from consultations.enums import State
from tests.factories import Staff, case_at
from tests.submitting import typed

pytestmark = pytest.mark.same_on_every_database


@pytest.fixture
def console(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Capture the log with the filter of the console handler."""
    configured: Any = settings.LOGGING
    (name,) = configured["handlers"]["console"]["filters"]
    without_secrets = import_string(configured["filters"][name]["()"])()
    caplog.handler.addFilter(without_secrets)
    yield caplog
    caplog.handler.removeFilter(without_secrets)


def test_refused_pages_are_logged_without_their_secret(
    staff: Staff, client: Client, console: pytest.LogCaptureFixture
) -> None:
    case, token = case_at(State.INCOMPLETE, staff), uuid4()
    client.post("/ajukan/", typed(token, phone="", simpan="1"))
    addresses = (f"/p/{case.secret}/complete/", f"/p/{case.secret}/ask_time/", f"/ajukan/{token}/periksa/")
    with console.at_level(logging.WARNING):
        for address in addresses:
            assert client.post(address).status_code >= 400
            assert client.get(f"{address}tidak-ada/").status_code == 404
    assert "/p/…/complete/" in console.text
    assert "/ajukan/…/periksa/" in console.text
    assert case.secret not in console.text
    assert str(token) not in console.text


def test_other_parts_of_a_message_stay(console: pytest.LogCaptureFixture) -> None:
    logging.getLogger("rembuk").warning("%s: /permohonan/%s/register/ (%d)", "Conflict", "7K3M-9Q2X", 409)
    assert "Conflict: /permohonan/7K3M-9Q2X/register/ (409)" in console.text
