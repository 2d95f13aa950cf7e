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
    """Recipient in relation to a case. `recipients_for()` finds the people."""

    APPLICANT = auto()
    SECRETARIAT = auto()
    TIM_PKD = auto()
    SECRETARY = auto()
    HEAD = auto()
    DIVISION_HEAD = auto()
    FORMER_DIVISION_HEAD = auto()
    COPIED_HEADS = auto()
    OFFICER = auto()
    FORMER_OFFICER = auto()
    COMPANIONS = auto()
    FORMER_COMPANIONS = auto()
    SUPERVISOR = auto()
    OBJECTION_DESK = auto()
    DELETION_DESK = auto()


@dataclass(frozen=True)
class Rule:
    """One row: after a step `verb`, `recipient` gets a notice of `kind`.

    With `target`, only a step to this state causes the notice. With `source`, only a step from this state.
    """

    verb: str
    recipient: Recipient
    kind: Kind
    target: State | None = None
    source: State | None = None

    def is_caused_by(self, event: Event) -> bool:
        states = ((self.target, event.target), (self.source, event.source))
        return self.verb == event.verb and all(wanted in (None, state) for wanted, state in states)


S = State
# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("submit",     Recipient.APPLICANT,      Kind.RECEIVED),
    Rule("submit",     Recipient.TIM_PKD,        Kind.TO_REGISTER, S.SUBMITTED),
    Rule("submit",     Recipient.SUPERVISOR,     Kind.TO_EXAMINE, S.EXAMINING),
    Rule("receive",    Recipient.APPLICANT,      Kind.LETTER_RECEIVED),
    Rule("receive",    Recipient.TIM_PKD,        Kind.TO_REGISTER, S.SUBMITTED),
    Rule("receive",    Recipient.SUPERVISOR,     Kind.TO_EXAMINE, S.EXAMINING),
    Rule("send_back",  Recipient.APPLICANT,      Kind.INCOMPLETE),
    Rule("complete",   Recipient.APPLICANT,      Kind.COMPLETED),
    Rule("complete",   Recipient.TIM_PKD,        Kind.TO_REGISTER),
    Rule("lapse",      Recipient.APPLICANT,      Kind.LAPSED),
    Rule("register",   Recipient.HEAD,           Kind.TO_DISPOSE, S.REGISTERED),
    Rule("register",   Recipient.SECRETARY,      Kind.TO_ENDORSE, S.ENDORSING),
    Rule("to_complaint", Recipient.APPLICANT,    Kind.CONVERTED),
    Rule("to_consultation", Recipient.APPLICANT, Kind.CONVERTED),
    Rule("split_off",  Recipient.APPLICANT,      Kind.SPLIT_OFF),
    Rule("split_off",  Recipient.TIM_PKD,        Kind.TO_REGISTER),
    Rule("merge",      Recipient.APPLICANT,      Kind.MERGED, S.WITHDRAWN),
    Rule("endorse",    Recipient.HEAD,           Kind.TO_DISPOSE),
    Rule("decline",    Recipient.APPLICANT,      Kind.DECLINED),
    Rule("pass_on",    Recipient.APPLICANT,      Kind.REFERRED_UP),
    Rule("pass_up",    Recipient.APPLICANT,      Kind.REFERRED_UP),
    Rule("record_receipt", Recipient.APPLICANT,  Kind.RECEIVED_THERE),
    Rule("object",     Recipient.APPLICANT,      Kind.OBJECTED),
    Rule("object",     Recipient.OBJECTION_DESK, Kind.OBJECTION),
    Rule("object_for", Recipient.APPLICANT,      Kind.OBJECTED),
    Rule("object_for", Recipient.OBJECTION_DESK, Kind.OBJECTION),
    Rule("decide_objection", Recipient.APPLICANT, Kind.OBJECTION_DONE),
    Rule("record_objection", Recipient.APPLICANT, Kind.OBJECTION_DONE),
    Rule("record_objection", Recipient.HEAD,     Kind.TO_DISPOSE, S.REGISTERED),
    Rule("dispose",    Recipient.DIVISION_HEAD,  Kind.TO_ASSIGN),
    Rule("dispose",    Recipient.COPIED_HEADS,   Kind.COPY),
    Rule("dispose_for", Recipient.HEAD,          Kind.TO_RATIFY),
    Rule("dispose_for", Recipient.DIVISION_HEAD, Kind.TO_ASSIGN),
    Rule("dispose_for", Recipient.COPIED_HEADS,  Kind.COPY),
    Rule("refuse_disposition", Recipient.SECRETARIAT, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_OFFICER, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("refuse_disposition", Recipient.APPLICANT, Kind.POSTPONED, source=S.SCHEDULED),
    Rule("hand_back",  Recipient.HEAD,           Kind.TO_DISPOSE),
    Rule("hand_back",  Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("walk_in",    Recipient.OFFICER,        Kind.TO_SERVE_NOW),
    Rule("walk_in",    Recipient.HEAD,           Kind.TO_RATIFY),
    Rule("walk_in",    Recipient.DIVISION_HEAD,  Kind.WALK_IN),
    Rule("assign",     Recipient.OFFICER,        Kind.TO_SERVE),
    Rule("assign",     Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("assign_for", Recipient.DIVISION_HEAD,  Kind.TO_CONFIRM),
    Rule("assign_for", Recipient.OFFICER,        Kind.TO_SERVE),
    Rule("assign_for", Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("refuse_assignment", Recipient.SECRETARIAT, Kind.REFUSED),
    Rule("refuse_assignment", Recipient.FORMER_OFFICER, Kind.REFUSED),
    Rule("refuse_assignment", Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("refuse_assignment", Recipient.APPLICANT, Kind.POSTPONED, source=S.SCHEDULED),
    Rule("reassign",   Recipient.OFFICER,        Kind.TO_SERVE),
    Rule("reassign",   Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
    Rule("reassign",   Recipient.FORMER_OFFICER, Kind.HANDED_OVER),
    Rule("reassign",   Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("schedule",   Recipient.APPLICANT,      Kind.SCHEDULED),
    Rule("schedule",   Recipient.COMPANIONS,     Kind.SESSION),
    Rule("reschedule", Recipient.APPLICANT,      Kind.MOVED),
    Rule("reschedule", Recipient.COMPANIONS,     Kind.SESSION),
    Rule("ask_time",   Recipient.APPLICANT,      Kind.TIME_ASKED),
    Rule("ask_time",   Recipient.OFFICER,        Kind.OTHER_TIME),
    Rule("keep_time",  Recipient.APPLICANT,      Kind.KEPT),
    Rule("answer",     Recipient.APPLICANT,      Kind.ANSWERED),
    Rule("no_show",    Recipient.APPLICANT,      Kind.NO_SHOW),
    Rule("report",     Recipient.DIVISION_HEAD,  Kind.TO_REVIEW,  S.REPORTED),
    Rule("report",     Recipient.SECRETARY,      Kind.TO_COSIGN,  S.COSIGNING),
    Rule("report",     Recipient.HEAD,           Kind.TO_ACCEPT,  S.FORWARDED),
    Rule("forward",    Recipient.SECRETARY,      Kind.TO_COSIGN,  S.COSIGNING),
    Rule("forward",    Recipient.HEAD,           Kind.TO_ACCEPT,  S.FORWARDED),
    Rule("cosign",     Recipient.HEAD,           Kind.TO_ACCEPT),
    Rule("refer_back", Recipient.DIVISION_HEAD,  Kind.TO_REVIEW,  S.REPORTED),
    Rule("refer_back", Recipient.OFFICER,        Kind.TO_REVISE,  S.HELD),
    Rule("revise",     Recipient.OFFICER,        Kind.TO_REVISE),
    Rule("return",     Recipient.DIVISION_HEAD,  Kind.TO_REVIEW,  S.REPORTED),
    Rule("return",     Recipient.OFFICER,        Kind.TO_REVISE,  S.HELD),
    Rule("accept",     Recipient.APPLICANT,      Kind.CLOSED),
    Rule("correct",    Recipient.OFFICER,        Kind.TO_REVISE),
    Rule("ask_again",  Recipient.APPLICANT,      Kind.ENQUIRY_RECEIVED),
    Rule("ask_again",  Recipient.OFFICER,        Kind.ENQUIRY),
    Rule("answer_again", Recipient.APPLICANT,    Kind.ENQUIRY_ANSWERED),
    Rule("answer_for", Recipient.APPLICANT,      Kind.ENQUIRY_ANSWERED),
    Rule("refer_up",   Recipient.APPLICANT,      Kind.REFERRED_UP),
    Rule("dismiss",    Recipient.APPLICANT,      Kind.DECLINED),
    Rule("conclude",   Recipient.APPLICANT,      Kind.CONCLUDED),
    Rule("ask_deletion", Recipient.APPLICANT,    Kind.DELETION_ASKED),
    Rule("ask_deletion", Recipient.DELETION_DESK, Kind.TO_DECIDE),
    Rule("ask_deletion_for", Recipient.APPLICANT, Kind.DELETION_ASKED),
    Rule("ask_deletion_for", Recipient.DELETION_DESK, Kind.TO_DECIDE),
    Rule("decide_deletion", Recipient.APPLICANT, Kind.DELETION_DECIDED),
    Rule("decide_deletion", Recipient.SUPERVISOR, Kind.TO_ERASE),
    Rule("decide_deletion_for", Recipient.APPLICANT, Kind.DELETION_DECIDED),
    Rule("decide_deletion_for", Recipient.SUPERVISOR, Kind.TO_ERASE),
    Rule("confirm_deletion", Recipient.APPLICANT, Kind.DELETION_DECIDED),
    Rule("withdraw",   Recipient.APPLICANT,      Kind.WITHDRAWN),
    Rule("withdraw",   Recipient.OFFICER,        Kind.CALLED_OFF),
    Rule("withdraw",   Recipient.COMPANIONS,     Kind.CALLED_OFF),
    Rule("withdraw_for", Recipient.APPLICANT,    Kind.WITHDRAWN_FOR),
    Rule("withdraw_for", Recipient.OFFICER,      Kind.CALLED_OFF),
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
    "hand_back": frozenset({Kind.COPY}),
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
        if rule.recipient is not Recipient.APPLICANT:
            is_meant = _choose(rule.recipient, case, before)
            for user in filter(is_meant, people):
                found.setdefault(user, rule.kind)
    excluded = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in excluded}


def _choose(recipient: Recipient, case: Case, before: Mapping[str, Any]) -> Callable[[User], bool]:
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
            return case.list_companions().__contains__
        case Recipient.FORMER_COMPANIONS:
            # Companions of the previous assignment. Those who still accompany get another notice first.
            present = 1 if case.officer_id else 0
            last = case.assignments.order_by("-pk")[present : present + 1]
            through = Assignment.companions.through.objects.filter(assignment__in=last)
            former = set(through.values_list("user", flat=True))
            return lambda user: user.pk in former
        case _:
            return _is_party(Party[recipient.name], case)


def _is_party(party: Party, case: Case) -> Callable[[User], bool]:
    return lambda user: party in parties(user, case)
