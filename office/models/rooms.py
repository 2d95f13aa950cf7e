"""Rooms of the office for consultations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """A room for consultations (Ruang). Each planned session at the office reserves one."""

    is_remembered = True

    name = models.CharField(_("nama ruang"), max_length=120, unique=True)
    is_active = models.BooleanField(_("masih dipakai"), default=True)

    class Meta:
        verbose_name = _("ruang konsultasi")
        verbose_name_plural = _("ruang konsultasi")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
