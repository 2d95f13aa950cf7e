"""The page of a running consultation: timer, saved notes, photographs, and its real end."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from consultations.enums import Identity, Kind, State
from consultations.models import Attachment, Case
from consultations.services import get_draft
from kit import clock
from office.models import Office
from tests.factories import Staff, case_at, client_of, walk_in_at, working_moment
from tests.shared_data import each
from tests.submitting import image, upload

NOTES = "Pokdarwis dibentuk Oktober.\nDitanya: boleh pakai dana desa?"


@pytest.fixture
def begun(staff: Staff) -> dt.datetime:
    """Return when `case` began: in the middle of a working day."""
    return timezone.localtime(working_moment()).replace(hour=9, minute=32)


@pytest.fixture
def case(begun: dt.datetime, staff: Staff) -> Case:
    with clock.set_to(begun + dt.timedelta(minutes=1)):
        return case_at(State.IN_SESSION, staff)


def page_of(case: Case, verb: str = "finish") -> str:
    return f"/permohonan/{case.code}/{verb}/"


def save_notes(case: Case, staff: Staff, notes: str = NOTES) -> None:
    client, form = client_of(staff.petugas), {"window": "a", "notes": notes, "attendees": "Siti"}
    answer = client.post(f"{page_of(case)}draf/", form, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text


def values(case: Case, begun: dt.datetime, **more: Any) -> dict[str, Any]:
    typed = {"attendees": "Siti Contoh", "day": f"{begun:%Y-%m-%d}", "started_at": f"{begun:%H:%M}"}
    return {"version": case.version, **typed, **more}


def test_the_start_leads_to_the_page_of_the_consultation(staff: Staff) -> None:
    case = walk_in_at(State.ASSIGNED, staff)
    client = client_of(staff.petugas)
    answer = client.post(page_of(case, "start"), {"version": case.version})
    assert answer["Location"] == page_of(case)


def test_the_timer_says_since_when_also_without_a_script(
    case: Case, begun: dt.datetime, staff: Staff
) -> None:
    Office.objects.update(service_minutes=40)
    with clock.set_to(begun + dt.timedelta(minutes=18)):
        text = " ".join(client_of(staff.petugas).get(page_of(case)).text.split())
    assert "mulai 09.32" in text
    assert "standar 40 menit: sampai 10.12" in text
    assert f'data-timer="{begun.isoformat()}"' in text


def test_notes_are_kept_and_begin_the_report(case: Case, begun: dt.datetime, staff: Staff) -> None:
    with clock.set_to(begun + dt.timedelta(minutes=20)):
        save_notes(case, staff)
        client = client_of(staff.petugas)
        assert "Ditanya: boleh pakai dana desa?" in client.get(page_of(case)).text
        sent = client.post(page_of(case), values(case, begun, notes=NOTES))
        assert sent.status_code == 302, sent.text
        assert get_draft(case, "finish") is None
        report = client.get(page_of(case, "report"))
    assert "Mulai lagi tanpa konsep ini" not in report.text, "nobody has saved a draft"
    form = report.context["form"]
    assert (form["results"].value(), form["general"].value() != "") == (NOTES, True)


def test_a_photograph_returns_to_the_page_and_the_notes_stay(
    case: Case, begun: dt.datetime, staff: Staff
) -> None:
    with clock.set_to(begun + dt.timedelta(minutes=5)):
        save_notes(case, staff)
        client = client_of(staff.petugas)
        form = {"version": case.version, "photos": upload("rapat.jpg", image("JPEG"))}
        answer = client.post(page_of(case, "record_attendance"), form, follow=True)
        assert answer.redirect_chain == [(page_of(case), 302)], answer.text
        file = case.attachments.get(purpose=Attachment.Purpose.PHOTO)
        assert f"/berkas/{file.pk}/" in answer.text
        assert "Ditanya: boleh pakai dana desa?" in answer.text


@each(
    "noted, ended, minutes",
    [
        (26, "09:58", 26),  # the last note
        (26, "10:02", 30),  # exactly as long as the standard says
        (26, "now", 35),
        (None, "10:02", 30),
    ],
)
def test_a_forgotten_end_is_one_tap(
    noted: int | None, ended: str, minutes: int, case: Case, begun: dt.datetime, staff: Staff
) -> None:
    if noted:
        with clock.set_to(begun + dt.timedelta(minutes=noted)):
            save_notes(case, staff)
    with clock.set_to(begun + dt.timedelta(minutes=35)):
        client = client_of(staff.petugas)
        field = client.get(page_of(case)).context["form"]["ended"]
        offered = [value for value, _label in field.field.widget.choices]
        assert offered == [*(["09:58"] if noted else []), "10:02", "now", "other"]
        assert not field.value()
        form = values(case, begun, ended=ended, overrun_reason="Banyak pertanyaan.")
        sent = client.post(page_of(case), form)
        assert sent.status_code == 302, sent.text
    assert case.sessions.get().minutes == minutes


@each("ended, finished_at", [("", ""), ("other", ""), ("", "25.00"), ("x", ""), ("", "09:00")])
def test_an_end_that_is_missing_or_forged_is_asked_for_and_begins_no_report(
    ended: str, finished_at: str, case: Case, begun: dt.datetime, staff: Staff
) -> None:
    with clock.set_to(begun + dt.timedelta(hours=3)):
        form = values(case, begun, ended=ended, finished_at=finished_at, notes=NOTES)
        answer = client_of(staff.petugas).post(page_of(case), form)
    assert answer.status_code == 422
    assert "finished_at" in answer.context["form"].errors
    assert Case.objects.get(pk=case.pk).state == State.IN_SESSION
    assert get_draft(case, "report") is None


def test_a_typed_end_wins_over_a_chosen_one_and_without_notes_no_report_begins(
    case: Case, begun: dt.datetime, staff: Staff
) -> None:
    with clock.set_to(begun + dt.timedelta(hours=3)):
        form = values(case, begun, ended="10:02", finished_at="09:50")
        assert client_of(staff.petugas).post(page_of(case), form).status_code == 302
    assert (case.sessions.get().minutes, get_draft(case, "report")) == (18, None)


def test_a_day_later_now_is_not_offered(case: Case, begun: dt.datetime, staff: Staff) -> None:
    with clock.set_to(begun + dt.timedelta(days=1)):
        field = client_of(staff.petugas).get(page_of(case)).context["form"]["ended"]
    assert [value for value, _label in field.field.widget.choices] == ["10:02", "other"]


HIDDEN = {"kind": Kind.COMPLAINT, "identity": Identity.CONFIDENTIAL}


@each("details, is_shown", [({}, True), (HIDDEN, False)])
def test_a_hidden_complainant_is_not_photographed(
    details: dict[str, Any], is_shown: bool, staff: Staff
) -> None:
    case = case_at(State.IN_SESSION, staff, **details)
    assert ('data-form="photos"' in client_of(staff.petugas).get(page_of(case)).text) == is_shown
