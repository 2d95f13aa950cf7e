"""Form for writing the report (Laporan Hasil Konsultasi)."""

import uuid
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import HTML, Field, LayoutObject
from django.forms import Script
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, note_field, part
from reports.forms.items import MOST_ITEMS, ItemsField, as_typed
from reports.forms.section import SectionField
from reports.items import Item
from reports.models import Report, ReportDraft
from reports.prefill import get_initial_texts
from reports.queries import get_last_return, list_versions
from reports.sections import FIELD_OF, PARTS, PRODUCT, TEXTS

NO_PRODUCT = _(
    "Isi sekurangnya satu dari Saran, Masukan, Pertimbangan, Solusi, atau Rekomendasi: "
    "itulah produk layanan ini."
)


class ReportForm(StepForm):
    """The report by sections. It starts with the draft, the version before, or texts from the case.

    If a draft could not be saved, `typed` is shown instead and `conflict` is the reason. `window` and
    `seen` are described in `drafts.save_draft`.
    """

    general = SectionField("general")
    purpose = SectionField("purpose")
    scope = SectionField("scope")
    basis = SectionField("basis")
    activities = SectionField("activities")
    results = SectionField("results")
    conclusion = SectionField("conclusion")
    advice = ItemsField(Item.Kind.ADVICE)
    suggestions = ItemsField(Item.Kind.SUGGESTION)
    considerations = ItemsField(Item.Kind.CONSIDERATION)
    solutions = ItemsField(Item.Kind.SOLUTION)
    recommendations = ItemsField(Item.Kind.RECOMMENDATION)
    closing = SectionField("closing")
    note = note_field(_("Untuk Kepala Bidang; tidak tercetak dalam laporan."))

    prefilled_by_query = ("tambah",)
    most_items = MOST_ITEMS

    class Media:
        js = [Script("js/editor.js", defer=True)]

    def __init__(
        self, *args: Any, typed: Mapping[str, Any] | None = None, conflict: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conflict = conflict
        self.before = list_versions(self.case).first()
        self.remarks = list(self.before.remarks.all()) if self.before else []
        self.sent_back = get_last_return(self.case) if self.before else None
        self.draft = ReportDraft.objects.filter(case=self.case).first()
        self.initial = {**self._initial(typed), **self.initial}
        if self.before:
            due = (item.due for item in self.before.list_items(Item.Kind.RECOMMENDATION))
            field: Any = self.fields[FIELD_OF[Item.Kind.RECOMMENDATION]]
            field.agreed = frozenset(day for day in due if day)

    def _initial(self, typed: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if typed:
            return typed
        if self.draft:
            stored: Mapping[str, Any] = self.draft.content["typed"]
            return stored
        return as_initial(self.before) if self.before else get_initial_texts(self.case)

    def rows(self) -> list[str | LayoutObject]:
        template = dict.fromkeys(TEXTS, "reports/steps/section.html")
        template |= dict.fromkeys(PRODUCT, "reports/steps/items.html")
        return [
            HTML('{% include "reports/steps/toolbar.html" %}'),
            *(
                part(heading, *(Field(name, template=template[name]) for name in names))
                for heading, names in PARTS
            ),
            "note",
        ]

    @property
    def window(self) -> str:
        """Identifier of this browser window."""
        return self.data.get("window", "") or uuid.uuid4().hex

    @property
    def seen(self) -> str:
        """ISO time of the draft in this window, or "" without a draft."""
        if self.is_bound:
            return self.data.get("seen", "")
        return self.draft.saved_at.isoformat() if self.draft else ""

    @property
    def saved_by(self) -> str:
        """Identifier of the window that saved the draft."""
        return self.draft.content["window"] if self.draft else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) or name in self.errors for name in PRODUCT):
            self.add_error(PRODUCT[0], NO_PRODUCT)
        data["items"] = [item for name in PRODUCT for item in data.pop(name, None) or []]
        return data


def as_initial(report: Report) -> dict[str, Any]:
    """Return a version of the report as initial values of the form."""
    items = {name: as_typed(report.list_items(kind)) for kind, name in FIELD_OF.items()}
    return {name: getattr(report, name) for name in TEXTS} | items
