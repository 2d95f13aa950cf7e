"""Hostile requests to the steps and papers of the office: never a 500."""

import pytest
from django.test import Client

from consultations.enums import Kind, State
from consultations.secret_link import create_code_key
from documents.models import Document
from tests.factories import Staff, afresh, applicant, case_at, client_of
from trust.privacy.deletion import ask_deletion, decide_deletion

VERBS = (
    *("ask_deletion_for", "decide_deletion", "decide_deletion_for", "confirm_deletion", "stop_deletion"),
    *("retain", "withdraw_for", "split"),
)
MANY = {"decision": ["GRANTED", "REFUSED"], "version": "9" * 400, "checked_with": "X", "is_entitled": "\0"}
ODD = [
    {},
    {"decision": "\0", "reason": "\0", "version": "x"},
    {"decision": "GRANTED", "reason": "💣" * 5000, "version": "-1"},
    MANY,
    {"subject": "\0", "material": "\0", "kind": "\0", "reason": "x\0"},
    {"requested_by": "\0", "reason": "\ud7ff"},
]


@pytest.mark.release
@pytest.mark.differs_by_database
def test_steps_and_papers(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    ask_deletion(case, by=applicant(case), reason="x")
    decide_deletion(afresh(case), by=staff.kadis, decision="GRANTED", reason="Ya.")
    people = (staff.kadis, staff.pkd, staff.sekretariat, staff.pengawas)
    for person in people:
        client = client_of(person)
        for verb in VERBS:
            for odd in ODD:
                sent = client.post(f"/permohonan/{case.code}/{verb}/", odd)
                assert sent.status_code < 500, (person, verb, odd)
            for method in ("get", "head", "put", "delete", "options", "patch"):
                assert getattr(client, method)(f"/permohonan/{case.code}/{verb}/").status_code < 500
        for page in ("/arsip/usul/1/", "/arsip/usul/99999999999999999999/", "/arsip/usul/0/"):
            for odd in ODD:
                assert client.post(page, odd).status_code < 500, page


@pytest.mark.release
@pytest.mark.differs_by_database
def test_papers(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    letter = Document.objects.in_force().get(case=case, kind=Document.Kind.SCHEDULE)
    for person in (staff.kadis, staff.sekretariat, staff.kabid):
        client = client_of(person)
        for verb in ("confirm", "deny", "scan", "x", "%00"):
            for method in ("get", "post", "head", "put"):
                assert getattr(client, method)(f"/tanda-tangan/{letter.pk}/{verb}/").status_code < 500
    for query in ("1", "0", "-1", "99999999999999999999", "%00", "١", ""):
        assert client.get(f"/verifikasi/{letter.pk}/?cetakan={query}").status_code < 500, query


@pytest.mark.differs_by_database
def test_odd_posts_by_code(staff: Staff) -> None:
    own = (
        {"starts_at": "\0"},
        {"starts_at": "9999-99-99T99:99", "reason": "x"},
        {"material": "\0", "visit_at": "\0", "note": "\0"},
    )
    steps = {State.INCOMPLETE: "complete", State.SCHEDULED: "ask_time", State.CLOSED: "stop_deletion"}
    for state, verb in steps.items():
        key = create_code_key(case_at(state, staff))
        for odd in (*ODD, *own):
            assert Client().post(f"/p/{key}/{verb}/", odd).status_code < 500
        for odd in ({"u1": "\0"}, {f"u{n}": "9" for n in range(1, 10)}, {}):
            assert Client().post(f"/survei/{key}/", odd).status_code < 500
