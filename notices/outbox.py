"""What a step puts into the outbox, in its own transaction, and what it takes out again unsent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from consultations.contact import get_contact
from consultations.enums import Identity
from consultations.models import Case, Event
from consultations.workflow import VERBS
from notices.models import STILL_ASKS, Message, Notice
from notices.recipients import told
from notices.telling import BY_EMAIL_ALONE, OVERTAKEN_BY, TABLE, Telling, To
from office import clock
from office.models import User

type Written = tuple[Notice, list[Message.Channel]]

CAN_STILL_BE_TAKEN_OUT = (Message.Status.WAITING, Message.Status.UNCERTAIN, Message.Status.FAILED)


def tell(case: Case, event: Event, before: Mapping[str, Any]) -> int:
    """Write the notices of a step and their messages, and take out those that it overtakes.

    `before` are the columns of the case that the step changed, as they were. Returns how many messages leave
    by themselves. The queries are as many for one recipient as for a hundred.
    """
    if event.source:
        _let_pass(case, event)
    rows = [row for row in TABLE if row.verb == event.verb]
    written = [*_to_the_staff(case, event, before, rows), *_to_the_applicant(case, event, rows)]
    Notice.objects.bulk_create(notice for notice, _channels in written)
    messages = [message_of(notice, channel) for notice, channels in written for channel in channels]
    Message.objects.bulk_create(messages)
    return sum(not message.by_hand for message in messages)


def _to_the_staff(
    case: Case, event: Event, before: Mapping[str, Any], rows: Iterable[Telling]
) -> Iterator[Written]:
    for user, kind in told(case, event, before, rows).items():
        notice = Notice(case=case, event=event, kind=kind, recipient=user, created_at=clock.now())
        yield notice, [Message.Channel.EMAIL] if user.email else []


def _to_the_applicant(case: Case, event: Event, rows: Iterable[Telling]) -> Iterator[Written]:
    """The applicant's notice with its channels; without one where staff must reach the applicant themselves.

    A hidden number is shown to nobody, and so goes into no link either. An anonymous complainant is told
    nothing, and nobody gets a receipt whose e-mail address is not known.
    """
    kind = next((row.kind for row in rows if row.to is To.APPLICANT), None)
    if kind is None or case.identity == Identity.ANONYMOUS:
        return
    contact = get_contact(case)
    channels: list[Message.Channel] = []
    if contact.email:
        channels.append(Message.Channel.EMAIL)
    elif kind in BY_EMAIL_ALONE:
        return
    if contact.phone and case.identity == Identity.OPEN and kind not in BY_EMAIL_ALONE:
        channels.append(Message.Channel.WHATSAPP)
    yield Notice(case=case, event=event, kind=kind, created_at=clock.now()), channels


def message_of(notice: Notice, channel: Message.Channel, *, turn: int = 1) -> Message:
    """A message of a notice that may go from now on; not saved."""
    by_hand = channel == Message.Channel.WHATSAPP and settings.WHATSAPP == "click"
    return Message(notice=notice, channel=channel, round=turn, by_hand=by_hand, due_at=clock.now())


def _let_pass(case: Case, event: Event) -> None:
    """Note which earlier notices no longer hold after a step, and do not send what still waits of them."""
    overtaken = Q(kind__in=OVERTAKEN_BY.get(event.verb, ()))
    earlier = Notice.objects.filter(case=case, passed_at=None)
    passed = earlier.filter(overtaken | Q(recipient__isnull=False) & ~STILL_ASKS)
    if keys := list(passed.values_list("pk", flat=True)):
        Notice.objects.filter(pk__in=keys).update(passed_at=clock.now())
        with translation.override("id"):  # the reason goes on record
            reason = _("Tidak berlaku lagi: %(step)s") % {"step": VERBS[event.verb].done}
        _take_out(Message.objects.filter(notice__in=keys), reason)


def read(case: Case, *, by: User) -> None:
    """Note that somebody has opened a case, and do not send what still waits for him or her."""
    unread = Notice.objects.filter(case=case, recipient=by, read_at=None)
    if unread.update(read_at=clock.now()):
        with translation.override("id"):  # the reason goes on record
            reason = _("Sudah dibuka di meja kerja")
        _take_out(Message.objects.filter(notice__in=case.notices.filter(recipient=by)), reason)


def take_out_overtaken(messages: QuerySet[Message]) -> None:
    """Take out of these messages what was overtaken or read while they were being sent."""
    with translation.override("id"):  # the reason goes on record
        reason = _("Tidak berlaku lagi, atau sudah dibuka di meja kerja")
    gone = Notice.objects.filter(Q(passed_at__isnull=False) | Q(read_at__isnull=False), pk=OuterRef("notice"))
    _take_out(messages.filter(Exists(gone)), reason)


def _take_out(messages: QuerySet[Message], reason: str) -> None:
    """Cancel what was not sent, apart from reminders that wait: whether they hold is seen when they go.

    `messages` are narrowed by subqueries, never by a join: Django would look for the keys of the joined rows,
    and PostgreSQL, after it has waited for a claim, asks again for the key alone and no more for the status.
    """
    unsent = messages.filter(status__in=CAN_STILL_BE_TAKEN_OUT)
    unsent.exclude(status=Message.Status.WAITING, round__gt=1).update(
        status=Message.Status.CANCELLED, reason=reason
    )
