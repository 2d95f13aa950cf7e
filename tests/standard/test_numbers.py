"""Numbers without gaps, and the laws of working time, half hours and search."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, example, given, settings, strategies as st

from consultations import corrections, services as consultations_services
from consultations.enums import State
from consultations.models import AgendaEntry, Case, NumberBook, SearchText
from consultations.models.search import as_indexed, split_words
from consultations.scheduling.models import Session
from consultations.search import find
from documents.models import Document, PaperRule
from kit import clock
from kit.refusal import Refused
from office.models import Office
from office.models.codes import NUMBER_PATTERN, check_pattern
from office.worktime import WorkingTime
from reports import services as reports_services
from tests.factories import WAY, Staff, afresh, case_at, sign_papers, walk_in, walk_in_at
from tests.shared_data import each
from tests.world import undone

WIB = ZoneInfo("Asia/Jakarta")
on_one_office = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""The office of the fixture is the same in all examples; `undone` takes back what an example wrote."""


def register(case: Case, staff: Staff) -> AgendaEntry:
    WAY[State.REGISTERED](case, staff)
    assert case.agenda
    return case.agenda


@pytest.mark.differs_by_database
def test_agenda_numbers_start_again_at_midnight_of_the_new_year_in_indonesia(staff: Staff) -> None:
    old_year = dt.datetime(2026, 12, 31, 23, 30, tzinfo=WIB)
    new_year = dt.datetime(2027, 1, 1, 0, 10, tzinfo=WIB)
    assert old_year.astimezone(dt.UTC).year == new_year.astimezone(dt.UTC).year == 2026
    numbers = []
    for moment in (old_year, old_year, new_year, new_year):
        with clock.set_to(moment):
            numbers.append(str(register(case_at(State.SUBMITTED, staff), staff)))
    assert numbers == ["1/2026", "2/2026", "1/2027", "2/2027"]


def test_an_office_may_start_in_the_middle_of_a_year(staff: Staff) -> None:
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=clock.today().year, first=412)
    assert [register(case_at(State.SUBMITTED, staff), staff).number for _ in range(3)] == [412, 413, 414]


def test_agenda_numbers_go_on_past_9999(staff: Staff) -> None:
    NumberBook.objects.create(series=NumberBook.Series.AGENDA, year=clock.today().year, taken=9_998)
    numbers = [register(case_at(State.SUBMITTED, staff), staff).number for _ in range(3)]
    assert numbers == [9_999, 10_000, 10_001]
    assert find(Case.objects.all(), "10001").keys == [AgendaEntry.objects.get(number=10_001).case.pk]


@pytest.mark.differs_by_database
def test_a_voided_number_stays_in_the_book_and_is_never_used_again(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    wrong = register(case, staff)
    consultations_services.void(case, by=staff.pkd, reason="Salah klasifikasi.")
    assert afresh(case).agenda is None
    right = register(case, staff)
    wrong.refresh_from_db()
    assert (wrong.number, right.number) == (1, 2)
    assert (wrong.voided_case, wrong.voided_by, wrong.void_reason) == (case, staff.pkd, "Salah klasifikasi.")
    assert wrong.voided_at


def test_a_report_has_the_classification_of_its_case(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    consultations_services.register(case, by=staff.pkd, classification="400.10.2")
    for state in list(WAY)[1 : list(WAY).index(State.CLOSED) + 1]:
        WAY[state](case, staff)
    year = clock.today().year
    assert afresh(case).report_number == f"400.10.2/1/LHK/DINCONTOH/{year}"
    assert case_at(State.CLOSED, staff).report_number == f"400.9/2/LHK/DINCONTOH/{year}", "one series"


def test_report_numbers_follow_the_office_and_the_year(staff: Staff) -> None:
    Office.objects.update(report_classification="400.9", unit_code="DINCONTOH")
    NumberBook.objects.create(series=NumberBook.Series.REPORT, year=clock.today().year, first=47)
    numbers = [case_at(State.CLOSED, staff).report_number for _ in range(2)]
    year = clock.today().year
    assert numbers == [f"400.9/47/LHK/DINCONTOH/{year}", f"400.9/48/LHK/DINCONTOH/{year}"]
    assert NumberBook.objects.get(series=NumberBook.Series.AGENDA).taken == 2


def test_the_paper_of_a_walk_in_without_a_code_keeps_the_code_in_its_number(staff: Staff) -> None:
    Office.objects.update(report_classification="400.9", unit_code="DINCONTOH")
    case = walk_in_at(State.CLOSED, staff, classification="")
    numbered = Document.objects.filter(case=case).exclude(number="")
    assert "REPORT" in numbered.values_list("kind", flat=True)
    assert all(paper.number.startswith(f"{paper.classification}/") for paper in numbered)
    corrections.correct_data(case, by=staff.pkd, reason="Kode.", classification="400.10.2")
    reports_services.correct(case, by=staff.kadis, reason="Angka salah.")
    for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
        WAY[state](case, staff)
    report = Document.objects.filter(case=case, kind="REPORT").latest("version")
    assert report.version == 2
    assert report.number.startswith("400.9/")
    assert report.classification == "400.9"


def test_papers_of_one_pattern_without_kinds_share_one_series(staff: Staff) -> None:
    """The default: a letter and a report that both began with 1 would have the same number."""
    Office.objects.update(number_pattern=NUMBER_PATTERN)
    PaperRule.objects.create(kind="SCHEDULE", classification="005")
    case = case_at(State.SUBMITTED, staff)
    consultations_services.register(case, by=staff.pkd, classification="400.10.7")
    for state in list(WAY)[1 : list(WAY).index(State.CLOSED) + 1]:
        WAY[state](case, staff)
        sign_papers(case, staff)
    year, papers = clock.today().year, Document.objects.filter(case=case).exclude(number="")
    assert dict(papers.values_list("kind", "number")) == {
        "ASSIGNMENT": f"000.1.2.3/1/DINCONTOH/{year}",
        "SCHEDULE": f"005/2/DINCONTOH/{year}",
        "REPORT": f"400.10.7/3/DINCONTOH/{year}",
        "RESULT": f"400.10.7/4/DINCONTOH/{year}",
    }
    assert all(paper.number.startswith(f"{paper.classification}/") for paper in papers)
    assert not papers.filter(numbered_at=None).exists()


def test_a_change_of_the_pattern_changes_no_number_that_was_given(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    before = list(Document.objects.filter(case=case).values_list("pk", "number"))
    Office.objects.update(number_pattern="{number}/{unit}/{code}/{year}")
    case_at(State.CLOSED, staff)
    assert list(Document.objects.filter(case=case).values_list("pk", "number")) == before


@each(
    "pattern",
    [
        *(
            "{code}/{number}/{unit}",
            "{code}/{unit}/{year}",
            "{code}/{number}{year}",
            "{code}.{number}/{year}",
        ),
        *("{number}/{number}/{year}", "2{number}/{year}", "{number}/{year}/{month}", "{number}/{year!r}", ""),
    ],
)
def test_a_pattern_that_could_give_a_number_twice_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError, match="nomor yang sama"):
        check_pattern(pattern)


codes = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True, alphabet="019.")
kinds = st.sampled_from(["ST", "PJ", "L"])
parts = st.fixed_dictionaries(
    {"code": codes, "number": st.integers(1, 120), "type": kinds, "year": st.integers(2026, 2028)}
)
patterns = st.permutations(["{code}", "B-{number}", "{year}", "{type}", "{unit}"]).map("/".join)


@given(patterns, parts, parts)
def test_two_papers_never_have_the_same_number(
    pattern: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    """A number can be read in one way only, so that those of one series differ, and those of two series."""
    check_pattern(pattern)
    numbers = [pattern.format(**values, unit="DIN/1") for values in (one, other)]
    assert (numbers[0] == numbers[1]) == (one == other)


@pytest.mark.differs_by_database
@on_one_office
@given(steps=st.lists(st.sampled_from(["register", "void", "walk_in", "refused", "undone"]), max_size=14))
@example(steps=["register", "walk_in", "register"])
def test_numbers_have_no_gap_whatever_happens(steps: list[str], staff: Staff) -> None:
    with undone():
        registered: list[Case] = []
        for step in steps:
            if step == "register":
                case = case_at(State.SUBMITTED, staff)
                register(case, staff)
                registered.append(case)
            elif step == "void" and registered:
                consultations_services.void(registered.pop(), by=staff.pkd, reason="Salah entri.")
            elif step == "walk_in":
                walk_in(staff)
            elif step == "refused":
                with pytest.raises(Refused):
                    walk_in(staff, at=clock.now() + dt.timedelta(hours=1))
            elif step == "undone":
                with undone():
                    register(case_at(State.SUBMITTED, staff), staff)
        numbers = list(AgendaEntry.objects.order_by("pk").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == steps.count("register") + steps.count("walk_in")


def test_no_entry_is_dated_before_its_predecessor(office: Office) -> None:
    """The clock was five minutes ahead. A walk-in keeps the moment that was entered."""
    noon = clock.midnight(clock.today()) + dt.timedelta(hours=12)
    with clock.set_to(noon):
        first = AgendaEntry.take()
    with clock.set_to(noon - dt.timedelta(minutes=5)):
        second, walk_in = AgendaEntry.take(), AgendaEntry.take(clock.now())
    with clock.set_to(noon + dt.timedelta(minutes=5)):
        last = AgendaEntry.take()
    dated = [
        (entry.registered_at - noon) // dt.timedelta(minutes=5) for entry in (first, second, walk_in, last)
    ]
    assert dated == [0, 0, -1, 1]


moments = st.datetimes(
    dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(WIB), allow_imaginary=False
).map(lambda moment: moment.replace(second=0, microsecond=0))


@on_one_office
@given(start=moments, minutes=st.integers(0, 6_000))
def test_adding_and_measuring_working_time_are_inverse(
    start: dt.datetime, minutes: int, office: Office
) -> None:
    working_time = WorkingTime.load()
    end = working_time.add_minutes(start, minutes)
    assert end
    assert end >= start
    assert working_time.minutes_between(start, end) == minutes


@on_one_office
@given(start=moments, first=st.integers(0, 3_000), second=st.integers(1, 3_000))
def test_working_time_adds_up(start: dt.datetime, first: int, second: int, office: Office) -> None:
    working_time = WorkingTime.load()
    middle = working_time.add_minutes(start, first)
    assert middle
    assert working_time.add_minutes(middle, second) == working_time.add_minutes(start, first + second)


half_hours = st.integers(0, 47 * 3)


def planned(first: int, length: int, unit: int) -> Session:
    """A session `first` units of so many minutes after midnight, `length` units long."""
    begins = dt.datetime(2026, 11, 24, tzinfo=WIB) + dt.timedelta(minutes=first * unit)
    return Session(starts_at=begins, ends_at=begins + dt.timedelta(minutes=length * unit))


def overlap(one: Session, other: Session) -> bool:
    moments = (one.starts_at, one.ends_at, other.starts_at, other.ends_at)
    begins, ends, other_begins, other_ends = (moment for moment in moments if moment)
    return begins < other_ends and other_begins < ends


@given(half_hours, st.integers(1, 10), half_hours, st.integers(1, 10))
def test_sessions_on_the_half_hour_overlap_exactly_where_they_share_one(
    a: int, m: int, b: int, n: int
) -> None:
    one, other = planned(a, m, 30), planned(b, n, 30)
    assert overlap(one, other) == bool(set(one.half_hours()) & set(other.half_hours()))
    assert len(one.half_hours()) == m
    assert Session().half_hours() == [], "without a planned time"


@given(st.integers(0, 2_880), st.integers(1, 300), st.integers(0, 2_880), st.integers(1, 300))
def test_sessions_at_any_minute_never_overlap_without_sharing_a_half_hour(
    a: int, m: int, b: int, n: int
) -> None:
    one, other = planned(a, m, 1), planned(b, n, 1)
    assert not overlap(one, other) or set(one.half_hours()) & set(other.half_hours())


words = st.text("0129abyz", min_size=1, max_size=5)


@pytest.mark.differs_by_database
@on_one_office
@given(stored=st.lists(words, max_size=12), beginning=words)
def test_the_database_finds_the_same_words(stored: list[str], beginning: str, staff: Staff) -> None:
    with undone():
        case = case_at(State.SUBMITTED, staff)
        names, subject, body = (as_indexed(*stored[place::3]) for place in range(3))
        SearchText(case=case, names=names, subject=subject, body=body).save()
        found = find(Case.objects.all(), beginning).keys
    assert bool(found) == any(word.startswith(beginning) for word in stored)


@given(st.text(max_size=80))
def test_words_are_plain_distinct_and_found_by_themselves(text: str) -> None:
    found = split_words(text)
    assert len(found) == len(set(found))
    assert all(re.fullmatch("[0-9a-z]{1,24}", word) for word in found)
    assert split_words(" ".join(found)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Penyaluran BLT-Desa 2026", ["penyaluran", "blt", "desa", "2026"]),
        ("Bapak José, José!", ["bapak", "jose"]),
        ("  \t\x00 ", []),
        ("a" * 40, ["a" * 24]),
    ],
)
def test_how_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words
