"""The log: secret links never appear in it, and each line says when, what and in which request."""

import json
import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import URLResolver, get_resolver
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


def list_secret_addresses() -> Iterator[tuple[str, str]]:
    """Yield an example address for each route with an unguessable part, and that part."""
    for number, pattern in enumerate(list_patterns(get_resolver().url_patterns), start=1):
        secret = f"{number:032}" if "uuid" not in pattern else str(UUID(int=number))
        filled = re.sub(r"<(secret|uuid):\w+>|<str:token>|<(str:)?key>", secret, pattern)
        if filled != pattern:
            yield re.sub(r"<(\w+:)?\w+>", "1", filled), secret


def list_patterns(patterns: Any, before: str = "/") -> Iterator[str]:
    for one in patterns:
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(one.pattern).strip("^$"))
        if isinstance(one, URLResolver):
            yield from list_patterns(one.url_patterns, before + text)
        else:
            yield before + text


def mask_as_nginx(address: str) -> str:
    """Return an address as the log of contrib/nginx.conf shows it."""
    conf = (project.BASE_DIR / "contrib/nginx.conf").read_text(encoding="utf-8")
    rule, shown = re.findall(r'^ +"~(.+)" "(.+)";$', conf, re.MULTILINE)[0]
    found = re.search(rule.replace("(?<", "(?P<"), address)
    return re.sub(r"\$(\w+)", lambda name: found[name[1]] or "", shown) if found else address


def test_no_secret_route_is_logged_with_its_secret() -> None:
    addresses = list(list_secret_addresses())
    assert {"/kalender/langganan/", "/p/", "/survei/", "/ajukan/", "/pengaduan/", "/undangan/"} <= {
        address.partition(secret)[0] for address, secret in addresses
    }
    for address, secret in addresses:
        for given in (address, f"{address}?halaman=2"):
            record = logging.LogRecord("rembuk", logging.INFO, "", 1, "GET %s", (given,), None)
            record.access = {"path": given}
            lines = [LineFormatter().format(record), JsonFormatter().format(record), mask_as_nginx(given)]
            assert [line for line in lines if secret in line] == [], given
    assert mask_as_nginx("/statistik.csv?tahun=2026") == "/statistik.csv?tahun=2026"


def test_a_typed_line_break_forges_no_record(console: pytest.LogCaptureFixture) -> None:
    forged = "2026-11-30T08:00:00.000+07:00 INFO django [-] all is well"
    for line_break in ("\n", "\r\n", "\r", "\x85", "\u2028"):
        console.clear()
        logging.getLogger("rembuk").warning("no account for %s", f"x{line_break}{forged}")
        try:
            raise ValueError(f"x{line_break}{forged}")
        except ValueError:
            logging.getLogger("rembuk").exception("Failed")
        assert console.text.count(forged) == 2
        starts = [line for line in console.text.splitlines() if not line.startswith("    ")]
        assert [line.split()[1] for line in starts] == ["WARNING", "ERROR"], repr(line_break)


@pytest.mark.parametrize("secret", ["rbk_" + "T0ken-_x" * 5, "whsec_" + "c2VjcmV0" * 5 + "+/8="])
@pytest.mark.parametrize("formatter", [LineFormatter, JsonFormatter])
def test_a_token_of_another_system_is_hidden(
    formatter: type[logging.Formatter], secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(formatter())
    try:
        raise ValueError(f"not known: Bearer {secret}")
    except ValueError:
        logging.getLogger("rembuk").exception("refused %s", secret)
    assert "Bearer …" in caplog.text
    assert secret[6:] not in caplog.text
