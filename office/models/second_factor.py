"""Second factor: for which roles it is required."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered
from office.models.role import Role

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

ADMINISTRATOR = "ADMINISTRATOR"
MAX_GRACE_DAYS = 90


def list_roles() -> list[tuple[str, object]]:
    return [(ADMINISTRATOR, _("Administrator")), *Role.choices]


def list_second_factors() -> models.QuerySet["Authenticator"]:
    """Return the TOTP apps and passkeys of all users, without recovery codes."""
    from allauth.mfa.models import Authenticator  # it refers to the model of users

    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


class FactorRequirement(models.Model):
    """Whether a role needs a second factor, and how many days after the first login it must be set up."""

    is_remembered = True

    role = models.CharField(_("peran"), max_length=20, choices=list_roles, unique=True)
    is_required = models.BooleanField(_("wajib"), default=True)
    grace_days = models.PositiveSmallIntegerField(
        _("masa persiapan (hari)"),
        default=14,
        validators=[MaxValueValidator(MAX_GRACE_DAYS)],
        help_text=_("Dihitung sejak pegawai pertama kali masuk sesudah kewajiban ini berlaku. 0: seketika."),
    )

    class Meta:
        verbose_name = _("kewajiban verifikasi dua langkah")
        verbose_name_plural = _("kewajiban verifikasi dua langkah")
        ordering = ["role"]
        constraints = [
            models.CheckConstraint(
                name="grace_of_at_most_90_days", condition=Q(grace_days__lte=MAX_GRACE_DAYS)
            )
        ]

    def __str__(self) -> str:
        """Name the requirement too: the audit log quotes it."""
        required = _("wajib sesudah %(days)s hari") % {"days": self.grace_days}
        return f"{self.get_role_display()}: {required if self.is_required else _('tidak wajib')}"


@remembered
def get_grace_days() -> dict[str, int]:
    """Return the days of grace of each role that needs a second factor."""
    required = FactorRequirement.objects.filter(is_required=True)
    return dict(required.values_list("role", "grace_days"))
