"""Which form and which service stand behind each step's page; every app adds its own rows here."""

from collections.abc import Callable
from dataclasses import dataclass

from consultations import services
from consultations.forms import agenda, official
from consultations.forms.step import StepForm

__all__ = ["PAGES", "StepForm", "StepPage", "page"]


@dataclass(frozen=True)
class StepPage:
    """The page of one verb: what is asked (`form`), what is done with it (`service`).

    `context_template` is the template of what the person needs to see for this step alone; it reads `form`.
    """

    form: type[StepForm]
    service: Callable[..., object]
    context_template: str = ""


PAGES: dict[str, StepPage] = {}


def page(verb: str, form: type[StepForm], service: Callable[..., object], context_template: str = "") -> None:
    """Give a verb of the table its page."""
    PAGES[verb] = StepPage(form, service, context_template)


page("register", agenda.RegisterForm, services.register)
page("send_back", agenda.SendBackForm, services.send_back)
page("lapse", agenda.LapseForm, services.lapse)
page("void", agenda.VoidForm, services.void)
page("name_official", official.NameOfficialForm, services.name_official)
