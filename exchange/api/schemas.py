"""What the API answers. Names are English, values of lists are those of the database."""

import datetime as dt
from typing import Annotated, Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy
from ninja import Field, Schema

from consultations.enums import Channel, Confidentiality, Identity, Kind, State, Urgency
from exchange.models import Scope

Code = Annotated[str, Field(pattern="^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$")]


class SystemOut(Schema):
    """The system that calls."""

    name: str
    scopes: list[Scope]
    expires_at: dt.datetime
    requests_per_minute: int


class CaseLine(Schema):
    """A case in a list: no personal data and no subject."""

    code: Code
    kind: Kind
    state: State
    since: dt.datetime
    submitted_at: dt.datetime
    closed_at: dt.datetime | None
    agenda_number: str
    classification: str
    lapor_number: str


class CasePage(Schema):
    """One page of a list, newest first. `next` is the address of the next page."""

    cases: list[CaseLine]
    next: str | None


class CaseOut(CaseLine):
    """A case. The name of a hidden complainant is a placeholder; contact data is never given."""

    channel: Channel
    forwarded_by: str
    subject: str
    applicant_name: str
    organisation: str
    urgency: Urgency
    confidentiality: Confidentiality
    division: str | None
    letter_number: str
    letter_date: dt.date | None
    srikandi_number: str
    visit_at: dt.datetime | None
    planned_at: dt.datetime | None
    answer_due: dt.date | None
    report_number: str
    missing: str
    end_reason: str


class StepOut(Schema):
    """A step of the history: positions, no names and no notes."""

    step: int
    verb: str
    title: str
    acted_as: str
    source: State | None
    target: State
    happened_at: dt.datetime
    entered_at: dt.datetime


class DocumentOut(Schema):
    """An issued document in force. `sha256` is that of the PDF, once it is stored.

    `signed_at` is empty for a paper that nobody signs. `signature` says what is known of a signature by hand.
    """

    id: UUID
    kind: str
    title: str
    number: str
    version: int
    issued_at: dt.datetime
    issuer: str
    signed_at: dt.datetime | None
    signature: str
    sha256: str | None


class ReceiptOut(Schema):
    """The answer to a request that was sent. `link` is the applicant's secret link: hand it over only."""

    code: Code
    state: State
    submitted_at: dt.datetime
    link: str


class StateOut(Schema):
    """A case after a step."""

    code: Code
    state: State
    since: dt.datetime


class VisitTimes(Schema):
    """Free times for a visit (local time), as `visit_at` takes them. None are offered if all are taken."""

    times: list[str]
    minutes: int
    office_sets_time: bool


class EventData(Schema):
    code: Code
    kind: Kind
    state: State
    step: int
    verb: str
    happened_at: dt.datetime


class EventOut(Schema):
    """An announcement, as the webhook gets it."""

    id: UUID
    type: str
    timestamp: dt.datetime
    data: EventData


class EventPage(Schema):
    """Announcements, the oldest first. `next` is the address of what follows, even before it exists."""

    events: list[EventOut]
    next: str


class ComponentOut(Schema):
    """A component of the published standard (PermenPANRB 15/2014)."""

    number: int
    title: str
    text: str

    @staticmethod
    def resolve_text(component: Any) -> str:
        return "\n".join(component.items)

    part: str


class OfficeOut(Schema):
    """The office, as its home page shows it. `matters` is what people consult it about.

    `hours` are today's opening hours in Indonesian, in the zone `zone`. `village` is the office's word for a
    village. `is_open` says whether it accepts requests.
    """

    name: str
    government: str
    address: str
    phone: str
    email: str
    website: str
    map_url: str
    link: str
    matters: str
    village: str
    hours: str
    zone: str
    is_open: bool


class Figure(Schema):
    """A figure of the statistics. `key` never changes. A value that is suppressed for privacy is null."""

    key: str
    section: str
    name: str
    value: float | str | None
    unit: str
    n: int | None


class StatisticsOut(Schema):
    period: str
    figures: list[Figure]


class ProblemOut(Schema):
    """An error (RFC 9457). `code` is for programs; `errors` are sentences by field."""

    type: str
    code: str
    title: str
    title_en: str
    status: int
    detail: str | None = None
    errors: dict[str, list[str]] | None = None


LINE = ("code", "kind", "state", "since", "submitted_at", "closed_at", "classification")
"""Columns of the case in a list."""


def make_line(case: Any) -> dict[str, Any]:
    """Return the values of a case in a list. The number in LAPOR! leads to a hidden complainant, too."""
    is_open = case.identity == Identity.OPEN
    return {name: getattr(case, name) for name in LINE} | {
        "agenda_number": str(case.agenda or ""),
        "lapor_number": case.lapor_number if is_open else "",
    }


def make_case(case: Any) -> dict[str, Any]:
    """Return the values of a case."""
    own = CaseOut.model_fields.keys() - CaseLine.model_fields.keys() - {"division"}
    values = {name: getattr(case, name) for name in own}
    return {**make_line(case), **values, "division": str(case.division) if case.division else None}


def describe(text: str) -> str:
    """Return a lazy text. It is translated when the description is written, for its reader."""
    return cast(str, gettext_lazy(text))
