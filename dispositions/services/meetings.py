"""Step 5: the officer calls a meeting (forum rapat) with leaders or agencies, and records its minutes."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from consultations.models import Attachment, Case
from consultations.workflow import transition
from dispositions.models import Meeting, Minutes
from dispositions.queries import current_meeting
from intake.attachments import attach
from intake.uploads import CheckedFile
from kit.refusal import Refused
from office import clock
from office.models import User


def call_meeting(
    case: Case, *, by: User, starts_at: dt.datetime, place: str, agenda: str, invited: str
) -> None:
    """Step 5: call a meeting. While its minutes are missing, this replaces the earlier call.

    `invited` has one official or agency on each line. Raise Refused if the time has passed.
    """
    with transition("call_meeting", case, by=by, note=agenda) as taken:
        if starts_at < clock.now():
            raise Refused(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
        taken.record = Meeting.objects.create(
            case=case,
            by=by,
            title=taken.title,
            at=clock.now(),
            starts_at=starts_at,
            place=place,
            agenda=agenda,
            invited=invited,
            replaces=current_meeting(case) if case.minutes_awaited else None,
        )
        taken.change(meeting_at=starts_at, minutes_awaited=True)


def record_minutes(
    case: Case,
    *,
    by: User,
    attendees: str,
    discussion: str,
    conclusion: str,
    file: CheckedFile | None = None,
) -> None:
    """Step 5: store the minutes (Notula) of the latest meeting, or a new version of them.

    `file` is the signed attendance list.
    """
    with transition("record_minutes", case, by=by) as taken:
        taken.record = Minutes.objects.create(
            meeting=case.meetings.latest("pk"),
            by=by,
            title=taken.title,
            at=clock.now(),
            attendees=attendees,
            discussion=discussion,
            conclusion=conclusion,
        )
        if file:
            attach(case, file, purpose=Attachment.Purpose.MEETING, by=by)
        taken.change(minutes_awaited=False)
