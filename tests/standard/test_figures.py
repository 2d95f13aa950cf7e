"""The figures of the service, compared with a small month that was computed by hand."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from consultations.scheduling.queries import service_minutes
from consultations.steps import PAGES
from consultations.workflow import VERBS
from kit import clock
from kit.periods import Period
from office.models import Office, User
from reports import services as report_services
from reports.statistics.figures import ServiceFigures, Spread, compute_figures, percentile
from tests.factories import SECTIONS, Staff, case_at, decline, make_staff, walk_in
from tests.standard.steps import right_taker, values

WIB = ZoneInfo("Asia/Jakarta")

STEPS = """
2026-11-02 09:00  send_back
2026-11-03 10:00  complete
2026-11-03 10:30  register
2026-11-03 14:00  dispose
2026-11-03 15:00  assign
2026-11-03 15:00  take_back
2026-11-04 08:00  assign
2026-11-04 11:00  prepare
2026-11-04 11:20  schedule    2026-11-06 09:00
2026-11-05 08:00  reschedule  2026-11-06 10:00
2026-11-06 09:40  start
2026-11-06 09:50  undo_start
2026-11-06 10:00  start
2026-11-06 10:25  finish
2026-11-06 14:00  report
2026-11-09 08:00  forward
2026-11-09 09:30  accept
"""
"""A case that came in on Monday, 2 November 2026, at 08.00: when each step is taken, and the planned time."""

WAITS = {
    "2 register": 60 + 30,  # Monday 08.00-09.00 and Tuesday 10.00-10.30; not while the applicant completed it
    "3 dispose": 150,  # 10.30-14.00 without the break
    "4 assign": 120 + 30,  # 14.00-16.00 and 07.30-08.00; not until the one that was taken back
    "5 prepare": 180,
    "6 schedule": 20,
    # The rest of Wednesday, Thursday, Friday 07.30-10.00; whatever was moved, without the undone start
    "7 start": 220 + 450 + 140,
    "9 report": 65 + 60,  # Friday 10.25-11.30 and 13.00-14.00
    "9 forward": 150 + 30,  # Friday 14.00-16.30 and Monday 07.30-08.00, over the weekend
    "9 accept": 90,
}

SERVED = ["00:10:00", "00:19:30", "00:30:00", "00:30:01", "01:00:00"]
"""Durations of the urgent walk-ins of Tuesday, 10 November: 10, 20, 30, 31, 60 minutes when rounded up."""


def at(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment).replace(tzinfo=WIB)


def walked_in(staff: Staff, hour: int, served: str) -> None:
    came = at(f"2026-11-10 {hour:02}:00")
    with clock.set_to(came):
        case = walk_in(staff)
    with clock.set_to(came + dt.timedelta(minutes=12)):
        scheduling_services.start(case, by=staff.petugas)
    took = dt.datetime.fromisoformat(f"1970-01-01 {served}") - dt.datetime(1970, 1, 1)
    with clock.set_to(came + dt.timedelta(minutes=12) + took):
        scheduling_services.finish(
            case, by=staff.petugas, attendees="Siti", overrun_reason="Pemohon membawa tiga pertanyaan."
        )


@pytest.fixture
def november(office: Office) -> None:
    """A closed case, five urgent walk-ins, a declined complaint; a request of October still waits."""
    with clock.set_to(at("2026-10-30 08:00")):
        staff = make_staff()
        case_at(State.SUBMITTED, staff)
    with clock.set_to(at("2026-11-02 08:00")):
        case = case_at(State.SUBMITTED, staff)
    for line in STEPS.strip().splitlines():
        day, time, verb, *planned = line.split()
        more = values(verb, staff, case) | ({"starts_at": at(" ".join(planned))} if planned else {})
        with clock.set_to(at(f"{day} {time}")):
            PAGES[verb].service(case, by=right_taker(VERBS[verb], case, staff), **more)
    for hour, served in zip((8, 9, 10, 13, 14), SERVED, strict=True):
        walked_in(staff, hour, served)
    with clock.set_to(at("2026-11-12 08:00")):
        case_at(State.DECLINED, staff, kind=Kind.COMPLAINT)


def figures(key: str) -> ServiceFigures:
    with clock.set_to(at("2026-11-30 12:00")):
        period = Period.of(key)
        assert period
        return compute_figures(period)


@pytest.mark.differs_by_database
def test_a_month_has_the_figures_computed_by_hand(november: None) -> None:
    found = figures("2026-11")

    # 10, 20, 25, 30, 31 and 60 minutes: the middle of 25 and 30; the upper end half way from 31 to 60.
    assert found.service == Spread(6, 27.5, 45.5)
    assert (found.promised, found.within) == (30, 4)
    assert found.within_percent == pytest.approx(200 / 3)
    assert found.days == Spread(1, 7, 7)
    assert found.kinds == {"CONSULTATION": 6, "COMPLAINT": 1}
    assert found.channels == {"ONLINE": 2, "WALK_IN": 5}
    assert found.states == {"CLOSED": 1, "HELD": 5, "DECLINED": 1}
    assert found.divisions == {"Rehabilitasi Sosial": 6}
    assert (found.submitted, found.open, found.late) == (7, 6, 6)
    # Working minutes. The complaint was registered at once: 0 and 90 minutes.
    waits = {**found.waits}
    assert waits.pop("2 register") == Spread(2, 45, 81)
    assert waits.pop("8 start") == Spread(5, 12, 12)
    assert waits == {name: Spread(1, time, time) for name, time in WAITS.items() if name != "2 register"}

    october = figures("2026-10")  # a wait belongs to the period in which it ended
    assert (october.waits, october.submitted, october.service) == ({}, 1, Spread())
    assert figures("2026-Q4").waits == figures("2026").waits == found.waits
    assert figures("12-bulan").submitted == figures("2026").submitted == 8

    assert ServiceFigures.from_json(found.to_json()) == found
    assert ServiceFigures.from_json({}) is None
    assert ServiceFigures.from_json({**found.to_json(), "more": 1}) is None

    longest = Session.objects.latest("pk")  # 60 minutes. An answer in writing takes no part in the promise
    Session.objects.filter(pk=longest.pk).update(mode="WRITTEN", answer="Ya.")
    assert figures("2026-11").service.n == 5
    assert service_minutes([longest.case_id]) == {}


@pytest.mark.differs_by_database
def test_a_wait_from_the_month_before_counts_where_it_ended(office: Office) -> None:
    with clock.set_to(at("2026-10-30 08:00")):
        staff = make_staff()
        case = case_at(State.SUBMITTED, staff)
    with clock.set_to(at("2026-11-02 08:00")):
        consultations_services.register(case, by=staff.pkd, classification="400.9")
    # Friday 08.00-11.30 and 13.00-16.30, Monday 07.30-08.00
    assert figures("2026-11").waits == {"2 register": Spread(1, 450, 450)}


@pytest.mark.differs_by_database
def test_a_corrected_report_counts_when_it_was_first_accepted(november: None) -> None:
    case, kadis = Case.objects.get(state=State.CLOSED), User.objects.get(username="kadis")
    with clock.set_to(at("2026-12-01 08:00")):
        report_services.correct(case, by=kadis, reason="Nama desa keliru.")
    assert figures("2026-11").days == Spread(1, 7, 7)
    with clock.set_to(at("2026-12-02 08:00")):
        report_services.report(case, by=User.objects.get(username="petugas"), **SECTIONS)
        report_services.forward(case, by=User.objects.get(username="kabid"))
        report_services.accept(case, by=kadis)
    assert figures("2026-11").days == Spread(1, 7, 7)
    assert figures("2026").days == Spread(1, 7, 7)


def test_a_complaint_about_staff_counts_only_after_it_has_ended(office: Office) -> None:
    """The person complained about sees all other cases and could find it by subtraction."""
    with clock.set_to(at("2026-11-12 08:00")):
        staff = make_staff()
        case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, complained_party="Kepala Bidang")
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    found = figures("2026-11")
    assert (found.submitted, found.kinds, found.waits, found.open, found.late) == (0, {}, {}, 0, 0)
    with clock.set_to(at("2026-11-13 08:00")):
        decline(case, by=staff.kadis, reason="Bukan wewenang kami.")
    found = figures("2026-11")
    assert (found.submitted, found.kinds) == (1, {"COMPLAINT": 1})
    assert "2 register" in found.waits


@pytest.mark.differs_by_database
def test_an_office_without_cases_has_empty_figures(office: Office) -> None:
    found = figures("2026")
    assert found == ServiceFigures(30, Spread(), 0, {}, Spread(), {}, {}, {}, {}, {}, 0, 0)
    assert (found.submitted, found.within_percent) == (0, 0)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7], 50, 7),
        ([7], 90, 7),
        ([1, 2], 50, 1.5),
        ([1, 2, 3], 50, 2),
        ([4, 1, 3, 2], 50, 2.5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, 10),  # rank 1 + 10 x 0.9: the tenth
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9.1),
        ([5, 5, 5, 5, 100], 90, 62),  # rank 4.6: 5 + 0.6 x 95
        ([5, 5, 5, 5, 5], 90, 5),
        ([0, 10], 100, 10),
        ([0, 10], 0, 0),
    ],
)
def test_percentiles_lie_between_ranks_as_in_a_spreadsheet(
    values: list[int], percent: int, expected: float
) -> None:
    assert percentile(Counter(values), percent) == pytest.approx(expected)


def test_a_percentile_needs_measurements() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        percentile(Counter(), 50)
