"""The life of a paper in a superior's name: draft (konsep), initials (paraf), signature, dispatch.

One row of `ACTS` for each act. `state` is written here alone, with the event of the act.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import REGISTRY, PaperTurn, Party, Task
from consultations.models import Case, WorkItem
from consultations.parties import (
    LINK_SHARERS,
    SERVING,
    excluding_complaints_about,
    is_without_head,
    parties,
)
from consultations.queries import of_visible_case
from consultations.scheduling.whose_work import list_people, waits_for
from consultations.services import papers_moved
from consultations.work import OF_CASE, replace_items
from consultations.workflow import VERBS
from documents import signing
from documents.models import (
    FOR_APPLICANT,
    TO_INSTITUTION,
    DispatchWay,
    Document,
    PaperEvent,
    PaperRule,
    StandingOrder,
)
from documents.models.document import (
    LETTERS,
    UNCONFIRMED,
    UNSENT,
    UNSIGNED,
    WAITING,
    DocumentKind,
    DocumentQuerySet,
    PaperState,
)
from documents.models.paper import list_letters
from documents.numbers import find_holder_in, get_head_title
from documents.types import TYPES_BY_KIND, get_source_row
from kit import clock
from kit.cache import remembered
from kit.records import leave_entry
from kit.refusal import Refused
from kit.rules import holds
from office.models import Office, Role, User, list_current_appointments, list_holders

DRAFT, INITIALS, SIGNATURE, ISSUED, SENT = PaperState
SIGNERS = {Role.HEAD, Role.SECRETARY, Role.DIVISION_HEAD}
"""Roles that give initials or sign."""

ROUTINE = (DocumentKind.SCHEDULE, DocumentKind.ASSIGNMENT)
"""Kinds whose text is fixed, unless the office says otherwise."""


class Who(Enum):
    """The people who may take an act. They also see the case."""

    DRAFTER = "who drafted it, or serves the case today"
    TURN = "the role whose turn it is"
    REGISTRY = "Sekretariat, Tim PKD"
    SIGNER = "the official whose signature is on the scan"


@dataclass(frozen=True)
class Act:
    """An act of an official on a paper.

    `target` is the state after it. If `target` is None, the missing initials decide the state. `stays` says
    that the paper keeps its state.
    """

    verb: str
    label: Promise
    done: Promise
    who: Who
    sources: tuple[PaperState, ...]
    target: PaperState | None
    stays: bool = False


ACTS = {
    act.verb: act
    for act in (
        Act("submit", _("Ajukan"), _("mengajukan"), Who.DRAFTER, (DRAFT,), None),
        Act("initial", _("Bubuhkan paraf"), _("memaraf"), Who.TURN, (INITIALS,), None),
        Act(
            *("give_back", _("Kembalikan dengan catatan"), _("mengembalikan"), Who.TURN),
            *((INITIALS, SIGNATURE), DRAFT),
        ),
        Act("sign", _("Tanda tangani"), _("menandatangani"), Who.TURN, (SIGNATURE,), ISSUED),
        Act(
            *("print", _("Cetak untuk ditandatangani"), _("mencetak untuk ditandatangani"), Who.REGISTRY),
            *((SIGNATURE,), SIGNATURE),
        ),
        Act(
            *("scan", _("Simpan pindaian"), _("menyimpan pindaian bertanda tangan"), Who.REGISTRY),
            *((SIGNATURE,), ISSUED),
        ),
        Act("send", _("Catat terkirim"), _("mengirim"), Who.REGISTRY, (ISSUED,), SENT),
        Act(
            *("confirm", _("Ya, ini tanda tangan saya"), _("mengonfirmasi tanda tangannya"), Who.SIGNER),
            *((ISSUED, SENT), None, True),
        ),
        Act(
            *("deny", _("Ini bukan tanda tangan saya"), _("menyatakan bukan tanda tangannya"), Who.SIGNER),
            *((ISSUED, SENT), None, True),
        ),
    )
}


def list_targets(act: Act) -> list[PaperState]:
    """Return the states that an act can lead to."""
    if act.stays:
        return [*act.sources]
    if act.target is None:
        return [INITIALS, SIGNATURE]
    return [ISSUED, SENT] if act.target == ISSUED else [act.target]


@dataclass
class Taken:
    """An act that is being taken, in its transaction. `document` is locked; `changes` are stored with it.

    `dispatch` is how the paper left the office, if the act sends it.
    """

    document: Document
    title: str
    changes: dict[str, Any] = field(default_factory=dict)
    dispatch: str = ""


GONE = _("Surat ini sudah ditangani orang lain, dicabut, atau diganti. Muat ulang daftarnya.")


SHOWN = ("text", "signer_role", "original")
"""Fields that the user has read, and that another user may have changed since."""


def has_changed(document: Document, locked: Document) -> bool:
    """Return whether the user acts on another text, signer or printing than the present one."""
    return any(getattr(document, name) != getattr(locked, name) for name in SHOWN)


@contextmanager
def act(verb: str, document: Document, *, by: User, note: str = "") -> Iterator[Taken]:
    """Take an act: the block stores what belongs to it, and everything is saved or nothing.

    Raise PermissionDenied if it is not for `by`. Raise Refused if the paper is in another state by now.
    """
    row = ACTS[verb]
    with transaction.atomic():
        locked = lock(document)
        if locked is None or locked.state not in row.sources or has_changed(document, locked):
            raise Refused(GONE)
        taken = Taken(locked, get_title(verb, locked, by=by))
        role = locked.turn if row.who == Who.TURN else ""
        yield taken
        event = PaperEvent(document=locked, verb=verb, by=by, title=taken.title, role=role, note=note)
        event.source = locked.state
        if row.target is None and not row.stays:
            done = [*_list_done(locked), role] if role else []
            locked.state, locked.turn = find_next(locked, done=done)
        elif row.target:
            locked.state = row.target
            locked.turn = locked.turn if row.target == SIGNATURE else ""
        if locked.state == ISSUED and not row.stays and not _leaves_by_hand(locked):
            locked.state = SENT  # the applicant's page, or the page of the case, shows it
            taken.dispatch = DispatchWay.PAGE if locked.kind in FOR_APPLICANT else ""
        event.target, event.dispatch = locked.state, taken.dispatch
        for name, value in taken.changes.items():
            setattr(locked, name, value)
        locked.save(update_fields=["state", "turn", *taken.changes])
        event.save()
        announce(locked.case, by=by)
        leave_entry(locked)
        document.refresh_from_db()


def _leaves_by_hand(document: Document) -> bool:
    """Return whether somebody must send the paper: to an institution, or by post to the applicant."""
    case = document.case
    return document.kind in TO_INSTITUTION or bool(case and case.by_post and document.kind in FOR_APPLICANT)


def announce(case: Case | None, *, by: User | None = None) -> None:
    """Open and close the work items of the papers of a case, and tell the other apps whom they wait for."""
    if case is None:
        return
    papers = {str(paper.pk): paper for paper in list_waiting().filter(case=case)}
    for paper in papers.values():
        paper.case = case
    items = [item for paper in papers.values() for item in list_items(paper)]
    present = WorkItem.objects.open().filter(case=case, kind__in=(*PaperTurn.values, *REGISTRY))
    replace_items(present, items, by=by)
    turns = [item for item in items if item.kind not in REGISTRY]
    waiting = {
        (PaperTurn(item.kind), user)
        for item, user in list_people(turns, absences=())  # papers are not reassigned
        if item.kind != PaperTurn.SIGN or user.pk not in list_excluded(papers[item.subject])
    }
    if Document.objects.filter(case=case, denied_at__isnull=False).exists():
        waiting |= {(PaperTurn.DENIED, user) for user in _list_registry(case)}
    papers_moved.send(Document, case=case, waiting=waiting)


def list_waiting() -> DocumentQuerySet:
    """Return the papers in force that may wait for somebody of the office (`list_items()`)."""
    unfinished = Q(state__in=UNSIGNED) | UNCONFIRMED | UNSENT | Q(kind__in=LETTERS, number="")
    return Document.objects.in_force().filter(unfinished)


def list_items(paper: Document) -> Iterator[WorkItem]:
    """Yield what a paper waits for, not saved: whose turn it is, and what the registry does with it.

    A paper for a division is nobody's turn while its case has no division. If Rembuk counts letters, an
    unsigned one gets its number when it is printed or signed.
    """
    turn = _get_turn(paper)
    if turn.kind and (turn.party not in OF_CASE or turn.division_id):
        yield turn
    if paper.state == SIGNATURE:
        yield _create_item(paper, Task.PRINT)
    if paper.state == ISSUED and paper.signed_at:
        yield _create_item(paper, Task.SEND)
    if paper.kind in LETTERS and not paper.number and paper.state not in (DRAFT, INITIALS):
        yield _create_item(paper, Task.NUMBER_FIRST if paper.is_unsigned else Task.NUMBER)


def _create_item(paper: Document, kind: str = "", party: str = Party.SECRETARIAT) -> WorkItem:
    case = cast(Case, paper.case)
    item = WorkItem(case=case, kind=kind, subject=str(paper.pk), paper_kind=paper.kind, party=party)
    item.division_id, item.urgency, item.since = case.division_id, case.urgency, paper.issued_at
    if paper.kind == DocumentKind.INVITATION:
        item.due_at = case.meeting_at
    elif paper.kind in ROUTINE:
        item.due_at = case.planned_at
    return item


def _get_turn(paper: Document) -> WorkItem:
    """Return whose turn a paper is, without a kind if nobody's. Initials wait for nobody who drafted it.

    The draft of a kind that officers issue waits for the officer of today, or for the head of the division if
    there is none. Another draft waits for its drafter. What waits ends with the meeting or consultation that
    the paper is about.
    """
    item, case = _create_item(paper, party=""), cast(Case, paper.case)
    if paper.is_unconfirmed:
        item.kind, item.user_id = PaperTurn.CONFIRM, paper.signed_by_id
    elif paper.state == DRAFT:
        item.kind, item.user_id = PaperTurn.REWORK, paper.drafted_by_id
        if paper.kind in _list_kinds_of_officer():
            item.party = Party.OFFICER if case.officer_id else Party.DIVISION_HEAD
            item.user_id = case.officer_id
    elif paper.state in WAITING:
        item.kind = PaperTurn.SIGN if paper.state == SIGNATURE else PaperTurn.INITIAL
        item.party = Party(paper.turn)
        item.barred_id = paper.drafted_by_id if paper.state == INITIALS else None
    return item


def must_submit(paper: Document, *, by: User) -> bool:
    """Return whether the draft waits for the user. `paper.case` is known."""
    item = _get_turn(paper)
    return can("submit", paper, by=by) and not has_passed(paper) and holds(waits_for(by, ()), item)


def has_passed(paper: Document) -> bool:
    """Return whether the consultation or meeting has begun that the paper is about."""
    due_at = _create_item(paper).due_at
    return due_at is not None and due_at <= clock.now()


@cache
def _list_kinds_of_officer() -> list[str]:
    """Return the kinds that a step of the officer issues, once all apps have added their kinds."""
    return [
        kind
        for kind, row in TYPES_BY_KIND.items()
        if row.is_drafted or any(VERBS[verb].actor == Party.OFFICER for verb in row.issued_by)
    ]


def list_waiting_papers(user: User) -> QuerySet[WorkItem]:
    """Return the items of papers whose turn is the user's, without those whose time has passed."""
    items = WorkItem.objects.waiting().filter(waits_for(user, ()), kind__in=PaperTurn.values)
    return items.filter(without_idle_papers())


MAX_LISTED = 1_000
"""Papers that a list of the signature desk starts from. Each paper that is handled makes room."""

TURNS = (PaperTurn.SIGN, PaperTurn.INITIAL)


def list_papers(user: User, *kinds: str, is_over: bool | None = None) -> DocumentQuerySet:
    """Return the papers that wait for the user with items of these kinds, the oldest first.

    `is_over`: only those whose consultation or meeting has begun, or only the others.
    """
    items = WorkItem.objects.waiting().filter(waits_for(user, ()), kind__in=kinds)
    if is_over is not None:
        has_begun = Q(due_at__lte=clock.now())
        items = items.filter(has_begun if is_over else ~has_begun)
    keys = list(items.order_by("since", "pk").values_list("subject", flat=True)[:MAX_LISTED])
    return Document.objects.in_force().filter(may_be_read_by(user), pk__in=keys).order_by("issued_at", "pk")


def may_be_read_by(user: User) -> Q:
    """Match the papers of cases that the user sees, and scans of a signature that the user must confirm.

    Who signed as Plh. may not see the case any more. A complaint about the user stays closed.
    """
    own_scan = UNCONFIRMED & Q(signed_by=user) & excluding_complaints_about(user, "case__")
    return of_visible_case(user) | own_scan


def without_idle_papers() -> Q:
    """Match all items but those of papers that nobody needs to handle today, by the rules of today.

    The time of a session or meeting has passed, a certificate signs what would be printed, or Rembuk counts
    letters.
    """
    ways = {PaperRule.Way.HAND} if signing.adapter() else {PaperRule.Way.HAND, PaperRule.Way.ANY}
    on_paper = [kind for kind, _label in list_letters() if get_rule(kind).way in ways]
    unsigned = (*PaperTurn.values, Task.PRINT, Task.NUMBER_FIRST)
    wanted = ~Q(kind__in=unsigned, due_at__lte=clock.now())
    wanted &= ~Q(kind=Task.PRINT) | Q(paper_kind__in=on_paper)
    return wanted & ~Q(kind=Task.NUMBER_FIRST) if Office.load().counts_letters else wanted


def _list_registry(case: Case) -> set[User]:
    """Return the people who print and scan papers of the case."""
    users = {row.user for row in list_current_appointments()}
    return {user for user in users if LINK_SHARERS & parties(user, case).keys()}


def lock(document: Document) -> Document | None:
    """Return the row of a document in force, locked until the end of the transaction, or None.

    The case is locked before it, as by steps: `announce()` reads all papers of the case.
    """
    if document.case:
        list(Case.objects.select_for_update(no_key=True).filter(pk=document.case.pk).values_list("pk"))
    in_force = Document.objects.in_force().filter(pk=document.pk)
    return in_force.select_for_update(of=("self",), no_key=True).select_related("case").first()


def get_title(verb: str, document: Document, *, by: User) -> str:
    """Return the title under which `by` takes an act. Raise PermissionDenied if it is not for `by`."""
    if document.case is None:
        raise PermissionDenied
    held, who = parties(by, document.case), ACTS[verb].who
    wanted: set[Party] = {*SERVING} if who == Who.DRAFTER else {*LINK_SHARERS}
    if who == Who.TURN:
        wanted = {Party(document.turn)} if document.turn and not is_excluded(by, document) else set()
    titles = [title for party, title in held.items() if party in wanted]
    if who == Who.SIGNER:
        is_asked = document.signed_by_id == by.pk and document.is_unconfirmed
        is_asked &= holds(excluding_complaints_about(by), document.case)
        titles = [*held.values(), document.signed_title.splitlines()[-1]] if is_asked else []
    if who == Who.DRAFTER and by.pk == document.drafted_by_id:
        titles += held.values()
    if not titles:
        raise PermissionDenied
    return titles[0]


def is_excluded(user: User, document: Document) -> bool:
    """Return whether the user initials an own draft, or would sign a paper about himself or herself."""
    if document.state == INITIALS:
        return user.pk == document.drafted_by_id
    return user.pk in list_excluded(document)


def list_excluded(document: Document) -> set[int]:
    """Return the keys of the users who may not sign: the source names them."""
    return {*TYPES_BY_KIND[document.kind].list_excluded(get_source_row(document))}


def can(verb: str, document: Document, *, by: User) -> bool:
    """Return whether the user may take an act on the paper now."""
    if document.state not in ACTS[verb].sources or document.is_old or document.erased_at:
        return False
    try:
        return bool(get_title(verb, document, by=by))
    except PermissionDenied:
        return False


def find_next(document: Document, *, done: list[str]) -> tuple[PaperState, str]:
    """Return the next state and whose turn it is, if the roles in `done` have initialled.

    Without a holder who may do it, and for the drafter and the signer, the initials are left out.
    """
    case: Case = document.case  # type: ignore[assignment]  # papers of a period are in nobody else's name
    for role in get_rule(document.kind).initials:
        if role not in (*done, document.signer_role) and _has_holder(Role(role), case, document):
            return INITIALS, role
    return SIGNATURE, document.signer_role


def begin(document: Document, *, is_drafted: bool) -> None:
    """Set the state of a new paper and whose turn it is, not saved."""
    document.state, document.turn = (DRAFT, "") if is_drafted else find_next(document, done=[])


def issue_as_before(document: Document) -> None:
    """Issue a letter with its number, without a signature, for the past of the demo."""
    document.state, document.turn, document.signer_role = ISSUED, "", ""
    document.save(update_fields=["number", "numbered_at", "state", "turn", "signer_role"])
    announce(document.case)
    leave_entry(document)


def _has_holder(role: Role, case: Case, document: Document) -> bool:
    if role == Role.SECRETARY and not Office.load().has_secretary:
        return False
    return find_holder_in(case, role, clock.today(), without=[document.drafted_by_id]) is not None


def _list_done(document: Document) -> list[str]:
    """Return the roles that initialled since the draft was submitted last."""
    done: list[str] = []
    for verb, role in document.events.order_by("pk").values_list("verb", "role"):
        done = [*done, role] if verb == "initial" else [] if verb == "submit" else done
    return done


DONE = {
    "submit": _("%(paper)s diajukan."),
    "initial": _("%(paper)s diparaf."),
    "give_back": _("%(paper)s dikembalikan kepada penyusunnya."),
    "sign": _("%(paper)s ditandatangani."),
    "send": _("%(paper)s dicatat terkirim."),
    "confirm": _("Tanda tangan pada %(paper)s dikonfirmasi."),
    "deny": _("%(paper)s dicabut, dan yang menyimpan pindaiannya diberi tahu."),
}


def name_kind(document: Document) -> str:
    """Return the kind of a paper in the words of its case."""
    kind = document.get_kind_display()
    return document.case.wording.speak(kind) if document.case else kind


def say_done(verb: str, document: Document) -> str:
    """Return the sentence after an act of a form."""
    return str(DONE[verb]) % {"paper": name_kind(document)}


def name_turn(document: Document) -> str:
    """Return who must act now: the title of a position, or the person who must rework the draft."""
    if document.state == DRAFT:
        if document.case is None or document.kind not in _list_kinds_of_officer():
            return str(document.drafted_by or "")
        return str(document.case.officer or Party.DIVISION_HEAD.label)
    if document.state == SIGNATURE:
        return document.issuer.splitlines()[-1]
    if document.state == INITIALS and document.case:
        found = find_holder_in(document.case, Role(document.turn), clock.today())
        return found.title if found else str(Role(document.turn).label)
    return ""


@remembered
def _list_rules() -> dict[str, PaperRule]:
    return {rule.kind: rule for rule in PaperRule.objects.all()}


@remembered
def _list_orders() -> dict[str, StandingOrder]:
    return {order.kind: order for order in StandingOrder.objects.filter(ended_at=None)}


def get_rule(kind: str) -> PaperRule:
    """Return the office's rule for a kind of letter, or the default: initials of the Kepala Bidang."""
    default = PaperRule(kind=kind, initials=[Role.DIVISION_HEAD.value], is_routine=kind in ROUTINE)
    return _list_rules().get(kind, default)


def get_standing_order(kind: str) -> StandingOrder | None:
    """Return the standing order for a kind of letter. It is in force while its giver is the Kepala Dinas."""
    order = _list_orders().get(kind)
    return order if order and order.by_id in list_holders(Role.HEAD) else None


def count_printings(document: Document) -> int:
    """Return how often the paper was printed to be signed by hand."""
    return document.events.filter(verb="print").count()


def is_withdrawn_print(document: Document, printing: int) -> bool:
    """Return whether nobody may sign this printing, or take it for the paper.

    It was given back, printed again or signed electronically since, or the order to sign it a.n. has ended.
    """
    if document.way == Document.Way.ELECTRONIC or printing != count_printings(document):
        return True
    if document.way or document.printed_at is None:
        return False
    last = document.events.filter(verb__in=("print", "give_back")).order_by("pk").last()
    ended = StandingOrder.objects.filter(kind=document.kind, ended_at__gte=document.printed_at)
    return last is None or last.verb == "give_back" or ended.exists()


def get_signed_title(document: Document, title: str) -> str:
    """Return the title to print: two lines if somebody signs in the name of the Kepala Dinas (a.n.)."""
    is_own = document.signer_role == Role.HEAD or (document.case and is_without_head(document.case))
    return title if is_own else f"a.n. {get_head_title()}\n{title}"
