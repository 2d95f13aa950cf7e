"""The dispatch book (Buku Ekspedisi): documents, their addressees and their receivers.

It has all dispositions and letters to other agencies. Other documents of a case are in it if a member of
staff recorded a receiver (`Handover`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from consultations.pagination import only
from dispositions.models import Assignment, Disposition, Meeting, Opinion, OpinionReminder
from office.words import get_words
from reports.contexts.book import INITIALS, Book, BookColumn, Place
from reports.contexts.registers import APPLICANT, person_of
from reports.models import TO_AGENCY, Document, Handover, Register

K = Document.Kind
DISPATCHED = (K.DISPOSITION, *TO_AGENCY)
"""Kinds that are entered without a record of staff."""

TAKEN_ON = ("assign", "hand_back")
"""Steps with which the Kepala Bidang shows that the disposition has arrived."""

FIELDS = (
    *("kind", "source_pk", "number", "issued_at", "issuer"),
    *(f"case__{name}" for name in (*APPLICANT, "code", "subject", "agenda__year", "agenda__number")),
)


@dataclass
class Line:
    """One document of a case, its addressee, and who received it when."""

    document: Any
    addressee: str
    received: list[tuple[str, dt.datetime]] = field(default_factory=list)

    @property
    def receivers(self) -> str:
        return "; ".join(name for name, _moment in self.received)

    @property
    def moments(self) -> str:
        local = (timezone.localtime(moment) for _name, moment in self.received)
        return "; ".join(date_format(moment, "DATETIME_FORMAT") for moment in local)


def _get_rows(register: Register) -> QuerySet[Document]:
    handed_over = Exists(Handover.objects.filter(document=OuterRef("pk")))
    of_case = Document.objects.filter(Q(kind__in=DISPATCHED) | handed_over, case__isnull=False)
    return only(of_case, FIELDS)


def _get_lines(documents: Sequence[Any], register: Register) -> list[Line]:
    """Return the lines. A disposition without a record was received by the user who took the next step."""
    addressees, received = _list_addressees(documents), _list_handovers(documents)
    lines = [Line(d, addressees[d.kind, d.source_pk], received[d.pk]) for d in documents]
    waiting: dict[Any, list[Event]] = {line.document.case_id: [] for line in lines if not line.received}
    events = Event.objects.filter(case__in=waiting, verb__in=TAKEN_ON).select_related("by").order_by("pk")
    for event in events:
        waiting[event.case_id].append(event)
    for line in lines:
        if line.document.kind == K.DISPOSITION and not line.received:
            later = (e for e in waiting[line.document.case_id] if e.happened_at >= line.document.issued_at)
            if taken := next(later, None):
                line.received.append((f"{taken.by}, {taken.title}", taken.happened_at))
    return lines


def _list_handovers(documents: Sequence[Document]) -> dict[Any, list[tuple[str, dt.datetime]]]:
    received = defaultdict(list)
    for handover in Handover.objects.filter(document__in=documents).order_by("pk"):
        received[handover.document_id].append((handover.receiver, handover.received_at))
    return received


def _list_addressees(documents: Iterable[Document]) -> dict[tuple[str, int], str]:
    """Return the addressee of each document by its kind and source. Costs a query for each kind."""
    head, keys = get_words().division_head, defaultdict(list)
    addressees = {}
    for document in documents:
        keys[document.kind].append(document.source_pk)
        if document.case:
            addressees[document.kind, document.source_pk] = person_of(document.case)
    for sheet in Disposition.objects.filter(pk__in=keys[K.DISPOSITION]).select_related("division"):
        divisions = [str(sheet.division), *sheet.copies]
        addressees[K.DISPOSITION, sheet.pk] = "; ".join(f"{head} {name}" for name in divisions)
    for named in Assignment.objects.filter(pk__in=keys[K.ASSIGNMENT]).select_related("officer"):
        addressees[K.ASSIGNMENT, named.pk] = str(named.officer)
    for opinion in Opinion.objects.filter(pk__in=keys[K.OPINION_REQUEST]):
        addressees[K.OPINION_REQUEST, opinion.pk] = opinion.agency
    for reminder in OpinionReminder.objects.filter(pk__in=keys[K.OPINION_REMINDER]).select_related("opinion"):
        addressees[K.OPINION_REMINDER, reminder.pk] = reminder.opinion.agency
    for meeting in Meeting.objects.filter(pk__in=keys[K.INVITATION]):
        addressees[K.INVITATION, meeting.pk] = "; ".join(meeting.guests)
    return addressees


EXPEDITION = Book(
    Register.Kind.EXPEDITION,
    "Buku Ekspedisi",
    _("naskah"),
    Document,
    "issued_at",
    ("issued_at", "pk"),
    (
        BookColumn(_("Tanggal kirim"), lambda line: line.document.issued_at, 20),
        BookColumn(_("Naskah"), lambda line: line.document.get_kind_display(), 20),
        BookColumn(_("Nomor naskah"), lambda line: line.document.number, 26),
        BookColumn(_("Nomor agenda"), lambda line: str(line.document.case.agenda or ""), 10),
        BookColumn(_("Kode lacak"), lambda line: line.document.case.code, 14, Place.FILE),
        BookColumn(_("Perihal"), lambda line: line.document.case.subject, 34),
        BookColumn(_("Dari"), lambda line: line.document.issuer, 28, Place.PAPER | Place.FILE),
        BookColumn(_("Tujuan"), lambda line: line.addressee, 30),
        BookColumn(_("Diterima"), lambda line: line.moments, 20),
        BookColumn(_("Penerima"), lambda line: line.receivers, 28),
        INITIALS,
    ),
    _get_rows,
    get_lines=_get_lines,
    get_page=lambda line: reverse("handover", args=[line.document.pk]),
)
