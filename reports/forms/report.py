"""Forms of step 9: the written report (Laporan Hasil Konsultasi), and its review; attendance (step 7)."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import HTML, Field, Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.forms.boundfield import BoundField
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from consultations.forms import LongForm, NoteForm, StepForm, section
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm
from consultations.models import Case, Event
from consultations.returns import CORRECT_REPORT, RETURNED_REPORT, find_return
from consultations.scheduling.forms import ATTENDEES_HELP
from consultations.scheduling.queries import current_session
from consultations.step_row import own_report, passes_secretary
from consultations.workflow import TURN, VERBS
from documents import signing
from kit.forms import TextField, folded, line_field, note_field, reason_field
from office.models import Office
from office.words import with_words_lazy
from reports.forms.items import ItemsField, ReportSectionField
from reports.models import Remark, Report
from reports.models.report import FIELD_OF, PARTS, PRODUCT, SECTIONS, TEXTS, Item
from reports.report_view import (
    PartView,
    list_parts,
    list_versions,
)
from reports.services import list_removable


def get_initial_texts(case: Case) -> dict[str, str]:
    """Return the initial texts of a report by section. They are Indonesian in every language of the user."""
    # As a decorator, `override` would be shared by all threads.
    with translation.override("id"):
        return _write_initial_texts(case)


def _write_initial_texts(case: Case) -> dict[str, str]:
    office = Office.load()
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
        # The document itself prints who asked, and when.
        "general": str(case.wording.report_start) % {"subject": case.subject},
        "purpose": str(case.wording.report_purpose),
        "scope": f"{case.wording.material}: {case.material}",
        "basis": "\n".join(str(line) for line in basis),
        # The document itself prints time, place and attendees.
        "activities": case.wording.speak(
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


UNCHANGED = _(
    "Laporan ini belum diubah sejak dikembalikan. Perbaiki dahulu, atau beri tanda bila memang tidak perlu "
    "diubah."
)

FORWARD_UNCHANGED = _(
    "Laporan ini belum diubah sejak dikembalikan. Kembalikan kepada petugas untuk diperbaiki, atau beri "
    "tanda bila memang tidak perlu diubah."
)


class ReportForm(LongForm):
    """The report by sections. It starts with the draft, the version before, or texts from the case.

    A report that was sent back and not changed is submitted only if its author says that this is meant.
    """

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
    unchanged = forms.BooleanField(label=_("Kirim tanpa perubahan"), required=False)

    prefilled_by_query = ("tambah",)
    takes_advice = "advice"

    class Media:
        js = [Script("js/items.js", defer=True)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = VERBS["report"].choose_target(self.case, {})
        self.button = _("Kirim ke %(who)s") % {"who": TURN[target].actor.label}
        self.before = list_versions(self.case).first()
        self.remarks = list(self.before.remarks.all()) if self.before else []
        if not self.is_bound and not self.initial.keys() >= {*TEXTS}:  # nothing was typed yet
            texts = as_initial(self.before) if self.before else get_initial_texts(self.case)
            self.initial = {**texts, **self.initial}
        if self.sent_back:
            self.title, self.button = CORRECT_REPORT, _("Kirim perbaikan")
        else:
            del self.fields["unchanged"]
        if self.before:
            due = (item.due for item in self.before.list_items(Item.Kind.RECOMMENDATION))
            field: Any = self.fields[FIELD_OF[Item.Kind.RECOMMENDATION]]
            field.agreed = frozenset(day for day in due if day)

    @cached_property
    def sent_back(self) -> Event | None:
        """The last step that asked for a new version."""
        steps = self.case.history.filter(verb__in=RETURNED_REPORT, target=State.HELD).select_related("by")
        return steps.order_by("-pk").first() if self.before else None

    def typed_with(self, kind: str, text: str, source: str, named: str) -> tuple[dict[str, Any], str]:
        """Add the advice as an item of its kind, which names its case."""
        typed = self.typed()
        name = FIELD_OF[Item.Kind(kind)]
        typed[name] = [*typed[name], {"text": text, "source": source}]
        return typed, name

    def rows(self) -> list[str | LayoutObject]:
        is_asked = "unchanged" in self.fields and ("unchanged" in self.errors or self["unchanged"].value())
        asked = ["unchanged"] if is_asked else []
        return [*(self._fold(heading, names) for heading, names in PARTS), folded("note"), *asked]

    def _fold(self, heading: Promise, names: Iterable[str]) -> Fieldset:
        """Return a part, folded to a summary of its texts. It is open if it is empty or needs attention."""
        fields: list[Any] = [self[name] for name in names]
        texts = [text for field in fields for text in field.texts]
        rows = [items(name) if name in PRODUCT else section(name) for name in names]
        fold = Fieldset(heading, *rows, template="reports/steps/part.html")
        fold.summary = " · ".join(texts)
        fold.is_open = not texts or any(field.needs_attention for field in fields)
        return fold

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) or name in self.errors for name in PRODUCT):
            self.add_error(PRODUCT[0], NO_PRODUCT)
        data["items"] = [item for name in PRODUCT for item in data.pop(name, None) or []]
        is_meant = data.pop("unchanged", False)
        if self.sent_back and not (is_meant or self.errors or self._is_changed(data)):
            self.add_error("unchanged", UNCHANGED)
        return data

    def _is_changed(self, data: dict[str, Any]) -> bool:
        """Return whether the typed report differs from the version that was sent back."""
        before = self.before
        return before is None or (
            [item.to_json() for item in data["items"]] != before.items
            or any(data[name] != getattr(before, name) for name in TEXTS)
        )


def items(name: str) -> Field:
    return Field(name, template="reports/steps/items.html")


def as_initial(report: Report) -> dict[str, Any]:
    """Return a version of the report as initial values of the form."""
    items = {name: [vars(item) for item in report.list_items(kind)] for kind, name in FIELD_OF.items()}
    return {name: getattr(report, name) for name in TEXTS} | items


class ReviewForm(StepForm):
    """A step on a report, which is shown beside the form and compared with the version before.

    It comes after the note of the step that sent it back last.
    """

    @cached_property
    def sent_back(self) -> Event | None:
        """The last step that sent the report back, unless it was accepted since."""
        if self.report is None or self.report.accepted_at:
            return None
        return self.case.history.filter(verb__in=RETURNED_REPORT).select_related("by").order_by("-pk").first()

    @property
    def remarks(self) -> list[Remark]:
        return list(self.report.remarks.all()) if self.report else []

    @cached_property
    def versions(self) -> list[Report]:
        """The report and the version before."""
        return list(list_versions(self.case)[:2])

    @property
    def report(self) -> Report | None:
        return next(iter(self.versions), None)

    @property
    def before(self) -> Report | None:
        return self.versions[1] if len(self.versions) > 1 else None

    @cached_property
    def parts(self) -> list[PartView]:
        return list_parts(self.report, self.before, self.get_remark_field) if self.report else []

    @property
    def outcome(self) -> list[PartView]:
        return [part for part in self.parts if part.is_outcome]

    @property
    def rest(self) -> list[PartView]:
        return [part for part in self.parts if not part.is_outcome]

    def get_remark_field(self, section: str) -> BoundField | None:
        """Return the field for a remark on a section, if this step has one."""
        name = f"remark_{section}"
        return self[name] if name in self.fields else None


class RemarkForm(LongForm, ReviewForm):
    """A step that returns a report: a general reason, remarks on single sections, or both."""

    is_wide = True
    reason = TextField(label=_("Yang perlu diperbaiki"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECTIONS:
            self.fields[f"remark_{name}"] = TextField(
                label=_("Catatan untuk bagian ini"), required=False, rows=2
            )

    def rows(self) -> list[str | LayoutObject]:
        return ["reason", HTML('{% include "reports/context/report.html" %}')]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["remarks"] = {name: text for name in SECTIONS if (text := data.pop(f"remark_{name}", ""))}
        return data


class ReferBackForm(RemarkForm):
    """The Sekretaris or the Kepala Dinas returns a report. `notice` names the receiver."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = with_words_lazy(_("Laporan kembali kepada %(division_head)s."))
        if own_report(self.case, {}):
            self.notice = with_words_lazy(
                _("Laporan kembali kepada penulisnya, karena %(division_head)s ikut melayani.")
            )


class ForwardForm(ReviewForm, NoteForm):
    """A report that came back and was not changed is forwarded only if this is meant."""

    unchanged = forms.BooleanField(
        label=_("Teruskan tanpa perubahan"), error_messages={"required": FORWARD_UNCHANGED}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.sent_back and find_return(self.case, [self.sent_back])):
            del self.fields["unchanged"]
        self.notice = _("Dengan meneruskan, Anda membubuhkan paraf pada laporan ini.")
        if passes_secretary(self.case, {}):
            self.notice = with_words_lazy(
                _(
                    "Dengan meneruskan, Anda membubuhkan paraf pada laporan ini. %(secretary)s memberi paraf "
                    "koordinasi sebelum laporan sampai kepada %(head)s."
                )
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.pop("unchanged", None)
        return data


class CosignForm(ReviewForm, NoteForm):
    notice = with_words_lazy(
        _("Dengan ini Anda membubuhkan paraf koordinasi. Sesudah itu laporan menunggu %(head)s.")
    )


class AcceptForm(ReviewForm, NoteForm):
    says_consequence = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _(
            "Laporan mendapat nomor, PDF-nya tidak dapat diubah lagi, dan petugas menyusun surat hasil "
            "untuk pemohon."
        )
        if self.case.is_being_corrected:
            self.notice = _("Ralat ini memakai nomor laporan semula dan menggantikan naskah yang berlaku.")
        if self.case.awaits_ratification:
            self.notice = _(
                "Disposisi permohonan ini belum Anda sahkan. Dengan menerima laporan, Anda sekaligus "
                "mengesahkan disposisi itu."
            )
        if how := signing.adapter():
            # The passphrase is asked for each signature and never stored.
            self.fields["passphrase"] = line_field(
                how.label,
                200,
                missing=_("Tulis frasa sandi Anda untuk menandatangani laporan ini."),
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
                help_text=_("Dipakai sekali untuk menandatangani laporan ini dan tidak disimpan."),
            )


class CorrectForm(ReviewForm):
    reason = reason_field(_("Tulis apa yang keliru dalam laporan ini."), label=_("Yang perlu diralat"))
    notice = _(
        "Laporan dibuka kembali untuk petugas. Laporan yang sudah terbit tetap berlaku sampai ralatnya Anda "
        "terima; ralat memakai nomor yang sama. Alasan ini tercetak pada halaman pertama ralat."
    )


class AttendanceForm(FilesForm, StepForm):
    """The attendees, scans of the signed list, photographs, and the stored files to delete.

    An answer in writing has photographs only.
    """

    attendees = TextField(
        label=_("Daftar hadir"),
        rows=6,
        max_length=2_000,
        help_text=ATTENDEES_HELP,
        error_messages={"required": _("Tulis siapa saja yang hadir.")},
    )
    sheets = CheckedFilesField(
        label=_("Pindaian daftar hadir"),
        required=False,
        help_text=_("Foto atau pindaian lembar yang sudah ditandatangani, paling banyak 5 berkas."),
    )
    photos = CheckedFilesField(
        label=_("Foto konsultasi"),
        required=False,
        help_text=_("Paling banyak 5 foto. Minta izin orang yang difoto: foto tercetak dalam laporan."),
    )
    removed = forms.TypedMultipleChoiceField(
        label=_("Hapus berkas"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    notice = _("Daftar hadir dan foto tercetak sebagai lampiran laporan, yang juga dibaca pemohon.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = current_session(self.case)
        removed: Any = self.fields["removed"]
        removed.choices = [
            (file.pk, f"{file.name} ({file.get_purpose_display()})") for file in list_removable(self.case)
        ]
        if not removed.choices:
            del self.fields["removed"]
        if self.session and self.session.is_written:
            del self.fields["attendees"], self.fields["sheets"]
        else:
            self.fields["attendees"].initial = self.session.attendees if self.session else ""
            self.fields["attendees"].required = bool(self.session and self.session.attendees)

    def clean(self) -> dict[str, Any]:
        """Add an error to the first field of an empty form."""
        super().clean()
        if not self.errors and not any(self.cleaned_data.get(name) for name in self.fields):
            self.add_error(next(iter(self.fields)), _("Tulis siapa yang hadir, atau pilih berkasnya."))
        return self.cleaned_data

    def clean_sheets(self) -> list[CheckedFile]:
        return self.accepted_files("sheets")

    def clean_photos(self) -> list[CheckedFile]:
        photos = self.accepted_files("photos")
        if any(not photo.is_picture for photo in photos):
            raise ValidationError(_("Ini PDF. Pilih foto JPEG, PNG, atau HEIC."))
        return photos
