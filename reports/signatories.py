"""Officials on documents: who signs a letter and in whose name, and the titles of positions."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from consultations.models import Case
from office.models import Appointment, Division, Office, Position, Role, User


@dataclass(frozen=True)
class Signatory:
    """The official who signs a letter. `user` is None if nobody holds the position.

    `title` has two lines if the official signs in the name of the Kepala Dinas (a.n.).
    """

    user: User | None
    title: str


def find_signatory(
    signer: str, case: Case, day: dt.date, *, without: Collection[int | None] = ()
) -> Signatory:
    """Return who signs a letter of a case on a day: `signer` (`Office.Signer`), else the Kepala Dinas.

    The official complained about signs nothing, nor do the users in `without` (primary keys).
    """
    excluded = {case.complained_about_id, *without}
    head_title = get_head_title()
    if signer != Office.Signer.HEAD:
        division = case.division if signer == Office.Signer.DIVISION_HEAD else None
        if found := find_holder(Role(signer), day, division, excluded=excluded):
            return Signatory(found.user, f"a.n. {head_title}\n{found.title}")
    head = find_holder(Role.HEAD, day, excluded=excluded)
    return Signatory(head.user, head.title) if head else Signatory(None, head_title)


def find_holder(
    role: Role, day: dt.date, division: Division | None = None, *, excluded: Collection[int | None] = ()
) -> Appointment | None:
    """Return who holds a position on a day. An acting holder who began later counts before the own one."""
    holders = Appointment.objects.current(day).filter(position__role=role, position__division=division)
    holders = holders.exclude(user__in=[pk for pk in excluded if pk]).select_related("user", "position")
    return holders.order_by("-starts", "-pk").first()


def get_head_title() -> str:
    """Return the title of the position of the Kepala Dinas."""
    return _get_title(Role.HEAD) or f"Kepala {Office.load().name}"


def get_secretary_title() -> str:
    """Return the title of the position of the Sekretaris."""
    return _get_title(Role.SECRETARY) or f"Sekretaris {Office.load().name}"


def get_division_head_title(division: Division | None) -> str:
    """Return the title of the position that heads a division."""
    return _get_title(Role.DIVISION_HEAD, division) or f"Kepala Bidang {division}"


def _get_title(role: Role, division: Division | None = None) -> str:
    positions = Position.objects.filter(role=role, division=division).order_by("pk")
    return positions.values_list("title", flat=True).first() or ""
