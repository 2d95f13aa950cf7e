"""Attacks on splits, notices, and complaints about the only head."""

import datetime as dt
from contextlib import suppress

import pytest
from django.core import mail

from consultations.enums import Kind, Party, State
from consultations.intake import sorting
from consultations.models import Case
from consultations.parties import get_present_turn, visible_to
from consultations.queries import waiting_for
from consultations.steps import PAGES
from desk.waiting import list_waiting
from kit import clock
from notices.models import Message, Notice
from notices.queries import unread_notices
from office.models import Role
from tests.factories import ClientOf, Staff, afresh, appoint, case_at
from tests.standard.steps import CALLS

SECRET = "Pungutan liar oleh seseorang"


def split_complaint(case: Case, staff: Staff) -> Case:
    return sorting.split(
        case,
        by=staff.pkd,
        subject=SECRET,
        material="Bukti " + SECRET,
        reason="Rahasia sekali.",
        kind="COMPLAINT",
    )


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REGISTERED, State.ASSIGNED, State.SCHEDULED])
def test_nobody_reads_of_the_other_case(state: State, staff: Staff, client_of: ClientOf) -> None:
    case = case_at(state, staff)
    second = split_complaint(case, staff)
    people = [
        getattr(staff, n)
        for n in (
            "kadis",
            "kabid",
            "petugas",
            "sekretaris",
            "companion",
            "other_kabid",
            "sekretariat",
            "pengawas",
            "admin",
        )
    ]
    for person in people:
        if Case.objects.filter(visible_to(person), pk=second.pk).exists():
            continue
        client = client_of(person)
        for page in (
            f"/permohonan/{case.code}/",
            "/meja/",
            "/permohonan/",
            f"/permohonan/?q={second.code}",
            "/permohonan/?q=Pungutan",
            "/pemberitahuan/",
            "/pemberitahuan/terbaru/",
            "/laporan/",
            "/jadwal/",
            f"/permohonan/{second.code}/",
            "/arsip/",
            f"/arsip/berkas/{case.code}/",
            "/catatan-akses/",
        ):
            text = client.get(page, follow=True).text
            if second.code in text.replace(f"q={second.code}", "").replace(
                f'value="{second.code}"', ""
            ) and page not in (f"/permohonan/?q={second.code}", f"/permohonan/{second.code}/"):
                raise AssertionError((person, page))
            assert SECRET not in text, (person, page)
            assert "Rahasia sekali" not in text, (person, page)
    for notice in Notice.objects.all():
        if notice.recipient and not Case.objects.filter(visible_to(notice.recipient), pk=second.pk).exists():
            assert SECRET not in notice.about
    for one in mail.outbox:
        assert SECRET not in one.body
    assert not case.attachments.filter(case=second).exists()
    assert second.code not in "".join(afresh(case).history.values_list("note", flat=True))


def test_a_replaced_officer(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff)
    CALLS["reassign"](case, staff, staff.kabid)
    case = afresh(case)
    assert unread_notices(staff.petugas).filter(case=case).exists()
    CALLS["to_complaint"](case, staff, staff.pkd)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.petugas, subject="Petugas meminta uang")
    client = client_of(staff.petugas)
    for page in ("/pemberitahuan/", "/pemberitahuan/terbaru/", "/meja/", "/meja/denyut/"):
        text = client.get(page, follow=True).text
        assert case.code not in text, page
        assert "meminta uang" not in text, page


def test_a_step_that_names_the_officer_tells_him_nothing(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT)
    CALLS["reassign"](case, staff, staff.kabid)
    case = afresh(case)
    before = Notice.objects.filter(recipient=staff.petugas).count()
    mail.outbox.clear()
    PAGES["name_official"].service(case, by=staff.pkd, complained_about=staff.petugas, reason="Diketahui.")
    case = afresh(case)
    fresh = Notice.objects.filter(recipient=staff.petugas).order_by("pk")[before:]
    assert not Message.objects.filter(notice__in=[n.pk for n in fresh]).exists()
    text = client_of(staff.petugas).get("/pemberitahuan/").text
    assert case.code not in text


STATES = [State.REGISTERED, State.FORWARDED]


@pytest.mark.parametrize("state", STATES)
def test_one_place_decides(state: State, staff: Staff, client_of: ClientOf) -> None:
    case = case_at(state, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    case = afresh(case)
    assert get_present_turn(case) == Party.TIM_PKD
    assert case in waiting_for(staff.pkd)
    assert case not in waiting_for(staff.kadis)
    assert case in [row.case for row in list_waiting(staff.pkd).rows]
    for page in ("/meja/", "/meja/satu-per-satu/", "/meja/berikutnya/"):
        answer = client_of(staff.pkd).get(page, follow=True)
        print(page, answer.status_code, case.code in answer.text)
        text = client_of(staff.kadis).get(page, follow=True).text
        assert case.code not in text
    # a second head decides
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    other = type(staff.other_kabid).objects.get(pk=staff.other_kabid.pk)
    assert get_present_turn(afresh(case)) == Party.HEAD
    assert case in waiting_for(other)
    assert case not in waiting_for(staff.pkd)


def test_ended_complaints_give_no_hint_of_a_missing_head(staff: Staff, client_of: ClientOf) -> None:
    for state in (State.CLOSED, State.DECLINED, State.WITHDRAWN):
        case = case_at(state, staff, kind=Kind.COMPLAINT)
        assert case.turn is None
        assert (
            "yang karena itu tidak melihat" not in client_of(staff.pkd).get(f"/permohonan/{case.code}/").text
        )


def test_no_reminder_of_a_complaint_about_the_head_reaches_him(staff: Staff) -> None:
    from notices import jobs

    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis, subject=SECRET)
    mail.outbox.clear()
    names = [n for n in dir(jobs) if not n.startswith("_")]
    print(names)
    with clock.set_to(clock.now() + dt.timedelta(days=12)):
        for name in names:
            job = getattr(jobs, name)
            if callable(job) and getattr(job, "__module__", "") == "notices.jobs":
                with suppress(TypeError):
                    job()
    for one in mail.outbox:
        if staff.kadis.email in one.to:
            assert case.code not in one.body
            assert SECRET not in one.body
    assert not Notice.objects.filter(case=case, recipient=staff.kadis, about=SECRET).exists()
