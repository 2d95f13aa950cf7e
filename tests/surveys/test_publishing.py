"""Publishing results: who may do it, what is refused, and what the office and everybody else can read."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consultations.enums import Kind
from consultations.models import Case
from kit.periods import Period
from kit.refusal import Refused
from office.models import User
from reports.surveys import services
from reports.surveys.models import PlanItem, Publication
from reports.surveys.queries import get_current_publication
from reports.surveys.regulation import Service, closes_on
from tests.factories import Staff, client_of
from tests.surveys.answering import (
    PLAN,
    address,
    after,
    answers,
    fill,
    last_quarter,
    on,
    publish,
    this_quarter,
    write_plan,
)
from tests.surveys.test_index import GRADE, INDEX, LOWEST, MEANS

CONSULTATION = Service.CONSULTATION
HEAT = "Ruang tunggu panas."


def read(client: Client, url: str) -> str:
    return client.get(url).text


def test_a_published_result_stays_and_a_correction_is_a_new_version(staff: Staff) -> None:
    fill()
    first = publish(staff.kadis)
    PlanItem.objects.update(percent=50, action="Lain")
    second = publish(staff.kadis, seen=1)
    first.refresh_from_db()
    assert (first.version, first.figures["index"], first.title) == (1, INDEX, "Kepala Dinas")
    assert [line.split()[0] for line in first.plan.splitlines()] == ["U2", "U3", "U9"]
    assert first.plan.count(f"{PLAN} (Sekretariat, ") == second.plan.count("Lain (Sekretariat, ") == 3
    assert (second.version, second.figures["n"], second.title) == (2, 5, "Kepala Dinas")


def test_what_cannot_be_published_is_refused_with_a_sentence(staff: Staff) -> None:
    answers(4)
    quarter, month = this_quarter(), Period.of("2026-08")
    assert month
    with pytest.raises(Refused, match="mulai 5 jawaban"):
        publish(staff.kadis)
    answers(1)
    for user in (staff.pkd, staff.sekretariat, staff.kabid, staff.petugas, staff.admin, staff.expired):
        with after(quarter), pytest.raises(PermissionDenied):
            services.publish(by=user, period=quarter, service=CONSULTATION, analysis="x")
    with pytest.raises(Refused, match="setiap triwulannya"):
        publish(staff.kadis, Period.year_of(quarter.since))
    with on(closes_on(quarter)), pytest.raises(Refused, match="sesudah survei periode ini ditutup"):
        services.publish(by=staff.kadis, period=quarter, service=CONSULTATION, analysis="x")
    with pytest.raises(Refused, match="per triwulan atau tahun"):
        publish(staff.kadis, month)
    with after(quarter), pytest.raises(Refused, match=r"Tulis dulu rencana .* unsur U1, U2, U3"):
        services.publish(by=staff.kadis, period=quarter, service=CONSULTATION, analysis="x")
    publish(staff.kadis, seen=0)
    with pytest.raises(Refused, match="baru saja diterbitkan"):
        publish(staff.kadis, seen=0)
    assert Publication.objects.count() == 1


def test_the_current_publication_is_the_asked_period_or_the_latest(
    staff: Staff, at_most_queries: DjangoAssertNumQueries
) -> None:
    assert get_current_publication() is None
    year = Period.year_of(dt.date(this_quarter().year - 1, 1, 1))
    for quarter in year.quarters:
        answers(day=quarter.until)
    of_year, corrected = publish(staff.kadis, year), publish(staff.kadis, year)
    of_quarter = publish(staff.kadis, year.quarters[3])  # ends on the same day as the year
    with at_most_queries(1):
        assert get_current_publication() == corrected != of_year
    assert get_current_publication(year.quarters[3]) == of_quarter
    assert get_current_publication(year.quarters[0]) == corrected


# The office's page


def test_who_opens_which_page(staff: Staff) -> None:
    for path, readers in {
        "/survei/": {"sekretariat", "pkd", "sekretaris", "kadis"},
        "/survei/isian/": {"sekretariat", "pkd"},
    }.items():
        found = {user.username: client_of(user).get(path).status_code for user in User.objects.all()}
        assert found == {name: 200 if name in readers else 403 for name in found}


def test_tim_pkd_reads_comments_and_plans_and_the_head_publishes(staff: Staff) -> None:
    case = answers(day=last_quarter().until, comment=HEAT)[0]
    write_plan(last_quarter())
    users = (staff.sekretariat, staff.pkd, staff.kadis)
    pages = [read(client_of(user), address(last_quarter())) for user in users]
    assert [page.count(HEAT) for page in pages] == [0, 5, 5]
    for control, shown in (
        ('data-verb="publish"', [False, False, True]),
        ('data-verb="plan-item"', [False, True, True]),
        ('href="/survei/isian/"', [True, True, False]),
    ):
        assert [control in page for page in pages] == shown, control
    assert [client_of(user).post("/survei/", {}).status_code for user in users[:2]] == [403, 403]
    for words in (case.code, case.secret, case.applicant_name, case.subject):
        assert words not in pages[2]


def test_the_official_complained_about_sees_the_same_as_everybody(staff: Staff) -> None:
    details = {"kind": Kind.COMPLAINT, "complained_party": "Kepala Dinas"}
    case = answers(5, details=details, u1=1)[0]
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    with after(quarter := this_quarter()):
        of_official, of_others = (
            re.sub(
                r'name="csrfmiddlewaretoken" value="\w+"',
                "",
                read(client_of(user), f"{address(quarter)}&layanan=COMPLAINT"),
            )
            .split("data-index=")[1]
            .split('id="terbit"')[0]
            for user in (staff.kadis, staff.pkd)
        )
    assert of_official == of_others
    assert 'data-n="5"' in of_official
    assert "5 dari 5 pemohon" in of_official


def test_the_page_shows_the_figures_of_the_chosen_period(staff: Staff) -> None:
    quarter, client = last_quarter(), client_of(staff.pkd)
    fill(quarter.until)
    answers(4, comment=HEAT, sex="MALE")
    page = read(client, address(quarter))
    assert f'data-index="{INDEX}" data-grade="{GRADE}" data-n="5"' in page
    assert [
        words
        for words in (
            *("81,11", "5 dari 6 pemohon", "83,3&nbsp;%", "Semua pemohon diminta mengisi", "belum cukup"),
        )
        if words not in page
    ] == []
    assert [code for code in LOWEST if f'data-lowest="{code}"' in page] == LOWEST
    assert f'aria-current="page">{quarter.title}</a>' in page
    answers(4, comment=HEAT)
    now = read(client, "/survei/")
    assert 'data-index="" data-grade="" data-n="8"' in now
    assert "sesudah survei periode ini ditutup" in now
    assert HEAT not in now
    assert f'aria-current="page">{this_quarter().title}</a>' in now


NOT_OFFERED = (
    ("x", "{}-09-30"),
    ("0001-01-01", "0001-12-31"),
    ("{}-10-02", "{}-10-01"),
    ("{}-07-01", "{}-09-29"),
    ("{}-07-01", "{}-12-31"),
    ("{}-08-01", "{}-10-31"),
    ("{}-01-01", "{}-03-31"),  # before the first
    ("2099-01-01", "2099-03-31"),
)


def test_a_period_that_is_not_offered_gets_a_sentence_and_choices(staff: Staff) -> None:
    year, client = this_quarter().year - 1, client_of(staff.kadis)
    answers(day=dt.date(year, 7, 1), comment=HEAT)
    for since, until in NOT_OFFERED:
        days = {"since": since.format(year), "until": until.format(year)}
        with on(dt.date(year, 11, 24)):
            responses = client.get("/survei/", days), client.post("/survei/", {**days, "seen": 0})
        for response in responses:
            page = response.text
            assert response.status_code == 422
            assert "ditampilkan per triwulan atau tahun" in page
            assert f'href="?since={year}-10-01&amp;until={year}-12-31">Triwulan IV {year}</a>' in page
            assert not any(words in page for words in ("data-index", 'data-n="', HEAT))
        assert not Publication.objects.exists()


def test_publishing_through_the_page(staff: Staff) -> None:
    quarter, client = last_quarter(), client_of(staff.kadis)
    fill(quarter.until)
    form = {"since": str(quarter.since), "until": str(quarter.until), "seen": 0, "analysis": "Penuh."}
    with on(closes_on(quarter)):
        page, refused = read(client, address(quarter)), client.post("/survei/", form)
    assert refused.status_code == 409
    for text in (page, refused.text):
        assert "sesudah survei periode ini ditutup, " in text
    assert "survey-publish" not in page
    missing = client.post("/survei/", form)
    assert missing.status_code == 409
    assert "Tulis dulu rencana tindak lanjut untuk unsur U3, U9, U2" in missing.text
    write_plan(quarter)
    assert "survey-publish" in read(client, address(quarter))
    done = client.post("/survei/", form)
    publication = Publication.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"/survei/hasil/{publication.pk}/")
    assert client.post("/survei/", form).status_code == 409
    again = read(client, address(quarter))
    assert PLAN in again
    assert 'name="seen" value="1"' in again


def test_the_page_costs_the_same_queries(staff: Staff, at_most_queries: DjangoAssertNumQueries) -> None:
    quarter = last_quarter()
    for _time in range(2):
        answers(day=quarter.until, comment="Satu")
        publish(staff.kadis, quarter)
        for user, queries in ((staff.sekretariat, 7), (staff.pkd, 9), (staff.kadis, 10)):
            client = client_of(user)
            client.get(address(quarter))
            with at_most_queries(queries):
                client.get(address(quarter))


# The public pages


def test_everybody_reads_all_that_the_regulation_asks_for(staff: Staff, client: Client) -> None:
    fill()
    publication = publish(staff.kadis)
    page = read(client, publication.get_absolute_url())
    expected = ["81,11", "B: Baik", "5 dari 6", "83,3&nbsp;%", "Semua pemohon diminta mengisi", PLAN]
    expected.append("belum cukup")
    assert [words for words in [*expected, publication.period.title] if words not in page] == []
    assert f'href="/survei/hasil/{publication.pk}.pdf"' in page
    assert page.count("<tr>") == 11
    assert [mean for mean in MEANS if mean.replace(".", ",") not in page] == []
    assert [code for code in LOWEST if f'data-lowest="{code}"' in page] == LOWEST
    assert staff.pkd.name not in page


def test_an_older_version_says_that_it_was_corrected(staff: Staff, client: Client) -> None:
    assert "Belum ada hasil yang diterbitkan" in read(client, "/survei/hasil/")
    for path in ("1/", f"{'9' * 30}/", "1.pdf"):
        assert client.get(f"/survei/hasil/{path}").status_code == 404
    answers()
    first, second = publish(staff.kadis), publish(staff.kadis)
    old = read(client, first.get_absolute_url())
    assert "sudah diralat" in old
    assert second.get_absolute_url() in old
    assert "sudah diralat" not in read(client, second.get_absolute_url())
    listed = read(client, "/survei/hasil/")
    assert second.get_absolute_url() in listed
    assert first.get_absolute_url() not in listed


def test_the_public_pages_cost_the_same_queries(
    staff: Staff, client: Client, at_most_queries: DjangoAssertNumQueries
) -> None:
    answers()
    first = publish(staff.kadis)
    for _time in range(2):
        for path, queries in (("/survei/hasil/", 2), (first.get_absolute_url(), 4)):
            client.get(path)
            with at_most_queries(queries):
                client.get(path)
        publish(staff.kadis)
        answers(day=last_quarter().until)
        publish(staff.kadis, last_quarter())
