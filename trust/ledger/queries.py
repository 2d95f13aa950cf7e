"""Reads of the chain: seals for people and programs, the seal of a document, and the last verification."""

import datetime as dt
from typing import Any

from django.db.models import Q

from kit import clock
from office.worktime import WorkingTime
from reports.documents.contexts import ShownSeal
from reports.models import Document
from trust.ledger.chain import to_key
from trust.ledger.models import Leaf, RecordCheck, Seal
from trust.ledger.parts import DOCUMENT, FILE


class DocumentSeals:
    """Implements `reports.documents.contexts.Seals`."""

    def get_latest(self, until: dt.datetime) -> ShownSeal | None:
        return _show(Seal.objects.filter(at__lte=until).order_by("year", "number").last())

    def get_first_of(self, document: Document) -> ShownSeal | None:
        """Return the first seal that covers the file, or the row if there is no file."""
        part = FILE if document.has_file else DOCUMENT
        leaf = Leaf.objects.filter(part=part.number, key=to_key(document.pk)).first()
        return _show(get_first_seal(leaf.year, leaf.number)) if leaf else None


def get_first_seal(year: int, number: int) -> Seal | None:
    """Return the first seal that covers a leaf, or None if it is not sealed yet."""
    covering = Seal.objects.filter(Q(year=year, number__gte=number) | Q(year__gt=year))
    return covering.order_by("year", "number").first()


def _show(seal: Seal | None) -> ShownSeal | None:
    return ShownSeal(seal.day, str(seal), seal.head_in_groups, seal.url) if seal else None


def to_json(seal: Seal) -> dict[str, Any]:
    """Return a seal for programs. Empty texts are left out."""
    facts = {
        "day": seal.day.isoformat(),
        "year": seal.year,
        "number": seal.number,
        "head": seal.head,
        "sealed_at": seal.at.isoformat(timespec="seconds"),
        "text": seal.text,
        "signature": seal.signature,
        "time_stamp": seal.time_stamp,
    }
    return {name: value for name, value in facts.items() if value != ""}


def get_late_seal() -> Seal | None:
    """Return the last seal if two working days have passed since, or None."""
    last = Seal.objects.order_by("day").last()
    due = last and WorkingTime.load().add_days(last.day, 2)
    return last if due and due < clock.today() else None


def get_last_check() -> RecordCheck | None:
    """Return the last verification of the whole record."""
    return RecordCheck.objects.order_by("pk").last()
