"""Forms of the counter, of the applicant's own steps, of a withdrawal by the office, and of lookup."""

import re
from typing import Any
from uuid import UUID

from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.complaints import can_be_complained_about, explain_closed, lapor_field
from consultations.enums import HELP, Channel, Identity, Kind, RequestedBy
from consultations.forms import StepForm
from consultations.intake.drafts import new_token
from consultations.intake.request_form import HelpForm
from consultations.intake.requirements import add_fields, list_asked, list_missing, take_given
from consultations.intake.uploads import CheckedFile, CheckedFilesField, FilesForm, merge_to_pdf
from consultations.models import Case
from consultations.scheduling.forms import check_past
from consultations.scheduling.visit_time import VisitTimeField, offer_times
from consultations.secret_link import RenewLinkForm
from kit.forms import (
    LetterDateField,
    LocalDateTimeField,
    OfficeForm,
    PhoneField,
    TextField,
    check_name,
    email_field,
    line_field,
    note_field,
    part,
    radio_field,
    reason_field,
    side_by_side,
)
from office.words import with_words_lazy


def clean_code(typed: str) -> str:
    """Return a tracking code as it is stored, from one in small letters or without its dash."""
    code = re.sub(r"[^0-9A-Z]", "", typed.upper())
    return f"{code[:4]}-{code[4:]}"


class CounterForm(HelpForm, FilesForm, OfficeForm):
    """Fields for everybody who comes in, in person or by letter.

    Several scans or photographs become one PDF.
    """

    submission_token = forms.UUIDField(required=False, initial=new_token, widget=forms.HiddenInput)
    applicant_name = line_field(
        _("Nama pemohon"), 150, missing=_("Tulis nama pemohon."), validators=[check_name]
    )
    applicant_position = line_field(_("Jabatan"), 100)
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
        label=_("Diterima pada"),
        required=False,
        help_text=_("Kosongkan bila baru saja."),
        validators=[check_past],
    )

    def clean_submission_token(self) -> UUID:
        return self.cleaned_data["submission_token"] or new_token()


class ReceiveForm(CounterForm):
    """Step 1 at the counter: what reached the office by letter, call, message, box or another institution.

    The answer goes by post if neither a telephone number nor an e-mail address is known.
    """

    conditional = ("phone", "address", "forwarded_by", "lapor_number")
    kind = radio_field(
        _("Jenis"), Kind, missing=_("Pilih konsultasi atau pengaduan."), initial=Kind.CONSULTATION
    )
    channel = radio_field(
        _("Cara masuk"),
        [(c.value, c.label) for c in Channel if c not in (Channel.ONLINE, Channel.WALK_IN)],
        missing=_("Pilih cara permohonan ini masuk."),
        initial=Channel.LETTER,
    )
    forwarded_by = line_field(
        _("Instansi yang meneruskan"),
        150,
        help_text=_("Contoh: Inspektorat Daerah. Nomor dan tanggal surat di bawah adalah miliknya."),
    )
    letter_number = line_field(_("Nomor surat"), 100)
    letter_date = LetterDateField()
    letter = CheckedFilesField(label=_("Pindaian surat"), required=False)
    address = line_field(
        _("Alamat"), 250, help_text=_("Wajib bila tidak ada nomor dan surel: jawabannya dikirim lewat pos.")
    )
    email = email_field(_("Surel"), _("Tulis alamat surel yang lengkap, contoh: nama@contoh.id."))
    material = TextField(
        _("Materi konsultasi"),
        missing=_("Tulis materi yang ingin dikonsultasikan."),
        max_length=10_000,
        rows=5,
        help_text=_("Isi surat atau cerita pemohon, dengan ringkas."),
    )
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang diharapkan"),
        required=False,
        office_may_set=True,
        empty_label=_("Tidak ditentukan"),
        help_text=_("Yang tampil hanya waktu yang masih kosong. Kosongkan bila tidak disebutkan."),
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
    complains_of = line_field(
        _("Kode permohonan yang ditolak"),
        20,
        help_text=_("Bila mengadukan penolakan kantor ini. Yang menolak tidak menangani pengaduan itu."),
    )
    lapor_number = lapor_field()
    identity = radio_field(
        _("Identitas pelapor"),
        [
            (Identity.OPEN, _("Nama pelapor diketahui petugas")),
            (Identity.CONFIDENTIAL, _("Dirahasiakan: hanya terbaca oleh yang menangani pengaduan")),
            (Identity.ANONYMOUS, _("Anonim: nama dan kontak tidak disimpan")),
        ],
        invalid=_("Pilih salah satu dari tiga pilihan ini."),
        initial=Identity.OPEN,
        required=False,
        help_text=_(
            "Bila dirahasiakan atau anonim, jangan tulis nama pelapor pada perihal dan materi: semua "
            "yang melihat pengaduan ini membacanya."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list_asked()
        add_fields(self, self.asked)
        offer_times(self, "visit_at")
        phone = self.fields["phone"]
        phone.required, phone.help_text = False, _("Kosongkan bila tidak disebutkan.")
        if self.data.get("identity") == Identity.ANONYMOUS:
            self.fields["applicant_name"].required = False

    def rows(self) -> list[str | LayoutObject]:
        return [
            "submission_token",
            side_by_side("kind", "channel"),
            "forwarded_by",
            "lapor_number",
            part(_("Surat"), side_by_side("letter_number", "letter_date"), side_by_side("letter", "at")),
            part(
                _("Pemohon"),
                "applicant_name",
                side_by_side("applicant_position", "organisation"),
                side_by_side("phone", "email"),
                "address",
            ),
            part(_("Yang dikonsultasikan"), "subject", "material", "visit_at"),
            *([part(_("Persyaratan (boleh dilengkapi kemudian)"), *self.asked)] if self.asked else []),
            part(_("Bantuan bagi penyandang disabilitas"), *HELP),
            part(
                _("Hanya untuk pengaduan"),
                "complained_party",
                "complains_of",
                "is_independent",
                "identity",
            ),
        ]

    def clean_letter(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("letter"))

    def clean_complains_of(self) -> Case | None:
        """Return the refused case. Raise ValidationError if no case with this code was refused."""
        if not self.cleaned_data["complains_of"]:
            return None
        case = Case.objects.filter(code=clean_code(self.cleaned_data["complains_of"])).first()
        if case is None or not can_be_complained_about(case):
            raise ValidationError(_("Tidak ada permohonan dengan kode ini yang ditolak. Periksa kodenya."))
        return case

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["identity"] = data.get("identity") or Identity.OPEN
        chosen = [str(file.name) for name in self.asked for file in self.files.getlist(name)]
        self.choose_again = (*self.choose_again, *chosen)
        given = take_given(data, self.asked)
        if data.get("kind") == Kind.CONSULTATION and given:
            data["requirements"] = given
        if data["identity"] != Identity.OPEN and data.get("kind") == Kind.CONSULTATION:
            self.add_error("identity", _("Hanya pelapor pengaduan yang dapat dirahasiakan atau anonim."))
        if data.get("complains_of") and data.get("kind") == Kind.CONSULTATION:
            self.add_error("complains_of", _("Hanya pengaduan yang dapat mengenai sebuah penolakan."))
        if data.get("is_independent") and data.get("kind") == Kind.CONSULTATION:
            self.add_error("is_independent", _("Hanya pengaduan yang dapat dikirim kepada Pengawas."))
        elif data.get("is_independent") and (sentence := explain_closed()):
            self.add_error("is_independent", sentence)
        self._check_channel(data)
        self._check_contact(data)
        return data

    def _check_channel(self, data: dict[str, Any]) -> None:
        """Require what belongs to the channel, and drop what was typed for another one."""
        channel = data.get("channel")
        if channel != Channel.FORWARD:
            data["forwarded_by"] = ""
        elif not data.get("forwarded_by"):
            self.add_error("forwarded_by", _("Tulis instansi yang meneruskan permohonan ini."))
        if channel == Channel.FORWARD and not (data.get("letter_date") or "letter_date" in self.errors):
            self.add_error("letter_date", _("Isi tanggal surat instansi yang meneruskan."))
        if channel == Channel.LAPOR and not data.get("lapor_number"):
            self.add_error("lapor_number", _("Tulis nomor laporannya di SP4N-LAPOR!."))

    def _check_contact(self, data: dict[str, Any]) -> None:
        """Require a telephone number, an e-mail address or a postal address for the answer."""
        if data.get("identity") == Identity.ANONYMOUS or not {"phone", "email"}.isdisjoint(self.errors):
            return
        if data.get("channel") in (Channel.PHONE, Channel.WHATSAPP) and not data.get("phone"):
            self.add_error("phone", _("Tulis nomor yang dipakai pemohon."))
        elif data.get("channel") == Channel.EMAIL and not data.get("email"):
            self.add_error("email", _("Tulis alamat surel yang dipakai pemohon."))
        elif not (data.get("phone") or data.get("email") or data.get("address")):
            self.add_error(
                "address", _("Tulis alamat pemohon: tanpa nomor dan surel, jawabannya dikirim lewat pos.")
            )


class CompleteForm(FilesForm, StepForm):
    """Step 2: what was missing (Kelengkapan). At least one field must be new.

    Several files become one PDF.
    """

    material = TextField(label=_("Ceritakan persoalan Anda"), max_length=10_000, rows=6, required=False)
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang baru"),
        required=False,
        empty_label=_("Tetap seperti semula"),
        help_text=_("Kosongkan bila tetap."),
    )
    file = CheckedFilesField(label=_("Berkas kelengkapan"), required=False)
    note = note_field(with_words_lazy(_("Untuk %(agenda_team)s.")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].initial = self.case.material
        self.asked = list_missing(self.case)
        add_fields(self, self.asked)
        offer_times(self, "visit_at", self.case)

    def clean_file(self) -> CheckedFile | None:
        return merge_to_pdf(self.accepted_files("file"))

    def clean(self) -> dict[str, Any]:
        new = self.cleaned_data
        if given := take_given(new, self.asked):
            new["requirements"] = given
        same = new.get("material", "").split() in ([], self.case.material.split())
        if not self.errors and same and not (new["visit_at"] or new["file"] or new["note"] or given):
            raise ValidationError(
                _("Belum ada yang dilengkapi. Ubah materi, pilih waktu atau berkas, atau tulis catatan.")
            )
        return new


class WithdrawForm(StepForm):
    """The reason for a withdrawal (Penarikan)."""

    notice = _("Yang ditarik tidak dapat dibuka lagi. Anda dapat mengajukan yang baru.")
    reason = reason_field(with_words_lazy(_("Tulis alasan Anda, contoh: sudah selesai di %(village)s.")))


class WithdrawForForm(RenewLinkForm):
    """The channel of the applicant's wish, the proof of identity, and the reason."""

    notice = _("Yang ditarik tidak dapat dibuka lagi. Pemohon diberi tahu, dan alasan ini dibacanya.")
    requested_by = radio_field(
        _("Pemohon memintanya lewat"), RequestedBy, missing=_("Pilih cara pemohon memintanya.")
    )
    reason = reason_field(with_words_lazy(_("Tulis alasan pemohon, contoh: sudah selesai di %(village)s.")))


class LookupForm(forms.Form):
    """Tracking code and telephone number, which together lead to the secret link."""

    code = line_field(
        _("Kode lacak"),
        20,
        missing=_("Tulis kode lacak yang tercetak pada tanda terima."),
        help_text=_("Contoh: 7K3M-9Q2X. Huruf besar atau kecil, dengan atau tanpa garis."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = PhoneField(help_text=_("Nomor yang Anda tulis pada permohonan, contoh: 0812-3456-7890."))

    def clean_code(self) -> str:
        return clean_code(self.cleaned_data["code"])
