"""The log of each time that a user of the office got hold of an applicant's secret link."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from office import clock


class LinkAccess(models.Model):
    """One access of a user to the secret link of a case: reader, title, time and place.

    With the link, anybody can act as the applicant. Database triggers refuse to change or delete a row
    (kit/records.py).
    """

    is_append_only = True

    class Place(models.TextChoices):
        RECEIPT = "RECEIPT", _("Tanda Terima")
        MESSAGE = "MESSAGE", _("Pesan WhatsApp untuk pemohon")
        PAGE = "PAGE", _("Halaman pemohon")

    case = models.ForeignKey(
        "Case", models.PROTECT, verbose_name=_("permohonan"), related_name="link_accesses"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    title = models.CharField(
        _("selaku"), max_length=210, blank=True, help_text=_("Kosong: tidak memegang jabatan")
    )
    at = models.DateTimeField(_("waktu"), default=clock.now)
    place = models.CharField(_("lewat"), max_length=10, choices=Place)

    class Meta:
        verbose_name = _("pembukaan tautan pemohon")
        verbose_name_plural = _("pembukaan tautan pemohon")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by_id}"
