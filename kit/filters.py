"""The bar of filters above a list: its base, its fields as values, and choices with more columns."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property

from kit.clock import FIRST_DAY, LAST_DAY, midnight
from kit.forms import DATE, LocalDateField


class FilterField(NamedTuple):
    """A filter field as the bar shows it (ui/filter_field.html).

    `type` is the type of the input, `pick` the type of the calendar beside it. `options` are the choices of a
    selection: (value, label, is chosen).
    """

    name: str
    id: str
    type: str
    pick: str
    label: str
    help_text: str
    value: str
    errors: tuple[str, ...]
    options: tuple[tuple[str, str, bool], ...]

    @classmethod
    def of(cls, bound: forms.BoundField) -> "FilterField":
        value, choices = bound.value(), getattr(bound.field, "choices", ())
        return cls(
            bound.html_name,
            bound.auto_id,
            str(getattr(bound.field.widget, "input_type", "")),
            str(bound.field.widget.attrs.get("data-pick", "")),
            str(bound.label),
            str(bound.help_text),
            f"{value:{DATE}}" if isinstance(value, dt.date) else str(value or ""),
            tuple(map(str, bound.errors)),
            tuple((str(key), str(label), str(key) == value) for key, label in choices),
        )


class DayField(LocalDateField):
    """A day of any year. `DayFilter` replaces a day outside FIRST_DAY to LAST_DAY by the nearest one."""

    def to_python(self, value: Any) -> dt.date | None:
        return forms.DateField.to_python(self, value)


class DayFilter(django_filters.DateFilter):
    """Rows from a day on or, if `is_last`, until its end (current time zone)."""

    field_class = DayField

    def __init__(self, field_name: str, label: Promise, *, is_last: bool = False) -> None:
        super().__init__(field_name, label=label)
        self.is_last = is_last

    def filter(self, qs: QuerySet[Any], value: dt.date | None) -> QuerySet[Any]:
        if not value:
            return qs
        day = min(max(value, FIRST_DAY), LAST_DAY)
        if self.is_last:
            return qs.filter((f"{self.field_name}__lt", midnight(day + dt.timedelta(days=1))))
        return qs.filter((f"{self.field_name}__gte", midnight(day)))


class FilterBar(django_filters.FilterSet):
    """A filter set that a list shows as a bar of fields (ui/filter_field.html)."""

    @cached_property
    def bar(self) -> list[FilterField]:
        return [FilterField.of(bound) for bound in self.form.visible_fields()]

    @property
    def active(self) -> Iterator[tuple[Any, str]]:
        """Filters that are set, in words, each with the query string that removes it."""
        for field in self.bar:
            if chosen := self.form.cleaned_data.get(field.name):
                rest = self.data.copy()
                for name in (field.name, "before", "after"):
                    rest.pop(name, None)
                words = [label for _value, label, is_chosen in field.options if is_chosen]
                yield words[0] if words else _in_words(field, chosen), f"?{rest.urlencode()}"


def _in_words(field: FilterField, chosen: Any) -> Any:
    """Return a set filter without options in words, e.g. "Giliran saya" or "Masuk sejak 1 Nov 2026"."""
    if chosen is True:
        return field.label
    if isinstance(chosen, dt.date):
        return f"{field.label} {date_format(chosen, 'SHORT_DATE_FORMAT')}"
    return f"“{chosen}”"
