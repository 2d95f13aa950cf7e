"""Numbers of documents (tata naskah dinas), and the officials who sign them, in whose name."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from consultations.models import Case, NumberBook
from kit import clock
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
from reports.models import Document, ReportNumber


@dataclass(frozen=True)
class LetterNumber:
    """Takes the next number of an outgoing letter, such as `400.9/12/ST/DINSOSPMD/2026`.

    All letters share one series per year. `code` names the type of letter. Call it in the issuing
    transaction. The number is empty if the office enters the numbers of its own register.
    """

    code: str

    def __call__(self, case: Case, row: Any) -> str:
        if not Office.load().counts_letters:
            return ""
        return _take_number(NumberBook.Series.LETTER, case.classification, self.code)


REPORT_CODE = "LHK"
"""Type of a report (Laporan Hasil Konsultasi) in its number. Reports have a series of their own."""


def reserve_report_number(case: Case) -> str:
    """Return the number of the case's report: the reserved one, or the next one of this year.

    Call it in a transaction. It locks the case, so that concurrent calls return the same number.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    reserved = ReportNumber.objects.filter(case=case).first()
    if reserved is None:
        number = _take_number(NumberBook.Series.REPORT, locked.classification, REPORT_CODE)
        reserved = ReportNumber.objects.create(case=case, number=number, taken_at=clock.now())
    return reserved.number


def _take_number(series: NumberBook.Series, classification: str, code: str) -> str:
    """Return the next number of a series that the staff has not entered for a letter."""
    year, office = clock.today().year, Office.load()
    classification = classification or office.report_classification
    while True:
        number = f"{classification}/{NumberBook.take(series, year)}/{code}/{office.unit_code}/{year}"
        if not Document.objects.filter(number=number).exists():
            return number


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

    The official complained about signs nothing, nor do the users in `without` (primary keys).
    """
    head_title = get_head_title()
    if signer != Role.HEAD and (found := find_holder_in(case, signer, day, without=without)):
        return Signatory(found.user, f"a.n. {head_title}\n{found.title}", signer)
    head = find_holder_in(case, Role.HEAD, day, without=without)
    if head is None and case.complained_about_id:  # a complaint about the head is signed in another's name
        secretary = find_holder_in(case, Role.SECRETARY, day, without=without)
        return (
            Signatory(secretary.user, secretary.title, Role.SECRETARY)
            if secretary
            else Signatory(None, head_title)
        )
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
