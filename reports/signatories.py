"""Officials on documents: who signs a letter and in whose name, and the titles of positions."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from consultations.models import Case
from office import clock
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
        found = find_holder(day, excluded=excluded, position__role=signer, position__division=division)
        if found:
            return Signatory(found.user, f"a.n. {head_title}\n{found.title}")
    head = find_holder(day, excluded=excluded, position__role=Role.HEAD)
    return Signatory(head.user, head.title) if head else Signatory(None, head_title)


def find_holder(
    day: dt.date, *, excluded: Collection[int | None] = (), **position: Any
) -> Appointment | None:
    """Return who holds a position (lookups of `Appointment`) on a day.

    An acting holder who began later counts before the own one. The users in `excluded` do not count.
    """
    holders = Appointment.objects.current(day).filter(**position)
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


def list_heads_of(divisions: list[str]) -> list[str]:
    """Return the titles of the positions that head divisions, by name of the division."""
    heads = Position.objects.filter(role=Role.DIVISION_HEAD, division__name__in=divisions).order_by("-pk")
    titles = {head.division.name: head.title for head in heads.select_related("division") if head.division}
    return [titles.get(name, f"Kepala Bidang {name}") for name in divisions]


def get_titles(day: dt.date, people: list[User]) -> dict[int, str]:
    """Return the position titles on a day by primary key of the user; people without one are left out.

    An own position counts before an acting one.
    """
    held = Appointment.objects.filter(user__in=people, starts__lte=day).exclude(ends__lt=day)
    held = held.exclude(ended_at__lt=clock.midnight(day))
    in_order = held.select_related("position").order_by("-acting", "-position__role", "-pk")
    return {appointment.user_id: appointment.title for appointment in in_order}


def _get_title(role: Role, division: Division | None = None) -> str:
    positions = Position.objects.filter(role=role, division=division).order_by("pk")
    return positions.values_list("title", flat=True).first() or ""
