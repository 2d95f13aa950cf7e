"""Opening hours, seasons, closed days (`office/worktime.py` calculates with them), and rooms."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Season(models.Model):
    """A part of a year with other opening hours (jam kerja khusus), such as the fasting month."""

    is_remembered = True

    name = models.CharField(_("nama"), max_length=80, help_text=_("Contoh: Ramadan 1448 H"))
    since = models.DateField(_("dari tanggal"))
    until = models.DateField(_("sampai tanggal"))

    class Meta:
        verbose_name = verbose_name_plural = _("masa jam kerja khusus")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                name="season_in_order",
                condition=Q(until__gte=F("since")),
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError if another season includes one of the days."""
        if not (self.since and self.until):
            return
        others = Season.objects.exclude(pk=self.pk).filter(since__lte=self.until, until__gte=self.since)
        if other := others.first():
            raise ValidationError(
                _("Tanggalnya bertumpuk dengan “%(other)s”. Ubah salah satunya.") % {"other": other}
            )


class OpeningHours(models.Model):
    """Opening hours of one weekday with the break. The office is closed on weekdays without a row.

    During a season its rows replace the ordinary rows, which have no season.
    """

    is_remembered = True

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Senin")
        TUESDAY = 1, _("Selasa")
        WEDNESDAY = 2, _("Rabu")
        THURSDAY = 3, _("Kamis")
        FRIDAY = 4, _("Jumat")
        SATURDAY = 5, _("Sabtu")
        SUNDAY = 6, _("Minggu")

    season = models.ForeignKey(
        Season,
        models.CASCADE,
        verbose_name=_("masa"),
        null=True,
        blank=True,
        related_name="hours",
        help_text=_("Kosong: sepanjang tahun"),
    )
    weekday = models.PositiveSmallIntegerField(_("hari"), choices=Weekday)
    opens = models.TimeField(_("buka"))
    break_starts = models.TimeField(_("istirahat mulai"))
    break_ends = models.TimeField(_("istirahat selesai"))
    closes = models.TimeField(_("tutup"))

    class Meta:
        verbose_name = verbose_name_plural = _("jam kerja")
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                name="opening_hours_in_order",
                condition=Q(opens__lt=F("break_starts"))
                & Q(break_starts__lte=F("break_ends"))
                & Q(break_ends__lt=F("closes")),
                violation_error_message=_("Urutkan jamnya: buka, istirahat mulai, istirahat selesai, tutup."),
            ),
            models.UniqueConstraint(
                fields=["weekday"],
                name="one_set_of_ordinary_hours",
                condition=Q(season__isnull=True),
                violation_error_message=_("Hari ini sudah memiliki jam kerja."),
            ),
            models.UniqueConstraint(
                fields=["season", "weekday"],
                name="one_set_of_hours_in_a_season",
                violation_error_message=_("Hari ini sudah memiliki jam kerja."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_weekday_display()


class ClosedDay(models.Model):
    """A day on which this office is closed, or open in spite of a national holiday or cuti bersama.

    The dates of lunar holidays are estimates, which such a row can correct.
    """

    is_remembered = True

    day = models.DateField(_("tanggal"), unique=True)
    reason = models.CharField(_("keterangan"), max_length=120)
    is_open = models.BooleanField(
        _("Kantor tetap buka"),
        default=False,
        help_text=_(
            "Untuk hari libur atau cuti bersama yang ditetapkan pada tanggal lain. Berlaku bila hari itu "
            "memiliki jam kerja."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("hari tutup atau tetap buka")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"


class Room(models.Model):
    """A room for consultations (Ruang). Each planned session at the office reserves one."""

    is_remembered = True

    name = models.CharField(_("nama ruang"), max_length=120, unique=True)
    is_active = models.BooleanField(_("masih dipakai"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("ruang konsultasi")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
