"""Messages that the staff sends by hand.

Manual queue (`pesan/`): staff send a message themselves, or decide what happens to a failed one.

Form of the manual queue.
"""

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.clock import midnight
from notices.models import NEEDS_STAFF, Message, Notice
from notices.services.delivery import deliver_soon
from office.models import User
from office.worktime import WorkingTime

S = Message.Status

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
