"""Saved views (Tampilan tersimpan) of the list of cases."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.records import constraint
from office.models.people import user_field


class SavedView(models.Model):
    """Filters and order of the list of cases, under a name: of the user who saved them, or of the office.

    `query` is a query string of `CaseFilter.get_query()`. It has no words searched, which can name an
    applicant.
    """

    name = models.CharField(_("nama tampilan"), max_length=40)
    query = models.CharField(_("saringan"), max_length=300)
    by = user_field(_("disimpan oleh"))
    is_shared = models.BooleanField(_("untuk seluruh kantor"), default=False)
    saved_at = models.DateTimeField(_("disimpan"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("tampilan tersimpan")
        constraints = [
            constraint("saved_view_has_a_name_and_a_filter", ~Q(name="") & ~Q(query="")),
            models.UniqueConstraint(
                fields=["by", "name"], name="one_own_view_of_a_name", condition=Q(is_shared=False)
            ),
            models.UniqueConstraint(
                fields=["name"], name="one_office_view_of_a_name", condition=Q(is_shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name
