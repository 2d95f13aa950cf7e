"""Forms of the case itself: agenda (step 2), independent channel, new link, official, reveal of identity."""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.layout import Field, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.classification import ClassificationField, propose_code
from consultations.deadlines import COMPLETING, completed_at, last_day_of_stage
from consultations.enums import HELP, ComplaintKind, Confidentiality, Identity, IdentityCheck, Kind, Urgency
from consultations.models import Case, ComplaintTarget, StepDraft
from consultations.models.agenda import list_days
from consultations.parties import Actor, subject_unknown
from kit.forms import (
    LetterDateField,
    OfficeForm,
    TextField,
    folded,
    line_field,
    note_field,
    radio_field,
    reason_field,
    side_by_side,
)
from office.models import User
from office.words import with_words, with_words_lazy

MIN_MATTER = 5
"""Letters of the shortest matter that says something, such as `bansos`."""


def check_matter(text: str) -> None:
    """Raise ValidationError if a text is too short to be answered."""
    if sum(map(str.isalpha, text)) < MIN_MATTER:
        raise ValidationError(_("Tulis lebih lengkap, supaya petugas mengerti yang Anda perlukan."))


class StepForm(OfficeForm):
    """The form of one step on one case. Its cleaned data are the keyword arguments of the step's service.

    `notice` is a sentence shown above the form. `is_long`: the form has a draft (`LongForm`).
    `takes_advice` is the field of a long form that receives advice from an earlier case, or "".
    `prefilled_by_query` are the fields that the query string may prefill, so that a link can select one of
    several records. `is_wide`: the form is wider than what is read beside it. `is_final`: the step cannot be
    undone; `notice` says what follows. `says_consequence`: so does that of a step that can be undone. Both
    are shown beside the button. `button` is its label if it is not the title of the step; `title` is the
    heading if it is another. `of_one_case` are the initial values that fit one case only.
    """

    notice: Promise | str = ""
    title: Promise | str = ""
    button: Promise | str = ""
    is_long = False
    takes_advice = ""
    prefilled_by_query: tuple[str, ...] = ()
    is_wide = False
    of_one_case: tuple[str, ...] = ()
    is_final = False
    says_consequence = False

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.by = case, by
        speak = case.wording.speak
        for field in self.fields.values():
            field.label = speak(field.label) if field.label else field.label
            field.help_text = speak(field.help_text)
            field.error_messages = {key: speak(text) for key, text in field.error_messages.items()}


class NoteForm(StepForm):
    """The form of a step that needs no more than an optional note, which is folded."""

    note = note_field()

    def rows(self) -> list[str | LayoutObject]:
        return [folded("note"), *(name for name in self.fields if name != "note")]


class SectionField(TextField):
    """A section of a long document."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=4, max_length=20_000, **kwargs)


def section(name: str) -> Field:
    """Return a section as a row of an editor: it grows with its text and shows remarks of reviewers."""
    return Field(name, template="ui/editor/section.html")


class LongForm(StepForm):
    """The form of a step with long texts. A step of the staff gets a draft by inheriting from this class.

    `draft` is the one that is stored. If the posted texts could not be saved, `conflict` is the reason.
    `window` and `seen` are described in `services.save_draft`. `has_preview`: a page shows the
    typed texts as a document.
    """

    is_long = True
    has_preview = False

    class Media:
        js = [Script("js/autosave.js", defer=True)]

    def __init__(self, *args: Any, draft: StepDraft | None = None, conflict: str = "", **kwargs: Any) -> None:
        self.draft, self.conflict = draft, conflict
        super().__init__(*args, **kwargs)

    def posted_draft(self) -> dict[str, Any]:
        """Return the posted arguments of `save_draft`: the values, the window and what it has seen."""
        try:
            seen = dt.datetime.fromisoformat(self.data.get("seen", ""))
        except ValueError:
            seen = None
        window = self.data.get("window", "").replace("\0", "")[:40]
        return {"typed": self.typed(), "window": window, "seen": seen}

    def typed_with(self, kind: str, text: str, source: str, named: str) -> tuple[dict[str, Any], str]:
        """Return the typed values with an item of advice added, and the field that received it.

        `kind` is its kind in a report, `source` the key of where it comes from, and `named` its words.
        """
        typed = self.typed()
        name = self.takes_advice
        added = gettext("%(text)s (dari %(source)s)") % {"text": text, "source": named}
        typed[name] = f"{typed[name].rstrip()}\n- {added}".lstrip("\n")
        return typed, name

    @property
    def window(self) -> str:
        return self.data.get("window", "") or uuid.uuid4().hex

    @property
    def seen(self) -> str:
        """ISO time of the draft in this window, or "" without a draft."""
        if self.is_bound:
            return self.data.get("seen", "")
        return self.draft.saved_at.isoformat() if self.draft else ""

    @property
    def saved_by(self) -> str:
        return self.draft.window if self.draft else ""


class HelpForm(forms.Form):
    """One box for each kind of help. The names are columns of the case."""

    needs_companion = forms.BooleanField(label=HELP["needs_companion"], required=False)
    needs_sign_language = forms.BooleanField(label=HELP["needs_sign_language"], required=False)
    needs_large_print = forms.BooleanField(label=HELP["needs_large_print"], required=False)
    needs_visit = forms.BooleanField(label=HELP["needs_visit"], required=False)


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


def lapor_field() -> forms.CharField:
    """Return the field for the number of the same complaint in SP4N-LAPOR!."""
    help_text = _("Bila disampaikan juga lewat SP4N-LAPOR!")
    return line_field(_("Nomor laporan LAPOR!"), 30, help_text=help_text)


def overrun_field() -> forms.CharField:
    """Return the field for the reason why a consultation took longer than the standard says."""
    help_text = _("Wajib bila waktu pelayanan melebihi standar dalam SK. Masuk ke laporan.")
    return line_field(_("Alasan bila lebih lama dari standar"), 300, help_text=help_text)


OFFICE_NUMBER = _("Nomor agenda kantor")
OFFICE_NUMBER_HELP = _("Bila TU atau SRIKANDI juga memberi surat ini nomor agenda. Dapat diisi nanti.")


class OfficeNumberForm(OfficeForm):
    office_number = line_field(
        OFFICE_NUMBER,
        50,
        missing=_("Tulis nomor agendanya."),
        help_text=_("Dari buku agenda TU atau SRIKANDI. Sesudah disimpan tidak dapat diubah."),
    )


class OfficialField(forms.ModelChoiceField):
    """The official that a complaint is about: nobody, or a current holder of a position."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Pejabat yang diadukan"),
            queryset=User.objects.none(),
            required=False,
            empty_label=_("Bukan pejabat kantor ini, atau tidak disebut"),
            error_messages={"invalid_choice": _("Pilih pejabat dari daftar ini.")},
        )

    def offer(self, help_text: str) -> None:
        """Offer the current holders of positions."""
        self.queryset, self.help_text = User.objects.in_office(), help_text


class RegisterForm(StepForm):
    """Entry in the agenda book; for a complaint also its kind and the official that it is about."""

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


class AnonymousForm(LongForm):
    """Asks about an anonymous complaint whether something else than a letter or a name is missing."""

    is_no_letter = forms.BooleanField(
        label=_("Yang kurang bukan surat dan bukan nama pelapor"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.identity != Identity.ANONYMOUS:
            del self.fields["is_no_letter"]


class SendBackForm(AnonymousForm):
    missing = reason_field(_("Tulis apa yang perlu dilengkapi pemohon."), label=_("Yang perlu dilengkapi"))
    notice = _("Pemohon membaca tulisan ini di halamannya, lalu melengkapi permohonan.")


class LapseForm(StepForm):
    """Closing a request that was not completed in time.

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


class RenewLinkForm(StepForm):
    """How the identity was checked, and the confirmation that it matches the request."""

    is_final = True
    notice = _(
        "Tautan lama tidak berlaku lagi, juga pada surel dan pesan yang sudah dikirim. Sesudah ini, cetak "
        "tanda terima yang baru. Bila tautan lama tidak hilang, cukup cetak lagi tanda terimanya."
    )
    checked_with = radio_field(
        _("Identitas diperiksa dengan"), IdentityCheck, missing=_("Pilih cara identitas pemohon diperiksa.")
    )
    is_entitled = forms.BooleanField(
        label=_("Yang meminta adalah pemohon atau wakil lembaganya"),
        error_messages={"required": _("Centang sesudah identitasnya cocok. Bila tidak cocok, batalkan.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.pop("is_entitled", None)
        return data


class NameOfficialForm(StepForm):
    """The official, and how Tim PKD learnt it."""

    complained_about = OfficialField()
    reason = reason_field(_("Tulis dari mana hal ini diketahui."))
    notice = _(
        "Sejak dicatat, pejabat ini tidak dapat melihat pengaduan dan tidak diberi tahu. Alasan di bawah "
        "terbaca oleh yang menangani pengaduan."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("complained_about", self.case.complained_about_id)
        about = self.fields["complained_about"]
        about.offer(  # type: ignore[attr-defined]
            _("Menurut pelapor: %(party)s.") % {"party": self.case.complained_party or _("tidak disebut")}
        )


class RevealForm(OfficeForm):
    """The reason (Keperluan) and, if the subject is unknown, the declaration not to be the subject."""

    reason = line_field(
        _("Keperluan"),
        150,
        missing=_("Tulis untuk apa identitas pelapor perlu dibuka."),
        help_text=_("Contoh: menghubungi pelapor untuk meminta bukti. Nama Anda dan keperluan ini dicatat."),
    )
    is_not_meant = forms.BooleanField(
        label=_("Saya bukan yang diadukan"),
        error_messages={
            "required": with_words_lazy(
                _(
                    "Centang bila pengaduan ini bukan mengenai Anda. Bila mengenai Anda, anggota "
                    "%(agenda_team)s lain yang menanganinya."
                )
            )
        },
        help_text=_("Pengaduan ini belum diagendakan. Pernyataan Anda dicatat bersama keperluannya."),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not subject_unknown(case):
            del self.fields["is_not_meant"]
