"""Delivering the outbox: each message is claimed, then sent, then settled, and never sent twice by itself.

The claim is committed before anything is sent, so of several deliverers one sends. What was handed over
without an answer, or was claimed by a process that died, is UNCERTAIN: a person decides (see `queue.py`).
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from notices import mail
from notices.inbox import still_holds
from notices.models import Message
from notices.outbox import take_out_overtaken
from notices.outcomes import Delayed, Needless, NotSent, Rejected, Uncertain, Unreachable
from notices.telling import AT_ONCE
from office import clock
from office.models import Office
from office.worktime import WorkingTime

logger = logging.getLogger(__name__)

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""How long to wait after each attempt that failed for now; after the last one the message has failed."""

REST = dt.timedelta(minutes=5)
"""How long a channel is left alone that cannot be reached, or that took a message and did not answer."""

LEASE = dt.timedelta(minutes=10)
"""How long sending may take at most; a claim that is older was left by a process that died."""

LONGEST = dt.timedelta(minutes=5)
"""How long one run lasts, apart from the message it is at: a task that runs longer is done once more."""

MOST_AT_A_TIME = 100


def is_working_time(work: WorkingTime) -> bool:
    """Whether the office works now. One that has entered no hours yet is told of everything at once."""
    now = clock.now()
    return not work.hours or work.includes(now, now)


def due(work: WorkingTime) -> QuerySet[Message]:
    """The messages that may be sent now, the oldest first."""
    found = Message.objects.filter(status=Message.Status.WAITING, by_hand=False, due_at__lte=clock.now())
    if not is_working_time(work):
        found = found.filter(notice__kind__in=AT_ONCE)
    return found.order_by("due_at", "pk")


def deliver(*, must_end: Callable[[], bool] = lambda: False, longest: dt.timedelta = LONGEST) -> int:
    """Send what may be sent now; returns how many messages were sent.

    May run any number of times at once. Ends between two messages once it `must_end` or has lasted for
    `longest`; a channel that cannot be reached, or gave no answer, is left alone until it has rested.
    """
    give_up_what_was_left()
    hand_to_people()
    work, office = WorkingTime.load(), Office.load()
    end, sent, resting = monotonic() + longest.total_seconds(), 0, set[str]()
    for pk, channel, kind in due(work).values_list("pk", "channel", "notice__kind")[:MOST_AT_A_TIME]:
        if must_end() or monotonic() >= end:
            break
        if channel in resting or not (kind in AT_ONCE or is_working_time(work)) or not _claim(pk):
            continue
        outcome = _deliver(pk, office)
        sent += outcome is None
        if isinstance(outcome, Unreachable | Uncertain):
            resting.add(channel)
            _let_rest(channel)
    return sent


def _claim(pk: int) -> bool:
    """Take a message for sending; False where another deliverer was faster, or has put it off meanwhile."""
    now = clock.now()
    with transaction.atomic(durable=True):
        waiting = Message.objects.filter(pk=pk, status=Message.Status.WAITING, by_hand=False, due_at__lte=now)
        return bool(waiting.update(status=Message.Status.SENDING, claimed_at=now, attempts=F("attempts") + 1))


def _deliver(pk: int, office: Office) -> NotSent | None:
    """Send and settle a claimed message; returns why it was not sent."""
    message = Message.objects.select_related("notice__case", "notice__event", "notice__recipient").get(pk=pk)
    try:
        _settle(message, status=Message.Status.SENT, external_id=_send(message, office))
    except NotSent as outcome:
        _settle_unsent(message, outcome)
        take_out_overtaken(Message.objects.filter(pk=pk))
        return outcome
    return None


def _send(message: Message, office: Office) -> str:
    """Send by the message's channel; returns the number it has there. Raises an outcome, whatever happens."""
    hand_over = _composed(message, office)
    try:
        return hand_over()
    except NotSent:
        raise
    except Exception as error:
        logger.exception("sending message %s ended in a fault", message.pk)
        raise Uncertain(_("Pengiriman terhenti karena kesalahan sistem.")) from error


def _composed(message: Message, office: Office) -> Callable[[], str]:
    """What hands the message over. Raises an outcome: up to here nothing has left the office."""
    try:
        if not still_holds(message):
            raise Needless(_("Tidak perlu dikirim lagi."))
        if message.channel == Message.Channel.WHATSAPP:
            from notices import whatsapp_cloud

            return partial(whatsapp_cloud.hand_over, whatsapp_cloud.compose(message, office=office))
        return partial(mail.hand_over, mail.compose(message, office=office))
    except NotSent:
        raise
    except Exception as error:
        logger.exception("composing message %s ended in a fault", message.pk)
        raise Rejected(_("Pesan tidak dapat disusun karena kesalahan sistem.")) from error


def _settle_unsent(message: Message, outcome: NotSent) -> None:
    """What becomes of a message that did not go out, or perhaps did."""
    reason = str(outcome)
    if isinstance(outcome, Needless):
        _settle(message, status=Message.Status.CANCELLED, reason=reason)
    elif isinstance(outcome, Uncertain):
        _settle(message, status=Message.Status.UNCERTAIN, reason=reason)
    elif isinstance(outcome, Unreachable):
        # Behind the others: should it be the message itself that cannot go, it holds none of them up.
        due_at = clock.now() + 2 * REST
        _settle(
            message,
            status=Message.Status.WAITING,
            reason=reason,
            due_at=due_at,
            attempts=message.attempts - 1,
        )
    elif isinstance(outcome, Delayed) and message.attempts <= len(BACK_OFF):
        due_at = clock.now() + BACK_OFF[message.attempts - 1]
        _settle(message, status=Message.Status.WAITING, reason=reason, due_at=due_at)
    elif message.channel == Message.Channel.WHATSAPP:
        # What the service does not take, a person can still send.
        _settle(message, status=Message.Status.WAITING, reason=reason, by_hand=True)
    else:
        _settle(message, status=Message.Status.FAILED, reason=reason)


def _settle(message: Message, *, status: Message.Status, reason: str = "", **columns: object) -> None:
    """Write down how sending ended, unless somebody else has settled the message meanwhile."""
    changes = {"status": status, "reason": reason, "claimed_at": None, **columns}
    same = Message.objects.filter(pk=message.pk)
    own = same.filter(status=Message.Status.SENDING, claimed_at=message.claimed_at)
    if status == Message.Status.SENT:
        changes["sent_at"] = clock.now()
        own |= same.filter(status=Message.Status.UNCERTAIN)  # it took longer than the lease
    if not own.update(**changes):
        logger.warning("message %s was settled by somebody else before it was %s", message.pk, status)


def _let_rest(channel: str) -> None:
    """Try none of the messages that take this way before the channel has rested, in no process."""
    until = clock.now() + REST
    Message.objects.filter(
        status=Message.Status.WAITING, by_hand=False, channel=channel, due_at__lt=until
    ).update(due_at=until)


def give_up_what_was_left() -> int:
    """Give what a killed process had claimed to a person: it may have been sent."""
    left = Message.objects.filter(status=Message.Status.SENDING, claimed_at__lt=clock.now() - LEASE)
    return left.update(
        status=Message.Status.UNCERTAIN, claimed_at=None, reason=_("Pengiriman terhenti di tengah jalan.")
    )


def hand_to_people() -> int:
    """Let staff send what waits for a WhatsApp service that the office no longer uses."""
    if settings.WHATSAPP == "cloud":
        return 0
    left = Message.objects.filter(
        status=Message.Status.WAITING, channel=Message.Channel.WHATSAPP, by_hand=False
    )
    return left.update(by_hand=True)
