"""The public forms of a request and of a complaint.

They have sections whose optional fields are folded away.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from consultations.complaints import explain_closed
from consultations.enums import HELP, Identity, Kind
from consultations.intake import requirements
from consultations.intake.models import FILES, DraftFile, RequestDraft
from consultations.intake.uploads import (
    MAX_FILES,
    TOO_MANY_FILES,
    CheckedFile,
    CheckedFilesField,
    ChosenFiles,
)
from consultations.personal_fields import IDENTIFYING
from consultations.scheduling.visit_time import VisitTimeField, name_promise, offer_recent_times, offer_times
from consultations.wording import wording_for
from kit.forms import (
    LetterDateField,
    PhoneField,
    TextField,
    check_name,
    email_field,
    line_field,
    optional_label,
    radio_field,
)
from office.words import with_words_lazy


@dataclass(frozen=True)
class Section:
    """A section of a form: anchor, title, names of its fields, and those folded away behind `more`."""

    anchor: str
    title: Promise
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()
    more: Promise | str = ""


@dataclass(frozen=True)
class BoundSection:
    """A section with the fields of one form. `is_open`: a folded field has a value or an error."""

    section: Section
    fields: list["BoundField"]
    optional: list["BoundField"]
    is_open: bool


MORE_PARTY = _("Siapa yang diadukan, atau kirim hanya kepada Pengawas")
MORE_FILES = _("Tambah perihal, foto, atau berkas")
MORE_LETTER = _("Unggah surat, tulis nomor dan tanggalnya")
MORE_CONTACT = with_words_lazy(_("Jabatan, lembaga atau %(village)s, alamat, surel"))
SUBJECT_LENGTH = 80
CONTACT = ("applicant_position", "organisation", "address", "email")
NEED_EACH_OTHER = (
    ("filled_by", "filled_as", _("Tulis nama Anda yang mengisi.")),
    ("filled_as", "filled_by", _("Tulis hubungan Anda dengan orang yang Anda bantu, contoh: anak.")),
)
"""Fields that are required if another one is filled in, with the sentence if they are missing."""

HELPER = Section(
    "pengisi", _("Yang mengisi"), (), ("filled_by", "filled_as"), _("Saya mengisi untuk orang lain")
)
"""The section of a helper. It is before the name, because the name is then another one's."""

NAME_OF_OTHER = _("Nama yang berkepentingan")
MISSING_OF_OTHER = {
    "applicant_name": _("Tulis nama orang yang Anda bantu."),
    "phone": _("Tulis nomor telepon atau WhatsApp orang yang Anda bantu, atau nomor Anda."),
}

NO_COLUMNS = (*FILES, "no_letter", "submission_token", "stamp", "homepage")
"""Fields that are no columns of the case."""


MIN_MATTER = 5
"""Letters of the shortest matter that says something, such as `bansos`."""


def check_matter(text: str) -> None:
    """Raise ValidationError if a text is too short to be answered."""
    if sum(map(str.isalpha, text)) < MIN_MATTER:
        raise ValidationError(_("Tulis lebih lengkap, supaya petugas mengerti yang Anda perlukan."))


class HelpForm(forms.Form):
    """One box for each kind of help. The names are columns of the case."""

    needs_companion = forms.BooleanField(label=HELP["needs_companion"], required=False)
    needs_sign_language = forms.BooleanField(label=HELP["needs_sign_language"], required=False)
    needs_large_print = forms.BooleanField(label=HELP["needs_large_print"], required=False)
    needs_visit = forms.BooleanField(label=HELP["needs_visit"], required=False)


class RequestForm(HelpForm):
    """A request for consultation (Permohonan). The cleaned data are columns of the case.

    `is_helped`: another person fills it in. `chosen` are the accepted uploads by field, `stored_files`
    the files of the draft, without those whose keys are in `removed`.
    """

    kind = Kind.CONSULTATION
    wording = wording_for(Kind.CONSULTATION)
    sections: tuple[Section, ...] = (
        Section("persoalan", _("Persoalan Anda"), ("material",), ("subject", "materials"), MORE_FILES),
        Section("waktu", _("Waktu kunjungan"), ("visit_at",)),
        HELPER,
        Section("kontak", _("Nama dan kontak"), ("applicant_name", "phone"), CONTACT, MORE_CONTACT),
        Section("surat", _("Surat"), ("no_letter",), ("letter", "letter_number", "letter_date"), MORE_LETTER),
        Section(
            "bantuan",
            _("Bantuan bagi penyandang disabilitas"),
            (),
            (*HELP,),
            _("Saya penyandang disabilitas dan memerlukan bantuan"),
        ),
    )

    material = TextField(
        _("Ceritakan persoalan Anda"),
        missing=_("Tulis apa yang ingin Anda konsultasikan."),
        max_length=10_000,
        rows=4,
        validators=[check_matter],
        help_text=with_words_lazy(
            _("Contoh: Bagaimana cara mengusulkan warga %(village)s kami ke data penerima bantuan sosial?")
        ),
    )
    subject = line_field(
        _("Perihal"),
        200,
        help_text=_("Contoh: Data penerima bantuan. Bila kosong, diambil dari awal materi."),
    )
    materials = CheckedFilesField(
        label=_("Bahan pendukung"),
        required=False,
        help_text=_(
            "Contoh: foto atau daftar nama. Paling banyak 5 berkas, masing-masing paling besar 5 MB."
        ),
    )
    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang Anda inginkan"),
        office_may_set=True,
        help_text=_("Yang tampil hanya waktu yang masih kosong."),
    )
    applicant_name = line_field(
        _("Nama Anda"),
        150,
        missing=_("Tulis nama Anda."),
        help_text=_("Contoh: Siti Contoh"),
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(help_text=_("Contoh: 0812-3456-7890. Kami menghubungi nomor ini."))
    applicant_position = line_field(
        _("Jabatan"),
        100,
        help_text=_("Contoh: Ketua RT. Bila diisi, surat kami ditujukan kepada jabatan Anda."),
    )
    organisation = line_field(
        with_words_lazy(_("Lembaga atau %(village)s")), 150, help_text=_("Contoh: Karang Taruna Contoh")
    )
    address = line_field(
        _("Alamat"),
        250,
        help_text=_("Contoh: Jl. Melati No. 2, Kecamatan Contoh"),
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    email = email_field(
        _("Surel"),
        _("Tulis alamat surel lengkap, contoh: nama@contoh.id, atau kosongkan."),
        help_text=_("Contoh: nama@contoh.id"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    filled_by = line_field(
        _("Nama Anda sebagai pengisi"),
        150,
        help_text=_("Sesudah ini, tulis nama dan nomor orang yang Anda bantu."),
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    filled_as = line_field(
        _("Hubungan Anda dengan orang itu"),
        100,
        help_text=with_words_lazy(_("Contoh: anak, tetangga, atau perangkat %(village)s.")),
    )
    letter = CheckedFilesField(label=with_words_lazy(_("Surat permohonan kepada %(head)s")), required=False)
    no_letter = forms.BooleanField(
        label=_("Saya belum punya surat: buatkan formulir dari isian ini"),
        required=False,
        initial=True,
        help_text=_("Sistem membuat formulirnya dari isian Anda. Anda dapat mengunduhnya sesudah mengirim."),
    )
    letter_number = line_field(_("Nomor surat"), 100, help_text=_("Contoh: 140/21/DS-AC/2026"))
    letter_date = LetterDateField()
    submission_token = forms.CharField(required=False, widget=forms.HiddenInput())
    stamp = forms.CharField(required=False, widget=forms.HiddenInput())
    homepage = forms.CharField(
        label=_("Jangan diisi"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        draft: RequestDraft | None = None,
        removed: Collection[str] = (),
        offers_times: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.asked = requirements.list_asked() if self.kind == Kind.CONSULTATION else {}
        requirements.add_fields(self, self.asked)
        if self.asked:
            asked = Section("persyaratan", _("Persyaratan"), tuple(self.asked))
            self.sections = (*self.sections[:-1], asked, self.sections[-1])
        self.file_names = (*FILES, *requirements.list_files(self.asked))
        self.chosen: dict[str, list[CheckedFile]] = {name: [] for name in self.file_names}
        self.removed = removed
        self.show_files(draft.files.all() if draft else ())
        self.free = offer_recent_times(self, "visit_at") if offers_times else None
        self.is_helped = any(self.data.get(name) for name in HELPER.optional)
        if self.is_helped:
            self.fields["applicant_name"].label = NAME_OF_OTHER
            for name, sentence in MISSING_OF_OTHER.items():
                self.fields[name].error_messages["required"] = sentence

    def offer_newest_times(self) -> None:
        """Offer the times that are free now, after one was taken."""
        self.free = offer_times(self, "visit_at")

    def show_files(self, files: Iterable[DraftFile]) -> None:
        """Show these files as stored, except those that are to be removed."""
        self.stored_files = [file for file in files if str(file.pk) not in self.removed]

    def stored(self, name: str) -> list[DraftFile]:
        """Return the stored files of one field."""
        return [file for file in self.stored_files if file.field == name]

    @property
    def needs_letter(self) -> bool:
        """Whether the applicant must send a letter, or let the system make one."""
        return True

    @property
    def hours(self) -> str:
        """Office hours as a sentence; empty if none are set."""
        return self.free.working.sentence() if self.free else ""

    @cached_property
    def bound_sections(self) -> list[BoundSection]:
        """Sections with their fields, for the page."""
        return [
            BoundSection(
                section,
                [self._labelled(name) for name in section.fields],
                [self[name] for name in section.optional],
                any(
                    self[name].value() or self[name].errors or self.stored(name) for name in section.optional
                ),
            )
            for section in self.sections
        ]

    def _labelled(self, name: str) -> BoundField:
        field = self[name]
        if name == "applicant_name" and not self.is_helped:  # static/css/forms.css shows one of them
            both = (("for-self", field.label), ("for-other", NAME_OF_OTHER))
            field.label = format_html_join("", '<span class="{}">{}</span>', both)
        if not (field.field.required or name in ("letter", "no_letter", "is_independent", "identity")):
            if name in self.asked and self.asked[name].is_required:
                return field
            field.label = optional_label(field.label)
        return field

    def clean_letter(self) -> list[CheckedFile]:
        return self._clean_files("letter")

    def clean_materials(self) -> list[CheckedFile]:
        return self._clean_files("materials")

    def _clean_files(self, name: str) -> list[CheckedFile]:
        files: ChosenFiles = self.cleaned_data[name]
        new = files.except_stored(stored := self.stored(name))
        if len(new) + len(stored) > MAX_FILES:
            raise ValidationError(TOO_MANY_FILES)
        self.chosen[name] = new
        if files.errors:
            raise ValidationError(files.errors)
        return new

    def clean(self) -> dict[str, Any]:
        has_letter = self.chosen["letter"] or self.stored("letter") or self.cleaned_data.get("no_letter")
        if self.needs_letter and not has_letter and "letter" not in self.errors:
            self.add_error(
                "letter",
                _("Pilih berkas surat Anda, atau centang kotaknya supaya formulir dibuatkan."),
            )
        for name, other, sentence in NEED_EACH_OTHER:
            if self.cleaned_data.get(other) and not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        cleaned = {n: v for n, v in self.cleaned_data.items() if n not in (*NO_COLUMNS, *self.asked)}
        if self.asked:
            cleaned["requirements"] = requirements.list_met(self, self.asked, self.chosen, self.stored)
        cleaned["subject"] = (
            cleaned.get("subject") or self.wording.neutral_subject or first_words(cleaned.get("material", ""))
        )
        return {**cleaned, "kind": self.kind}

    def keep_errors_of_refused_files(self) -> bool:
        """Forget all errors but those of files that were chosen and refused; return whether there are any."""
        refused = {name for name in self.file_names if self.files.get(name) and name in self.errors}
        for name in self.errors.keys() - refused:
            del self.errors[name]
        return bool(refused)

    def typed(self) -> dict[str, str]:
        """Return the raw text of each field that is not empty, for the draft."""
        names = {*self.fields, name_promise("visit_at")} - {*self.file_names, "submission_token"}
        return {name: str(value) for name in names if (value := self.data.get(name))}


def first_words(text: str) -> str:
    """Return the beginning of a text as a subject, cut after a whole word."""
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_LENGTH else line[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + "…"


class ComplaintForm(RequestForm):
    """A complaint about a service (Pengaduan).

    Name and contact of an anonymous complaint are dropped, even if they were typed.
    """

    kind = Kind.COMPLAINT
    wording = wording_for(Kind.COMPLAINT)
    sections = (
        Section(
            "persoalan",
            _("Pengaduan Anda"),
            ("material",),
            ("subject", "materials"),
            MORE_FILES,
        ),
        Section("pihak", _("Pihak yang diadukan"), (), ("complained_party", "is_independent"), MORE_PARTY),
        Section("waktu", _("Waktu kunjungan"), (), ("visit_at",), _("Saya ingin bertemu petugas")),
        HELPER,
        Section(
            "kontak", _("Nama dan kontak"), ("identity", "applicant_name", "phone"), CONTACT, MORE_CONTACT
        ),
        *RequestForm.sections[-2:],
    )

    visit_at = VisitTimeField(
        label=_("Waktu kunjungan yang Anda inginkan"),
        required=False,
        empty_label=_("Tidak perlu bertemu"),
        help_text=_("Kosongkan bila Anda tidak perlu bertemu petugas."),
    )
    complained_party = line_field(
        _("Pihak yang diadukan"),
        200,
        help_text=with_words_lazy(_("Contoh: petugas loket, %(head)s, atau nama unit kerja.")),
    )
    is_independent = forms.BooleanField(
        label=_("Kirim hanya kepada Pengawas (Inspektorat)"),
        required=False,
        help_text=with_words_lazy(
            _(
                "Untuk pengaduan tentang pimpinan atau %(teams)s. Kantor ini tidak dapat melihatnya. "
                "Surat dan waktu kunjungan tidak diperlukan."
            )
        ),
    )
    identity = radio_field(
        _("Siapa yang boleh mengetahui nama Anda"),
        [
            (Identity.OPEN, _("Nama Anda diketahui petugas")),
            (
                Identity.CONFIDENTIAL,
                _("Dirahasiakan: hanya yang menangani, dan tiap kali dicatat"),
            ),
            (Identity.ANONYMOUS, _("Anonim: nama dan kontak tidak disimpan")),
        ],
        invalid=_("Pilih salah satu dari tiga pilihan ini."),
        initial=Identity.OPEN,
        required=False,
        help_text=_(
            "Bila dirahasiakan atau anonim: jangan tulis nama Anda pada isinya, dan simpan tautan Anda. "
            "Hanya itu jalan ke pengaduan Anda."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for identifying in IDENTIFYING:
            self.fields[identifying].widget.attrs["data-identifies"] = True  # for static/js/autosave.js
        material, name, phone = (self.fields[part] for part in ("material", "applicant_name", "phone"))
        material.label = str(self.wording.material)
        material.help_text = _(
            "Apa yang terjadi, kapan, dan di mana. Contoh: Pada 3 November 2026 pukul 09.30 saya datang ke "
            "loket dan diminta membayar."
        )
        material.error_messages["required"] = _("Tulis apa yang ingin Anda adukan.")
        self.fields["subject"].help_text = _(
            "Contoh: Pungutan di loket. Bila kosong, tertulis “Pengaduan pelayanan”."
        )
        self.fields["letter"].label = with_words_lazy(_("Surat pengaduan kepada %(head)s"))
        name.help_text = _("Contoh: Siti Contoh. Tidak perlu diisi bila anonim.")
        phone.help_text = _("Contoh: 0812-3456-7890. Tidak perlu diisi bila anonim.")

    @property
    def needs_letter(self) -> bool:
        """Whether a letter must be sent. The Pengawas needs none: letters are for the head of the office."""
        return not self.data.get("is_independent")

    @property
    def is_anonymous(self) -> bool:
        return self.data.get("identity") == Identity.ANONYMOUS

    def clean_identity(self) -> str:
        return self.cleaned_data["identity"] or Identity.OPEN

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_anonymous:
            for name in IDENTIFYING:
                self.errors.pop(name, None)
                cleaned[name] = ""
        if cleaned.get("is_independent"):
            self.errors.pop("visit_at", None)
            cleaned["visit_at"] = None
            if sentence := explain_closed():
                self.add_error("is_independent", sentence)
        return cleaned

    def typed(self) -> dict[str, str]:
        hidden = IDENTIFYING if self.is_anonymous else ()
        return {name: text for name, text in super().typed().items() if name not in hidden}


FORMS: dict[str, type[RequestForm]] = {form.kind: form for form in (RequestForm, ComplaintForm)}


def form_for_draft(draft: RequestDraft, *, offers_times: bool = True) -> RequestForm:
    """Return the form bound to the typed data. Without `offers_times` any time of the visit is valid."""
    data = {**draft.typed, "submission_token": str(draft.token or "")}
    return FORMS[draft.kind](data, draft=draft, offers_times=offers_times)
