"""The meeting (forum rapat) of step 5 with leaders or other agencies: the call, and its minutes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from office import clock


class Meeting(models.Model):
    """A meeting as it was called. A changed call is a new row that names the one it replaces.

    Its invitation is issued as a document.
    """

    case = models.ForeignKey(
        "consultations.Case", models.PROTECT, verbose_name=_("permohonan"), related_name="meetings"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("diundang"), default=clock.now)
    starts_at = models.DateTimeField(_("mulai"))
    place = models.CharField(_("tempat"), max_length=200)
    agenda = models.TextField(_("acara"))
    invited = models.TextField(_("yang diundang"), help_text=_("Satu pejabat atau instansi satu baris."))
    replaces = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("menggantikan"), null=True, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("forum rapat")
        verbose_name_plural = _("forum rapat")
        constraints = [
            models.CheckConstraint(
                name="meeting_says_where_why_and_with_whom",
                condition=~models.Q(place="") & ~models.Q(agenda="") & ~models.Q(invited=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.starts_at}"

    @property
    def guests(self) -> list[str]:
        """Invited officials and agencies, one each."""
        return [line.strip() for line in self.invited.splitlines() if line.strip()]


class Minutes(models.Model):
    """One version of the minutes (Notula) of a meeting. Each is issued as a document."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, verbose_name=_("forum rapat"), related_name="minutes"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("ditulis"), default=clock.now)
    attendees = models.TextField(_("yang hadir"))
    discussion = models.TextField(_("pembahasan"))
    conclusion = models.TextField(_("kesimpulan rapat"))

    class Meta:
        verbose_name = _("notula")
        verbose_name_plural = _("notula")

    def __str__(self) -> str:
        return str(self.meeting)
