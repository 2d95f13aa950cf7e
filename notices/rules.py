"""Rules of notices. The table RULES (read it first) says which step notifies whom.

Applicants are notified of steps that concern them, not of internal ones. Staff are notified of waiting
work, of decisions that name them, and of cases that they give up. The actor of a step and the official
complained about get no notice. `services/occasions.py` creates the notices that no step causes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from consultations.enums import Party, State
from consultations.models import Case, Event
from consultations.parties import is_hidden_from_head, parties
from dispositions.models import Assignment
from notices.models import STEPLESS, Kind, Mark
from office.models import User, list_current_holders


class Recipient(Enum):
    """Recipient in relation to a case who is no party to it today, or one of two parties."""

    FORMER_DIVISION_HEAD = auto()
    COPIED_HEADS = auto()
    FORMER_OFFICER = auto()
    COMPANIONS = auto()
    FORMER_COMPANIONS = auto()
    OBJECTION_DESK = auto()
    DELETION_DESK = auto()


@dataclass(frozen=True)
class Rule:
    """One row: after a step `verb`, `recipient` gets a notice of `kind`.

    With `target`, only a step to this state causes the notice. With `source`, only a step from this state.
    """

    verb: str
    recipient: Party | Recipient
    kind: Kind
    target: State | None = None
    source: State | None = None

    def is_caused_by(self, event: Event) -> bool:
        states = ((self.target, event.target), (self.source, event.source))
        return self.verb == event.verb and all(wanted in (None, state) for wanted, state in states)


S = State
# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("submit",     Party.APPLICANT,          Kind.RECEIVED),
    Rule("submit",     Party.TIM_PKD,            Kind.TO_REGISTER, S.SUBMITTED),
    Rule("submit",     Party.SUPERVISOR,         Kind.TO_EXAMINE, S.EXAMINING),
    Rule("receive",    Party.APPLICANT,          Kind.LETTER_RECEIVED),
    Rule("receive",    Party.TIM_PKD,            Kind.TO_REGISTER, S.SUBMITTED),
    Rule("receive",    Party.SUPERVISOR,         Kind.TO_EXAMINE, S.EXAMINING),
    Rule("send_back",  Party.APPLICANT,          Kind.INCOMPLETE),
    Rule("complete",   Party.APPLICANT,          Kind.COMPLETED),
    Rule("complete",   Party.TIM_PKD,            Kind.TO_REGISTER),
    Rule("lapse",      Party.APPLICANT,          Kind.LAPSED),
    Rule("register",   Party.HEAD,               Kind.TO_DISPOSE, S.REGISTERED),
    Rule("register",   Party.SECRETARY,          Kind.TO_ENDORSE, S.ENDORSING),
    Rule("to_complaint", Party.APPLICANT,        Kind.CONVERTED),
    Rule("to_consultation", Party.APPLICANT, Kind.CONVERTED),
    Rule("split_off",  Party.APPLICANT,          Kind.SPLIT_OFF),
    Rule("split_off",  Party.TIM_PKD,            Kind.TO_REGISTER),
    Rule("merge",      Party.APPLICANT,          Kind.MERGED, S.WITHDRAWN),
    Rule("endorse",    Party.HEAD,               Kind.TO_DISPOSE),
    Rule("decline",    Party.APPLICANT,          Kind.DECLINED),
    Rule("pass_on",    Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("pass_up",    Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("record_receipt", Party.APPLICANT,      Kind.RECEIVED_THERE),
    Rule("object",     Party.APPLICANT,          Kind.OBJECTED),
    Rule("object",     Recipient.OBJECTION_DESK, Kind.OBJECTION),
    Rule("object_for", Party.APPLICANT,          Kind.OBJECTED),
    Rule("object_for", Recipient.OBJECTION_DESK, Kind.OBJECTION),
    Rule("decide_objection", Party.APPLICANT, Kind.OBJECTION_DONE),
    Rule("record_objection", Party.APPLICANT, Kind.OBJECTION_DONE),
    Rule("record_objection", Party.HEAD,         Kind.TO_DISPOSE, S.REGISTERED),
    Rule("dispose",    Party.DIVISION_HEAD,      Kind.TO_ASSIGN),
    Rule("dispose",    Recipient.COPIED_HEADS,   Kind.COPY),
    Rule("dispose_for", Party.HEAD,              Kind.TO_RATIFY),
    Rule("dispose_for", Party.DIVISION_HEAD, Kind.TO_ASSIGN),
    Rule("dispose_for", Recipient.COPIED_HEADS,  Kind.COPY),
    Rule("refuse_disposition", Party.SECRETARIAT, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_OFFICER, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("refuse_disposition", Party.APPLICANT, Kind.POSTPONED, source=S.SCHEDULED),
    Rule("hand_back",  Party.HEAD,               Kind.TO_DISPOSE),
    Rule("recall",     Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("walk_in",    Party.OFFICER,            Kind.TO_SERVE_NOW),
    Rule("walk_in",    Party.HEAD,               Kind.TO_RATIFY),
    Rule("walk_in",    Party.DIVISION_HEAD,      Kind.WALK_IN),
    Rule("assign",     Party.OFFICER,            Kind.TO_SERVE),
    Rule("assign",     Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("assign_for", Party.DIVISION_HEAD,      Kind.TO_CONFIRM),
    Rule("assign_for", Party.OFFICER,            Kind.TO_SERVE),
    Rule("assign_for", Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("refuse_assignment", Party.SECRETARIAT, Kind.REFUSED),
    Rule("refuse_assignment", Recipient.FORMER_OFFICER, Kind.REFUSED),
    Rule("refuse_assignment", Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("refuse_assignment", Party.APPLICANT, Kind.POSTPONED, source=S.SCHEDULED),
    Rule("reassign",   Party.OFFICER,            Kind.TO_SERVE),
    Rule("reassign",   Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("reassign",   Recipient.FORMER_OFFICER, Kind.HANDED_OVER),
    Rule("reassign",   Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("schedule",   Party.APPLICANT,          Kind.SCHEDULED),
    Rule("schedule",   Recipient.COMPANIONS,     Kind.SESSION),
    Rule("reschedule", Party.APPLICANT,          Kind.MOVED),
    Rule("reschedule", Recipient.COMPANIONS,     Kind.SESSION),
    Rule("ask_time",   Party.APPLICANT,          Kind.TIME_ASKED),
    Rule("ask_time",   Party.OFFICER,            Kind.OTHER_TIME),
    Rule("keep_time",  Party.APPLICANT,          Kind.KEPT),
    Rule("answer",     Party.APPLICANT,          Kind.ANSWERED),
    Rule("no_show",    Party.APPLICANT,          Kind.NO_SHOW),
    Rule("report",     Party.DIVISION_HEAD,      Kind.TO_REVIEW,  S.REPORTED),
    Rule("report",     Party.SECRETARY,          Kind.TO_COSIGN,  S.COSIGNING),
    Rule("report",     Party.HEAD,               Kind.TO_ACCEPT,  S.FORWARDED),
    Rule("forward",    Party.SECRETARY,          Kind.TO_COSIGN,  S.COSIGNING),
    Rule("forward",    Party.HEAD,               Kind.TO_ACCEPT,  S.FORWARDED),
    Rule("cosign",     Party.HEAD,               Kind.TO_ACCEPT),
    Rule("refer_back", Party.DIVISION_HEAD,      Kind.TO_REVIEW,  S.REPORTED),
    Rule("refer_back", Party.OFFICER,            Kind.TO_REVISE,  S.HELD),
    Rule("revise",     Party.OFFICER,            Kind.TO_REVISE),
    Rule("return",     Party.DIVISION_HEAD,      Kind.TO_REVIEW,  S.REPORTED),
    Rule("return",     Party.OFFICER,            Kind.TO_REVISE,  S.HELD),
    Rule("accept",     Party.APPLICANT,          Kind.CLOSED),
    Rule("correct",    Party.OFFICER,            Kind.TO_REVISE),
    Rule("ask_again",  Party.APPLICANT,          Kind.ENQUIRY_RECEIVED),
    Rule("ask_again",  Party.OFFICER,            Kind.ENQUIRY),
    Rule("answer_again", Party.APPLICANT,        Kind.ENQUIRY_ANSWERED),
    Rule("answer_for", Party.APPLICANT,          Kind.ENQUIRY_ANSWERED),
    Rule("refer_up",   Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("dismiss",    Party.APPLICANT,          Kind.DECLINED),
    Rule("conclude",   Party.APPLICANT,          Kind.CONCLUDED),
    Rule("ask_deletion", Party.APPLICANT,        Kind.DELETION_ASKED),
    Rule("ask_deletion", Recipient.DELETION_DESK, Kind.TO_DECIDE),
    Rule("ask_deletion_for", Party.APPLICANT, Kind.DELETION_ASKED),
    Rule("ask_deletion_for", Recipient.DELETION_DESK, Kind.TO_DECIDE),
    Rule("decide_deletion", Party.APPLICANT, Kind.DELETION_DECIDED),
    Rule("decide_deletion", Party.SUPERVISOR, Kind.TO_ERASE),
    Rule("decide_deletion_for", Party.APPLICANT, Kind.DELETION_DECIDED),
    Rule("decide_deletion_for", Party.SUPERVISOR, Kind.TO_ERASE),
    Rule("confirm_deletion", Party.APPLICANT, Kind.DELETION_DECIDED),
    Rule("withdraw",   Party.APPLICANT,          Kind.WITHDRAWN),
    Rule("withdraw",   Party.OFFICER,            Kind.CALLED_OFF),
    Rule("withdraw",   Recipient.COMPANIONS,     Kind.CALLED_OFF),
    Rule("withdraw_for", Party.APPLICANT,        Kind.WITHDRAWN_FOR),
    Rule("withdraw_for", Party.OFFICER,          Kind.CALLED_OFF),
    Rule("withdraw_for", Recipient.COMPANIONS,   Kind.CALLED_OFF),
)
# fmt: on

ALL_BUT_RECEIPTS = frozenset(Kind) - {*Kind.marked(Mark.LASTING)}
SENT_AT_ONCE = Kind.marked(Mark.AT_ONCE)
EMAIL_ONLY = Kind.marked(Mark.EMAIL_ONLY)
WITH_LETTER = Kind.marked(Mark.WITH_LETTER)
SCHEDULE_KINDS = frozenset(Kind.marked(Mark.OF_SCHEDULE))

OF_SERVING = SCHEDULE_KINDS | {Kind.TIME_ASKED, Kind.NO_SHOW, Kind.TO_SERVE, Kind.TO_ACCOMPANY}
"""Kinds that say who serves a case, and when."""

SUPERSEDED_BY: dict[str, frozenset[Kind]] = {
    **dict.fromkeys(("hand_back", "recall"), frozenset({Kind.COPY})),
    "reassign": frozenset({Kind.TO_SERVE, Kind.TO_SERVE_NOW, Kind.TO_ACCOMPANY, *STEPLESS}),
    "refuse_disposition": OF_SERVING | {Kind.COPY, Kind.TO_CONFIRM},
    "refuse_assignment": OF_SERVING,
    "schedule": frozenset({Kind.NO_SHOW, Kind.POSTPONED}),
    "reschedule": SCHEDULE_KINDS | {Kind.TIME_ASKED},
    "keep_time": (SCHEDULE_KINDS | {Kind.TIME_ASKED}) - {Kind.SESSION, *STEPLESS},
    "no_show": SCHEDULE_KINDS | {Kind.TIME_ASKED},
    "start": SCHEDULE_KINDS | {Kind.TIME_ASKED, Kind.NO_SHOW, Kind.POSTPONED},
    "answer": SCHEDULE_KINDS | {Kind.TIME_ASKED, Kind.NO_SHOW, Kind.POSTPONED},
    "complete": frozenset({Kind.INCOMPLETE}),
    "lapse": frozenset({Kind.INCOMPLETE}),
    "withdraw": ALL_BUT_RECEIPTS,
    "withdraw_for": ALL_BUT_RECEIPTS,
    **dict.fromkeys(("decide_objection", "record_objection"), frozenset({Kind.OBJECTED, Kind.DECLINED})),
    "accept": frozenset({Kind.ANSWERED}),
    "correct": frozenset({Kind.CLOSED, Kind.RESULT_READY}),
    **dict.fromkeys(("answer_again", "answer_for"), frozenset({Kind.ENQUIRY_RECEIVED})),
}
"""Kinds of earlier notices that a step supersedes. Their messages are cancelled if they still wait."""

TAKES_BACK = {"undo_start": "start"}
"""Steps that undo an earlier step. The notices that the earlier step superseded become valid again."""


def recipients_for(
    case: Case, event: Event, before: Mapping[str, Any], rules: Iterable[Rule]
) -> dict[User, Kind]:
    """Return the staff who get a notice by the rules, each with the kind of the first rule that fits.

    The actor of the step and the official complained about are left out.
    """
    found: dict[User, Kind] = {}
    people = list_current_holders()
    for rule in rules:
        if rule.recipient is not Party.APPLICANT:
            is_meant = _choose(rule.recipient, case, before)
            for user in filter(is_meant, people):
                found.setdefault(user, rule.kind)
    excluded = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in excluded}


def _choose(recipient: Party | Recipient, case: Case, before: Mapping[str, Any]) -> Callable[[User], bool]:
    """Return a predicate: whether a user is this recipient of the case."""
    match recipient:
        case Recipient.OBJECTION_DESK:
            return _is_party(Party.SECRETARIAT if case.objection_above else Party.HEAD, case)
        case Recipient.DELETION_DESK:
            return _is_party(Party.TIM_PKD if is_hidden_from_head(case) else Party.HEAD, case)
        case Recipient.FORMER_DIVISION_HEAD:
            return lambda user: before["division"] in (division.pk for division in user.headed_divisions)
        case Recipient.COPIED_HEADS:
            copied = set(case.copied_to.all())
            return lambda user: not copied.isdisjoint(user.headed_divisions)
        case Recipient.FORMER_OFFICER:
            return lambda user: user.pk == before["officer"]
        case Recipient.COMPANIONS:
            companions = case.list_companions()
            return lambda user: user in companions
        case Recipient.FORMER_COMPANIONS:
            # Companions of the previous assignment. Those who still accompany get another notice first.
            present = 1 if case.officer_id else 0
            last = case.assignments.order_by("-pk")[present : present + 1]
            through = Assignment.companions.through.objects.filter(assignment__in=last)
            former = set(through.values_list("user", flat=True))
            return lambda user: user.pk in former
        case Party():
            return _is_party(recipient, case)


def _is_party(party: Party, case: Case) -> Callable[[User], bool]:
    return lambda user: party in parties(user, case)
