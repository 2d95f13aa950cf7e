"""The board of the waiting room and the poster: numbers and no names, for everybody and for staff."""

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling.models import Session
from kit import clock
from office.models import ClosedDay
from tests.factories import Staff, case_at, client_of, publish_standard, walk_in, walk_in_at, working_moment
from tests.print.reading import damage, findings, text_of
from tests.shared_data import each
from tests.surveys.answering import answers, last_quarter, publish

HALF_HOUR = dt.timedelta(minutes=30)


def scheduled(staff: Staff, hour: int, **details: object) -> Case:
    """Return a case with a consultation at this full hour of the next working day."""
    case = case_at(State.SCHEDULED, staff, **details)
    times = {"starts_at": working_moment(hour=hour), "ends_at": working_moment(hour=hour) + HALF_HOUR}
    Session.objects.filter(case=case).update(**times)
    return case


def numbers(page: str, part: str) -> list[str]:
    section = page.split(f'id="{part}"')[1].split("</section>")[0]
    return re.findall(r'data-number="(\d*)"', section)


def test_the_board_calls_numbers_and_names_nobody(staff: Staff, client: Client) -> None:
    answers(sheet=[(4,) * 9] * 5, day=last_quarter().until)
    publish(staff.kadis, last_quarter())
    later, sooner = scheduled(staff, 11), scheduled(staff, 10)
    scheduled(staff, 9, kind=Kind.COMPLAINT, complained_party="Kepala Dinas")
    online = scheduled(staff, 9)
    Session.objects.filter(case=online).update(mode=Session.Mode.PHONE, room=None)
    with clock.set_to(working_moment(hour=8)):
        urgent = walk_in_at(State.IN_SESSION, staff)
        page = client.get("/papan/").text
    called = [str(case.agenda.number) for case in (urgent, sooner, later) if case.agenda]
    assert numbers(page, "dilayani") + numbers(page, "berikutnya") == called
    shown = ("08.00", "10.00", "30 menit", "100,00 (Sangat Baik)")
    assert [words for words in shown if words not in page] == []
    hidden = (sooner.applicant_name, sooner.organisation, sooner.subject, sooner.code, staff.petugas.name)
    assert [words for words in hidden if words in page] == []
    assert '<noscript><meta http-equiv="refresh" content="30">' in page
    assert 'data-hx-trigger="every 30s"' in page


def test_a_board_without_consultations_says_so(staff: Staff, client: Client) -> None:
    ClosedDay.objects.create(day=clock.today(), reason="Hari jadi")
    page = client.get("/papan/").text
    for words in ("Belum ada yang sedang dilayani.", "Tidak ada jadwal lagi hari ini.", "Hari jadi"):
        assert words in page


def test_an_urgent_guest_who_waits_is_on_the_board(staff: Staff, client: Client) -> None:
    """He has no appointment. Nobody is told that there is nothing left today."""
    guest = walk_in(staff)
    assert guest.agenda
    page = client.get("/papan/").text
    assert f'data-number="{guest.agenda.number}"' in page
    assert "Tidak ada jadwal lagi" not in page


@each("count", [1, 7])
def test_the_board_costs_the_same_queries(
    count: int, staff: Staff, client: Client, at_most_queries: Any
) -> None:
    for _number in range(count):
        scheduled(staff, 10)
    with clock.set_to(working_moment(hour=8)), at_most_queries(4):
        page = client.get("/papan/").text
    assert len(numbers(page, "berikutnya")) == min(count, 5)


@pytest.mark.release
def test_staff_print_the_poster(staff: Staff, tmp_path: Path) -> None:
    publish_standard()
    content = client_of(staff.petugas).get("/papan/poster.pdf").content
    (page,) = PdfReader(io.BytesIO(content)).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [297, 420]
    assert findings(content, tmp_path) == []
    assert damage(content, tmp_path) == ""
    text = text_of(content)
    asking = ("Pindai kode ini", "Ceritakan persoalan Anda", "Pilih hari dan jam", "Gratis", "30 menit")
    standard = ("Ani Uji, S.Sos.", "lapor.go.id", "Laporan Hasil Konsultasi diterima", "Materi")
    assert [words for words in asking + standard if words not in text] == []
