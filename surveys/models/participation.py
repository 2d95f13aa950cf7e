"""The mark that the applicant of a case has taken part in the survey."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models import Case


class Participation(models.Model):
    """The mark that a case's applicant has answered, or has handed in a paper form.

    It has no time, no answer and no key of its own. The primary key allows one mark for each case. Rows are
    append-only, enforced by database triggers.
    """

    is_append_only = True

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, verbose_name=_("permohonan"))

    class Meta:
        verbose_name = _("keikutsertaan survei")
        verbose_name_plural = _("keikutsertaan survei")

    def __str__(self) -> str:
        return str(self.pk)
