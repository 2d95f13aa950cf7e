"""Objections to a refusal (Keberatan)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.records import constraint
from office.models.people import user_field


class Objection(models.Model):
    """An objection (Keberatan) to a refusal and its decision (UU 30/2014, article 77).

    `authority` names who decides outside the office; empty: the head. The Sekretariat records that decision
    with its number, date and scan.
    """

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="objections")
    received_at = models.DateTimeField(_("diterima"), default=clock.now)
    recorded_by = user_field(_("dicatat oleh"), null=True, help_text=_("Kosong: pemohon"))
    recorded_title = models.CharField(_("dicatat selaku"), max_length=210, blank=True)
    reason = models.TextField(_("alasan keberatan"))
    authority = models.CharField(_("pemutus di luar kantor"), max_length=150, blank=True)
    due = models.DateField(_("diputus paling lambat"))
    is_granted = models.BooleanField(_("dikabulkan"), null=True)
    decision = models.TextField(_("pertimbangan"), blank=True)
    decided_by = user_field(_("diputus atau dicatat oleh"), null=True)
    decided_title = models.CharField(_("diputus selaku"), max_length=210, blank=True)
    decided_at = models.DateTimeField(_("diputus"), null=True)
    decision_number = models.CharField(_("nomor keputusan"), max_length=100, blank=True)
    decision_date = models.DateField(_("tanggal keputusan"), null=True)
    scan = models.OneToOneField(
        "Attachment", models.PROTECT, verbose_name=_("pindaian keputusan"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("keberatan")
        indexes = [models.Index(fields=["received_at"], name="objection_received_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="one_open_objection_of_a_case", condition=Q(decided_at=None)
            ),
            constraint(
                "objection_decided_how_why_when_and_by_whom",
                Q(
                    *(Q(decision=""), Q(decided_title=""), Q(decision_number="")),
                    is_granted__isnull=True,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | Q(is_granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision="")
                & ~Q(decided_title=""),
            ),
            constraint(
                "decision_from_outside_has_number_date_and_scan",
                Q(decision_number="", decision_date__isnull=True, scan__isnull=True)
                & (Q(authority="") | Q(decided_at__isnull=True))
                | ~Q(authority="")
                & ~Q(decision_number="")
                & Q(decision_date__isnull=False, scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.received_at}"
