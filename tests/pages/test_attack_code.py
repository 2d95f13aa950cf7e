"""Attacks on `lacak/`: from a code key to the secret link, and hostile requests."""

import datetime as dt

import pytest
from django.core import signing
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Identity, Kind, State
from consultations.intake import sorting
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Case
from consultations.secret_link import create_code_key
from consultations.steps import PAGES
from kit import clock
from tests.factories import Staff, afresh, applicant, case_at, client_of
from tests.print.reading import text_of
from tests.shared_data import each
from tests.submitting import pdf
from trust.privacy.deletion import ask_deletion, decide_deletion
from trust.privacy.erasure import erase_approved
from trust.privacy.models import Disposal

PAPERS = ("surat-permohonan", "tanda-terima", "surat-hasil", "laporan", "surat-penolakan", "surat-penerusan")
PATHS = (
    *("", "tanda-terima/", "jadwal.ics", "tanggal-surat.ics", "yang-melihat/", "data-saya/", "berkas/1/"),
    *("data-saya/json/", "data-saya/pdf/", "saya-datang/", "perangkat/", "data-saya/kegagalan/1/"),
    *(f"{paper}.pdf" for paper in PAPERS),
)


@pytest.mark.parametrize(
    "state",
    [
        State.CLOSED,
        *(
            pytest.param(state, marks=pytest.mark.release)
            for state in State
            if state not in (State.CLOSED, State.EXAMINING)
        ),
    ],
)
def test_no_answer_by_code_has_the_link(state: State, staff: Staff) -> None:
    case, client = case_at(state, staff), Client()
    key, slugs = create_code_key(case), {document.slug for document in case.documents.all()}
    for path in (*PATHS, *(f"{slug}.pdf" for slug in slugs), *(f"{verb}/" for verb in PAGES)):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/p/{key}/{path}")
            content = b"".join(answer)
            shown = content.decode(errors="replace") + str(dict(answer.headers))
            if content.startswith(b"%PDF"):
                shown += "".join(text_of(content).split())
            assert (answer.status_code < 500, case.secret in shown) == (True, False), (path, method)
            stored = answer.headers.get("Cache-Control", "no-store")
            assert "no-store" in stored or answer.status_code == 405, (path, answer.headers)
    for path in (f"/survei/{key}/", f"/survei/{key}/terima-kasih/"):
        assert case.secret not in client.get(path).text


def test_hostile_keys(staff: Staff) -> None:
    case, client = case_at(State.CLOSED, staff), Client()
    key = create_code_key(case)
    odd = (
        *("~", "~%00", *("~" + "a" * length for length in (20, 150, 5000)), "~é" * 20, "~" + ":" * 40),
        *("~.." + "a" * 30, "~" + "-" * 40, key + "%00", key[:-1] + "%C3%A9", key.upper(), "~" + key),
        *("~" + signing.dumps([case.pk, case.secret_hash]), "." + key[1:], "~." + key[1:]),
    )
    for one in odd:
        for method in ("get", "post", "put"):
            for path in ("", "withdraw/", "data-saya/"):
                assert getattr(client, method)(f"/p/{one}/{path}").status_code in (403, 404, 405), one
    for method in ("put", "delete", "options", "patch", "trace"):
        assert getattr(client, method)(f"/p/{key}/").status_code == 405


@each("code", ["AAAA-BBBB", "\0", "A" * 4000, "💣", "7K3M-9Q2X\0"])
def test_hostile_lookups(code: str, staff: Staff) -> None:
    for phone in ("0812-3456-7890", "\0", "9" * 5000, "+62٨١٢٣٤٥٦٧٨٩", "💣"):
        assert Client().post("/lacak/", {"code": code, "phone": phone}).status_code in (422, 429)


def test_the_subject_of_a_complaint_who_is_logged_in_reads_nothing_by_code(staff: Staff) -> None:
    """Whoever knows the code and number can log out; logged in, the page is the office's."""
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=Identity.OPEN)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    answer = client_of(staff.kabid).post("/lacak/", {"code": case.code, "phone": str(case.phone)})
    page = client_of(staff.kabid).get(answer.headers["Location"])
    assert page.status_code in (403, 404) or case.material not in page.text


ODD: tuple[dict[str, str], ...] = (
    *({}, {"decision": "\0", "reason": "\0", "version": "x"}, {"reason": "💣" * 5000, "version": "-1"}),
    *({"version": "9" * 400, "is_entitled": "\0"}, {"requested_by": "\0", "reason": "\ud7ff"}),
    *({"starts_at": "\0"}, {"starts_at": "9999-99-99T99:99", "reason": "x"}),
    {"material": "\0", "visit_at": "\0", "note": "\0"},
)


@pytest.mark.differs_by_database
def test_odd_posts_by_code(staff: Staff) -> None:
    steps = {State.INCOMPLETE: "complete", State.SCHEDULED: "ask_time", State.CLOSED: "stop_deletion"}
    for state, verb in steps.items():
        key = create_code_key(case_at(state, staff))
        for odd in ODD:
            assert Client().post(f"/p/{key}/{verb}/", odd).status_code < 500
        for odd in ({"u1": "\0"}, {f"u{n}": "9" for n in range(1, 10)}, {}):
            assert Client().post(f"/survei/{key}/", odd).status_code < 500


def test_anonymised_case_by_code(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    ask_deletion(case, by=applicant(case), reason="x")
    decide_deletion(afresh(case), by=staff.kadis, decision="GRANTED", reason="Ya.")
    with clock.set_to(clock.now() + dt.timedelta(days=8)):
        erase_approved.func(Disposal.objects.get().pk)
    key = create_code_key(afresh(case))
    for path in PATHS:
        assert Client().get(f"/p/{key}/{path}").status_code < 500
    assert Client().post("/lacak/", {"code": case.code, "phone": "0812-3456-7890"}).status_code == 422


def test_the_document_without_link_in_the_receipt_of_the_split(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    second = sorting.split(
        case, by=staff.pkd, subject="Dua", material="Isi.", reason="Dua urusan.", kind="CONSULTATION"
    )
    for one, other in ((case, second), (second, case)):
        for path in ("tanda-terima.pdf", "surat-permohonan.pdf"):
            answer = Client().get(f"/p/{one.secret}/{path}")
            if answer.status_code == 200:
                content = b"".join(answer)
                text = "".join(text_of(content).split())
                assert other.code not in text, path
                assert other.secret not in text, path


def test_each_reading_by_code_is_recorded_as_such(staff: Staff) -> None:
    """The log that the applicant reads must not say that the applicant opened it."""
    case = case_at(State.SCHEDULED, staff)
    file = attach(case, CheckedFile(pdf(), "application/pdf", "surat.pdf"), purpose="LETTER", by=None)
    key, client = create_code_key(case), Client()
    for path in ("", f"berkas/{file.pk}/", "surat-permohonan.pdf", "jadwal.ics", "ask_time/"):
        answer = client.get(f"/p/{key}/{path}")
        assert (answer.status_code, bool(b"".join(answer))) == (200, True), path
    client.post(f"/p/{key}/saya-datang/")
    entries = AuditEntry.objects.filter(case=case)
    assert (entries.count() >= 6, Act.ARRIVAL in {entry.act for entry in entries}) == (True, True)
    assert {entry.title for entry in entries} == {"Melalui kode lacak dan nomor"}


@pytest.mark.xfail(strict=True, reason="open: who prints the receipt reads the link, which is recorded")
def test_who_prints_the_receipt_does_not_become_the_applicant(staff: Staff) -> None:
    """The reading of the link is logged, but the history of the withdrawal says Pemohon."""
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=Identity.OPEN)
    receipt = case.documents.get(kind="RECEIPT")
    answer = client_of(staff.pkd).get(f"/naskah/{receipt.pk}.pdf")
    content = b"".join(answer)
    assert answer.status_code == 200
    assert case.secret in "".join(text_of(content).split())
    typed_ = {"reason": "Selesai.", "version": afresh(case).version}
    Client().post(f"/p/{case.secret}/withdraw/", typed_)
    assert afresh(case).state != State.WITHDRAWN
