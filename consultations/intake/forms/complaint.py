"""The public form of a complaint, the form that fits a stored draft, and a summary of what was typed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.complaints import explain_closed
from consultations.enums import Identity, Kind
from consultations.intake.forms.request import RequestForm, Section
from consultations.intake.models import FILES, DraftFile, RequestDraft
from consultations.personal_fields import IDENTIFYING, NOT_IDENTIFYING
from consultations.scheduling.forms.visit_time import VisitTimeField
from consultations.wording import wording_for
from kit import clock
from kit.forms import line_field, radio_field
from kit.phones import readable
from office.words import with_words_lazy


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
            ("material", "complained_party", "is_independent"),
            ("subject", "materials"),
        ),
        Section("waktu", _("Waktu kunjungan"), ("visit_at",)),
        Section(
            "kontak",
            _("Kontak Anda"),
            ("identity", "applicant_name", "phone"),
            ("organisation", "address", "email"),
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
                "Untuk pengaduan tentang %(head)s atau pimpinan lain, atau tentang %(teams)s. Hanya "
                "Pengawas yang membacanya, sejak dikirim sampai selesai. Pimpinan dan petugas kantor ini "
                "tidak dapat melihatnya. Surat dan waktu kunjungan tidak diperlukan."
            )
        ),
    )
    identity = radio_field(
        _("Siapa yang boleh mengetahui nama Anda"),
        [
            (Identity.OPEN, _("Terbuka: petugas yang melayani mengetahui nama saya")),
            (
                Identity.CONFIDENTIAL,
                _("Dirahasiakan: hanya yang menangani pengaduan, dan setiap kali dicatat"),
            ),
            (Identity.ANONYMOUS, _("Anonim: nama dan kontak tidak disimpan")),
        ],
        invalid=_("Pilih salah satu dari tiga pilihan ini."),
        initial=Identity.OPEN,
        required=False,
        help_text=_(
            "Bila dirahasiakan atau anonim, jangan tulis nama Anda pada isi pengaduan: petugas lain "
            "membacanya; dan simpan tautan Anda baik-baik: hanya tautan itu yang membuka pengaduan Anda. "
            "Bila anonim, kosongkan isian di bawah ini."
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


type Summary = list[tuple[Section, list[Row]]]


@dataclass(frozen=True)
class Row:
    """Label, text and files of one field."""

    name: str
    label: str
    text: str = ""
    files: tuple[DraftFile, ...] = ()


def summarise(form: RequestForm) -> Summary:
    """Return the sections of a validated form with their rows. Empty fields are left out."""
    return [(section, list(_rows(form, section))) for section in form.sections]


def without_identity(summary: Summary) -> Summary:
    """Return the summary without files, and without fields that are not declared as not identifying."""
    return [(section, [row for row in rows if row.name in NOT_IDENTIFYING]) for section, rows in summary]


def _rows(form: RequestForm, section: Section) -> Iterator[Row]:
    for name in (*section.fields, *section.optional):
        label = str(form.fields[name].label)
        if name in FILES:
            if files := form.stored(name):
                yield Row(name, label, files=tuple(files))
            elif name == "letter" and form.needs_letter:
                yield Row(name, label, gettext("Formulir dibuatkan dari isian Anda"))
        elif name != "no_letter" and (text := _text(form, name)):
            yield Row(name, label, text)


def _text(form: RequestForm, name: str) -> str:
    value: Any = form.cleaned_data.get(name) if form.data.get(name) else None
    if value is True:
        return gettext("Ya")
    if isinstance(value, dt.datetime):
        return clock.format_moment(value)
    if isinstance(value, dt.date):
        return date_format(value)
    if choices := dict(getattr(form.fields[name], "choices", ())):
        return str(choices.get(value, ""))
    return readable(value) if name == "phone" else str(value or "")
