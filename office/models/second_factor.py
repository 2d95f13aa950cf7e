"""Second factor: for which roles it is required, and how a lost one was removed by two people."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office.models.people import User
from office.models.role import Role
from office.remembered import remembered

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
        return str(self.get_role_display())


@remembered
def get_grace_days() -> dict[str, int]:
    """Return the days of grace of each role that needs a second factor."""
    required = FactorRequirement.objects.filter(is_required=True)
    return dict(required.values_list("role", "grace_days"))


class FactorRecovery(models.Model):
    """Two people confirm who has lost the second factor (pemulihan). The second one removes the factors."""

    is_append_only = True
    set_once = ("second_by", "second_at")

    LASTS = dt.timedelta(hours=24)
    """Time between the first confirmation and the second."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("pegawai"), related_name="recoveries")
    first_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dipastikan oleh"), related_name="+")
    first_at = models.DateTimeField(_("dipastikan"))
    second_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dipastikan juga oleh"), null=True, related_name="+"
    )
    second_at = models.DateTimeField(_("dipastikan kedua kali"), null=True)

    class Meta:
        verbose_name = _("pemulihan verifikasi dua langkah")
        verbose_name_plural = _("pemulihan verifikasi dua langkah")
        ordering = ["-first_at"]
        constraints = [
            models.CheckConstraint(name="nobody_recovers_the_own_factor", condition=~Q(user=F("first_by"))),
            models.CheckConstraint(
                name="recovery_by_two_different_people",
                condition=Q(second_by__isnull=True, second_at__isnull=True)
                | Q(second_by__isnull=False, second_at__isnull=False)
                & ~Q(second_by=F("first_by"))
                & ~Q(second_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_at:%Y-%m-%d %H:%M}"
