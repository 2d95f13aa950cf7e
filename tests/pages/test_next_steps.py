"""The next step as an applicant reads it: in words, by when, and with the possible actions."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from consultations.enums import OF_SECRETARY, Kind, State
from consultations.intake import services as intake_services
from consultations.models import Case, ComplaintTarget, StateTarget
from consultations.scheduling import next_steps as texts
from consultations.scheduling.models import Session
from consultations.scheduling.next_steps import NEXT, get_next_steps
from consultations.scheduling.queries import current_session
from kit import clock
from office.models import Office, OpeningHours
from office.worktime import WorkingTime
from reports import services as report_services
from tests.factories import Staff, applicant, case_at, make_staff, sign_papers, walk_in_at
from tests.many_cases import case_in_each_state
from tests.shared_data import each

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())
"""A working week without a holiday follows."""


@pytest.fixture
def staff(office: Office) -> Iterator[Staff]:
    """The staff of an office on a Monday at 09.00."""
    with clock.set_to(MONDAY):
        yield make_staff()


def page(client: Client, case: Case) -> str:
    return " ".join(client.get(f"/p/{case.secret}/").text.split())


def every_target(**hours: int) -> None:
    for state in texts.TIMED - {*OF_SECRETARY}:
        StateTarget.objects.update_or_create(state=state, defaults={"hours": hours.get(state, 8)})


def test_every_state_says_in_one_sentence_what_comes_next(staff: Staff, client: Client) -> None:
    for state, case in case_in_each_state(staff):
        assert str(NEXT[Kind.CONSULTATION][state]) in page(client, case), state
    assert str(texts.AT_ONCE) in page(client, walk_in_at(State.ASSIGNED, staff))


@each(
    ("due", "shown", "within"),
    [
        # By the target: six hours on Monday (break 12.00-13.00), two on Tuesday from 07.30 on.
        ("", "Selasa, 24 November 2026 pukul 09.30 WIB", "8 jam kerja"),
        # Monday 09.00-12.00 and 13.00-16.00, Tuesday 07.30-09.00: seven and a half hours.
        ("2026-11-24T09:00", "Selasa, 24 November 2026 pukul 09.00 WIB", "8 jam kerja"),
        ("2026-11-26T23:59", "Kamis, 26 November 2026", "3 hari kerja"),
        ("2026-11-20T23:59", "Jumat, 20 November 2026", ""),
    ],
)
def test_a_deadline_is_shown_with_the_hours_left(due: str, shown: str, within: str, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    if due:
        case.due_at = dt.datetime.fromisoformat(f"{due}+07:00")
    told = get_next_steps(case, WorkingTime.load())
    assert (told.due, told.within, told.is_late) == (shown, within, not within)


def test_what_is_late_is_called_late(staff: Staff, client: Client) -> None:
    case = case_at(State.REGISTERED, staff)
    assert "Sudah lewat dari rencana" not in page(client, case)
    Case.objects.filter(pk=case.pk).update(due_at=clock.now() - dt.timedelta(minutes=1))
    late = page(client, case)
    assert "Sudah lewat dari rencana" in late
    assert 'href="tel:0717000000"' in late.split("Sudah lewat")[1].split("</dd>")[0]


def test_when_the_schedule_may_be_expected_follows_from_the_targets(staff: Staff) -> None:
    every_target(ASSIGNED=16)
    working = WorkingTime.load()

    def expected(case: Case) -> dt.date | None:
        return get_next_steps(case, working).schedule_by

    submitted, prepared = case_at(State.SUBMITTED, staff), case_at(State.PREPARED, staff)
    # Due Tuesday 09.30. Then 8 + 8 + 16 + 8 = 40 hours: Tuesday 5.5, Wednesday and Thursday 7.5 each,
    # Friday 7.5 (07.30-11.30, 13.00-16.30), Monday 7.5, and 4.5 on Tuesday 1 December.
    assert expected(submitted) == dt.date(2026, 12, 1)
    # Due Tuesday 09.30, then 16 + 8 = 24 hours: 5.5, 7.5, 7.5 and 3.5 on Friday.
    assert expected(case_at(State.DISPOSED, staff)) == dt.date(2026, 11, 27)
    assert get_next_steps(prepared, working).due
    for case in (prepared, case_at(State.HELD, staff), walk_in_at(State.ASSIGNED, staff)):
        assert expected(case) is None
    complaint = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    assert expected(complaint)
    complaint.visit_at = None
    assert not expected(complaint)
    late = case_at(State.ASSIGNED, staff)
    late.due_at = MONDAY - dt.timedelta(days=30)
    assert expected(late) == dt.date(2026, 11, 24), "from now on"
    StateTarget.objects.filter(state=State.PREPARED).delete()
    assert expected(submitted) is None


@each(
    ("visit", "days", "has_targets", "shown"),
    [  # The schedule is expected by Monday 30 November: 5 * 8 hours from Monday 09.00 on.
        ("2026-12-04", 0, True, "belum pasti. Kami memastikannya paling lambat Senin, 30 November 2026."),
        ("2026-11-30", 0, True, "paling lambat Senin, 30 November 2026, mungkin sesudah waktu itu."),
        ("2026-12-04", 0, False, "belum pasti. Tunggu kabar kami sebelum datang."),
        ("2026-12-04", 14, False, "Jumat, 4 Desember 2026 pukul 09.00 WIB, sudah lewat."),
    ],
)
def test_the_chosen_time_is_shown_and_called_open(
    visit: str, days: int, has_targets: bool, shown: str, staff: Staff, client: Client
) -> None:
    if has_targets:
        every_target()
    else:
        StateTarget.objects.all().delete()
    case = case_at(State.SUBMITTED, staff)
    Case.objects.filter(pk=case.pk).update(visit_at=dt.datetime.fromisoformat(f"{visit}T09:00+07:00"))
    with clock.set_to(MONDAY + dt.timedelta(days=days)):
        assert shown in page(client, case)
        assert shown in " ".join(client.get(f"/p/{case.secret}/tanda-terima/").text.split())


def test_the_chosen_time_of_a_prepared_case_is_confirmed_by_its_own_deadline(staff: Staff) -> None:
    every_target()
    case, scheduled = case_at(State.PREPARED, staff), case_at(State.SCHEDULED, staff)
    case.visit_at = scheduled.visit_at = MONDAY + dt.timedelta(days=11)
    working = WorkingTime.load()
    assert "Kami memastikannya paling lambat Selasa, 24 November" in get_next_steps(case, working).wish
    assert get_next_steps(scheduled, working).wish == ""


def test_an_office_without_hours_promises_no_time_and_shows_none(staff: Staff, client: Client) -> None:
    assert "Senin-Kamis 07.30-16.00" in page(client, case_at(State.SUBMITTED, staff))
    OpeningHours.objects.all().delete()
    Office.objects.update(phone="")
    case = case_at(State.SUBMITTED, staff)
    told = get_next_steps(case, WorkingTime.load())
    assert (told.due, told.within, told.schedule_by) == ("", "", None)
    assert str(NEXT[Kind.CONSULTATION][State.SUBMITTED]) in page(client, case)
    assert "Ada pertanyaan?" not in page(client, case)


@each(("mode", "link"), [(Session.Mode.ONLINE, "https://rapat.example/abc"), (Session.Mode.PHONE, "")])
def test_a_meeting_from_afar_is_not_visited_and_a_time_that_is_over_is_called_so(
    mode: Session.Mode, link: str, staff: Staff, client: Client
) -> None:
    case, visit = case_at(State.SCHEDULED, staff), str(NEXT[Kind.CONSULTATION][State.SCHEDULED])
    assert visit in page(client, case)
    session = current_session(case)
    assert session
    session.mode, session.place, session.link = mode, "", link
    session.save()
    text = page(client, case)
    assert str(texts.BY_MODE[mode]) in text
    assert visit not in text
    assert ("menelepon nomor yang Anda berikan" in text) == (mode == "PHONE")
    assert session.ends_at
    with clock.set_to(session.ends_at + dt.timedelta(minutes=1)):
        assert str(texts.PASSED) in page(client, case)


def test_the_last_day_to_complete_and_a_due_day_are_shown(staff: Staff, client: Client) -> None:
    ComplaintTarget.objects.create(stage=ComplaintTarget.Stage.NO_REPLY, days=3)
    case, complaint = case_at(State.INCOMPLETE, staff), case_at(State.DISPOSED, staff, kind=Kind.COMPLAINT)
    assert get_next_steps(case, WorkingTime.load()).reply_by == dt.date(2026, 11, 26)
    assert "<strong>Kamis, 26 November 2026</strong>" in page(client, case)
    Case.objects.filter(pk=complaint.pk).update(answer_due=dt.date(2026, 12, 14))
    assert "paling lambat Senin, 14 Desember 2026" in page(client, complaint)


def test_after_the_end_comes_what_one_can_do(staff: Staff, client: Client) -> None:
    closed, declined = case_at(State.CLOSED, staff), case_at(State.DECLINED, staff)
    withdrawn = case_at(State.WITHDRAWN, staff, kind=Kind.COMPLAINT)
    sign_papers(closed, staff)
    text = page(client, closed)
    assert (
        text.index("/surat-hasil.pdf") < text.index(f"/survei/{closed.secret}/") < text.index("Ajukan lagi")
    )
    assert "sedang diperbaiki" not in text
    report_services.correct(closed, by=staff.kadis, reason="Salah tanggal.")
    assert "/surat-hasil.pdf" in page(client, closed)
    assert "sedang diperbaiki" in page(client, closed)
    sign_papers(declined, staff)
    text = page(client, declined)
    assert text.index("Bukan kewenangan dinas.") < text.index("/surat-penolakan.pdf")
    for way in ('href="/pengaduan/"', "https://www.lapor.go.id/", "instansi yang berwenang"):
        assert way in text.split('id="sesudah-ini"')[1]
    text = page(client, withdrawn).split('id="sesudah-ini"')[1].split("</section>")[0]
    assert 'href="/pengaduan/"' in text
    for elsewhere in ("https://www.lapor.go.id/", "https://www.ombudsman.go.id/"):
        assert elsewhere in text, "a complaint that has ended names them"
    assert 'id="sesudah-ini"' not in page(client, case_at(State.FORWARDED, staff))


def test_a_long_subject_is_cut_on_top_and_whole_below(staff: Staff, client: Client) -> None:
    subject = "Pembangunan " * 16
    case = case_at(State.SUBMITTED, staff, subject=subject.strip())
    intake_services.withdraw(case, by=applicant(case), reason="Selesai.")
    text = page(client, case)
    assert subject.strip() not in text.split("</h1>")[0]
    assert subject.strip() in text.split("</h1>")[1]
