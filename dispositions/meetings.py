"""Meetings of step 5 (forum rapat): the call with its invitation, who may lead, and the minutes (Notula)."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.workflow import transition
from dispositions.queries import current_meeting
from dispositions.services import require_review
from kit import clock
from kit.refusal import Refused
from office.models import Appointment, Office, Role, User, list_current_appointments
from office.worktime import WorkingTime

LEADERS = (Role.DIVISION_HEAD, Role.HEAD, Role.SECRETARY)
"""Roles that may lead any meeting. The people of a case may lead those of their case."""


def list_leaders(case: Case, on: dt.date) -> list[Appointment]:
    """Return the appointments of all who may lead a meeting on a day, heads first, each person once.

    The official complained about is left out.
    """
    serving = {case.officer_id, *(person.pk for person in case.list_companions())}
    found = [
        row
        for row in list_current_appointments(on)
        if row.position.role in LEADERS or row.user_id in serving
        if row.user_id != case.complained_about_id
    ]
    found.sort(
        key=lambda row: (
            row.position.role not in LEADERS,
            row.position.division_id != case.division_id,
            str(row.user),
        )
    )
    return list({row.user_id: row for row in reversed(found)}.values())[::-1]


def call_meeting(
    case: Case,
    *,
    by: User,
    starts_at: dt.datetime,
    place: str,
    agenda: str,
    invited: str,
    short_notice_reason: str = "",
) -> None:
    """Step 5: call a meeting, which requires a staff review. It replaces a call whose minutes are missing.

    `invited` has one official or agency on each line. Raise Refused if the time has passed, or if the meeting
    is nearer than `Office.meeting_notice_days` and `short_notice_reason` is empty.
    """
    with transition("call_meeting", case, by=by, note=agenda) as taken:
        if starts_at < clock.now():
            raise Refused(_("Waktu ini sudah lewat. Pilih waktu yang akan datang."), field="starts_at")
        taken.record = case.meetings.create(
            by=by,
            title=taken.title,
            starts_at=starts_at,
            place=place,
            agenda=agenda,
            invited=invited,
            short_notice_reason=_check_notice(starts_at, short_notice_reason),
            replaces=current_meeting(case) if case.minutes_awaited else None,
        )
        require_review(taken)
        taken.change(meeting_at=starts_at, minutes_awaited=True)


def _check_notice(starts_at: dt.datetime, reason: str) -> str:
    """Return the reason of a meeting that is called at short notice, otherwise an empty text."""
    days = Office.load().meeting_notice_days
    earliest = WorkingTime.load().add_days(clock.today(), days) if days else None
    if earliest is None or timezone.localdate(starts_at) >= earliest:
        return ""
    if not reason:
        sentence = _(
            "Rapat ini kurang dari %(days)s hari kerja lagi. Tulis alasannya, atau pilih hari mulai %(day)s."
        )
        values = {"days": days, "day": date_format(earliest)}
        raise Refused(sentence % values, field="short_notice_reason")
    return reason


def record_minutes(
    case: Case,
    *,
    by: User,
    led_by: User,
    ended_at: dt.datetime,
    attendees: str,
    discussion: str,
    conclusion: str,
    file: CheckedFile | None = None,
) -> None:
    """Step 5: store the minutes (Notula) of the latest meeting, or a new version of them.

    `file` is the signed attendance list. Raise Refused if `led_by` may not lead a meeting of this case, or if
    the meeting ended before it began or has not ended yet.
    """
    with transition("record_minutes", case, by=by) as taken:
        meeting = case.meetings.latest("pk")
        leaders = list_leaders(case, timezone.localdate(meeting.starts_at))
        leader = next((row for row in leaders if row.user_id == led_by.pk), None)
        if leader is None:
            raise Refused(_("Pilih pimpinan rapat dari daftar ini."), field="led_by")
        if not meeting.starts_at <= ended_at <= clock.now():
            sentence = _("Rapat dimulai %(start)s. Tulis kapan rapat ditutup sesudah itu.")
            start = date_format(timezone.localtime(meeting.starts_at), "DATETIME_FORMAT")
            raise Refused(sentence % {"start": start}, field="ended_at")
        taken.record = meeting.minutes.create(
            by=by,
            title=taken.title,
            led_by=led_by,
            leader_title=leader.title,
            ended_at=ended_at,
            attendees=attendees,
            discussion=discussion,
            conclusion=conclusion,
        )
        if file:
            attach(case, file, purpose=Attachment.Purpose.MEETING, by=by)
        taken.change(minutes_awaited=False)
