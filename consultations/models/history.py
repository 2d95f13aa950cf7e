"""The history of a case (Riwayat): its events."""

from __future__ import annotations

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from consultations.enums import BY_CODE, Party, State
from consultations.models.attachments import random_path
from kit.records import constraint
from office.models.people import user_field

__all__ = ["Event", "random_path"]  # migrations find `random_path` here


TAKE_BACK = "take_back"
"""The verb with which the taker of the last step takes it back (`taking_back.py`)."""


class EventQuerySet(models.QuerySet["Event"]):
    def standing(self) -> EventQuerySet:
        """Leave out the steps that were taken back. Only the last step of a case can be."""
        later = Event.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk")).order_by("pk")
        stands = Q(next_verb=None) | ~Q(next_verb=TAKE_BACK)
        return self.annotate(next_verb=Subquery(later.values("verb")[:1])).filter(stands)


class Event(models.Model):
    """A step that was taken: actor, title, time of the step and time of its entry.

    Database triggers refuse to change or delete a row (kit/records.py).
    """

    is_append_only = True
    erasable = ("note",)

    case = models.ForeignKey("Case", models.PROTECT, verbose_name=_("permohonan"), related_name="history")
    number = models.PositiveSmallIntegerField(_("langkah SK"))
    verb = models.CharField(_("langkah"), max_length=20)
    by = user_field(_("oleh"), null=True, help_text=_("Kosong: pemohon"))
    title = models.CharField(_("selaku"), max_length=210)
    source = models.CharField(_("dari"), max_length=12, choices=State, blank=True)
    target = models.CharField(_("menjadi"), max_length=12, choices=State)
    happened_at = models.DateTimeField(_("terjadi"))
    entered_at = models.DateTimeField(_("dicatat"))
    note = models.TextField(_("catatan"), blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("aktivitas (log)")
        indexes = [
            models.Index(fields=["happened_at"], name="event_happened_at"),
            models.Index(fields=["entered_at"], name="event_entered_at"),
        ]
        constraints = [
            constraint("entered_after_it_happened", Q(entered_at__gte=F("happened_at"))),
            constraint("event_says_in_which_position", ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def acted_as(self) -> str:
        """Recorded title of the actor; for the applicant, the label in the reader's language."""
        return self.name_actor(str(Party.APPLICANT.label))

    def name_actor(self, applicant: str) -> str:
        """Return the recorded title of the actor, or `applicant` for the holder of the secret link."""
        return self.title if self.by_id or self.title == BY_CODE else applicant

    @property
    def entered_late(self) -> bool:
        """Whether the step was entered more than five minutes after it happened."""
        return (self.entered_at - self.happened_at).total_seconds() > 300
