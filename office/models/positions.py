"""Divisions and positions of the office."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.models.role import Role
from office.words import with_words_lazy, word


class Division(models.Model):
    """A division of the office (Bidang)."""

    is_remembered = True

    name = models.CharField(with_words_lazy(_("nama %(division)s")), max_length=120, unique=True)
    code = models.CharField(_("kode"), max_length=20, unique=True)
    is_active = models.BooleanField(_("masih ada"), default=True)

    class Meta:
        verbose_name = word("division")
        verbose_name_plural = word("division")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A position of the office (jabatan). An Appointment says who holds it."""

    is_remembered = True

    title = models.CharField(_("nama jabatan"), max_length=200)
    role = models.CharField(_("peran"), max_length=20, choices=Role)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=word("division"),
        null=True,
        blank=True,
        related_name="positions",
    )
    stand_ins = models.ManyToManyField(
        to="self",
        symmetrical=False,
        verbose_name=_("dapat digantikan oleh"),
        blank=True,
        related_name="stands_in_for",
        help_text=_("Jabatan yang boleh menjadi Plh. atau Plt. selama pemangku jabatan ini berhalangan."),
    )

    class Meta:
        verbose_name = _("jabatan")
        verbose_name_plural = _("jabatan")
        ordering = ["role", "title"]
        constraints = [
            models.CheckConstraint(
                name="division_where_the_role_needs_one",
                condition=Q(role__in=["DIVISION_HEAD", "OFFICER"], division__isnull=False)
                | Q(
                    role__in=["SECRETARIAT", "TIM_PKD", "HEAD", "SECRETARY", "SUPERVISOR"],
                    division__isnull=True,
                ),
                violation_error_message=_(
                    "Kepala dan petugas unit kerja memerlukan unit kerja; jabatan lain tidak memilikinya."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title
