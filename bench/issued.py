"""The papers and follow-ups that filled cases have: rows as the services write them, without the bytes."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from django.db.models import Model, Q, QuerySet

from consultations.enums import Channel, State
from consultations.models import Event, NumberBook
from dispositions.models import Assignment, Disposition, StaffReview
from office.models import Office
from reports.items import Item
from reports.models import Document, FollowUp, Report, ReportNumber
from scheduling.models import Session

K = Document.Kind
BATCH = 5_000
ONLINE = "Layanan daring Dinas Contoh"
LETTERS = {K.ASSIGNMENT: "ST", K.SCHEDULE: "PJ", K.STAFF_REVIEW: "TS", K.REJECTION: "SPn"}

type Signed = tuple[int, int, int | None, str, Any]
"""What a paper is made from: case, record, by whom, as what, when."""


def issue_papers() -> dict[str, int]:
    """Add the rows that follow from the cases in the database; returns how many each table got."""
    written: Counter[str] = Counter()
    for made in (_documents(), _report_numbers(), _follow_ups()):
        for rows in batched(made, BATCH, strict=False):
            model = type(rows[0])
            model._default_manager.bulk_create(rows)
            written[model._meta.db_table] += len(rows)
    return dict(written)


def _signed(rows: QuerySet[Any], by: str, title: str, at: str) -> Iterator[Signed]:
    return rows.order_by("case", "pk").values_list("case", "pk", by, title, at).iterator(BATCH)


def _records() -> dict[Document.Kind, Iterable[Signed]]:
    """What each kind of paper is made from, case by case."""
    events = Event.objects.exclude(case__channel=Channel.WALK_IN)
    head = Q(case__channel=Channel.WALK_IN)
    own, by_event = ("by", "title", "at"), ("by", "title", "happened_at")
    ratified = Disposition.objects.filter(head, ratified_at__isnull=False)
    accepted = Report.objects.filter(accepted_at__isnull=False)
    return {
        K.APPLICATION: _signed(events.filter(verb__in=["submit", "receive", "complete"]), *by_event),
        K.RECEIPT: _signed(Event.objects.filter(source=""), *by_event),
        K.DISPOSITION: [
            *_signed(Disposition.objects.exclude(head), *own),
            *_signed(ratified, "ratified_by", "ratified_title", "ratified_at"),
        ],
        K.ASSIGNMENT: _signed(Assignment.objects.all(), *own),
        K.STAFF_REVIEW: _signed(StaffReview.objects.all(), *own),
        K.SCHEDULE: (
            (case, pk, officer, "Petugas", starts_at)
            for case, pk, officer, starts_at in Session.objects.filter(starts_at__isnull=False)
            .order_by("case", "pk")
            .values_list("case", "pk", "officer", "starts_at")
            .iterator(BATCH)
        ),
        K.REJECTION: _signed(Event.objects.filter(verb="decline"), *by_event),
        K.REPORT: _signed(accepted, "accepted_by", "accepted_title", "accepted_at"),
    }


def _documents() -> Iterator[Document]:
    numbers = dict(Report.objects.filter(number__isnull=False).values_list("pk", "number"))
    serials: Counter[int] = Counter()
    unit = Office.load().unit_code
    for kind, records in _records().items():
        last: Document | None = None
        for case, record, by, title, at in records:
            before = last if last and last.case_id == case else None
            number = numbers[record] or "" if kind == K.REPORT else ""
            if kind in LETTERS:
                serials[at.year] += 1
                number = f"400.9/{serials[at.year]}/{LETTERS[kind]}/{unit}/{at.year}"
            last = Document(
                kind=kind,
                case_id=case,
                source_pk=record,
                version=before.version + 1 if before else 1,
                replaces=before,
                number=number,
                issued_by_id=by,
                issuer=ONLINE if kind == K.RECEIPT and by is None else title or "Pemohon",
                issued_at=at,
            )
            yield last
    NumberBook.objects.bulk_create(
        NumberBook(series=NumberBook.Series.LETTER, year=year, taken=taken) for year, taken in serials.items()
    )


def _accepted() -> Iterator[Report]:
    closed = Report.objects.filter(accepted_at__isnull=False, case__state=State.CLOSED)
    return closed.order_by("pk").iterator(BATCH)


def _report_numbers() -> Iterator[Model]:
    for report in _accepted():
        if report.accepted_at:
            yield ReportNumber(
                case_id=report.case_id, number=report.number or "", taken_at=report.accepted_at
            )


def _follow_ups() -> Iterator[Model]:
    """A recommendation of each report; nine of ten were done, as after years."""
    for report in _accepted():
        if report.accepted_at is None:
            continue
        recommended = dict(report.product).get(Item.Kind.RECOMMENDATION, [])
        for position, item in enumerate(recommended, start=1):
            done = report.pk % 10 > 0 and report.accepted_by_id
            outcome = {
                "outcome": "Sudah dilaksanakan.",
                "done_by_id": report.accepted_by_id,
                "done_title": "Petugas",
                "done_at": report.accepted_at,
            }
            yield FollowUp(
                case_id=report.case_id,
                report=report,
                position=position,
                text=item.text,
                responsible=item.responsible,
                due=report.accepted_at.date() + dt.timedelta(days=30) if report.pk % 3 else None,
                **(outcome if done else {}),
            )
