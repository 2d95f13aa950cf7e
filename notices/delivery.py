"""Delivering the outbox: each message is claimed, then sent, then settled, and never sent twice by itself.

The claim is committed before anything is sent, so of several deliverers one sends. What was handed over
without an answer, or was claimed by a process that died, is UNCERTAIN: a person decides (see `queue.py`).
"""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from notices import mail
from notices.models import Message
from notices.outcomes import Delayed, NotSent, Uncertain, Unreachable
from notices.telling import AT_ONCE
from office import clock
from office.models import Office
from office.worktime import WorkingTime

logger = logging.getLogger(__name__)

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""How long to wait after each attempt that failed for now; after the last one the message has failed."""

LEASE = dt.timedelta(minutes=10)
"""How long sending may take at most; a claim that is older was left by a process that died."""

MOST_AT_A_TIME = 200


def is_working_time(work: WorkingTime) -> bool:
    """Whether the office works now. One that has entered no hours yet is told of everything at once."""
    now = clock.now()
    return not work.hours or work.includes(now, now)


def due() -> QuerySet[Message]:
    """The messages that may be sent now, the oldest first."""
    found = Message.objects.filter(status=Message.Status.WAITING, by_hand=False, due_at__lte=clock.now())
    if not is_working_time(WorkingTime.load()):
        found = found.filter(notice__kind__in=AT_ONCE)
    return found.order_by("due_at", "pk")


def deliver() -> int:
    """Send what may be sent now; returns how many messages were sent.

    May run any number of times at once. A channel that cannot be reached is left alone until the next time.
    """
    give_up_what_was_left()
    hand_to_people()
    office, sent, unreachable = Office.load(), 0, set[str]()
    for pk, channel in due().values_list("pk", "channel")[:MOST_AT_A_TIME]:
        if channel not in unreachable and _claim(pk):
            message = Message.objects.select_related(
                "notice__case__session", "notice__event", "notice__recipient"
            ).get(pk=pk)
            try:
                _settle(message, status=Message.Status.SENT, external_id=_send(message, office))
                sent += 1
            except NotSent as outcome:
                _settle_unsent(message, outcome)
                if isinstance(outcome, Unreachable):
                    unreachable.add(channel)
    return sent


def _claim(pk: int) -> bool:
    """Take a message for sending; False where another deliverer was faster."""
    with transaction.atomic(durable=True):
        waiting = Message.objects.filter(pk=pk, status=Message.Status.WAITING, by_hand=False)
        return bool(
            waiting.update(status=Message.Status.SENDING, claimed_at=clock.now(), attempts=F("attempts") + 1)
        )


def _send(message: Message, office: Office) -> str:
    """Send by the message's channel; returns the number it has there. Raises an outcome, whatever happens."""
    try:
        if message.channel == Message.Channel.WHATSAPP:
            from notices import whatsapp_cloud

            return whatsapp_cloud.send(message, office=office)
        return mail.send(message, office=office)
    except NotSent:
        raise
    except Exception as error:
        logger.exception("sending message %s ended in a fault", message.pk)
        raise Uncertain(_("Pengiriman terhenti karena kesalahan sistem.")) from error


def _settle_unsent(message: Message, outcome: NotSent) -> None:
    """What becomes of a message that did not go out, or perhaps did."""
    reason = str(outcome)
    if isinstance(outcome, Uncertain):
        _settle(message, status=Message.Status.UNCERTAIN, reason=reason)
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
