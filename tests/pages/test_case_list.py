"""The list of cases: its count and order, views under a name, and what is done with several cases at once."""

import datetime as dt
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from consultations.enums import State
from consultations.models import Case
from desk import case_list
from desk.case_list import CaseFilter
from desk.models import SavedView
from desk.saved_views import MAX_VIEWS, save_view
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.services.occasions import remind
from office.models import Role
from tests.factories import ClientOf, Staff, appoint, case_at, make_user
from tests.many_cases import cases_at
from tests.pages.test_office_lists import rows
from tests.shared_data import each


def test_the_list_says_how_many_cases_it_has(
    staff: Staff, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
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
def test_the_list_has_other_orders_page_by_page(staff: Staff, client_of: ClientOf) -> None:
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


def test_filters_are_saved_under_a_name(staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.petugas)
    case_at(State.ASSIGNED, staff)
    assert "Simpan tampilan ini" not in client.get("/permohonan/").text, "nothing is filtered"
    page = client.get("/permohonan/?q=Siti&state=ASSIGNED&division=&before=9").text
    assert 'href="/permohonan/tampilan/?state=ASSIGNED"' in page, "no words, no place"
    form = client.get("/permohonan/tampilan/?state=ASSIGNED&q=Siti").text
    assert 'name="is_shared"' not in form
    typed = {"name": "Baru ditugaskan", "is_shared": "on"}
    assert client.post("/permohonan/tampilan/?state=ASSIGNED&q=Siti", {"name": ""}).status_code == 422
    answer = client.post("/permohonan/tampilan/?state=ASSIGNED&q=Siti", typed)
    assert answer["Location"] == "/permohonan/?state=ASSIGNED"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.by, view.is_shared) == (
        *("Baru ditugaskan", "state=ASSIGNED", staff.petugas),
        False,
    )
    page = client.get("/permohonan/?state=ASSIGNED").text
    assert re.search(r'aria-current="page" data-own>Baru ditugaskan <span class="n">1</span>', page)
    assert "Simpan tampilan ini" not in page
    assert "Baru ditugaskan" not in client_of(staff.kadis).get("/permohonan/").text, "another's own"
    assert client_of(staff.kadis).post(f"/permohonan/tampilan/{view.pk}/hapus/").status_code == 404
    client.post(f"/permohonan/tampilan/{view.pk}/hapus/")
    assert not SavedView.objects.exists()


def test_a_view_of_the_office_counts_what_its_reader_may_see(staff: Staff, client_of: ClientOf) -> None:
    cases_at(State.ASSIGNED, staff, 3)
    save_view("Ditugaskan", "state=ASSIGNED", by=staff.kadis, is_shared=True)
    save_view("Daring", "channel=ONLINE", by=staff.kadis, is_shared=True)
    assert "Daring </a>" in client_of(staff.pkd).get("/permohonan/").text, "only open cases are counted"
    for reader, number in ((staff.petugas, 3), (staff.elsewhere, 0), (staff.pkd, 3)):
        page = client_of(reader).get("/permohonan/").text
        assert f'Ditugaskan <span class="n">{number}</span>' in page, reader
    assert "Hapus tampilan ini" in client_of(staff.pkd).get("/permohonan/?state=ASSIGNED").text
    assert "Hapus tampilan ini" not in client_of(staff.petugas).get("/permohonan/?state=ASSIGNED").text
    address = f"/permohonan/tampilan/{SavedView.objects.get(name='Ditugaskan').pk}/hapus/"
    assert client_of(staff.petugas).post(address).status_code == 404
    assert client_of(staff.pkd).post(address).status_code == 302
    assert not SavedView.objects.filter(name="Ditugaskan").exists()


@each(
    ("query", "stored"),
    [
        (f"late={'a' * 400}", "late=on"),
        ("late=a%00&turn=%00", "turn=on&late=on"),
        (f"date_from={'+' * 400}01-11-2026&before=9", "date_from=2026-11-01"),
        (f"state=ASSIGNED&unknown={'a' * 400}", "state=ASSIGNED"),
    ],
)
def test_a_view_stores_what_its_filters_mean(
    query: str, stored: str, staff: Staff, client_of: ClientOf
) -> None:
    client = client_of(staff.petugas)
    answer = client.post(f"/permohonan/tampilan/?{query}", {"name": "Uji"})
    assert answer["Location"] == f"/permohonan/?{stored}"
    assert SavedView.objects.get().query == stored
    assert 'aria-current="page" data-own>Uji' in client.get(answer["Location"]).text


def test_the_longest_filters_fit_into_a_view(staff: Staff) -> None:
    fields = CaseFilter(QueryDict(), staff.kadis).form.fields.items()
    choices = {name: map(str, dict(field.choices)) for name, field in fields if hasattr(field, "choices")}
    typed = {name: max(values, key=len) for name, values in choices.items()}
    typed |= {"turn": "on", "late": "on", "date_from": "01-11-2026", "date_to": "30-11-2026"}
    assert {*typed, "q"} == {name for name, _field in fields}
    narrowed = CaseFilter(QueryDict(urlencode(typed)), staff.kadis)
    assert set(QueryDict(narrowed.get_query())) == set(typed)
    longest_key, room = "9223372036854775807", SavedView._meta.get_field("query").max_length
    assert len(narrowed.get_query() + longest_key) <= (room or 0)


@each("query", ["state=X", "late=on&date_from=x", "state=%00", "late=false", "unknown=1", f"q={'a' * 400}"])
def test_a_view_of_invalid_or_no_filters_is_refused(query: str, staff: Staff, client_of: ClientOf) -> None:
    answer = client_of(staff.petugas).post(f"/permohonan/tampilan/?{query}", {"name": "Uji"})
    assert answer.status_code == 409
    assert not SavedView.objects.exists()


def test_a_view_whose_filter_is_gone_says_so(staff: Staff, client_of: ClientOf) -> None:
    save_view("Bidang lama", f"division={staff.division.pk}", by=staff.kadis)
    SavedView.objects.update(query="division=999999")
    page = client_of(staff.kadis).get("/permohonan/").text
    assert "Bidang lama <small>tidak berlaku lagi</small>" in page


def test_views_are_bounded_and_refused(staff: Staff) -> None:
    with pytest.raises(PermissionDenied):
        save_view("Semua", "late=on", by=staff.petugas, is_shared=True)
    for query in ("", "q=Siti", "state=NONSENSE"):
        with pytest.raises(Refused, match="Saring atau urutkan"):
            save_view("Kosong", query, by=staff.kadis)
    for number in range(MAX_VIEWS):
        save_view(f"Tampilan {number}", "late=on", by=staff.kadis)
    with pytest.raises(Refused, match="Hapus dahulu"):
        save_view("Satu lagi", "late=on", by=staff.kadis)
    save_view("Tampilan 0", "late=on", by=staff.kadis, is_shared=True)
    with pytest.raises(Refused, match="sudah dipakai"):
        save_view("Tampilan 0", "turn=on", by=staff.pkd, is_shared=True)


@pytest.mark.differs_by_database
def test_many_views_cost_one_query(staff: Staff, client_of: ClientOf, django_assert_num_queries: Any) -> None:
    client = client_of(staff.kadis)
    cases_at(State.FORWARDED, staff, 30)
    for number in range(MAX_VIEWS):
        save_view(f"Tampilan {number}", "state=FORWARDED&sort=batas", by=staff.kadis, is_shared=True)
        save_view(f"Tampilan {number}", "state=FORWARDED", by=staff.kadis)
    with django_assert_num_queries(7):
        page = client.get("/permohonan/").text
    assert page.count('<span class="n">30</span>') == 2 * MAX_VIEWS


def test_the_search_finds_pages_that_the_reader_may_open(staff: Staff, client_of: ClientOf) -> None:
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
    ("name", "labels"),
    [("kadis", ["Ingatkan"]), ("kabid", ["Ingatkan", "Ganti petugas"]), ("petugas", [])],
)
def test_the_list_offers_what_the_reader_may_do(
    name: str, labels: list[str], staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.ASSIGNED, staff)
    page = client_of(getattr(staff, name)).get("/permohonan/").text
    assert (f'name="pilih" value="{case.code}"' in page) == bool(labels)
    offered = re.findall(r'formaction="[^"]+"><svg.*?</svg>([^<]+)</button>', page)
    assert offered == labels


def test_a_reminder_reaches_whose_turn_it_is(staff: Staff, client_of: ClientOf) -> None:
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
    assert "Diingatkan: 2 permohonan." in shown
    assert "Permohonan ini menunggu pemohon." in shown
    sent = Notice.objects.filter(kind="REMINDER").order_by("case")
    assert [(one.case, one.recipient, one.sent_by) for one in sent] == [
        (waiting, staff.petugas, staff.kadis),
        (disposed, staff.kabid, staff.kadis),
    ]
    unread = client_of(staff.petugas).get("/pemberitahuan/").text
    assert "Anda diingatkan: permohonan ini menunggu Anda" in unread
    assert f"Oleh {staff.kadis}" in unread


@pytest.mark.differs_by_database
def test_a_case_is_reminded_of_once_a_day(staff: Staff, client_of: ClientOf) -> None:
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
    staff.petugas.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="kosong"):
        remind(case, by=staff.kadis)


def test_several_cases_get_another_officer(staff: Staff, client_of: ClientOf) -> None:
    planned, assigned = case_at(State.SCHEDULED, staff), case_at(State.ASSIGNED, staff)
    reported = case_at(State.REPORTED, staff)
    client, chosen = client_of(staff.kabid), [planned, assigned, reported]
    address = f"/permohonan/ganti-petugas/?{pick(chosen)}"
    page = client.get(address).text
    assert planned.planned_at
    assert clock.format_moment(planned.planned_at) + " ikut pindah." in page
    assert page.count("checked") == 2
    assert "Langkah “Ganti petugas” tidak dapat dilakukan" in page
    assert client.post(address, versions(*chosen)).status_code == 422, "no officer, no reason"
    typed = {"officer": staff.other_petugas.pk, "reason": "Cuti."}
    old = {"case": [f"{assigned.code}:{assigned.version - 1}"]}
    client.post(address, {**typed, **old})
    assert Case.objects.get(pk=assigned.pk).officer == staff.petugas, "it has moved meanwhile"
    shown = client.post(address, {**versions(*chosen), **typed}, follow=True).text
    assert "Petugas diganti: 2 permohonan." in shown
    assert f"Belum diproses: {reported.subject} (No. {reported.agenda})" in shown
    for case in (planned, assigned):
        case.refresh_from_db()
        assert case.officer == staff.other_petugas
        assert list(case.companions.all()) == [staff.companion], "they stay"
        assert case.history.filter(verb="reassign").count() == 1


def test_no_case_leaves_its_division_with_others(staff: Staff, client_of: ClientOf) -> None:
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
def test_nothing_happens_without_a_choice(page: str, staff: Staff, client_of: ClientOf) -> None:
    hidden = case_at(State.ASSIGNED, staff)
    answer = client_of(staff.other_kabid).get(f"/permohonan/{page}/?pilih={hidden.code}", follow=True)
    assert answer.redirect_chain == [("/permohonan/", 302)], "not visible to this reader"
    assert "Pilih sedikitnya satu permohonan." in answer.text
    assert client_of(staff.petugas).get(f"/permohonan/{page}/").status_code == 403
    assert client_of(staff.kabid).get(f"/permohonan/{page}/?pilih=%00&dari=%00").status_code == 302
