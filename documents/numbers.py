"""Default codes of numbers, and the officials who sign papers, also in the name of others."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from consultations.models import Case
from consultations.parties import is_without_head
from office.lists import list_positions
from office.models import (
    Appointment,
    Division,
    Office,
    Position,
    Role,
    User,
    list_appointments,
    list_current_appointments,
)
from office.words import get_words


@dataclass(frozen=True)
class LetterNumber:
    """Default parts of the number of a kind of paper. A `PaperRule` of the office replaces them.

    `type_code` names the kind. `classification` is its code; if it is empty, the code of the case is used.
    """

    type_code: str = ""
    classification: str = ""


UNNUMBERED = LetterNumber()


@dataclass(frozen=True)
class Signatory:
    """The official who signs a letter. `user` is None if nobody holds the position.

    `title` has two lines if the official signs in the name of the Kepala Dinas (a.n.).
    """

    user: User | None
    title: str
    role: Role = Role.HEAD


def find_signatory(
    signer: Role, case: Case, day: dt.date, *, without: Collection[int | None] = ()
) -> Signatory:
    """Return who signs a letter of a case on a day: who holds the role `signer`, else the Kepala Dinas.

    The official complained about signs nothing, nor do the users in `without` (primary keys). A complaint
    about the only head is signed by the Sekretaris, else by Tim PKD, who pass it up, in their own name.
    """
    head_title = get_head_title()
    if is_without_head(case):
        for role in (Role.SECRETARY, Role.TIM_PKD):
            if found := find_holder_in(case, role, day, without=without):
                return Signatory(found.user, found.title, role)
    elif signer != Role.HEAD and (found := find_holder_in(case, signer, day, without=without)):
        return Signatory(found.user, f"a.n. {head_title}\n{found.title}", signer)
    head = find_holder_in(case, Role.HEAD, day, without=without)
    return Signatory(head.user, head.title) if head else Signatory(None, head_title)


def find_holder_in(
    case: Case, role: Role, day: dt.date, *, without: Collection[int | None] = ()
) -> Appointment | None:
    """Return who holds a role for a case on a day, but not the official complained about."""
    division = case.division_id if role == Role.DIVISION_HEAD else None
    excluded = {case.complained_about_id, *without}
    return find_holder(day, lambda held: (held.role, held.division_id) == (role, division), excluded)


def find_holder(
    day: dt.date, is_meant: Callable[[Position], bool], excluded: Collection[int | None] = ()
) -> Appointment | None:
    """Return who holds a position on a day.

    An acting holder who began later counts before the own one. The users in `excluded` do not count.
    """
    held = (row for row in list_current_appointments(day) if row.user_id not in excluded)
    holders = (row for row in held if is_meant(row.position))
    return max(holders, key=lambda row: (row.starts, row.pk), default=None)


def find_order(user_id: int | None, title: str, day: dt.date) -> str:
    """Return the order (Surat Perintah) of a user who held a title on a day, or an empty string."""
    held = (row for row in list_appointments() if row.user_id == user_id and row.title == title)
    found = [row for row in held if row.order and row.starts <= day <= (row.ends or day)]
    return max(found, key=lambda row: row.pk).order if found else ""


def get_head_title() -> str:
    """Return the title of the position of the Kepala Dinas."""
    return _get_title(Role.HEAD) or f"Pimpinan {Office.load().name}"


def get_secretary_title() -> str:
    """Return the title of the position of the Sekretaris."""
    return _get_title(Role.SECRETARY) or f"{get_words().secretary} {Office.load().name}"


def get_division_head_title(division: Division | None) -> str:
    """Return the title of the position that heads a division."""
    return _get_title(Role.DIVISION_HEAD, division) or f"{get_words().division_head} {division}"


def list_heads_of(divisions: list[str]) -> list[str]:
    """Return the titles of the positions that head divisions, by name of the division."""
    heads = Position.objects.filter(role=Role.DIVISION_HEAD, division__name__in=divisions).order_by("-pk")
    titles = {head.division.name: head.title for head in heads.select_related("division") if head.division}
    return [titles.get(name, f"{get_words().division_head} {name}") for name in divisions]


def get_titles(day: dt.date, people: list[User]) -> dict[int, str]:
    """Return the position titles on a day by primary key of the user; people without one are left out.

    An own position counts before an acting one.
    """
    keys = {person.pk for person in people}
    held = (row for row in list_appointments() if row.user_id in keys and row.was_in_force(day))
    titles: dict[int, str] = {}
    for appointment in held:
        titles.setdefault(appointment.user_id, appointment.title)
    return titles


def _get_title(role: Role, division: Division | None = None) -> str:
    wanted = (role, division.pk if division else None)
    found = (one.title for one in list_positions() if (one.role, one.division_id) == wanted)
    return next(found, "")
