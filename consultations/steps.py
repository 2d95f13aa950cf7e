"""Registry of step pages: form and service of each verb. Every app registers its own in `steps.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from consultations import services
from consultations.forms import agenda
from consultations.forms.step import StepForm

__all__ = ["PAGES", "StepForm", "StepPage", "page"]


@dataclass(frozen=True)
class StepPage:
    """The page of one verb. The form's cleaned data are the keyword arguments of the service.

    `context_template` is shown beside the form; it can read `form`.
    """

    form: type[StepForm]
    service: Callable[..., object]
    context_template: str = ""


PAGES: dict[str, StepPage] = {}


def page(verb: str, form: type[StepForm], service: Callable[..., object], context_template: str = "") -> None:
    """Register the page of a verb."""
    PAGES[verb] = StepPage(form, service, context_template)


page("register", agenda.RegisterForm, services.register)
page("send_back", agenda.SendBackForm, services.send_back)
page("lapse", agenda.LapseForm, services.lapse)
page("void", agenda.VoidForm, services.void)
page("renew_link", agenda.RenewLinkForm, services.renew_link)
page("name_official", agenda.NameOfficialForm, services.name_official)
page("conclude", agenda.ConcludeForm, services.conclude)
page("dismiss", agenda.DismissForm, services.dismiss)
page("refer_up", agenda.ReferUpForm, services.refer_up)
