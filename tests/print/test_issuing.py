"""The accepted report becomes one document that never changes again."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.models.signals import pre_save

from consultations.models import Case
from consultations.workflow import State
from office.models import Office
from reports.documents import KINDS, NotAvailable
from reports.freezing import content_of, freeze
from reports.models import Document
from reports.tasks import freeze_report
from tests import factories
from tests.print import scenes


def stored_files(folder: Any) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def bytes_of(document: Document) -> bytes:
    with document.file.open() as file:
        return file.read()


def test_a_frozen_report_tells_what_it_is(people: factories.Staff) -> None:
    case = scenes.closed(people)
    document = freeze(case)
    content = bytes_of(document)
    assert document.number == case.report_number == "400.9/1/DINCONTOH/2026"
    assert document.issuer == "Plt. Kepala Dinas Contoh"
    assert document.issued_at == scenes.moment(17, 15, 20)
    assert document.size == len(content)
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert content.startswith(b"%PDF-")
    assert case.code not in str(document.file)


def test_freezing_again_changes_nothing(people: factories.Staff, tmp_path: Path) -> None:
    case = scenes.closed(people)
    first = freeze(case)
    assert freeze(case) == first
    assert freeze_report.func(case.pk) == str(first.pk)
    assert Document.objects.count() == len(stored_files(tmp_path)) == 1


def test_it_stays_as_it_was_when_the_office_changes(people: factories.Staff) -> None:
    case = scenes.closed(people)
    content = bytes_of(freeze(case))
    Office.objects.update(name="Dinas Baru", address="Jl. Lain")
    people.kadis.name = "Nama Lain"
    people.kadis.save()
    assert content_of(KINDS["laporan"], Case.objects.get(pk=case.pk)) == content


@pytest.mark.parametrize("state", [State.SUBMITTED, State.FORWARDED, State.WITHDRAWN])
def test_only_a_closed_case_has_a_document(staff: factories.Staff, state: State) -> None:
    with pytest.raises(NotAvailable, match="belum diterima oleh Kepala Dinas"):
        freeze(factories.case_at(state, staff))
    assert not Document.objects.exists()


def test_a_file_whose_row_was_not_saved_is_taken_away(people: factories.Staff, tmp_path: Path) -> None:
    case = scenes.closed(people)

    def database_fails(**kwargs: Any) -> None:
        raise OperationalError

    pre_save.connect(database_fails, sender=Document)
    try:
        with pytest.raises(OperationalError):
            freeze(case)
    finally:
        pre_save.disconnect(database_fails, sender=Document)
    assert not stored_files(tmp_path)


def test_a_file_that_the_disk_has_lost_is_told(people: factories.Staff) -> None:
    case = scenes.closed(people)
    default_storage.delete(str(freeze(case).file))
    with pytest.raises(NotAvailable, match="tidak dapat dibaca dari penyimpanan"):
        content_of(KINDS["laporan"], case)


def test_frozen_by_many_at_once_there_is_one_document(shared_database: None, tmp_path: Path) -> None:
    factories.make_office()
    staff = scenes.people()
    case = scenes.reported(staff)
    scenes.accept(case, staff)
    Document.objects.all().delete()
    for path in stored_files(tmp_path):
        path.unlink()

    def freeze_in_own_connection(_number: int) -> Any:
        try:
            return freeze(Case.objects.get(pk=case.pk)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(freeze_in_own_connection, range(4)))
    assert len(made) == 1
    (document,) = Document.objects.all()
    (file,) = stored_files(tmp_path)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == document.sha256


def test_accepting_freezes_after_the_commit(shared_database: None) -> None:
    factories.make_office()
    case = scenes.closed(scenes.people())
    assert Document.objects.get().number == case.report_number
