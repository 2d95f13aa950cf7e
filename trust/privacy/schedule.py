"""The retention schedule (JRA): which records are due, by the rule of their kind and classification code."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations import models as consultations
from consultations.audit.models import AuditEntry
from consultations.enums import ENDED, Channel
from documents.models import Document
from kit import clock
from notices.models import Notice
from office.models import RetentionRule, Role, list_holders
from office.models.retention import Fate, Retention, find_retention, is_below, list_retention
from trust.privacy.models import ArchiveTransfer, ArchiveTransferItem, Disposal

MAX_ROWS = 500
"""Records of one proposal. The rest is due for the next one."""

KINDS_WITH_NAMES = ("AGENDA_BOOK", "GUEST_BOOK", "COMPLAINTS", "OUTGOING", "EXPEDITION", "RECAP")
"""Printed registers that name applicants."""

Kind = RetentionRule.Kind
KIND_OF_CASES = {Kind.REQUEST: "CONSULTATION", Kind.COMPLAINT: "COMPLAINT"}


@dataclass(frozen=True)
class Due:
    """Records that are due: their rule, the day before which they ended, their number."""

    rule: Retention
    before: dt.date
    number: int

    @property
    def counted(self) -> str:
        """The number, up to MAX_ROWS."""
        return f"{MAX_ROWS}+" if self.number > MAX_ROWS else str(self.number)


def get_due(rule: Retention) -> Due:
    before = get_first_kept_day(rule.total)
    return Due(rule, before, list_due(rule, before)[: MAX_ROWS + 1].count())


def get_first_kept_day(years: int) -> dt.date:
    """Return the day so many years ago: what ended before it is due."""
    today = clock.today()
    day = min(today.day, 28) if today.month == 2 else today.day
    return today.replace(year=today.year - years, day=day)


def list_due(rule: Retention, before: dt.date) -> QuerySet[Any]:
    """Return the records of a rule that ended before a day, the oldest first."""
    kind, limit = rule.kind, clock.midnight(before)
    if kind in KIND_OF_CASES:
        return list_archives().filter(match(rule), since__lt=limit).order_by("since", "pk")
    if kind == Kind.FILES:
        files = consultations.Attachment.objects.filter(case=OuterRef("pk")).exclude(file="")
        return list_archives().filter(match(rule), Exists(files), since__lt=limit).order_by("since", "pk")
    if kind == Kind.MESSAGES:
        of_office = Q(case=None) | Q(case__is_independent=False)
        return Notice.objects.filter(of_office, created_at__lt=limit).order_by("pk")
    if kind == Kind.REGISTERS:
        printed = Document.objects.filter(kind__in=KINDS_WITH_NAMES, case=None, erased_at=None)
        return printed.filter(issued_at__lt=limit).order_by("issued_at", "pk")
    return AuditEntry.objects.filter(at__lt=clock.midnight(before.replace(month=1, day=1))).order_by("pk")


def match(rule: Retention) -> Q:
    """Match the cases of a rule, without those that have a rule of a longer classification code.

    While the kind has rules of codes, a walk-in without a code has no rule yet: its code may have another
    one. Uploads follow the fate of their case.
    """
    if rule.kind == Kind.FILES:
        found = Q(pk__in=[])
        for other in list_retention():
            if other.kind in KIND_OF_CASES and other.fate == Fate.DESTROY:
                found |= match(other)
        return found
    found = Q(kind=KIND_OF_CASES[rule.kind])
    if rule.classification:
        found &= _is_below(rule.classification)
    for other in list_retention():
        if other.kind == rule.kind and other != rule and is_below(other.classification, rule):
            found &= ~_is_below(other.classification)
            if not rule.classification:
                found &= ~Q(channel=Channel.WALK_IN, classification="")
    return found


def _is_below(code: str) -> Q:
    return Q(classification=code) | Q(classification__startswith=f"{code}.")


def list_erasable() -> QuerySet[consultations.Case]:
    """Return the ended cases of the office with personal data, without those that are retained.

    What was merged into a retained case is retained too. The independent channel is none of the office's
    business: a list of codes would tell of it (ADR 38).
    """
    retained = consultations.Case.objects.exclude(retained_because="").values("pk")
    return consultations.Case.objects.filter(
        Q(merged_into=None) | ~Q(merged_into__in=retained),  # a join could not be locked
        state__in=sorted(ENDED),
        anonymised_at=None,
        retained_because="",
        is_independent=False,
    )


def list_archives() -> QuerySet[consultations.Case]:
    """Return the cases that may be listed for destruction or for a hand-over.

    A complaint about the present head waits for another one: nobody decides on a complaint about oneself. A
    case that was handed over is permanent, whatever its rule says by now.
    """
    return list_erasable().exclude(complained_about__in=list_holders(Role.HEAD)).filter(~_is_handed_over())


def list_erasable_by(disposal: Disposal) -> QuerySet[consultations.Case]:
    """Return the cases that an approved disposal may erase, whatever happened since it was proposed.

    A complaint about the person who decided stays. So does a case that was handed over, unless its applicant
    asked for the deletion. Such a disposal erases that case and what was merged into it.
    """
    cases = list_erasable().exclude(complained_about=disposal.decided_by_id)
    if disposal.rule == Disposal.REQUESTED:
        asked = consultations.Case.objects.filter(code=disposal.codes[0])
        return cases.filter(Q(pk__in=asked.values("pk")) | Q(merged_into__in=asked))
    return cases.filter(~_is_handed_over()) if disposal.is_of_archives else cases


def _is_handed_over() -> Exists:
    kind = ArchiveTransfer.Kind.HAND_OVER
    return Exists(ArchiveTransferItem.objects.filter(case=OuterRef("pk"), kind=kind))


def is_still_destroyed(kind: str, classification: str, years: int, codes: Collection[str]) -> bool:
    """Return whether the schedule still has listed archives destroyed after so many years."""
    rule = find_retention(kind, classification)
    if (rule.classification, rule.fate) != (classification, Fate.DESTROY) or rule.total > years:
        return False
    listed = consultations.Case.objects.filter(code__in=codes)
    return kind == Kind.REGISTERS or not listed.exclude(match(rule)).exists()


def list_codes(rule: Retention, before: dt.date) -> list[str]:
    """Return the codes of the first MAX_ROWS records; none for kinds without codes."""
    if rule.kind not in RetentionRule.ARCHIVES:
        return []
    field = "pk" if rule.kind == Kind.REGISTERS else "code"
    return [str(code) for code in list_due(rule, before).values_list(field, flat=True)[:MAX_ROWS]]
