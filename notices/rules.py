"""Rules of notices. Read two tables first: ASKS says what work is announced, RULES whom a step notifies.

Staff are notified of the work items that a step opens for them, of decisions that name them, and of cases
that they give up. Applicants are notified of steps that concern them, not of internal ones. The actor of a
step and the official complained about get no notice. `services/occasions.py` creates the notices that no
step causes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db.models import Q

from consultations.enums import ENDED, Party, State
from consultations.models import Case, Event, WorkItem
from consultations.parties import parties
from consultations.scheduling.whose_work import list_people
from consultations.work import MAIN, list_duties
from dispositions.models import Assignment
from kit import clock
from notices.models import OF_PAPERS, STEPLESS, Kind, Mark
from office.models import User, list_current_holders


class Recipient(Enum):
    """Recipient in relation to a case who is no party to it today, or one of two parties."""

    FORMER_DIVISION_HEAD = auto()
    COPIED_HEADS = auto()
    FORMER_OFFICER = auto()
    COMPANIONS = auto()
    FORMER_COMPANIONS = auto()


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


ASKS: dict[str, Kind] = {
    "register": Kind.TO_REGISTER,
    "conclude": Kind.TO_EXAMINE,
    "endorse": Kind.TO_ENDORSE,
    "dispose": Kind.TO_DISPOSE,
    "ratify": Kind.TO_RATIFY,
    "assign": Kind.TO_ASSIGN,
    "ratify_assignment": Kind.TO_CONFIRM,
    "prepare": Kind.TO_SERVE,
    "reschedule": Kind.OTHER_TIME,
    "report": Kind.TO_REVISE,
    "forward": Kind.TO_REVIEW,
    "cosign": Kind.TO_COSIGN,
    "accept": Kind.TO_ACCEPT,
    "answer_again": Kind.ENQUIRY,
    "decide_deletion": Kind.TO_DECIDE,
    "confirm_deletion": Kind.TO_ERASE,
}
"""Kinds of notices that announce work, by the kind of the work item. Other items are not announced."""

BESIDE = frozenset(kind for verb, kind in ASKS.items() if verb not in MAIN)
"""Kinds that announce work beside the main path. They are current while it waits."""


def still_current(case: Case) -> Q:
    """Match the notices to staff of this case that are current: the case has not moved on."""
    waits = {ASKS[item.kind] for item in list_duties(case, clock.now()) if item.kind in ASKS}
    informative, lasting = Kind.marked(Mark.INFORMATIVE), {*STEPLESS, *OF_PAPERS}
    current = BESIDE & waits | lasting | ({*informative} if case.state not in ENDED else set())
    others = {*BESIDE, *lasting, *informative, Kind.REMINDER}  # a reminder is current until the next step
    return Q(kind__in=current) | ~Q(kind__in=others) & Q(event__target=case.state)


S = State
# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("submit",     Party.APPLICANT,          Kind.RECEIVED),
    Rule("receive",    Party.APPLICANT,          Kind.LETTER_RECEIVED),
    Rule("send_back",  Party.APPLICANT,          Kind.INCOMPLETE),
    Rule("complete",   Party.APPLICANT,          Kind.COMPLETED),
    Rule("lapse",      Party.APPLICANT,          Kind.LAPSED),
    Rule("to_complaint", Party.APPLICANT,        Kind.CONVERTED),
    Rule("to_consultation", Party.APPLICANT, Kind.CONVERTED),
    Rule("split_off",  Party.APPLICANT,          Kind.SPLIT_OFF),
    Rule("merge",      Party.APPLICANT,          Kind.MERGED, S.WITHDRAWN),
    Rule("decline",    Party.APPLICANT,          Kind.DECLINED),
    Rule("pass_on",    Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("pass_up",    Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("record_receipt", Party.APPLICANT,      Kind.RECEIVED_THERE),
    Rule("dispose",    Recipient.COPIED_HEADS,   Kind.COPY),
    Rule("dispose_for", Recipient.COPIED_HEADS,  Kind.COPY),
    Rule("refuse_disposition", Party.SECRETARIAT, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_OFFICER, Kind.REFUSED),
    Rule("refuse_disposition", Recipient.FORMER_COMPANIONS, Kind.DROPPED),
    Rule("refuse_disposition", Party.APPLICANT, Kind.POSTPONED, source=S.SCHEDULED),
    Rule("recall",     Recipient.FORMER_DIVISION_HEAD, Kind.REFUSED),
    Rule("walk_in",    Party.DIVISION_HEAD,      Kind.WALK_IN),
    Rule("assign",     Recipient.COMPANIONS,     Kind.TO_ACCOMPANY),
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
    Rule("ask_time",   Party.OFFICER,            Kind.OTHER_TIME),  # also if one is unanswered
    Rule("keep_time",  Party.APPLICANT,          Kind.KEPT),
    Rule("answer",     Party.APPLICANT,          Kind.ANSWERED),
    Rule("no_show",    Party.APPLICANT,          Kind.NO_SHOW),
    Rule("accept",     Party.APPLICANT,          Kind.CLOSED),
    Rule("ask_again",  Party.APPLICANT,          Kind.ENQUIRY_RECEIVED),
    Rule("answer_again", Party.APPLICANT,        Kind.ENQUIRY_ANSWERED),
    Rule("answer_for", Party.APPLICANT,          Kind.ENQUIRY_ANSWERED),
    Rule("refer_up",   Party.APPLICANT,          Kind.REFERRED_UP),
    Rule("dismiss",    Party.APPLICANT,          Kind.DECLINED),
    Rule("conclude",   Party.APPLICANT,          Kind.CONCLUDED),
    Rule("ask_deletion", Party.APPLICANT,        Kind.DELETION_ASKED),
    Rule("ask_deletion_for", Party.APPLICANT, Kind.DELETION_ASKED),
    Rule("decide_deletion", Party.APPLICANT, Kind.DELETION_DECIDED),
    Rule("decide_deletion_for", Party.APPLICANT, Kind.DELETION_DECIDED),
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
    """Return the staff who get a notice, each with one kind: what waits for them, or else by the first rule.

    The actor of the step and the official complained about are left out.
    """
    found: dict[User, Kind] = {}
    opened = WorkItem.objects.open().filter(case=case, opened_by=event, kind__in=ASKS).order_by("pk")
    # Work that one opens for oneself is no news, also to others who may do it.
    news = [item for item in opened if not item.user_id or item.user_id != event.by_id]
    for item in news:
        item.case = case
    for item, user in list_people(news):
        is_guest = event.verb == "walk_in" and item.kind == "prepare"
        found.setdefault(user, Kind.TO_SERVE_NOW if is_guest else ASKS[item.kind])
    for rule in rules:
        if rule.recipient is not Party.APPLICANT:
            is_meant = _choose(rule.recipient, case, before)
            for user in filter(is_meant, list_current_holders()):
                found.setdefault(user, rule.kind)
    excluded = {event.by_id, case.complained_about_id}
    return {user: kind for user, kind in found.items() if user.pk not in excluded}


def _choose(recipient: Party | Recipient, case: Case, before: Mapping[str, Any]) -> Callable[[User], bool]:
    """Return a predicate: whether a user is this recipient of the case."""
    match recipient:
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
