"""A citizen's whole way on a small telephone: ask, follow, complete, choose another time, say how it went."""

import pytest

from consultations import services as consultations_services
from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from reports.surveys.models import AnswerBox
from tests.browser.conftest import Arrive
from tests.browser.person import Person
from tests.factories import WAY, Staff, sign_papers

pytestmark = pytest.mark.browser

ELEMENTS = [f"u{number}" for number in range(1, 10)]


def the_office_works(case: Case, staff: Staff, until: State) -> None:
    """The office takes the case on, by its own services, to the state named."""
    states = list(WAY)
    case.refresh_from_db()
    first = states.index(State(case.state)) + 1 if case.state in states else 0
    for state in states[first : states.index(until) + 1]:
        WAY[state](case, staff)


def asks(applicant: Person, staff: Staff) -> Case:
    """Step 1: fills in, looks at the check page, sends; goes on to the page of the case."""
    applicant.open("/ajukan/")
    applicant.ask(material="Bantuan desa.")
    link = applicant.page.locator("a.secret-link")
    assert link.inner_text().startswith("https://layanan.example/p/"), "to keep: the public address"
    link.click()
    return Case.objects.get(code=applicant.code)


@pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])
def test_from_asking_to_saying_how_it_went(javascript: bool, staff: Staff, arrive: Arrive) -> None:
    applicant = arrive(javascript=javascript)
    case = asks(applicant, staff)
    page = applicant.page
    consultations_services.send_back(case, by=staff.pkd, missing="Tulis bantuan apa yang dimaksud.")

    page.reload()
    assert applicant.state == State.INCOMPLETE
    assert "Tulis bantuan apa yang dimaksud." in applicant.said()
    applicant.follow("complete")
    applicant.send("complete", material="Bantuan sosial beras bagi 30 keluarga.")
    assert applicant.state == State.SUBMITTED

    the_office_works(case, staff, State.SCHEDULED)
    page.reload()
    assert applicant.state == State.SCHEDULED
    applicant.follow("ask_time")
    other = page.locator("[name=starts_at]").nth(5).get_attribute("value")
    applicant.send("ask_time", starts_at=other, reason="Ada musyawarah desa.")
    assert "Anda meminta waktu lain" in applicant.said()

    case.refresh_from_db()
    assert case.other_time
    wish, reason = case.other_time, "Sesuai permintaan."
    scheduling_services.reschedule(case, by=staff.petugas, starts_at=wish, reason=reason)
    page.reload()
    assert "Anda meminta waktu lain" not in applicant.said()
    assert "Sesuai permintaan." in applicant.said()
    assert not applicant.is_too_wide()

    the_office_works(case, staff, State.CLOSED)
    page.reload()
    assert applicant.state == State.CLOSED
    assert not applicant.offers("survey"), "there is no answer to judge yet"
    sign_papers(case, staff)
    page.reload()
    applicant.follow("survey")
    applicant.send("survey", **dict.fromkeys(ELEMENTS, "4"), comment="Terima kasih.")
    assert AnswerBox.objects.get().answers == "444444444"
    page.goto(f"/p/{case.secret}/")
    assert not applicant.offers("survey")
