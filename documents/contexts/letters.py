"""What letters say, the template contexts of other papers, and the sources of both."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from consultations.enums import Confidentiality, Identity, Kind, Urgency
from consultations.models import Attachment, Case, Event
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from dispositions.addressees import get_addressee, get_holder
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
from dispositions.queries import get_relayed_order
from documents.contexts import Source, newest_source
from documents.letter_fields import (
    WEEKDAY,
    Letter,
    get_contact,
    name_contact,
    show_day,
    show_time,
)
from documents.letter_text import Value
from documents.models import Document
from documents.numbers import get_division_head_title, get_head_title, get_titles, list_heads_of
from kit.pdf import split_bullets
from kit.urls import get_public_url
from office.models import Instruction, Office, User


def find_request(case: Case) -> Source | None:
    """Return the latest question to an agency."""
    return _source(case, "ask_opinion", case.opinions.order_by("pk").last())


def request_letter(document: Document, opinion: Opinion) -> Letter:
    """Return the question and who answers the agency's calls (Surat Permintaan Pendapat)."""
    fields = {
        "pertanyaan": opinion.question,
        "batas_jawaban": date_format(opinion.due, WEEKDAY),
        "narahubung": get_contact(opinion.asked_by, opinion.asked_at),
    }
    return Letter(fields, [get_addressee(opinion.agency)])


def find_reminder(case: Case) -> Source | None:
    """Return the latest reminder of an agency."""
    return _source(case, "remind_agency", OpinionReminder.objects.filter(opinion__case=case).last())


def reminder_letter(document: Document, reminder: OpinionReminder) -> Letter:
    """Return the reminder, the letter that it refers to, and the contact (Permintaan Pendapat (Susulan))."""
    opinion = reminder.opinion
    asked = Document.objects.get_of_source(Document.Kind.OPINION_REQUEST, opinion.pk)
    number = f" Nomor {asked.number}" if asked and asked.number else ""
    fields = {
        "pertanyaan": opinion.question,
        "batas_semula": date_format(opinion.due),
        "batas_jawaban": date_format(reminder.due, WEEKDAY),
        "surat_permintaan": f"surat{number} tanggal {show_day(opinion.asked_at)}",
        "narahubung": get_contact(reminder.by, reminder.at),
    }
    return Letter(fields, [get_addressee(opinion.agency)])


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


def find_earlier_session(case: Case, session: Session) -> Session | None:
    """Return the planned session that this one replaces, if the applicant heard of it."""
    before = case.sessions.filter(starts_at__isnull=False, pk__lt=session.pk)
    return before.exclude(cancel_reason=TAKEN_BACK).order_by("pk").last()


def schedule_letter(document: Document, session: Session) -> Letter:
    """Return the session, the one it replaces, and the note for the applicant (Pemberitahuan Jadwal)."""
    case, office = session.case, Office.load()
    # One event per planned session. A note stays valid until the next schedule; why it moved is internal.
    count = case.sessions.filter(starts_at__isnull=False, pk__lte=session.pk).count()
    planned = list(case.history.filter(verb__in=PLANNED).order_by("pk")[:count])
    earlier = find_earlier_session(case, session)
    fields = _of_session(session) | {
        "jenis_pemberitahuan": "Perubahan" if earlier else "Pemberitahuan",
        "jadwal_sebelumnya": _when(earlier),
        "tautan": session.link,
        "petugas": session.officer.name if office.names_officer else "",
        "tempat_singkat": session.place or (office.name if session.is_at_office else ""),
        "petugas_menelepon": "petugas kami" if session.is_call else "",
        "bantuan": [help_needed.lower() for help_needed in case.help_needed],
        "catatan": next(event.note for event in reversed(planned) if event.verb == "schedule"),
    }
    return Letter(fields)


def _of_session(session: Session | None) -> dict[str, Value]:
    """Return the fields of a planned session; empty without one, as in letters of earlier versions."""
    if session is None or session.starts_at is None:
        return dict.fromkeys(("hari_tanggal", "waktu", "cara", "tempat"), "")
    office = Office.load()
    own = [office.name, office.address] if session.is_at_office else []
    return {
        "hari_tanggal": show_day(session.starts_at, WEEKDAY),
        "waktu": show_time(session.starts_at, session.ends_at),
        "cara": str(session.get_mode_display()),
        "tempat": ", ".join(filter(None, [session.place, *own])),
    }


def _when(session: Session | None) -> str:
    """Return day and time at which a session was to begin."""
    if session is None or session.starts_at is None:
        return ""
    return f"{show_day(session.starts_at, WEEKDAY)} {show_time(session.starts_at)}"


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
        "attachments": count_attachments(case),
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


def rejection_letter(document: Document, event: Event) -> Letter:
    """Return the reason (Surat Penolakan)."""
    return Letter({"alasan": event.note})


def transfer_letter(document: Document, transfer: Transfer) -> Letter:
    """Return the transfer and the complaint (Surat Penerusan Pengaduan).

    A complainant who is not known stays unknown to the other institution: the case has a placeholder.
    """
    case = transfer.case
    attachments = count_attachments(case)
    known = [case.organisation, case.address, case.phone and f"telepon {case.phone.as_national}"]
    fields = {
        "pelapor": ", ".join(
            filter(None, [case.applicant_name, *(known if case.identity == Identity.OPEN else [])])
        ),
        "pihak_diadukan": case.complained_party,
        "uraian": case.material,
        "alasan": transfer.reason,
        "jumlah_berkas": f"{attachments} berkas" if attachments else "",
    }
    copies = f"{case.wording.applicant} (sebagai pemberitahuan)"
    return Letter(fields, [get_addressee(transfer.institution)], transfer.address, copies, attachments)


def count_attachments(case: Case) -> int:
    """Return the number of files of the applicant."""
    return case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE).count()


OMBUDSMAN = "Ombudsman Republik Indonesia (ombudsman.go.id, telepon 137)"


def find_assignment(case: Case) -> Source | None:
    """Return the latest assignment with a letter. It has none before a session is set."""
    issued = Document.objects.filter(case=case, kind=Document.Kind.ASSIGNMENT).values("source_pk")
    return newest_source(case.assignments.filter(pk__in=issued))


def assignment_of_event(case: Case, event: Event) -> Source | None:
    """Return the assignment that an event stored, if it is for a session."""
    named = case.assignments.select_related("by").order_by("pk").last()
    return Source(named, named.by, named.title, named.at) if named and named.session_id else None


def assignment_letter(document: Document, named: Assignment) -> Letter:
    """Return the people assigned, officer first, with their positions on that day (Surat Tugas)."""
    case = named.case
    people = [named.officer, *named.companions.order_by("name")]
    titles = get_titles(timezone.localdate(named.at), people)
    session = _of_session(named.session)
    fields = session | {
        "dasar": _name_basis(case, named),
        "yang_ditugaskan": SafeString(
            render_to_string(
                "print/parts.html#ditugaskan",
                {"people": [(person, titles.get(person.pk, "")) for person in people]},
            )
        ),
        "tempat": session["tempat"] or session["cara"],
        "persiapan": named.preparation,
        "bantuan": [help_needed.lower() for help_needed in case.help_needed],
        "telaahan": "telaahan staf" if case.needs_review else "",
        "penerima_laporan": get_head_title(),
        "penyalur_laporan": get_division_head_title(case.division),
    }
    return Letter(fields)


def _name_basis(case: Case, named: Assignment) -> str:
    """Return the disposition that an assignment follows, or the visit of a guest who could not wait."""
    if case.is_walk_in:
        came = f"{str(case.wording.name).capitalize()} yang disampaikan langsung karena mendesak pada"
        return f"{came} {show_day(case.submitted_at)}, nomor agenda {case.agenda}"
    sheet = case.dispositions.filter(at__lte=named.at).order_by("-at", "-pk").first()
    if sheet is None:
        return ""
    relayed = get_relayed_order(disposition=sheet)
    given = f"{sheet.title} tanggal {show_day(sheet.at)}"
    if relayed:
        given = f"{relayed.manner} {relayed.given_title} tanggal {show_day(relayed.given_at)}, "
        given += f"dicatat oleh {relayed.entered_title},"
    return f"Disposisi {given} atas {case.wording.full_name} dengan nomor agenda {case.agenda}"


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
        "holder": get_holder(case),
        "attachments": count_attachments(case),
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


def invitation_letter(document: Document, meeting: Meeting) -> Letter:
    """Return the meeting (Undangan Rapat)."""
    fields: dict[str, Value] = {
        "hari_tanggal": show_day(meeting.starts_at, WEEKDAY),
        "waktu": f"{show_time(meeting.starts_at)} sampai selesai",
        "tempat": meeting.place,
        "acara": split_bullets(meeting.agenda),
        "alasan_mendesak": meeting.short_notice_reason,
        "narahubung": name_contact(meeting.by, meeting.title),
    }
    return Letter(fields, meeting.guests)


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
