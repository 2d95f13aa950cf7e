"""Records due for erasure by the retention schedule. Each erasure needs an approval (PP 28/2012)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.audit.models import AuditEntry
from consultations.enums import ENDED
from consultations.models import Attachment, Case
from kit import clock
from notices.models import Notice
from office.models import RetentionRule, Role, list_holders
from office.models.retention import Years, list_retention
from reports.models import Document

MAX_ROWS = 500
"""Records of one proposal. The rest is due for the next one."""

KINDS_WITH_NAMES = ("AGENDA_BOOK", "GUEST_BOOK", "COMPLAINTS", "EXPEDITION", "RECAP")
"""Printed registers that name applicants."""

Kind = RetentionRule.Kind
KIND_OF_CASES = {Kind.REQUEST: "CONSULTATION", Kind.COMPLAINT: "COMPLAINT"}


@dataclass(frozen=True)
class Due:
    """Records of one kind that are due: their rule, the day before which they ended, their number."""

    kind: RetentionRule.Kind
    years: Years
    before: dt.date
    number: int

    @property
    def counted(self) -> str:
        """The number, up to MAX_ROWS."""
        return f"{MAX_ROWS}+" if self.number > MAX_ROWS else str(self.number)


def get_due(kind: str) -> Due:
    """Return what is due of one kind."""
    years = list_retention()[kind]
    before = get_first_kept_day(years.total)
    number = list_due(kind, before)[: MAX_ROWS + 1].count()
    return Due(Kind(kind), years, before, number)


def get_first_kept_day(years: int) -> dt.date:
    """Return the day so many years ago: what ended before it is due."""
    today = clock.today()
    day = min(today.day, 28) if today.month == 2 else today.day
    return today.replace(year=today.year - years, day=day)


def list_due(kind: str, before: dt.date) -> QuerySet[Any]:
    """Return the records of one kind that ended before a day, the oldest first."""
    limit = clock.midnight(before)
    if kind in KIND_OF_CASES:
        return _list_cases().filter(kind=KIND_OF_CASES[Kind(kind)], since__lt=limit).order_by("since", "pk")
    if kind == Kind.FILES:
        files = Attachment.objects.filter(case=OuterRef("pk")).exclude(file="")
        return _list_cases().filter(Exists(files), since__lt=limit).order_by("since", "pk")
    if kind == Kind.MESSAGES:
        of_office = Q(case=None) | Q(case__is_independent=False)
        return Notice.objects.filter(of_office, created_at__lt=limit).order_by("pk")
    if kind == Kind.REGISTERS:
        printed = Document.objects.filter(kind__in=KINDS_WITH_NAMES, case=None, erased_at=None)
        return printed.filter(issued_at__lt=limit).order_by("issued_at", "pk")
    return AuditEntry.objects.filter(at__lt=clock.midnight(before.replace(month=1, day=1))).order_by("pk")


def list_erasable() -> QuerySet[Case]:
    """Return the ended cases of the office with personal data, without those that are retained.

    The independent channel is none of the office's business: a list of codes would tell of it (ADR 38).
    """
    return Case.objects.filter(
        state__in=sorted(ENDED), anonymised_at=None, retained_because="", is_independent=False
    )


def _list_cases() -> QuerySet[Case]:
    """Return the cases that may be proposed for erasure.

    A complaint about the present head waits for another one: nobody decides on a complaint about oneself.
    """
    return list_erasable().exclude(complained_about__in=list_holders(Role.HEAD))


def list_codes(kind: str, before: dt.date) -> list[str]:
    """Return the codes of the first MAX_ROWS records; none for kinds without codes."""
    if kind in (Kind.MESSAGES, Kind.AUDIT):
        return []
    field = "pk" if kind == Kind.REGISTERS else "code"
    return [str(code) for code in list_due(kind, before).values_list(field, flat=True)[:MAX_ROWS]]
