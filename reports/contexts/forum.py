"""Documents of the meeting (forum rapat) of step 5: invitation and minutes."""

from typing import Any

from django.utils import timezone

from consultations.models import Case
from dispositions.models import Meeting, Minutes
from office.models import Office
from reports.bullets import split_bullets
from reports.contexts.appendix import MIN_ROWS, Attendee, split_attendees
from reports.contexts.source import Source
from reports.models import Document
from reports.signatories import get_titles


def find_invitation(case: Case) -> Source | None:
    """Return the latest call of a meeting. A second meeting has an invitation of its own."""
    meeting = case.meetings.select_related("by").order_by("pk").last()
    return Source(meeting, meeting.by, meeting.title, meeting.at) if meeting else None


def invitation_context(case: Case, meeting: Meeting) -> dict[str, Any]:
    """Return the meeting, and the invitation that this one replaces (Undangan Rapat)."""
    replaced = Document.objects.filter(kind=Document.Kind.INVITATION, source_pk=meeting.replaces_id or 0)
    return {
        "meeting": meeting,
        "agenda": split_bullets(meeting.agenda),
        "replaced": replaced.first(),
    }


def find_minutes(case: Case) -> Source | None:
    """Return the latest version of the minutes of the latest meeting that has any."""
    minutes = Minutes.objects.filter(meeting__case=case).select_related("by", "meeting").order_by("pk").last()
    return Source(minutes, minutes.by, minutes.title, minutes.at) if minutes else None


def is_first_version(minutes: Minutes) -> bool:
    """Return whether the meeting had no minutes before these."""
    return not minutes.meeting.minutes.filter(pk__lt=minutes.pk).exists()


def minutes_context(case: Case, minutes: Minutes) -> dict[str, Any]:
    """Return the meeting, who attended, and what was concluded (Notula Rapat)."""
    return {
        "minutes": minutes,
        "meeting": minutes.meeting,
        "agenda": split_bullets(minutes.meeting.agenda),
        "attendees": split_attendees(minutes.attendees),
        "conclusion": split_bullets(minutes.conclusion),
    }


def meeting_sheet_context(case: Case, meeting: Meeting) -> dict[str, Any]:
    """Return the attendance list of a meeting to be signed: the staff, the guests, then empty rows."""
    staff = [case.officer or meeting.by, *case.companions.order_by("name")]
    titles, organisation = get_titles(timezone.localdate(meeting.starts_at), staff), Office.load().name
    people = [Attendee(person.name, titles.get(person.pk, ""), organisation) for person in staff]
    people += [Attendee("", guest) for guest in meeting.guests]
    empty = [Attendee("")] * max(MIN_ROWS - 2 * len(people), 4)  # a guest takes two lines or more
    return {"meeting": meeting, "agenda": split_bullets(meeting.agenda), "people": [*people, *empty]}
