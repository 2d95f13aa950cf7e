"""Attacks on `lacak/`: from a code key to the secret link, and hostile requests."""

import pytest
from django.core import signing
from django.test import Client

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Identity, Kind, State
from consultations.intake import sorting
from consultations.models import Case
from consultations.secret_link import SALT, create_code_key
from consultations.steps import PAGES
from tests.factories import ClientOf, Staff, afresh, applicant, case_at
from tests.print.reading import text_of

PATHS = (
    "",
    "tanda-terima/",
    "jadwal.ics",
    "tanggal-surat.ics",
    "yang-melihat/",
    "data-saya/",
    "data-saya/json/",
    "data-saya/pdf/",
    "saya-datang/",
    "perangkat/",
    "data-saya/kegagalan/1/",
    "berkas/1/",
    "surat-permohonan.pdf",
    "tanda-terima.pdf",
    "surat-hasil.pdf",
    "laporan.pdf",
    "surat-penolakan.pdf",
    "jadwal-konsultasi.pdf",
    "surat-penerusan.pdf",
)
STATES = [s for s in State if s != State.EXAMINING]


SAMPLE = (State.SUBMITTED, State.INCOMPLETE, State.SCHEDULED, State.CLOSED)
"""The others are tried before a release."""


@pytest.mark.parametrize(
    "state", [s if s in SAMPLE else pytest.param(s, marks=pytest.mark.release) for s in STATES]
)
def test_no_answer_by_code_has_the_link(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    key = create_code_key(case)
    slugs = {d.slug for d in case.documents.all()}
    client = Client()
    for path in (*PATHS, *(f"{slug}.pdf" for slug in slugs), *(f"{verb}/" for verb in PAGES)):
        for method in ("get", "post", "head"):
            answer = getattr(client, method)(f"/p/{key}/{path}")
            assert answer.status_code < 500, (path, method)
            content = b"".join(answer)
            shown = content.decode(errors="replace") + str(dict(answer.headers))
            if content.startswith(b"%PDF"):
                shown += "".join(text_of(content).split())
            assert case.secret not in shown, (path, method)
            assert answer.headers.get("Cache-Control", "no-store").count(
                "no-store"
            ) or answer.status_code in (405,), (path, answer.headers)
    for path in (f"/survei/{key}/", f"/survei/{key}/terima-kasih/"):
        assert case.secret not in client.get(path).text


def test_hostile_keys(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    key = create_code_key(case)
    client = Client()
    odd = [
        "~",
        "~%00",
        "~" + "a" * 20,
        "~" + "a" * 150,
        "~" + "a" * 5000,
        "~é" * 20,
        "~" + ":" * 40,
        "~.." + "a" * 30,
        "~" + "-" * 40,
        key + "%00",
        key[:-1] + "%C3%A9",
        key.upper(),
        "~" + key,
        key.replace(":", "%3A"),
        "~" + signing.dumps([case.pk], salt=SALT),
        "~" + signing.dumps({"a": 1}, salt=SALT),
        "~" + signing.dumps(["x", "y"], salt=SALT),
        "~" + signing.dumps([case.pk, case.secret_hash]),
        "~" + signing.dumps("x" * 12, salt=SALT),
        "." + key[1:],
        "~." + key[1:],
    ]
    forged = {14, 15, 16, 18}
    for number, one in enumerate(odd):
        for method in ("get", "post", "head", "put", "delete", "options", "patch", "trace"):
            for path in ("", "withdraw/", "data-saya/"):
                if number in forged:
                    continue  # these need SECRET_KEY
                answer = getattr(client, method)(f"/p/{one}/{path}")
                assert answer.status_code < 500, (one, method, path)
                if one != key.replace(":", "%3A"):
                    assert answer.status_code in (404, 405, 403), (one, method, path, answer.status_code)
    for method in ("put", "delete", "options", "patch", "trace"):
        assert getattr(client, method)(f"/p/{key}/").status_code == 405


def test_the_other_keys_of_the_site_open_nothing(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    assert Client().get(f"/p/~{signing.dumps([case.pk, case.secret_hash])}/").status_code == 404


@pytest.mark.parametrize("code", ["AAAA-BBBB", "\0", "A" * 4000, "💣", "7K3M-9Q2X\0"])
def test_hostile_lookups(code: str, staff: Staff) -> None:
    for phone in ("0812-3456-7890", "\0", "9" * 5000, "+62٨١٢٣٤٥٦٧٨٩", "💣"):
        for method in ("post", "get", "head", "put"):
            assert (
                getattr(Client(), method)(
                    "/lacak/", {"code": code, "phone": phone} if method != "put" else "x"
                ).status_code
                < 500
            )


def test_a_split_is_not_shown_by_code_or_to_staff(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REGISTERED, staff)
    second = sorting.split(
        case, by=staff.pkd, subject="Pungutan rahasia", material="Isi.", reason="", kind="COMPLAINT"
    )
    page = Client().get(f"/p/{create_code_key(afresh(case))}/").text
    for text in (second.code, second.secret, "Pungutan rahasia"):
        assert text not in page
    page = Client().get(f"/p/{create_code_key(second)}/").text
    for text in (case.code, case.secret):
        assert text not in page


def test_mails_of_a_step_by_code_go_to_the_known_address_only(staff: Staff) -> None:
    case = case_at(State.INCOMPLETE, staff)
    answer = Client().post(
        f"/p/{create_code_key(case)}/complete/",
        {"version": case.version, "material": "Baru sekali.", "note": "x"},
    )
    assert answer.status_code == 302
    assert case.secret not in answer.headers["Location"]


def test_an_arrival_by_code_is_recorded_as_such(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    answer = Client().post(f"/p/{create_code_key(case)}/saya-datang/")
    assert answer.status_code == 302
    entry = AuditEntry.objects.filter(case=case, act=Act.ARRIVAL).get()
    assert entry.title == "Melalui kode lacak dan nomor"


def test_hidden_and_independent_complaints_are_never_found(staff: Staff) -> None:
    for identity in (Identity.CONFIDENTIAL, Identity.ANONYMOUS):
        case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity=identity)
        for phone in ("0812-3456-7890", ""):
            assert Client().post("/lacak/", {"code": case.code, "phone": phone}).status_code == 422


@pytest.mark.xfail(strict=True, reason="open: the subject of a complaint who knows code and number reads it")
def test_the_subject_of_a_complaint_who_is_logged_in_reads_nothing_by_code(
    staff: Staff, client_of: ClientOf
) -> None:
    """Whoever knows the code and number can log out; logged in, the page is the office's."""
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=Identity.OPEN)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    answer = client_of(staff.kabid).post("/lacak/", {"code": case.code, "phone": str(case.phone)})
    page = client_of(staff.kabid).get(answer.headers["Location"])
    assert page.status_code in (403, 404) or case.material not in page.text


def test_anonymised_case_by_code(staff: Staff) -> None:
    import datetime as dt

    from kit import clock
    from trust.ledger.models import Disposal
    from trust.privacy.deletion import ask_deletion, decide_deletion
    from trust.privacy.erasure import erase_approved

    case = case_at(State.CLOSED, staff)
    ask_deletion(case, by=applicant(case), reason="x")
    decide_deletion(afresh(case), by=staff.kadis, decision="GRANTED", reason="Ya.")
    with clock.set_to(clock.now() + dt.timedelta(days=8)):
        erase_approved.func(Disposal.objects.get().pk)
    case = afresh(case)
    key = create_code_key(case)
    for path in PATHS:
        for client in (Client(),):
            assert client.get(f"/p/{key}/{path}").status_code < 500
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
    from consultations.intake.uploads import CheckedFile, attach
    from consultations.models import Attachment
    from tests.submitting import pdf

    case = case_at(State.SCHEDULED, staff)
    attach(
        case, CheckedFile(pdf(), "application/pdf", "surat.pdf"), purpose=Attachment.Purpose.LETTER, by=None
    )
    file = case.attachments.get(purpose=Attachment.Purpose.LETTER)
    last = AuditEntry.objects.latest("pk").pk if AuditEntry.objects.exists() else 0
    key, client = create_code_key(case), Client()
    for path in ("", f"berkas/{file.pk}/", "surat-permohonan.pdf", "jadwal.ics", "ask_time/"):
        answer = client.get(f"/p/{key}/{path}")
        assert answer.status_code == 200, path
        _content = b"".join(answer)
    client.post(f"/p/{key}/saya-datang/")
    entries = AuditEntry.objects.filter(pk__gt=last, case=case)
    assert entries.count() >= 5
    assert {e.title for e in entries} == {"Melalui kode lacak dan nomor"}, [
        (e.act, e.target, e.title) for e in entries
    ]


@pytest.mark.xfail(strict=True, reason="open: who prints the receipt reads the link, which is recorded")
def test_who_prints_the_receipt_does_not_become_the_applicant(staff: Staff, client_of: ClientOf) -> None:
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
