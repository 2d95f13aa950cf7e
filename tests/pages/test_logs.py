"""The log: secret links never appear in it, and each line says when, what and in which request."""

import json
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

from consultations.enums import State
from kit.logs import JsonFormatter, LineFormatter
from tests.factories import ClientOf, Staff, case_at
from tests.submitting import typed

pytestmark = pytest.mark.same_on_every_database


@pytest.fixture
def console(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Capture the log in the format of the console."""
    before = caplog.handler.formatter
    caplog.handler.setFormatter(LineFormatter())
    yield caplog
    caplog.handler.setFormatter(before)


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


def test_refusals_hide_the_secret(staff: Staff, client: Client, console: pytest.LogCaptureFixture) -> None:
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


def test_a_secret_is_hidden_in_tracebacks_and_queries_only(console: pytest.LogCaptureFixture) -> None:
    secret, log = "s" * 32, logging.getLogger("rembuk")
    log.warning("%s: /permohonan/%s/register/ (%d)", "Conflict", "7K3M-9Q2X", 409)
    assert "Conflict: /permohonan/7K3M-9Q2X/register/ (409)" in console.text
    try:
        raise ValueError(f"bad '/p/{secret}' or ?next=%2Fp%2F{secret}%2F in /usr/a_long_file_name.py")
    except ValueError:
        log.exception("Failed")
    assert secret not in console.text
    assert "a_long_file_name.py" in console.text


def test_a_line_has_time_level_logger_and_request(
    office: object, client: Client, settings: Any, console: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/tidak-ada/", headers={"X-Request-ID": "palsu"})
    made = answer["X-Request-ID"]
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00"
    pattern = rf"{time} WARNING django.request \[{made}\] Not Found: /tidak-ada/\n"
    assert made != "palsu"
    assert re.fullmatch(pattern, console.text)
    settings.BEHIND_PROXY = 1
    for given, same in (("dari-proksi.1", True), ("a b", False), ("", False)):
        answer = client.get("/tidak-ada/", headers={"X-Request-ID": given})
        assert (answer["X-Request-ID"] == given) is same


def test_json_line_of_a_request(staff: Staff, client_of: ClientOf, caplog: pytest.LogCaptureFixture) -> None:
    case = case_at(State.INCOMPLETE, staff)
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.INFO, logger="rembuk.access"):
        answer = client_of(staff.petugas).post(f"/p/{case.secret}/?cari=rahasia", {"isi": "rahasia"})
        client_of(staff.petugas).get("/meja/?cari=rahasia")
    first, *_others, last = [json.loads(line) for line in caplog.text.splitlines()]
    assert first.keys() >= {"time", "level", "logger", "message"}
    assert first["request"] == answer["X-Request-ID"]
    assert (last["method"], last["path"], last["status"]) == ("GET", "/meja/", 200)
    assert last["user"] == str(staff.petugas.pk)
    assert last["milliseconds"] >= 0
    assert "/p/…/" in caplog.text
    assert not any(secret in caplog.text for secret in (case.secret, "rahasia"))


@pytest.mark.parametrize("quotation", ["DETAIL:  Failing row contains ", "LINE 1: SELECT nothing WHERE x = "])
@pytest.mark.parametrize("formatter", [LineFormatter, JsonFormatter])
def test_a_row_that_the_database_quotes_is_left_out(
    formatter: type[logging.Formatter], quotation: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(formatter())
    row = "(1, Budi,\nhutang)"
    try:
        raise OSError("not saved") from ValueError(f"violates a rule\n{quotation}{row}.")
    except OSError:
        logging.getLogger("rembuk").exception("Failed")
    assert "not saved" in caplog.text
    assert "ValueError: violates a rule" in caplog.text
    assert "Budi" not in caplog.text
    assert "hutang" not in caplog.text
