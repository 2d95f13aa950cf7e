"""Who somebody is to a case: the parties of the standard, and which cases a user may see."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import compare_digest
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import translation

from consultations.enums import Channel, Identity, Kind, Party
from office.models import Appointment, Role, User

if TYPE_CHECKING:
    from consultations.models import Case


@dataclass(frozen=True)
class Applicant:
    """Whoever holds the secret link of a case (Pemohon): the only actor without an account."""

    secret: str


type Actor = User | Applicant

# These see and serve every case of the office; the others only those they are related to.
OFFICE_WIDE = {Role.SECRETARIAT: Party.SECRETARIAT, Role.TIM_PKD: Party.TIM_PKD, Role.HEAD: Party.HEAD}

SERVING = frozenset({Party.OFFICER, Party.DIVISION_HEAD})
"""Who serves a case, and sees to it that its recommendations are followed up."""

HANDING_OUT = frozenset({Party.SECRETARIAT, Party.TIM_PKD})
"""Who gives applicants the secret link to their case, and so may open the papers on which it stands."""


def hands_out(by: Actor, case: Case) -> bool:
    """Whether `by` gives the applicant of this case the secret link.

    Nobody does for a hidden complainant who has it already: who holds the link can end the complaint.
    """
    if case.identity != Identity.OPEN and case.channel == Channel.ONLINE:
        return False
    return bool(HANDING_OUT & parties(by, case).keys())


def may_be_about_anybody(case: Case) -> bool:
    """Whether it is a complaint of which nobody has entered yet whom it is about: the agenda book does."""
    return case.agenda_id is None and case.kind == Kind.COMPLAINT


def parties(by: Actor, case: Case) -> dict[Party, str]:
    """What `by` is to this case today, each with the title in which he or she acts.

    An official who is complained about is nothing to that complaint (PermenPANRB 62/2018), nor, before it is
    in the agenda book, anybody whom it may be about.
    """
    if isinstance(by, Applicant):
        same = compare_digest(by.secret.encode(), case.secret.encode())
        with translation.override("id"):  # the title goes on record
            return {Party.APPLICANT: str(Party.APPLICANT.label)} if same else {}
    found: dict[Party, str] = {}
    if case.complained_about_id == by.pk:
        return found
    for appointment in by.current_appointments:
        for party in _parties_of(appointment, case):
            found.setdefault(party, appointment.title)
    return found


def _is_let_in(role: Role, case: Case) -> bool:
    """Whether this role has to do with the case already.

    A complaint that `may_be_about_anybody()` is known to Tim PKD alone, which enters whom it is about, and
    to the Sekretariat where it has taken it in itself.
    """
    if not may_be_about_anybody(case):
        return True
    return role == Role.TIM_PKD or (role == Role.SECRETARIAT and case.channel != Channel.ONLINE)


def _parties_of(appointment: Appointment, case: Case) -> list[Party]:
    role, position = Role(appointment.position.role), appointment.position
    if not _is_let_in(role, case):
        return []
    if role in OFFICE_WIDE:
        return [OFFICE_WIDE[role]]
    if position.division_id != case.division_id:
        return []
    found = [Party.DIVISION_HEAD] if role == Role.DIVISION_HEAD else []
    return found + ([Party.OFFICER] if case.officer_id == appointment.user_id else [])


def visible(user: User) -> Q:
    """Which cases a user may see: the whole office, an own or copied division, or own cases."""
    appointments = user.current_appointments
    if not appointments:
        return Q(pk__in=[])
    if office_wide(user):
        return not_about(user)
    positions = [appointment.position for appointment in appointments]
    headed = [p.division for p in positions if p.role == Role.DIVISION_HEAD and p.division]
    if not headed:
        return Q(pk__in=_own(user)) & not_about(user)
    seen = Q(officer=user) | _linked(user.companion_cases, user=user)
    for division in headed:
        seen |= Q(division=division) | _linked(division.copied_cases, division=division)
    return seen & not_about(user)


def serves(by: Actor, case: Case) -> bool:
    """Whether `by` is one of the SERVING of the case today."""
    return bool(SERVING & parties(by, case).keys())


def served(user: User) -> Q:
    """The cases to which the user is one of the SERVING today: as `parties()` says, asked of the database."""
    found = Q(pk__in=[])
    for position in (appointment.position for appointment in user.current_appointments):
        if position.role == Role.DIVISION_HEAD:
            found |= Q(division=position.division_id)
        elif position.role == Role.OFFICER:
            found |= Q(division=position.division_id, officer=user)
    return found & not_about(user)


def office_wide(user: User) -> Appointment | None:
    """The position in which the user serves the whole office today, where there is one."""
    held = user.current_appointments
    return next((a for a in held if Role(a.position.role) in OFFICE_WIDE), None)


def not_about(user: User) -> Q:
    """The cases that are no complaint about the user, as far as the user's positions let him or her know.

    As `_is_let_in()` says, asked of the database.
    """
    others = Q(complained_about__isnull=True) | ~Q(complained_about=user)
    roles = {Role(held.position.role) for held in user.current_appointments}
    if Role.TIM_PKD in roles:
        return others
    known = Q(agenda__isnull=False) | ~Q(kind="COMPLAINT")
    if Role.SECRETARIAT in roles:
        known |= ~Q(channel="ONLINE")
    return others & known


def _own(user: User) -> Any:
    """The keys of an officer's cases: few beside all cases, so a list starts from them."""
    accompanied = user.companion_cases.through.objects.filter(user=user)
    return user.led_cases.order_by().values("pk").union(accompanied.values("case"), all=True)


def _linked(cases: Any, **whom: Any) -> Q:
    """Whether a link names the case: asked case by case, since a head sees so many that a page soon fills."""
    return Q(Exists(cases.through.objects.filter(case=OuterRef("pk"), **whom)))
