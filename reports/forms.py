"""Step 9: the form in which the Laporan Hasil Konsultasi is written, and those in which it is reviewed."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, TextField, note_field, part, reason_field
from consultations.models import Case
from office.models import Office
from reports.items import Item
from reports.lines import items_of
from reports.models import Report

INTRODUCTION = ("general", "purpose", "scope", "basis")
PRODUCT = ("advice", "suggestions", "considerations", "solutions", "recommendations")
"""The product of the standard: saran, masukan, pertimbangan, solusi, rekomendasi."""
FIELD_OF = dict(zip(Item.Kind, PRODUCT, strict=True))
SECTIONS = (*INTRODUCTION, "activities", "results", "conclusion", *PRODUCT, "closing")

ONE_A_LINE = _("Satu butir satu baris.")
REQUIRED: dict[str, Promise] = {
    "activities": _("Tulis kegiatan yang dilaksanakan."),
    "results": _("Tulis hasil yang dicapai."),
}


def section_field(name: str) -> TextField:
    """The form field of one section of the report."""
    sentence = REQUIRED.get(name)
    return TextField(
        label=_label(name),
        rows=4,
        max_length=20_000,
        required=sentence is not None,
        help_text=ONE_A_LINE if name in (*PRODUCT, "basis", "conclusion") else "",
        error_messages={"required": sentence} if sentence else {},
    )


def _label(name: str) -> Any:
    for kind, field in FIELD_OF.items():
        if field == name:
            return kind.label
    column: Any = Report._meta.get_field(name)
    return column.verbose_name


class ReportForm(StepForm):
    """The sections of the report: of the version before, or prepared from what the case already says."""

    general = section_field("general")
    purpose = section_field("purpose")
    scope = section_field("scope")
    basis = section_field("basis")
    activities = section_field("activities")
    results = section_field("results")
    conclusion = section_field("conclusion")
    advice = section_field("advice")
    suggestions = section_field("suggestions")
    considerations = section_field("considerations")
    solutions = section_field("solutions")
    recommendations = section_field("recommendations")
    closing = section_field("closing")
    note = note_field(_("Untuk Kepala Bidang; tidak tercetak dalam laporan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = latest(self.case)
        self.remarks = ""
        if self.before:
            texts = {name: getattr(self.before, name) for name in SECTIONS if name not in PRODUCT}
            for kind, items in self.before.product:
                texts[FIELD_OF[kind]] = "\n".join(item.text for item in items)
            asked = self.case.history.filter(verb="revise").order_by("-pk").first()
            self.remarks = asked.note if asked else ""
        else:
            texts = texts_from(self.case)
        self.initial = {**texts, **self.initial}

    def rows(self) -> list[str | LayoutObject]:
        return [
            part(_("A. Pendahuluan"), *INTRODUCTION),
            part(_("B. Kegiatan yang dilaksanakan"), "activities"),
            part(_("C. Hasil yang dicapai"), "results"),
            part(_("D. Simpulan dan saran"), "conclusion", *PRODUCT),
            part(_("E. Penutup"), "closing"),
            "note",
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) or name in self.errors for name in PRODUCT):
            self.add_error(
                "advice",
                _(
                    "Isi sekurangnya satu dari Saran, Masukan, Pertimbangan, Solusi, atau Rekomendasi: "
                    "itulah produk layanan ini."
                ),
            )
        lines = [(kind, data.pop(name, "") or "") for kind, name in FIELD_OF.items()]
        data["items"] = [Item(kind, line) for kind, text in lines for line in items_of(text)]
        return data


def latest(case: Case) -> Report | None:
    """The latest version of a case's report."""
    found: Report | None = case.reports.select_related("by").order_by("-version").first()
    return found


def texts_from(case: Case) -> dict[str, str]:
    """What a first report can already say: its introduction, the session as it was held, the closing."""
    office = Office.load()
    applicant = ", ".join(filter(None, [case.applicant_name, case.organisation]))
    submitted = date_format(timezone.localtime(case.submitted_at), "DATE_FORMAT")
    letter = (
        _("Surat permohonan nomor %(number)s") % {"number": case.letter_number}
        if case.letter_number
        else _("Permohonan tanggal %(day)s") % {"day": submitted}
    )
    basis = [_("Standar Pelayanan Nomor %(number)s") % {"number": office.standard_number}, letter]
    if case.agenda:
        basis.append(_("Nomor agenda %(agenda)s") % {"agenda": case.agenda})
    return {
        "general": _(
            "Laporan ini disusun atas konsultasi yang diminta %(applicant)s pada %(day)s "
            "tentang “%(subject)s”."
        )
        % {"applicant": applicant, "day": submitted, "subject": case.subject},
        "purpose": str(
            _(
                "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi atas materi "
                "yang dikonsultasikan."
            )
        ),
        "scope": _("Materi yang dikonsultasikan: %(material)s") % {"material": case.material},
        "basis": "\n".join(str(line) for line in basis),
        "activities": session_in_words(case),
        "closing": str(_("Demikian laporan ini dibuat untuk dipergunakan sebagaimana mestinya.")),
    }


def session_in_words(case: Case) -> str:
    """When, how and with whom the consultation was held."""
    session = case.session
    if not (session and session.started_at and session.finished_at):
        return ""
    sentence = _("Konsultasi dilaksanakan pada %(day)s pukul %(start)s–%(end)s WIB (%(mode)s).") % {
        "day": date_format(timezone.localtime(session.started_at), "DATE_FORMAT"),
        "start": date_format(timezone.localtime(session.started_at), "TIME_FORMAT"),
        "end": date_format(timezone.localtime(session.finished_at), "TIME_FORMAT"),
        "mode": session.place or session.get_mode_display(),
    }
    return sentence + "\n" + _("Hadir: %(attendees)s") % {"attendees": session.attendees}


class ReviewForm(StepForm):
    """A step on a written report, which is read beside the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = latest(self.case)

    @property
    def sections(self) -> list[tuple[Any, str]]:
        """The sections that were written, as heading and text."""
        if self.report is None:
            return []
        texts = [(_label(name), getattr(self.report, name)) for name in SECTIONS if name not in PRODUCT]
        texts += [(kind.label, "\n".join(i.text for i in items)) for kind, items in self.report.product]
        return [(label, text) for label, text in texts if text]


class ForwardForm(ReviewForm):
    note = note_field()
    notice = _("Dengan meneruskan, Anda membubuhkan paraf pada laporan ini.")


class ReviseForm(ReviewForm):
    reason = reason_field(_("Tulis apa yang perlu diperbaiki."), label=_("Yang perlu diperbaiki"))


class ReturnForm(ReviewForm):
    reason = reason_field(_("Tulis apa yang perlu diperbaiki."), label=_("Yang perlu diperbaiki"))
    notice = _("Laporan kembali kepada Kepala Bidang.")


class AcceptForm(ReviewForm):
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _("Laporan mendapat nomor, PDF-nya dibekukan, dan pemohon dapat membacanya.")
        if self.case.awaits_ratification:
            self.notice = _(
                "Tamu ini datang langsung karena mendesak dan disposisinya belum disahkan. "
                "Dengan menerima laporan, Anda sekaligus mengesahkan disposisi itu."
            )


class CorrectForm(StepForm):
    reason = reason_field(_("Tulis apa yang keliru dalam laporan ini."), label=_("Yang perlu diralat"))
    notice = _(
        "Laporan dibuka kembali untuk petugas. Laporan yang sudah terbit tetap berlaku sampai ralatnya Anda "
        "terima; ralat memakai nomor yang sama."
    )
