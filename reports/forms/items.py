"""Form field for the items of one kind: repeated inputs, each row with its own errors."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.converters import CodeConverter
from consultations.forms.fields import LocalDateField
from consultations.forms.step import TextField
from office import clock
from reports.forms.section import BoundSection
from reports.items import Item
from reports.sections import FIELD_OF

MOST_ITEMS = 50
"""Upper limit of items of one kind in a report."""

EMPTY_ROWS = 3
"""Number of empty rows after "add item" without JavaScript."""


class SourceField(forms.CharField):
    """The source of an item. Other texts are ignored, because nobody types it."""

    def clean(self, value: str) -> str:
        return value if re.fullmatch(rf"{CodeConverter.regex}|bank-\d{{1,9}}", value) else ""


INPUTS: dict[str, forms.Field] = {
    "text": TextField(
        error_messages={"required": gettext_lazy("Tulis rekomendasinya, atau kosongkan seluruh butir ini.")}
    ),
    "responsible": forms.CharField(max_length=150, required=False),
    "due": LocalDateField(required=False),
    "source": SourceField(required=False),
}
"""Inputs of one item. `responsible` and `due` exist for recommendations, `source` for what was taken over."""

type Typed = dict[str, str]
"""The typed texts of one item, by input name."""


class ItemError(ValidationError):
    """An error in one input of one item. `number` counts from 1."""

    def __init__(self, message: str, *, number: int, name: str) -> None:
        super().__init__(message)
        self.number, self.name = number, name


class ItemsInput(forms.Widget):
    """Read the repeated inputs of a kind as rows. Empty rows are left out."""

    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Typed]:
        def values(suffix: str = "") -> list[str]:
            found = data.getlist(name + suffix) if hasattr(data, "getlist") else data.get(name + suffix, [])
            return [found] if isinstance(found, str) else found

        columns = [values(), values("_responsible"), values("_due"), values("_source")]
        rows = [dict(zip(INPUTS, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]
        return [row for row in rows if any(row[name].strip() for name in ("text", "responsible", "due"))]


@dataclass(frozen=True)
class Row:
    """One item as the form shows it: typed texts and errors."""

    number: int
    id: str
    text: str
    responsible: str
    due: str
    source: str
    errors: dict[str, list[str]]
    is_next: bool = False


class BoundItems(BoundSection):
    """The items of one kind as rows of the page."""

    @cached_property
    def rows(self) -> list[Row]:
        """The typed items and one empty row, or EMPTY_ROWS if the user asked for more."""
        typed: list[Typed] = self.value() or []
        asked = self.form.initial.get("tambah") == self.name
        empty: list[Typed] = [{}] * (EMPTY_ROWS if asked else 1)
        return [
            self._row(number, row, is_next=asked and number == len(typed) + 1)
            for number, row in enumerate([*typed, *empty][: max(MOST_ITEMS, len(typed))], start=1)
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
            INPUTS["source"].clean(row.get("source", "")),
            errors,
            is_next,
        )

    @property
    def common_errors(self) -> list[str]:
        """Errors that do not belong to one item."""
        errors = [error for error in self._errors() if not isinstance(error, ItemError)]
        return [message for error in errors for message in error.messages]

    @property
    def has_parties(self) -> bool:
        """Whether items have a responsible person and a due date."""
        return self.name == FIELD_OF[Item.Kind.RECOMMENDATION]

    def _errors(self) -> list[ValidationError]:
        return self.errors.as_data()


class ItemsField(forms.Field):
    """The items of one kind. Its value is a list of `Item`.

    `agreed` are the due dates of the version before. They may be in the past.
    """

    widget = ItemsInput
    bound_field_class = BoundItems

    def __init__(self, kind: Item.Kind, **kwargs: Any) -> None:
        super().__init__(label=kind.label, required=False, **kwargs)
        self.kind = kind
        self.agreed: frozenset[dt.date] = frozenset()

    def clean(self, rows: list[Typed]) -> list[Item]:
        errors: list[ValidationError] = []
        if len(rows) > MOST_ITEMS:
            sentence = _("Paling banyak %(most)d butir. Gabungkan sebagian.") % {"most": MOST_ITEMS}
            errors.append(ValidationError(sentence))
        items = [self._item(number, row, errors) for number, row in enumerate(rows[:MOST_ITEMS], start=1)]
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
        return Item(
            self.kind, values.get("text", ""), values.get("responsible", ""), due, values.get("source", "")
        )


def as_typed(items: list[Item]) -> list[Typed]:
    """Return items as the inputs of the form show them."""
    return [
        {
            "text": item.text,
            "responsible": item.responsible,
            "due": item.due.isoformat() if item.due else "",
            "source": item.source,
        }
        for item in items
    ]
