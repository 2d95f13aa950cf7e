"""Approved erasures as a list to store beside the backups, and their repetition after a restore."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from consultations.models import Case
from ledger.models import Disposal
from office.models import RetentionRule, User
from privacy.services.execution import BATCH, erase

OF_CASES = (RetentionRule.Kind.REQUEST, RetentionRule.Kind.COMPLAINT, Disposal.REQUESTED)
"""Rules whose erasures are those of whole cases."""

COLUMNS = ("rule", "years", "before", "codes", "rows", "proposed_title", "proposed_at", "reason")


def list_approved() -> Iterator[dict[str, Any]]:
    """Yield the approved disposals for a file, the oldest first. They name codes, and no applicant."""
    approved = Disposal.objects.filter(is_approved=True).select_related("proposed_by", "decided_by")
    for disposal in approved.order_by("decided_at", "pk"):
        yield {
            **{column: _to_json(getattr(disposal, column)) for column in COLUMNS},
            "proposed_by": disposal.proposed_by.username if disposal.proposed_by else None,
            "decided_by": disposal.decided_by.username if disposal.decided_by else None,
            "decided_title": disposal.decided_title,
            "decided_at": _to_json(disposal.decided_at),
        }


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def store_missing(listed: Iterable[Mapping[str, Any]]) -> int:
    """Store the disposals of a list that the restored database lacks; return how many.

    Raise User.DoesNotExist if it lacks who decided.
    """
    number = 0
    for facts in listed:
        decided_at = dt.datetime.fromisoformat(facts["decided_at"])
        if Disposal.objects.filter(rule=facts["rule"], decided_at=decided_at).exists():
            continue
        Disposal.objects.create(
            **{column: facts[column] for column in COLUMNS if column not in ("before", "proposed_at")},
            proposed_by=User.objects.filter(username=facts["proposed_by"]).first(),
            decided_by=User.objects.get(username=facts["decided_by"]),
            before=dt.date.fromisoformat(facts["before"]),
            proposed_at=dt.datetime.fromisoformat(facts["proposed_at"]),
            decided_title=facts["decided_title"],
            decided_at=decided_at,
            is_approved=True,
        )
        number += 1
    return number


def repeat_all() -> int:
    """Erase again what approved disposals list, also if they were done; return their number.

    The audit log is left to `manage.py delete_audit_log`.
    """
    approved = Disposal.objects.filter(is_approved=True).exclude(rule=RetentionRule.Kind.AUDIT)
    disposals = list(approved.order_by("decided_at", "pk"))
    for disposal in disposals:
        erase(disposal)
    return len(disposals)


def list_left_out() -> list[str]:
    """Return the codes of approved erasures whose cases are not erased, in the order of the cases.

    They are open or retained in the restored database, or wait until the applicant was told.
    """
    approved = Disposal.objects.filter(is_approved=True, rule__in=OF_CASES)
    codes = [code for listed in approved.values_list("codes", flat=True) for code in listed]
    found: list[str] = []
    for start in range(0, len(codes), BATCH):
        cases = Case.objects.filter(code__in=codes[start : start + BATCH], anonymised_at=None)
        found += cases.order_by("pk").values_list("code", flat=True)
    return found
