"""Forms of the counter: for every visitor, and for a paper letter or a visitor without urgency."""

import datetime as dt
from typing import Any
from uuid import UUID

from crispy_forms.layout import LayoutObject
from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.complaints import explain_closed
from consultations.enums import HELP, Channel, Identity, Kind
from consultations.forms import HelpForm, lapor_field
from consultations.intake.drafts import new_token
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm, merge_to_pdf
from consultations.scheduling.forms.sessions import not_in_the_future
from consultations.scheduling.forms.visit_time import VisitTimeField, offer_times
from kit.forms import (
    LetterDateField,
    LocalDateTimeField,
    OfficeForm,
    PhoneField,
    TextField,
    email_field,
    line_field,
    part,
    radio_field,
    side_by_side,
)
from office.words import with_words_lazy


class CounterForm(HelpForm, FilesForm, OfficeForm):
    """Fields for everybody who comes in, in person or by letter.

    Several scans or photographs become one PDF.
    """

    submission_token = forms.UUIDField(required=False, initial=new_token, widget=forms.HiddenInput)
    applicant_name = line_field(_("Nama pemohon"), 150, missing=_("Tulis nama pemohon."))
    organisation = line_field(with_words_lazy(_("Lembaga atau %(village)s")), 150)
    phone = PhoneField(
        error_messages={
            "required": _("Tulis nomor telepon atau WhatsApp pemohon, contoh: 0812-3456-7890."),
            "invalid": _(
                "Nomor ini tidak dikenal. Tulis nomor telepon atau WhatsApp pemohon, contoh: 0812-3456-7890."
            ),
        }
    )
    subject = line_field(_("Perihal"), 200, missing=_("Tulis perihalnya dalam satu kalimat pendek."))
    at = LocalDateTimeField(
        label=_("Diterima pada"), required=False, help_text=_("Kosongkan bila baru saja.")
    )

    def clean_submission_token(self) -> UUID:
        return self.cleaned_data["submission_token"] or new_token()

    def clean_at(self) -> dt.datetime | None:
        return not_in_the_future(self.cleaned_data["at"])


class ReceiveForm(CounterForm):
    """Step 1 at the counter: a paper letter, or a visitor without urgency."""

    kind = radio_field(
        _("Jenis"), Kind, missing=_("Pilih konsultasi atau pengaduan."), initial=Kind.CONSULTATION
    )
    channel = radio_field(
        _("Cara masuk"),
        [(c.value, c.label) for c in (Channel.LETTER, Channel.COUNTER)],
        missing=with_words_lazy(_("Pilih surat atau datang ke %(secretariat)s.")),
        initial=Channel.LETTER,
    )
    letter_number = line_field(_("Nomor surat"), 100)
    letter_date = LetterDateField()
    letter = CheckedFilesField(label=_("Pindaian surat"), required=False)
    address = line_field(_("Alamat"), 250)
    email = email_field(_("Surel"), _("Tulis alamat surel yang lengkap, contoh: nama@contoh.id."))
    material = TextField(
        _("Materi konsultasi"),
        missing=_("Tulis materi yang ingin dikonsultasikan."),
        max_length=10_000,
        rows=5,
        help_text=_("Isi surat atau pertanyaan, dengan ringkas."),
    )
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang diharapkan"),
        required=False,
        office_may_set=True,
        empty_label=_("Tidak ditentukan"),
        help_text=_("Yang tampil hanya waktu yang masih kosong. Kosongkan bila surat tidak menyebutkannya."),
        if_urgent=_("Bila mendesak, catat sebagai “Datang langsung”."),
    )
    complained_party = line_field(_("Pihak yang diadukan"), 200)
    is_independent = forms.BooleanField(
        label=with_words_lazy(_("Tentang pimpinan atau %(teams)s: kirim kepada Pengawas")),
        required=False,
        help_text=_(
            "Anda membacanya hanya selama mengetik. Sesudah dicatat, kantor ini tidak dapat membukanya lagi, "
            "juga Anda. Tidak ada tanda terima: Pengawas yang memberi kabar kepada pelapor."
        ),
    )
    lapor_number = lapor_field()
    identity = radio_field(
        _("Identitas pelapor"),
        [
            (Identity.OPEN, _("Terbuka")),
            (Identity.CONFIDENTIAL, _("Dirahasiakan: hanya terbaca oleh yang menangani pengaduan")),
            (Identity.ANONYMOUS, _("Anonim: nama dan kontak tidak disimpan")),
        ],
        invalid=_("Pilih terbuka, dirahasiakan, atau anonim."),
        initial=Identity.OPEN,
        required=False,
        help_text=_(
            "Bila tidak terbuka, jangan tulis nama pelapor pada perihal dan materi: semua yang melihat "
            "pengaduan ini membacanya."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_times(self, "visit_at")
        if self.data.get("identity") == Identity.ANONYMOUS:
            for name in ("applicant_name", "phone"):
                self.fields[name].required = False

    def rows(self) -> list[str | LayoutObject]:
        return [
            "submission_token",
            side_by_side("kind", "channel"),
            part(_("Surat"), side_by_side("letter_number", "letter_date"), side_by_side("letter", "at")),
            part(
                _("Pemohon"),
                side_by_side("applicant_name", "organisation"),
                side_by_side("phone", "email"),
                "address",
            ),
            part(_("Yang dikonsultasikan"), "subject", "material", "visit_at"),
            part(_("Bantuan bagi penyandang disabilitas"), *HELP),
            part(
                _("Hanya untuk pengaduan"),
                side_by_side("complained_party", "lapor_number"),
                "is_independent",
                "identity",
            ),
        ]

    def clean_letter(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("letter"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["identity"] = data.get("identity") or Identity.OPEN
        if data["identity"] != Identity.OPEN and data.get("kind") == Kind.CONSULTATION:
            self.add_error("identity", _("Hanya pelapor pengaduan yang dapat dirahasiakan atau anonim."))
        if data.get("is_independent") and data.get("kind") == Kind.CONSULTATION:
            self.add_error("is_independent", _("Hanya pengaduan yang dapat dikirim kepada Pengawas."))
        elif data.get("is_independent") and (sentence := explain_closed()):
            self.add_error("is_independent", sentence)
        return data
