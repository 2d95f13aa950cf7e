"""Roles: what a position does in the service standard."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Part of a position in the service standard. SUPERVISOR (Inspektorat) reads the audit log, and
    handles the complaints in the independent channel (ADR 38)."""

    SECRETARIAT = "SECRETARIAT", _("Sekretariat")
    TIM_PKD = "TIM_PKD", _("Tim PKD")
    SECRETARY = "SECRETARY", _("Sekretaris")
    HEAD = "HEAD", _("Kepala Dinas")
    DIVISION_HEAD = "DIVISION_HEAD", _("Kepala Bidang")
    OFFICER = "OFFICER", _("Petugas")
    SUPERVISOR = "SUPERVISOR", _("Pengawas")
