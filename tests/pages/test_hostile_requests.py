"""Random hostile requests to every address: none is answered with a 500.

`HOSTILE_REQUESTS=4000 pytest tests/pages/test_hostile_requests.py` sends more than the usual 150 (600 before
a release).
"""

import datetime as dt
import os
import random
import re
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import get_resolver

from config.wsgi import application
from consultations.enums import State
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Case
from consultations.steps import PAGES
from documents.models import Document
from documents.models.document import UNSIGNED
from documents.views.signature_desk import FORMS
from kit import clock
from kit.jobs import beat
from kit.models import Heartbeat
from tests.factories import Staff, case_at, client_of
from tests.pages.test_access import DOCUMENT, SECRET, addresses
from trust.archive.destruction import ACTS, propose
from trust.archive.transfers import prepare

REQUESTS, SEED = int(os.environ.get("HOSTILE_REQUESTS", "150")), int(os.environ.get("HOSTILE_SEED", "47"))
ROLES = ["", "sekretariat", "pkd", "kadis", "kabid", "petugas", "admin"]
METHODS = (
    ["GET"] * 9 + ["POST"] * 9 + ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "G\0T"]
)
VALUES = [
    "", "\0", "a\0b", "\ud800", "😀" * 40, "x" * 6_000, "-1", "0", "9" * 30, "9" * 5_000, "1e309", "NaN",
    "٤٢", "²", "١٢-٠٣-٢٠٢٦", "0001-01-01", "9999-12-31", "2026-02-30", "9999-12-31T23:59", "0001-01-01T00:00",
    "24-11-2026 09.30", "+629999999999999999999", "++", "../../etc/passwd", "' OR 1=1 --", "%", "{{ 7 }}",
    "[]", "true", "SUBMITTED", "a\r\nX-Evil: 1", "http://[::1", "//evil.example", "javascript:alert(1)",
    "a" * 64, "2026-01-01/9999-12-31", DOCUMENT, "400.9", "1", "2", "bank:1", "\0:1", "2026-11-24T",
]  # fmt: skip
RAW = [b"\xff", b"\x80abc", b"\xed\xa0\x80", b"\xf0\x28\x8c\x28", b"\0"]
PLAIN_NAMES = """q state kind channel division date_from date_to year month show periode week mine page after
    before next since until tambah version opinion how submission_token code phone starts_at minutes mode
    place link material identity instructions copies officer companions deadline answered_on sha256 file
    letter materials remove simpan proof login password email window seen draft items
    recommendations-TOTAL_FORMS recommendations-0-due answer_1 subject reason name action p o e
    _selected_action form-TOTAL_FORMS form-INITIAL_FORMS appointment_set-TOTAL_FORMS hub.mode at day
    started_at finished_at attendees room now answer note language unduh izin source ambil case antrean kasus
    kode cases question starts_at_day starts_at_other to acting person first_day last_day view message start
    topic expires_on posisi classification dated text law_witness law_title supervision_witness scan score
    gap received_by received_title received_on receipt_number receiver_name receiver_position receipt_note
    due responsible held_on participants outcome passphrase papers pages dispatch number signer sesudah
    asal given_by cetakan triwulan layanan daftar jabatan way given_at proof complained_about
    complaint_kind institution address is_granted decision decision_number decision_date office_number
    replaces received_at is_approved"""
NAMES = [*PLAIN_NAMES.split(), "a" * 300, "\0", "\ud800"]
HEADERS = {
    "HTTP_HOST": ["evil.example", "localhost:x", "[::1", "", "testserver:99999"],
    "HTTP_COOKIE": ["sessionid=\xff", "csrftoken=x; csrftoken=y", "language=\xff\0", "messages=W10=",
        "=;;=", "a" * 9_000],
    "HTTP_REFERER": ["http://[::1", "\xff", "https://evil.example/"],
    "HTTP_ORIGIN": ["null", "http://[::1", "\xff"],
    "HTTP_ACCEPT": ["text/html;q=x", ";;;", "*" * 900, 'a/b;c="', "application/json"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=x", "\xff", "gzip, br;q=,"],
    "HTTP_ACCEPT_LANGUAGE": ["x" * 999, "en;q=9e99", "\xff"],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Mon, 99 Foo 99999 99:99:99 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT"],
    "HTTP_IF_NONE_MATCH": ['W/"', "*", '"' * 500],
    "HTTP_RANGE": ["bytes=9-1", "bytes=-", "bytes=0-" + "9" * 30, "x"],
    "HTTP_X_FORWARDED_FOR": ["x", "1.2.3.4, " * 50, "\xff", "::1%lo"],
    "HTTP_X_FORWARDED_PROTO": ["https", "\xff"],
    "HTTP_HX_REQUEST": ["true"],
    "HTTP_HX_CURRENT_URL": ["http://[::1", "%ff", "\xff"],
    "HTTP_HX_TARGET_URI_AUTOENCODED": ["true"],
    "HTTP_X_CSRFTOKEN": ["\xff", "a" * 64],
    "HTTP_X_HUB_SIGNATURE_256": ["sha256=\xff", "sha256="],
    "REMOTE_ADDR": ["", "not-an-address", "::1"],
    "CONTENT_LENGTH": ["-1", "x", "", "9" * 40],
    "HTTP_EXPECT": ["100-continue"],
}  # fmt: skip
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
TYPES = [
    FORM, FORM + "; charset=utf-16", FORM + "; charset=\xff", FORM + "; charset=no-such", "application/json",
    "text/plain", "", "\xff", MULTIPART, "multipart/form-data", "multipart/form-data; boundary=" + "y" * 300,
    "multipart/form-data; boundary=\xff", MULTIPART + "; charset=utf-7", "multipart/mixed; boundary=x",
    "a/b/c;;=",
]  # fmt: skip
FIELD = b'Content-Disposition: form-data; name="%s"'
PARTS = [
    FIELD + b"\r\n\r\nvalue",
    FIELD + b'; filename="\0.pdf"\r\n\r\n%PDF-1.7',
    FIELD + b'; filename="a/../\xff.pdf"\r\nContent-Type: application/pdf\r\n\r\n\0',
    FIELD + b"; filename*=utf-9''%ff\r\n\r\nx",
    FIELD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=",
    FIELD + b"\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff",
    FIELD + b'; filename="x.png"\r\nContent-Type: \xff\r\n\r\n\x89PNG\r\n\x1a\n',
    b"Content-Disposition\r\n\r\n%s",
    b"%s",
]


class Attacker:
    """Builds random requests. The same seed gives the same requests."""

    def __init__(self, targets: list[str]) -> None:
        self.random, self.targets = random.Random(SEED), targets  # noqa: S311

    def build(self) -> dict[str, Any]:
        """Return the arguments of `Client.generic()`."""
        some = self.random
        method, path = some.choice(METHODS), some.choice(self.targets)
        if some.random() < 0.15:
            path = self.break_path(path)
        query = self.pairs() if some.random() < 0.5 else b""
        headers = {
            name: some.choice(HEADERS[name]) for name in some.sample([*HEADERS], some.choice([0, 0, 1, 1, 3]))
        }
        body, kind = self.body() if method not in ("GET", "HEAD") or some.random() < 0.05 else (b"", "")
        more = {**headers, "QUERY_STRING": query.decode("latin-1")}
        return {"method": method, "path": path, "data": body, "content_type": kind, **more}

    def break_path(self, path: str) -> str:
        parts, some = path.split("/"), self.random
        parts[some.randrange(len(parts))] = quote(some.choice(RAW))
        return (
            "/".join(parts)
            if some.random() < 0.5
            else path + quote(some.choice(VALUES).encode("utf-8", "replace"))
        )

    def value(self) -> bytes:
        some = self.random
        if some.random() < 0.15:
            return quote(some.choice(RAW)).encode()
        text = some.choice(VALUES).encode("utf-8", "surrogatepass")
        return quote(text).encode() if some.random() < 0.9 else text

    def pairs(self, most: int = 6) -> bytes:
        some = self.random
        count = most if some.random() < 0.02 else some.choice([1, 1, 2, 6])
        names = [
            quote(name.encode("utf-8", "surrogatepass")).encode() for name in some.choices(NAMES, k=count)
        ]
        return b"&".join(name + b"=" + self.value() for name in names)

    def body(self) -> tuple[bytes, str]:
        some = self.random
        kind = some.choice([FORM, FORM, MULTIPART, *TYPES])
        if "multipart" not in kind:
            return some.choice([self.pairs(1_100), self.pairs(), b'{"entry": [' * 500, b"\xff\xfe"]), kind
        parts = [
            some.choice(PARTS).replace(b"%s", some.choice(NAMES).encode("utf-8", "replace")) for _ in range(3)
        ]
        end = some.choice([b"\r\n--x--\r\n", b"\r\n--x", b"", b"\r\n--x--"])
        return b"--x\r\n" + b"\r\n--x\r\n".join(parts) + end, kind


def list_targets(cases: list[Case], staff: Staff) -> Iterator[str]:
    """Yield every address of the site, those of the cases, and those of rows that the pages change."""
    found = sorted(set(addresses(get_resolver().url_patterns)))
    yield from found
    for case in cases:
        for address in found:
            if re.search(f"AAAA-AAAA|{SECRET}", address):
                yield address.replace("AAAA-AAAA", case.code).replace(SECRET, case.secret)
        for verb in PAGES:
            yield f"/permohonan/{case.code}/{verb}/"
            yield f"/p/{case.secret}/{verb}/"
    for paper in Document.objects.filter(case__in=cases, state__in=UNSIGNED):
        yield from (
            f"/tanda-tangan/{paper.pk}/{page}"
            for page in ("", "cetak/", "pindaian/", *map("{}/".format, FORMS))
        )
    with clock.set_to(clock.now() - 6 * 366 * dt.timedelta(days=1)):
        case_at(State.WITHDRAWN, staff)
    disposal, move = propose("REQUEST", by=staff.pkd), prepare("MOVE", by=staff.pkd)
    yield from (f"/arsip/usul/{disposal.pk}/{page}" for page in ("", "daftar.pdf", *map("{}/".format, ACTS)))
    yield from (f"/arsip/serah-pindah/{move.pk}/{page}" for page in ("", "batal/", "berita-acara.pdf"))


@pytest.mark.differs_by_database
@pytest.mark.parametrize("requests", [REQUESTS, pytest.param(4 * REQUESTS, marks=pytest.mark.release)])
def test_no_hostile_request_is_a_500(requests: int, staff: Staff, settings: Any) -> None:
    settings.WORKER_SILENT_AFTER = settings.SCHEDULER_SILENT_AFTER = 3_600
    cases = [case_at(state, staff) for state in (State.SUBMITTED, State.SCHEDULED, State.HELD, State.CLOSED)]
    for kind in Heartbeat.Kind:  # a service without them is not ready: 503
        beat(kind, name=kind)
    attach(cases[0], CheckedFile(b"%PDF-1.4", "application/pdf", "surat.pdf"), purpose="LETTER", by=None)
    clients = [client_of(getattr(staff, role)) if role else Client() for role in ROLES]
    attacker, failed = Attacker(list(list_targets(cases, staff))), []
    for number in range(requests):
        client, request = clients[number % len(clients)], attacker.build()
        client.raise_request_exception = False
        client.handler.enforce_csrf_checks = number % 3 == 0
        before = transaction.savepoint_create()
        answer = client.generic(**request)
        if answer.streaming:
            answer.getvalue()
        transaction.savepoint_rollback(before)
        if answer.status_code >= 500:
            error: Any = getattr(answer, "exc_info", None)
            reason = "".join(traceback.format_exception(error[1])[-3:]) if error else ""
            failed.append(f"{ROLES[number % len(ROLES)]} {repr(request)[:600]}\n{reason}")
    assert not failed, "\n".join(failed[:10])


def test_a_query_of_too_many_fields_is_a_400(rf: RequestFactory, db: None) -> None:
    """The test client cannot show this: Django refuses the request before it handles errors."""
    query = {"QUERY_STRING": "a=b&" * 1_100, "CONTENT_TYPE": f"{FORM}; charset=utf-8"}
    environ = {**rf.get("/lacak/").environ, **query}
    statuses: list[str] = []
    application(environ, lambda status, _headers, _error=None: statuses.append(status))  # type: ignore[arg-type]
    assert statuses == ["400 Bad Request"]
