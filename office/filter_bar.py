"""The base of filter sets that a list shows as a bar of fields."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.utils.formats import date_format
from django.utils.functional import cached_property

from office.filter_field import FilterField


def list_bar(form: forms.Form) -> list[FilterField]:
    """Return the visible fields of a form as a bar."""
    return [FilterField.of(bound) for bound in form.visible_fields()]


class FilterBar(django_filters.FilterSet):
    """A filter set that a list shows as a bar of fields (ui/filter_field.html)."""

    @cached_property
    def bar(self) -> list[FilterField]:
        return list_bar(self.form)

    @property
    def active(self) -> Iterator[tuple[Any, str]]:
        """Filters that are set, in words, each with the query string that removes it."""
        for field in self.bar:
            if chosen := self.form.cleaned_data.get(field.name):
                rest = self.data.copy()
                for name in (field.name, "before"):
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
