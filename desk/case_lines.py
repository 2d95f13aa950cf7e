"""Lines of the page of a case as values: equal ones are rendered once (tag `part`)."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from consultations.models import Event
from notices.models import Notice
from reports.models import Document


class EventLine(NamedTuple):
    """An event of the history. `entered_at` is set if it was entered late."""

    verb: str
    by: str
    acted_as: str
    happened_at: dt.datetime
    entered_at: dt.datetime | None
    note: str

    @classmethod
    def of(cls, event: Event) -> "EventLine":
        return cls(
            event.verb,
            str(event.by) if event.by_id else "",
            event.acted_as,
            event.happened_at,
            event.entered_at if event.entered_late else None,
            event.note,
        )


class MessageLine(NamedTuple):
    """One delivery of a notice."""

    channel: str
    status: str
    status_label: str
    is_reminder: bool
    sent_at: dt.datetime | None
    handled_by: str
    reason: str


class NoticeLine(NamedTuple):
    """A notice with its deliveries. There is no recipient if it is the applicant's."""

    recipient: str
    kind: str
    created_at: dt.datetime
    read_at: dt.datetime | None
    messages: tuple[MessageLine, ...]

    @classmethod
    def of(cls, notice: Notice) -> "NoticeLine":
        messages = (
            MessageLine(
                message.get_channel_display(),
                message.status,
                message.get_status_display(),
                message.is_reminder,
                message.sent_at,
                str(message.handled_by or ""),
                message.reason,
            )
            for message in notice.messages.all()
        )
        return cls(
            str(notice.recipient or ""),
            notice.get_kind_display(),
            notice.created_at,
            notice.read_at,
            tuple(messages),
        )


class DocumentLine(NamedTuple):
    """A document. `replaced_at` is set if another one replaced it. `is_old`: it is not in force any more."""

    pk: UUID
    slug: str
    kind: str
    version: int
    number: str
    awaits_number: bool
    issued_at: dt.datetime
    revoked_at: dt.datetime | None
    revoke_reason: str
    replaced_at: dt.datetime | None
    is_signed: bool
    is_old: bool
    can_hand_over: bool

    @classmethod
    def of(cls, document: Document, *, can_hand_over: bool = False) -> "DocumentLine":
        later = getattr(document, "replaced_by", None)
        is_old = bool(document.revoked_at or later)
        return cls(
            document.pk,
            document.slug,
            document.get_kind_display(),
            document.version,
            document.number,
            document.awaits_number,
            document.issued_at,
            document.revoked_at,
            document.revoke_reason,
            later.issued_at if later else None,
            bool(document.signer),
            is_old,
            can_hand_over and not is_old,
        )


def list_lines(documents: Sequence[Document], *, can_hand_over: bool = False) -> list[DocumentLine]:
    return [DocumentLine.of(document, can_hand_over=can_hand_over) for document in documents]
