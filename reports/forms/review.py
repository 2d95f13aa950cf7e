"""Forms for the review of a report by the Kepala Bidang and the Kepala Dinas."""

from typing import Any

from crispy_forms.layout import HTML, LayoutObject
from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms.step import LongForm, NoteForm, StepForm
from consultations.step_row import own_report, passes_secretary
from kit.forms import TextField, reason_field
from office.words import with_words_lazy
from reports.documents import signing
from reports.models import Report
from reports.queries import list_versions
from reports.report_view import PartView, list_parts
from reports.sections import SECTIONS


class ReviewForm(StepForm):
    """A step on a report, which is shown beside the form and compared with the version before."""

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
        return [HTML('{% include "reports/context/report.html" %}'), "reason"]

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
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _("Dengan meneruskan, Anda membubuhkan paraf pada laporan ini.")
        if passes_secretary(self.case, {}):
            self.notice = with_words_lazy(
                _(
                    "Dengan meneruskan, Anda membubuhkan paraf pada laporan ini. %(secretary)s memberi paraf "
                    "koordinasi sebelum laporan sampai kepada %(head)s."
                )
            )


class CosignForm(ReviewForm, NoteForm):
    notice = with_words_lazy(
        _("Dengan ini Anda membubuhkan paraf koordinasi. Sesudah itu laporan menunggu %(head)s.")
    )


class AcceptForm(ReviewForm, NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = _("Laporan mendapat nomor, PDF-nya dibekukan, dan pemohon dapat membacanya.")
        if self.case.is_being_corrected:
            self.notice = _("Ralat ini memakai nomor laporan semula dan menggantikan naskah yang berlaku.")
        if self.case.awaits_ratification:
            self.notice = _(
                "Tamu ini datang langsung karena mendesak dan disposisinya belum disahkan. "
                "Dengan menerima laporan, Anda sekaligus mengesahkan disposisi itu."
            )
        if how := signing.adapter():
            self.fields["passphrase"] = passphrase_field(how.label)


def passphrase_field(label: Any) -> forms.CharField:
    """Return the field for the signing passphrase. It is asked for each signature and never stored."""
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
        "terima; ralat memakai nomor yang sama. Alasan ini tercetak pada halaman pertama ralat."
    )
