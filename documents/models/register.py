"""Printed registers, hand-overs of documents (ekspedisi), and reserved numbers of reports."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from documents.models.document import Document
from kit import clock
from kit.records import KindField, constraint
from office.models import Division
from office.models.people import user_field
from office.words import word


class Register(models.Model):
    """One printing of a register (buku, register, rekap) of a period."""

    class Kind(models.TextChoices):
        AGENDA_BOOK = "AGENDA_BOOK", _("Buku Agenda")
        GUEST_BOOK = "GUEST_BOOK", _("Register Konsultasi")
        COMPLAINTS = "COMPLAINTS", _("Register Pengaduan")
        OUTGOING = "OUTGOING", _("Buku Agenda Surat Keluar")
        EXPEDITION = "EXPEDITION", _("Buku Ekspedisi")
        RECAP = "RECAP", _("Rekap Laporan")

    kind = KindField(_("jenis"), max_length=20, choices=Kind)
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
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicetak"), default=clock.now)
    hides = models.BooleanField(
        _("tidak lengkap"),
        default=False,
        help_text=_("Tanpa pengaduan terhadap pencetaknya; hanya untuk pencetak itu sendiri."),
    )

    class Meta:
        db_table = "reports_register"
        verbose_name = verbose_name_plural = _("daftar tercetak")
        constraints = [constraint("period_in_order", Q(until__gte=F("since")))]

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


class Handover(models.Model):
    """One person who received a document from a messenger, as a member of staff recorded it.

    The right entry follows a wrong one.
    """

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("naskah"), related_name="handovers")
    receiver = models.CharField(_("penerima"), max_length=150)
    received_at = models.DateTimeField(_("diterima"))
    by = user_field(_("dicatat oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)

    class Meta:
        db_table = "reports_handover"
        verbose_name = verbose_name_plural = _("penyerahan naskah")
        constraints = [
            constraint("handover_says_to_whom_and_by_whom", ~Q(receiver="") & ~Q(title="")),
            constraint("handover_recorded_after_it_happened", Q(at__gte=models.F("received_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.receiver}"


class ReportNumber(models.Model):
    """The report number of a case, reserved when the report is first accepted.

    It is used again after a failed signature and by each correction, so the series has no gaps.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, verbose_name=_("permohonan"), related_name="reserved_report_number"
    )
    number = models.CharField(_("nomor laporan"), max_length=100, unique=True)
    taken_at = models.DateTimeField(_("diambil"), default=clock.now)
    entered_by = user_field(_("diisi oleh"), null=True, help_text=_("Kosong: nomor dari Rembuk"))

    class Meta:
        db_table = "reports_reportnumber"
        verbose_name = verbose_name_plural = _("nomor laporan")

    def __str__(self) -> str:
        return self.number
