"""The widget of the visit time: a list of the free times."""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

VALUE = "%Y-%m-%dT%H:%M"


def format_moment(moment: dt.datetime) -> str:
    """Return a moment in words: `Kamis, 26 November 2026, 09.30 WIB`."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'l, j F Y')}, {date_format(local, 'TIME_FORMAT')} WIB"


class VisitTimeSelect(forms.Select):
    """A `<select>` of free times, grouped by day. A chosen time that is no longer free stays visible.

    Like all widgets it works with local times without a zone.
    """

    def __init__(self, moments: tuple[dt.datetime, ...], empty_label: Promise | str) -> None:
        super().__init__()
        self.moments, self.empty_label = [timezone.make_naive(moment) for moment in moments], empty_label

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Render without templates: 140 options take 3 ms, and 37 ms with a template for each."""
        chosen = f"{value:{VALUE}}" if isinstance(value, dt.datetime) else str(value or "")
        return format_html(
            '<select name="{}"{}>{}{}{}</select>',
            name,
            forms.utils.flatatt(self.build_attrs(self.attrs, attrs)),
            format_html('<option value="">{}</option>', self.empty_label),
            self._unavailable_option(value, chosen),
            format_html_join("", "{}", ((group,) for group in self._groups(chosen))),
        )

    def _groups(self, chosen: str) -> Iterator[SafeString]:
        for day, moments in groupby(self.moments, key=dt.datetime.date):
            options = (
                (v, SafeString(" selected" if v == chosen else ""), label)
                for v, label in map(_option, moments)
            )
            yield format_html(
                '<optgroup label="{}">{}</optgroup>',
                date_format(day, "l, j F Y"),
                format_html_join("", '<option value="{}"{}>{}</option>', options),
            )

    def _unavailable_option(self, value: Any, chosen: str) -> SafeString:
        if not isinstance(value, dt.datetime) or value in self.moments:
            return SafeString()
        moment = format_moment(timezone.make_aware(value))
        label = gettext("%(moment)s (tidak dapat dipilih)") % {"moment": moment}
        return format_html('<option value="{}" selected>{}</option>', chosen, label)


def _option(moment: dt.datetime) -> tuple[str, str]:
    """Return value and label. The label repeats the day, as a closed list shows no group."""
    return f"{moment:{VALUE}}", f"{date_format(moment, 'D, j M')}, {date_format(moment, 'TIME_FORMAT')}"
