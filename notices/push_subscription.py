"""The browsers that show push messages. `notices/models.py` imports the model."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from kit import clock
from kit.encryption import EncryptedField, EncryptedJSONField, HashField
from kit.records import constraint


class PushSubscription(models.Model):
    """A browser that shows push messages (Notifikasi): of a user, or of the applicant of a case."""

    not_recorded = True  # of a browser

    encrypted_for = ("user_id", "case_id")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("pengguna"),
        null=True,
        db_index=False,  # the unique constraint has an index
        related_name="push_subscriptions",
    )
    case = models.ForeignKey(
        Case,
        models.CASCADE,
        verbose_name=_("permohonan"),
        null=True,
        db_index=False,
        related_name="push_subscriptions",
    )
    endpoint = EncryptedField(_("alamat"), help_text=_("Alamat peramban pada layanan notifikasinya"))
    endpoint_hash = HashField(_("hash alamat"), of="endpoint")
    keys = EncryptedJSONField(_("kunci"), help_text=_("Kunci peramban, untuk mengenkripsi isi notifikasi"))
    created_at = models.DateTimeField(_("dibuat"), default=clock.now)
    failing_since = models.DateTimeField(_("gagal sejak"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("peramban dengan notifikasi")
        constraints = [
            constraint(
                "push_subscription_of_a_user_or_a_case",
                Q(user__isnull=False, case__isnull=True) | Q(user__isnull=True, case__isnull=False),
            ),
            models.UniqueConstraint(fields=["user", "endpoint_hash"], name="one_push_subscription_per_user"),
            models.UniqueConstraint(fields=["case", "endpoint_hash"], name="one_push_subscription_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.case_id}: {self.endpoint_hash[:8]}"
