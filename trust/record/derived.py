"""Compare stored values with those that the record implies: numbers, states, officers, titles, what waits."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain as joined, groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, ExtractYear, Lag
from django.utils import timezone

from consultations.audit.models import AuditEntry
from consultations.enums import Task
from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.models import AgendaEntry, Case, Event, Involvement, NumberBook, WorkItem
from consultations.work import list_duties
from dispositions.models import Assignment, Disposition
from documents.life import list_items as list_items_of_paper, list_waiting
from documents.models import Document, PaperEvent, ReportNumber
from documents.models.document import LETTERS
from kit import clock, records
from office.models import Appointment, Position, RetentionRule
from reports.follow_ups import list_items as list_follow_ups
from reports.models import FollowUp
from trust.privacy.models import Disposal
from trust.record.models import Entry

BATCH = 500


def check_guards() -> Iterator[str]:
    """Yield the triggers of the append-only tables that are missing, and keys that were counted back."""
    installed = records.list_installed(connection)
    for trigger in records.list_guards(connection):
        if trigger.full_name not in installed:
            yield f"trigger {trigger.full_name} of {trigger.table}: missing or disabled"
    for model in (Entry, Event, PaperEvent, AuditEntry):
        last = model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        if (counted := _get_counter(model)) < last:
            yield f"sequence of {model._meta.db_table}: set back to {counted}, although {last} is taken"


def _get_counter(model: type[Model]) -> int:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id'))", [table])
        return int((cursor.fetchone() or [0])[0] or 0)


def check_agenda_numbers() -> Iterator[str]:
    """Yield the gaps in the agenda numbers of each year, also before the first and after the last one."""
    # Before the entries: a number that is taken meanwhile is no gap.
    agenda = NumberBook.objects.filter(series=NumberBook.Series.AGENDA, taken__gt=0)
    books = {book.year: (book.first, book.first + book.taken) for book in agenda}
    entries = AgendaEntry.objects.order_by("year", "number").values_list("year", "number")
    taken = {year: [number for _year, number in rows] for year, rows in groupby(entries, key=itemgetter(0))}
    for year in sorted(books | taken):
        numbers = taken.get(year, [])
        first, after = books.get(year, (min(numbers, default=1), 0))
        for before, number in zip([first - 1, *numbers], [*numbers, after], strict=True):
            if number - before > 1:
                yield f"agenda numbers {before + 1} to {number - 1} of {year}: missing"


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
    serves = Case.companions.through._base_manager.filter(case=OuterRef("case"), user=OuterRef("user"))
    yield from _name(
        Involvement.objects.exclude(user=F("case__officer")).filter(~Exists(serves)),
        "involved in a case that this person does not serve",
    )


def check_titles() -> Iterator[str]:
    """Yield the steps and acts on papers that somebody took with the title of a position not held that day.

    Somebody who raises the own rights past the pages and lowers them again leaves such a step. A title that
    no position has any more is not looked at.
    """
    titles, held = set(Position.objects.values_list("title", flat=True)), defaultdict(list)
    for one in Appointment.objects.select_related("position"):
        held[one.user_id].append((one.starts, one.ends or dt.date.max, one.title))
    prefixes = tuple(f"{acting.value} " for acting in Appointment.Acting)
    for model, moment in ((Event, "entered_at"), (PaperEvent, "at")):
        taken = model._base_manager.exclude(by=None).order_by("pk").values_list("pk", "by", "title", moment)
        for pk, by, title, at in taken.iterator(chunk_size=BATCH):
            day = timezone.localdate(at)
            plain = title.partition(" ")[2] if title.startswith(prefixes) else title
            was_held = any(since <= day <= until and title == own for since, until, own in held[by])
            if plain in titles and not was_held:
                yield f"{model._meta.db_table} {pk}: nobody of this name was {title} on {day}"


def check_work() -> Iterator[str]:
    """Yield the cases whose open work items are not what they and their papers wait for.

    What differs is read again, a case alone, because somebody may have taken a step meanwhile.
    """
    for key in sorted(_list_differing_work(Q())):
        with transaction.atomic():
            list(Case.objects.filter(pk=key).select_for_update(no_key=True).values("pk"))
            if _list_differing_work(Q(pk=key)):
                yield f"{Case._meta.db_table} {key}: its work items are not what it waits for"
    present = _describe(WorkItem.objects.open().filter(case=None, kind__in=(Task.DRAFT, Task.DISPOSAL)))
    wanted = _describe(drafts.list_items(RequestDraft.objects.all()), Disposal.objects.all().list_items())
    for kind, subject, *_whose in sorted(present ^ wanted):
        yield f"{kind} {subject}: its work item is not what it waits for"


def _describe(*items: Iterable[WorkItem]) -> set[tuple[Any, ...]]:
    return {(item.kind, item.subject, item.party, item.user_id) for item in joined(*items)}


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


def get_first_day_kept() -> dt.date:
    """Return the first day whose rows of the audit log must exist: others were destroyed by a list."""
    lists = Disposal.objects.filter(rule=RetentionRule.Kind.AUDIT, done_at__isnull=False)
    last = max(lists.values_list("before", flat=True), default=dt.date.min)
    return min(last, clock.today()).replace(month=1, day=1)


def _name(rows: QuerySet[Any], sentence: str) -> Iterator[str]:
    for row in rows.order_by("pk").iterator(chunk_size=BATCH):
        yield f"{row._meta.db_table} {row.pk}: {sentence}"
