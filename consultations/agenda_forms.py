"""Forms of the agenda book (step 2): register, send back, close an incomplete request, void a number."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.classification import ClassificationField, propose_code
from consultations.complaints import AnonymousForm, OfficialField, lapor_field
from consultations.deadlines import COMPLETING, completed_at, last_day_of_stage
from consultations.enums import ComplaintKind, Confidentiality, Identity, Kind, Urgency
from consultations.forms import StepForm
from consultations.models import ComplaintTarget
from consultations.models.agenda import list_days
from kit.forms import (
    LetterDateField,
    OfficeForm,
    line_field,
    note_field,
    radio_field,
    reason_field,
    side_by_side,
)
from office.words import with_words

LETTER_FIELDS = ("subject", "letter_number", "letter_date")
"""Fields of the agenda book that the applicant has filled in, prefilled for Tim PKD to correct."""

AGENDA_FIELDS = ("classification", "srikandi_number", "urgency", "confidentiality")
COMPLAINT_FIELDS = ("complaint_kind", "lapor_number", "complained_about")
"""Fields of a complaint only. Like AGENDA_FIELDS, they are prefilled after a number was voided."""

COMPLAINT_KIND_HELP = {
    ComplaintKind.INFORMATION: _("pelapor meminta keterangan."),
    ComplaintKind.ASPIRATION: _("pelapor menyampaikan usul atau harapan."),
    ComplaintKind.NO_SUPERVISION: _("keluhan tentang pelayanan, tanpa dugaan penyimpangan."),
    ComplaintKind.SUPERVISION: _("dugaan penyimpangan yang perlu diperiksa."),
}
"""Explanation of each kind of complaint for Tim PKD."""

OFFICE_NUMBER = _("Nomor agenda kantor")
OFFICE_NUMBER_HELP = _("Bila TU atau SRIKANDI juga memberi surat ini nomor agenda. Dapat diisi nanti.")


class OfficeNumberForm(OfficeForm):
    office_number = line_field(
        OFFICE_NUMBER,
        50,
        missing=_("Tulis nomor agendanya."),
        help_text=_("Dari buku agenda TU atau SRIKANDI. Sesudah disimpan tidak dapat diubah."),
    )


class RegisterForm(StepForm):
    """Form: entry in the agenda book; for a complaint also its kind and the official that it is about."""

    subject = line_field(
        _("Perihal"),
        200,
        missing=_("Tulis perihalnya dalam satu kalimat pendek."),
        help_text=_("Terbaca pada buku agenda dan semua naskah."),
    )
    letter_number = line_field(_("Nomor surat"), 100)
    letter_date = LetterDateField()
    classification = ClassificationField()
    srikandi_number = line_field(
        _("Nomor naskah SRIKANDI"), 100, help_text=_("Bila surat ini juga dicatat di SRIKANDI.")
    )
    office_number = line_field(OFFICE_NUMBER, 50, help_text=OFFICE_NUMBER_HELP)
    urgency = forms.ChoiceField(
        label=_("Tingkat urgensi"),
        choices=Urgency,
        initial=Urgency.NORMAL,
        error_messages={"required": _("Pilih tingkat urgensi.")},
    )
    confidentiality = forms.ChoiceField(
        label=_("Sifat naskah"),
        choices=Confidentiality,
        initial=Confidentiality.NORMAL,
        error_messages={"required": _("Pilih sifat naskah.")},
    )
    complained_about = OfficialField()
    complaint_kind = radio_field(
        _("Klasifikasi pengaduan"),
        ComplaintKind,
        missing=_("Pilih klasifikasi pengaduan."),
        invalid=_("Pilih klasifikasi pengaduan dari daftar ini."),
        help_text=_("Menentukan kapan pengaduan ini harus selesai, dihitung sejak pengaduan lengkap."),
    )
    lapor_number = lapor_field()
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classification"].initial = propose_code()
        if self.case.kind == Kind.COMPLAINT and not self.case.classification:
            self._offer_neutral_subject()
        elif self.case.subject.endswith("…"):  # the beginning of the text (`first_words()`)
            self.fields["subject"].help_text = self.case.wording.speak(
                _("Ringkas dulu: ini potongan kalimat pemohon. Terbaca pada buku agenda dan semua naskah.")
            )
        for name in LETTER_FIELDS:
            self.initial.setdefault(name, getattr(self.case, name))
        if self.case.identity != Identity.OPEN:
            del self.fields["letter_number"]  # it would name the complainant
        if self.case.kind == Kind.COMPLAINT:
            self._set_up_complaint_fields()
        else:
            for name in COMPLAINT_FIELDS:
                del self.fields[name]
        if self.case.classification:  # registered before, under a number that was voided
            for name in (*AGENDA_FIELDS, *COMPLAINT_FIELDS):
                self.initial.setdefault(name, getattr(self.case, name))

    def _set_up_complaint_fields(self) -> None:
        kind, about = self.fields["complaint_kind"], self.fields["complained_about"]
        days, complete = list_days(), completed_at(self.case)
        kind.choices = [  # type: ignore[attr-defined]
            (
                value,
                _(
                    "%(kind)s: %(what)s Selesai paling lambat %(day)s (%(days)d hari kerja, paling lama "
                    "%(law)d hari)."
                )
                % {
                    "kind": ComplaintKind(value).label,
                    "what": what,
                    "day": date_format(last) if (last := last_day_of_stage(complete, value)) else "-",
                    "days": days[value],
                    "law": days[ComplaintTarget.Stage.LAW_DECIDE],
                },
            )
            for value, what in COMPLAINT_KIND_HELP.items()
        ]
        self.fields["lapor_number"].initial = self.case.lapor_number
        about.offer(  # type: ignore[attr-defined]
            with_words(
                _(
                    "Menurut pelapor: %(party)s. Pejabat yang dipilih tidak dapat melihat pengaduan ini. Bila"
                    " ia %(head)s, pengaduan ini tidak diputuskan di kantor ini: teruskan kepada Sekretaris "
                    "Daerah atau Inspektorat Daerah. Bila ia anggota %(agenda_team)s (juga Anda sendiri), "
                    "anggota lain yang melanjutkan; mintalah administrator menunjuknya bila belum ada. Bila "
                    "ia petugas %(secretariat)s, tidak ada yang perlu diatur lagi."
                ),
                party=self.case.complained_party or _("tidak disebut"),
            )
        )

    def _offer_neutral_subject(self) -> None:
        """Prefill a subject that does not tell the complaint to all readers of the agenda book."""
        self.initial.setdefault("subject", self.case.wording.neutral_subject)
        self.fields["subject"].help_text = _(
            "Terbaca pada buku agenda dan semua naskah, juga oleh yang tidak menangani pengaduan ini. Jangan "
            "tulis nama orang. Dari pelapor: “%(subject)s”."
        ) % {"subject": self.case.subject}

    def rows(self) -> list[str | LayoutObject]:
        letter = [name for name in LETTER_FIELDS[1:] if name in self.fields]
        complaint_fields = [name for name in COMPLAINT_FIELDS if name in self.fields]
        return [
            "subject",
            side_by_side(*letter),
            "classification",
            ClassificationField.SUGGESTIONS,
            side_by_side("srikandi_number", "office_number"),
            side_by_side("urgency", "confidentiality"),
            *complaint_fields,
            "note",
        ]


class SendBackForm(AnonymousForm):
    missing = reason_field(_("Tulis apa yang perlu dilengkapi pemohon."), label=_("Yang perlu dilengkapi"))
    notice = _("Pemohon membaca tulisan ini di halamannya, lalu melengkapi permohonan.")


class LapseForm(StepForm):
    """Form: close a request that was not completed in time.

    The reason is prefilled, in Indonesian because it goes on record.
    """

    is_final = True
    reason = reason_field(_("Tulis mengapa permohonan ini ditutup."))
    notice = _("Pemohon tidak melengkapi permohonan dalam waktu yang ditentukan. Alasan ini terbaca olehnya.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = ComplaintTarget.days_for(COMPLETING[Kind(self.case.kind)])
        usual = "Permohonan tidak dilengkapi dalam %(days)d hari kerja."
        if self.case.kind == Kind.COMPLAINT:
            self.notice = _(
                "Pelapor tidak menanggapi dalam waktu yang ditentukan. Alasan ini terbaca olehnya."
            )
            usual = "Pengaduan tidak dilengkapi dalam %(days)d hari (UU 25/2009, pasal 44)."
        self.fields["reason"].initial = usual % {"days": days}


class VoidForm(StepForm):
    is_final = True
    reason = reason_field(_("Tulis mengapa nomor agenda ini dibatalkan."))
    notice = _("Nomor agenda ini tetap tercatat sebagai dibatalkan dan tidak dipakai lagi.")
