"""What the set-up remembers between its pages: an uploaded sheet of people, and the latest test mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock


class StaffSheet(models.Model):
    """A sheet of people that waits for approval. Each administrator has one at most.

    `rows` are texts by column (staff_sheet.py). It is deleted after the import.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(_("nama berkas"), max_length=120)
    rows = models.JSONField(_("baris"))
    uploaded_at = models.DateTimeField(_("diunggah"), default=clock.now)

    class Meta:
        verbose_name = _("lembar pegawai")
        verbose_name_plural = _("lembar pegawai")

    def __str__(self) -> str:
        return self.name


class MailTest(models.Model):
    """The latest test of the mail server. `error` is the sentence that the administrator saw."""

    at = models.DateTimeField(_("waktu"), default=clock.now)
    recipient = models.EmailField(_("kepada"))
    error = models.CharField(_("kegagalan"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("uji surel")
        verbose_name_plural = _("uji surel")
        constraints = [models.CheckConstraint(name="only_one_mail_test", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.recipient
