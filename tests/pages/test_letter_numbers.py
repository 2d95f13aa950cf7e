"""Outgoing letters that take their numbers from the office's register, entered by the staff."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from consultations.enums import State
from consultations.scheduling import services as scheduling_services
from kit import clock
from kit.refusal import Refused
from office.models import Office
from reports.documents.files import read_document
from reports.documents.issuing import enter_number, list_unnumbered
from reports.documents.numbers import reserve_report_number
from reports.models import Document
from tests.factories import ClientOf, Staff, case_at, free_moment
from tests.print.documents import of
from tests.print.reading import text_of

K = Document.Kind


@pytest.fixture
def letters(staff: Staff) -> list[Document]:
    """Return the assignment and the schedule of a case, which wait for their numbers."""
    Office.objects.update(counts_letters=False)
    case = case_at(State.SCHEDULED, staff)
    return list(Document.objects.filter(case=case, kind__in=[K.ASSIGNMENT, K.SCHEDULE]).order_by("kind"))


def test_a_letter_waits_for_its_number_and_is_issued_with_it(
    letters: list[Document], staff: Staff, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    _assignment, schedule = letters
    assert schedule.case
    public = reverse("applicant_document", args=[schedule.case.secret, "pemberitahuan-jadwal"])
    assert "DRAF" in of(schedule)
    assert Client().get(public).status_code == 404
    assert Client().get(f"/verifikasi/{schedule.pk}/").status_code == 404
    client = client_of(staff.sekretariat)
    assert 'data-letters="2"' in client.get("/meja/").text
    assert "menunggu nomor" in client.get(reverse("case", args=[schedule.case.code])).text
    assert client.get("/surat-keluar/").text.count('data-document="') == 2
    url = reverse("letter", args=[schedule.pk])
    assert client.post(url, {"number": " "}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"number": "400.9/ 118 /DINSOSPMD/2026"}).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.number, schedule.numbered_by) == ("400.9/ 118 /DINSOSPMD/2026", staff.sekretariat)
    assert "Nomor 400.9/ 118 /DINSOSPMD/2026" in text_of(read_document(schedule))
    assert Client().get(public).status_code == 200
    assert client.get("/surat-keluar/").text.count('data-document="') == 1
    assert client.get(url).status_code == 404


def test_a_number_belongs_to_one_letter(letters: list[Document], staff: Staff, client_of: ClientOf) -> None:
    assignment, schedule = letters
    enter_number(assignment, by=staff.pkd, number="800/1")
    answer = client_of(staff.pkd).post(reverse("letter", args=[schedule.pk]), {"number": "800/1"})
    assert answer.status_code == 422
    assert "Nomor ini sudah dipakai naskah lain." in answer.text
    with pytest.raises(Refused, match="sudah bernomor"):
        enter_number(assignment, by=staff.pkd, number="800/2")
    with pytest.raises(IntegrityError):
        Document.objects.filter(pk=assignment.pk).update(number="800/3")


def test_no_number_of_a_letter_blocks_a_report(letters: list[Document], staff: Staff) -> None:
    assignment, schedule = letters
    year = clock.today().year
    enter_number(assignment, by=staff.pkd, number=f"400.9/1/LHK/DINCONTOH/{year}")
    report = case_at(State.CLOSED, staff)
    assert report.report_number == f"400.9/2/LHK/DINCONTOH/{year}"
    reserved = reserve_report_number(case_at(State.FORWARDED, staff))
    for used in (reserved, f"400.9/1/lhk/dincontoh/{year}"):
        with pytest.raises(Refused, match="sudah dipakai"):
            enter_number(schedule, by=staff.pkd, number=used)


def test_who_enters_numbers(letters: list[Document], staff: Staff, client_of: ClientOf) -> None:
    for person in (staff.kadis, staff.kabid, staff.petugas):
        with pytest.raises(PermissionDenied):
            enter_number(letters[0], by=person, number="800/1")
        assert client_of(person).get("/surat-keluar/").status_code == 403
        assert client_of(person).get(reverse("letter", args=[letters[0].pk])).status_code == 404


def test_a_letter_that_was_replaced_needs_no_number(letters: list[Document], staff: Staff) -> None:
    case = letters[1].case
    assert case
    scheduling_services.reschedule(
        case, by=staff.petugas, reason="Rapat.", starts_at=free_moment(staff.petugas)
    )
    waiting = list_unnumbered(staff.pkd)
    assert letters[1] not in waiting
    second = waiting.get(kind=K.SCHEDULE)
    assert "menggantikan jadwal sebelumnya" in of(second)
    assert "surat Nomor" not in of(second)


def test_the_page_needs_the_same_queries_for_any_number_of_letters(
    letters: list[Document], staff: Staff, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(staff.pkd)
    for _more in range(3):
        with django_assert_num_queries(4):
            client.get("/surat-keluar/")
        case_at(State.ASSIGNED, staff)
