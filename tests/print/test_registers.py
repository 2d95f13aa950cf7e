"""Registers of a period: their rows, the order, what they hide, and the real PDF."""

import datetime as dt
import re
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from consultations import services as consultations_services
from consultations.enums import Confidentiality, Kind, State, Urgency
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import AgendaEntry, Attachment, Case, NumberBook
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from dispositions import services as dispositions_services
from documents.files import read_document, render_html
from documents.issuing import draft_document, record_handover
from documents.models import Document, Register
from documents.numbering import reserve_report_number
from documents.registers import printing
from documents.registers.book import BOOKS, MAX_ROWS, book_context, register_source
from documents.registers.letters import NOT_SHOWN, AgendaLine, list_numbers_between
from documents.types import TYPES_BY_KIND
from kit import clock, records
from kit.clock import midnight
from kit.refusal import Refused
from kit.table import Place
from office.models import Division, Office, Position, Role, User
from reports import services as report_services
from reports.models import FollowUp, Report
from reports.recap import FollowedUp
from tests.factories import (
    WAY,
    ClientOf,
    Staff,
    applicant,
    case_at,
    pass_on,
    sign_papers,
    walk_in,
    working_moment,
)
from tests.many_cases import cases_at
from tests.pages.test_hidden_identity import FILES, HIDDEN, hidden_at
from tests.print.documents import sign_papers as sign_short
from tests.print.reading import damage, findings, text_of
from tests.shared_data import each

AGENDA_BOOK, GUEST_BOOK, COMPLAINTS, OUTGOING, EXPEDITION, RECAP = Register.Kind
DAY = dt.timedelta(days=1)
MILLIMETRE = 72 / 25.4
HEADS = dict(
    zip(
        Register.Kind,
        (
            *("Isi ringkas", "Keperluan", "Klasifikasi", "Penanda tangan"),
            *("Tanggal kirim", "Lama pelayanan"),
        ),
        strict=True,
    )
)
"""A word of the table's head of each register."""


def planned(kind: str, by: User, *days: dt.date, **more: Any) -> Register:
    """Return the register of two days (default: today) as it would be printed now."""
    since, until = days or (clock.today(), clock.today())
    return printing.plan_register(kind, by=by, since=since, until=until, **more)


def a_second_later() -> AbstractContextManager[None]:
    """Let a second pass. Numbers of one moment are a few microseconds apart."""
    return clock.set_to(clock.now() + dt.timedelta(seconds=1))


def book(by: User, *days: dt.date) -> list[AgendaLine]:
    return lines_of(planned(AGENDA_BOOK, by, *days))


def lines_of(printed: Register) -> list[Any]:
    return list(book_context(printed, printed)["lines"])


def summary(by: User, **more: Any) -> dict[str, Any]:
    printed = planned(RECAP, by, **more)
    return book_context(printed, printed)


def draft(printed: Register) -> Any:
    return draft_document(TYPES_BY_KIND[printed.kind], printed, register_source(printed))


def html_of(printed: Register) -> str:
    return render_html(draft(printed))


def read(line: AgendaLine, *headings: str) -> tuple[Any, ...]:
    """Return what the columns with these headings show of a line."""
    values = {str(column.heading): column.value(line) for column in BOOKS[AGENDA_BOOK].columns}
    return tuple(values[heading] for heading in headings)


def numbers(lines: list[AgendaLine]) -> list[str]:
    return [str(line.entry.number) for line in lines]


def dated(case: Case, day: dt.date) -> None:
    AgendaEntry.objects.filter(case=case).update(registered_at=midnight(day))


def about(official: User, staff: Staff) -> Case:
    """A registered complaint about an official."""
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, subject="Pungutan liar")
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=official)
    return case


def bring_to_closed(case: Case, staff: Staff) -> None:
    for state, take in WAY.items():
        if state != State.REGISTERED:
            take(case, staff)


def took(case: Case, minutes: float) -> None:
    """Let the case's consultation have taken so many minutes."""
    begun = midnight(clock.today())
    times: dict[str, Any] = {"started_at": begun, "finished_at": begun + dt.timedelta(minutes=minutes)}
    Session.objects.filter(case=case, cancelled_at=None).update(**times)


def test_the_book_has_every_number_of_the_period_in_order(staff: Staff) -> None:
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=clock.today().year, first=9_999)
    first, second = (case_at(State.REGISTERED, staff, subject=f"Perihal {n}") for n in (1, 2))
    consultations_services.void(first, by=staff.pkd, reason="Tercatat dua kali")
    consultations_services.register(first, by=staff.pkd, classification="400.9", urgency=Urgency.URGENT)
    dispositions_services.dispose(second, by=staff.kadis, division=staff.division, instructions=["Arsipkan"])
    file = CheckedFile(b"%PDF-1.4", "application/pdf", "a.pdf")
    attach(second, file, purpose=Attachment.Purpose.LETTER, by=None)
    year = clock.today().year
    headings = ("Nomor agenda", "Isi ringkas / perihal", "Lampiran (berkas)", "Diteruskan ke")
    shown = [read(line, *headings, "Tanggal diteruskan", "Keterangan") for line in book(staff.pkd)]
    assert shown == [
        (f"9999/{year}", "Perihal 1", None, "", None, "Dibatalkan: Tercatat dua kali"),
        (f"10000/{year}", "Perihal 2", 1, "Rehabilitasi Sosial", clock.today(), "Didisposisikan"),
        (f"10001/{year}", "Perihal 1", None, "", None, "Diagendakan"),
    ]


def test_both_days_of_the_period_belong_to_it(staff: Staff) -> None:
    today = clock.today()
    for back in (3, 2, 1, 0):
        dated(case_at(State.REGISTERED, staff), today - back * DAY)
    assert numbers(book(staff.pkd, today - 2 * DAY, today - DAY)) == ["2", "3"]
    last = AgendaEntry.objects.get(number=3)
    last.registered_at += DAY - dt.timedelta(seconds=1)
    last.save()
    assert numbers(book(staff.pkd, today - DAY, today - DAY)) == ["3"]
    dated(case_at(State.REGISTERED, staff), today - DAY)
    dated(case_at(State.REGISTERED, staff), today)
    assert f"di luar waktu ini: 5/{today.year}." in html_of(planned(AGENDA_BOOK, staff.pkd))
    new_year = dt.date(today.year, 1, 1)
    with clock.set_to(midnight(new_year + 4 * DAY)):  # a walk-in of December is entered in January
        dated(case_at(State.REGISTERED, staff), new_year - DAY)
        assert len(book(staff.pkd, new_year - 3 * DAY, new_year - DAY)) == 1


def test_an_urgent_walk_in_without_a_letter_is_in_the_register_of_consultations(staff: Staff) -> None:
    case_at(State.REGISTERED, staff)
    visitor = walk_in(staff)
    case_at(State.REGISTERED, staff)
    for state in (State.IN_SESSION, State.HELD):
        WAY[state](visitor, staff)
    assert numbers(book(staff.pkd)) == ["1", "3"]
    year = clock.today().year
    html = html_of(planned(AGENDA_BOOK, staff.pkd))
    assert f"tercatat di Register Konsultasi: 2/{year}." in html
    assert "di luar waktu ini" not in html
    (row,) = book_context(guests := planned(GUEST_BOOK, staff.pkd), guests)["table"].rows
    shown = [f"2/{year}", "Konsultasi", "Siti Contoh", "Desa Contoh", "Penyaluran bantuan sosial"]
    assert [cell.text for cell in row.cells][2:7] == shown


def test_numbers_between() -> None:
    for taken, between in (
        ([], []),
        ([(2026, 5)], []),
        ([(2026, 5), (2026, 6)], []),
        ([(2026, 5), (2026, 7), (2026, 11)], ["6/2026", "8–10/2026"]),
        ([(2025, 900), (2026, 1), (2026, 3)], ["2/2026"]),
    ):
        assert list_numbers_between([AgendaEntry(year=y, number=n) for y, n in taken]) == between


def test_a_confidential_sender_is_on_no_list(staff: Staff) -> None:
    for level in Confidentiality:
        case = case_at(State.SUBMITTED, staff, applicant_name="Ani Uji", subject=level)
        consultations_services.register(case, by=staff.pkd, classification="400.9", confidentiality=level)
        bring_to_closed(case, staff)
    senders = {line.subject: read(line, "Pengirim")[0] for line in book(staff.kadis)}
    hidden, open_ = "Dirahasiakan", "Ani Uji, Desa Contoh"
    assert senders == {"NORMAL": open_, "LIMITED": open_, "CONFIDENTIAL": hidden, "STRICT": hidden}
    for kind in (AGENDA_BOOK, GUEST_BOOK, RECAP):
        assert html_of(planned(kind, staff.kadis)).count("Ani Uji") == 2


def test_a_complaint_about_who_prints_keeps_its_number_without_its_content(staff: Staff) -> None:
    voided, live = about(staff.kadis, staff), about(staff.kadis, staff)
    consultations_services.void(voided, by=staff.pkd, reason="Salah perihal: pungutan liar")
    case_at(State.REGISTERED, staff)
    rows = BOOKS[AGENDA_BOOK].show(book(staff.kadis)[:2], Place.PAGE).rows
    known = [[cell.text for cell in row.cells if cell.text] for row in rows]
    assert not [row for row in rows if "case" in row.data or any(cell.url for cell in row.cells)]
    assert known == [[f"{number}/{clock.today().year}", NOT_SHOWN] for number in (1, 2)]
    html = html_of(planned(AGENDA_BOOK, staff.kadis))
    assert "ungutan liar" not in html
    assert html.count(NOT_SHOWN) == 2
    assert book(staff.pkd)[1].subject == live.subject


def test_a_complaint_without_a_number_again_may_be_about_who_prints(staff: Staff) -> None:
    """Its number was voided: until it has another one, the book shows it to Tim PKD alone."""
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, subject="Pungutan liar")
    consultations_services.void(case, by=staff.pkd, reason="Salah perihal: pungutan liar")
    assert [line.subject for line in book(staff.kadis)] == [NOT_SHOWN]
    assert planned(AGENDA_BOOK, staff.kadis).hides
    assert book(staff.pkd)[0].subject == "Pungutan liar"
    assert not planned(AGENDA_BOOK, staff.pkd).hides
    consultations_services.register(case, by=staff.pkd, classification="700")
    assert book(staff.kadis)[0].subject == "Pungutan liar"


def test_the_register_of_complaints_says_which_limits_were_met(staff: Staff) -> None:
    for state in (State.SUBMITTED, State.DECLINED, State.CLOSED):
        case_at(state, staff, kind=Kind.COMPLAINT)
    late, today = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT), clock.today()
    limits = {"answer_due": today - DAY, "follow_up_due": today}
    Case.objects.filter(pk=late.pk).update(submitted_at=clock.now() - 30 * DAY, **limits)
    hidden_at(State.DISPOSED, staff, **FILES)
    lines = lines_of(planned(COMPLAINTS, staff.pkd, today - 31 * DAY, today))
    met = ["Tidak: pemeriksaan, penyelesaian", "Belum selesai", "Ya", "Ya", "Belum selesai"]
    assert [line.limits_met for line in lines] == met
    missing = "Yang perlu dilengkapi: Bukti pembayaran."
    assert lines[2].result == f"Ditolak: Bukan kewenangan dinas.\n{missing}"
    assert lines[3].result == f"Selesai, {lines[3].case.report_number}"
    pass_on(case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT), by=staff.kadis)
    *_others, passed_on = lines_of(planned(COMPLAINTS, staff.pkd))
    assert passed_on.result.startswith(
        "Diteruskan ke instansi lain: Pengaduan ini diteruskan kepada Inspektorat"
    )
    assert passed_on.limits_met == "Ya"
    html = html_of(planned(COMPLAINTS, staff.pkd))
    assert "Pelapor dirahasiakan" in html
    assert not [word for word in HIDDEN if word in html]


def test_a_complaint_about_who_prints_is_in_no_other_register(staff: Staff) -> None:
    bring_to_closed(about(staff.sekretariat, staff), staff)
    case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)  # may be about anybody but Tim PKD
    for kind in (GUEST_BOOK, COMPLAINTS, EXPEDITION, RECAP):
        hiding, whole = planned(kind, staff.sekretariat), planned(kind, staff.pkd)
        assert (hiding.hides, whole.hides) == (True, False)
        assert lines_of(hiding) == []
        assert len(lines_of(whole)) == (2 if kind == COMPLAINTS else 1)


def test_the_dispatch_book_says_who_received_what(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    copies = [staff.other_division]
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, copies=copies)
    (line,) = lines_of(planned(EXPEDITION, staff.pkd))
    assert line.addressee == "Kepala Bidang Rehabilitasi Sosial; Kepala Bidang Pemberdayaan Masyarakat Desa"
    assert line.received == []
    WAY[State.ASSIGNED](case, staff)
    (line,) = lines_of(planned(EXPEDITION, staff.pkd))
    assert line.receivers == "Kabid, Kepala Bidang Rehabilitasi Sosial"
    record_handover(line.document, by=staff.sekretariat, receiver="Ani Uji, staf", received_at=clock.now())
    asked: dict[str, Any] = {"agency": "Dinas Lain", "question": "Apa?", "due": clock.today() + DAY}
    dispositions_services.ask_opinion(case, by=staff.petugas, **asked)
    assert len(lines_of(planned(EXPEDITION, staff.pkd))) == 1, "an unsigned letter is not dispatched"
    for state in (State.PREPARED, State.SCHEDULED):
        WAY[state](case, staff)
    sign_short(case, staff)
    letter = Document.objects.get(kind="ASSIGNMENT")
    record_handover(letter, by=staff.sekretariat, receiver="Petugas", received_at=clock.now())
    lines = lines_of(planned(EXPEDITION, staff.pkd))
    shown = {(line.document.kind, line.addressee, line.receivers) for line in lines}
    assert ("ASSIGNMENT", "Petugas", "Petugas") in shown
    assert ("OPINION_REQUEST", "Dinas Lain", "") in shown


def test_the_book_of_outgoing_letters_has_a_line_for_each_number(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    assert lines_of(planned(OUTGOING, staff.pkd)) == [], "no letter has its number before it is signed"
    sign_papers(case, staff)
    for state in list(WAY)[list(WAY).index(State.SCHEDULED) + 1 :]:
        WAY[state](case, staff)
    sign_papers(case, staff)
    with a_second_later():
        lines = lines_of(planned(OUTGOING, staff.pkd))
        dispatched = {line.document.kind for line in lines_of(planned(EXPEDITION, staff.pkd))}
    year, day = clock.today().year, clock.today()
    applicant = f"{case.applicant_name}, {case.organisation}"
    assert [(line.document.number, line.code, line.addressee, line.way) for line in lines] == [
        (f"000.1.2.3/1/ST/DINCONTOH/{year}", "000.1.2.3", "Petugas", ""),
        (f"400.9/2/PJ/DINCONTOH/{year}", "400.9", applicant, "halaman pemohon"),
        (f"400.9/1/LHK/DINCONTOH/{year}", "400.9", "Kepala Dinas", ""),
        (f"400.9/3/SHK/DINCONTOH/{year}", "400.9", applicant, "halaman pemohon"),
    ]
    assert [line.sent_on for line in lines] == [day, day, None, day]
    assert {line.document.signatory_title for line in lines} == {"Kepala Dinas"}
    assert dispatched == {"DISPOSITION", "ASSIGNMENT", "SCHEDULE", "RESULT"}, "each letter that left"


def test_the_way_of_dispatch_is_recorded_with_it(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    asked: dict[str, Any] = {"agency": "Dinas Lain", "question": "Apa?", "due": clock.today() + DAY}
    dispositions_services.ask_opinion(case, by=staff.petugas, **asked)
    sign_papers(case, staff)
    (line,) = lines_of(planned(OUTGOING, staff.pkd))
    assert (line.addressee, line.way, line.sent_on) == ("Dinas Lain", "", None)
    client, address = client_of(staff.sekretariat), f"/tanda-tangan/{line.document.pk}/send/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"dispatch": "PAGE"}).status_code == 422, "only the applicant has a page"
    assert client.post(address, {"dispatch": "POST"}).status_code == 302
    (line,) = lines_of(planned(OUTGOING, staff.pkd))
    assert (line.way, line.sent_on) == ("pos", clock.today())


@pytest.mark.release
@pytest.mark.usefixtures("running_clock")
def test_a_number_keeps_its_line_and_says_why_it_stands_for_no_letter(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    sign_papers(case, staff)
    intake_services.withdraw(case, by=applicant(case), reason="Sudah selesai.")
    lines = lines_of(planned(OUTGOING, staff.pkd))
    assert [line.remark.partition(":")[0] for line in lines] == ["Dicabut", "Dicabut"]
    moved = case_at(State.SCHEDULED, staff)
    sign_papers(moved, staff)
    planned_again: dict[str, Any] = {"starts_at": working_moment(5), "reason": "Ruang dipakai."}
    scheduling_services.reschedule(moved, by=staff.petugas, **planned_again)
    remarks = [line.remark for line in lines_of(planned(OUTGOING, staff.pkd))[-2:]]
    assert remarks == ["Diganti", "Diganti"], "the new letters have no number yet"
    sign_papers(moved, staff)
    last = lines_of(planned(OUTGOING, staff.pkd))[-4:]
    assert [line.remark for line in last] == [
        *(f"Diganti: {line.document.number}" for line in last[2:]),
        *["Pindaian disimpan Sekretariat, belum dikonfirmasi penanda tangan"] * 2,
    ]
    reserve_report_number(case_at(State.FORWARDED, staff))
    html = html_of(planned(OUTGOING, staff.pkd))
    number = f"400.9/1/LHK/DINCONTOH/{clock.today().year}"
    assert f"Nomor yang disediakan untuk laporan yang belum diterima: {number}." in html


def test_a_letter_about_the_printer_keeps_its_number_alone(staff: Staff) -> None:
    case = about(staff.sekretariat, staff)
    bring_to_closed(case, staff)
    (line,) = BOOKS[OUTGOING].show(lines_of(planned(OUTGOING, staff.sekretariat)), Place.PAGE).rows
    shown = {str(cell.heading): cell.text for cell in line.cells}
    assert shown["Nomor surat"] == f"400.9/1/LHK/DINCONTOH/{clock.today().year}"
    assert (shown["Perihal"], shown["Tujuan"]) == ("(tidak ditampilkan)", "")


def test_no_receiver_names_a_hidden_complainant(staff: Staff) -> None:
    receipt = Document.objects.get(case=hidden_at(State.SUBMITTED, staff, **FILES), kind="RECEIPT")
    with pytest.raises(Refused, match="Identitas pelapor tidak terbuka"):
        record_handover(receipt, by=staff.pkd, receiver="Siti Pelapor", received_at=clock.now())


def test_the_position_that_the_office_names_signs_too(staff: Staff) -> None:
    head = Position.objects.get(role=Role.HEAD)
    Office.objects.update(register_signer=head)
    User.objects.filter(pk=staff.kadis.pk).update(nip="197805211997111001")
    html = " ".join(html_of(planned(GUEST_BOOK, staff.pkd)).split())
    assert html.index("Mengetahui:") < html.index("Kepala Dinas,") < html.index("NIP. 19780521 199711 1 001")
    assert "Mengetahui" not in html_of(planned(GUEST_BOOK, staff.kadis)), "nobody signs twice"
    about(staff.kadis, staff)
    for kind in (AGENDA_BOOK, COMPLAINTS):
        assert "Mengetahui" not in html_of(planned(kind, staff.pkd)), "the signer would read it"


def test_what_came_after_the_printing_is_not_in_it(staff: Staff) -> None:
    case_at(State.CLOSED, staff)
    printed = [planned(kind, staff.kadis) for kind in (AGENDA_BOOK, RECAP)]
    with a_second_later():
        done = {"done_by": staff.petugas, "done_title": "Petugas", "done_at": clock.now()}
        FollowUp.objects.update(outcome="Dilaksanakan", **done)
        case_at(State.CLOSED, staff)
        assert summary(staff.kadis)["followed_up"] == FollowedUp(recommended=2, done=1)
    assert [len(lines_of(register)) for register in printed] == [1, 1]
    assert book_context(printed[1], printed[1])["followed_up"] == FollowedUp(recommended=1)


def test_the_recap_counts_minutes_and_recommendations(staff: Staff) -> None:
    Office.objects.update(service_minutes=30)
    cases = [case_at(State.CLOSED, staff) for _ in range(4)]
    for case, minutes in zip(cases, (12, 30, 30.5, 90), strict=True):
        took(case, minutes)
    Session.objects.filter(case=cases[3]).update(overrun_reason="Tiga persoalan.")
    FollowUp.objects.filter(case__in=cases[:2]).update(due=clock.today() - DAY)
    done = {"done_by": staff.petugas, "done_title": "P", "done_at": clock.now()}
    FollowUp.objects.filter(case=cases[1]).update(outcome="Ya", **done)
    written = case_at(State.CLOSED, staff)
    Session.objects.filter(case=written).update(mode="WRITTEN", starts_at=None, ends_at=None, answer="Ya.")
    found = summary(staff.kadis)
    assert [line.report.number for line in found["lines"][:4]] == [case.report_number for case in cases]
    assert [line.minutes for line in found["lines"]] == [12, 30, 31, 90, None]
    assert [line.session.overrun_reason for line in found["lines"][2:4]] == ["", "Tiga persoalan."]
    figures = found["figures"]
    assert (figures.count, figures.median, figures.in_time, figures.share) == (5, 30.5, 2, 50)
    assert found["followed_up"] == FollowedUp(recommended=5, done=1, late=1)
    html = html_of(planned(RECAP, staff.kadis))
    for words in (
        '<td class="angka">30,5</td>',
        "2 (50&nbsp;%)",
        "Seluruh kantor",
        "<td>Tiga persoalan.</td>",
    ):
        assert words in html


def test_a_share_has_a_decimal_comma(staff: Staff) -> None:
    for minutes in (10, 20, 40):
        took(case_at(State.CLOSED, staff), minutes)
    assert "2 (66,7&nbsp;%)" in html_of(planned(RECAP, staff.kadis))


def test_the_recap_of_a_division_is_of_its_own_reports(staff: Staff) -> None:
    own, other = case_at(State.CLOSED, staff), case_at(State.CLOSED, staff)
    Case.objects.filter(pk=other.pk).update(division=staff.other_division)
    other.copied_to.add(staff.division)
    of_division = summary(staff.kabid, division=staff.division)
    assert [line.report.case_id for line in of_division["lines"]] == [own.pk]
    counts = [(name, figures.count) for name, figures in summary(staff.kadis)["divisions"]]
    assert counts == [("Pemberdayaan Masyarakat Desa", 1), ("Rehabilitasi Sosial", 1)]
    html = html_of(planned(RECAP, staff.kabid, division=staff.division))
    assert "Bidang Rehabilitasi Sosial</span>" in html


def test_the_recap_lists_a_corrected_report_once_and_no_complaints_about_who_prints(staff: Staff) -> None:
    corrected, complaint = case_at(State.CLOSED, staff), about(staff.sekretariat, staff)
    bring_to_closed(complaint, staff)
    report_services.correct(corrected, by=staff.kadis, reason="Salah nama")
    html = " ".join(html_of(planned(RECAP, staff.kadis)).split())
    assert f"{corrected.report_number} (sedang diralat)" in html
    for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
        WAY[state](corrected, staff)
    listed = [(line.report.case_id, line.report.version) for line in summary(staff.kadis)["lines"]]
    assert listed == [(complaint.pk, 1), (corrected.pk, 2)]
    assert [line.report.case_id for line in summary(staff.sekretariat)["lines"]] == [corrected.pk]


@each("kind", BOOKS)
def test_nothing_in_the_period_is_said(kind: str, staff: Staff) -> None:
    html = html_of(planned(kind, staff.pkd))
    assert f"Nihil: tidak ada {BOOKS[kind].row_name} pada waktu ini." in html
    assert "Ikhtisar" not in html


COST = {AGENDA_BOOK: 6, GUEST_BOOK: 6, COMPLAINTS: 6, OUTGOING: 10, EXPEDITION: 8, RECAP: 8}
"""Queries for the HTML of a register: versions of remembered data, rows, their columns, the book's seal."""


def test_a_register_costs_the_same_for_one_row_and_for_thirty(
    staff: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    for more, count in ((1, 1), (29, 30)):
        cases_at(State.CLOSED, staff, more, kind=Kind.COMPLAINT)
        for kind, cost in COST.items():
            with a_second_later():
                printed = planned(kind, staff.kadis)
            with at_most_queries(cost):
                html = html_of(printed)
            assert html.count('<td class="urut">') == count


@pytest.mark.release
def test_registers_of_several_pages_read_back(staff: Staff, tmp_path: Path) -> None:
    long = "Permohonan penjelasan tentang tata cara pengusulan keluarga penerima bantuan " * 3
    more = {"kind": Kind.COMPLAINT, "applicant_name": "Contoh " * 20}
    for n, case in enumerate(cases_at(State.CLOSED, staff, 25, **more)):
        Case.objects.filter(pk=case.pk).update(subject=f"Urut {n}: {long}"[:200])
    today = clock.today()
    for kind, head in HEADS.items():
        document = printing.print_register(kind, by=staff.kadis, since=today, until=today)
        content = read_document(document)
        assert document.has_file
        assert content == read_document(document)
        pages = PdfReader(BytesIO(content)).pages
        for box in (page.mediabox for page in pages):
            size = (float(box.width) / MILLIMETRE, float(box.height) / MILLIMETRE)
            assert size == pytest.approx((297, 210), abs=0.1)
        heads = [head in " ".join(page.extract_text().split()) for page in pages]
        assert heads[:2] == [True, True]
        text = text_of(content)
        assert [n for n in range(25) if f"Urut {n}:" not in text] == []
        assert "DRAF" not in text
        assert findings(content, tmp_path) == []
        assert damage(content, tmp_path) == ""
        assert f"/verifikasi/{document.pk}/" in text.replace(" ", "")


def split_words(text: str) -> set[str]:
    """Return the words of a text. A line may end after a slash or a hyphen."""
    return {*re.split(r"\s+|(?<=[/-])", text), ""}


def test_no_register_breaks_a_word(staff: Staff) -> None:
    """Long numbers and dates in the narrow columns of each register."""
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=2026, first=10_001)
    NumberBook.objects.create(series=NumberBook.Series.LETTER, year=2026, first=10_001)
    moment = dt.datetime(2026, 9, 23, 10, tzinfo=timezone.get_current_timezone())
    with clock.set_to(moment):
        case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, subject="Pertanggungjawaban")
        sign_short(case, staff)
        registers = [planned(kind, staff.kadis) for kind in Register.Kind]
    for register in registers:
        kind, shown = register.kind, book_context(register, register)
        words = {
            word
            for row in shown["table"].rows
            for cell in row.cells
            for word in split_words(f"{cell.heading} {cell.text}")
        }
        read = split_words(text_of(read_document(draft(register))))
        assert shown["table"].rows, kind
        assert words - read == set(), kind


def test_a_draft_is_marked_and_nothing_is_stored(staff: Staff) -> None:
    case_at(State.REGISTERED, staff)
    printed = planned(AGENDA_BOOK, staff.pkd)
    assert "DRAF" in text_of(read_document(draft(printed)))
    assert not Register.objects.exists()


def test_the_most_rows_with_the_longest_texts_are_within_the_limits(staff: Staff) -> None:
    Division.objects.update(name=Concat(Substr("code", 1, 4), Value("b" * 116)))
    User.objects.update(name="p" * 150)
    long = {"applicant_name": "n" * 150, "organisation": "l" * 150, "subject": "h" * 200}
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT, **long)
    Case.objects.update(letter_number="s" * 100, letter_date=clock.today())
    Session.objects.update(overrun_reason="o" * 300)
    records.remove(connection, Report._meta.db_table)  # it refuses to change a number
    Report.objects.update(number="k" * 100)
    voided = case_at(State.REGISTERED, staff, applicant_name="n" * 150, organisation="l" * 150)
    consultations_services.void(voided, by=staff.pkd, reason="alasan " * 500)
    Case.objects.filter(pk=voided.pk).update(subject=case.subject, letter_number="s" * 100)
    for name in BOOKS:
        kind, html = TYPES_BY_KIND[name], html_of(planned(name, staff.kadis))
        rows = re.findall(r"<tr>\s*<td.*?</tr>", html, re.DOTALL)
        assert len(rows) == (2 if name == AGENDA_BOOK else 1)
        for row in rows:
            assert len(row) > 400
            assert len(row) * MAX_ROWS < kind.max_bytes
            assert row.count("<") * MAX_ROWS < kind.max_tags
