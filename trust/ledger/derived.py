"""Compare stored values with those that the record implies: access, states, officers, what waits."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain as joined
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, ExtractYear, Lag

from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.models import Case, Event, Involvement, NumberBook, WorkItem
from consultations.work import list_duties
from consultations.workflow import TAKE_BACK
from dispositions.models import Assignment, Disposition
from documents.life import list_items as list_items_of_paper, list_waiting
from documents.models import Document, PaperEvent, ReportNumber
from documents.models.document import LETTERS
from documents.types import CASE_DOCUMENT_TYPES
from exchange import systems
from exchange.models import System
from kit import clock
from office.models import AccessChange, Appointment, FactorRequirement, User
from reports.follow_ups import list_items as list_follow_ups
from reports.models import FollowUp
from trust.ledger import chain
from trust.ledger.models import Disposal, Leaf, SealingStart
from trust.ledger.parts import START

Kind = AccessChange.Kind

AT_ONCE = dt.timedelta(minutes=5)
"""Time between a step and the revocation that it makes, at most."""


def check_access() -> Iterator[str]:
    """Yield the accounts and appointments that differ from the confirmed changes of access.

    What an office had before its first case, or before the release that stored `SealingStart`, is taken as it
    is: an account that `createsuperuser` makes later is found.
    """
    confirmed = AccessChange.objects.filter(outcome=AccessChange.Outcome.CONFIRMED)
    decided = confirmed.order_by("-decided_at", "-pk")
    for column, given, taken in (
        ("is_staff", Kind.GRANT_ADMIN, Kind.REVOKE_ADMIN),
        ("is_active", Kind.OPEN_ACCOUNT, Kind.CLOSE_ACCOUNT),
    ):
        latest = decided.filter(user=OuterRef("pk"), kind__in=[given, taken]).values("kind")[:1]
        users = User.objects.annotate(latest=Subquery(latest))
        differs = Q(latest=given, **{column: False}) | Q(latest=taken, **{column: True})
        yield from _name(users.filter(differs), f"its {column} is not what the last change of access says")
    granted = confirmed.filter(user=OuterRef("pk"), kind=Kind.GRANT_ADMIN)
    administrators = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), ~Exists(granted))
    yield from _name(_list_later(administrators, 18), "an administrator whom no change of access made")
    same = {name: OuterRef(name) for name in ("user", "position", "acting", "starts")}
    made = confirmed.filter(kind=Kind.APPOINT, **same)
    appointments = Appointment.objects.filter(~Exists(made), delegation=None)
    yield from _name(_list_later(appointments, 8), "an appointment that no change of access made")
    moved = decided.filter(kind=Kind.LAST_DAY, appointment=OuterRef("pk"))
    held = Appointment.objects.filter(Exists(moved)).annotate(last=Subquery(moved.values("ends")[:1]))
    changed = held.exclude(Q(ends=F("last")) | Q(ends=None, last=None))
    yield from _name(changed, "its last day was not decided")
    said = (
        confirmed.filter(kind=Kind.FACTOR_RULE).order_by("decided_at", "pk").values_list("value", flat=True)
    )
    rules = {value.partition(" ")[0]: value for value in said}
    for rule in FactorRequirement.objects.order_by("pk"):
        if rule.value != rules.get(rule.role, rule.value):
            yield f"{rule._meta.db_table} {rule.pk}: not as it was decided"


def _list_later(rows: QuerySet[Any], part: int) -> Iterator[Model]:
    """Yield the rows whose first leaf was made after the office had its first case and `SealingStart`."""
    begins = [Leaf.objects.filter(part=number).order_by("pk").first() for number in (1, START.number)]
    for row in rows.order_by("pk") if all(begins) and SealingStart.objects.exists() else ():
        leaf = Leaf.objects.filter(part=part, key=chain.to_key(row.pk)).order_by("pk").first()
        if leaf and all(begin and leaf.pk > begin.pk for begin in begins):
            yield row


def check_states() -> Iterator[str]:
    """Yield the cases and papers whose history has a gap, or another end than their state."""
    owners: tuple[tuple[type[Model], str, type[Model]], ...] = (
        (Event, "case", Case),
        (PaperEvent, "document", Document),
    )
    for model, path, owner in owners:
        history = model._base_manager.all()
        before = Window(Lag("target"), partition_by=[F(path)], order_by="pk")
        gaps = history.annotate(before=before).exclude(Q(before=None) | Q(source=F("before")))
        yield from _name(gaps, "it does not continue from the state before")
        last = history.filter(**{path: OuterRef("pk")}).order_by("-pk").values("target")[:1]
        differs = owner._base_manager.annotate(last=Subquery(last)).exclude(Q(last=None) | Q(state=F("last")))
        yield from _name(differs, "its state is not the end of its history")


def check_service() -> Iterator[str]:
    """Yield the cases whose division or people are not those of the last disposition and assignment."""
    for column, model, sentence in (
        ("division", Disposition, "its division is not that of the last disposition"),
        ("officer", Assignment, "its officer is not that of the last assignment"),
    ):
        last = model._base_manager.filter(case=OuterRef("pk")).order_by("-pk").values(column)[:1]
        cases = Case.objects.exclude(**{column: None}).annotate(last=Subquery(last))
        yield from _name(cases.exclude(Q(last=None) | Q(last=F(column))), sentence)
    named = Assignment.companions.through._base_manager.filter(
        user=OuterRef("user"), assignment__case=OuterRef("case")
    )
    companions = Case.companions.through._base_manager.filter(~Exists(named))
    yield from _name(companions, "a companion whom no assignment names")
    serves = Case.companions.through._base_manager.filter(case=OuterRef("case"), user=OuterRef("user"))
    yield from _name(
        Involvement.objects.exclude(user=F("case__officer")).filter(~Exists(serves)),
        "involved in a case that this person does not serve",
    )


def check_work() -> Iterator[str]:
    """Yield the cases and lists whose open work items are not what they and their papers wait for.

    What differs is read again, a case alone, because somebody may have taken a step meanwhile.
    """
    for key in sorted(_list_differing_work(Q())):
        with transaction.atomic():
            list(Case.objects.filter(pk=key).select_for_update(no_key=True).values("pk"))
            if _list_differing_work(Q(pk=key)):
                yield f"{Case._meta.db_table} {key}: its work items are not what it waits for"
    before = _list_differing_lists()
    for kind, subject in sorted(before & _list_differing_lists() if before else ()):
        yield f"{kind} {subject}: its work item is not what it waits for"


def _list_differing_work(which: Q) -> set[int]:
    present: dict[Any, set[tuple[Any, ...]]] = defaultdict(set)
    wanted: dict[Any, set[tuple[Any, ...]]] = defaultdict(set)
    cases, now = Case.objects.filter(which), clock.now()
    chosen = Q(case__in=cases.values("pk")) if which else Q(case__isnull=False)
    duties = (item for case in cases.order_by("pk").iterator() for item in list_duties(case, now))
    papers = list_waiting().filter(chosen).select_related("case").iterator()
    of_papers = (item for paper in papers for item in list_items_of_paper(paper))
    follow_ups = list_follow_ups(FollowUp.objects.filter(chosen, done_at=None).select_related("case"))
    for found, items in (
        (present, WorkItem.objects.open().filter(chosen).iterator()),
        (wanted, joined(duties, of_papers, follow_ups)),
    ):
        for item in items:
            due = item.due_at if item.subject == "" else None  # the session may have moved since
            whose = (item.party, item.division_id, item.user_id)
            found[item.case_id].add((item.kind, item.subject, *whose, due))
    return {key for key in present.keys() | wanted.keys() if present[key] != wanted[key]}


def _list_differing_lists() -> set[tuple[str, str]]:
    """Return the held drafts, destruction lists and systems whose work items are not what they wait for."""
    wanted = joined(
        drafts.list_items(RequestDraft.objects.all()),
        Disposal.objects.all().list_items(),
        systems.list_items(System.objects.all()),
    )
    present, should = (
        {(item.kind, item.subject, item.party, item.user_id) for item in items}
        for items in (WorkItem.objects.open().filter(case=None), wanted)
    )
    return {(kind, subject) for kind, subject, *_whose in present ^ should}


def check_revocations() -> Iterator[str]:
    """Yield the revoked papers that no step revoked at that moment."""
    moment = (OuterRef("revoked_at") - AT_ONCE, OuterRef("revoked_at") + AT_ONCE)
    steps = Event.objects.filter(case=OuterRef("case"), entered_at__range=moment)
    for kind in CASE_DOCUMENT_TYPES:
        revoked = Document.objects.filter(kind=kind.kind, revoked_at__isnull=False, denied_at=None)
        ends = steps.filter(verb__in=(*kind.revoked_by, *kind.dropped_by, TAKE_BACK))
        yield from _name(revoked.filter(~Exists(ends)), "no step revoked it")


def check_number_books() -> Iterator[str]:
    """Yield the years whose book of letters and reports says more or fewer numbers than papers have.

    A number that was entered by hand may have been skipped. Papers are counted before and after the books,
    because somebody may number one meanwhile.
    """
    own, taken = _count_numbers(is_own=True), Counter[int]()
    series = (NumberBook.Series.LETTER, NumberBook.Series.REPORT)
    for year, number in NumberBook.objects.filter(series__in=series).values_list("year", "taken"):
        taken[year] += number
    all_numbers = _count_numbers(is_own=False)
    for year in sorted(own | taken):
        if not own[year] <= taken[year] <= all_numbers[year]:
            yield f"number book of {year}: {taken[year]} numbers taken, {own[year]} papers numbered"


def _count_numbers(*, is_own: bool) -> Counter[int]:
    """Return the numbers of letters and reports by year; only those that Rembuk gave if `is_own`."""
    found = Counter[int]()
    letters = Document.objects.filter(kind__in=LETTERS).exclude(number="")
    for rows, at, own in (
        (letters, Coalesce("numbered_at", "issued_at"), Q(numbered_by=None, numbered_at__isnull=False)),
        (ReportNumber.objects.all(), F("taken_at"), Q(entered_by=None)),
    ):
        years = rows.filter(own if is_own else Q()).annotate(year=ExtractYear(at)).values("year").order_by()
        found.update(dict(years.values_list("year", Count("pk"))))
    return found


def _name(rows: Any, sentence: str) -> Iterator[str]:
    for row in rows.order_by("pk").iterator(chunk_size=chain.BATCH) if isinstance(rows, QuerySet) else rows:
        yield f"{row._meta.db_table} {chain.to_key(row.pk)}: {sentence}"
