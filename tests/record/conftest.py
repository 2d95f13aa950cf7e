"""Helpers of the tests of the record: its findings, and lists that the head has approved."""

from typing import Any

from kit import clock
from office.models import RetentionRule, User
from trust.privacy.models import Disposal
from trust.record.verification import Verification


def list_findings(**options: Any) -> list[str]:
    return list(Verification(**options).run())


def store_approval(rule: str, head: User, **columns: Any) -> Disposal:
    """Store a proposal to erase that the head has approved; `columns` replaces or adds some.

    Archives are approved so in an office that was upgraded.
    """
    approved = {
        "is_of_old_rule": rule in RetentionRule.ARCHIVES,
        "before": clock.today(),
        "rows": 1,
        "proposed_title": "Tim PKD",
        "decided_by": head,
        "decided_title": "Kepala Dinas",
        "decided_at": clock.now(),
        "is_approved": True,
    }
    return Disposal.objects.create(rule=rule, **{**approved, **columns})
