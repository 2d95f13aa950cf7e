"""Roles: what a position does in the service standard."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from office.words import word


class Role(models.TextChoices):
    """Part of a position in the service standard. SUPERVISOR (Inspektorat) reads the audit log, and
    handles the complaints in the independent channel (ADR 38)."""

    SECRETARIAT = "SECRETARIAT", word("secretariat")
    TIM_PKD = "TIM_PKD", word("agenda_role")
    SECRETARY = "SECRETARY", word("secretary")
    HEAD = "HEAD", word("head")
    DIVISION_HEAD = "DIVISION_HEAD", word("division_head")
    OFFICER = "OFFICER", _("Petugas")
    SUPERVISOR = "SUPERVISOR", _("Pengawas")
