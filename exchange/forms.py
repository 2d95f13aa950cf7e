"""Forms of the pages of other systems and their webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.enums import State
from consultations.parties import list_supervisors
from exchange.models import COLUMNS, Scope, System
from exchange.systems import LONGEST_DAYS
from kit import clock
from kit.forms import LocalDateField
from office.models import User, list_current_appointments


class SystemForm(forms.ModelForm):
    class Meta:
        model = System
        fields = ["name", "contact", "official", *COLUMNS.values(), "network", "rate"]
        error_messages = {
            "name": {"required": _("Tulis nama sistemnya.")},
            "contact": {"required": _("Tulis siapa yang mengelola sistem itu dan cara menghubunginya.")},
            "official": {"required": _("Pilih penanggung jawabnya.")},
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {row.user_id for row in list_current_appointments()} - list_supervisors()
        officials = User.objects.filter(pk__in=held - {by.pk}).order_by("name", "pk")
        self.fields["official"].queryset = officials  # type: ignore[attr-defined]
        self.fields["official"].empty_label = _("Pilih pejabat")  # type: ignore[attr-defined]
        self.instance.proposed_by = by

    @property
    def scopes(self) -> list[forms.BoundField]:
        return [self[column] for column in COLUMNS.values()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(column) for column in COLUMNS.values()):
            self.add_error(COLUMNS[Scope.READ_CASES], _("Pilih paling sedikit satu kewenangan."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out nothing that a constraint compares: the proposer is known."""
        return super()._get_validation_exclusions() - {"proposed_by", "revoked_at"}  # type: ignore[misc]


class TokenForm(forms.Form):
    days = forms.IntegerField(
        label=_("Token berlaku (hari)"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=180,
        help_text=_("Paling lama 365 hari. Token yang lama langsung tidak berlaku."),
        error_messages={"required": _("Tulis jumlah harinya."), "invalid": _("Tulis angka, contoh: 180.")},
    )


class WebhookForm(forms.Form):
    """The address that gets the announcements, and the states that it wants to hear of."""

    url = forms.URLField(
        label=_("Alamat penerima"),
        max_length=300,
        assume_scheme="https",
        help_text=_("Contoh: https://sistem.contoh.go.id/rembuk"),
        error_messages={
            "required": _("Tulis alamatnya."),
            "invalid": _("Tulis alamat lengkap, contoh: https://sistem.contoh.go.id/rembuk"),
        },
    )
    states = forms.MultipleChoiceField(
        label=_("Umumkan hanya bila status menjadi (boleh kosong)"),
        choices=State.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kosong: setiap langkah diumumkan."),
    )


class ReplayForm(forms.Form):
    since = LocalDateField(label=_("Kirim ulang sejak"), initial=clock.today)
