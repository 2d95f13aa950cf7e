"""The survey on a small telephone, with and without JavaScript: nine taps, and axe objects to nothing."""

import pytest

from consultations.enums import State
from reports.surveys import services
from tests.browser.accessibility import seen, sent_empty
from tests.browser.conftest import WITH_AND_WITHOUT, Arrive
from tests.factories import Staff, applicant, case_at
from tests.surveys.answering import GOOD, address, answers, get_box, last_quarter, publish

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", WITH_AND_WITHOUT)
def test_an_applicant_answers_with_nine_taps(javascript: bool, staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.CLOSED, staff)
    visitor = arrive(javascript=javascript)
    page = visitor.open(f"/survei/{case.secret}/")
    boxes = [label.bounding_box() for label in page.locator("[data-element] label").all()]
    assert len(boxes) == 36
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in boxes), "large targets"
    for number in range(1, 9):
        visitor.page.locator(f"#u{number} label").nth(3).click()
    visitor.form("survey").locator("textarea").fill("Terima kasih.")
    visitor.send("survey")

    assert "Ada 1 bagian" in visitor.said()
    assert visitor.page.locator("[type=radio]:checked").count() == 8
    assert visitor.form("survey").locator("textarea").input_value() == "Terima kasih."

    visitor.page.locator("#u9 label").first.click()
    visitor.send("survey")
    assert "Terima kasih atas jawaban Anda" in visitor.said()
    box = get_box()
    assert (box.answers, box.comments) == ("444444441", ["Terima kasih."])


@pytest.mark.release
def test_the_survey_pages_have_no_barrier(staff: Staff, arrive: Arrive) -> None:
    case, other = case_at(State.CLOSED, staff), case_at(State.CLOSED, staff)
    visitor, clerk = arrive(), arrive()
    clerk.log_in("pkd")
    link = f"/survei/{case.secret}/"

    assert not seen(visitor, link)
    assert not sent_empty(visitor, "survey", link)
    services.answer(case, by=applicant(case), **{**GOOD, "comment": "Ruang tunggu panas."})
    answers()
    published = publish(staff.kadis)
    assert not seen(visitor, f"{link}terima-kasih/", "/survei/hasil/", published.get_absolute_url())

    receive, entry = f"/survei/diterima/{other.code}/", "/survei/isian/"
    assert not seen(clerk, entry, receive, f"/permohonan/{other.code}/")
    services.receive_form(other, by=staff.pkd)
    answers(day=last_quarter().until)
    assert not seen(clerk, "/survei/", address(last_quarter()), entry)
    assert not sent_empty(clerk, "survey", entry)
    item = f"/survei/rencana/{last_quarter().key}/CONSULTATION/U1/"
    assert not seen(clerk, item)
    assert not sent_empty(clerk, "plan-item", item)
