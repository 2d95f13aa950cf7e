"""The follow-up plan: improvements that the office makes after a survey."""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.storage_paths import random_path
from office import clock
from surveys.questionnaire import ELEMENTS, Element

CHOICES = [(code, element.name) for code, element in ELEMENTS.items()]


def photo_path(instance: Any, name: str, *, folder: str) -> str:
    """Return a random path with the extension of the checked picture."""
    return f"{random_path(instance, name, folder=folder)}{Path(name).suffix}"


class PlanItem(models.Model):
    """An item of the follow-up plan (Rencana Tindak Lanjut) of a period: one for each of the lowest elements.

    It is public once the result is published, and changes while the work goes on. The status follows from
    `percent` and `due`.
    """

    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))
    element = models.CharField(_("unsur"), max_length=2, choices=CHOICES)
    action = models.TextField(_("tindakan"), max_length=1000)
    responsible = models.CharField(_("penanggung jawab"), max_length=120)
    due = models.DateField(_("target selesai"))
    percent = models.PositiveSmallIntegerField(
        _("kemajuan (%)"), default=0, validators=[MaxValueValidator(100)]
    )
    photo = models.FileField(_("foto"), upload_to=partial(photo_path, folder="plans"), blank=True)
    updated_on = models.DateField(_("diperbarui"), default=clock.today)

    class Meta:
        verbose_name = _("butir rencana tindak lanjut")
        verbose_name_plural = _("butir rencana tindak lanjut")
        constraints = [
            models.UniqueConstraint(fields=["since", "until", "element"], name="one_plan_item_per_element"),
            models.CheckConstraint(name="plan_item_of_a_period", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="plan_item_up_to_100_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="plan_item_says_what_and_who", condition=~Q(action="") & ~Q(responsible="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.element}: {self.action}"

    @property
    def about(self) -> Element:
        return ELEMENTS[self.element]

    @property
    def sentence(self) -> str:
        """The item in one line, as it is stored with a published result."""
        due = date_format(self.due)
        return f"{self.element} {self.about.name}: {self.action} ({self.responsible}, {due})"

    @property
    def photo_name(self) -> str:
        """The file name of the photo for download."""
        return f"foto-tindak-lanjut-{self.element}{Path(str(self.photo)).suffix}"

    @property
    def is_done(self) -> bool:
        return self.percent == 100

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.due < clock.today()

    @property
    def status(self) -> str:
        """The status in words."""
        if self.is_done:
            return gettext("Selesai")
        if self.is_late:
            return gettext("Lewat target")
        return gettext("Sedang dikerjakan") if self.percent else gettext("Belum dimulai")
