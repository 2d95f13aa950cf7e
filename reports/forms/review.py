"""Step 9: the forms in which a written report is reviewed, by Kepala Bidang and Kepala Dinas."""

from typing import Any

from crispy_forms.layout import HTML, LayoutObject
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import StepForm, TextField, note_field, reason_field
from reports import signing
from reports.models import Report
from reports.sections import SECTIONS
from reports.written import Part, with_remarks, written

WHAT_TO_IMPROVE = _("Tulis apa yang perlu diperbaiki.")


class ReviewForm(StepForm):
    """A step on a written report, which is read beside the form, compared with the version before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = with_remarks(self.case.reports.all()).order_by("-version")
        self.report, self.before = _two(list(versions[:2]))

    @cached_property
    def parts(self) -> list[Part]:
        return written(self.report, self.before) if self.report else []


def _two(found: list[Report]) -> tuple[Report | None, Report | None]:
    padded = [*found, None, None]
    return padded[0], padded[1]


class RemarkForm(ReviewForm):
    """A step that sends a report back: the reason, and what to change in single sections."""

    reason = reason_field(WHAT_TO_IMPROVE, label=_("Yang perlu diperbaiki"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECTIONS:
            self.fields[f"remark_{name}"] = TextField(
                label=_("Catatan untuk bagian ini"), required=False, rows=2
            )

    @cached_property
    def parts(self) -> list[Part]:
        if self.report is None:
            return []
        return written(self.report, self.before, remark=lambda name: self[f"remark_{name}"])

    def rows(self) -> list[str | LayoutObject]:
        return [HTML('{% include "reports/context/report.html" %}'), "reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["remarks"] = {name: text for name in SECTIONS if (text := data.pop(f"remark_{name}", ""))}
        return data


class ReviseForm(RemarkForm):
    pass


class ReturnForm(RemarkForm):
    notice = _("Laporan kembali kepada Kepala Bidang.")


class ForwardForm(ReviewForm):
    note = note_field()
    notice = _("Dengan meneruskan, Anda membubuhkan paraf pada laporan ini.")


class AcceptForm(ReviewForm):
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _("Laporan mendapat nomor, PDF-nya dibekukan, dan pemohon dapat membacanya.")
        if self.report and self.report.version > 1 and self.case.reports.exclude(corrected_at=None).exists():
            self.notice = _("Ralat ini memakai nomor laporan semula dan menggantikan naskah yang berlaku.")
        if self.case.awaits_ratification:
            self.notice = _(
                "Tamu ini datang langsung karena mendesak dan disposisinya belum disahkan. "
                "Dengan menerima laporan, Anda sekaligus mengesahkan disposisi itu."
            )
        if how := signing.adapter():
            self.fields["passphrase"] = passphrase_field(how.label)


def passphrase_field(label: Any) -> forms.CharField:
    """The passphrase with which the Kepala Dinas signs: asked each time, never kept, never shown again."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Dipakai sekali untuk menandatangani laporan ini dan tidak disimpan."),
        error_messages={"required": _("Tulis frasa sandi Anda untuk menandatangani laporan ini.")},
    )


class CorrectForm(ReviewForm):
    reason = reason_field(_("Tulis apa yang keliru dalam laporan ini."), label=_("Yang perlu diralat"))
    notice = _(
        "Laporan dibuka kembali untuk petugas. Laporan yang sudah terbit tetap berlaku sampai ralatnya Anda "
        "terima; ralat memakai nomor yang sama."
    )
