"""The main journey by keyboard alone: every field is reached, the focus is visible, and the form is sent."""

import pytest
from django.utils import timezone

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling.availability import get_availability
from tests.browser.conftest import Arrive
from tests.browser.person import Person
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const element = document.activeElement;
  const isOutlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const style = getComputedStyle(element);
  const outline = isOutlined(style) || isOutlined(getComputedStyle(element.closest("label") ?? element));
  return {
    name: element.getAttribute("name") || element.getAttribute("href") || element.type || element.tagName,
    visible: outline || style.boxShadow !== "none",
  };
}"""


def tab_to(person: Person, name: str) -> None:
    """Press Tab until the field called `name` has the focus, which must be visible at every stop."""
    for _press in range(40):
        person.page.keyboard.press("Tab")
        focus = person.page.evaluate(FOCUS)
        assert focus["visible"], f"nobody sees that {focus['name']} has the focus"
        if focus["name"] == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_request_is_sent_with_the_keyboard_alone(staff: Staff, arrive: Arrive) -> None:
    applicant = arrive()
    keyboard = applicant.open("/ajukan/").keyboard
    tab_to(applicant, "#isi")
    keyboard.press("Enter")
    tab_to(applicant, "material")
    keyboard.type("Bagaimana cara mengusulkan warga desa kami?")
    tab_to(applicant, "visit_at_day")
    keyboard.press("Space")
    tab_to(applicant, "visit_at")
    third = get_availability().moments[2]
    keyboard.press("Space")
    for _option in range(2):
        keyboard.press("ArrowRight")
    tab_to(applicant, "applicant_name")
    keyboard.type("Siti Contoh")
    tab_to(applicant, "phone")
    keyboard.type("0812-3456-7890")
    tab_to(applicant, "no_letter")  # ticked
    tab_to(applicant, "submit")
    keyboard.press("Enter")
    applicant.page.wait_for_url("**/periksa/")
    tab_to(applicant, "submit")
    keyboard.press("Enter")
    applicant.page.wait_for_url("**/tanda-terima/*")
    case = Case.objects.get()
    assert (applicant.state, applicant.code, case.visit_at) == (State.SUBMITTED, case.code, third)


@pytest.mark.release
def test_calendar_is_walked_with_the_keyboard(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.SCHEDULED, staff)
    day = timezone.localdate(case.planned_at)
    kabid = arrive("kabid")
    kabid.open(f"/kalender/?week={day}&division={staff.division.pk}")
    tab_to(kabid, f"/permohonan/{case.code}/")
    kabid.page.keyboard.press("Enter")
    kabid.page.wait_for_url("**/permohonan/*/")
    assert kabid.code == case.code
