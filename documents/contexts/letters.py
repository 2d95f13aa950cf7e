"""Template contexts of letters, decisions, receipts and attendance lists, and the sources of documents."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from consultations.enums import Confidentiality, Identity, Kind, Urgency
from consultations.models import Attachment, Case, Event, Objection
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from dispositions.addressees import get_addressee
from dispositions.models import (
    Assignment,
    Disposition,
    Meeting,
    Minutes,
    Opinion,
    OpinionReminder,
    StaffReview,
    Transfer,
)
from dispositions.objections import find_authority
from dispositions.queries import get_relayed_order
from documents.contexts import Source, newest_source
from documents.models import Document
from documents.numbers import get_division_head_title, get_head_title, get_titles, list_heads_of
from kit.pdf import split_bullets
from kit.urls import get_public_url
from office.models import Instruction, Office, User


def find_request(case: Case) -> Source | None:
    """Return the latest question to an agency."""
    return _source(case, "ask_opinion", case.opinions.order_by("pk").last())


def request_context(case: Case, opinion: Opinion) -> dict[str, Any]:
    """Return the question and who answers the agency's calls (Surat Permintaan Pendapat)."""
    contact = _get_contact(opinion.asked_by, opinion.asked_at)
    return {"opinion": opinion, "to": get_addressee(opinion.agency), "contact": contact}


def find_reminder(case: Case) -> Source | None:
    """Return the latest reminder of an agency."""
    return _source(case, "remind_agency", OpinionReminder.objects.filter(opinion__case=case).last())


def reminder_context(case: Case, reminder: OpinionReminder) -> dict[str, Any]:
    """Return the reminder, the letter that it refers to, and the contact (Permintaan Pendapat (Susulan))."""
    opinion = reminder.opinion
    return {
        "opinion": opinion,
        "to": get_addressee(opinion.agency),
        "reminder": reminder,
        "request": Document.objects.get_of_source(Document.Kind.OPINION_REQUEST, opinion.pk),
        "contact": _get_contact(reminder.by, reminder.at),
    }


def _get_contact(person: User, at: dt.datetime) -> tuple[User, str]:
    """Return the officer whom the agency can call, with the position on that day."""
    return person, get_titles(timezone.localdate(at), [person]).get(person.pk, "")


def _source(case: Case, verb: str, row: Opinion | OpinionReminder | None) -> Source | None:
    """Return a row as a source in the name of the officer who took the step for it."""
    taken = case.history.filter(verb=verb).select_related("by").order_by("pk").last()
    return Source(row, taken.by, taken.title, taken.entered_at) if row and taken else None


PLANNED = ("schedule", "reschedule")
"""Verbs that set a time for the consultation."""


def staff_review_context(case: Case, review: StaffReview) -> dict[str, Any]:
    """Return the six parts of the review (Telaahan Staf) and the opinions of other agencies.

    Opinions asked after the review are left out; answers recorded after it count as not given.
    """
    asked = case.opinions.filter(asked_at__lte=review.at).order_by("asked_at", "pk")
    answered = [(one, one.recorded_at is not None and one.recorded_at <= review.at) for one in asked]
    return {
        "review": review,
        "letters": sum(1 for one, is_answered in answered if is_answered and one.letter_id),
        "addressee": get_head_title(),
        "through": get_division_head_title(case.division),
        "assumptions": split_bullets(review.assumptions),
        "found": split_bullets(review.facts),
        "opinions": answered,
    }


def find_schedule(case: Case) -> Source | None:
    """Return the planned session, issued in the name of its planner. A walk-in has none."""
    session = current_session(case)
    if session is None or session.starts_at is None:
        return None
    planned = case.history.filter(verb__in=PLANNED).select_related("by")
    event = planned.order_by("-pk").first()
    return Source(session, event.by, event.title, event.entered_at) if event else None


TAKEN_BACK = "Langkah terakhir dibatalkan"
"""Reason on record of a session whose applicant never heard of it."""


def schedule_context(case: Case, session: Session) -> dict[str, Any]:
    """Return the session, the one it replaces, and the note for the applicant (Pemberitahuan Jadwal)."""
    before = list(case.sessions.filter(starts_at__isnull=False, pk__lt=session.pk).order_by("pk"))
    # One event per planned session. A note stays valid until the next schedule; why it moved is internal.
    planned = list(case.history.filter(verb__in=PLANNED).order_by("pk")[: len(before) + 1])
    return {
        "session": session,
        "earlier": next((one for one in reversed(before) if one.cancel_reason != TAKEN_BACK), None),
        "note": next(event.note for event in reversed(planned) if event.verb == "schedule"),
    }


def find_disposition(case: Case) -> Source | None:
    """Return the latest disposition. One that the secretariat entered is final after its ratification."""
    people = ("by", "division", "ratified_by")
    sheet = case.dispositions.select_related(*people).order_by("-at", "-pk").first()
    if sheet is None:
        return None
    if not case.is_walk_in and get_relayed_order(disposition=sheet) is None:
        return Source(sheet, sheet.by, sheet.title, sheet.at)
    ratified = sheet.ratified_at is not None
    return Source(sheet, sheet.ratified_by, sheet.ratified_title, sheet.ratified_at or sheet.at, ratified)


def disposition_context(case: Case, sheet: Disposition) -> dict[str, Any]:
    """Return the disposition (Lembar Disposisi), its recipients by position, its check boxes, and the
    initials of the Sekretaris.
    """
    chosen = sheet.instructions
    presets = list(Instruction.objects.filter(is_active=True).values_list("text", flat=True))
    endorsed = (
        case.endorsements.filter(at__lte=sheet.at, withdrawn_at=None).select_related("by").order_by("pk")
    )
    return {
        "disposition": sheet,
        "relayed": get_relayed_order(disposition=sheet),
        "recipient": get_division_head_title(sheet.division),
        "copied_to": list_heads_of(sheet.copies),
        "attachments": case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE).count(),
        "endorsement": endorsed.last(),
        "urgencies": tick_boxes(Urgency.choices, [case.urgency]),
        "confidentialities": tick_boxes(Confidentiality.choices, [case.confidentiality]),
        "instructions": tick_boxes([(text, text) for text in dict.fromkeys([*presets, *chosen])], chosen),
    }


def tick_boxes(choices: list[tuple[str, Any]], chosen: list[str]) -> list[tuple[str, bool]]:
    """Return the label of each choice and whether its box is ticked."""
    return [(str(label), value in chosen) for value, label in choices]


def find_rejection(case: Case) -> Source | None:
    """Return the event of step 3 with which the head declined the request."""
    declined = case.history.filter(verb="decline").select_related("by").order_by("-pk").first()
    return Source(declined, declined.by, declined.title, declined.happened_at) if declined else None


def rejection_context(case: Case, event: Event) -> dict[str, Any]:
    """Return the reason, who decides an objection, and addresses for a request and a complaint.

    The time limits of the Surat Penolakan are those of UU 30/2014, or the office's own.
    """
    return {
        "reason": event.note,
        "apply": get_public_url(case.wording.form_page),
        "complain": get_public_url("complaint"),
        "objection_to": find_authority(case),
    }


def transfer_context(case: Case, transfer: Transfer) -> dict[str, Any]:
    """Return the transfer and the complaint (Surat Penerusan Pengaduan).

    A complainant who is not known stays unknown to the other institution: the case has a placeholder.
    """
    return {
        "transfer": transfer,
        "to": get_addressee(transfer.institution),
        "subject": f"Penerusan {str(case.wording.full_name).title()}",
        "copies": f"{case.wording.applicant} (sebagai pemberitahuan)",
        "is_known": case.identity == Identity.OPEN,
        "attachments": case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE).count(),
    }


def find_objection(case: Case) -> Source | None:
    """Return the latest objection, received by the Sekretariat or online."""
    objection = case.objections.select_related("recorded_by").order_by("pk").last()
    if objection is None:
        return None
    title = objection.recorded_title or f"Layanan daring {Office.load().name}".strip()
    return Source(objection, objection.recorded_by, title, objection.received_at)


def objection_of_event(case: Case, event: Event) -> Source | None:
    """Return the objection that an event stored."""
    return find_objection(case)


def find_decision(case: Case) -> Source | None:
    """Return the latest objection that was decided, with the official who decided or recorded it."""
    decided = case.objections.filter(decided_at__isnull=False).select_related("decided_by").order_by("pk")
    objection = decided.last()
    if objection is None or objection.decided_at is None:
        return None
    return Source(objection, objection.decided_by, objection.decided_title, objection.decided_at)


def objection_context(case: Case, objection: Objection) -> dict[str, Any]:
    """Return the objection, the letter of refusal before it, and whether the system received it."""
    letters = Document.objects.filter(case=case, kind=Document.Kind.REJECTION)
    before = letters.filter(issued_at__lte=objection.received_at).order_by("issued_at")
    return {"objection": objection, "refusal": before.last()}


def find_assignment(case: Case) -> Source | None:
    """Return the latest assignment with a letter. It has none before a session is set."""
    issued = Document.objects.filter(case=case, kind=Document.Kind.ASSIGNMENT).values("source_pk")
    return newest_source(case.assignments.filter(pk__in=issued))


def assignment_of_event(case: Case, event: Event) -> Source | None:
    """Return the assignment that an event stored, if it is for a session."""
    named = case.assignments.select_related("by").order_by("pk").last()
    return Source(named, named.by, named.title, named.at) if named and named.session_id else None


def assignment_context(case: Case, named: Assignment) -> dict[str, Any]:
    """Return the people assigned, officer first, with their positions on that day (Surat Tugas).

    `session` is None in letters that were issued before their session was set.
    """
    people = [named.officer, *named.companions.order_by("name")]
    titles = get_titles(timezone.localdate(named.at), people)
    sheet = case.dispositions.filter(at__lte=named.at).order_by("-at", "-pk").first()
    return {
        "assignment": named,
        "disposition": sheet,
        "relayed": get_relayed_order(disposition=sheet),
        "people": [(person, titles.get(person.pk, "")) for person in people],
        "session": named.session,
        "answers_to": get_head_title(),
        "answers_through": get_division_head_title(case.division),
    }


def find_form(case: Case) -> Source | None:
    """Return the event that the form is generated from; none for walk-ins or if a letter was uploaded."""
    written = case.history.filter(verb__in=["submit", "receive", "complete"]).order_by("-pk").first()
    return form_of_event(case, written) if written else None


def form_of_event(case: Case, written: Event) -> Source | None:
    """Return the source of the form that an event issues."""
    if case.is_walk_in or case.attachments.filter(purpose=Attachment.Purpose.LETTER).exists():
        return None
    return Source(written, None, written.title, written.happened_at)


def form_context(case: Case, event: Event) -> dict[str, Any]:
    """Return what the form (Formulir Permohonan) adds to the case.

    `attachments` is their number, without those that the office added. `about` is the party that a complaint
    is about.
    """
    return {
        "attachments": case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE).count(),
        "about": case.complained_party if case.kind == Kind.COMPLAINT else "",
    }


RENEWED = ("renew_link", "to_complaint", "to_consultation")
"""Verbs that issue a receipt again: with the new link, or as that of the other kind."""


def find_receipt(case: Case) -> Source | None:
    """Return the event with which the case came in, or its receipt was renewed last."""
    events = case.history.filter(Q(source="") | Q(verb__in=RENEWED))
    taken_in = events.select_related("by").order_by("pk").last()
    return receipt_of_event(case, taken_in) if taken_in else None


def receipt_of_event(case: Case, taken_in: Event) -> Source:
    """Return the source of the receipt that an event issues. Online, the service itself issues it."""
    title = taken_in.title if taken_in.by else f"Layanan daring {Office.load().name}".strip()
    return Source(taken_in, taken_in.by, title, taken_in.happened_at)


def receipt_context(case: Case, event: Event) -> dict[str, Any]:
    """Return how the case came in, the secret link, and the tracking code if it opens anything.

    `is_renewed`: the link of the receipt (Tanda Terima) replaces a lost one.
    """
    return {
        "taken_in": case.history.filter(source="").select_related("by").earliest("pk"),
        "is_renewed": event.verb == "renew_link",
        "link": get_public_url("follow", case.secret),
        "tracking_code": case.code if case.identity == Identity.OPEN else "",
    }


def invitation_context(case: Case, meeting: Meeting) -> dict[str, Any]:
    """Return the meeting, and the invitation that this one replaces (Undangan Rapat)."""
    replaced = Document.objects.get_of_source(Document.Kind.INVITATION, meeting.replaces_id or 0)
    return {"meeting": meeting, "agenda": split_bullets(meeting.agenda), "replaced": replaced}


def minutes_context(case: Case, minutes: Minutes) -> dict[str, Any]:
    """Return the meeting, its invitation, who attended, and what was concluded (Notula Rapat)."""
    invitation = Document.objects.get_of_source(Document.Kind.INVITATION, minutes.meeting_id)
    return {
        "minutes": minutes,
        "invitation": invitation,
        "meeting": minutes.meeting,
        "agenda": split_bullets(minutes.meeting.agenda),
        "attendees": split_attendees(minutes.attendees),
        "conclusion": split_bullets(minutes.conclusion),
    }


def name_result(case: Case) -> str:
    """Return what the letter is called: an answer in writing and a complaint have names of their own."""
    if case.kind == Kind.COMPLAINT:
        return gettext("Surat Hasil Penanganan Pengaduan")
    session = current_session(case)
    if session and session.is_written:
        return gettext("Surat Jawaban")
    return gettext("Surat Hasil Konsultasi")


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


def as_attendees(people: list[User], moment: dt.datetime | None, organisation: str = "") -> list[Attendee]:
    """Return users as attendees, with their positions on the day of a moment."""
    titles = get_titles(timezone.localdate(moment), people) if people else {}
    return [Attendee(person.name, titles.get(person.pk, ""), organisation) for person in people]


def with_staff(case: Case, session: Session, attendees: list[Attendee]) -> list[Attendee]:
    """Return officer, companions and attendees, each name once."""
    people = [session.officer, *case.list_companions()]
    staff = as_attendees(people, session.started_at or session.starts_at, Office.load().name)
    names = {one.name for one in staff}
    return [*staff, *(one for one in attendees if one.name not in names)]


def sheet_context(case: Case, session: Session) -> dict[str, Any]:
    """Return the attendance list to be signed: the known people, then empty rows."""
    known = split_attendees(session.attendees)
    if not known and case.identity == Identity.OPEN:
        known = [Attendee(case.applicant_name, case.applicant_position, case.organisation)]
    people = with_staff(case, session, known)
    empty = [Attendee("")] * max(MIN_ROWS - len(people), 4)
    return {"session": session, "people": [*people, *empty]}


def meeting_sheet_context(case: Case, meeting: Meeting) -> dict[str, Any]:
    """Return the attendance list of a meeting to be signed: the staff, the guests, then empty rows."""
    staff = [case.officer or meeting.by, *case.companions.order_by("name")]
    people = as_attendees(staff, meeting.starts_at, Office.load().name)
    people += [Attendee("", guest) for guest in meeting.guests]
    empty = [Attendee("")] * max(MIN_ROWS - 2 * len(people), 4)  # a guest takes two lines or more
    return {"meeting": meeting, "agenda": split_bullets(meeting.agenda), "people": [*people, *empty]}
