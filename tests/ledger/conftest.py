"""Fixtures of the ledger's tests: a record with all sealed tables, and edits past the triggers."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from audit.models import Act
from audit.services import record as record_act
from consultations import services as consultations_services
from consultations.enums import State
from dispositions import services as dispositions_services
from ledger.chain import append_leaves
from ledger.models import AuditDeletion, Seal
from ledger.services import make_seal
from ledger.verification import Verification
from office import clock
from office.models import Appointment
from reports.document_files import store_file_once
from reports.models import Document
from tests.factories import Staff, case_at


@contextmanager
def without_triggers() -> Iterator[Any]:
    """Yield a cursor with the rights of a database superuser: no trigger and no foreign key is checked."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield cursor
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield cursor
        finally:
            for _name, sql in triggers:
                cursor.execute(sql)


@pytest.fixture
def record(staff: Staff) -> Staff:
    """A record with rows of all parts, two seals, and nothing in the queue."""
    closed = case_at(State.CLOSED, staff)
    for act in (Act.CASE, Act.LINK, Act.DOCUMENT):
        record_act(act, by=staff.kadis, case=closed, target=closed.code)
    for year in (2001, 2002):
        AuditDeletion.objects.create(first_kept=year, rows=0)
    wrong = case_at(State.REGISTERED, staff)
    consultations_services.void(wrong, by=staff.pkd, reason="Tercatat dua kali")
    dispositions_services.hand_back(
        case_at(State.DISPOSED, staff), by=staff.kabid, reason="Bukan bidang kami."
    )
    for document in Document.objects.filter(sha256=""):
        store_file_once(document, f"%PDF-1.7 {document.pk}".encode())
    ended = Appointment.objects.order_by("pk").last()
    assert ended
    ended.ended_at, ended.ended_by = clock.now(), staff.admin
    ended.save()
    append_leaves()
    first = make_seal()
    assert first
    case_at(State.SUBMITTED, staff)
    append_leaves()
    Seal.objects.filter(pk=first.pk).update(signature="c2FsYWg=", time_stamp="c2FsYWg=")
    append_leaves()
    with clock.set_to(clock.now() + dt.timedelta(days=1)):
        assert make_seal()
    append_leaves()
    return staff


def list_findings(**options: Any) -> list[str]:
    """Return the findings, without those on signatures, which the tests of certificates make valid."""
    return [
        text
        for text in Verification(**options).run()
        if "its signature" not in text and "its time" not in text
    ]
