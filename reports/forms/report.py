"""Step 9: the form in which the Laporan Hasil Konsultasi is written."""

import uuid
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import HTML, Field, LayoutObject
from django.forms import Script
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, note_field, part
from consultations.models import Case, Event
from reports.forms.items import MOST, ItemsField, ItemsInput, as_typed
from reports.forms.section import SectionField
from reports.items import Item
from reports.models import Remark, Report, ReportDraft
from reports.prefill import texts_from
from reports.sections import FIELD_OF, PARTS, PRODUCT, TEXTS
from reports.written import items_of, with_remarks

NO_PRODUCT = _(
    "Isi sekurangnya satu dari Saran, Masukan, Pertimbangan, Solusi, atau Rekomendasi: "
    "itulah produk layanan ini."
)


class ReportForm(StepForm):
    """The report section by section: the draft, else the version before, else what the case says.

    `typed` is shown instead where a draft could not be saved, and `conflict` says why. `window` and `seen`
    tell apart the windows in which the same report is open (see `drafts.save_draft`).
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
    most_items = MOST

    class Media:
        js = [Script("js/editor.js", defer=True)]

    def __init__(
        self, *args: Any, typed: Mapping[str, Any] | None = None, conflict: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conflict = conflict
        self.before = latest(self.case)
        self.remarks: list[Remark] = list(self.before.remarks.all()) if self.before else []
        self.sent_back = sent_back(self.case) if self.before else None
        self.draft = ReportDraft.objects.filter(case=self.case).first()
        self.initial = {**self._shown(typed), **self.initial}
        if self.before:
            due = (item.due for item in items_of(self.before, Item.Kind.RECOMMENDATION))
            field: Any = self.fields[FIELD_OF[Item.Kind.RECOMMENDATION]]
            field.agreed = frozenset(day for day in due if day)

    def _shown(self, typed: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if typed:
            return typed
        if self.draft:
            kept: Mapping[str, Any] = self.draft.content["typed"]
            return kept
        return texts_of(self.before) if self.before else texts_from(self.case)

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
        """The name of this window among all in which the report is open."""
        return self.data.get("window", "") or uuid.uuid4().hex

    @property
    def seen(self) -> str:
        """When the draft that stands in this window was saved; empty where there is none."""
        if self.is_bound:
            return self.data.get("seen", "")
        return self.draft.saved_at.isoformat() if self.draft else ""

    @property
    def saved_by(self) -> str:
        """The window that saved the draft."""
        return self.draft.content["window"] if self.draft else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) or name in self.errors for name in PRODUCT):
            self.add_error(PRODUCT[0], NO_PRODUCT)
        data["items"] = [item for name in PRODUCT for item in data.pop(name, None) or []]
        return data


def latest(case: Case) -> Report | None:
    """The latest version of a case's report, with its remarks."""
    return with_remarks(case.reports.all()).order_by("-version").first()


def sent_back(case: Case) -> Event | None:
    """The step that last asked for a new version, and why."""
    asked = case.history.filter(verb__in=["revise", "correct"]).select_related("by").order_by("-pk")
    found: Event | None = asked.first()
    return found


def texts_of(report: Report) -> dict[str, Any]:
    """A version of the report as the form's fields show it."""
    items = {name: as_typed(list(items_of(report, kind))) for kind, name in FIELD_OF.items()}
    return {name: getattr(report, name) for name in TEXTS} | items


def typed_in(post: QueryDict) -> dict[str, Any]:
    """What stands in the form as it was posted, valid or not."""
    rows = {name: ItemsInput().value_from_datadict(post, {}, name) for name in PRODUCT}
    return {name: plain(post.get(name, "")) for name in (*TEXTS, "note")} | {
        name: [{key: plain(text) for key, text in row.items()} for row in of_kind]
        for name, of_kind in rows.items()
    }


def plain(text: str) -> str:
    """A text as it can be kept: line breaks as one character, without what PostgreSQL refuses (NUL)."""
    return text.replace("\r\n", "\n").replace("\0", "")
