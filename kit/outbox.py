"""Outbox: rows that are sent once each, by any of several workers, with retries.

A row is stored in the same transaction as the change that it announces. A worker commits its claim before it
sends the row, so that only one worker sends it. No row is lost. A row may be sent twice if the connection
breaks during the transfer, or if the worker is killed.
"""

import datetime as dt
import logging
from abc import ABC, abstractmethod
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _

from kit import clock, place
from kit.encryption import Unreadable

logger = logging.getLogger(__name__)

PAUSE = dt.timedelta(minutes=5)
"""Time without attempts for a receiver that could not be reached or gave no answer."""

LEASE = dt.timedelta(seconds=90)
"""Age of a claim after which its worker counts as killed."""

MAX_RUNTIME = dt.timedelta(minutes=1)
MAX_ROWS = 100


class NotSent(Exception):  # noqa: N818 -- an expected result
    """A row was not sent. The text is a sentence for staff. The subclass decides what happens next."""


class Outbox[Row: Model](ABC):
    """Send the rows of a model, and store the result in each row.

    The model has the fields `status` (WAITING, SENDING, SENT, FAILED), `attempts`, `due_at`, `claimed_at`,
    `sent_at` and `reason`.
    """

    model: type[Row]
    related: tuple[str, ...]
    """Relations that `send` reads."""

    waiting = Q(status="WAITING")
    """Rows that can be claimed. No joins: PostgreSQL re-checks only the row itself after a lock wait."""

    unexpected: type[NotSent]
    """Exception that `_send` raises instead of an unexpected error."""

    pausing: tuple[type[NotSent], ...]
    """Exceptions after which other rows to the same receiver wait for PAUSE."""

    max_attempts: int | None = None
    """Attempts after which a row fails if its worker was killed again. None: no limit."""

    @abstractmethod
    def list_due(self) -> QuerySet[Row]:
        """Return the rows that may be sent now."""

    @abstractmethod
    def send(self, row: Row) -> dict[str, Any]:
        """Send a row and return further columns to store. Raise NotSent if it was not sent."""

    @abstractmethod
    def fail(self, row: Row, error: NotSent) -> dict[str, Any]:
        """Return columns to store for a row that was not sent. By default the row waits again."""

    @abstractmethod
    def match_receiver(self, row: Row) -> Q:
        """Return a filter for rows with the same receiver as `row`."""

    def deliver(self, *, max_runtime: dt.timedelta = MAX_RUNTIME) -> int:
        """Send due rows, the oldest first, and return how many were sent.

        May run in several processes at once. Starts no further row after `max_runtime`. A copy sends
        nothing, and neither does PRACTICE: the rows wait (kit/place.py).
        """
        if not place.may_send():
            return 0
        self.release_old_claims()
        end, tried, sent = monotonic() + max_runtime.total_seconds(), list[Any](), 0
        while monotonic() < end and len(tried) < MAX_ROWS:
            due = self.list_due().exclude(pk__in=tried).order_by("due_at", "pk")
            if (row := due.values_list("pk").first()) is None:
                break
            tried += row
            if self._claim(row[0]):
                sent += self._deliver(row[0])
        return sent

    def release_old_claims(self) -> int:
        """Make rows due again that a killed worker had claimed, and return their number."""
        return self.release_claims(Q(claimed_at__lt=clock.now() - LEASE))

    def release_claims(self, which: Q = Q()) -> int:  # noqa: B008 -- never changed
        """Make claimed rows that match `which` (default: all) due again; return their number."""
        claimed = self.model._base_manager.filter(which, status="SENDING")
        result = {"claimed_at": None, "reason": _("Pengiriman terhenti di tengah jalan.")}
        failed = 0
        if self.max_attempts is not None:
            failed = claimed.filter(attempts__gte=self.max_attempts).update(status="FAILED", **result)
        return failed + claimed.update(status="WAITING", **result)

    def _claim(self, pk: Any) -> bool:
        """Claim a row. Return False if another worker was faster or the row is no longer due."""
        now = clock.now()
        with transaction.atomic(durable=True):
            due = self.model._base_manager.filter(self.waiting, pk=pk, due_at__lte=now)
            return bool(due.update(status="SENDING", claimed_at=now, attempts=F("attempts") + 1))

    def _deliver(self, pk: Any) -> bool:
        """Send a claimed row and store the result. Return whether it was sent."""
        row: Any = self.model._base_manager.select_related(*self.related).get(pk=pk)
        rows = self.model._base_manager.filter(pk=pk)
        own = Q(status="SENDING", claimed_at=row.claimed_at)
        result: dict[str, Any] = {"claimed_at": None, "reason": ""}
        try:
            result |= self._send(row)
        except NotSent as error:
            field: Any = self.model._meta.get_field("reason")
            result |= {"status": "WAITING", "reason": str(error)[: field.max_length], **self.fail(row, error)}
            rows.filter(own).update(**result)
            if isinstance(error, self.pausing):
                until = clock.now() + PAUSE
                waiting = self.model._base_manager.filter(self.waiting, self.match_receiver(row))
                waiting.filter(due_at__lt=until).update(due_at=until)
            return False
        # After a slow transfer the claim may be released: the row waits again.
        rows.filter(own | self.waiting).update(status="SENT", sent_at=clock.now(), **result)
        return True

    def _send(self, row: Row) -> dict[str, Any]:
        """Send a row. Raise NotSent if it was not sent, also instead of an unexpected error."""
        try:
            return self.send(row)
        except NotSent:
            raise
        except Unreadable as error:
            logger.exception("%s %s needs a key that is missing", self.model.__name__, row.pk)
            raise self.unexpected(str(error)) from error
        except Exception as error:
            logger.exception("sending %s %s failed", self.model.__name__, row.pk)
            raise self.unexpected(_("Pengiriman terhenti karena kesalahan sistem.")) from error
