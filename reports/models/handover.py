"""Handing over of documents: who received which document, and when (ekspedisi)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import clock
from reports.models.document import Document


class Handover(models.Model):
    """One person who received a document from a messenger, as a member of staff recorded it.

    Database triggers refuse to change or delete a row (kit/records.py). The right entry follows a wrong one.
    """

    is_append_only = True
    erasable = ("receiver",)

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("naskah"), related_name="handovers")
    receiver = models.CharField(_("penerima"), max_length=150)
    received_at = models.DateTimeField(_("diterima"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+"
    )
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)

    class Meta:
        verbose_name = _("penyerahan naskah")
        verbose_name_plural = _("penyerahan naskah")
        constraints = [
            models.CheckConstraint(
                name="handover_says_to_whom_and_by_whom", condition=~Q(receiver="") & ~Q(title="")
            ),
            models.CheckConstraint(
                name="handover_recorded_after_it_happened", condition=Q(at__gte=models.F("received_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.receiver}"
