"""The file of a document is created once: after crashes, concurrently, with changed disk or office."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.db.models.signals import pre_save
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from documents.files import (
    DocumentUnavailable,
    create_document_file,
    create_file,
    read_document,
    store_file_once,
)
from documents.issuing import get_document, issue_document
from documents.models import Document
from documents.models.document import document_path
from documents.types import TYPES_BY_KIND, TYPES_BY_SLUG
from office.models import Office
from tests.factories import Staff, case_at, make_office, make_staff
from tests.print import scenes
from tests.print.documents import issued
from tests.shared_data import each
from tests.threads import run_at_once

REPORT = Document.Kind.REPORT


def stored_files(folder: Any, document: Document) -> list[Path]:
    """Return the files of one document."""
    return [path for path in Path(folder).rglob(f"{document.pk}*") if path.is_file()]


def bytes_of(document: Document) -> bytes:
    with document.file.open() as file:
        return file.read()


def test_an_issued_report_has_number_issuer_time_and_hash(people: Staff, tmp_path: Path) -> None:
    """Its file is created once, and stays as it was when the office changes."""
    case = scenes.closed(people)
    document = create_file(issued(case, REPORT))
    content = bytes_of(document)
    assert document.number == case.report_number == "400.9/1/LHK/DINCONTOH/2026"
    assert document.issuer == "Plt. Kepala Dinas Contoh"
    assert document.issued_at == scenes.moment(17, 15, 20)
    assert document.size == len(content)
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert content.startswith(b"%PDF-")
    assert case.code not in str(document.file)
    assert create_document_file.func(str(document.pk)) == document.sha256
    assert create_file(Document.objects.get(pk=document.pk)).sha256 == document.sha256
    assert issue_document(TYPES_BY_KIND[REPORT], case) == document
    assert len(stored_files(tmp_path, document)) == 1
    Office.objects.update(name="Dinas Baru", address="Jl. Lain")
    people.kadis.name = "Nama Lain"
    people.kadis.save()
    assert read_document(get_document(TYPES_BY_SLUG["laporan"], Case.objects.get(pk=case.pk))) == content


@pytest.mark.usefixtures("shared_database")
def test_a_step_is_taken_if_no_task_can_be_queued(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The first reader creates the file."""
    make_office()
    settings.TASKS = {"default": {"BACKEND": "nowhere.Backend"}}
    case = case_at(State.SUBMITTED, make_staff())
    assert "nowhere" in caplog.text
    assert read_document(issued(case, Document.Kind.RECEIPT)).startswith(b"%PDF-")


def test_a_document_of_an_older_rembuk_stays_as_it_was(people: Staff) -> None:
    """An officer issued a schedule, and a staff review had a number of the letters."""
    case = scenes.scheduled(people)
    for kind, number in (("SCHEDULE", "400.9/8/PJ/X/2025"), ("STAFF_REVIEW", "400.9/9/TS/X/2025")):
        old = {"case": case, "source_pk": 1001, "number": number, "issuer": "Petugas Rehabilitasi Sosial"}
        document = Document.objects.create(
            kind=kind, issued_by=people.petugas, issued_at=scenes.moment(3, 8), **old
        )
        store_file_once(document, f"%PDF-1.7 {kind}".encode())
        assert read_document(Document.objects.get(pk=document.pk)) == f"%PDF-1.7 {kind}".encode()
        page = Client().get(f"/verifikasi/{document.pk}/").text
        for shown in (number, "Petugas Rehabilitasi Sosial", "dan masih berlaku"):
            assert shown in page


def test_the_second_process_takes_over_the_file_of_the_first(people: Staff, tmp_path: Path) -> None:
    case = scenes.closed(people)
    first, second = issued(case, REPORT), issued(case, REPORT)
    store_file_once(first, b"%PDF-1.7 pertama")
    store_file_once(second, b"%PDF-1.7 kedua")
    assert second.sha256 == first.sha256
    assert bytes_of(second) == bytes_of(issued(case, REPORT)) == b"%PDF-1.7 pertama"
    assert len(stored_files(tmp_path, first)) == 1


@each("state", [State.SUBMITTED, State.FORWARDED, State.WITHDRAWN])
def test_only_an_accepted_report_is_issued(state: State, staff: Staff) -> None:
    assert issue_document(TYPES_BY_KIND[REPORT], case_at(state, staff)) is None
    assert not Document.objects.filter(kind=REPORT).exists()


def test_a_database_that_fails_leaves_nothing_that_hinders_a_new_try(people: Staff, tmp_path: Path) -> None:
    document = issued(scenes.closed(people), REPORT)

    def database_fails(**kwargs: Any) -> None:
        raise OperationalError

    pre_save.connect(database_fails, sender=Document)
    try:
        with pytest.raises(OperationalError):
            create_file(Document.objects.get(pk=document.pk))
    finally:
        pre_save.disconnect(database_fails, sender=Document)
    assert not Document.objects.get(pk=document.pk).has_file
    assert hashlib.sha256(bytes_of(create_file(document))).hexdigest() == document.sha256
    assert len(stored_files(tmp_path, document)) == 1


def test_half_a_file_of_a_process_that_was_killed_is_replaced(people: Staff, tmp_path: Path) -> None:
    document = issued(scenes.closed(people), REPORT)
    default_storage.save(document_path(document, ""), ContentFile(b"%PDF-1.7 setengah"))
    content = read_document(document)
    assert len(content) > 10_000
    assert [file.read_bytes() for file in stored_files(tmp_path, document)] == [content]


def test_a_changed_or_lost_file_is_reported(people: Staff) -> None:
    case = scenes.closed(people)
    path = Path(create_file(issued(case, REPORT)).file.path)
    path.write_bytes(path.read_bytes().replace(b"%PDF-", b"%PDf-"))
    with pytest.raises(DocumentUnavailable, match="tidak sama dengan yang diterbitkan"):
        read_document(get_document(TYPES_BY_SLUG["laporan"], case))
    path.unlink()
    with pytest.raises(DocumentUnavailable, match="tidak dapat dibaca dari penyimpanan"):
        read_document(get_document(TYPES_BY_SLUG["laporan"], case))


def test_made_by_many_at_once_there_is_one_file(shared_database: None, tmp_path: Path) -> None:
    make_office()
    document = issued(scenes.closed(scenes.people()), REPORT)
    hashes = run_at_once([lambda: create_file(Document.objects.get(pk=document.pk)).sha256] * 4)
    (file,) = stored_files(tmp_path, document)
    assert set(hashes) == {hashlib.sha256(file.read_bytes()).hexdigest()}
