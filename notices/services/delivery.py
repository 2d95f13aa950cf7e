"""Delivery: claim a message, send it, store the result. See docs/adr/0015-notices.md.

A claim is committed before the message is sent, so of several workers one sends it. A message is never lost.
It may be sent twice if the connection breaks during the transfer or if the worker is killed.
"""

import datetime as dt
import logging
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.tasks import task
from django.utils.translation import gettext as _

from notices import mail, whatsapp_cloud
from notices.delivery_errors import Delayed, NoAnswer, NotNeeded, NotSent, Unreachable
from notices.models import Message
from notices.queries import is_still_needed
from notices.rules import SENT_AT_ONCE
from office import clock
from office.encryption import KeyMissing
from office.models import Office
from office.worktime import WorkingTime

logger = logging.getLogger(__name__)
S = Message.Status

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Delay after each failed attempt. The attempt after the last delay is final."""

CHANNEL_PAUSE = dt.timedelta(minutes=5)
"""Time without attempts on a channel whose server was unreachable or gave no answer."""

LEASE = dt.timedelta(seconds=90)
"""Age of a claim after which its worker counts as killed."""

MAX_RUNTIME = dt.timedelta(minutes=1)
MAX_MESSAGES = 100


@task(priority=10)  # before figures and documents, which take long
def deliver_messages() -> int:
    """Deliver due messages and return how many were sent."""
    return deliver()


def deliver_soon() -> None:
    """Ask a worker to deliver after commit. If that fails, the scheduler delivers."""
    transaction.on_commit(deliver_messages.enqueue, robust=True)


def deliver(*, max_runtime: dt.timedelta = MAX_RUNTIME) -> int:
    """Send due messages and return how many were sent.

    May run in several processes at once. Starts no further message after `max_runtime`. A practice office
    sends nothing: its messages wait.
    """
    if settings.PRACTICE:
        return 0
    release_old_claims()
    hand_over_to_staff()
    work, office = WorkingTime.load(), Office.load()
    end, sent = monotonic() + max_runtime.total_seconds(), 0
    for pk, kind in due_messages(work).values_list("pk", "notice__kind")[:MAX_MESSAGES]:
        if monotonic() >= end:
            break
        if (kind in SENT_AT_ONCE or is_working_time(work)) and _claim(pk):
            sent += _deliver(pk, office)
    return sent


def is_working_time(work: WorkingTime) -> bool:
    """Return whether the office works now. An office without working hours always does."""
    now = clock.now()
    return not work.hours or work.includes(now, now)


def due_messages(work: WorkingTime) -> QuerySet[Message]:
    """Return the messages that may be sent now, the oldest first."""
    found = Message.objects.filter(status=S.WAITING, by_hand=False, due_at__lte=clock.now())
    if not is_working_time(work):
        found = found.filter(notice__kind__in=SENT_AT_ONCE)
    return found.order_by("due_at", "pk")


def _claim(pk: int) -> bool:
    """Claim a message. Return False if another worker was faster or the message is no longer due."""
    now = clock.now()
    with transaction.atomic(durable=True):
        due = Message.objects.filter(pk=pk, status=S.WAITING, by_hand=False, due_at__lte=now)
        return bool(due.update(status=S.SENDING, claimed_at=now, attempts=F("attempts") + 1))


def _deliver(pk: int, office: Office) -> bool:
    """Send a claimed message and store the result. Return whether it was sent."""
    related = ("notice__case", "notice__event", "notice__recipient", "notice__delegation")
    message = Message.objects.select_related(*related).get(pk=pk)
    try:
        external_id = _send(message, office)
    except NotSent as error:
        _store_failure(message, error)
        return False
    # A slow transfer may have outlived its claim.
    released = Q(status=S.WAITING, by_hand=False)
    Message.objects.filter(_own_claim(message) | released, pk=pk).update(
        status=S.SENT, sent_at=clock.now(), external_id=external_id, reason="", claimed_at=None
    )
    return True


def _own_claim(message: Message) -> Q:
    return Q(status=S.SENDING, claimed_at=message.claimed_at)


def _send(message: Message, office: Office) -> str:
    """Send a message and return its id at the provider. Raise NotSent, also for unexpected errors."""
    try:
        if not is_still_needed(message):
            raise NotNeeded(_("Tidak perlu dikirim lagi."))
        if message.channel == Message.Channel.WHATSAPP:
            return whatsapp_cloud.send(whatsapp_cloud.compose(message, office=office))
        mail.send(mail.compose(message, office=office))
    except NotSent:
        raise
    except KeyMissing as error:
        logger.exception("message %s needs a key that is missing", message.pk)
        raise Delayed(str(error)) from error
    except Exception as error:
        logger.exception("sending message %s failed", message.pk)
        raise Delayed(_("Pengiriman terhenti karena kesalahan sistem.")) from error
    return ""


def _store_failure(message: Message, error: NotSent) -> None:
    """Decide what happens next to a message that was not sent, and pause its channel if necessary."""
    now = clock.now()
    changes: dict[str, Any] = {"status": S.WAITING, "claimed_at": None, "reason": str(error)}
    match error:
        case NotNeeded():
            changes["status"] = S.CANCELLED
        case Unreachable():
            changes |= {"due_at": now + CHANNEL_PAUSE, "attempts": message.attempts - 1}
        case Delayed() if message.attempts <= len(BACK_OFF):
            changes["due_at"] = now + BACK_OFF[message.attempts - 1]
        case _ if message.channel == Message.Channel.WHATSAPP:
            changes["by_hand"] = True
        case _:
            changes["status"] = S.FAILED
    Message.objects.filter(_own_claim(message), pk=message.pk).update(**changes)
    if isinstance(error, Unreachable | NoAnswer):
        _pause(message.channel)


def _pause(channel: str) -> None:
    """Delay all waiting messages of a channel, for every worker."""
    until = clock.now() + CHANNEL_PAUSE
    waiting = Message.objects.filter(status=S.WAITING, by_hand=False, channel=channel)
    waiting.filter(due_at__lt=until).update(due_at=until)


def release_old_claims() -> int:
    """Make messages that a killed worker had claimed due again, and return their number.

    After the last attempt a message fails instead, so that one that kills its worker is not sent for ever.
    """
    claimed = Message.objects.filter(status=S.SENDING, claimed_at__lt=clock.now() - LEASE)
    result = {"claimed_at": None, "reason": _("Pengiriman terhenti di tengah jalan.")}
    failed = claimed.filter(attempts__gt=len(BACK_OFF)).update(status=S.FAILED, **result)
    return failed + claimed.update(status=S.WAITING, **result)


def hand_over_to_staff() -> int:
    """Let staff send the messages that wait for a WhatsApp service which the office no longer uses."""
    if settings.WHATSAPP == "cloud":
        return 0
    waiting = Message.objects.filter(status=S.WAITING, channel=Message.Channel.WHATSAPP, by_hand=False)
    return waiting.update(by_hand=True)
