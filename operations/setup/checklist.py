"""The checklist of the set-up, the steps whose state it tells, and the opening of the service."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.admin.utils import label_for_field
from django.db import transaction
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.audit.models import Act
from consultations.audit.services import record
from kit import clock
from kit.refusal import Refused
from office import rights
from office.access.invitations import list_without_password
from office.lists import list_active_divisions, list_active_rooms
from office.models import Appointment, Office, Role, StandardComponent, User, list_current_appointments
from office.words import get_words, with_words, word
from office.worktime import WorkingTime
from operations.setup.models import MailTest

COMPONENTS = 14
"""Components of a standard (PermenPANRB 15/2014)."""

MAX_NAMED = 5
"""People named in a sentence."""


class Level(StrEnum):
    """READY, WARNING (the service may open), or MISSING (it may not)."""

    READY = "ready"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `step` is the page that mends it."""

    name: str
    step: str
    title: str
    level: Level
    text: str


def get_checklist() -> list[Check]:
    """Return all lines. It takes at most four queries beside what the process remembers."""
    held = list_current_appointments()
    return [
        _check_identity(),
        _check_hours(),
        _check_divisions(),
        _check_roles(held),
        _check_accounts(held),
        _check_standard(),
        _check_rooms(),
        _check_mail(),
        *_check_people(),
    ]


def is_ready(checks: list[Check]) -> bool:
    return all(check.level != Level.MISSING for check in checks)


def _check_identity() -> Check:
    office = Office.load()
    fields = ("government", "name", "unit_code", "address", "city")
    missing = [str(label_for_field(name, Office)) for name in fields if not getattr(office, name)]
    title, step = _("Identitas dan kop"), "identitas"
    if missing:
        text = _("Belum diisi: %(fields)s.") % {"fields": ", ".join(missing)}
        return Check("identity", step, title, Level.MISSING, text)
    if not office.coat_of_arms:
        text = _("Kop tanpa lambang daerah. Lambang dapat ditambahkan kapan saja.")
        return Check("identity", step, title, Level.WARNING, text)
    return Check("identity", step, title, Level.READY, f"{office.government}, {office.name}")


def _check_hours() -> Check:
    hours = WorkingTime.load()
    text = (
        hours.sentence() if hours.hours else _("Belum ada jam layanan, jadi tidak ada waktu yang ditawarkan.")
    )
    level = Level.READY if hours.hours else Level.MISSING
    return Check("hours", "jam", _("Jam layanan"), level, text)


def _check_divisions() -> Check:
    divisions = list_active_divisions()
    text = _("%(n)s unit kerja") % {"n": len(divisions)} if divisions else _("Belum ada unit kerja.")
    level = Level.READY if divisions else Level.MISSING
    return Check("divisions", "bidang", get_words().division_name, level, text)


def _check_roles(held: list[Appointment]) -> Check:
    """Each step of the standard needs somebody: Sekretariat, Tim PKD, the head, and each division's head."""
    people = Counter(Role(row.position.role) for row in held)
    headed = {row.position.division_id for row in held if row.position.role == Role.DIVISION_HEAD}
    served = {row.position.division_id for row in held if row.position.role == Role.OFFICER}
    needed = [Role.SECRETARIAT, Role.TIM_PKD, Role.HEAD]
    if Office.load().has_secretary:
        needed.append(Role.SECRETARY)
    divisions = list_active_divisions()
    missing = [str(role.label) for role in needed if not people[role]]
    missing += [f"{Role.DIVISION_HEAD.label} {one}" for one in divisions if one.pk not in headed]
    title, step = _("Tiap langkah ada orangnya"), "pegawai"
    if missing:
        text = _("Belum ada: %(roles)s.") % {"roles": ", ".join(missing)}
        return Check("roles", step, title, Level.MISSING, text)
    warnings = [f"{Role.OFFICER.label} {one}" for one in divisions if one.pk not in served]
    if not people[Role.SUPERVISOR]:
        warnings.append(_("Pengawas (pengaduan tentang pimpinan)"))
    if warnings:
        text = _("Belum ada: %(roles)s.") % {"roles": ", ".join(warnings)}
        return Check("roles", step, title, Level.WARNING, text)
    text = ", ".join(f"{role.label} {people[role]}" for role in Role if people[role])
    return Check("roles", step, title, Level.READY, text)


def _check_accounts(held: list[Appointment]) -> Check:
    people = {row.user_id for row in held}
    waiting = [user for user in list_without_password() if user.pk in people]
    title, step = _("Akun aktif"), "undangan"
    if not people:
        return Check("accounts", "pegawai", title, Level.MISSING, _("Belum ada pegawai."))
    numbers = {"active": len(people) - len(waiting), "all": len(people)}
    text = _("%(active)s dari %(all)s") % numbers
    if not waiting:
        return Check("accounts", step, title, Level.READY, text)
    names = ", ".join(str(user) for user in waiting[:MAX_NAMED]) + (" …" if len(waiting) > MAX_NAMED else "")
    text += ". " + _("Belum: %(names)s") % {"names": names}
    return Check("accounts", step, title, Level.WARNING, text)


def _check_standard() -> Check:
    office = Office.load()
    written = StandardComponent.objects.exclude(text="").values_list("is_decreed", flat=True)
    decrees = list(written)
    title, step = _("Standar layanan"), "standar"
    if len(decrees) < COMPONENTS or not office.standard_number:
        parts = _("%(n)s dari 14 komponen") % {"n": len(decrees)}
        text = parts if office.standard_number else _("%(parts)s; nomor SK belum diisi") % {"parts": parts}
        return Check("standard", step, title, Level.MISSING, text)
    text = f"SK {office.standard_number}"
    if not any(decrees):
        text += ". " + _("Belum ada komponen yang ditetapkan.")
        return Check("standard", step, title, Level.WARNING, text)
    return Check("standard", step, title, Level.READY, text)


def _check_rooms() -> Check:
    rooms = list_active_rooms()
    text = ", ".join(map(str, rooms)) or _("Belum ada ruang. Setiap konsultasi di kantor memesan satu ruang.")
    return Check("rooms", "layanan", _("Ruang konsultasi"), Level.READY if rooms else Level.MISSING, text)


def _check_people() -> list[Check]:
    """After the opening, the head checks who was named before it (ADR 47)."""
    if not Office.load().awaits_staff_check:
        return []
    text = with_words(_("Menunggu %(head)s memeriksanya di meja kerjanya."))
    return [Check("people", "pegawai", _("Daftar orang"), Level.WARNING, text)]


def _check_mail() -> Check:
    test = MailTest.objects.first()
    title, step = _("Surel"), "layanan"
    if test is None:
        return Check("mail", step, title, Level.WARNING, _("Belum diuji. Kirim surel uji."))
    moment = date_format(localtime(test.at), "SHORT_DATETIME_FORMAT")
    if test.error:
        return Check("mail", step, title, Level.WARNING, f"{test.error} ({moment})")
    text = _("Surel uji diterima server %(moment)s") % {"moment": moment}
    return Check("mail", step, title, Level.READY, text)


STEPS: dict[str, Promise] = {
    "identitas": gettext_lazy("Identitas dan kop"),
    "jam": gettext_lazy("Jam layanan"),
    "bidang": word("division_name"),
    "pegawai": gettext_lazy("Pegawai dan jabatan"),
    "standar": gettext_lazy("Standar layanan"),
    "layanan": gettext_lazy("Ruang, tanda tangan, dan pesan"),
    "periksa": gettext_lazy("Periksa dan buka layanan"),
}
"""Titles by their name in the URL."""

NAMES = tuple(STEPS)


@dataclass(frozen=True)
class Step:
    """A step as the list beside the page shows it."""

    number: int
    name: str
    title: Promise
    is_done: bool
    is_current: bool
    text: str


@dataclass(frozen=True)
class Progress:
    """All steps, the current one, and the one after it (empty on the last page)."""

    steps: list[Step]
    current: Step
    next_name: str

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)


def get_progress(name: str, checks: Sequence[Check], *, is_open: bool) -> Progress:
    steps = []
    for number, (other, title) in enumerate(STEPS.items(), start=1):
        own = [check for check in checks if check.step == other]
        missing = [check for check in own if check.level == Level.MISSING]
        is_done = is_open if other == "periksa" else not missing
        text = (missing or own)[0].text if own else ""
        steps.append(Step(number, other, title, is_done, other == name, text))
    current = next(step for step in steps if step.is_current)
    following = NAMES[current.number] if current.number < len(NAMES) else ""
    return Progress(steps, current, following)


def get_first_open(checks: Sequence[Check]) -> str:
    """Return the step where the set-up continues: the first that lacks something, else the last."""
    missing = {check.step for check in checks if check.level == Level.MISSING}
    return next((name for name in NAMES if name in missing), NAMES[-1])


def get_summary() -> Progress:
    """Return the progress of a set-up that is not finished, for the desk of an administrator."""
    checks = get_checklist()
    return get_progress(get_first_open(checks), checks, is_open=False)


def open_service(*, by: User) -> None:
    """Open the service for good. It notifies nobody outside; the audit log has an entry.

    From now on the desk of the head asks to check the people who were named until now (ADR 47).

    Raise PermissionDenied if `by` is no administrator, Refused if the checklist is not complete. Nothing
    happens if the service is open.
    """
    rights.SET_UP.check(by)
    with transaction.atomic():
        Office.lock()
        if not is_ready(get_checklist()):
            raise Refused(_("Layanan belum dapat dibuka. Lengkapi dahulu yang masih kurang."))
        opened = {"opened_at": clock.now(), "awaits_staff_check": True}
        if Office.objects.filter(pk=1, opened_at=None).update(**opened):
            record(Act.SETTING, by=by, target="Layanan dibuka")
