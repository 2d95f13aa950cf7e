"""A paper is made once and kept: after a crash, with many at once, when the disk or the office changes."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models.signals import pre_save

from consultations.enums import State
from consultations.models import Case, NumberBook
from office.models import Office
from reports.documents import KIND_OF, KINDS
from reports.issuing import NotAvailable, content_of, issue, keep, make, paper_of
from reports.models import Document
from reports.models.document import unguessable_path
from reports.tasks import make_document
from scheduling.queries import current_session
from tests import factories
from tests.print import scenes
from tests.print.papers import issued

REPORT = Document.Kind.REPORT


def stored_files(folder: Any) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def bytes_of(document: Document) -> bytes:
    with document.file.open() as file:
        return file.read()


def test_an_issued_report_tells_what_it_is(people: factories.Staff) -> None:
    case = scenes.closed(people)
    document = make(issued(case, REPORT))
    content = bytes_of(document)
    assert document.number == case.report_number == "400.9/1/DINCONTOH/2026"
    assert document.issuer == "Plt. Kepala Dinas Contoh"
    assert document.issued_at == scenes.moment(17, 15, 20)
    assert document.size == len(content)
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert content.startswith(b"%PDF-")
    assert case.code not in str(document.file)


@pytest.mark.usefixtures("shared_database")
def test_a_step_is_taken_where_no_task_can_be_queued(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever opens the paper makes it."""
    factories.make_office()
    settings.TASKS = {"default": {"BACKEND": "nowhere.Backend"}}
    case = factories.case_at(State.SUBMITTED, factories.make_staff())
    assert "nowhere" in caplog.text
    assert content_of(issued(case, Document.Kind.RECEIPT)).startswith(b"%PDF-")


def test_it_is_made_once(people: factories.Staff, tmp_path: Path) -> None:
    case = scenes.closed(people)
    document = issued(case, REPORT)
    first = make(document).sha256
    assert make_document.func(str(document.pk)) == first
    assert make(Document.objects.get(pk=document.pk)).sha256 == first
    assert issue(KIND_OF[REPORT], case) == document
    assert len(stored_files(tmp_path)) == 1


def test_whoever_opens_it_makes_it_where_no_worker_did(people: factories.Staff) -> None:
    case = scenes.closed(people)
    assert not issued(case, REPORT).is_made
    content = content_of(paper_of(KINDS["laporan"], case))
    assert issued(case, REPORT).sha256 == hashlib.sha256(content).hexdigest()


def test_it_stays_as_it_was_when_the_office_changes(people: factories.Staff) -> None:
    case = scenes.closed(people)
    content = bytes_of(make(issued(case, REPORT)))
    Office.objects.update(name="Dinas Baru", address="Jl. Lain")
    people.kadis.name = "Nama Lain"
    people.kadis.save()
    assert content_of(paper_of(KINDS["laporan"], Case.objects.get(pk=case.pk))) == content


def test_who_comes_second_keeps_what_the_first_one_made(people: factories.Staff, tmp_path: Path) -> None:
    case = scenes.closed(people)
    first, second = issued(case, REPORT), issued(case, REPORT)
    keep(first, b"%PDF-1.7 pertama")
    keep(second, b"%PDF-1.7 kedua")
    assert second.sha256 == first.sha256
    assert bytes_of(second) == bytes_of(issued(case, REPORT)) == b"%PDF-1.7 pertama"
    assert len(stored_files(tmp_path)) == 1


@pytest.mark.parametrize("state", [State.SUBMITTED, State.FORWARDED, State.WITHDRAWN])
def test_only_an_accepted_report_is_issued(staff: factories.Staff, state: State) -> None:
    case = factories.case_at(state, staff)
    assert issue(KIND_OF[REPORT], case) is None
    assert not Document.objects.filter(kind=REPORT).exists()


def test_a_database_that_fails_leaves_nothing_that_hinders_the_next_try(
    people: factories.Staff, tmp_path: Path
) -> None:
    document = issued(scenes.closed(people), REPORT)

    def database_fails(**kwargs: Any) -> None:
        raise OperationalError

    pre_save.connect(database_fails, sender=Document)
    try:
        with pytest.raises(OperationalError):
            make(Document.objects.get(pk=document.pk))
    finally:
        pre_save.disconnect(database_fails, sender=Document)
    assert not Document.objects.get(pk=document.pk).is_made
    assert hashlib.sha256(bytes_of(make(document))).hexdigest() == document.sha256
    assert len(stored_files(tmp_path)) == 1


def test_half_a_file_of_a_process_that_was_killed_is_replaced(
    people: factories.Staff, tmp_path: Path
) -> None:
    document = issued(scenes.closed(people), REPORT)
    default_storage.save(unguessable_path(document, ""), ContentFile(b"%PDF-1.7 setengah"))
    content = content_of(document)
    assert len(content) > 10_000
    assert [file.read_bytes() for file in stored_files(tmp_path)] == [content]


def test_a_file_that_the_disk_has_lost_is_told(people: factories.Staff) -> None:
    case = scenes.closed(people)
    default_storage.delete(str(make(issued(case, REPORT)).file))
    with pytest.raises(NotAvailable, match="tidak dapat dibaca dari penyimpanan"):
        content_of(paper_of(KINDS["laporan"], case))


def test_a_file_that_was_changed_is_told(people: factories.Staff) -> None:
    case = scenes.closed(people)
    document = make(issued(case, REPORT))
    path = Path(document.file.path)
    path.write_bytes(path.read_bytes().replace(b"%PDF-", b"%PDf-"))
    with pytest.raises(NotAvailable, match="tidak sama dengan yang diterbitkan"):
        content_of(paper_of(KINDS["laporan"], case))


def at_once(work: Any, times: int = 4) -> list[Any]:
    """What `times` threads, each with its own connection, get of the same work."""

    def in_own_connection(_number: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(in_own_connection, range(times)))


def test_made_by_many_at_once_there_is_one_file(shared_database: None, tmp_path: Path) -> None:
    factories.make_office()
    document = issued(scenes.closed(scenes.people()), REPORT)
    hashes = at_once(lambda: make(Document.objects.get(pk=document.pk)).sha256)
    (file,) = stored_files(tmp_path)
    assert set(hashes) == {hashlib.sha256(file.read_bytes()).hexdigest()}


def test_issued_by_many_at_once_there_is_one_paper_and_one_number(shared_database: None) -> None:
    factories.make_office()
    case = scenes.declined(scenes.people())
    Document.objects.filter(kind=Document.Kind.REJECTION).delete()
    kind = KINDS["surat-penolakan"]
    papers = at_once(lambda: issue(kind, Case.objects.get(pk=case.pk)))
    assert len({paper.pk for paper in papers}) == 1
    assert {paper.number for paper in papers} == {"400.9/2/SPn/DINCONTOH/2026"}
    assert Document.objects.filter(kind=Document.Kind.REJECTION).count() == 1


def test_who_read_the_case_before_it_moved_issues_what_is_true_now(people: factories.Staff) -> None:
    case = scenes.scheduled(people)
    Document.objects.filter(kind=Document.Kind.SCHEDULE).delete()
    read_before = Case.objects.get(pk=case.pk)
    scenes.reschedule(case, people, starts_at=scenes.moment(17, 9))
    notice = issue(KINDS["pemberitahuan-jadwal"], read_before)
    assert notice
    assert notice.record == current_session(case).pk  # type: ignore[union-attr]
    assert Document.objects.filter(kind=Document.Kind.SCHEDULE).count() == 1


def test_cases_from_before_get_their_papers_but_no_numbers_of_letters(staff: factories.Staff) -> None:
    case = factories.case_at(State.CLOSED, staff)
    Document.objects.all().delete()
    NumberBook.objects.filter(series=NumberBook.Series.LETTER).delete()
    call_command("issue_papers", stdout=StringIO())

    issued = set(case.documents.values_list("kind", flat=True))
    assert issued == {"APPLICATION", "RECEIPT", "DISPOSITION", "REPORT"}
    assert paper_of(KINDS["surat-tugas"], case).is_draft
    assert not NumberBook.objects.filter(series=NumberBook.Series.LETTER).exists()
    said = StringIO()
    call_command("issue_papers", stdout=said)
    assert "0." in said.getvalue()
