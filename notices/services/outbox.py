"""Outbox: create notices and messages in the transaction of a step, and cancel what is superseded or read."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils import translation
from django.utils.translation import gettext as _

from consultations.enums import Identity
from consultations.identity import get_contact
from consultations.models import Case, Event
from consultations.secret_link import case_opened
from consultations.workflow import VERBS
from kit import clock
from kit.phones import has_whatsapp
from notices.models import Kind, Message, Notice, still_current
from notices.rules import EMAIL_ONLY, RULES, SUPERSEDED_BY, TAKES_BACK, Recipient, recipients_for
from notices.services.delivery import deliver_soon
from office.models import User

RECENT = dt.timedelta(minutes=1)

type NoticeWithChannels = tuple[Notice, list[Message.Channel]]


def notify_of_step(case: Case, event: Event, before: Mapping[str, Any], **more: Any) -> None:
    """Create the notices in the transaction of the step (STEP_RECEIVERS), and deliver them after commit."""
    to_deliver = create_notices(case, event, before)
    # Bulk imports of old steps do not ask a worker: the scheduler delivers their messages.
    if to_deliver and clock.now() - event.entered_at < RECENT:
        deliver_soon()


def create_notices(case: Case, event: Event, before: Mapping[str, Any]) -> int:
    """Create the notices of a step with their messages, and supersede earlier notices.

    `before` holds the columns of the case that the step changed, with their old values. Return the number of
    messages that are sent automatically. The number of queries does not depend on the number of recipients.
    """
    if event.source:
        _supersede_earlier(case, event)
    if event.verb in TAKES_BACK:
        _restore(case, TAKES_BACK[event.verb])
    rules = [rule for rule in RULES if rule.verb == event.verb and rule.target in (None, event.target)]
    created = [
        (
            Notice(case=case, event=event, kind=kind, recipient=user, created_at=clock.now()),
            staff_channels(user),
        )
        for user, kind in recipients_for(case, event, before, rules).items()
    ]
    own = next((rule.kind for rule in rules if rule.recipient is Recipient.APPLICANT), None)
    if own and (built := build_applicant_notice(case, own, event=event)):
        created.append(built)
    return store(created)


def store(created: Iterable[NoticeWithChannels]) -> int:
    """Store notices with their messages. Return the number of messages that are sent automatically."""
    created = list(created)
    Notice.objects.bulk_create(notice for notice, _channels in created)
    messages = [build_message(notice, channel) for notice, channels in created for channel in channels]
    Message.objects.bulk_create(messages)
    return sum(not message.by_hand for message in messages)


def staff_channels(user: User) -> list[Message.Channel]:
    """Return the channels of notices to a user of the staff."""
    return [Message.Channel.EMAIL] if user.email else []


def build_applicant_notice(
    case: Case, kind: Kind, *, event: Event | None = None
) -> NoticeWithChannels | None:
    """Return an unsaved notice to the applicant. It has no channels if staff must inform the applicant.

    A landline gets no WhatsApp message. A hidden phone number is shown to nobody, so it gets none either.
    In the independent channel nobody of the office may send one. Anonymous complainants get no notice.
    Receipts are created only if an e-mail address is known.
    """
    if case.identity == Identity.ANONYMOUS:
        return None
    contact = get_contact(case)
    channels: list[Message.Channel] = []
    if contact.email:
        channels.append(Message.Channel.EMAIL)
    elif kind in EMAIL_ONLY:
        return None
    may_be_sent_by_hand = case.identity == Identity.OPEN and not case.is_independent
    if may_be_sent_by_hand and has_whatsapp(case.phone) and kind not in EMAIL_ONLY:
        channels.append(Message.Channel.WHATSAPP)
    return Notice(case=case, event=event, kind=kind, created_at=clock.now()), channels


def build_message(notice: Notice, channel: Message.Channel, *, turn: int = 1) -> Message:
    """Return an unsaved message that is due now. A `turn` above 1 is a reminder."""
    by_hand = channel == Message.Channel.WHATSAPP and settings.WHATSAPP == "click"
    return Message(notice=notice, channel=channel, round=turn, by_hand=by_hand, due_at=clock.now())


def _supersede_earlier(case: Case, event: Event) -> None:
    """Mark earlier notices that the step supersedes, and cancel their messages."""
    outdated = Q(kind__in=SUPERSEDED_BY.get(event.verb, ())) | Q(recipient__isnull=False) & ~still_current(
        case
    )
    earlier = Notice.objects.filter(outdated, case=case, superseded_at=None)
    with translation.override("id"):  # stored reasons are Indonesian
        supersede(earlier, among=Notice.objects.filter(case=case), because=str(VERBS[event.verb].done))


def supersede(notices: QuerySet[Notice], *, among: QuerySet[Notice], because: str) -> None:
    """Mark notices as superseded, and cancel their messages with a reason (Indonesian).

    They are found again by the moment `among` others.
    """
    now = clock.now()
    if notices.update(superseded_at=now):
        _cancel(Message.objects.filter(notice__in=among.filter(superseded_at=now)), _get_reason(because))


def _restore(case: Case, verb: str) -> None:
    """Make the notices valid again that the last step `verb` superseded. Their messages wait again."""
    taken_back = case.history.filter(verb=verb).order_by("-pk").values("entered_at")[:1]
    current = Q(recipient=None) | still_current(case)
    earlier = Notice.objects.filter(current, case=case, superseded_at__gte=taken_back)
    cancelled = Message.objects.filter(notice__in=earlier, status=Message.Status.CANCELLED)
    with translation.override("id"):
        reason = _get_reason(str(VERBS[verb].done))
    cancelled.filter(reason=reason).update(status=Message.Status.WAITING, reason="", due_at=clock.now())
    earlier.update(superseded_at=None)


def _get_reason(because: str) -> str:
    with translation.override("id"):  # stored reasons are Indonesian
        return _("Tidak berlaku lagi: %(step)s") % {"step": because}


@receiver(case_opened)
def mark_as_read(case: Case, *, by: User, **more: Any) -> None:
    """Mark the user's notices of a case as read, and cancel their messages."""
    if Notice.objects.filter(case=case, recipient=by, read_at=None).update(read_at=clock.now()):
        with translation.override("id"):  # stored reasons are Indonesian
            reason = _("Sudah dibuka di meja kerja")
        _cancel(Message.objects.filter(notice__in=case.notices.filter(recipient=by)), reason)


def mark_caseless_as_read(notices: QuerySet[Notice], *, by: User) -> None:
    """Mark those of `notices` as read that are to the user and without a case; cancel their messages."""
    unread = notices.filter(recipient=by, case=None, read_at=None)
    if keys := list(unread.values_list("pk", flat=True)):
        Notice.objects.filter(pk__in=keys).update(read_at=clock.now())
        with translation.override("id"):  # stored reasons are Indonesian
            _cancel(Message.objects.filter(notice__in=keys), _("Sudah dibuka di meja kerja"))


def _cancel(messages: QuerySet[Message], reason: str) -> None:
    """Cancel unsent messages. Waiting reminders stay: delivery decides whether they are still needed.

    `messages` must be filtered by a subquery, not a join. With a join, Django selects the keys first; after
    a lock wait PostgreSQL re-checks only `pk IN (...)`, not `status`, and would cancel a claimed message.
    """
    unsent = messages.filter(status__in=[Message.Status.WAITING, Message.Status.FAILED])
    unsent.exclude(status=Message.Status.WAITING, round__gt=1).update(
        status=Message.Status.CANCELLED, reason=reason
    )
