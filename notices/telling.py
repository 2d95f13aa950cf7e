"""Who is told of which step, as a table. Read this first.

Applicants are told what concerns them and no internal step. Staff are told what waits for them, whom a
decision names, and what is no longer theirs. Nobody is told of an own step, and the official complained
about of nothing.
"""

from dataclasses import dataclass
from enum import Enum, auto

from notices.models import Kind


class To(Enum):
    """To whom, in relation to one case; who that is today is found out in `recipients.py`."""

    APPLICANT = auto()
    TIM_PKD = auto()
    HEAD = auto()
    DIVISION_HEAD = auto()
    COPIED_HEADS = auto()
    OFFICER = auto()
    FORMER_OFFICER = auto()
    COMPANIONS = auto()


@dataclass(frozen=True)
class Telling:
    """One row: when a step with this verb was taken, `to` is told `kind`."""

    verb: str
    to: To
    kind: Kind


# A table is read row by row.
# fmt: off
TABLE: tuple[Telling, ...] = (
    Telling("submit",     To.APPLICANT,       Kind.RECEIVED),
    Telling("submit",     To.TIM_PKD,         Kind.TO_REGISTER),
    Telling("receive",    To.APPLICANT,       Kind.LETTER_RECEIVED),
    Telling("receive",    To.TIM_PKD,         Kind.TO_REGISTER),
    Telling("send_back",  To.APPLICANT,       Kind.INCOMPLETE),
    Telling("complete",   To.APPLICANT,       Kind.COMPLETED),
    Telling("complete",   To.TIM_PKD,         Kind.TO_REGISTER),
    Telling("lapse",      To.APPLICANT,       Kind.LAPSED),
    Telling("register",   To.HEAD,            Kind.TO_DISPOSE),
    Telling("decline",    To.APPLICANT,       Kind.DECLINED),
    Telling("dispose",    To.DIVISION_HEAD,   Kind.TO_ASSIGN),
    Telling("dispose",    To.COPIED_HEADS,    Kind.COPY),
    Telling("hand_back",  To.HEAD,            Kind.TO_DISPOSE),
    Telling("walk_in",    To.OFFICER,         Kind.TO_SERVE_NOW),
    Telling("walk_in",    To.HEAD,            Kind.TO_RATIFY),
    Telling("walk_in",    To.DIVISION_HEAD,   Kind.WALK_IN),
    Telling("assign",     To.OFFICER,         Kind.TO_SERVE),
    Telling("assign",     To.COMPANIONS,      Kind.TO_ACCOMPANY),
    Telling("reassign",   To.OFFICER,         Kind.TO_SERVE),
    Telling("reassign",   To.COMPANIONS,      Kind.TO_ACCOMPANY),
    Telling("reassign",   To.FORMER_OFFICER,  Kind.HANDED_OVER),
    Telling("schedule",   To.APPLICANT,       Kind.SCHEDULED),
    Telling("schedule",   To.COMPANIONS,      Kind.SESSION),
    Telling("reschedule", To.APPLICANT,       Kind.MOVED),
    Telling("reschedule", To.COMPANIONS,      Kind.SESSION),
    Telling("ask_time",   To.APPLICANT,       Kind.TIME_ASKED),
    Telling("ask_time",   To.OFFICER,         Kind.OTHER_TIME),
    Telling("keep_time",  To.APPLICANT,       Kind.KEPT),
    Telling("no_show",    To.APPLICANT,       Kind.NO_SHOW),
    Telling("report",     To.DIVISION_HEAD,   Kind.TO_REVIEW),
    Telling("forward",    To.HEAD,            Kind.TO_ACCEPT),
    Telling("revise",     To.OFFICER,         Kind.TO_REVISE),
    Telling("return",     To.DIVISION_HEAD,   Kind.TO_REVIEW),
    Telling("accept",     To.APPLICANT,       Kind.CLOSED),
    Telling("correct",    To.OFFICER,         Kind.TO_REVISE),
    Telling("withdraw",   To.APPLICANT,       Kind.WITHDRAWN),
    Telling("withdraw",   To.OFFICER,         Kind.CALLED_OFF),
    Telling("withdraw",   To.COMPANIONS,      Kind.CALLED_OFF),
)
# fmt: on

AT_ONCE = frozenset({Kind.RECEIVED, Kind.COMPLETED, Kind.TIME_ASKED, Kind.WITHDRAWN})
"""What the applicant has just caused goes out at any hour; everything else in working time (norms.md 5)."""

BY_EMAIL_ALONE = AT_ONCE | {Kind.LETTER_RECEIVED}
"""Receipts: who sent something sees on the page, or on paper, that it came in."""

OF_A_SCHEDULE = frozenset({Kind.SCHEDULED, Kind.MOVED, Kind.KEPT, Kind.SESSION})
"""Messages that name time and place of the consultation."""

OVERTAKEN_BY: dict[str, frozenset[Kind]] = {
    "hand_back": frozenset({Kind.COPY}),
    "reassign": frozenset({Kind.TO_SERVE, Kind.TO_SERVE_NOW, Kind.TO_ACCOMPANY}),
    "schedule": frozenset({Kind.NO_SHOW}),
    "reschedule": OF_A_SCHEDULE | {Kind.TIME_ASKED},
    "keep_time": (OF_A_SCHEDULE | {Kind.TIME_ASKED}) - {Kind.SESSION},
    "no_show": OF_A_SCHEDULE | {Kind.TIME_ASKED},
    "start": OF_A_SCHEDULE | {Kind.TIME_ASKED, Kind.NO_SHOW},
    "complete": frozenset({Kind.INCOMPLETE}),
    "lapse": frozenset({Kind.INCOMPLETE}),
    "withdraw": frozenset(Kind) - {Kind.RECEIVED, Kind.LETTER_RECEIVED},
    "correct": frozenset({Kind.CLOSED}),
}
"""Which messages no longer hold after a step, and so are not sent if they still wait."""
