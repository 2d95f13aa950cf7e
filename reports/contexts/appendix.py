"""The attendance list (Daftar Hadir) of a consultation, and the appendix (Lampiran) of its report."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from consultations.enums import Identity
from consultations.models import Attachment, Case
from office.models import Office
from reports.models import Report
from reports.pictures import picture_url
from reports.signatories import get_titles
from scheduling.models import Session

SHEET_PIXELS, PHOTO_PIXELS = 1600, 1000
"""Longer side of a printed picture: about 200 dpi on its place of the page."""

MIN_ROWS = 9
"""Rows of the sheet to sign. They fill the rest of one page."""


@dataclass(frozen=True)
class Attendee:
    """A person who attends a consultation."""

    name: str
    position: str = ""
    organisation: str = ""


def split_attendees(text: str) -> list[Attendee]:
    """Return the attendee of each line, such as `Siti Contoh; Kepala Desa; Desa Contoh`."""
    rows = [[part.strip() for part in line.split(";", 2)] for line in text.splitlines()]
    return [Attendee(*row) for row in rows if row[0]]


def list_staff(case: Case, session: Session) -> list[Attendee]:
    """Return the officer and the companions, with their positions on the day of the session."""
    people = [session.officer, *case.list_companions()]
    moment = session.started_at or session.starts_at
    titles = get_titles(timezone.localdate(moment), people)
    organisation = Office.load().name
    return [Attendee(person.name, titles.get(person.pk, ""), organisation) for person in people]


def with_staff(case: Case, session: Session, attendees: list[Attendee]) -> list[Attendee]:
    """Return officer, companions and attendees, each name once."""
    staff = list_staff(case, session)
    names = {one.name for one in staff}
    return [*staff, *(one for one in attendees if one.name not in names)]


def sheet_context(case: Case, session: Session) -> dict[str, Any]:
    """Return the attendance list to be signed: the known people, then empty rows."""
    known = split_attendees(session.attendees)
    if not known and case.identity == Identity.OPEN:
        known = [Attendee(case.applicant_name, "", case.organisation)]
    people = with_staff(case, session, known)
    empty = [Attendee("")] * max(MIN_ROWS - len(people), 4)
    return {"session": session, "people": [*people, *empty]}


def get_appendix(case: Case, report: Report, session: Session | None) -> dict[str, Any] | None:
    """Return the attendance list and the pictures of a report, or None if it has neither.

    Files that were added after the acceptance belong to a later version. `names` says what it holds.
    """
    files = case.attachments.filter(purpose__in=Attachment.OF_SESSION).order_by("pk")
    if report.accepted_at:
        files = files.filter(added_at__lte=report.accepted_at)
    attendees = split_attendees(session.attendees) if session else []
    if session is None or not (files or attendees):
        return None
    sheets = [file for file in files if file.purpose == Attachment.Purpose.ATTENDANCE]
    has_list = bool(attendees or sheets)
    names = ["daftar hadir"] * has_list + ["foto konsultasi"] * (len(files) > len(sheets))
    return {
        "names": " dan ".join(names).capitalize(),
        "attendees": with_staff(case, session, attendees) if attendees else [],
        "sheets": [picture_url(file.file, longest=SHEET_PIXELS) for file in sheets if file.is_picture],
        "separate": [file for file in sheets if not file.is_picture],
        "photos": [
            picture_url(file.file, longest=PHOTO_PIXELS)
            for file in files
            if file.purpose == Attachment.Purpose.PHOTO
        ],
    }
