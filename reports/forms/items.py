"""Fields for the sections of a report, and formsets of the items in them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms import SectionField
from kit import clock
from kit.forms import LocalDateField, TextField
from kit.urls import CodeConverter
from reports.models import Remark
from reports.models.report import FIELD_OF, Item, label_of

ONE_A_LINE = _("Satu butir satu baris.")
REQUIRED: dict[str, Promise] = {
    "activities": _("Tulis kegiatan yang dilaksanakan."),
    "results": _("Tulis hasil yang dicapai."),
}


class BoundSection(BoundField):
    """A section on the page. Its form has the `remarks` on the version before."""

    @property
    def remarks(self) -> list[Remark]:
        form: Any = self.form
        return [remark for remark in form.remarks if remark.section == self.name]

    @property
    def texts(self) -> list[str]:
        return [text] if (text := (self.value() or "").strip()) else []

    @property
    def needs_attention(self) -> bool:
        return bool(self.errors or self.remarks)

    @property
    def is_aside(self) -> bool:
        """Whether the section is folded, because reviewers sent the report back for others."""
        form: Any = self.form
        return bool(form.remarks and self.texts) and not self.needs_attention


class ReportSectionField(SectionField):
    """A section of the report that is a text."""

    bound_field_class = BoundSection

    def __init__(self, name: str) -> None:
        sentence = REQUIRED.get(name)
        super().__init__(
            label=label_of(name),
            required=sentence is not None,
            help_text=ONE_A_LINE if name in ("basis", "conclusion") else "",
            error_messages={"required": sentence} if sentence else {},
        )


EXPLANATIONS: dict[Item.Kind, Any] = {
    Item.Kind.ADVICE: _("baik dilakukan, tidak wajib"),
    Item.Kind.SUGGESTION: _("hal yang perlu diperhatikan"),
    Item.Kind.CONSIDERATION: _("dasar hukum atau risiko"),
    Item.Kind.SOLUTION: _("jawaban langsung atas persoalan"),
    Item.Kind.RECOMMENDATION: _("ada yang mengerjakan dan batas waktunya"),
}

MOST_ITEMS = 50
"""Upper limit of items of one kind in a report."""

EMPTY_ROWS = 3
"""Number of empty rows after "add item" without JavaScript."""

type Typed = dict[str, str]
"""The typed texts of one item, by input name."""


class SourceField(forms.CharField):
    """The source of an item. Other texts are ignored, because nobody types it."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> str:
        return value if re.fullmatch(rf"{CodeConverter.regex}|bank-\d{{1,9}}", value or "") else ""

    def clean(self, value: Any) -> str:
        return self.prepare_value(value)


class ItemForm(forms.Form):
    """One item. Only recommendations have `responsible` and `due`. Days of `agreed` may be past."""

    text = TextField(
        rows=2, error_messages={"required": _("Tulis rekomendasinya, atau kosongkan seluruh butir ini.")}
    )
    responsible = forms.CharField(label=_("Penanggung jawab"), max_length=150, required=False)
    due = LocalDateField(label=_("Paling lambat"), required=False)
    source = SourceField(required=False)

    def __init__(
        self, *args: Any, has_parties: bool = True, agreed: Iterable[dt.date] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agreed = agreed
        if not has_parties:
            del self.fields["responsible"], self.fields["due"]

    def has_changed(self) -> bool:
        """Return whether something was typed. A source alone is no item."""
        return any(name != "source" for name in self.changed_data)

    def clean_due(self) -> dt.date | None:
        due: dt.date | None = self.cleaned_data["due"]
        if due and due < clock.today() and due not in self.agreed:
            raise ValidationError(_("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya."))
        return due


class BaseItemFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        if len(self.forms) > MOST_ITEMS:
            raise ValidationError(
                _("Paling banyak %(most)d butir. Gabungkan sebagian.") % {"most": MOST_ITEMS}
            )


ItemFormSet = forms.formset_factory(
    ItemForm, BaseItemFormSet, max_num=MOST_ITEMS, absolute_max=2 * MOST_ITEMS
)


class ItemsInput(forms.Widget):
    """Read the posted rows of a kind. Empty rows are left out."""

    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Typed]:
        rows = ItemFormSet(data, prefix=name)
        return [{key: row[key].data or "" for key in row.fields} for row in rows if row.has_changed()]


class BoundItems(BoundSection):
    """The items of one kind on the page."""

    field: "ItemsField"

    @cached_property
    def formset(self) -> forms.BaseFormSet:
        """The typed items and one empty row, or EMPTY_ROWS if the user asked for more."""
        rows: list[Typed] = self.value() or []
        if self.form.is_bound:
            return self.field.bind([*rows, {}] if len(rows) < MOST_ITEMS else rows, self.name)
        formset = self.field.get_formset(initial=rows, prefix=self.name)
        if self.is_asked:
            formset.extra = EMPTY_ROWS
            for row in formset.extra_forms[:1]:
                row.fields["text"].widget.attrs["autofocus"] = True
        return formset

    @property
    def texts(self) -> list[str]:
        return [text for row in self.value() or [] if (text := row["text"].strip())]

    @property
    def is_asked(self) -> bool:
        """Whether the user asked for more rows without JavaScript."""
        return bool(self.form.initial.get("tambah") == self.name)

    @property
    def needs_attention(self) -> bool:
        return self.is_asked or super().needs_attention

    @property
    def is_open(self) -> bool:
        """Whether the kind is shown open: the first one or one with items, unless others have remarks."""
        is_used = bool(self.value()) or self.field.kind == Item.Kind.ADVICE
        return self.needs_attention or (is_used and not self.is_aside)

    @property
    def common_errors(self) -> ErrorList:
        """Errors that do not belong to one item."""
        return self.errors if self.formset.is_valid() else self.formset.non_form_errors()


class ItemsField(forms.Field):
    """The items of one kind. Its value is a list of `Item`, its initial value a list of typed rows.

    `agreed` are the due dates of the version before. They may be in the past.
    """

    widget = ItemsInput
    bound_field_class = BoundItems

    def __init__(self, kind: Item.Kind, **kwargs: Any) -> None:
        super().__init__(label=kind.label, help_text=EXPLANATIONS[kind], required=False, **kwargs)
        self.kind = kind
        self.agreed: frozenset[dt.date] = frozenset()

    def get_formset(self, **kwargs: Any) -> forms.BaseFormSet:
        has_parties = self.kind == Item.Kind.RECOMMENDATION
        return ItemFormSet(form_kwargs={"has_parties": has_parties, "agreed": self.agreed}, **kwargs)

    def bind(self, rows: list[Typed], prefix: str = "form") -> forms.BaseFormSet:
        """Return the formset of typed rows. All of them may stay empty."""
        data = {f"{prefix}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}
        counts = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        return self.get_formset(data=data | counts, prefix=prefix)

    def clean(self, rows: list[Typed]) -> list[Item]:
        formset = self.bind(rows)
        if not formset.is_valid():
            of_rows = [error for row in formset for errors in row.errors.values() for error in errors]
            raise ValidationError([*formset.non_form_errors(), *of_rows])
        return [Item(self.kind, **row) for row in formset.cleaned_data]


def readable_items(typed: Mapping[str, Any]) -> list[Item]:
    """Return the typed rows that have a text, for a preview. A date that cannot be read is left out."""
    items = []
    for kind, name in FIELD_OF.items():
        for row in typed[name]:
            if text := row["text"].strip():
                due = LocalDateField().prepare_value(row.get("due"))
                due = due if isinstance(due, dt.date) else None
                items.append(Item(kind, text, row.get("responsible", "").strip(), due))
    return items
