"""Steps 3, 4 and 8: the forms of the Kepala Dinas, the Kepala Bidang and the walk-in counter."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultations.forms.agenda import ClassificationField
from consultations.forms.fields import LocalDateField
from consultations.forms.step import NoteForm, StepForm, TextField, note_field, reason_field, side_by_side
from intake.forms.counter import CounterForm
from office import clock
from office.models import Appointment, Division, Instruction, Office, Role, User
from scheduling.models import Session

FARTHEST = dt.timedelta(days=731)


class SeveralField(forms.ModelMultipleChoiceField):
    """Some of the records that are offered, as boxes to tick; a forged id of any size is none of them."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> Any:
        records: Any = self.queryset
        offered = {str(pk) for pk in records.values_list("pk", flat=True)} if value else set()
        if not {str(pk) for pk in value or []} <= offered:
            raise ValidationError(_("Pilih dari daftar ini."), code="invalid_choice")
        return super().clean(value)


class DivisionField(forms.ModelChoiceField):
    """A division, shown with who heads it today."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Division.objects.filter(is_active=True),
            label=_("Diteruskan kepada"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages={
                "required": _("Pilih bidang yang menindaklanjuti."),
                "invalid_choice": _("Pilih bidang dari daftar ini."),
            },
        )
        self.heads: dict[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        head = self.heads.get(obj.pk, _("belum ada Kepala Bidang"))
        return f"{obj} ({head})"


class DisposeForm(StepForm):
    """What the disposition sheet (Lembar Disposisi) asks."""

    division = DivisionField()
    instructions = SeveralField(
        label=_("Dengan hormat harap"),
        queryset=Instruction.objects.filter(is_active=True),
    )
    other_instruction = forms.CharField(label=_("Instruksi lain"), max_length=120, required=False)
    deadline = LocalDateField(label=_("Batas waktu"), required=False)
    copies = SeveralField(
        label=_("Tembusan"),
        queryset=Division.objects.filter(is_active=True),
        help_text=_("Kepala Bidang ini dapat membaca permohonan."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = Appointment.objects.current().filter(position__role=Role.DIVISION_HEAD)
        self.fields["division"].heads = {  # type: ignore[attr-defined]
            head.position.division_id: str(head.user)
            for head in heads.select_related("user", "position").order_by("-pk")
        }

    def rows(self) -> list[str | LayoutObject]:
        return [
            "division",
            "instructions",
            side_by_side("other_instruction", "deadline"),
            "copies",
            "note",
        ]

    def clean_deadline(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["deadline"]
        if day and day < clock.today():
            raise ValidationError(_("Batas waktu tidak boleh sebelum hari ini."))
        if day and day > clock.today() + FARTHEST:
            raise ValidationError(_("Pilih batas waktu dalam dua tahun ke depan."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [*data.get("instructions", []), data.pop("other_instruction", "")]
        data["instructions"] = list(dict.fromkeys(str(text) for text in chosen if text))
        return data


class DeclineForm(StepForm):
    reason = reason_field(_("Tulis mengapa permohonan ini ditolak."))
    notice = _("Pemohon membaca alasan ini. Permohonan yang ditolak tidak dapat dibuka lagi.")


class HandBackForm(StepForm):
    reason = reason_field(_("Tulis mengapa bidang Anda tidak tepat untuk permohonan ini."))
    notice = _("Permohonan kembali kepada Kepala Dinas untuk didisposisikan ulang.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = latest_disposition(self)


class OfficerField(forms.ModelChoiceField):
    """Who serves the case, out of its division; the one who asks finds himself or herself marked."""

    by: Any = None

    def __init__(self) -> None:
        super().__init__(
            queryset=User.objects.none(),
            label=_("Petugas"),
            empty_label=_("Pilih petugas"),
            error_messages={
                "required": _("Pilih petugas yang melayani."),
                "invalid_choice": _("Pilih petugas dari bidang yang menerima disposisi."),
            },
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(_("%(name)s (saya sendiri)") % {"name": obj}) if obj == self.by else str(obj)


class PeopleForm(StepForm):
    """Who serves a case and who accompanies."""

    officer = OfficerField()
    companions = SeveralField(
        label=_("Pendamping"),
        queryset=User.objects.none(),
        help_text=_("Boleh dari bidang lain."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case, officer, companions = self.case, self.fields["officer"], self.fields["companions"]
        division = case.division
        candidates = User.objects.of_division(division) if division else User.objects.none()
        officer.by = self.by  # type: ignore[attr-defined]
        # A complaint is not handled by the official it is about (PermenPANRB 62/2018).
        officer.queryset = candidates.exclude(pk=case.complained_about_id)  # type: ignore[attr-defined]
        heads = Appointment.objects.current().filter(position__role=Role.HEAD)
        companions.queryset = (  # type: ignore[attr-defined]
            User.objects.in_office().exclude(pk=case.complained_about_id).exclude(pk__in=heads.values("user"))
        )


class AssignForm(PeopleForm):
    """Who serves the case, what to prepare, and whether a staff review is needed."""

    preparation = TextField(
        label=_("Yang disiapkan"),
        rows=3,
        required=False,
        help_text=_("Administrasi, bahan, dan peralatan yang diminta dari petugas."),
    )
    needs_review = forms.BooleanField(
        label=_("Perlu telaahan staf"),
        required=False,
        help_text=_("Bila perlu rapat dengan pimpinan atau pendapat instansi lain."),
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = latest_disposition(self)


class ReassignForm(PeopleForm):
    reason = reason_field(_("Tulis mengapa petugas diganti."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].initial = self.case.officer_id
        self.fields["companions"].initial = [person.pk for person in self.case.companions.all()]
        if self.case.session:
            self.notice = _("Jadwal yang sudah ada pindah ke kalender petugas yang baru.")


class RatifyForm(NoteForm):
    notice = _("Dengan ini disposisi yang dibuat Sekretariat untuk tamu mendesak menjadi disposisi Anda.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disposition = latest_disposition(self)


def latest_disposition(form: StepForm) -> Any:
    """The disposition that counts for the form's case now; None where there is none."""
    return form.case.dispositions.select_related("division").order_by("-at", "-pk").first()


class WalkInForm(CounterForm):
    """Step 8 on one screen: who came, for what, and who serves at once."""

    served_by = forms.ChoiceField(
        label=_("Dilayani oleh"),
        error_messages={
            "required": _("Pilih petugas yang melayani."),
            "invalid_choice": _("Pilih petugas dari daftar ini."),
        },
    )
    classification = ClassificationField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].label = _("Keperluan")
        self.fields["at"].label = _("Datang pada")
        self.fields["classification"].initial = Office.load().report_classification
        self.officers = _officers_by_value()
        self.fields["served_by"].choices = [  # type: ignore[attr-defined]
            ("", _("Pilih petugas")),
            *_grouped(self.officers),
        ]

    def rows(self) -> list[str | LayoutObject]:
        return [
            "submission_token",
            side_by_side("applicant_name", "phone"),
            "subject",
            "served_by",
            side_by_side("organisation", "at"),
            "classification",
            ClassificationField.SUGGESTIONS,
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if served_by := self.officers.get(data.pop("served_by", "")):
            data["division"], data["officer"] = served_by.position.division, served_by.user
        data["material"] = data.get("subject", "")
        return data


def _officers_by_value() -> dict[str, Appointment]:
    """Whoever can be given a case today, once for each division in which he or she holds a position."""
    held = Appointment.objects.current().filter(
        position__role__in=[Role.OFFICER, Role.DIVISION_HEAD], position__division__is_active=True
    )
    held = held.select_related("user", "position__division").order_by(
        "position__division__name", "-position__role", "user__name"
    )
    return {f"{held_now.position.division_id}-{held_now.user_id}": held_now for held_now in held}


def _grouped(officers: dict[str, Appointment]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The officers as groups of a select, with who is in a consultation at the moment."""
    busy = set(
        Session.objects.filter(started_at__isnull=False, finished_at__isnull=True).values_list(
            "officer", flat=True
        )
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for value, held in officers.items():
        name = str(held.user)
        if held.user_id in busy:
            name = _("%(name)s (sedang dalam konsultasi)") % {"name": name}
        groups.setdefault(str(held.position.division), []).append((value, name))
    return [*groups.items()]
