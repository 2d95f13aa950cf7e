"""The log: secret links never appear in it, and each line says when, what and in which request."""

import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils.log import DEFAULT_LOGGING

from config.logs import LineFormatter
from consultations.enums import State
from tests.factories import Staff, case_at
from tests.submitting import typed

pytestmark = pytest.mark.same_on_every_database


@pytest.fixture
def console(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Capture the log in the format of the console."""
    before = caplog.handler.formatter
    caplog.handler.setFormatter(LineFormatter())
    yield caplog
    caplog.handler.setFormatter(before)


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


def test_a_secret_is_hidden_in_tracebacks_and_queries(console: pytest.LogCaptureFixture) -> None:
    secret = "s" * 32
    try:
        raise ValueError(
            f"bad '/p/{secret}' or ?next=%2Fp%2F{secret}%2F in /usr/a_long_file_name_of_python.py"
        )
    except ValueError:
        logging.getLogger("rembuk").exception("Failed")
    assert secret not in console.text
    assert "a_long_file_name_of_python.py" in console.text


def test_a_line_has_time_level_logger_and_request(
    office: object, client: Client, settings: Any, console: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/tidak-ada/", headers={"X-Request-ID": "palsu"})
    made = answer["X-Request-ID"]
    pattern = rf"\d{{4}}-\d\d-\d\dT[\d:.]+ WARNING django.request \[{made}\] Not Found: /tidak-ada/\n"
    assert made != "palsu"
    assert re.fullmatch(pattern, console.text)
    settings.BEHIND_PROXY = 1
    for given, same in (("dari-proksi.1", True), ("a b", False), ("", False)):
        answer = client.get("/tidak-ada/", headers={"X-Request-ID": given})
        assert (answer["X-Request-ID"] == given) is same


def test_with_debug_each_line_is_written_once() -> None:
    """Django's own handlers of `django` and `django.server` write a line a second time, unmasked."""
    roots = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(DEFAULT_LOGGING)
        logging.config.dictConfig(project.LOGGING)
        found = [logging.getLogger(name) for name in ("django", "django.server")]
    finally:
        logging.getLogger().handlers[:] = roots
    assert [(logger.handlers, logger.propagate) for logger in found] == [([], True)] * 2
