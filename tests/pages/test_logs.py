"""The log: secret links never appear in it, and each line says when, what and in which request."""

import hashlib
import json
import logging
import logging.config
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.log import DEFAULT_LOGGING

from consultations.enums import State
from kit.logs import JsonFormatter, LineFormatter
from tests.factories import Staff, case_at, client_of
from tests.shared_data import each
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


def test_json_line_of_a_request(staff: Staff, caplog: pytest.LogCaptureFixture) -> None:
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


UNGUESSABLE = re.compile(r"<(?:secret|uuid):\w+>|<str:token>|<(?:str:)?key>")


def list_secret_addresses() -> Iterator[tuple[str, str]]:
    """Yield an example address for each route with an unguessable part, and that part."""
    for pattern in list_secret_patterns():
        secret = hashlib.sha256(pattern.encode()).hexdigest()[:32]
        secret = str(UUID(secret)) if "uuid" in pattern else secret
        yield re.sub(r"<(\w+:)?\w+>", "1", UNGUESSABLE.sub(secret, pattern)), secret


def list_secret_patterns() -> list[str]:
    return [found for found in list_patterns(get_resolver().url_patterns) if UNGUESSABLE.search(found)]


def list_patterns(patterns: Any, before: str = "/") -> Iterator[str]:
    for one in patterns:
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(one.pattern).strip("^$"))
        if isinstance(one, URLResolver):
            yield from list_patterns(one.url_patterns, before + text)
        else:
            yield before + text


def read_nginx() -> str:
    return (project.BASE_DIR / "contrib/nginx.conf").read_text(encoding="utf-8")


def mask_as_nginx(address: str) -> str:
    """Return an address as the log of contrib/nginx.conf shows it."""
    uri = re.sub("/+", "/", unquote(address.partition("?")[0]))
    for case, rule, shown in re.findall(r'^ +"~(\*?)(.+)" "(.+)";$', read_nginx(), re.MULTILINE):
        if found := re.search(rule.replace("(?<", "(?P<"), uri, re.IGNORECASE if case else 0):
            return re.sub(r"\$(\w+)", lambda name: found[name[1]] or "", shown)
    return uri


def test_settings_and_nginx_know_the_secret_routes() -> None:
    routes = {pattern[1 : pattern.index("<")].rstrip("/") for pattern in list_secret_patterns()}
    assert set(project.SECRET_ROUTES) == routes
    (listed,) = re.findall(r"\(\?<route>/\(\?:(.+?)\)/\)", read_nginx())
    assert listed.split("|") == list(project.SECRET_ROUTES)
    (logged,) = re.findall(r"^log_format.+?;", read_nginx(), re.MULTILINE | re.DOTALL)
    assert {"$request", "$request_uri", "$args", "$http_referer"}.isdisjoint(re.findall(r"\$\w+", logged))


def encode(text: str) -> str:
    return "".join(f"%{ord(one):02x}" for one in text)


DISGUISES: dict[str, Callable[[str, str], str]] = {
    "as it is": lambda address, secret: address,
    "query": lambda address, secret: f"/statistik/?kode={secret}&lain={secret}",
    "query behind": lambda address, secret: f"{address}?rahasia={secret[:20]}",
    "encoded": lambda address, secret: address.replace(secret, encode(secret)),
    "encoded in part": lambda address, secret: address.replace(secret, encode(secret[0]) + secret[1:]),
    "encoded twice": lambda address, secret: address.replace(secret, quote(encode(secret))),
    "encoded slashes": lambda address, secret: "/" + quote(address, safe=""),
    "slashes encoded twice": lambda address, secret: "/" + quote(quote(address, safe="")),
    "doubled slashes": lambda address, secret: address.replace("/", "//"),
    "upper case": lambda address, secret: address.upper(),
    "second secret": lambda address, secret: address.replace(secret, f"{secret}/{secret}"),
    "twice": lambda address, secret: address * 2,
    "program": lambda address, secret: address.replace(secret, f"{secret}.py"),
    "two lines": lambda address, secret: address.replace(secret, f"{secret[:16]}%20{secret[16:]}"),
    "full stop": lambda address, secret: address.replace(secret, f"{secret[:16]}.{secret[16:]}"),
    "unknown route": lambda address, secret: f"/x{address}",
}
"""Addresses as programs, mails and visitors distort them."""


def show_as_django(address: str) -> list[str]:
    """Return the lines of a refusal, of a request and of an error that quotes the address."""
    path, _question, query = address.partition("?")
    whole = f"{unquote(path)}?{query}" if query else unquote(path)
    refusal = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("x", whole), None)
    answer = {"method": "GET", "path": whole}
    request = logging.LogRecord("rembuk", logging.INFO, "", 1, "%(method)s %(path)s", (answer,), None)
    request.access = answer
    error = logging.LogRecord("rembuk", logging.ERROR, "", 1, f"bad '{address}'", None, None)
    formatters = (LineFormatter(), JsonFormatter())
    return [formatter.format(record) for formatter in formatters for record in (refusal, request, error)]


@each("disguise", DISGUISES)
def test_no_secret_route_is_logged_with_its_secret(disguise: str) -> None:
    for address, secret in list_secret_addresses():
        given = DISGUISES[disguise](address, secret)
        pieces = [secret.lower()[at : at + 8] for at in range(0, len(secret), 8)]
        lines = [mask_as_nginx(given), *show_as_django(given)]
        shown = [unquote(unquote(unquote(line))).lower() for line in lines]
        assert [line for line in shown if any(piece in line for piece in pieces)] == [], given


def test_other_addresses_stay_in_the_log() -> None:
    for address in ("/permohonan/7K3M-9Q2X/register/", "/ajukan/", "/statistik.csv"):
        assert mask_as_nginx(address) == address
        assert [address in line for line in show_as_django(address)] == [True] * 6
    assert mask_as_nginx("/statistik.csv?tahun=2026") == "/statistik.csv"


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
