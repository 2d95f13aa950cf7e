"""What became of a held request: who decided it, in which position, when and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind
from office import clock


class HeldDecision(models.Model):
    """One decision on a held request (Kiriman yang perlu dilihat).

    `token_hash` is the fingerprint of the draft's token: the token itself leads to the sender's secret link.
    Added, never changed: triggers in the database hold it to that (see append_only.py).
    """

    is_append_only = True

    class Decision(models.TextChoices):
        TAKEN_IN = "TAKEN_IN", _("Diterima")
        PUT_ASIDE = "PUT_ASIDE", _("Dikesampingkan")
        ERASED = "ERASED", _("Dihapus")

    token_hash = models.CharField(max_length=64, db_index=True, editable=False)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    held_at = models.DateTimeField(_("ditahan"))
    held_because = models.CharField(_("alasan ditahan"), max_length=200)
    decision = models.CharField(_("keputusan"), max_length=9, choices=Decision)
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("waktu"), default=clock.now)

    class Meta:
        verbose_name = _("keputusan atas kiriman")
        verbose_name_plural = _("keputusan atas kiriman")
        constraints = [
            models.CheckConstraint(
                name="held_decision_is_known", condition=Q(decision__in=["TAKEN_IN", "PUT_ASIDE", "ERASED"])
            ),
            models.CheckConstraint(name="held_decision_on_a_known_kind", condition=Q(kind__in=[*Kind])),
            models.CheckConstraint(
                name="turned_away_says_why_and_by_whom",
                condition=(Q(decision="TAKEN_IN") | ~Q(reason="")) & ~Q(title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.decision}"
