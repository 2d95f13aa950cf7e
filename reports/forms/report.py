"""The form of the written report.

Initial texts of a first report, in Indonesian, from the data of the case.

Form for writing the report (Laporan Hasil Konsultasi).
"""

from typing import Any

from crispy_forms.layout import Field, LayoutObject
from django.forms import Script
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import LongForm, section
from consultations.models import Case, Event
from consultations.scheduling.queries import current_session
from kit.forms import note_field, part
from office.models import Office
from office.words import with_words_lazy
from reports.forms.items import ItemsField, ReportSectionField
from reports.items import Item
from reports.models import Report
from reports.queries import get_last_return, list_versions
from reports.sections import FIELD_OF, PARTS, PRODUCT, TEXTS


@translation.override("id")
def get_initial_texts(case: Case) -> dict[str, str]:
    """Return the initial texts of a report by section."""
    office = Office.load()
    applicant = ", ".join(filter(None, [case.applicant_name, case.organisation]))
    submitted = date_format(timezone.localtime(case.submitted_at), "DATE_FORMAT")
    name = str(case.wording.name)
    letter = (
        _("Surat %(name)s nomor %(number)s") % {"name": name, "number": case.letter_number}
        if case.letter_number
        else _("%(name)s tanggal %(day)s") % {"name": capfirst(name), "day": submitted}
    )
    basis = [_("Standar Pelayanan Nomor %(number)s") % {"number": office.standard_number}, letter]
    if case.agenda:
        basis.append(_("Nomor agenda %(agenda)s") % {"agenda": case.agenda})
    session = current_session(case)
    return {
        "general": _(
            "Laporan ini disusun atas %(name)s yang disampaikan %(applicant)s pada %(day)s "
            "tentang “%(subject)s”."
        )
        % {
            "name": case.wording.full_name,
            "applicant": applicant,
            "day": submitted,
            "subject": case.subject,
        },
        "purpose": str(
            _(
                "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi atas materi "
                "yang disampaikan."
            )
        ),
        "scope": f"{case.wording.material}: {case.material}",
        "basis": "\n".join(str(line) for line in basis),
        # The document itself prints time, place and attendees.
        "activities": str(
            _("Menjawab tertulis materi yang disampaikan.")
            if session and session.is_written
            else _("Membahas materi yang dikonsultasikan bersama pemohon.")
        ),
        "results": session.answer if session else "",
        "closing": str(_("Demikian laporan ini dibuat untuk dipergunakan sebagaimana mestinya.")),
    }


NO_PRODUCT = _(
    "Isi sekurangnya satu dari Saran, Masukan, Pertimbangan, Solusi, atau Rekomendasi: "
    "itulah produk layanan ini."
)


class ReportForm(LongForm):
    """The report by sections. It starts with the draft, the version before, or texts from the case."""

    is_wide = has_preview = True
    general = ReportSectionField("general")
    purpose = ReportSectionField("purpose")
    scope = ReportSectionField("scope")
    basis = ReportSectionField("basis")
    activities = ReportSectionField("activities")
    results = ReportSectionField("results")
    conclusion = ReportSectionField("conclusion")
    advice = ItemsField(Item.Kind.ADVICE)
    suggestions = ItemsField(Item.Kind.SUGGESTION)
    considerations = ItemsField(Item.Kind.CONSIDERATION)
    solutions = ItemsField(Item.Kind.SOLUTION)
    recommendations = ItemsField(Item.Kind.RECOMMENDATION)
    closing = ReportSectionField("closing")
    note = note_field(with_words_lazy(_("Untuk %(division_head)s; tidak tercetak dalam laporan.")))

    prefilled_by_query = ("tambah",)
    takes_advice = "advice"

    class Media:
        js = [Script("js/items.js", defer=True)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = list_versions(self.case).first()
        self.remarks = list(self.before.remarks.all()) if self.before else []
        if not self.is_bound and not self.initial.keys() >= {*TEXTS}:  # nothing was typed yet
            texts = as_initial(self.before) if self.before else get_initial_texts(self.case)
            self.initial = {**texts, **self.initial}
        if self.before:
            due = (item.due for item in self.before.list_items(Item.Kind.RECOMMENDATION))
            field: Any = self.fields[FIELD_OF[Item.Kind.RECOMMENDATION]]
            field.agreed = frozenset(day for day in due if day)

    @cached_property
    def sent_back(self) -> Event | None:
        """The last step that asked for a new version."""
        return get_last_return(self.case) if self.before else None

    def typed_with(self, kind: str, text: str, source: str) -> tuple[dict[str, Any], str]:
        """Add the advice as an item of its kind, which names its case."""
        typed = self.typed()
        name = FIELD_OF[Item.Kind(kind)]
        typed[name] = [*typed[name], {"text": text, "source": source}]
        return typed, name

    def rows(self) -> list[str | LayoutObject]:
        return [
            *(
                part(heading, *(items(name) if name in PRODUCT else section(name) for name in names))
                for heading, names in PARTS
            ),
            "note",
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) or name in self.errors for name in PRODUCT):
            self.add_error(PRODUCT[0], NO_PRODUCT)
        data["items"] = [item for name in PRODUCT for item in data.pop(name, None) or []]
        return data


def items(name: str) -> Field:
    """Return the items of one kind as a row of the editor."""
    return Field(name, template="reports/steps/items.html")


def as_initial(report: Report) -> dict[str, Any]:
    """Return a version of the report as initial values of the form."""
    items = {name: [vars(item) for item in report.list_items(kind)] for kind, name in FIELD_OF.items()}
    return {name: getattr(report, name) for name in TEXTS} | items
