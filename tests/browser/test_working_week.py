"""The office's week at a telephone: assigning by load, an officer who falls ill, a head on leave."""

import datetime as dt

import pytest

from consultations.enums import State
from consultations.scheduling import services as scheduling_services
from dispositions import relayed_orders
from documents.models import Document
from kit import clock
from office.models import Instruction
from tests.browser.accessibility import objections
from tests.browser.conftest import Arrive
from tests.browser.person import Person
from tests.factories import Staff, afresh, case_at, walk_in_at, working_moment
from tests.print.documents import words_of

TYPED_ORDER = {"order_number": "800/7/SP/2026", "order_date": "2026-01-05"}

pytestmark = [pytest.mark.browser, pytest.mark.release]


def names_of(person: Person, form: str) -> list[str | None]:
    """The people that a form offers as officers, in their order."""
    cards = person.form(form).locator("#div_id_officer [data-person]")
    return [card.get_attribute("data-person") for card in cards.all()]


def away(by: Person, last: int = 4, **more: str) -> None:
    """Enter an absence from today on."""
    day = clock.today() + dt.timedelta(days=last)
    by.open("/berhalangan/")
    by.page.get_by_role("link", name="Catat berhalangan").click()
    assert objections(by) == []
    by.page.locator('[name="reason"][value="LEAVE"]').check()
    by.send("absence", last_day=day.isoformat(), **more)


def test_a_kabid_assigns_the_least_busy_officer(staff: Staff, arrive: Arrive) -> None:
    for _ in range(2):
        case_at(State.ASSIGNED, staff)
    code = case_at(State.DISPOSED, staff).code
    kabid = arrive("kabid")
    kabid.open(f"/permohonan/{code}/assign/")
    assert names_of(kabid, "assign") == ["kabid", "other_petugas", "petugas"]
    assert not kabid.is_too_wide()
    assert objections(kabid) == []
    kabid.send("assign", officer=str(staff.other_petugas.pk))
    assert kabid.state == State.ASSIGNED
    assert "Other Petugas" in (kabid.page.locator("main").text_content() or "")  # folded on a phone


def test_an_officer_falls_ill_with_three_sessions_ahead(staff: Staff, arrive: Arrive) -> None:
    cases = []
    for n in range(3):
        case = case_at(State.PREPARED, staff)
        if n == 0:
            case.companions.set([staff.other_petugas])
        starts_at = working_moment() + n * dt.timedelta(hours=1)
        scheduling_services.schedule(case, by=staff.petugas, starts_at=starts_at)
        cases.append(case)
    kabid = arrive("kabid")
    away(kabid, person=str(staff.petugas.pk), last=9)
    assert "3 konsultasi bentrok." in kabid.said()
    assert not kabid.is_too_wide()
    assert objections(kabid) == []
    page = kabid.page.url

    kabid.page.locator('[data-verb="reassign"][data-person="other_petugas"]').click()
    kabid.send("reassign")
    for case, officer in zip(cases[1:], (staff.other_petugas, staff.kabid), strict=True):
        kabid.open(page)
        kabid.page.locator(f'[data-case="{case.code}"] [data-verb="reassign"]').click()
        kabid.send("reassign", officer=str(officer.pk))
    later = f"{working_moment(5):%Y-%m-%dT%H:%M}"
    kabid.take("reschedule", cases[2].code, reason="Petugas sakit.", starts_at=later)
    kabid.open(page)
    assert "Tidak ada konsultasi pada waktu itu." in kabid.said()
    officers = [afresh(case).officer for case in cases]
    assert officers == [staff.other_petugas, staff.other_petugas, staff.kabid]


def test_a_head_on_leave_and_two_stand_ins(staff: Staff, instruction: Instruction, arrive: Arrive) -> None:
    """The Kepala Dinas names kabid; kabid is away too and names other_kabid. The papers name each."""
    first, second = (case_at(State.REGISTERED, staff) for _ in range(2))
    report = walk_in_at(State.REPORTED, staff)
    relayed_orders.ratify(report, by=staff.kadis)
    kadis, kabid, other = (arrive(name) for name in ("kadis", "kabid", "other_kabid"))

    away(kadis)
    kadis.send("stand_in", to=str(staff.kabid.pk), **TYPED_ORDER)
    assert "Plh. Kepala Dinas" in kadis.said()
    assert objections(kadis) == []
    week = kadis.page.url
    kabid.take("forward", report.code)
    kabid.take("dispose", first.code, division=str(staff.division.pk), instructions=str(instruction.pk))

    away(kabid, last=2)
    form = kabid.page.locator('[data-form="stand_in"]', has_text="Plh. Kepala Dinas")
    form.locator('[data-person="other_kabid"] input').check()
    for name, text in TYPED_ORDER.items():
        form.locator(f'[name="{name}"]').fill(text)
    with kabid.page.expect_navigation():
        form.locator("button[type=submit]").click()
    other.take("dispose", second.code, division=str(staff.division.pk), instructions=str(instruction.pk))
    other.take("accept", report.code)

    assert "Plh. Kepala Dinas, Kabid" in words_of("lembar-disposisi", afresh(first))
    assert "Plh. Kepala Dinas, Other Kabid" in words_of("lembar-disposisi", afresh(second))
    paper = report.documents.get(kind=Document.Kind.REPORT)
    assert "Plh. Kepala Dinas" in paper.issuer
    kadis.open(week)
    done = kadis.page.locator('[data-section="meanwhile"]').inner_text()
    assert all(word in done for word in ("Other Kabid", "Kabid", "Laporan diterima", "Didisposisikan"))
