"""Parties of the standard: what an actor is to one case, and which cases a user may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from secrets import compare_digest
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q
from django.utils import translation

from consultations.enums import BY_CODE, Channel, Identity, Kind, Party
from kit.records import Trigger, declare, refuse
from kit.rules import holds
from office.models import Appointment, Role, User, list_current_appointments, list_holders

if TYPE_CHECKING:
    from consultations.models import Case


@dataclass(frozen=True)
class Applicant:
    """The holder of the secret link of a case (Pemohon)."""

    secret: str

    @property
    def key(self) -> str:
        """The part of an address that opens the pages of the case."""
        return self.secret


@dataclass(frozen=True)
class CodeHolder:
    """Somebody without an account who gave the tracking code and the telephone number of a case (`lacak/`).

    Officials read both. So a row of the table names this party only if its step can be taken back. `key`
    opens the pages of the case for some hours, as the secret of a link does.
    """

    case_id: int
    key: str


type Actor = User | Applicant | CodeHolder

OFFICE_WIDE = {
    Role.SECRETARIAT: Party.SECRETARIAT,
    Role.TIM_PKD: Party.TIM_PKD,
    Role.SECRETARY: Party.SECRETARY,
    Role.HEAD: Party.HEAD,
}
"""Roles that see every case of the office, with their party. Other roles see only related cases.

None of them includes complaints in the independent channel (ADR 38).
"""

SERVING = frozenset({Party.OFFICER, Party.DIVISION_HEAD})
"""Parties that serve a case and its follow-up."""

LINK_SHARERS = frozenset({Party.SECRETARIAT, Party.TIM_PKD})
"""Parties that may give the secret link to the applicant, and open the documents that contain it."""


def may_share_link(by: Actor, case: Case) -> bool:
    """Return whether `by` may give the secret link to the applicant. A holder of it can end the case."""
    return not has_private_link(case) and bool(LINK_SHARERS & parties(by, case).keys())


def has_private_link(case: Case) -> bool:
    """Return whether a hidden complainant asked online: nobody in the office gets the link."""
    return case.identity != Identity.OPEN and case.channel == Channel.ONLINE


def without_head(prefix: str = "") -> Q:
    """Match the complaints for which nobody may act as head of the office: they are about the only one.

    `prefix` leads from other rows to their case. The office may get another head, so this is not stored.
    """
    heads = list_holders(Role.HEAD)
    about = heads if len(heads) == 1 else set()
    return Q((f"{prefix}kind", Kind.COMPLAINT), (f"{prefix}complained_about__in", about))


def without_subject(prefix: str = "") -> Q:
    """Match the complaints without an agenda number.

    Tim PKD enters the official that a complaint is about together with the number. Until then the complaint
    may be about any reader.
    """
    return Q(
        (f"{prefix}agenda__isnull", True),  # first: most cases have a number
        (f"{prefix}kind", Kind.COMPLAINT),
        (f"{prefix}is_independent", False),
    )


def hidden_from_head(prefix: str = "") -> Q:
    """Match the complaints that no head may see: they are, or may be, about the only one."""
    return without_head(prefix) | without_subject(prefix)


def is_without_head(case: Case) -> bool:
    return holds(without_head(), case)


def subject_unknown(case: Case) -> bool:
    return holds(without_subject(), case)


def is_hidden_from_head(case: Case) -> bool:
    return holds(hidden_from_head(), case)


def get_present_turn(case: Case) -> Party | None:
    """Return the party that the case waits for: its turn, or Tim PKD if nobody may act as head."""
    if case.turn == Party.HEAD and case.closed_at is None and is_without_head(case):
        return Party.TIM_PKD
    return Party(case.turn) if case.turn else None


def parties(by: Actor, case: Case) -> dict[Party, str]:
    """Return the parties that `by` is to the case today, each with the title of the position."""
    if isinstance(by, CodeHolder):
        return {Party.CODE_HOLDER: BY_CODE} if by.case_id == case.pk else {}
    if isinstance(by, Applicant):
        same = compare_digest(by.secret.encode(), case.secret.encode())
        with translation.override("id"):  # the title goes on record
            return {Party.APPLICANT: str(Party.APPLICANT.label)} if same else {}
    if case.pk is None:
        return get_office_parties(by)
    found: dict[Party, str] = {}
    for held in by.current_appointments:
        known, claims = _list_claims(held)
        for party, rule in claims.items() if holds(known, case) else ():
            if party not in found and holds(rule, case):
                found[party] = held.title
    return found


def is_party(user: User, wanted: Collection[Party], prefix: str = "") -> Q:
    """Match the cases for which `parties()` names one of the wanted parties for the user today.

    `prefix` leads from other rows to their case, e.g. `case__`.
    """
    found = Q(pk__in=[])
    for held in user.current_appointments:
        known, claims = _list_claims(held, prefix)
        if rules := [rule for party, rule in claims.items() if party in wanted]:
            found |= known & reduce(or_, rules)
    return found


def _list_claims(held: Appointment, prefix: str = "") -> tuple[Q, dict[Party, Q]]:
    """Return the cases that may be known in a position, and the parties that it makes its holder to them."""
    role, division = Role(held.position.role), held.position.division_id
    return _create_claims(role, division, held.user_id, is_supervisor(held.user), prefix)


@lru_cache(maxsize=1024)
def _create_claims(
    role: Role, division: int | None, user: int, supervises: bool, prefix: str
) -> tuple[Q, dict[Party, Q]]:
    if supervises:
        return _of_supervisor(user, prefix), {Party.SUPERVISOR: Q()}
    claims: dict[Party, Q] = {}
    of_division = Q((f"{prefix}division", division))
    if role in OFFICE_WIDE:
        claims = {OFFICE_WIDE[role]: Q()}
    elif role != Role.SUPERVISOR:
        claims = {Party.OFFICER: of_division & Q((f"{prefix}officer", user))}
        claims |= {Party.DIVISION_HEAD: of_division} if role == Role.DIVISION_HEAD else {}
    return _of_office(user, frozenset({role}), prefix), claims


def is_second_awaited(case: Case) -> bool:
    """Return whether the head has granted a deletion that waits for a second official, the Pengawas."""
    return case.deletion_granted_at is not None and case.erase_at is None


def get_office_parties(user: User) -> dict[Party, str]:
    """Return the parties that the user is to any case of the office, with the titles."""
    held = [(Role(appointment.position.role), appointment.title) for appointment in user.current_appointments]
    return {OFFICE_WIDE[role]: title for role, title in reversed(held) if role in OFFICE_WIDE}


def is_supervisor(user: User) -> bool:
    """Return whether the user is a Pengawas and nothing else, not even as a stand-in or administrator.

    A second task would make the user one of those whom the independent channel is about.
    """
    return user.roles == {Role.SUPERVISOR} and not user.is_staff


def list_supervisors() -> set[int]:
    """Return the keys of the users for whom `is_supervisor()` holds now."""
    held = list_current_appointments()
    others = {row.user_id for row in held if row.position.role != Role.SUPERVISOR or row.user.is_staff}
    return list_holders(Role.SUPERVISOR) - others


def get_title(user: User, case: Case | None = None) -> str:
    """Return the title of the user in a case, or else that of the first position; empty without one."""
    in_case = parties(user, case).values() if case else ()
    held = (row.title for row in list_current_appointments() if row.user_id == user.pk)
    return next(iter((*in_case, *held)), "")


def visible_to(user: User, prefix: str = "") -> Q:
    """Match the cases that a user may see: all, those of an own or copied division, or the user's own.

    For an officer, `prefix` may lead from other rows to their case, e.g. `case__`.
    """
    if sees_own_cases_only(user):
        own = Q((f"{prefix}pk__in", user.involvements.values("case")))
        return own & excluding_complaints_about(user, prefix)
    return visible_row_by_row(user)


def sees_own_cases_only(user: User) -> bool:
    """Return whether the user holds positions of an officer and no others."""
    return user.roles == {Role.OFFICER}


def visible_row_by_row(user: User) -> Q:
    """Match the same cases as `visible_to()` by their own values, for a query that reads few cases."""
    if not user.current_appointments:
        return Q(pk__in=[])
    if get_office_wide_appointment(user) or is_supervisor(user):
        return excluding_complaints_about(user)
    seen = Q(officer=user) | _is_linked(user.companion_cases, user=user)
    for division in user.headed_divisions:
        seen |= Q(division=division) | _is_linked(division.copied_cases, division=division)
    return seen & excluding_complaints_about(user)


def led_by(user: User, prefix: str = "") -> Q:
    """Match the cases whose officer the user is and that the user may see. `prefix` leads to the case."""
    if not user.current_appointments:
        return Q(pk__in=[])
    return Q((f"{prefix}officer", user)) & excluding_complaints_about(user, prefix)


def serves(by: Actor, case: Case) -> bool:
    """Return whether `by` is a SERVING party of the case today."""
    return bool(SERVING & parties(by, case).keys())


def served_by(user: User, prefix: str = "") -> Q:
    """Match the cases that the user serves today (SERVING). `prefix` leads from other rows to their case."""
    return is_party(user, SERVING, prefix)


def get_office_wide_appointment(user: User) -> Appointment | None:
    """Return the user's current appointment to an office-wide position, if any."""
    held = user.current_appointments
    return next((a for a in held if Role(a.position.role) in OFFICE_WIDE), None)


def excluding_complaints_about(user: User, prefix: str = "") -> Q:
    """Match the cases that the positions of the user let the user know of: none about the user.

    A Pengawas (`is_supervisor()`) knows the complaints in the independent channel and the cases whose
    deletion waits for a second official, nobody else those in the channel. `prefix` leads from other rows to
    their case.
    """
    if is_supervisor(user):
        return _of_supervisor(user.pk, prefix)
    return of_office_not_about(user, prefix)


def of_office_not_about(user: User, prefix: str = "") -> Q:
    """Match the cases outside the independent channel that are not, and may not be, about the user.

    The audit log tells a Pengawas about these cases too, although he does not see them.
    """
    return _of_office(user.pk, frozenset(user.roles), prefix)


def _of_supervisor(user: int, prefix: str) -> Q:
    awaited = Q((f"{prefix}deletion_granted_at__isnull", False), (f"{prefix}erase_at__isnull", True))
    return _not_about(user, prefix) & (Q((f"{prefix}is_independent", True)) | awaited)


@lru_cache(maxsize=1024)
def _of_office(user: int, roles: frozenset[Role], prefix: str) -> Q:
    """Match the cases outside the independent channel that may be known in positions of `roles`.

    Only Tim PKD knows a complaint without an agenda number, and the Sekretariat if it took the complaint in.
    Only Tim PKD knows a case that was merged into another one, unless the other one is about the user.
    """
    others = _not_about(user, prefix) & Q((f"{prefix}is_independent", False))
    is_whole = Q((f"{prefix}merged_into__isnull", True))
    if Role.TIM_PKD in roles:
        about = User(pk=user).complaints_about.values_list("pk", flat=True)
        return others & (is_whole | ~Q((f"{prefix}merged_into__in", about)))
    known = Q((f"{prefix}agenda__isnull", False)) | ~Q((f"{prefix}kind", Kind.COMPLAINT))
    if Role.SECRETARIAT in roles:
        known |= ~Q((f"{prefix}channel", Channel.ONLINE))
    return others & is_whole & known


def _not_about(user: int, prefix: str) -> Q:
    """Match the cases that are not about the user. Such a user may not handle them (PermenPANRB 62/2018)."""
    about = f"{prefix}complained_about"
    return Q((f"{about}__isnull", True)) | ~Q((about, user))


def complaints_about(user: User) -> Q:
    """Match the complaints that are, or may be, about the user.

    These are the cases that `excluding_complaints_about()` leaves out, without the independent channel:
    no register of the office has it.
    """
    meant = Q(complained_about=user)
    if Role.TIM_PKD in user.roles:
        return meant
    unknown = without_subject()
    if Role.SECRETARIAT in user.roles:
        unknown &= Q(channel=Channel.ONLINE)
    return meant | unknown


def _is_linked(cases: Any, **target: Any) -> Q:
    """Match cases linked to `target`, row by row. A division head sees so many that a page fills soon."""
    return Q(Exists(cases.through.objects.filter(case=OuterRef("pk"), **target)))


SUPERVISES = """EXISTS (
SELECT 1 FROM office_appointment a JOIN office_position p ON p.id = a.position_id
WHERE p.role = 'SUPERVISOR' AND a.user_id = NEW.{column} AND a.ended_at IS NULL
AND a.starts <= CURRENT_DATE AND (a.ends IS NULL OR a.ends > CURRENT_DATE))"""


@declare
def list_separations(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers that refuse a Pengawas as officer or companion of a case.

    They know the day of the database server, services that of the office (`dispositions.serving`).
    """
    if "consultations_case_companions" not in tables:
        return
    refused = refuse(connection.vendor, "a Pengawas serves no case")
    officer, companion = (SUPERVISES.format(column=column) for column in ("officer_id", "user_id"))
    changed = f"OLD.officer_id IS DISTINCT FROM NEW.officer_id AND {officer}"
    yield Trigger("consultations_case", "served_insert", "INSERT", refused, officer)
    yield Trigger("consultations_case", "served_update", "UPDATE", refused, changed)
    yield Trigger("consultations_case_companions", "served_insert", "INSERT", refused, companion)
