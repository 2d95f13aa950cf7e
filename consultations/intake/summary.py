"""The summary of a request that was typed: to be checked before it is sent, and read by who moderates it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from consultations.intake.models import DraftFile
from consultations.intake.request_form import RequestForm, Section
from consultations.personal_fields import NOT_IDENTIFYING
from kit import clock
from kit.phones import readable

type Summary = list[tuple[Section, list[Row]]]


@dataclass(frozen=True)
class Row:
    """Label, text and files of one field."""

    name: str
    label: str
    text: str = ""
    files: tuple[DraftFile, ...] = ()


def summarise(form: RequestForm) -> Summary:
    """Return the sections of a validated form with their rows, without empty fields and empty folded ones."""
    summary = [(section, list(_rows(form, section))) for section in form.sections]
    return [(section, rows) for section, rows in summary if rows or section.fields]


def without_identity(summary: Summary) -> Summary:
    """Return the summary without files, and without fields that are not declared as not identifying."""
    return [(section, [row for row in rows if row.name in NOT_IDENTIFYING]) for section, rows in summary]


def _rows(form: RequestForm, section: Section) -> Iterator[Row]:
    for name in (*section.fields, *section.optional):
        label = str(form.fields[name].label)
        if name in form.file_names:
            if files := form.stored(name):
                yield Row(name, label, files=tuple(files))
            elif name == "letter" and form.needs_letter:
                yield Row(name, label, gettext("Formulir dibuatkan dari isian Anda"))
        elif name in form.asked:
            if name in form.cleaned_data["requirements"]:
                yield Row(name, label, gettext("Ya"))
        elif name != "no_letter" and (text := _text(form, name)):
            yield Row(name, label, text)


def _text(form: RequestForm, name: str) -> str:
    value: Any = form.cleaned_data.get(name) if form.data.get(name) else None
    if value is True:
        return gettext("Ya")
    if isinstance(value, dt.datetime):
        return clock.format_moment(value)
    if isinstance(value, dt.date):
        return date_format(value)
    if choices := dict(getattr(form.fields[name], "choices", ())):
        return str(choices.get(value, ""))
    return readable(value) if name == "phone" else str(value or "")
