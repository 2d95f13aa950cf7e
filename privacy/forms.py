"""Forms of the steps about personal data, and of the decision on a proposal to erase records."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.forms.fields import LocalDateField, LocalDateTimeField, PhoneField
from consultations.forms.step import OfficeForm, StepForm, TextField, reason_field, side_by_side
from consultations.models import Event
from office import clock
from office.words import with_words_lazy
from privacy.services.rights import Decision


class CorrectContactForm(StepForm):
    """Name and number of the applicant. A hidden name is not shown: others may know the link."""

    notice = _("Naskah yang sudah terbit tidak berubah. Naskah berikutnya memakai nama dan nomor yang baru.")
    applicant_name = forms.CharField(
        label=_("Nama lengkap"), max_length=150, error_messages={"required": _("Tulis nama Anda.")}
    )
    phone = PhoneField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.identity == Identity.OPEN:
            for name in self.fields:
                self.fields[name].initial = getattr(self.case, name)


class AskDeletionForm(StepForm):
    """The reason for a deletion."""

    notice = with_words_lazy(
        _(
            "Bila dikabulkan, nama, kontak, isi, berkas, dan naskah Anda dihapus dan tidak dapat "
            "dikembalikan. Nomor, tanggal, dan angka statistik tetap disimpan tanpa nama. %(head)s "
            "menjawab paling lambat 3 x 24 jam."
        )
    )
    reason = reason_field(_("Tulis alasan Anda, contoh: urusan saya sudah selesai."))


class DecideDeletionForm(StepForm):
    """Granted or refused, with the reason that the applicant reads."""

    is_final = True
    notice = _("Bila dikabulkan, data dihapus sesudah pemohon diberi tahu. Ini tidak dapat dibatalkan.")
    decision = forms.ChoiceField(
        label=_("Keputusan"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    reason = TextField(
        label=_("Alasan untuk pemohon"),
        help_text=_("Bila ditolak, sebut dasarnya, contoh: wajib disimpan menurut jadwal retensi arsip."),
        error_messages={"required": _("Tulis alasan yang dibaca pemohon.")},
    )

    @cached_property
    def request(self) -> Event | None:
        """The request of the applicant, with the reason."""
        return self.case.history.filter(verb="ask_deletion").order_by("pk").last()


class RetainForm(StepForm):
    """The reason for retaining a case."""

    notice = _("Selama ditahan, data permohonan ini tidak dihapus, juga bila masa simpannya habis.")
    reason = reason_field(_("Tulis alasan penahanan, contoh: sengketa atau pemeriksaan Inspektorat."))


class ReleaseForm(StepForm):
    """The reason for releasing a case."""

    reason = reason_field(_("Tulis mengapa penahanan berakhir."))


class DisposalForm(OfficeForm):
    """The decision on a proposal. A rejection needs a reason."""

    is_approved = forms.TypedChoiceField(
        label=_("Keputusan"),
        choices=[("yes", _("Setujui pemusnahan")), ("no", _("Tolak"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    reason = TextField(label=_("Alasan atau catatan"), required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_approved") is False and not data.get("reason"):
            self.add_error("reason", ValidationError(_("Tulis alasan penolakan.")))
        return data


class BreachForm(OfficeForm):
    """The notice of a breach: what article 46 of UU 27/2022 asks for, and the cases that it concerns."""

    found_at = LocalDateTimeField(label=_("Diketahui"))
    happened_at = LocalDateTimeField(label=_("Terjadi"))
    disclosed = TextField(label=_("Data yang terungkap"), help_text=_("Contoh: nama dan nomor telepon."))
    cause = TextField(label=_("Bagaimana terjadinya"))
    handling = TextField(
        label=_("Penanganan dan pemulihan"),
        help_text=_("Yang sudah dilakukan kantor, dan yang sebaiknya dilakukan pemohon."),
    )
    since = LocalDateField(label=_("Permohonan dari tanggal"))
    until = LocalDateField(
        label=_("Permohonan sampai tanggal"), help_text=_("Semua pemohon dalam waktu ini diberi tahu.")
    )

    def rows(self) -> list[str | LayoutObject]:
        return [
            side_by_side("happened_at", "found_at"),
            *("disclosed", "cause", "handling"),
            side_by_side("since", "until"),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        happened, found, since, until = (
            data.get(name) for name in ("happened_at", "found_at", "since", "until")
        )
        if found and found > clock.now():
            self.add_error("found_at", ValidationError(_("Waktu ini belum lewat.")))
        if happened and found and happened > found:
            self.add_error("happened_at", ValidationError(_("Kejadiannya tidak mungkin sesudah diketahui.")))
        if since and until and since > until:
            self.add_error("until", ValidationError(_("Tanggal terakhir mendahului tanggal pertama.")))
        return data
