"""The agenda book (Buku Agenda), with numbers that are never reused, and the targets of the office.

Targets are working hours for each state, and days for each stage of a complaint.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, ngettext

from consultations.enums import ComplaintKind, State
from kit import clock
from kit.cache import remembered
from kit.records import constraint
from office.models.people import user_field
from office.words import with_words_lazy

if TYPE_CHECKING:
    from consultations.models.case import Case


class NumberBook(models.Model):
    """The counter of one number series in one year (office's zone)."""

    not_recorded = True  # verify_record counts the numbers again

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
        verbose_name = verbose_name_plural = _("buku nomor")
        ordering = ["-year", "series"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"],
                name="one_book_per_series_and_year",
                violation_error_message=_("Buku nomor tahun ini sudah ada. Ubah yang ada."),
            ),
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

    @classmethod
    def hold(cls, year: int) -> None:
        """Let nobody else number a paper of this year until the transaction ends.

        Lock the case or the paper first. It compares a number with all others before it is stored.
        """
        sql = """INSERT INTO consultations_numberbook AS book (series, year, first, taken)
            VALUES (%s, %s, 1, 0) ON CONFLICT (series, year) DO UPDATE SET taken = book.taken"""
        with connection.cursor() as cursor:
            cursor.execute(sql, [cls.Series.LETTER, year])


class AgendaEntry(models.Model):
    """One number of the agenda book (Nomor Agenda). A voided entry stays in the book with the reason.

    `office_number` is the number of the same letter in another agenda of the office: that of the general
    affairs unit (TU) or of SRIKANDI.
    """

    is_own_subject = True  # a void number belongs to no case

    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor"))
    registered_at = models.DateTimeField(_("diagendakan"), default=clock.now)
    voided_case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan semula"), null=True, related_name="voided_entries"
    )
    voided_by = user_field(_("dibatalkan oleh"), null=True)
    voided_at = models.DateTimeField(_("dibatalkan"), null=True)
    void_reason = models.TextField(_("alasan pembatalan"), blank=True)
    office_number = models.CharField(_("nomor agenda kantor"), max_length=50, blank=True)
    office_number_by = user_field(_("nomor agenda kantor diisi oleh"), null=True)
    office_number_at = models.DateTimeField(_("nomor agenda kantor diisi"), null=True)

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
                "office_number_entered_by_whom_and_when",
                Q(office_number="", office_number_by__isnull=True, office_number_at__isnull=True)
                | ~Q(office_number="") & Q(office_number_by__isnull=False, office_number_at__isnull=False),
            ),
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
        """Create this year's next entry. Call it inside the transaction that registers the case.

        Without `at`, an entry is never dated before its predecessor, whose clock may have been ahead.
        """
        year = clock.today().year
        number = NumberBook.take(NumberBook.Series.AGENDA, year)
        if at is None:
            predecessor = cls.objects.filter(year=year, number=number - 1)
            at = max([clock.now(), *predecessor.values_list("registered_at", flat=True)])
        return cls.objects.create(year=year, number=number, registered_at=at)


class ComplaintTarget(models.Model):
    """Days for a stage of a complaint, if the office differs from the regulations.

    Stages of PermenPANRB 62/2018 have working days, those of UU 25/2009 (LAW_...) calendar days.
    """

    is_remembered = True

    class Stage(models.TextChoices):
        VERIFY = "VERIFY", with_words_lazy(_("Pengaduan diperiksa %(agenda_team)s"))
        FIRST_FOLLOW_UP = "FIRST_FOLLOW_UP", _("Tindak lanjut pertama")
        INFORMATION = "INFORMATION", _("Permintaan informasi dijawab")
        ASPIRATION = "ASPIRATION", _("Aspirasi dijawab")
        NO_SUPERVISION = "NO_SUPERVISION", _("Pengaduan tidak berkadar pengawasan selesai")
        SUPERVISION = "SUPERVISION", _("Pengaduan berkadar pengawasan selesai")
        NO_REPLY = "NO_REPLY", _("Permohonan konsultasi ditutup bila tidak dilengkapi")
        LAW_CHECK = "LAW_CHECK", _("Pelapor diberi tahu apakah pengaduannya lengkap")
        LAW_COMPLETE = "LAW_COMPLETE", _("Pengaduan ditutup bila pelapor tidak melengkapinya")
        LAW_DECIDE = "LAW_DECIDE", _("Pengaduan selesai, dihitung sejak lengkap")

    stage = models.CharField(_("tahap"), max_length=16, choices=Stage, unique=True)
    days = models.PositiveSmallIntegerField(
        _("hari"),
        validators=[MaxValueValidator(365)],
        help_text=_(
            "Hari kerja menurut PermenPANRB 62/2018, kecuali tiga tahap terakhir: itu hari kalender menurut "
            "UU 25/2009 (pasal 44: 14 dan 30 hari, pasal 50: 60 hari). Yang lebih dulu tiba yang berlaku."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("batas waktu pengaduan")
        ordering = ["days", "stage"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.in_words(self.stage, self.days)}"

    @classmethod
    def days_for(cls, stage: str) -> int:
        """Return the days of a stage: those of the office, or else those of the regulation."""
        return list_days()[stage]

    @staticmethod
    def in_words(stage: str, days: int) -> str:
        """Return the days of a stage with their unit."""
        if stage in CALENDAR_STAGES:
            return ngettext("%(days)d hari kalender", "%(days)d hari kalender", days) % {"days": days}
        return ngettext("%(days)d hari kerja", "%(days)d hari kerja", days) % {"days": days}


REGULATION: dict[str, int] = {
    ComplaintTarget.Stage.VERIFY: 3,
    ComplaintTarget.Stage.FIRST_FOLLOW_UP: 5,
    ComplaintTarget.Stage.INFORMATION: 5,
    ComplaintTarget.Stage.ASPIRATION: 5,
    ComplaintTarget.Stage.NO_SUPERVISION: 14,
    ComplaintTarget.Stage.SUPERVISION: 60,
    ComplaintTarget.Stage.NO_REPLY: 10,
    ComplaintTarget.Stage.LAW_CHECK: 14,
    ComplaintTarget.Stage.LAW_COMPLETE: 30,
    ComplaintTarget.Stage.LAW_DECIDE: 60,
}
"""Working days of each stage in PermenPANRB 62/2018, then calendar days in UU 25/2009, articles 44 and 50."""

CALENDAR_STAGES = (
    *(ComplaintTarget.Stage.LAW_CHECK, ComplaintTarget.Stage.LAW_COMPLETE, ComplaintTarget.Stage.LAW_DECIDE),
)

WITHIN: dict[str, str] = {
    ComplaintTarget.Stage.VERIFY: ComplaintTarget.Stage.LAW_CHECK,
    **dict.fromkeys(ComplaintKind, ComplaintTarget.Stage.LAW_DECIDE),
}
"""Stage of UU 25/2009 that also limits a stage of PermenPANRB 62/2018. The earlier day counts."""


class StateTarget(models.Model):
    """Working hours that a case may wait in one state before it is late."""

    is_remembered = True

    state = models.CharField(_("keadaan"), max_length=12, unique=True, choices=State)
    hours = models.PositiveSmallIntegerField(_("jam kerja"), validators=[MaxValueValidator(2000)])

    class Meta:
        verbose_name = verbose_name_plural = _("batas waktu langkah")
        ordering = ["hours"]

    def __str__(self) -> str:
        return f"{self.state}: {self.hours}"


@remembered
def list_days() -> Mapping[str, int]:
    """Return the days of each stage: the office's own, or else those of the regulations."""
    return {**REGULATION, **dict(ComplaintTarget.objects.values_list("stage", "days"))}


@remembered
def list_hours() -> Mapping[str, int]:
    """Return the working hours of each state that has a target."""
    return dict(StateTarget.objects.values_list("state", "hours"))
