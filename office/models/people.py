"""People of the office: divisions, positions, users, appointments, required second factors."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.cache import remembered
from kit.records import Trigger, constraint, declare, refuse
from office.words import with_words_lazy, word

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator


class Role(models.TextChoices):
    """Role of a position in the service standard. SUPERVISOR (Inspektorat) reads the audit log and handles
    the complaints in the independent channel (ADR 38)."""

    SECRETARIAT = "SECRETARIAT", word("secretariat")
    TIM_PKD = "TIM_PKD", word("agenda_role")
    SECRETARY = "SECRETARY", word("secretary")
    HEAD = "HEAD", word("head")
    DIVISION_HEAD = "DIVISION_HEAD", word("division_head")
    OFFICER = "OFFICER", _("Petugas")
    SUPERVISOR = "SUPERVISOR", _("Pengawas")


class Division(models.Model):
    """A division of the office (Bidang)."""

    is_remembered = True

    name = models.CharField(with_words_lazy(_("nama %(division)s")), max_length=120, unique=True)
    code = models.CharField(_("kode"), max_length=20, unique=True)
    is_active = models.BooleanField(_("masih ada"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = word("division")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A position of the office (jabatan). An Appointment says who holds it."""

    is_remembered = True

    title = models.CharField(_("nama jabatan"), max_length=200)
    role = models.CharField(_("peran"), max_length=20, choices=Role)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=word("division"),
        null=True,
        blank=True,
        related_name="positions",
    )
    stand_ins = models.ManyToManyField(
        to="self",
        symmetrical=False,
        verbose_name=_("dapat digantikan oleh"),
        blank=True,
        related_name="stands_in_for",
        help_text=_("Jabatan yang boleh menjadi Plh. atau Plt. selama pemangku jabatan ini berhalangan."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("jabatan")
        ordering = ["role", "title"]
        constraints = [
            models.CheckConstraint(
                name="division_where_the_role_needs_one",
                condition=Q(role__in=["DIVISION_HEAD", "OFFICER"], division__isnull=False)
                | Q(
                    role__in=["SECRETARIAT", "TIM_PKD", "HEAD", "SECRETARY", "SUPERVISOR"],
                    division__isnull=True,
                ),
                violation_error_message=_(
                    "Kepala dan petugas unit kerja memerlukan unit kerja; jabatan lain tidak memilikinya."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title


class StaffQuerySet(models.QuerySet["User"]):
    def in_office(self) -> "StaffQuerySet":
        """Return the users who hold a position today."""
        return self.filter(pk__in=Appointment.objects.current().values("user"))


class StaffManager(UserManager["User"].from_queryset(StaffQuerySet)):  # type: ignore[misc]
    """Django's manager of users, with queries by position."""


class User(AbstractUser):
    """A person with an account. Permissions follow from the positions that the person holds today."""

    not_recorded = ("last_login", "factor_asked_at", "factor_open_until", "introduced_at", "invited_at")

    is_remembered = True
    not_remembered = (
        *("last_login", "password", "factor_asked_at", "factor_open_until"),
        *("introduced_at", "invited_at"),
    )

    first_name = None  # type: ignore[assignment]  # Indonesian names have no first and last part
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("nama lengkap dengan gelar"), max_length=150)
    nip = models.CharField(
        "NIP",
        max_length=18,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{18}\Z", _("NIP terdiri dari 18 angka, tanpa spasi."))],
        help_text=_("18 angka; kosongkan bila belum berstatus ASN."),
    )
    rank = models.CharField(
        _("pangkat/golongan"), max_length=80, blank=True, help_text=_("Contoh: Pembina Tk. I (IV/b)")
    )
    competence = models.CharField(
        _("kompetensi"),
        max_length=200,
        blank=True,
        help_text=_(
            "Pendidikan, sertifikat, atau keahlian. Terbit di halaman standar layanan bila kantor memilihnya."
        ),
    )

    factor_asked_at = models.DateTimeField(_("mulai wajib verifikasi dua langkah"), null=True, editable=False)
    """The first login with a role that needs a second factor. The grace period is counted from it."""
    factor_open_until = models.DateTimeField(
        _("verifikasi dua langkah dapat dipasang sampai"), null=True, editable=False
    )
    """Until when the user may set a factor up after the grace period (`office.access.sessions`)."""

    introduced_at = models.DateTimeField(_("selesai membaca perkenalan"), null=True, editable=False)
    """Set after the user has closed the introduction of the first login."""

    invited_at = models.DateTimeField(_("diundang"), null=True, editable=False)
    """Moment of the latest invitation (office/access/invitations.py)."""

    objects: ClassVar[StaffManager] = StaffManager()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("pengguna")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["nip"],
                condition=~Q(nip=""),
                name="one_account_for_each_nip",
                violation_error_code="unique",  # so that the error is shown beside the field
                violation_error_message=_("NIP ini sudah dipakai akun lain."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    def has_usable_password(self) -> bool:
        """Return whether the user can confirm something with a password."""
        return settings.PASSWORD_LOGIN and super().has_usable_password()

    @property
    def nip_grouped(self) -> str:
        """NIP for documents, grouped as birth date, start of service, sex and serial number."""
        n = self.nip
        return f"{n[:8]} {n[8:14]} {n[14]} {n[15:]}" if n else ""

    @cached_property
    def current_appointments(self) -> list["Appointment"]:
        """Positions that this person holds today, definitive before acting ones. Cached for one request."""
        if not self.is_active:
            return []
        return self._hold(row for row in list_appointments() if row.user_id == self.pk and row.is_current)

    def _hold(self, rows: Iterable["Appointment"]) -> list["Appointment"]:
        held = [copy(row) for row in rows]
        for appointment in held:
            appointment.user = self
        return held

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether a TOTP app or a passkey is set up. `StaffBackend` reads it with the account."""
        return list_second_factors().filter(user=self).exists()

    @property
    def roles(self) -> set[Role]:
        """Roles of the positions that this person holds today."""
        return {Role(held.position.role) for held in self.current_appointments}

    @property
    def headed_divisions(self) -> list["Division"]:
        """Divisions that this person heads today, also as a stand-in."""
        positions = (held.position for held in self.current_appointments)
        return [p.division for p in positions if p.role == Role.DIVISION_HEAD and p.division]

    def heads_alone(self, division: "Division") -> bool:
        """Return whether this person is the only head of a division today."""
        return list_holders(Role.DIVISION_HEAD, division) == {self.pk}


def user_field(label: Any, **options: Any) -> Any:
    """Return a foreign key to the user who did something, without a reverse accessor."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


ORDER_MISSING = _("Isi nomor dan tanggal Surat Perintah untuk Plt., Plh., atau Pj.")
"""A new acting appointment requires its order. Earlier appointments may have none."""

BOTH_OR_NEITHER = Q(order_number="", order_date=None) | ~Q(order_number="") & Q(order_date__isnull=False)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: dt.date | None = None) -> "AppointmentQuerySet":
        """Return appointments of active users in force at the start of a day, by default now."""
        day, moment = on or clock.today(), clock.midnight(on) if on else clock.now()
        lasts = Q(ends__isnull=True) | Q(ends__gte=day)
        not_ended = Q(ended_at__isnull=True) | Q(ended_at__gt=moment)
        return self.filter(lasts, not_ended, starts__lte=day, user__is_active=True)

    def during(self, first: dt.date, last: dt.date) -> "AppointmentQuerySet":
        """Return appointments in force on any day from `first` to `last` that nobody has ended early."""
        lasts = Q(ends__isnull=True) | Q(ends__gte=first)
        return self.filter(lasts, ended_at=None, starts__lte=last, user__is_active=True)


class Appointment(models.Model):
    """A user holds a position from one day to another, perhaps as acting holder (pemangku jabatan).

    Only the last day may change, and `ended_at` may end the appointment once, at a moment.
    """

    is_remembered = True

    class Acting(models.TextChoices):
        PLT = "Plt.", _("Pelaksana Tugas (Plt.)")
        PLH = "Plh.", _("Pelaksana Harian (Plh.)")
        PJ = "Pj.", _("Penjabat (Pj.)")

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("pemangku"), related_name="appointments")
    position = models.ForeignKey(
        Position, models.PROTECT, verbose_name=_("jabatan"), related_name="appointments"
    )
    acting = models.CharField(_("sebagai"), max_length=4, choices=Acting, blank=True)
    order_number = models.CharField(_("nomor Surat Perintah"), max_length=100, blank=True)
    order_date = models.DateField(_("tanggal Surat Perintah"), null=True, blank=True)
    starts = models.DateField(_("mulai"))
    ends = models.DateField(_("sampai"), null=True, blank=True, help_text=_("Kosongkan bila masih berlaku."))
    ended_at = models.DateTimeField(_("diakhiri lebih awal"), null=True, editable=False)
    ended_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diakhiri oleh"), null=True, editable=False, related_name="+"
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("pemangku jabatan")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Tanggal sampai tidak boleh sebelum tanggal mulai."),
            ),
            constraint("order_has_number_and_date", BOTH_OR_NEITHER),
            constraint(
                "appointment_ended_early_by_whom_and_when",
                Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.user}"

    @property
    def is_current(self) -> bool:
        """Whether the appointment is in force now. Unlike `current()`, ignore whether the user is active."""
        return self._is_in_force(clock.now(), clock.today())

    def was_in_force(self, day: dt.date) -> bool:
        """Return whether the appointment was in force at the beginning of a day."""
        return self._is_in_force(clock.midnight(day), day)

    def _is_in_force(self, moment: dt.datetime, day: dt.date) -> bool:
        has_ended = self.ended_at is not None and self.ended_at <= moment
        return not has_ended and self.starts <= day <= (self.ends or day)

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the holder could act, or None."""
        ended = timezone.localdate(self.ended_at) if self.ended_at else None
        return min((day for day in (self.ends, ended) if day), default=None)

    @property
    def title(self) -> str:
        """Title with which the holder signs, e.g. `Plt. Kepala Dinas ...`."""
        return f"{self.acting} {self.position.title}".strip()

    @property
    def order(self) -> str:
        """The order (Surat Perintah) of an acting holder in words, or an empty string."""
        if self.order_date is None:
            return ""
        facts = {"number": self.order_number, "day": date_format(self.order_date)}
        return _("Surat Perintah Nomor %(number)s tanggal %(day)s") % facts


@remembered
def list_appointments() -> list[Appointment]:
    """Return all appointments, definitive before acting ones.

    Ended appointments are included, because the cached list must not depend on the clock.
    """
    rows = Appointment.objects.select_related("position__division", "user")
    return list(rows.order_by("acting", "position__role", "pk"))


def list_current_appointments(on: dt.date | None = None) -> list[Appointment]:
    """Return the rows of `Appointment.objects.current(on)` without a query. Do not change them."""
    moment, day = (clock.midnight(on), on) if on else (clock.now(), clock.today())
    return [row for row in list_appointments() if row.user.is_active and row._is_in_force(moment, day)]


def list_current_holders() -> list[User]:
    """Return the users who hold a position now, by name. They are copies that know their positions."""
    rows: dict[int, list[Appointment]] = {}
    for row in list_current_appointments():
        rows.setdefault(row.user_id, []).append(row)
    people = [copy(held[0].user) for held in rows.values()]
    for user in people:
        user.current_appointments = user._hold(rows[user.pk])
    return sorted(people, key=lambda user: user.name)


def list_holders(role: Role, division: Division | None = None) -> set[int]:
    """Return the keys of the users who hold a position of a role now, in one division if it is given."""
    return {
        row.user_id
        for row in list_current_appointments()
        if row.position.role == role and division in (None, row.position.division)
    }


ADMINISTRATOR = "ADMINISTRATOR"
MAX_GRACE_DAYS = 90


def list_roles() -> list[tuple[str, object]]:
    return [(ADMINISTRATOR, _("Administrator")), *Role.choices]


def list_second_factors() -> models.QuerySet["Authenticator"]:
    """Return the TOTP apps and passkeys of all users, without recovery codes."""
    from allauth.mfa.models import Authenticator  # it refers to the model of users

    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


class FactorRequirement(models.Model):
    """Whether a role requires a second factor, and within how many days after the first login."""

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
        verbose_name = verbose_name_plural = _("kewajiban verifikasi dua langkah")
        ordering = ["role"]
        constraints = [constraint("grace_of_at_most_90_days", Q(grace_days__lte=MAX_GRACE_DAYS))]

    def __str__(self) -> str:
        """Return role and requirement, because the audit log quotes this text."""
        required = _("wajib sesudah %(days)s hari") % {"days": self.grace_days}
        return f"{self.get_role_display()}: {required if self.is_required else _('tidak wajib')}"

    @property
    def value(self) -> str:
        """The requirement in an access change: `TIM_PKD 14`, or `TIM_PKD` if the role needs no factor."""
        return f"{self.role} {self.grace_days}" if self.is_required else self.role

    @classmethod
    def from_value(cls, value: str) -> Self:
        """Return an unsaved requirement for a text such as `TIM_PKD 14` (see `value`)."""
        role, _space, days = value.partition(" ")
        return cls(role=role, is_required=bool(days), grace_days=int(days or 0))


@remembered
def get_grace_days() -> dict[str, int]:
    """Return the days of grace of each role that needs a second factor."""
    required = FactorRequirement.objects.filter(is_required=True)
    return dict(required.values_list("role", "grace_days"))


BOTH = """EXISTS (
SELECT 1 FROM office_appointment a
JOIN office_position p ON p.id = a.position_id JOIN office_user u ON u.id = a.user_id
WHERE u.is_staff AND p.role = 'SUPERVISOR' AND a.ended_at IS NULL
AND (a.ends IS NULL OR a.ends > CURRENT_DATE) AND {row} = NEW.id
)"""


@declare
def list_separations(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers that refuse an administrator who is, or will be, a Pengawas (ADR 38).

    A Pengawas reads complaints about the leadership; an administrator opens accounts. The triggers use the
    date of the database server; services use the date of the office (office/access/changes.py).
    """
    if "office_appointment" not in tables:
        return
    refused = refuse(connection.vendor, "an administrator is no Pengawas")
    appointed, held, granted = (BOTH.format(row=f"{row}.id") for row in "apu")
    for event in ("INSERT", "UPDATE"):
        yield Trigger("office_appointment", f"apart_{event.lower()}", event, refused, appointed)
    yield Trigger("office_position", "apart_update", "UPDATE", refused, f"OLD.role <> NEW.role AND {held}")
    condition = f"NEW.is_staff AND NOT OLD.is_staff AND {granted}"
    yield Trigger("office_user", "apart_update", "UPDATE", refused, condition)
