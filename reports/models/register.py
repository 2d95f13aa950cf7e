"""Registers: books of the office that are printed for a period."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office import clock
from office.models import Division
from office.words import word


class Register(models.Model):
    """One printing of a register (buku, register, rekap) of a period."""

    class Kind(models.TextChoices):
        AGENDA_BOOK = "AGENDA_BOOK", _("Buku Agenda")
        GUEST_BOOK = "GUEST_BOOK", _("Register Konsultasi")
        COMPLAINTS = "COMPLAINTS", _("Register Pengaduan")
        EXPEDITION = "EXPEDITION", _("Buku Ekspedisi")
        RECAP = "RECAP", _("Rekap Laporan")

    kind = models.CharField(_("jenis"), max_length=20, choices=Kind)
    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=word("division"),
        null=True,
        related_name="+",
        help_text=_("Kosong: seluruh kantor"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicetak"), default=clock.now)
    hides = models.BooleanField(
        _("tidak lengkap"),
        default=False,
        help_text=_("Tanpa pengaduan terhadap pencetaknya; hanya untuk pencetak itu sendiri."),
    )

    class Meta:
        verbose_name = _("daftar tercetak")
        verbose_name_plural = _("daftar tercetak")
        constraints = [
            models.CheckConstraint(name="period_in_order", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="register_of_a_known_kind",
                condition=Q(kind__in=["AGENDA_BOOK", "GUEST_BOOK", "COMPLAINTS", "EXPEDITION", "RECAP"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.since} - {self.until}"

    def same(self) -> "models.QuerySet[Register]":
        """Return the printings of the same list and period, which are versions of one document.

        Printings that hide rows from their user form a series of that user alone.
        """
        same = Register.objects.filter(
            kind=self.kind, since=self.since, until=self.until, division=self.division, hides=self.hides
        )
        return same.filter(by=self.by) if self.hides else same
