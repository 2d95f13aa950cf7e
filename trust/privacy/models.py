"""Breaches of personal data, and the notice that the office gave about each."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from office.models.people import user_field


class Breach(models.Model):
    """A failure of protection (kegagalan pelindungan data pribadi) and its notice (UU 27/2022, article 46).

    It concerns the cases that were submitted from the day `since` to `until`. Database triggers refuse to
    change or delete a row (kit/records.py).

    The notices are sent at `notify_at`, unless somebody stops them before. It is empty for the rows of
    releases that sent them at once.
    """

    is_append_only = True
    set_once = ("notified_at", "stopped_at", "stopped_by")

    happened_at = models.DateTimeField(_("terjadi"))
    found_at = models.DateTimeField(_("diketahui"))
    disclosed = models.TextField(_("data yang terungkap"))
    cause = models.TextField(_("bagaimana terjadinya"))
    handling = models.TextField(_("penanganan dan pemulihan"))
    since = models.DateField(_("permohonan dari tanggal"))
    until = models.DateField(_("permohonan sampai tanggal"))
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    notify_at = models.DateTimeField(_("dikirim sesudah"), null=True)
    notified_at = models.DateTimeField(_("terkirim"), null=True)
    stopped_at = models.DateTimeField(_("dihentikan"), null=True)
    stopped_by = user_field(_("dihentikan oleh"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kegagalan pelindungan data")
        constraints = [
            models.CheckConstraint(
                name="breach_says_which_data_how_and_what_was_done",
                condition=~Q(disclosed="") & ~Q(cause="") & ~Q(handling="") & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="breach_found_after_it_happened_and_told_after_it_was_found",
                condition=Q(found_at__gte=F("happened_at"), at__gte=F("found_at")),
            ),
            models.CheckConstraint(name="breach_of_a_period", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="breach_stopped_by_somebody_or_notified",
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, notified_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.found_at:%Y-%m-%d}"

    @property
    def can_be_stopped(self) -> bool:
        return bool(self.notify_at and not self.stopped_at and clock.now() < self.notify_at)
