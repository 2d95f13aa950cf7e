"""The sections of the desk with their rows as values: equal rows are rendered once (tag `part`)."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consultations.complaint_deadlines import Hint
from consultations.enums import Identity, Kind, State, Urgency
from consultations.pagination import PAGE_SIZE
from desk.actions import get_actions
from desk.urgency import Section
from desk.waiting import MAX_WAITING, Row, Waiting


class Task(NamedTuple):
    """What the desk shows of a case that waits for the user.

    Labels and texts are empty if they are not shown: `kind` for a consultation, `urgency` for a normal or an
    urgent walk-in, `position` for a user with one position. `answer_due` is set for an open complaint only.
    """

    code: str
    state: str
    due: str
    detail: str
    subject: str
    applicant_name: str
    organisation: str
    kind: str
    agenda: str
    is_walk_in: bool
    urgency: str
    confidential: str
    asks_other_time: bool
    is_new: bool
    position: str
    is_acting: bool
    is_of_own_division: bool
    hints: tuple[Hint, ...]
    complaint_kind: str
    answer_due: dt.date | None
    days_left: int | None
    days_left_in_words: str
    verb: str
    title: str
    opens_at: dt.datetime | None

    @classmethod
    def of(cls, row: Row) -> "Task":
        """Return what is shown of a row whose hints and `days_left` are set."""
        case, main, words = row.case, row.main, row.place.words()
        is_complaint = bool(case.complaint_kind) or case.kind == Kind.COMPLAINT
        is_marked = case.urgency != Urgency.NORMAL and not case.is_walk_in
        is_one_of_several = len(row.user.current_appointments) > 1
        is_awaited = bool(case.answer_due and case.is_open)
        return cls(
            code=case.code,
            state=case.state,
            due=words.due,
            detail=words.detail,
            subject=case.subject,
            applicant_name=case.applicant_name,
            organisation=case.organisation,
            kind=case.get_kind_display() if is_complaint else "",
            agenda=str(case.agenda or ""),
            is_walk_in=case.is_walk_in,
            urgency=str(Urgency(case.urgency).label) if is_marked else "",
            confidential=case.get_identity_display() if case.identity == Identity.CONFIDENTIAL else "",
            asks_other_time=case.other_time is not None,
            is_new=row.is_new,
            position=row.position if is_one_of_several else "",
            is_acting=is_one_of_several and row.is_acting,
            is_of_own_division=is_one_of_several and row.is_acting and row.is_of_own_division,
            hints=tuple(row.hints),
            complaint_kind=case.get_complaint_kind_display() if is_awaited else "",
            answer_due=case.answer_due if is_awaited else None,
            days_left=case.days_left,
            days_left_in_words=case.days_left_in_words,
            verb=main.verb if main else "",
            title=str(main.title) if main else "",
            opens_at=None if main else get_actions(row.user, case).opens_at,
        )

    def get_state_display(self) -> str:
        return str(State(self.state).label)


@dataclass(frozen=True)
class Group:
    """One section: `number` of all its cases, the `tasks` that the desk shows, and whether there are more."""

    section: Section
    number: int
    tasks: Sequence[Task]
    has_uncounted: bool

    @property
    def counted(self) -> str:
        """The number as the desk shows it: "3", "99+" for many, "0+" if there may be uncounted ones."""
        number = min(self.number, MAX_WAITING - 1)
        return f"{number}+" if self.has_uncounted or number < self.number else str(number)


def list_groups(waiting: Waiting, rows: Sequence[Row]) -> list[Group]:
    """Return the sections with the first PAGE_SIZE of `rows`.

    Cases are read in the order of their deadlines. If some were not read, the last section found and those
    after it can have more.
    """
    numbers = Counter(row.place.section for row in rows)
    last = max((list(Section).index(row.place.section) for row in rows), default=0)
    return [
        Group(
            section,
            numbers[section],
            [Task.of(row) for row in rows[:PAGE_SIZE] if row.place.section == section],
            has_uncounted=waiting.has_uncounted and index >= last,
        )
        for index, section in enumerate(Section)
    ]
