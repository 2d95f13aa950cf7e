"""What somebody was told and has not opened yet: on the desk, and in reminders."""

from django.db.models import QuerySet

from consultations.filters import of_visible_case
from notices.models import Message, Notice
from office.models import User


def unread_by(user: User) -> QuerySet[Notice]:
    """The unread notices of a user, newest first, as long as the user may see their cases."""
    found = Notice.objects.unread().filter(of_visible_case(user), recipient=user)
    return found.select_related("case").order_by("-pk")


def still_holds(message: Message) -> bool:
    """Whether a message need still be sent: it tells something that holds, to somebody who has to know it.

    A reminder holds as long as its recipient has left anything unread, whichever notice it hangs on.
    """
    notice, user = message.notice, message.notice.recipient
    if user is None:
        return notice.passed_at is None
    unread = unread_by(user) if message.is_reminder else unread_by(user).filter(pk=notice.pk)
    return user.is_active and unread.exists()
