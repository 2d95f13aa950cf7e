"""Form fields for several records, and for people chosen by their load."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from dispositions.workload import Load
from office.words import word

type Records = Callable[[], Sequence[Model]]
"""Returns the records that a field offers, from memory."""


class OneOf(forms.ChoiceField):
    """One of `records`, as radio buttons."""

    def __init__(self, records: Records = list, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **kwargs)
        self.offer(records)

    def offer(self, records: Records) -> None:
        self.records, self.choices = records, _choices(records)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return next((record for record in self.records() if str(record.pk) == chosen), None)


class SomeOf(forms.MultipleChoiceField):
    """Checkboxes for some of `records`. A forged key, also of any length, is an error."""

    default_error_messages = {"invalid_choice": _("Pilih dari daftar ini.")}

    def __init__(self, records: Records = list, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.offer(records)

    def offer(self, records: Records) -> None:
        self.records, self.choices = records, _choices(records)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return [record for record in self.records() if str(record.pk) in chosen]


def _choices(records: Records) -> Callable[[], list[tuple[Any, str]]]:
    return lambda: [(record.pk, str(record)) for record in records()]


@dataclass(frozen=True)
class Option:
    """A person as one choice of a field. `is_self` is true for the reader."""

    value: str
    load: Load
    is_self: bool = False


type Group = tuple[str, list[Option], bool]
"""Division, people, and whether the group is shown open."""


def by_load(form: forms.Form, name: str, options: Iterable[Option], *, first_is_open: bool = True) -> Field:
    """Return the layout of a field of people: large cards by division, with the load of each person.

    People who are away are shown, but cannot be chosen. Groups with a choice are open. The first one is too
    if it holds the usual choice.
    """
    field: Any = form.fields[name]
    value = form[name].value()
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    field.chosen, field.groups = chosen, []
    for division, group in groupby(options, key=lambda option: option.load.appointment.position.division):
        people = list(group)
        is_first = first_is_open and not field.groups
        is_open = is_first or any(option.value in chosen for option in people)
        field.groups.append((str(division or word("teams")), people, is_open))
    return Field(name, template="dispositions/fields/people.html")
