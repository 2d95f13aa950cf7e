"""The figures of a period, what is published of them, and who may see and do what."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.workflow import Refused
from office import clock
from office.models import User
from reports import services as report_services
from surveys import figures, periods, services
from surveys.models import Answer, Publication
from surveys.profile import pooled
from surveys.results import Result, first_day, result
from tests.factories import WAY, Staff, case_at
from tests.surveys.answering import answered, enough
from tests.surveys.test_index import GRADE, INDEX, LOWEST, MEANS, SHEET

type ClientOf = Callable[[User], Client]

DAY = dt.timedelta(days=1)
PLAN = "U8: tambah kursi tunggu, Sekretariat, triwulan depan."


def fill(staff: Staff) -> None:
    """The sheet worked out by hand, as five answers of cases closed today, and a sixth that is unanswered."""
    for row in SHEET:
        given: dict[str, Any] = {f"u{number}": value for number, value in enumerate(row, start=1)}
        answered(staff, **given)
    case_at(State.CLOSED, staff)


def running(length: int) -> tuple[dt.date, dt.date]:
    """The quarter, half-year or year of today, by its months."""
    today = clock.today()
    return periods.months(today.year, (today.month - 1) // length * length + 1, length)


def ended() -> tuple[dt.date, dt.date]:
    """The quarter before that of today."""
    return periods.quarter_of(running(3)[0] - DAY)


def address(days: tuple[dt.date, dt.date]) -> str:
    """Where the office reads of a period."""
    return f"/survei/?since={days[0]}&until={days[1]}"


def last_year(month: int, day: int) -> dt.date:
    """A day of last year, in which everybody held a position already."""
    return dt.date(clock.today().year - 1, month, day)


def on(day: dt.date) -> AbstractContextManager[None]:
    """The noon of a day."""
    return clock.set_to(dt.datetime.combine(day, dt.time(5), tzinfo=dt.UTC))


def of_today() -> Result:
    return result(clock.today(), clock.today())


def publish(by: User, *, length: int = 3, **more: Any) -> Publication:
    """Publish the quarter of today (or its half-year, or its year) as on the day after it."""
    since, until = running(length)
    with on(until + DAY):
        return services.publish(by=by, **{"since": since, "until": until, "plan": PLAN, **more})


def test_the_database_comes_to_the_sheet_worked_out_by_hand(staff: Staff) -> None:
    fill(staff)
    found = of_today()
    assert str(found.index) == INDEX
    assert found.letter == GRADE
    assert [str(mean) for mean in found.means.values()] == list(MEANS)
    assert list(found.lowest) == LOWEST
    assert (found.n, found.population, found.sample, found.fills_sample) == (5, 6, 6, False)


def test_what_was_kept_reads_as_it_was(staff: Staff) -> None:
    fill(staff)
    found = of_today()
    assert Result.from_json(found.as_json()) == found


@pytest.mark.parametrize(("n", "why"), [(0, "Belum ada jawaban pada periode ini."), (4, "mulai 5 jawaban")])
def test_of_too_few_answers_only_their_number_is_told(
    n: int, why: str, staff: Staff, client_of: ClientOf
) -> None:
    for _number in range(n):
        answered(staff, comment="Ruang tunggu panas.")
    found = of_today()
    assert (found.n, found.index, found.letter, found.means) == (n, None, "", {})
    assert (found.lowest, found.profile) == ((), {})
    page = client_of(staff.pkd).get("/survei/").content.decode()
    assert 'data-index="" data-grade=""' in page
    assert why in page
    assert "Ruang tunggu panas." not in page
    with pytest.raises(Refused, match=f"Baru {n} jawaban"):
        publish(staff.pkd)


def test_a_case_counts_on_the_day_on_which_it_was_closed(staff: Staff) -> None:
    first, last = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
    moments = {
        "2026-06-30T23:59:59+07:00": 0,
        "2026-07-01T00:00:00+07:00": 1,
        "2026-09-30T23:59:59+07:00": 1,
        "2026-10-01T00:00:00+07:00": 0,
    }
    case = answered(staff).case
    for moment, n in moments.items():
        closed = dt.datetime.fromisoformat(moment)
        Case.objects.filter(pk=case.pk).update(first_closed_at=closed, closed_at=closed)
        found = result(first, last)
        assert (found.n, found.population) == (n, n)


def test_the_periods_begin_with_the_first_closing_also_while_its_report_is_corrected(staff: Staff) -> None:
    with on(day := last_year(5, 6)):
        case = case_at(State.CLOSED, staff)
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    assert first_day() == day


def test_a_corrected_case_counts_where_it_was_closed_first(staff: Staff) -> None:
    """Or its answer stood in the results of two quarters, and in none in between."""
    since, until = running(3)
    case = answered(staff).case
    with on(until + DAY):
        report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
        assert (result(since, until).n, result(since, until).population) == (1, 1)
        for state in (State.REPORTED, State.FORWARDED, State.CLOSED):
            WAY[state](case, staff)
        assert (result(since, until).n, result(since, until).population) == (1, 1)
        found = result(until + DAY, until + DAY)
        assert (found.n, found.population) == (0, 0)


def test_the_figures_cost_two_queries_however_many_answer(
    staff: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answered(staff)
    with django_assert_num_queries(2):
        of_today()
    answered(staff)
    answered(staff)
    with django_assert_num_queries(2):
        assert of_today().n == 3


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"L": 5, "P": 6}, {"L": 5, "P": 6}),
        ({"L": 5, "P": 0}, {"L": 5}),
        ({"L": 5, "P": 1}, {"POOLED": 6}),
        ({"SD": 1, "SMP": 2, "SMA": 9}, {"POOLED": 12}),
        ({"SD": 1, "SMP": 4, "SMA": 9}, {"SMA": 9, "POOLED": 5}),
        ({"L": 1, "P": 1}, {"POOLED": 2}),
        ({}, {}),
    ],
    ids=str,
)
def test_small_groups_are_put_together(counts: dict[str, int], shown: dict[str, int]) -> None:
    assert pooled(counts) == shown


def test_the_profile_counts_each_respondent_once_in_each_part(staff: Staff) -> None:
    enough(staff, sex="FEMALE", education="SMA")
    for sex in ("MALE", "MALE", "MALE", "", ""):
        answered(staff, sex=sex, education="SMA")
    assert of_today().profile == {
        "service": {"CONSULTATION": 10},
        "sex": {"FEMALE": 5, "POOLED": 5},
        "education": {"SMA": 10},
        "occupation": {"UNKNOWN": 10},
    }


def test_the_periods_to_choose_from_and_their_names() -> None:
    def named(year: int) -> list[list[str]]:
        return [[periods.name(*days) for days in row] for row in periods.offered(year, dt.date(2025, 5, 31))]

    years = ["Tahun 2027", "Tahun 2026", "Tahun 2025"]
    with clock.set_to(dt.datetime(2027, 3, 31, 9, tzinfo=dt.UTC)):
        assert named(2027) == [years, ["Semester I 2027"], ["Triwulan I 2027"]]
        assert named(2025) == [
            years,
            ["Semester I 2025", "Semester II 2025"],
            ["Triwulan II 2025", "Triwulan III 2025", "Triwulan IV 2025"],
        ]
        assert named(2028) == [years, [], []]
        assert periods.name(*periods.quarter_of(clock.today())) == "Triwulan I 2027"
    assert periods.months(2028, 1, 2)[1] == dt.date(2028, 2, 29)
    assert periods.name(dt.date(2026, 7, 1), dt.date(2026, 9, 29)) == "1 Jul 2026 – 29 Sep 2026"
    assert periods.name(dt.date(2026, 2, 1), dt.date(2026, 4, 30)) == "1 Feb 2026 – 30 Apr 2026"


def test_of_small_groups_only_nothing_is_told(staff: Staff, client_of: ClientOf) -> None:
    for sex in ("MALE", "MALE", "FEMALE", "FEMALE", "FEMALE"):
        answered(staff, sex=sex)
    assert of_today().profile["sex"] == {"POOLED": 5}
    page = client_of(staff.pkd).get("/survei/").content.decode()
    assert "tidak ditampilkan</p>" in page
    assert "Kelompok kecil" not in page


# Publishing


def test_a_published_result_stays_and_a_correction_is_a_new_version(staff: Staff) -> None:
    fill(staff)
    first = publish(staff.pkd)
    enough(staff, u1=1)
    second = publish(staff.kadis, plan="Lain", seen=1)

    first.refresh_from_db()
    assert (first.version, first.figures["index"], first.plan, first.title) == (1, INDEX, PLAN, "Tim PKD")
    assert second.version == 2
    assert second.figures["index"] != INDEX
    assert second.title == "Kepala Dinas"


def test_what_was_answered_and_published_is_not_changed(staff: Staff) -> None:
    enough(staff)
    publish(staff.pkd)
    changes: list[Callable[[], object]] = [
        lambda: Answer.objects.update(u1=4),
        lambda: Answer.objects.all().delete(),
        lambda: Publication.objects.update(plan="Lain"),
        lambda: Publication.objects.all().delete(),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_no_two_results_differ_by_the_answers_of_a_few(staff: Staff) -> None:
    enough(staff)
    publish(staff.pkd)
    answered(staff)
    for length in (3, 12):
        with pytest.raises(Refused, match=re.escape(f"({periods.name(*running(3))})")):
            publish(staff.pkd, length=length)
    for _number in range(4):
        answered(staff)
    assert publish(staff.pkd).version == 2
    assert publish(staff.pkd, length=12).figures["n"] == 10


@pytest.mark.parametrize("who", ["sekretariat", "kabid", "petugas", "admin", "expired"])
def test_nobody_else_publishes(who: str, staff: Staff) -> None:
    answered(staff)
    with pytest.raises(PermissionDenied):
        publish(getattr(staff, who))
    assert not Publication.objects.exists()


def test_what_cannot_be_published_is_refused_with_a_sentence(staff: Staff) -> None:
    enough(staff)
    since, until = running(3)
    with on(until), pytest.raises(Refused, match="sesudah periode ini berakhir"):
        services.publish(by=staff.pkd, since=since, until=until, plan=PLAN)
    for first, last in ((since + DAY, until), (since, until - DAY), (until, until)):
        with on(until + DAY), pytest.raises(Refused, match="satu triwulan, satu semester, atau satu tahun"):
            services.publish(by=staff.pkd, since=first, until=last, plan=PLAN)
    publish(staff.pkd, seen=0)
    with pytest.raises(Refused, match="baru saja diterbitkan"):
        publish(staff.pkd, seen=0)
    assert Publication.objects.count() == 1


def test_the_newest_published_index_for_other_pages(
    staff: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert figures.current() is None
    fill(staff)
    with on(running(12)[1]):
        fill(staff)  # in the last quarter: it, its half-year and the year end on one day
        publish(staff.pkd, length=12)
        year = publish(staff.pkd, length=12, plan="Ralat")
        publish(staff.pkd, length=6)
        quarter = publish(staff.pkd)
    with django_assert_num_queries(1):
        current = figures.current()
    assert current
    assert (str(current.index), current.grade.letter, current.n) == (INDEX, GRADE, year.figures["n"])
    assert (current.since, current.until, current.url) == (*running(12), f"/survei/hasil/{year.pk}/")
    asked = figures.current(quarter.since, quarter.until)
    assert asked
    assert asked.url == quarter.get_absolute_url()
    assert figures.current(dt.date(2020, 1, 1), dt.date(2020, 3, 31)) == current


# The office's page

WAYS = {
    # what: who gets 200; everybody else of the office 403
    "/survei/": {"sekretariat", "pkd", "kadis"},
    "/survei/isian/": {"sekretariat", "pkd"},
}


@pytest.mark.parametrize("path", WAYS)
def test_who_opens_which_page(path: str, staff: Staff, client_of: ClientOf) -> None:
    found = {user.username: client_of(user).get(path).status_code for user in User.objects.all()}
    assert found == {name: 200 if name in WAYS[path] else 403 for name in found}


def test_comments_and_publishing_are_for_tim_pkd_and_the_head(staff: Staff, client_of: ClientOf) -> None:
    with on(ended()[1]):
        enough(staff, comment="Ruang tunggu panas.")
    pages = {
        name: client_of(getattr(staff, name)).get(address(ended())).content.decode()
        for name in ("sekretariat", "pkd", "kadis")
    }
    assert {name for name, page in pages.items() if "Ruang tunggu panas." in page} == {"pkd", "kadis"}
    assert {name for name, page in pages.items() if 'data-verb="publish"' in page} == {"pkd", "kadis"}
    assert {name for name, page in pages.items() if 'href="/survei/isian/"' in page} == {"sekretariat", "pkd"}
    assert client_of(staff.sekretariat).post("/survei/", {"plan": "x"}).status_code == 403


def test_a_comment_says_nothing_of_its_case(staff: Staff, client_of: ClientOf) -> None:
    case = enough(staff, comment="Ruang tunggu panas.")[0].case
    page = client_of(staff.kadis).get("/survei/").content.decode()
    assert page.count("Ruang tunggu panas.") == 5
    assert not any(word in page for word in (case.code, case.secret, case.applicant_name, case.subject))


def test_a_comment_on_a_complaint_about_the_reader_is_not_shown(staff: Staff, client_of: ClientOf) -> None:
    details = {"kind": Kind.COMPLAINT, "complained_party": "Kepala Dinas"}
    case = answered(staff, details=details, comment="Beliau tidak menjawab.").case
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    enough(staff)
    assert "Beliau tidak" not in client_of(staff.kadis).get("/survei/").content.decode()
    assert "Beliau tidak" in client_of(staff.pkd).get("/survei/").content.decode()


def test_the_figures_are_the_same_for_whom_a_complaint_is_about(staff: Staff, client_of: ClientOf) -> None:
    """Else their difference from what others read, and from what is published, would tell of it."""
    details = {"kind": Kind.COMPLAINT, "complained_party": "Kepala Dinas"}
    case = answered(staff, details=details, u1=1).case
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    enough(staff)
    for user in (staff.kadis, staff.pkd):
        page = client_of(user).get("/survei/").content.decode()
        assert 'data-n="6"' in page
        assert "6 dari 6 pemohon" in page


def test_the_page_shows_the_figures_of_the_chosen_period(staff: Staff, client_of: ClientOf) -> None:
    days = ended()
    with on(days[1]):
        fill(staff)
    client = client_of(staff.pkd)
    page = client.get(address(days)).content.decode()
    assert f'data-index="{INDEX}" data-grade="{GRADE}" data-n="5"' in page
    assert "81,11" in page
    assert "5 dari 6 pemohon" in page
    assert "belum cukup" in page
    assert [code for code in LOWEST if f'data-lowest="{code}"' in page] == LOWEST
    assert f'aria-current="page">{periods.name(*days)}</a>' in page
    now = client.get("/survei/").content.decode()
    assert "Belum ada jawaban pada periode ini." in now
    assert "cukup</" not in now
    assert f'aria-current="page">{periods.name(*running(3))}</a>' in now


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("x", "{}-09-30"),
        ("", ""),
        ("0001-01-01", "0001-12-31"),
        ("{}-10-02", "{}-10-01"),
        ("{}-07-01", "{}-09-29"),
        ("{}-07-02", "{}-12-31"),
        ("{}-10-05", "{}-10-05"),
        ("{}-08-01", "{}-10-31"),
        ("{}-01-01", "{}-03-31"),
        ("2099-01-01", "2099-03-31"),
    ],
    ids=[
        "no day",
        "none",
        "long ago",
        "backwards",
        "cut",
        "begun late",
        "a day",
        "months",
        "before",
        "ahead",
    ],
)
def test_what_is_no_period_to_choose_gets_a_sentence_and_the_choices(
    since: str, until: str, staff: Staff, client_of: ClientOf
) -> None:
    year, client = last_year(7, 1).year, client_of(staff.pkd)
    days = {"since": since.format(year), "until": until.format(year)}
    with on(last_year(7, 1)):
        enough(staff, comment="Ruang tunggu panas.")
    with on(last_year(11, 24)):
        answers = client.get("/survei/", days), client.post("/survei/", {**days, "plan": PLAN, "seen": 0})
    for answer in answers:
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "ditampilkan per triwulan, semester, atau tahun" in page
        assert f'href="?since={year}-07-01&amp;until={year}-09-30">Triwulan III {year}</a>' in page
        assert not any(words in page for words in ("data-index", "data-n", "Ruang tunggu panas."))
    assert not Publication.objects.exists()


def test_before_a_period_has_ended_the_page_says_when_it_can_be_published(
    staff: Staff, client_of: ClientOf
) -> None:
    days = last_year(7, 1), last_year(9, 30)
    with on(days[0]):
        enough(staff)
    client, shown = client_of(staff.pkd), []
    for day in (days[1], days[1] + DAY):
        with on(day):
            page = client.get(address(days)).content.decode()
        shown.append(("sesudah periode ini berakhir, 30 September" in page, "survey-publish" in page))
    assert shown == [(True, False), (False, True)]


def test_publishing_through_the_page(staff: Staff, client_of: ClientOf) -> None:
    since, until = ended()
    with on(until):
        fill(staff)
    client, days = client_of(staff.pkd), {"since": str(since), "until": str(until)}

    missing = client.post("/survei/", {**days, "plan": " ", "seen": 0})
    assert missing.status_code == 422
    assert "Tulis apa yang akan diperbaiki" in missing.content.decode()
    with on(until):
        refused = client.post("/survei/", {**days, "plan": PLAN, "seen": 0})
    assert refused.status_code == 409
    assert PLAN in refused.content.decode()

    done = client.post("/survei/", {**days, "plan": PLAN, "seen": 0})
    publication = Publication.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"/survei/hasil/{publication.pk}/")
    again = client.post("/survei/", {**days, "plan": PLAN, "seen": 0})
    assert again.status_code == 409
    kept = client.get("/survei/", days).content.decode()
    assert PLAN in kept
    assert 'name="seen" value="1"' in kept


@pytest.mark.parametrize(("who", "queries"), [("sekretariat", 8), ("pkd", 11)])
def test_the_page_costs_the_same_queries(
    who: str,
    queries: int,
    staff: Staff,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client, days = client_of(getattr(staff, who)), ended()
    for _time in range(2):
        with on(days[1]):
            enough(staff, comment="Satu")
            publish(staff.pkd)
        client.get(address(days))
        with django_assert_num_queries(queries):
            client.get(address(days))


# What everybody reads


def test_everybody_reads_all_that_the_regulation_asks_for(staff: Staff, client: Client) -> None:
    fill(staff)
    publication = publish(staff.pkd)
    page = client.get(publication.get_absolute_url()).content.decode()
    told = ["81,11", "B: Baik", "5 dari 6", "Paling sedikit 6", "belum cukup", PLAN, publication.period]
    assert [words for words in told if words not in page] == []
    assert page.count("<tr>") == 10
    assert [mean for mean in MEANS if mean.replace(".", ",") not in page] == []
    assert [code for code in LOWEST if f'data-lowest="{code}"' in page] == LOWEST
    assert staff.pkd.name not in page


def test_an_older_version_says_that_it_was_corrected(staff: Staff, client: Client) -> None:
    enough(staff)
    first, second = publish(staff.pkd), publish(staff.pkd)
    old = client.get(first.get_absolute_url()).content.decode()
    assert "sudah diralat" in old
    assert second.get_absolute_url() in old
    assert "sudah diralat" not in client.get(second.get_absolute_url()).content.decode()
    listed = client.get("/survei/hasil/").content.decode()
    assert second.get_absolute_url() in listed
    assert first.get_absolute_url() not in listed


def test_nothing_published_yet(office: object, client: Client) -> None:
    assert "Belum ada hasil yang diterbitkan" in client.get("/survei/hasil/").content.decode()
    assert client.get("/survei/hasil/1/").status_code == 404
    assert client.get(f"/survei/hasil/{'9' * 30}/").status_code == 404
    assert client.get("/survei/hasil/1.pdf").status_code == 404


@pytest.mark.parametrize(("path", "queries"), [("/survei/hasil/", 2), ("/survei/hasil/{}/", 3)])
def test_the_public_pages_cost_the_same_queries(
    path: str, queries: int, staff: Staff, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enough(staff)
    first = publish(staff.pkd)
    client.get(path.format(first.pk))
    with django_assert_num_queries(queries):
        client.get(path.format(first.pk))
    publish(staff.pkd)
    publish(staff.pkd, length=12)
    with django_assert_num_queries(queries):
        client.get(path.format(first.pk))
