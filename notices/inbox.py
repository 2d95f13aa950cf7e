"""What somebody was told and has not read yet: on the desk, and in reminders."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.queries import of_visible_case, waiting_for
from notices.models import Kind, Message, Notice
from office.models import User


def unread_by(user: User) -> QuerySet[Notice]:
    """The unread notices of a user, newest first, as long as the user may see their cases.

    That a case was given away is told to who may see it no more.
    """
    visible = Q(of_visible_case(user)) | Q(kind=Kind.HANDED_OVER)
    found = Notice.objects.unread().filter(visible, recipient=user)
    return found.select_related("case__agenda").order_by("-pk")


def unread_beside_the_desk(user: User) -> QuerySet[Notice]:
    """The unread notices of cases in which no step waits for the user: those stand on the desk as work."""
    as_work = waiting_for(user).filter(pk=OuterRef("case"))
    return unread_by(user).filter(~Exists(as_work))


def still_holds(message: Message) -> bool:
    """Whether a message need still be sent: it tells something that holds, to somebody who has to know it.

    A reminder holds as long as its recipient has left anything unread, whichever notice it hangs on.
    """
    notice, user = message.notice, message.notice.recipient
    if user is None:
        return notice.passed_at is None
    unread = unread_by(user) if message.is_reminder else unread_by(user).filter(pk=notice.pk)
    return user.is_active and unread.exists()
