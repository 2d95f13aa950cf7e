"""What an applicant fills in: a request, a complaint, a completion, a withdrawal, a lookup."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office import clock
from office.models import Office

from .fields import CheckedFileField, LocalDateField, LocalDateTimeField, PhoneField
from .hours import check_hours, with_hours
from .step import StepForm, TextField, note_field, reason_field

LATEST_VISIT = dt.timedelta(days=366)
SUBJECT_LENGTH = 80


def check_visit(moment: dt.datetime | None) -> dt.datetime | None:
    """Hold the wished visit time to a moment ahead at which the office works.

    Raises ValidationError that says the hours and proposes the next moment. An office that has entered no
    hours is held to be always open.
    """
    if moment is None:
        return None
    now, minutes = clock.now(), Office.load().service_minutes
    if moment > now + LATEST_VISIT:
        raise ValidationError(_("Pilih waktu dalam satu tahun ke depan."))
    if moment <= now:
        raise ValidationError(with_hours(_("Waktu ini sudah lewat."), now, minutes))
    check_hours(moment, minutes)
    return moment


class RequestForm(forms.Form):
    """A request for consultation (Permohonan). Its cleaned data are the arguments of `services.submit`."""

    kind = Case.Kind.CONSULTATION

    applicant_name = forms.CharField(
        label=_("Nama Anda"),
        max_length=150,
        error_messages={"required": _("Tulis nama Anda.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        help_text=_("Contoh: 0812-3456-7890. Petugas menghubungi Anda lewat nomor ini."),
    )
    material = TextField(
        label=_("Materi konsultasi"),
        max_length=10_000,
        rows=6,
        error_messages={"required": _("Tulis apa yang ingin Anda konsultasikan.")},
        help_text=_("Contoh: Bagaimana cara mengusulkan warga desa kami ke data penerima bantuan sosial?"),
    )
    visit_at = LocalDateTimeField(
        label=_("Waktu kunjungan yang Anda inginkan"),
        error_messages={
            "required": _("Pilih tanggal dan jam Anda ingin datang."),
            "invalid": _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30."),
        },
    )
    letter = CheckedFileField(label=_("Surat permohonan kepada Kepala Dinas"), required=False)
    no_letter = forms.BooleanField(
        label=_("Saya belum punya surat: buatkan dari isian ini"),
        required=False,
        help_text=_("Sistem membuat surat resmi dari isian Anda. Anda dapat mengunduhnya sesudah mengirim."),
    )
    organisation = forms.CharField(
        label=_("Lembaga atau desa"), max_length=150, required=False, help_text=_("Contoh: Desa Air Contoh")
    )
    address = forms.CharField(
        label=_("Alamat"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    email = forms.EmailField(
        label=_("Surel"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Tulis alamat surel lengkap, contoh: nama@contoh.id, atau kosongkan.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = forms.CharField(
        label=_("Perihal"),
        max_length=200,
        required=False,
        help_text=_("Bila kosong, diambil dari awal materi."),
    )
    materials = CheckedFileField(label=_("Bahan pendukung"), required=False)
    letter_number = forms.CharField(
        label=_("Nomor surat"), max_length=100, required=False, help_text=_("Contoh: 140/21/DS-AC/2026")
    )
    letter_date = LocalDateField(label=_("Tanggal surat"), required=False)
    submission_token = forms.UUIDField(
        required=False,
        initial=uuid4,
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Formulir ini rusak. Buka lagi halaman ini, lalu isi kembali.")},
    )

    def clean_visit_at(self) -> dt.datetime | None:
        return check_visit(self.cleaned_data["visit_at"])

    def clean_letter_date(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["letter_date"]
        if day and day > clock.today():
            raise ValidationError(_("Tanggal surat tidak boleh sesudah hari ini."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        no_letter = cleaned.pop("no_letter", False)
        if not (cleaned.get("letter") or no_letter or "letter" in self.errors):
            self.add_error(
                "letter",
                _("Pilih berkas surat Anda, atau centang kotak di bawah ini supaya surat dibuatkan."),
            )
        cleaned["subject"] = cleaned.get("subject") or first_words(cleaned.get("material", ""))
        return {**cleaned, "kind": self.kind}


class ComplaintForm(RequestForm):
    """A complaint about a service (Pengaduan): the same nine steps, and whom it is about."""

    kind = Case.Kind.COMPLAINT

    complained_party = forms.CharField(
        label=_("Pihak yang diadukan"),
        max_length=200,
        required=False,
        help_text=_("Contoh: petugas loket, atau nama unit kerja. Boleh dikosongkan."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].label = _("Isi pengaduan")
        self.fields["material"].help_text = _(
            "Apa yang terjadi, kapan, dan di mana. Contoh: Pada 3 November 2026 pukul 09.30 saya datang ke "
            "loket dan diminta membayar."
        )
        self.fields["material"].error_messages["required"] = _("Tulis apa yang ingin Anda adukan.")
        self.fields["letter"].label = _("Surat pengaduan kepada Kepala Dinas")


def first_words(text: str) -> str:
    """The beginning of a text as its subject, cut after a whole word."""
    line = " ".join(text.split())
    if len(line) <= SUBJECT_LENGTH:
        return line
    return line[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + "…"


class CompleteForm(StepForm):
    """Step 2: what was missing (Kelengkapan). Something must be new, or nothing was completed."""

    material = TextField(label=_("Materi konsultasi"), max_length=10_000, rows=6, required=False)
    visit_at = LocalDateTimeField(
        label=_("Waktu kunjungan yang baru"), required=False, help_text=_("Kosongkan bila tetap.")
    )
    file = CheckedFileField(label=_("Berkas kelengkapan"), required=False)
    note = note_field(_("Untuk Tim PKD. Boleh dikosongkan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["material"].initial = self.case.material

    def clean_visit_at(self) -> dt.datetime | None:
        return check_visit(self.cleaned_data["visit_at"])

    def clean(self) -> dict[str, Any]:
        new = self.cleaned_data
        same = new.get("material", "").split() in ([], self.case.material.split())
        if not self.errors and same and not (new["visit_at"] or new["file"] or new["note"]):
            raise ValidationError(
                _("Belum ada yang dilengkapi. Ubah materi, pilih waktu atau berkas, atau tulis catatan.")
            )
        return new


class WithdrawForm(StepForm):
    """The reason for which an applicant takes the request back (Penarikan)."""

    reason = reason_field(_("Tulis alasan Anda, contoh: sudah selesai di desa."))


class AskTimeForm(StepForm):
    """Another time than the scheduled one, and why (Permintaan Waktu Lain)."""

    notice = _("Jadwal Anda tetap berlaku sampai petugas menjawab.")
    starts_at = LocalDateTimeField(
        label=_("Waktu yang Anda inginkan"),
        error_messages={
            "required": _("Pilih waktu yang Anda inginkan."),
            "invalid": _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30."),
        },
    )
    reason = reason_field(_("Tulis mengapa jadwalnya tidak cocok, contoh: ada musyawarah desa."))

    def clean_starts_at(self) -> dt.datetime | None:
        return check_visit(self.cleaned_data["starts_at"])


class LookupForm(forms.Form):
    """The tracking code with the telephone number that was given: together they open the secret link."""

    code = forms.CharField(
        label=_("Kode lacak"),
        max_length=20,
        error_messages={"required": _("Tulis kode lacak yang tercetak pada tanda terima.")},
        help_text=_("Contoh: 7K3M-9Q2X. Huruf besar atau kecil, dengan atau tanpa garis."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = PhoneField(help_text=_("Nomor yang Anda tulis pada permohonan, contoh: 0812-3456-7890."))

    def clean_code(self) -> str:
        code = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["code"].upper())
        return f"{code[:4]}-{code[4:]}"
