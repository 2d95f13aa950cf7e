"""A request in words, section by section, as it is read once more before it is sent or taken in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.complainant_identity import CONTACT
from intake.forms.request import RequestForm
from intake.forms.sections import Section
from intake.models import DraftFile
from intake.models.draft import FILES
from office.phones import readable
from scheduling.forms.visit_time_select import format_moment


@dataclass(frozen=True)
class Row:
    """A field's label with what was typed, and the files that were chosen for it."""

    name: str
    label: str
    text: str = ""
    files: tuple[DraftFile, ...] = ()


def check_sections(form: RequestForm) -> list[tuple[Section, list[Row]]]:
    """The sections of a valid form with what stands in them; what was left empty is left out."""
    return [(section, list(_rows(form, section))) for section in form.sections]


def without_identity(sections: list[tuple[Section, list[Row]]]) -> list[tuple[Section, list[Row]]]:
    """The same without what tells who the sender is: contact and files."""
    telling = {*CONTACT, *FILES}
    return [(section, [row for row in rows if row.name not in telling]) for section, rows in sections]


def _rows(form: RequestForm, section: Section) -> Iterator[Row]:
    for name in (*section.fields, *section.optional):
        label = str(form.fields[name].label)
        if name in FILES:
            if files := form.kept(name):
                yield Row(name, label, files=tuple(files))
            elif name == "letter":
                yield Row(name, label, _("Dibuatkan dari isian Anda"))
        elif name != "no_letter" and (text := _in_words(form, name)):
            yield Row(name, label, text)


def _in_words(form: RequestForm, name: str) -> str:
    value: Any = form.cleaned_data.get(name) if form.data.get(name) else None
    if isinstance(value, dt.datetime):
        return format_moment(value)
    if isinstance(value, dt.date):
        return date_format(value)
    if choices := dict(getattr(form.fields[name], "choices", ())):
        return str(choices.get(value, ""))
    return readable(value) if name == "phone" else str(value or "")
