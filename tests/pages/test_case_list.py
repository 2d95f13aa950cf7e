"""The list of cases: its count and order, views under a name, and what is done with several cases at once."""

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import State
from consultations.models import Case
from desk import case_list
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.occasions import remind
from office.models import Role
from tests.factories import Staff, appoint, case_at, client_of, make_user
from tests.many_cases import cases_at
from tests.pages.test_office_lists import rows
from tests.shared_data import each


def test_the_list_says_how_many_cases_it_has(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(staff.pkd)
    case_at(State.REGISTERED, staff)
    assert "<h2>1 permohonan</h2>" in client.get("/permohonan/").text
    cases_at(State.SUBMITTED, staff, 29)
    assert "<h2>30 permohonan</h2>" in client.get("/permohonan/").text
    assert "<h2>29 permohonan</h2>" in client.get("/permohonan/?state=SUBMITTED").text
    monkeypatch.setattr(case_list, "MAX_COUNTED", 28)
    assert "<h2>Lebih dari 28 permohonan</h2>" in client.get("/permohonan/?state=SUBMITTED").text
    assert "<h2>Yang paling cocok</h2>" in client.get("/permohonan/?q=bantuan").text, "words are similar"


@pytest.mark.differs_by_database
def test_the_list_has_other_orders_page_by_page(staff: Staff) -> None:
    cases, client = cases_at(State.SUBMITTED, staff, 27), client_of(staff.pkd)
    codes, now = [case.code for case in cases], clock.now()
    for number, case in enumerate(reversed(cases)):
        due = now + dt.timedelta(hours=number // 2)  # two of each deadline
        Case.objects.filter(pk=case.pk).update(due_at=None if number == 26 else due)
    deadlines = Case.objects.filter(due_at__isnull=False).order_by("due_at", "pk")
    by_deadline = [*deadlines.values_list("code", flat=True), codes[0]]
    for query, expected in (("sort=lama", codes), ("sort=batas", by_deadline)):
        page = client.get(f"/permohonan/?{query}").text
        older = unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0])
        assert [*rows(client, f"/permohonan/?{query}"), *rows(client, f"/permohonan/{older}")] == expected
    for forged in ("after=x~1", "after=9999-12-31~1", "after=0001-01-01T00:00%2B14:00~1", "after=~x"):
        rows(client, f"/permohonan/?sort=batas&{forged}")


def test_the_search_finds_pages_that_the_reader_may_open(staff: Staff) -> None:
    def found(reader: Any, words: str) -> list[str]:
        page = client_of(reader).get("/permohonan/", {"q": words}).text
        part = page.partition('class="found-pages"')[2].partition("</nav>")[0]
        return re.findall(r'href="([^"]+)"', part)

    assert found(staff.kadis, "dasb") == ["/dasbor/"]
    assert found(staff.kadis, "AGENDA buku") == ["/agenda/"]
    assert found(staff.petugas, "dasbor") == [], "no right"
    assert found(staff.kadis, "a") == found(staff.kadis, "asbor") == found(staff.kadis, "dasbor lama") == []
    assert {"/permohonan/", "/perubahan-akses/"} <= set(found(staff.kadis, "per"))
    english = client_of(staff.kadis)
    english.cookies["language"] = "en"
    assert 'href="/dasbor/"' in english.get("/permohonan/?q=dashb").text.partition("found-pages")[2]


# -- several cases at once


def pick(cases: list[Case]) -> str:
    return "&".join(f"pilih={case.code}" for case in cases)


def versions(*cases: Case) -> dict[str, Any]:
    return {"case": [f"{case.code}:{case.version}" for case in cases]}


@each(
    ("name", "labels"), [("kadis", ["Ingatkan"]), ("kabid", ["Ingatkan", "Ganti petugas"]), ("petugas", [])]
)
def test_the_list_offers_what_the_reader_may_do(name: str, labels: list[str], staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    page = client_of(getattr(staff, name)).get("/permohonan/").text
    assert (f'name="pilih" value="{case.code}"' in page) == bool(labels)
    offered = re.findall(r'formaction="[^"]+"><svg.*?</svg>([^<]+)</button>', page)
    assert offered == labels


def test_a_reminder_reaches_whose_turn_it_is(staff: Staff) -> None:
    waiting, disposed = case_at(State.ASSIGNED, staff), case_at(State.DISPOSED, staff)
    applicants, ended = case_at(State.INCOMPLETE, staff), case_at(State.CLOSED, staff)
    client, chosen = client_of(staff.kadis), [waiting, disposed, applicants, ended]
    page = client.get(f"/permohonan/ingatkan/?{pick(chosen)}&dari=late%3Don").text
    assert not Notice.objects.filter(kind="REMINDER").exists(), "shown first"
    for sentence in (
        *(f"Kepada {staff.petugas}", f"Kepada {staff.kabid}"),
        *("Permohonan ini menunggu pemohon.", "Permohonan ini sudah selesai."),
    ):
        assert sentence in page
    assert page.count("disabled") == 2
    answer = client.post(f"/permohonan/ingatkan/?{pick(chosen)}&dari=late%3Don", versions(*chosen))
    assert answer["Location"] == "/permohonan/?late=on"
    shown = client.get(answer["Location"]).text
    assert "Permohonan ini menunggu pemohon." in shown
    sent = Notice.objects.filter(kind="REMINDER").order_by("case")
    assert [(one.case, one.recipient, one.sent_by) for one in sent] == [
        (waiting, staff.petugas, staff.kadis),
        (disposed, staff.kabid, staff.kadis),
    ]
    unread = client_of(staff.petugas).get("/pemberitahuan/").text
    assert f"Oleh {staff.kadis}" in unread


@pytest.mark.differs_by_database
def test_a_case_is_reminded_of_once_a_day(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    remind(case, by=staff.kadis)
    with pytest.raises(Refused, match="sudah diingatkan"):
        remind(case, by=staff.sekretariat)
    yesterday = clock.midnight(clock.today()) - dt.timedelta(minutes=1)
    Notice.objects.filter(kind="REMINDER").update(created_at=yesterday)
    remind(case, by=staff.sekretariat)
    first, second = Notice.objects.filter(kind="REMINDER").order_by("pk")
    assert first.superseded_at is not None
    assert second.superseded_at is None
    dispositions_services.prepare(case, by=staff.petugas, administration="A", materials="B")
    second.refresh_from_db()
    assert second.superseded_at is not None, "the next step ends it"


def test_who_may_not_remind_is_refused(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    with pytest.raises(PermissionDenied):
        remind(case, by=staff.other_petugas)
    with pytest.raises(Refused, match="menunggu Anda sendiri"):
        remind(case_at(State.DISPOSED, staff), by=staff.kabid)
    for person in (staff.petugas, staff.kabid):
        person.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="kosong"):
        remind(case, by=staff.kadis)


def test_several_cases_get_another_officer(staff: Staff) -> None:
    planned, assigned = case_at(State.SCHEDULED, staff), case_at(State.ASSIGNED, staff)
    reported = case_at(State.REPORTED, staff)
    client, chosen = client_of(staff.kabid), [planned, assigned, reported]
    address = f"/permohonan/ganti-petugas/?{pick(chosen)}"
    page = client.get(address).text
    assert planned.planned_at
    assert clock.format_moment(planned.planned_at) + " ikut pindah." in page
    assert page.count("checked") == 2
    assert client.post(address, versions(*chosen)).status_code == 422, "no officer, no reason"
    typed = {"officer": staff.other_petugas.pk, "reason": "Cuti."}
    old = {"case": [f"{assigned.code}:{assigned.version - 1}"]}
    client.post(address, {**typed, **old})
    assert Case.objects.get(pk=assigned.pk).officer == staff.petugas, "it has moved meanwhile"
    shown = client.post(address, {**versions(*chosen), **typed}, follow=True).text
    assert f"Belum diproses: {reported.subject} (No. {reported.agenda})" in shown
    for case in (planned, assigned):
        case.refresh_from_db()
        assert case.officer == staff.other_petugas
        assert list(case.companions.all()) == [staff.companion], "they stay"
        assert case.history.filter(verb="reassign").count() == 1


def test_no_case_leaves_its_division_with_others(staff: Staff) -> None:
    head = make_user("two_divisions")
    for division in (staff.division, staff.other_division):
        appoint(head, Role.DIVISION_HEAD, division)
    here, there = case_at(State.ASSIGNED, staff), case_at(State.DISPOSED, staff)
    Case.objects.filter(pk=there.pk).update(division=staff.other_division)
    there.refresh_from_db()
    dispositions_services.assign(there, by=head, officer=staff.elsewhere)
    page = client_of(head).get(f"/permohonan/ganti-petugas/?{pick([here, there])}").text
    assert page.count("dari satu bidang saja") == 1


@each("page", ["ingatkan", "ganti-petugas"])
def test_nothing_happens_without_a_choice(page: str, staff: Staff) -> None:
    hidden = case_at(State.ASSIGNED, staff)
    answer = client_of(staff.other_kabid).get(f"/permohonan/{page}/?pilih={hidden.code}", follow=True)
    assert answer.redirect_chain == [("/permohonan/", 302)], "not visible to this reader"
    assert "Pilih sedikitnya satu permohonan." in answer.text
    assert client_of(staff.petugas).get(f"/permohonan/{page}/").status_code == 403
    assert client_of(staff.kabid).get(f"/permohonan/{page}/?pilih=%00&dari=%00").status_code == 302
