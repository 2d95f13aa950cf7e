"""Which form and which service stand behind each step's page; every app adds its own rows here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from consultations.models import Case
from consultations.parties import Actor


class StepForm(forms.Form):
    """The form of one step on one case. Its fields are the keyword arguments of the step's service."""

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.by = case, by


@dataclass(frozen=True)
class StepPage:
    """The page of one verb: what is asked (`form`), what is done with it (`service`)."""

    form: type[StepForm]
    service: Callable[..., object]


PAGES: dict[str, StepPage] = {}


def page(verb: str, form: type[StepForm], service: Callable[..., object]) -> None:
    """Give a verb of the table its page."""
    PAGES[verb] = StepPage(form, service)
