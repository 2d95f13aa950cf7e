"""A list of items in a form: as many inputs of one name as there are items, each with errors of its own."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.fields import LocalDateField
from consultations.forms.step import TextField
from office import clock
from reports.forms.section import BoundSection
from reports.items import Item
from reports.sections import FIELD_OF

MOST = 50
"""Items of one kind in one report."""

SPARE = 3
"""Empty rows that who has no JavaScript is given when asking for more."""

INPUTS: dict[str, forms.Field] = {
    "text": TextField(
        error_messages={"required": gettext_lazy("Tulis rekomendasinya, atau kosongkan seluruh butir ini.")}
    ),
    "responsible": forms.CharField(max_length=150, required=False),
    "due": LocalDateField(required=False),
}
"""What is typed of one item. Only a recommendation has the last two."""

type Typed = dict[str, str]
"""One item as it was typed, by the names of INPUTS."""


class ItemError(ValidationError):
    """What is wrong with one input of one item; `number` counts from 1."""

    def __init__(self, message: str, *, number: int, name: str) -> None:
        super().__init__(message)
        self.number, self.name = number, name


class ItemsInput(forms.Widget):
    """Reads the repeated inputs of a kind; of each item what was typed, those left empty not at all."""

    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Typed]:
        def values(suffix: str = "") -> list[str]:
            found = data.getlist(name + suffix) if hasattr(data, "getlist") else data.get(name + suffix, [])
            return [found] if isinstance(found, str) else found

        columns = [values(), values("_responsible"), values("_due")]
        rows = [dict(zip(INPUTS, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]
        return [row for row in rows if any(text.strip() for text in row.values())]


@dataclass(frozen=True)
class Row:
    """One item as the form shows it: what was typed and what is wrong with it."""

    number: int
    id: str
    text: str
    responsible: str
    due: str
    errors: dict[str, list[str]]
    is_next: bool = False


class BoundItems(BoundSection):
    """The items of one kind on the page."""

    @cached_property
    def rows(self) -> list[Row]:
        """What was typed and an empty row for what comes next; more of them where they were asked for."""
        typed: list[Typed] = self.value() or []
        asked = self.form.initial.get("tambah") == self.name
        empty: list[Typed] = [{}] * (SPARE if asked else 1)
        return [
            self._row(number, row, is_next=asked and number == len(typed) + 1)
            for number, row in enumerate([*typed, *empty][: max(MOST, len(typed))], start=1)
        ]

    def _row(self, number: int, row: Typed, *, is_next: bool) -> Row:
        errors: dict[str, list[str]] = {}
        for error in self._errors():
            if isinstance(error, ItemError) and error.number == number:
                errors.setdefault(error.name, []).extend(error.messages)
        due = INPUTS["due"].bound_data(row.get("due", ""), None)
        return Row(
            number,
            f"{self.auto_id}_{number}",
            row.get("text", ""),
            row.get("responsible", ""),
            str(due or ""),
            errors,
            is_next,
        )

    @property
    def common_errors(self) -> list[str]:
        """What is wrong with no item alone."""
        errors = [error for error in self._errors() if not isinstance(error, ItemError)]
        return [message for error in errors for message in error.messages]

    @property
    def has_parties(self) -> bool:
        """Whether each item may name who is responsible and by when."""
        return self.name == FIELD_OF[Item.Kind.RECOMMENDATION]

    def _errors(self) -> list[ValidationError]:
        return self.errors.as_data()


class ItemsField(forms.Field):
    """The items of one kind. Its value is a list of `Item`.

    `agreed` are due dates of the version before: they may stay though they have passed.
    """

    widget = ItemsInput
    bound_field_class = BoundItems

    def __init__(self, kind: Item.Kind, **kwargs: Any) -> None:
        super().__init__(label=kind.label, required=False, **kwargs)
        self.kind = kind
        self.agreed: frozenset[dt.date] = frozenset()

    def clean(self, rows: list[Typed]) -> list[Item]:
        errors: list[ValidationError] = []
        if len(rows) > MOST:
            errors.append(
                ValidationError(_("Paling banyak %(most)d butir. Gabungkan sebagian.") % {"most": MOST})
            )
        items = [self._item(number, row, errors) for number, row in enumerate(rows[:MOST], start=1)]
        if errors:
            raise ValidationError(errors)
        return items

    def _item(self, number: int, row: Typed, errors: list[ValidationError]) -> Item:
        values: dict[str, Any] = {}
        for name, field in INPUTS.items():
            try:
                values[name] = field.clean(row.get(name, ""))
            except ValidationError as error:
                errors += [ItemError(text, number=number, name=name) for text in error.messages]
        due = values.get("due")
        if due and due < clock.today() and due not in self.agreed:
            sentence = _("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
            errors.append(ItemError(sentence, number=number, name="due"))
        return Item(self.kind, values.get("text", ""), values.get("responsible", ""), due)


def as_typed(items: list[Item]) -> list[Typed]:
    """Items as the form's inputs show them."""
    return [
        {"text": item.text, "responsible": item.responsible, "due": item.due.isoformat() if item.due else ""}
        for item in items
    ]


def as_far_as_readable(kind: Item.Kind, rows: list[Typed]) -> Iterator[Item]:
    """The items of half-filled rows: for a preview, without a date that is none."""
    for row in rows:
        if text := row["text"].strip():
            due = INPUTS["due"].bound_data(row["due"], None)
            yield Item(kind, text, row["responsible"].strip(), due if isinstance(due, dt.date) else None)
