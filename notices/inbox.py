"""What somebody was told and has not opened yet: on the desk, and in reminders."""

from django.db.models import QuerySet

from consultations.filters import of_visible_case
from notices.models import Notice
from office.models import User


def unread_by(user: User) -> QuerySet[Notice]:
    """The unread notices of a user, newest first, as long as the user may see their cases."""
    found = Notice.objects.unread().filter(of_visible_case(user), recipient=user)
    return found.select_related("case").order_by("-pk")
