"""Notices and messages of a step, and their delivery by the scheduler or by hand (`pesan/`).

The transaction of a step creates its notices and messages. Messages of superseded or read notices are
cancelled. See docs/adr/0015-notices.md.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.dispatch import receiver
from django.tasks import task
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from consultations.enums import Identity, Party
from consultations.identity import get_contact
from consultations.models import Case, DataCorrection, Event
from consultations.secret_link import case_opened
from consultations.step_row import WAY_BACK, just_taken
from consultations.workflow import TAKE_BACK, VERBS, can_be_taken_back
from kit import clock, place
from kit.outbox import MAX_RUNTIME, PAUSE, Outbox
from kit.phones import has_whatsapp
from kit.refusal import Refused
from notices import mail, push, whatsapp
from notices.mail import Delayed, NoAnswer, NotNeeded, NotSent, Unreachable
from notices.models import NEEDS_STAFF, OF_PAPERS, Kind, Message, Notice
from notices.queries import is_still_needed, list_subscriptions
from notices.rules import (
    EMAIL_ONLY,
    RULES,
    SCHEDULE_KINDS,
    SENT_AT_ONCE,
    SUPERSEDED_BY,
    TAKES_BACK,
    WITH_LETTER,
    recipients_for,
    still_current,
)
from office.models import Office, User
from office.worktime import WorkingTime

S = Message.Status

RECENT, NO_WAIT = dt.timedelta(minutes=1), dt.timedelta()

CHANNELS = {"phone": Message.Channel.WHATSAPP, "email": Message.Channel.EMAIL}
"""Channel that uses each column of the contact."""

ONLY_BY_HAND = (Message.Channel.POST, Message.Channel.PHONE)
"""Channels that only staff can use, not the scheduler."""

type NoticeWithChannels = tuple[Notice, list[Message.Channel]]


def notify_of_step(
    case: Case, event: Event, before: Mapping[str, Any], record: Model | None = None, **more: Any
) -> None:
    """Create the notices in the transaction of the step (STEP_RECEIVERS), and deliver them after commit.

    A step that is taken back (`record`) has none any more.
    """
    if event.verb == TAKE_BACK and isinstance(record, Event):
        take_back(case, record)
        return
    to_deliver = create_notices(case, event, before)
    if former := _list_former_contacts(case, event, before, record):
        to_deliver += tell_of_new_contact(case, event, former)
    # For bulk imports of old steps, enqueue no task: the scheduler delivers their messages.
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
        _restore(case, case.history.filter(verb=TAKES_BACK[event.verb]).latest("pk"))
    rules = [rule for rule in RULES if rule.is_caused_by(event)]
    created = [
        (Notice(case=case, event=event, kind=kind, recipient=user), staff_channels(user))
        for user, kind in recipients_for(case, event, before, rules).items()
    ]
    own = next((rule.kind for rule in rules if rule.recipient is Party.APPLICANT), None)
    if own and (built := build_applicant_notice(case, own, event=event)):
        created.append(built)
    return store(created)


def _list_former_contacts(
    case: Case, event: Event, before: Mapping[str, Any], record: Model | None
) -> dict[Message.Channel, str]:
    """Return by channel the old phone number and e-mail address that the step has replaced."""
    if case.is_independent:
        return {}
    if isinstance(record, DataCorrection):
        values = record.content["values"]
        return {channel: values[name][0] for name, channel in CHANNELS.items() if name in values}
    is_changed = event.verb == "correct_contact" and str(before.get("phone", case.phone)) != str(case.phone)
    return {Message.Channel.WHATSAPP: str(before["phone"])} if is_changed else {}


def tell_of_new_contact(case: Case, event: Event, former: Mapping[Message.Channel, str]) -> int:
    """Notify the applicant at the `former` and the new phone number or e-mail address.

    The former contact gets no link: it may belong to somebody else. Return the number of automatic messages.
    """
    told = build_applicant_notice(case, Kind.CONTACT_CHANGED, event=event)
    number = store([told] if told else [])
    notice = Notice(case=case, kind=Kind.CONTACT_REPLACED)
    warnings = [
        build_message(notice, channel, address=address)
        for channel, address in former.items()
        if address and (channel == Message.Channel.EMAIL or _may_chat(case, address))
    ]
    if warnings:
        notice.save()
        for warning in warnings:
            warning.save(force_insert=True)  # not in bulk: the address is encrypted for its primary key
    return number + sum(not message.by_hand for message in warnings)


def _may_chat(case: Case, phone: str) -> bool:
    return case.identity == Identity.OPEN and has_whatsapp(PhoneNumber.from_string(phone))


def store(created: Iterable[NoticeWithChannels]) -> int:
    """Store notices with their messages. Return the number of messages that are sent automatically."""
    created = [*created]
    for notice, _channels in created:
        notice.about = notice.case.subject if notice.case_id else ""
    Notice.objects.bulk_create(notice for notice, _channels in created)
    messages = [build_message(notice, channel) for notice, channels in created for channel in channels]
    messages += build_push_messages([notice for notice, _channels in created])
    Message.objects.bulk_create(messages)
    return sum(not message.by_hand for message in messages)


BEFORE = (dt.timedelta(days=1), dt.timedelta(hours=1))
"""Times before a consultation at which the applicant's browsers show a reminder."""


def build_push_messages(notices: list[Notice]) -> list[Message]:
    """Return unsaved messages to the browsers of recipients who switched push messages on.

    Applicants get no push message of a kind in EMAIL_ONLY, but reminders of a consultation. Make one query,
    or none if the office offers no push messages.
    """
    if not push.is_offered():
        return []
    rows = list(list_subscriptions(*notices).values_list("user", "case"))
    users, cases = {user for user, _case in rows}, {case for _user, case in rows}
    messages: list[Message] = []
    for notice in notices:
        if notice.recipient_id in users if notice.recipient_id else notice.case_id in cases:
            if notice.recipient_id or notice.kind not in EMAIL_ONLY:
                messages.append(build_message(notice, Message.Channel.PUSH))
            messages += build_reminders(notice)
    return messages


def build_reminders(notice: Notice) -> list[Message]:
    """Return unsaved reminders of the consultation that a notice to the applicant announces."""
    starts = notice.case.planned_at if notice.recipient_id is None and notice.kind in SCHEDULE_KINDS else None
    if starts is None:
        return []
    push_message = {"notice": notice, "channel": Message.Channel.PUSH}
    return [
        Message(round=turn, due_at=starts - before, **push_message)
        for turn, before in enumerate(BEFORE, start=2)
        if starts - before > clock.now()
    ]


def staff_channels(user: User) -> list[Message.Channel]:
    """Return the channels of notices to a user of the staff."""
    return [Message.Channel.EMAIL] if user.email else []


def build_applicant_notice(
    case: Case, kind: Kind, *, event: Event | None = None
) -> NoticeWithChannels | None:
    """Return an unsaved notice to the applicant and its channels, or None if none can be sent.

    An e-mail address gets a mail. A number with WhatsApp gets a WhatsApp message; a landline gets a call, but
    only without an e-mail address. An applicant who chose post gets a letter, unless a letter of the case
    says the same. Hidden complainants and complainants of the independent channel get mails only, anonymous
    complainants nothing. Kinds of EMAIL_ONLY are only mailed.
    """
    if case.identity == Identity.ANONYMOUS:
        return None
    contact = get_contact(case)
    channels: list[Message.Channel] = []
    may_be_sent_by_hand = case.identity == Identity.OPEN and not case.is_independent
    if contact.email:
        channels.append(Message.Channel.EMAIL)
    elif case.by_post and may_be_sent_by_hand and kind not in {*WITH_LETTER, *SENT_AT_ONCE}:
        channels.append(Message.Channel.POST)
    elif kind in EMAIL_ONLY:
        return None
    if may_be_sent_by_hand and case.phone and kind not in EMAIL_ONLY:
        if has_whatsapp(case.phone):
            channels.append(Message.Channel.WHATSAPP)
        elif not channels:
            channels.append(Message.Channel.PHONE)
    return Notice(case=case, event=event, kind=kind), channels


def build_message(notice: Notice, channel: Message.Channel, *, turn: int = 1, address: str = "") -> Message:
    """Return an unsaved message that is due now. A `turn` above 1 is a reminder.

    The message of a step that can be taken back waits as long as that, and so does one about its letter.
    """
    is_clicked = channel == Message.Channel.WHATSAPP and settings.WHATSAPP == "click"
    by_hand = is_clicked or channel in ONLY_BY_HAND
    to = {"channel": channel, "address": address, "by_hand": by_hand}
    is_held = can_be_taken_back(notice.event) if notice.event else _is_about_new_letter(notice)
    due_at = clock.now() + (WAY_BACK if is_held else NO_WAIT)
    return Message(notice=notice, round=turn, due_at=due_at, **to)


def _is_about_new_letter(notice: Notice) -> bool:
    return notice.kind in OF_PAPERS and notice.case is not None and just_taken(notice.case) is None


def _supersede_earlier(case: Case, event: Event) -> None:
    of_staff = Q(recipient__isnull=False) & ~still_current(case)
    outdated = Q(kind__in=SUPERSEDED_BY.get(event.verb, ())) | of_staff
    earlier = Notice.objects.filter(outdated, case=case, superseded_at=None)
    with translation.override("id"):  # stored reasons are Indonesian
        because = case.wording.speak(VERBS[event.verb].done)
        supersede(earlier, among=Notice.objects.filter(case=case), because=because)


def take_back(case: Case, last: Event) -> None:
    """Supersede the notices of a step that is taken back, and restore those that it superseded.

    Raise Refused if a message of the step was sent.
    """
    told = Notice.objects.filter(case=case, event=last)
    with translation.override("id"):  # stored reasons are Indonesian
        supersede(told.filter(superseded_at=None), among=told, because=str(VERBS[TAKE_BACK].done))
    # Only now: a worker may have claimed one meanwhile. Staff may have told the applicant in another way.
    messages = Message.objects.filter(notice__in=told)
    if messages.exclude(status__in=(S.WAITING, S.CANCELLED), handled_by=None).exists():
        raise Refused(_("Pesannya sudah dikirim, jadi langkah ini tidak dapat dibatalkan lagi."))
    _restore(case, last)


def supersede(notices: QuerySet[Notice], *, among: QuerySet[Notice], because: str) -> None:
    """Mark notices as superseded, and cancel their messages with a reason (Indonesian).

    `among` is a queryset that still contains the notices after the update: `superseded_at` finds them there.
    """
    now = clock.now()
    if notices.update(superseded_at=now):
        _cancel(Message.objects.filter(notice__in=among.filter(superseded_at=now)), _get_reason(because))


def _restore(case: Case, last: Event) -> None:
    """Make the notices valid again that the step `last` superseded. Their messages wait again.

    Those of papers follow the papers (`papers_moved`).
    """
    current = (Q(recipient=None) | still_current(case)) & ~Q(event=last) & ~Q(kind__in=OF_PAPERS)
    earlier = Notice.objects.filter(current, case=case, superseded_at__gte=last.entered_at)
    cancelled = Message.objects.filter(notice__in=earlier, status=S.CANCELLED)
    with translation.override("id"):
        reason = _get_reason(case.wording.speak(VERBS[last.verb].done))
    cancelled.filter(reason=reason).update(status=S.WAITING, reason="", due_at=clock.now())
    earlier.update(superseded_at=None)


def _get_reason(because: str) -> str:
    with translation.override("id"):  # stored reasons are Indonesian
        return _("Tidak berlaku lagi: %(step)s") % {"step": because}


@receiver(case_opened)
def mark_as_read(case: Case, *, by: User, **more: Any) -> None:
    """Mark the user's notices of a case as read, and cancel their messages."""
    if Notice.objects.filter(case=case, recipient=by, read_at=None).update(read_at=clock.now()):
        _cancel_read(case.notices.filter(recipient=by))


def mark_caseless_as_read(notices: QuerySet[Notice], *, by: User) -> None:
    """Mark as read those of `notices` to the user that have no case; cancel their messages."""
    unread = notices.filter(recipient=by, case=None, read_at=None)
    if keys := list(unread.values_list("pk", flat=True)):
        Notice.objects.filter(pk__in=keys).update(read_at=clock.now())
        _cancel_read(keys)


def _cancel_read(notices: Any) -> None:
    with translation.override("id"):  # stored reasons are Indonesian
        _cancel(Message.objects.filter(notice__in=notices), str(_("Sudah dibuka di meja kerja")))


def _cancel(messages: QuerySet[Message], reason: str) -> None:
    """Cancel unsent messages, except waiting reminders: delivery decides whether these are still needed.

    `messages` must be filtered by a subquery, not a join. With a join, Django selects the keys first; after
    a lock wait PostgreSQL re-checks only `pk IN (...)`, not `status`, and would cancel a claimed message.
    """
    unsent = messages.filter(status__in=[S.WAITING, S.FAILED])
    unsent.exclude(status=S.WAITING, round__gt=1).update(status=S.CANCELLED, reason=reason)


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
            raise NotNeeded(_("Tidak perlu dikirim lagi."))
        if row.channel == Message.Channel.WHATSAPP:
            sent = whatsapp.send(whatsapp.compose(row, office=office))
            return {"external_id": sent}
        if row.channel == Message.Channel.PUSH:
            push.send(row, office=office)
        else:
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
            case _ if row.channel == Message.Channel.PUSH:  # an addition: no work for the staff
                return {"status": S.CANCELLED}
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
    if place.may_send():
        hand_over_to_staff()
    return OUTBOX.deliver(max_runtime=max_runtime)


def is_working_time(work: WorkingTime) -> bool:
    """Return whether the office works now. An office without working hours always does."""
    now = clock.now()
    return not work.hours or work.includes(now, now)


def due_messages(work: WorkingTime) -> QuerySet[Message]:
    """Return the messages that may be sent now. Reminders of a consultation do not wait for working time."""
    found = Message.objects.filter(OUTBOX.waiting, due_at__lte=clock.now())
    if not is_working_time(work):
        is_reminder = Q(channel=Message.Channel.PUSH, round__gt=1)
        found = found.filter(Q(notice__kind__in=SENT_AT_ONCE) | is_reminder)
    return found


def hand_over_to_staff() -> int:
    """Let staff send waiting WhatsApp messages if the office no longer uses the API. Return their number."""
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
    """Cancel a message whose content the user passed on in another way. Return False if already handled."""
    return _handle(message, NEEDS_STAFF, by, status=S.CANCELLED, reason=reason)


def _handle(message: Message, condition: Q, by: User, **changes: object) -> bool:
    return bool(Message.objects.filter(condition, pk=message.pk).update(handled_by=by, **changes))


def cancel_old_messages() -> int:
    """Cancel messages that have waited longer than MAX_AGE, and return their number.

    In a copy, cancel nothing: the messages wait until an administrator lets the copy send.
    """
    if place.is_copy():
        return 0
    first_day = WorkingTime.load().subtract_days(clock.today(), MAX_AGE)
    if first_day is None:
        return 0
    # A subquery instead of a join: see `_cancel()`.
    old_notice = Notice.objects.filter(pk=OuterRef("notice"), created_at__lt=clock.midnight(first_day))
    is_old = Q(Exists(old_notice), round=1) | Q(round__gt=1, due_at__lt=clock.midnight(first_day))
    unsent = Message.objects.filter(NEEDS_STAFF | Q(status=S.WAITING, by_hand=False))
    unsent = unsent.exclude(channel__in=ONLY_BY_HAND)  # the applicant would never hear of it
    with translation.override("id"):  # stored reasons are Indonesian
        reason = _("Tidak dikirim dalam %(days)s hari kerja") % {"days": MAX_AGE}
    return unsent.filter(is_old).update(status=S.CANCELLED, reason=reason)


def cancel_waiting() -> int:
    """Cancel all messages that wait to be sent automatically, e.g. after a restore. Return their number."""
    with translation.override("id"):  # stored reasons are Indonesian
        reason = _("Tidak dikirim: sudah ada sebelum cadangan dipulihkan")
        return Message.objects.filter(OUTBOX.waiting).update(status=S.CANCELLED, reason=str(reason))


class OtherWayForm(forms.Form):
    """Form: how staff passed on the content of a message instead of sending it."""

    how = forms.CharField(
        label=_("Disampaikan bagaimana? Misalnya: lewat telepon"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Tulis bagaimana pesan ini disampaikan, misalnya lewat telepon.")},
    )
