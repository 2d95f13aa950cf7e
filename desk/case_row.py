"""A row of the list of cases, as values: equal rows are rendered once (tag `part`)."""

import datetime as dt
from typing import NamedTuple

from consultations.enums import Channel, ComplaintKind, Kind, State
from consultations.models import Case

NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
PEOPLE = ("division__name", "officer__name", "officer__username")
COMPLAINT = ("complaint_kind", "answer_due")
SHOWN = (*NAMES, *PEOPLE, "kind", "channel", "submitted_at", "state", "due_at", *COMPLAINT)
"""Columns of a case that a row shows."""


class CaseRow(NamedTuple):
    """What the list shows of a case. `answer_due` is set for an open complaint only."""

    code: str
    agenda: str
    subject: str
    applicant_name: str
    organisation: str
    kind: str
    channel: str
    state: str
    due_at: dt.datetime | None
    due_urgency: str
    complaint_kind: str
    answer_due: dt.date | None
    days_left: int | None
    days_left_in_words: str
    division: str
    officer: str
    submitted_at: dt.datetime

    @classmethod
    def of(cls, case: Case) -> "CaseRow":
        """Return the row of a case whose `days_left` are set."""
        return cls(
            case.code,
            str(case.agenda or ""),
            case.subject,
            case.applicant_name,
            case.organisation,
            case.kind,
            case.channel,
            case.state,
            case.due_at,
            case.due_urgency,
            case.complaint_kind,
            case.answer_due if case.is_open else None,
            case.days_left,
            case.days_left_in_words,
            str(case.division or ""),
            str(case.officer or ""),
            case.submitted_at,
        )

    def get_kind_display(self) -> str:
        return str(Kind(self.kind).label)

    def get_channel_display(self) -> str:
        return str(Channel(self.channel).label)

    def get_state_display(self) -> str:
        return str(State(self.state).label)

    def get_complaint_kind_display(self) -> str:
        return str(ComplaintKind(self.complaint_kind).label) if self.complaint_kind else ""
