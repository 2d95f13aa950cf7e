"""The messages that need a person: to be sent with a tap, or to be decided on because sending them failed."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import translation
from django.utils.translation import gettext as _

from consultations.parties import LINK_SHARERS, OFFICE_WIDE
from consultations.queries import of_visible_case
from notices.models import Message, Notice
from notices.soon import deliver_soon
from notices.telling import OF_A_SCHEDULE
from notices.texts import for_whatsapp
from office import clock
from office.clock import midnight
from office.models import Office, Role, User
from office.worktime import WorkingTime

S = Message.Status
TO_BE_SENT = Q(status=S.WAITING, by_hand=True)
TO_BE_DECIDED = Q(status=S.UNCERTAIN) | Q(status=S.FAILED)

STILL_HOLDS = {"notice__passed_at": None, "notice__read_at": None}

KEPT_DAYS = 10
"""After so many working days (hari kerja) a message is no news any more."""


def hands_out_links(user: User) -> bool:
    """Whether the user serves the counter or Tim PKD, who hand applicants their secret link."""
    roles = (Role(held.position.role) for held in user.current_appointments)
    return any(OFFICE_WIDE.get(role) in LINK_SHARERS for role in roles)


def within_reach(user: User) -> QuerySet[Message]:
    """The messages that are this user's to handle: of all visible cases at the counter, else of own cases."""
    found = Message.objects.filter(of_visible_case(user, "notice__case"))
    return found if hands_out_links(user) else found.filter(notice__case__officer=user)


def for_person(user: User) -> QuerySet[Message]:
    """Those of them that wait for somebody: for several people at once, whoever is first."""
    return within_reach(user).filter(TO_BE_SENT | TO_BE_DECIDED, **STILL_HOLDS)


def most_pressing_first(found: QuerySet[Message]) -> QuerySet[Message]:
    """In the order of the `appointment` that a message tells of; then the others, the oldest first."""
    appointment = Case(When(notice__kind__in=OF_A_SCHEDULE, then="notice__case__session__starts_at"))
    return found.annotate(appointment=appointment).order_by(F("appointment").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Errand:
    """One row of the queue: a message, its text, and the link that opens it in WhatsApp (or empty)."""

    message: Message
    text: str = ""
    link: str = ""


def errand(message: Message, *, by: User, office: Office) -> Errand:
    """What the user needs to send a message by hand.

    Only who hands out secret links anyway gets one into the text; with the others' messages the applicant
    looks the case up by code and telephone number.
    """
    if message.status != S.WAITING:
        return Errand(message)
    case = message.notice.case
    text = for_whatsapp(message.notice, with_secret=hands_out_links(by), office=office)
    number = re.sub(r"\D", "", str(case.phone))
    return Errand(message, text, f"https://wa.me/{number}?text={quote(text, safe='')}")


def mark_as_sent(message: Message, *, by: User) -> bool:
    """The user has sent the message, or knows that it arrived. False where somebody was faster."""
    return _handle(message, TO_BE_SENT | TO_BE_DECIDED, by, status=S.SENT, sent_at=clock.now(), reason="")


def send_again(message: Message, *, by: User) -> bool:
    """Let a message that failed, or perhaps did, be sent once more. False where somebody was faster."""
    done = _handle(message, TO_BE_DECIDED, by, status=S.WAITING, attempts=0, due_at=clock.now(), reason="")
    if done:
        deliver_soon()
    return done


def set_aside(message: Message, *, by: User, reason: str) -> bool:
    """The message is not sent; the user sees to it in another way. False where somebody was faster."""
    return _handle(message, TO_BE_SENT | TO_BE_DECIDED, by, status=S.CANCELLED, reason=reason)


def set_aside_old() -> int:
    """Do not send what has waited for KEPT_DAYS, for a person or for a mail server; returns how many."""
    last = WorkingTime.load().subtract_days(clock.today(), KEPT_DAYS)
    if last is None:
        return 0
    unsent = Message.objects.filter(TO_BE_SENT | TO_BE_DECIDED | Q(status=S.WAITING, by_hand=False))
    # No join, see `outbox._take_out()`.
    old_notice = Notice.objects.filter(pk=OuterRef("notice"), created_at__lt=midnight(last))
    is_old = Q(Exists(old_notice), round=1) | Q(round__gt=1, due_at__lt=midnight(last))
    with translation.override("id"):  # the reason goes on record
        reason = _("Tidak dikirim dalam %(days)s hari kerja") % {"days": KEPT_DAYS}
    return unsent.filter(is_old).update(status=S.CANCELLED, reason=reason)


def _handle(message: Message, still: Q, by: User, **changes: object) -> bool:
    return bool(Message.objects.filter(still, pk=message.pk).update(handled_by=by, **changes))
