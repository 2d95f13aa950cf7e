"""The agenda book (Buku Agenda): consecutive numbers, one series for each year, never reused."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.records import constraint

if TYPE_CHECKING:
    from consultations.models.case import Case


class NumberBook(models.Model):
    """The counter of one number series in one year (office's zone)."""

    class Series(models.TextChoices):
        AGENDA = "AGENDA", _("Nomor agenda")
        REPORT = "REPORT", _("Nomor laporan")
        LETTER = "LETTER", _("Nomor surat keluar")

    series = models.CharField(_("jenis nomor"), max_length=10, choices=Series)
    year = models.PositiveSmallIntegerField(_("tahun"))
    first = models.PositiveIntegerField(
        _("nomor pertama"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(999_999)],
        help_text=_("Untuk kantor yang mulai memakai Rembuk di tengah tahun."),
    )
    taken = models.PositiveIntegerField(_("sudah dipakai"), default=0, editable=False)

    class Meta:
        verbose_name = _("buku nomor")
        verbose_name_plural = _("buku nomor")
        ordering = ["-year", "series"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="one_book_per_series_and_year"),
            constraint("numbers_start_at_one_or_later", Q(first__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()} {self.year}"

    @classmethod
    def take(cls, series: str, year: int) -> int:
        """Return the next number of a series. Call it inside the transaction that uses the number.

        The row stays locked until that transaction ends. This makes numbers consecutive under any
        concurrency, and a rollback returns its number.
        """
        sql = """INSERT INTO consultations_numberbook AS book (series, year, first, taken)
            VALUES (%s, %s, 1, 1)
            ON CONFLICT (series, year) DO UPDATE SET taken = book.taken + 1
            RETURNING first + taken - 1"""
        with connection.cursor() as cursor:
            cursor.execute(sql, [series, year])
            (number,) = cursor.fetchone()
        return int(number)


class AgendaEntry(models.Model):
    """One number of the agenda book (Nomor Agenda). A voided entry stays in the book with the reason."""

    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"))
    registered_at = models.DateTimeField(_("diagendakan"), default=clock.now)
    voided_case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan semula"), null=True, related_name="voided_entries"
    )
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("dibatalkan oleh"),
        null=True,
        related_name="+",
    )
    voided_at = models.DateTimeField(_("dibatalkan"), null=True)
    void_reason = models.TextField(_("alasan pembatalan"), blank=True)

    if TYPE_CHECKING:
        case: Case

    class Meta:
        verbose_name = _("nomor agenda")
        verbose_name_plural = _("buku agenda")
        indexes = [
            models.Index(
                fields=["year", "number"], name="agenda_voided", condition=Q(voided_case__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="agenda_number_used_once"),
            constraint(
                "voided_says_of_what_by_whom_when_and_why",
                Q(voided_case__isnull=True, voided_by__isnull=True, voided_at__isnull=True, void_reason="")
                | Q(voided_case__isnull=False, voided_by__isnull=False, voided_at__isnull=False)
                & ~Q(void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"

    @classmethod
    def take(cls, at: dt.datetime | None = None) -> "AgendaEntry":
        """Create this year's next entry. Call it inside the transaction that registers the case."""
        year = clock.today().year
        number = NumberBook.take(NumberBook.Series.AGENDA, year)
        return cls.objects.create(year=year, number=number, registered_at=at or clock.now())
