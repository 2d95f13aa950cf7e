"""Delivery of messages: by the scheduler, or by hand (`pesan/`). See docs/adr/0015-notices.md."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.clock import midnight
from kit.outbox import MAX_RUNTIME, PAUSE, Outbox
from notices import mail, whatsapp
from notices.mail import Delayed, NoAnswer, NotNeeded, NotSent, Unreachable
from notices.models import NEEDS_STAFF, Message, Notice
from notices.queries import is_still_needed
from notices.rules import SENT_AT_ONCE
from office.models import Office, User
from office.worktime import WorkingTime

S = Message.Status

BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Delay after each failed attempt. The attempt after the last delay is final."""


class Messages(Outbox[Message]):
    """The messages that are sent automatically."""

    model = Message
    related = ("notice__case", "notice__event", "notice__recipient", "notice__delegation")
    waiting = Q(status=S.WAITING, by_hand=False)
    unexpected = Delayed
    pausing = (Unreachable, NoAnswer)
    max_attempts = len(BACK_OFF) + 1

    def list_due(self) -> QuerySet[Message]:
        return due_messages(WorkingTime.load())

    def send(self, row: Message) -> dict[str, Any]:
        office = Office.load()
        if not is_still_needed(row):
            raise NotNeeded(gettext("Tidak perlu dikirim lagi."))
        if row.channel == Message.Channel.WHATSAPP:
            sent = whatsapp.send(whatsapp.compose(row, office=office))
            return {"external_id": sent}
        mail.send(mail.compose(row, office=office))
        return {"external_id": ""}

    def fail(self, row: Message, error: NotSent) -> dict[str, Any]:
        match error:
            case NotNeeded():
                return {"status": S.CANCELLED}
            case Unreachable():
                return {"due_at": clock.now() + PAUSE, "attempts": row.attempts - 1}
            case Delayed() if row.attempts <= len(BACK_OFF):
                return {"due_at": clock.now() + BACK_OFF[row.attempts - 1]}
            case _ if row.channel == Message.Channel.WHATSAPP:
                return {"by_hand": True}
        return {"status": S.FAILED}

    def match_receiver(self, row: Message) -> Q:
        return Q(channel=row.channel)


OUTBOX = Messages()


@task(priority=10)  # before figures and documents, which take long
def deliver_messages() -> int:
    """Deliver due messages and return how many were sent."""
    return deliver()


def deliver_soon() -> None:
    """Ask a worker to deliver after commit. If that fails, the scheduler delivers."""
    transaction.on_commit(deliver_messages.enqueue, robust=True)


def deliver(*, max_runtime: dt.timedelta = MAX_RUNTIME) -> int:
    """Send due messages and return how many were sent."""
    if not settings.PRACTICE:
        hand_over_to_staff()
    return OUTBOX.deliver(max_runtime=max_runtime)


def is_working_time(work: WorkingTime) -> bool:
    """Return whether the office works now. An office without working hours always does."""
    now = clock.now()
    return not work.hours or work.includes(now, now)


def due_messages(work: WorkingTime) -> QuerySet[Message]:
    """Return the messages that may be sent now."""
    found = Message.objects.filter(OUTBOX.waiting, due_at__lte=clock.now())
    if not is_working_time(work):
        found = found.filter(notice__kind__in=SENT_AT_ONCE)
    return found


def hand_over_to_staff() -> int:
    """Let staff send the messages that wait for a WhatsApp service which the office no longer uses."""
    if settings.WHATSAPP == "cloud":
        return 0
    waiting = Message.objects.filter(status=S.WAITING, channel=Message.Channel.WHATSAPP, by_hand=False)
    return waiting.update(by_hand=True)


MAX_AGE = 10
"""Working days (hari kerja) after which an unsent message is cancelled."""


def mark_as_sent(message: Message, *, by: User) -> bool:
    """Mark a message as sent by the user. Return False if a colleague was faster."""
    return _handle(message, NEEDS_STAFF, by, status=S.SENT, sent_at=clock.now(), reason="")


def send_again(message: Message, *, by: User) -> bool:
    """Send a failed message again. Return False if a colleague was faster."""
    failed = Q(status=S.FAILED)
    if done := _handle(message, failed, by, status=S.WAITING, attempts=0, due_at=clock.now(), reason=""):
        deliver_soon()
    return done


def cancel(message: Message, *, by: User, reason: str) -> bool:
    """Cancel a message that the user passed on in another way. Return False if a colleague was faster."""
    return _handle(message, NEEDS_STAFF, by, status=S.CANCELLED, reason=reason)


def _handle(message: Message, condition: Q, by: User, **changes: object) -> bool:
    return bool(Message.objects.filter(condition, pk=message.pk).update(handled_by=by, **changes))


def cancel_old_messages() -> int:
    """Cancel messages that have waited longer than MAX_AGE, and return their number."""
    first_day = WorkingTime.load().subtract_days(clock.today(), MAX_AGE)
    if first_day is None:
        return 0
    # A subquery instead of a join: see `outbox._cancel()`.
    old_notice = Notice.objects.filter(pk=OuterRef("notice"), created_at__lt=midnight(first_day))
    is_old = Q(Exists(old_notice), round=1) | Q(round__gt=1, due_at__lt=midnight(first_day))
    unsent = Message.objects.filter(NEEDS_STAFF | Q(status=S.WAITING, by_hand=False))
    with translation.override("id"):  # stored reasons are Indonesian
        reason = gettext("Tidak dikirim dalam %(days)s hari kerja") % {"days": MAX_AGE}
    return unsent.filter(is_old).update(status=S.CANCELLED, reason=reason)


class OtherWayForm(forms.Form):
    """Explanation how staff passed a message on instead of sending it."""

    how = forms.CharField(
        label=_("Disampaikan bagaimana? Misalnya: lewat telepon"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Tulis bagaimana pesan ini disampaikan, misalnya lewat telepon.")},
    )
