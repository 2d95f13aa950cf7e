"""Notices that no step causes: access, lost links, delegations, sessions that cannot be held; reminders."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.dispatch import receiver
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import ENDED, Identity, Party
from consultations.models import Case
from consultations.notes import mentioned_in_note
from consultations.scheduling.absences import absences_changed, delegated, delegations_ended
from consultations.scheduling.models import Delegation
from consultations.scheduling.queries import list_collisions, list_sessions_without_officer
from consultations.scheduling.whose_work import list_waited_for
from consultations.services import papers_moved, result_signed
from kit import clock, place
from kit.clock import midnight
from kit.encryption import decrypt
from kit.phones import has_whatsapp
from kit.refusal import Refused
from notices.models import NEEDS_STAFF, OF_ACCESS, OF_PAPERS, STEPLESS, Kind, Message, Notice
from notices.queries import unread_notices
from notices.services.delivery import (
    build_applicant_notice,
    build_message,
    deliver_soon,
    mark_caseless_as_read,
    staff_channels,
    store,
    supersede,
)
from office import rights
from office.access.changes import list_deciders, list_watchers
from office.models import AccessChange, Appointment, Office, Role, User
from office.signals import (
    access_change_decided,
    access_change_proposed,
    access_changes_opened,
    working_time_changed,
)
from office.worktime import WorkingTime


@receiver(access_change_proposed)
def notify_of_proposal(change: AccessChange, **more: Any) -> None:
    """Notify the user concerned, all deciders and the watchers, but not the proposer."""
    _notify(change, Kind.ACCESS_PROPOSED, without=change.proposed_by)


@receiver(access_change_decided)
def notify_of_decision(change: AccessChange, **more: Any) -> None:
    """Notify the user concerned, the proposer, all other deciders and the watchers, but not the decider."""
    _notify(change, Kind.ACCESS_DECIDED, without=change.decided_by or change.proposed_by)


@receiver(access_changes_opened)
def mark_access_notices_as_read(by: User, **more: Any) -> None:
    mark_caseless_as_read(Notice.objects.filter(kind__in=OF_ACCESS), by=by)


def _notify(change: AccessChange, kind: Kind, *, without: User) -> None:
    """Store and send the notices. Do nothing before the service opens: users get invitations then."""
    if not Office.load().is_open:
        return
    people = {*list_deciders(), *list_watchers(change), change.user, change.proposed_by} - {without}
    recipients = sorted(people, key=lambda user: user.pk)
    _send(Notice(access_change=change, kind=kind, recipient=user) for user in recipients)


def _send(notices: Iterable[Notice]) -> None:
    if store((notice, staff_channels(notice.recipient)) for notice in notices if notice.recipient):
        deliver_soon()


NO_LONGER = {
    Kind.COLLISION: "kantor buka pada waktu konsultasi",
    Kind.ABSENT: "petugas ada pada waktu konsultasi",
}
"""Why a notice is superseded (Indonesian, for the record)."""

MAX_LINKS = 5
"""Maximum number of cases whose links are sent to an e-mail address at once."""

MAX_CHATS = 2
"""Maximum number of cases whose links are sent to a phone number at once, perhaps by staff."""

KNOWN_FOR = dt.timedelta(days=180)
"""Period after the end of a case: Rembuk sends its link again. Later, the applicant asks at the counter.

An unused prepaid number gets another owner after some months, and so may an e-mail address.
"""

JUST_SENT = dt.timedelta(minutes=10)
"""No link is sent twice within this time."""


LINKS = "send_links"
"""Place of the encrypted argument of `send_links`."""


@task(priority=10)
def send_links(encrypted: str) -> int:
    """Send the links of the cases with this e-mail address or telephone number to it.

    The argument is encrypted, because the table of tasks is not. A link never goes to the other contact of a
    case, which a helper may read. Cases of hidden complainants have no contact. Return the number of
    automatic messages. A practice office sends none.
    """
    contact = decrypt(encrypted, LINKS).lower()
    if settings.PRACTICE or not contact:
        return 0
    known: QuerySet[Case]
    if "@" in contact:
        channel = Message.Channel.EMAIL
        known = Case.objects.exclude(email="").alias(known=Lower("email")).filter(known=contact)
    else:
        is_chat = has_whatsapp(PhoneNumber.from_string(contact))
        channel = Message.Channel.WHATSAPP if is_chat else Message.Channel.PHONE
        known = Case.objects.exclude(phone="").filter(phone=contact)
    by_mail = channel == Message.Channel.EMAIL
    with transaction.atomic():
        found = _list_to_send(known, channel)[: MAX_LINKS if by_mail else MAX_CHATS]
        way = "surel" if by_mail else "nomor"
        for case in found:
            target = f"diminta lewat halaman Lacak, dikirim ke {way} pemohon"
            record(Act.LINK, by=None, case=case, target=target)
        number = store((Notice(case=case, kind=Kind.LINK_ASKED), [channel]) for case in found)
    deliver_soon()
    return number


def _list_to_send(cases: QuerySet[Case], channel: Message.Channel) -> QuerySet[Case]:
    """Return the cases whose link may be sent: open cases, then those that ended within KNOWN_FOR.

    Leave out a case whose link by this channel still waits or was just sent. Cases whose link was asked for
    longest ago come first, so that requests by strangers do not keep the applicant's own case away.
    """
    moment = clock.now()
    is_enough = Q(status__in=[Message.Status.WAITING, Message.Status.SENDING])
    is_enough |= Q(sent_at__gte=moment - JUST_SENT)
    if channel != Message.Channel.EMAIL:
        is_enough |= NEEDS_STAFF
    asked = Notice.objects.filter(case=OuterRef("pk"), kind=Kind.LINK_ASKED).order_by("-pk")
    enough = Message.objects.filter(is_enough, notice__case=OuterRef("pk"), notice__kind=Kind.LINK_ASKED)
    has_ended = Q(state__in=ENDED)
    return (
        cases.filter(~Exists(enough.filter(channel=channel)), identity=Identity.OPEN, is_independent=False)
        .exclude(has_ended, since__lt=moment - KNOWN_FOR)
        .alias(has_ended=ExpressionWrapper(has_ended, BooleanField()), asked=Subquery(asked.values("pk")[:1]))
        .order_by("has_ended", F("asked").asc(nulls_first=True), "-pk")
    )


type Wanted = tuple[Case, Kind, User]


@task()
def notify_of_collisions() -> int:
    """Notify staff of each session on which the office is closed or the officer absent, once.

    Supersede a notice whose session no longer collides. Return the number of new notices. Safe to run twice
    and in several processes.
    """
    with transaction.atomic():
        # A second process waits here, and then reads the notices of the first. Sessions and cases are not
        # locked, because steps lock them in another order.
        Office.lock()
        closed = [(session.case, Kind.COLLISION, session.officer) for session in list_collisions()]
        wanted = [*closed, *_list_absent()]
        current = Notice.objects.filter(kind__in=STEPLESS, superseded_at=None)
        for kind, because in NO_LONGER.items():
            cases = [case.pk for case, wanted_kind, _user in wanted if wanted_kind == kind]
            among = Notice.objects.filter(kind=kind)
            supersede(current.filter(kind=kind).exclude(case__in=cases), among=among, because=because)
        notified = set(current.values_list("case", "kind", "recipient"))
        new = [one for one in wanted if (one[0].pk, one[1], one[2].pk) not in notified]
        _send(Notice(case=case, kind=kind, recipient=user) for case, kind, user in new)
    return len(new)


@receiver(working_time_changed)
@receiver(absences_changed)
def notify_of_collisions_soon(**more: Any) -> None:
    """Enqueue `notify_of_collisions` in the transaction of the change, so that the task is not lost."""
    notify_of_collisions.enqueue()


def _list_absent() -> Iterator[Wanted]:
    """Yield a notice to each head of the division for each session whose officer is absent then.
    Leave out the officer and the official complained about.
    """
    sessions = list_sessions_without_officer()
    heads: dict[int | None, list[User]] = {}
    divisions = {session.case.division_id for session in sessions}
    current = Appointment.objects.current().select_related("user", "position")
    held = current.filter(position__role=Role.DIVISION_HEAD, position__division__in=divisions)
    for one in held if sessions else ():
        heads.setdefault(one.position.division_id, []).append(one.user)
    for session in sessions:
        excluded = {session.officer_id, session.case.complained_about_id}
        for head in dict.fromkeys(heads.get(session.case.division_id, ())):
            if head.pk not in excluded:
                yield session.case, Kind.ABSENT, head


NOT_WAITING = "surat sudah berlanjut"
"""Why a notice about a document is superseded (Indonesian, for the record)."""


@receiver(papers_moved)
def notify_of_papers(case: Case, waiting: set[tuple[str, User]], **more: Any) -> None:
    """Notify each user for whom documents of a case wait, once. Supersede notices that no longer apply."""
    wanted = {(Kind(turn), user.pk): user for turn, user in waiting}
    of_papers = Notice.objects.filter(case=case, kind__in=OF_PAPERS)
    current = of_papers.filter(superseded_at=None)
    rows = current.values_list("pk", "kind", "recipient")
    known = {(Kind(kind), recipient): pk for pk, kind, recipient in rows}
    gone = [pk for key, pk in known.items() if key not in wanted]
    if gone:
        supersede(current.filter(pk__in=gone), among=of_papers, because=NOT_WAITING)
    new = [(kind, user) for (kind, pk), user in wanted.items() if (kind, pk) not in known]
    _send(Notice(case=case, kind=kind, recipient=user) for kind, user in sorted(new, key=str))


@receiver(mentioned_in_note)
def notify_of_mention(case: Case, user: User, **more: Any) -> None:
    """Notify the colleague whom a note mentions, unless a notice of an earlier note is still unread."""
    earlier = Notice.objects.filter(case=case, kind=Kind.MENTIONED, recipient=user, superseded_at=None)
    earlier.filter(read_at__isnull=False).update(superseded_at=clock.now())
    if not earlier.exists():
        _send([Notice(case=case, kind=Kind.MENTIONED, recipient=user)])


RESULT_SIGNED = "surat hasil sudah ditandatangani"
"""Why the notice of the closed case is superseded (Indonesian, for the record)."""


@receiver(result_signed)
def notify_of_result(case: Case, **more: Any) -> None:
    """Notify the applicant that the letter with the result is signed. Supersede the notice of the closing."""
    of_case = Notice.objects.filter(case=case)
    announced = of_case.filter(kind=Kind.CLOSED, superseded_at=None)
    supersede(announced, among=of_case, because=RESULT_SIGNED)
    notice = build_applicant_notice(case, Kind.RESULT_READY)
    if notice and store([notice]):
        deliver_soon()


LOOKS_BACK = dt.timedelta(days=7)
"""Time after the end of a delegation in which users are still notified of it."""


@receiver(delegated)
def notify_of_delegation(delegation: Delegation, kind: Kind = Kind.STANDS_IN, **more: Any) -> None:
    """Notify the head who is away and the person who stands in."""
    both = (delegation.source.user, delegation.appointment.user)
    _send(Notice(delegation=delegation, kind=kind, recipient=user) for user in both)


@receiver(delegations_ended)
@transaction.atomic
def notify_of_ended_delegations(**more: Any) -> int:
    """Notify both users of each delegation that has ended, early or by date. Return their number.
    Safe to run twice.
    """
    Office.lock()  # a second process waits here, and then reads the notices of the first
    since = clock.now() - LOOKS_BACK
    ended = Q(appointment__ended_at__gte=since) | Q(
        appointment__ended_at=None,
        appointment__ends__range=(clock.today() - LOOKS_BACK, clock.today() - dt.timedelta(days=1)),
    )
    notified = Notice.objects.filter(delegation=OuterRef("pk"), kind=Kind.STOOD_IN)
    found = Delegation.objects.filter(ended & ~Exists(notified)).select_related(
        "source__user", "appointment__user"
    )
    for delegation in found:
        notify_of_delegation(delegation, Kind.STOOD_IN)
    return len(found)


FORMER_DAY = "diingatkan lagi pada hari lain"
"""Why a reminder is superseded by another one (Indonesian, for the record)."""


def list_reminded_today(cases: Iterable[Case]) -> set[int]:
    """Return the primary keys of those of `cases` for which a colleague sent a reminder today."""
    sent = Notice.objects.filter(kind=Kind.REMINDER, created_at__gte=midnight(clock.today()))
    return set(sent.filter(case__in=[case.pk for case in cases]).values_list("case", flat=True))


def check_reminder(case: Case, people: Sequence[User], *, by: User, is_reminded: bool) -> None:
    """Raise Refused if none of the people whose turn it is can be reminded now."""
    if not case.is_open:
        raise Refused(case.wording.speak(_("Permohonan ini sudah selesai.")))
    if case.turn == Party.APPLICANT:
        raise Refused(case.wording.speak(_("Permohonan ini menunggu pemohon.")))
    if is_reminded:
        raise Refused(_("Hari ini sudah diingatkan."))
    if by in people:
        raise Refused(case.wording.speak(_("Permohonan ini menunggu Anda sendiri.")))
    if not people:
        raise Refused(_("Jabatan yang ditunggu sekarang kosong."))


@transaction.atomic
def remind(case: Case, *, by: User) -> None:
    """Remind the people whose turn it is, once a day per case at most. The notice names the sender.

    Raise PermissionDenied without the right, and Refused as `check_reminder()` does.
    """
    rights.REMIND.check(by)
    list(Case.objects.filter(pk=case.pk).select_for_update(no_key=True).values("pk"))
    people = list_waited_for([case])[case.pk]
    check_reminder(case, people, by=by, is_reminded=bool(list_reminded_today([case])))
    of_case = Notice.objects.filter(case=case, kind=Kind.REMINDER)
    supersede(of_case.filter(superseded_at=None), among=of_case, because=FORMER_DAY)
    _send(Notice(case=case, kind=Kind.REMINDER, recipient=person, sent_by=by) for person in people)


BATCH_SIZE = 500

BEFORE_CLOSING = dt.timedelta(minutes=5)
"""Time before closing that is enough for the scheduler to run once more."""


def create_reminders() -> int:
    """Create the reminders that are due now, in working time only. Return the number of users reminded.

    May run in several processes at once. A copy reminds nobody.
    """
    work, now = WorkingTime.load(), clock.now()
    if not work.includes(now, now) or place.is_copy():
        return 0
    unread = Notice.objects.unread().filter(recipient__is_active=True, created_at__lt=midnight(clock.today()))
    unread = unread.exclude(reminded_on=clock.today()).exclude(recipient__email="")
    users = unread.values_list("recipient", flat=True).distinct()[:BATCH_SIZE]
    return sum(_remind(pk, work) for pk in users)


def is_reminder_due(notice: Notice, work: WorkingTime) -> bool:
    """Return whether the next working day has reached the time of day at which the notice was created.

    If that day closes earlier, the reminder is due BEFORE_CLOSING.
    """
    counted_from = work.add_minutes(notice.created_at, 0)
    if counted_from is None:
        return False
    local = timezone.localtime(counted_from)
    next_day = work.add_days(local.date(), 1)
    if next_day is None:
        return False
    same_time = dt.datetime.combine(next_day, local.timetz())
    *_morning, (_opens, closes) = work.spans(next_day)
    return clock.now() >= min(same_time, closes - BEFORE_CLOSING)


@transaction.atomic
def _remind(pk: int, work: WorkingTime) -> bool:
    """Create one reminder for all unread notices of a user. Return False if none is due."""
    user = User.objects.select_for_update(no_key=True).get(pk=pk)
    if not user.is_active or _has_reminder(user):
        return False
    unread = [notice for notice in unread_notices(user)[:BATCH_SIZE] if is_reminder_due(notice, work)]
    if not unread:
        return False
    Notice.objects.filter(pk__in=[notice.pk for notice in unread]).update(reminded_on=clock.today())
    newest = unread[0]
    last_turn = newest.messages.aggregate(last=Max("round"))["last"] or 1
    build_message(newest, Message.Channel.EMAIL, turn=last_turn + 1).save()
    return True


def _has_reminder(user: User) -> bool:
    """Return whether the user was reminded today, or an older reminder still waits for the mail server."""
    today, reminded = clock.today(), user.notices.filter(reminded_on__isnull=False)
    last = reminded.aggregate(day=Max("reminded_on"))["day"]
    reminders = Message.objects.filter(notice__recipient=user, notice__reminded_on=last, round__gt=1)
    waiting = Q(status__in=[Message.Status.WAITING, Message.Status.SENDING])
    sent_today = Q(sent_at__gte=midnight(today))
    return last is not None and (last == today or reminders.filter(waiting | sent_today).exists())
