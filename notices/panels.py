"""What the page of a case shows of its notices: to whom, by which way, and whether they were read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Subquery

from consultations.models import Case
from notices.models import Kind, Message, Notice

NEWEST = 20
"""How many notices of a case are shown: those of its last steps."""


@dataclass
class Told:
    """One notice with its messages, as staff read it. `name` is empty for the applicant."""

    kind: str
    name: str
    at: dt.datetime
    read_at: dt.datetime | None
    messages: list["Sent"] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """One message: by which way, and what became of it."""

    channel: str
    status: str
    label: str
    at: dt.datetime | None
    by: str
    reason: str
    is_reminder: bool


def told_of(case: Case) -> tuple[list[Told], int]:
    """The newest notices of a case with their messages, and how many more there are; in one query."""
    notices = Notice.objects.filter(case=case)
    newest = notices.order_by("-pk").values("pk")[:NEWEST]
    number = notices.order_by().values("case").annotate(number=Count("pk")).values("number")
    rows = Notice.objects.filter(pk__in=newest).annotate(of=Subquery(number)).order_by("-pk", "messages__pk")
    found: dict[int, Told] = {}
    total = 0
    for row in rows.values(
        "pk",
        "kind",
        "recipient__name",
        "recipient__username",
        "created_at",
        "read_at",
        "messages__channel",
        "messages__status",
        "messages__round",
        "messages__sent_at",
        "messages__handled_by__name",
        "messages__reason",
        "of",
    ):
        total = row["of"]
        told = found.setdefault(
            row["pk"],
            Told(
                kind=str(Kind(row["kind"]).label),
                name=row["recipient__name"] or row["recipient__username"] or "",
                at=row["created_at"],
                read_at=row["read_at"],
            ),
        )
        if row["messages__channel"]:
            told.messages.append(_sent(row))
    return list(found.values()), total - len(found)


def _sent(row: Mapping[str, Any]) -> Sent:
    status = Message.Status(row["messages__status"])
    return Sent(
        channel=str(Message.Channel(row["messages__channel"]).label),
        status=status,
        label=str(status.label),
        at=row["messages__sent_at"],
        by=row["messages__handled_by__name"] or "",
        reason=row["messages__reason"],
        is_reminder=row["messages__round"] != 1,
    )
