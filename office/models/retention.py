"""How long the office keeps what it stores, by kind: the office's own schedule, or else the defaults."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered


class Years(NamedTuple):
    """Years in active use and in the archive, counted from the end of the matter."""

    active: int
    inactive: int

    @property
    def total(self) -> int:
        return self.active + self.inactive


class RetentionRule(models.Model):
    """Retention of one kind of record (Jadwal Retensi Arsip), if the office differs from the defaults."""

    is_remembered = True

    class Kind(models.TextChoices):
        REQUEST = "REQUEST", _("Permohonan konsultasi")
        COMPLAINT = "COMPLAINT", _("Pengaduan")
        FILES = "FILES", _("Berkas yang diunggah")
        MESSAGES = "MESSAGES", _("Pemberitahuan dan pesan")
        REGISTERS = "REGISTERS", _("Buku dan register tercetak")
        AUDIT = "AUDIT", _("Catatan akses")

    kind = models.CharField(_("jenis"), max_length=10, choices=Kind, unique=True)
    active_years = models.PositiveSmallIntegerField(
        _("masa aktif (tahun)"), validators=[MaxValueValidator(100)]
    )
    inactive_years = models.PositiveSmallIntegerField(
        _("masa inaktif (tahun)"), validators=[MaxValueValidator(100)]
    )
    basis = models.CharField(
        _("dasar"), max_length=150, blank=True, help_text=_("Contoh: nomor JRA dan kode klasifikasinya.")
    )

    class Meta:
        verbose_name = _("jadwal retensi")
        verbose_name_plural = _("jadwal retensi")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                name="retention_of_at_least_a_year",
                condition=models.Q(active_years__gte=1) | models.Q(inactive_years__gte=1),
            )
        ]

    def __str__(self) -> str:
        """Name the periods too: the audit log quotes it."""
        return f"{self.get_kind_display()}: {self.active_years} + {self.inactive_years}"


DEFAULT = Years(2, 3)
"""Two years active and three inactive, if the office has entered nothing else."""


@remembered
def list_retention() -> Mapping[str, Years]:
    """Return the retention of each kind: the office's own, or else DEFAULT."""
    stored = RetentionRule.objects.values_list("kind", "active_years", "inactive_years")
    own = {kind: Years(active, inactive) for kind, active, inactive in stored}
    return {str(kind): own.get(kind, DEFAULT) for kind in RetentionRule.Kind}
