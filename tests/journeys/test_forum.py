"""Step 5 with a meeting (forum rapat): the head asks for it, the officer calls it and records its minutes."""

import datetime as dt

from django.utils import timezone

from consultations.enums import State
from consultations.models import Case
from consultations.work import store_items
from documents.models import Document
from kit import clock
from tests.case_page import read_all
from tests.factories import Staff, case_at, wished_moment
from tests.journeys.actor import Actor
from tests.journeys.test_nine_steps import TYPED

K = Document.Kind


def documents(case: Case, *kinds: str) -> list[tuple[str, int]]:
    issued = case.documents.in_force().filter(kind__in=kinds).order_by("kind", "version")
    return [*issued.values_list("kind", "version")]


def test_a_meeting_with_other_agencies(staff: Staff, kadis: Actor, kabid: Actor, petugas: Actor) -> None:
    case = case_at(State.REGISTERED, staff)
    kadis.take("dispose", case, division=str(staff.division.pk), with_meeting="on")
    form = kabid.form(f"/permohonan/{case.code}/assign/", "assign")
    assert form.values["needs_review"] == ["on"]
    kabid.send(form, officer=str(staff.petugas.pk))
    page = petugas.client.get(f"/permohonan/{case.code}/prepare/").text
    assert "Kepala Dinas meminta forum rapat" in page

    call = {"place": "Aula", "agenda": "Data penerima", "invited": "Kepala Dinas A\nKepala Dinas B"}
    petugas.take("call_meeting", case, starts_at=wished_moment().strftime(TYPED), **call)
    petugas.take("call_meeting", case, place="Ruang rapat")
    assert documents(case, K.INVITATION) == [(K.INVITATION, 2)]
    assert "record_minutes" not in petugas.offered(case)
    assert petugas.client.get(f"/permohonan/{case.code}/record_minutes/").status_code == 409
    Case.objects.filter(pk=case.pk).update(meeting_at=clock.now())
    store_items([Case.objects.get(pk=case.pk)])
    case.meetings.update(starts_at=clock.now() - dt.timedelta(hours=1))
    assert f"/permohonan/{case.code}/record_minutes/" in petugas.client.get("/meja/").text
    notes = {"attendees": "Siti; Kepala; Dinas A", "discussion": "Dibahas.", "conclusion": "Dipadankan."}
    notes |= {"led_by": str(staff.kabid.pk), "ended_at": timezone.localtime(clock.now()).strftime(TYPED)}
    petugas.take("record_minutes", case, **notes)
    petugas.take("record_minutes", case, conclusion="Dipadankan bulan ini.")
    assert documents(case, K.MINUTES) == [(K.MINUTES, 2)]
    petugas.take("call_meeting", case, starts_at=wished_moment().strftime(TYPED), **call)
    assert documents(case, K.INVITATION, K.MINUTES) == [(K.INVITATION, 1), (K.INVITATION, 2), (K.MINUTES, 2)]

    page = read_all(kabid.client, case)
    assert "Dipadankan bulan ini." in page
    for meeting in case.meetings.all():
        sheet = kabid.client.get(f"/permohonan/{case.code}/rapat/{meeting.pk}.pdf")
        assert (sheet.status_code, sheet["Content-Type"]) == (200, "application/pdf")
