"""Reviewers of a report: with a Sekretaris, without one, and heads who served the case themselves."""

import datetime as dt
from functools import partial

import pytest

from consultations.enums import State
from consultations.models import Case
from consultations.services import store_involvements
from dispositions import services as dispositions_services
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Office, Role, User
from tests.factories import ClientOf, Staff, afresh, appoint, case_at, walk_in_at
from tests.journeys.actor import Actor
from tests.shared_data import each


def state_of(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def accompany(case: Case, person: User) -> None:
    """Make somebody the companion of a case, past the services."""
    case.companions.set([person])
    store_involvements(case)
    vars(case).pop("involved", None)


def test_an_office_with_a_sekretaris(
    staff: Staff, applicant: Actor, pkd: Actor, sekretaris: Actor, kadis: Actor, kabid: Actor
) -> None:
    Office.objects.update(has_secretary=True)
    case = case_at(State.SUBMITTED, staff)
    pkd.take("register", case)
    assert "Sekretaris memeriksa permohonan Anda" in applicant.client.get(f"/p/{case.secret}/").text
    assert kadis.offered(case) == []
    sekretaris.take("endorse", case, division=str(staff.division.pk), note="Mendesak bagi desa.")
    form = kadis.form(f"/permohonan/{case.code}/dispose/", "dispose")
    assert form.values["division"] == [str(staff.division.pk)]
    assert "Mendesak bagi desa." in kadis.client.get(form.address).text
    kadis.send(form)
    kabid.take("hand_back", case, reason="Bukan bidang kami.")
    assert "division" not in kadis.form(form.address, "dispose").values

    case = walk_in_at(State.REPORTED, staff)
    kabid.take("forward", case)
    assert state_of(case) == State.COSIGNING
    assert "ratify" in kadis.offered(case)
    assert "accept" not in kadis.offered(case)
    sekretaris.take("refer_back", case, reason="Sebutkan dasarnya.")
    kabid.take("forward", case, unchanged="on")
    sekretaris.take("cosign", case)
    assert case.reports.get().cosigned_by == staff.sekretaris
    kadis.take("return", case, reason="Perjelas.")
    assert case.reports.get().cosigned_by is None
    assert "Perjelas." in kabid.client.get(f"/permohonan/{case.code}/forward/").text
    kabid.take("forward", case, unchanged="on")
    assert sekretaris.offered(case) == ["cosign", "refer_back"]


def test_an_office_without_a_sekretaris_shows_nothing_of_it(
    staff: Staff, pkd: Actor, kabid: Actor, kadis: Actor
) -> None:
    case = case_at(State.SUBMITTED, staff)
    pkd.take("register", case)
    assert state_of(case) == State.REGISTERED
    for address in ("/meja/", "/permohonan/", "/statistik/", "/standar-layanan/", "/dasbor/"):
        assert "Sekretaris" not in kadis.client.get(address).text.replace("Sekretariat", ""), address


@each("has_secretary", [True, False])
@each("part", ["officer", "companion", "acting"])
def test_a_head_who_served_reviews_no_own_report(
    part: str, has_secretary: bool, staff: Staff, client_of: ClientOf
) -> None:
    """The report goes past the head of the division, to the Sekretaris or to the Kepala Dinas."""
    head = staff.petugas if part == "acting" else staff.kabid
    if part == "acting":
        appoint(head, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    case = case_at(State.HELD, staff)
    if part == "officer":
        Case.objects.filter(pk=case.pk).update(officer=head)
    if part == "companion":
        accompany(case, head)
    Office.objects.update(has_secretary=has_secretary)
    author = Actor(client_of(head if part == "officer" else staff.petugas))
    author.take("report", case, results="Jelas.", **{"advice-0-text": "Usulkan."})
    assert state_of(case) == (State.COSIGNING if has_secretary else State.FORWARDED)
    assert Actor(client_of(afresh(head))).offered(case) == ([] if part == "companion" else ["take_back"])
    reviewer, verb = (staff.sekretaris, "refer_back") if has_secretary else (staff.kadis, "return")
    Actor(client_of(reviewer)).take(verb, case, reason="Perjelas.")
    assert state_of(case) == State.HELD


def test_who_served_forwards_nothing_although_another_head_could(staff: Staff, client_of: ClientOf) -> None:
    """The officer became acting head after the report: the own report waits for the head."""
    case = case_at(State.REPORTED, staff)
    appoint(staff.petugas, Role.DIVISION_HEAD, staff.division, acting="Plh.")
    acting = Actor(client_of(afresh(staff.petugas)))
    assert acting.offered(case) == ["revise", "take_back"]
    refused = acting.client.get(f"/permohonan/{case.code}/forward/")
    assert refused.status_code == 409
    assert "Anda ikut melayani konsultasi ini" in refused.text
    acting.take("revise", case, reason="Diteruskan langsung.")
    acting.take("report", case, results="Jelas.", **{"advice-0-text": "Usulkan."})
    assert state_of(case) == State.FORWARDED


@each("state", [State.IN_SESSION, State.HELD])
def test_who_served_cannot_leave_the_case_to_review_its_report(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    accompany(case, staff.kabid)
    reassign = partial(dispositions_services.reassign, case, by=staff.kabid, reason="Cuti.")
    with pytest.raises(Refused, match="Tetaplah sebagai petugas atau pendamping"):
        reassign(officer=staff.other_petugas)
    reassign(officer=staff.other_petugas, companions=[staff.kabid])
    assert case.companions.contains(staff.kabid)


def test_nobody_serves_who_alone_would_accept_the_report(staff: Staff, client_of: ClientOf) -> None:
    case, served = case_at(State.DISPOSED, staff), case_at(State.FORWARDED, staff)
    accompany(served, staff.kabid)
    Appointment.objects.filter(user=staff.kadis).update(ends=clock.today() - dt.timedelta(days=1))
    appoint(staff.kabid, Role.HEAD, acting="Plt.")
    acting = afresh(staff.kabid)
    with pytest.raises(Refused, match="satu-satunya Kepala Dinas"):
        dispositions_services.assign(case, by=acting, officer=acting)
    refused = client_of(acting).get(f"/permohonan/{served.code}/accept/")
    assert "Mintalah administrator menunjuk Plh. Kepala Dinas" in refused.text


def test_the_same_officer_is_no_other_one(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff)
    same = list(case.companions.all())
    with pytest.raises(Refused, match="masih sama"):
        dispositions_services.reassign(
            case, by=staff.kabid, officer=staff.petugas, companions=same, reason="Cuti."
        )
    assert case.history.latest("pk").verb == "assign"
