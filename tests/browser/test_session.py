"""A consultation on a phone: the timer counts, notes outlast a lost signal, a photograph is sent at once."""

import datetime as dt

import pytest
from django.utils import timezone

from consultations.enums import State
from consultations.models import Attachment
from consultations.scheduling.models import Session
from consultations.services import get_draft
from tests.browser.conftest import Arrive
from tests.browser.person import chosen
from tests.factories import Staff, case_at
from tests.submitting import image

pytestmark = pytest.mark.browser


def test_notes_are_kept_with_and_without_a_signal(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.IN_SESSION, staff)
    officer = arrive("petugas")
    page = officer.open(f"/permohonan/{case.code}/finish/")
    page.locator('[name="notes"]').fill("Ada 18 anggota.")
    page.get_by_text("Konsep tersimpan pukul").wait_for()
    assert get_draft(case, "finish").typed["notes"] == "Ada 18 anggota."  # type: ignore[union-attr]
    stored = "() => Object.keys(localStorage).filter(name => name.startsWith('rembuk-konsep'))"
    assert page.evaluate(stored) == []
    officer.context.set_offline(True)
    page.locator('[name="notes"]').fill("Ada 18 anggota. Lahan 4 ha.")
    page.get_by_text("Belum tersimpan; dicoba lagi.").wait_for()
    assert len(page.evaluate(stored)) == 1
    officer.context.set_offline(False)
    page.get_by_text("Konsep tersimpan pukul").wait_for()
    assert get_draft(case, "finish").typed["notes"] == "Ada 18 anggota. Lahan 4 ha."  # type: ignore[union-attr]
    assert page.evaluate(stored) == []
    officer.faults.clear()  # of the requests without a signal


@pytest.mark.parametrize(
    ("minutes", "words", "urgency"), [(12, "18 menit lagi", None), (31, "lewat 1", "today")]
)
def test_the_timer_turns_amber_after_the_standard_and_blocks_nothing(
    minutes: int, words: str, urgency: str | None, staff: Staff, arrive: Arrive
) -> None:
    case = case_at(State.IN_SESSION, staff)
    Session.objects.update(started_at=timezone.now() - dt.timedelta(minutes=minutes, seconds=1))
    page = arrive("petugas").open(f"/permohonan/{case.code}/finish/")
    timer = page.locator("[data-timer]")
    assert timer.locator("[data-clock]").inner_text() == str(minutes)
    assert words in timer.inner_text()
    assert timer.get_attribute("data-urgency") == urgency
    assert page.locator(".act .btn-primary").is_enabled()


def test_a_photograph_is_sent_when_it_is_taken(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.IN_SESSION, staff)
    officer = arrive("petugas")
    page = officer.open(f"/permohonan/{case.code}/finish/")
    page.locator('[name="notes"]').fill("Belum tersimpan")
    with page.expect_navigation():
        page.locator("#id_foto").set_input_files(chosen("rapat.jpg", image("JPEG", (640, 480))))
    page.locator('[data-form="photos"] img').wait_for()
    assert case.attachments.filter(purpose=Attachment.Purpose.PHOTO).count() == 1
    assert page.locator('[name="notes"]').input_value() == "Belum tersimpan"
