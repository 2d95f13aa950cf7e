"""Accepting a report where the office signs electronically: signed and closed at once, or not at all."""

import logging
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import Settings

from consultations.enums import State
from consultations.models import Case, NumberBook
from documents.files import read_document
from documents.models import Document, ReportNumber
from kit.refusal import Refused
from reports import services
from tests.factories import ClientOf, Staff, case_at, make_office, make_staff
from tests.print.reading import text_of
from tests.signing.certificates import DAY, PASSPHRASE, Identity, person
from tests.signing.conftest import WriteKey
from tests.signing.reading import pdfsig_accepts, pyhanko_accepts
from tests.standard.steps import records


def report_of(case: Case) -> Document:
    return Document.objects.get(case=case, kind=Document.Kind.REPORT)


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.FORWARDED, staff)


@pytest.mark.usefixtures("key_file")
def test_an_accepted_report_is_signed(case: Case, staff: Staff, authority: Identity, tmp_path: Path) -> None:
    services.accept(case, by=staff.kadis, passphrase=PASSPHRASE)
    paper = report_of(case)
    assert (case.state, paper.number) == (State.CLOSED, case.report_number)
    assert (paper.signature, paper.signer) == ("pkcs12", "Kepala Dinas Uji")
    content = read_document(paper)
    assert pyhanko_accepts(content, authority)
    assert pdfsig_accepts(content, tmp_path)
    words = text_of(content)
    assert "Ditandatangani secara elektronik oleh" in words
    assert case.report_number in words
    assert "DRAF" not in words
    assert "BSrE" not in words
    last = PdfReader(BytesIO(content)).pages[-1]
    assert "Diterima tanggal" in last.extract_text()
    assert [note.get_object()["/FT"] for note in cast(Any, last["/Annots"])] == ["/Sig"]
    changed = bytearray(content)
    changed[len(changed) // 3] ^= 1
    assert not pyhanko_accepts(bytes(changed), authority)
    assert not pdfsig_accepts(bytes(changed), tmp_path)


def no_rows_changed(before: dict[str, Any]) -> bool:
    """Whether only the number of the report was taken, which waits for the next try."""
    now = records()
    waits = {ReportNumber._meta.label, NumberBook._meta.label}
    return all(now[table] == before[table] for table in before.keys() - waits)


@pytest.mark.usefixtures("key_file")
def test_a_wrong_passphrase_leaves_the_case_where_it_was_and_the_number_waits(
    case: Case, staff: Staff, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, files = records(), sorted(tmp_path.rglob("*.pdf"))
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as refusal:
        services.accept(Case.objects.get(pk=case.pk), by=staff.kadis, passphrase="salah-sekali-2026")
    assert refusal.value.field == "passphrase"
    assert "salah-sekali-2026" not in caplog.text + str(refusal.value)
    assert no_rows_changed(before)
    assert sorted(tmp_path.rglob("*.pdf")) == files
    reserved = ReportNumber.objects.get(case=case).number
    services.accept(case, by=staff.kadis, passphrase=PASSPHRASE)
    assert case.report_number == reserved


def test_a_certificate_or_service_that_fails_leaves_the_case_where_it_was(
    case: Case, staff: Staff, key_in_file: WriteKey, authority: Identity, settings: Any, dead_address: str
) -> None:
    before = records()
    key_in_file(person(authority, begins=-9 * DAY, ends=-DAY))
    with pytest.raises(Refused, match="kedaluwarsa"):
        services.accept(case, by=staff.kadis, passphrase=PASSPHRASE)
    assert no_rows_changed(before)
    settings.SIGNER, settings.BSRE_URL = "bsre", dead_address
    settings.BSRE_USERNAME, settings.BSRE_PASSWORD = "rembuk", "sandi"
    staff.kadis.email = "kadis@example.go.id"
    with pytest.raises(Refused, match="tidak dapat dihubungi"):
        services.accept(case, by=staff.kadis, passphrase=PASSPHRASE)
    assert no_rows_changed(before)


@pytest.mark.usefixtures("key_file")
def test_a_signature_for_a_case_that_moved_on_is_discarded(case: Case, staff: Staff, tmp_path: Path) -> None:
    stale = Case.objects.get(pk=case.pk)
    services.return_report(case, by=staff.kadis, reason="Perjelas.")
    with pytest.raises(Refused, match="Orang lain baru saja"):
        services.accept(stale, by=staff.kadis, passphrase=PASSPHRASE)
    assert not Document.objects.filter(case=case, kind=Document.Kind.REPORT).exists()
    assert not list(tmp_path.rglob("documents/**/*.pdf"))


def break_off_after_commit(**told: Any) -> None:
    def break_off() -> None:
        raise ConnectionError

    transaction.on_commit(break_off)


@pytest.mark.usefixtures("shared_database", "key_file")
def test_an_error_after_commit_leaves_the_signed_document(settings: Settings) -> None:
    make_office()
    staff = make_staff()
    case = case_at(State.FORWARDED, staff)
    settings.STEP_RECEIVERS = [*settings.STEP_RECEIVERS, f"{__name__}.{break_off_after_commit.__name__}"]
    with pytest.raises(ConnectionError):
        services.accept(case, by=staff.kadis, passphrase=PASSPHRASE)
    assert Case.objects.get(pk=case.pk).state == State.CLOSED
    assert read_document(report_of(case)).startswith(b"%PDF")


def test_the_form_asks_for_the_passphrase_only_if_documents_are_signed(
    case: Case, staff: Staff, client_of: ClientOf, key_in_file: WriteKey, holder: Identity
) -> None:
    client, address = client_of(staff.kadis), reverse("step", args=[case.code, "accept"])
    assert 'name="passphrase"' not in client.get(address).text
    key_in_file(holder)
    assert 'type="password" name="passphrase"' in client.get(address).text
    missing = client.post(address, {"note": "Terima kasih."})
    wrong = client.post(address, {"note": "Terima kasih.", "passphrase": "salah-sekali-2026"})
    for answer in (missing, wrong):
        assert answer.status_code == 422
        assert "Terima kasih." in answer.text
        assert 'id="error_' in answer.text
    assert "salah-sekali-2026" not in wrong.text
    assert Case.objects.get(pk=case.pk).state == State.FORWARDED
    assert client.post(address, {"passphrase": PASSPHRASE}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == State.CLOSED


def test_without_electronic_signature_the_document_does_not_mention_it(staff: Staff) -> None:
    paper = report_of(case_at(State.CLOSED, staff))
    assert (paper.signature, paper.signer) == ("", "")
    assert "elektronik oleh" not in text_of(read_document(paper))
