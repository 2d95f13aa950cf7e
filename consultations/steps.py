"""Registry of step pages: form and service of each verb. Every app registers its own in `steps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from consultations import agenda_forms, complaints, corrections, secret_link, services, taking_back
from consultations.forms import StepForm

__all__ = ["PAGES", "StepForm", "StepPage", "page"]


@dataclass(frozen=True)
class StepPage:
    """The page of one verb. The form's cleaned data are the keyword arguments of the service.

    `context_template` is shown beside the form; it can read `form`. `is_folded`: on a phone it is folded with
    the data of the case, because the step can be decided without it. `after_template` is shown after the form
    of the step, for a form of its own.
    """

    form: type[StepForm]
    service: Callable[..., object]
    context_template: str = ""
    is_folded: bool = False
    after_template: str = ""


PAGES: dict[str, StepPage] = {}


def page(
    verb: str,
    form: type[StepForm],
    service: Callable[..., object],
    context_template: str = "",
    **how: Any,
) -> None:
    """Register the page of a verb. `how` are further fields of `StepPage`."""
    PAGES[verb] = StepPage(form, service, context_template, **how)


page("register", agenda_forms.RegisterForm, services.register)
page("send_back", agenda_forms.SendBackForm, services.send_back)
page("lapse", agenda_forms.LapseForm, services.lapse)
page("void", agenda_forms.VoidForm, services.void)
page("renew_link", secret_link.RenewLinkForm, services.renew_link)
page("correct_data", corrections.CorrectDataForm, corrections.correct_data)
page("name_official", complaints.NameOfficialForm, services.name_official)
page("conclude", complaints.ConcludeForm, services.conclude)
page("dismiss", complaints.DismissForm, services.dismiss)
page("refer_up", complaints.ReferUpForm, services.refer_up)
page("take_back", taking_back.TakeBackForm, taking_back.take_back)
