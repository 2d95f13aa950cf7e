"""The folded parts of the page of a case: when each is offered, and what it reads when it is opened."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.audit.models import AuditEntry
from consultations.audit.services import list_readings, may_see_readers
from consultations.corrections import list_corrections
from consultations.enums import SURVEYED
from consultations.intake.requirements import list_state
from consultations.models import Attachment, Case, Event, GivenRequirement
from consultations.notes import ColleagueNoteForm, may_write_note
from consultations.parties import has_private_link, may_share_link
from consultations.progress import ending, progress
from consultations.queries import with_people
from consultations.scheduling.models import Session
from consultations.scheduling.queries import upcoming_session
from consultations.secret_link import list_link_readers
from desk.waiting import get_actions
from dispositions.models import Minutes, OpinionReminder
from documents.models import Document, Register
from documents.registers.printing import scopes
from kit import clock
from notices.models import Message
from notices.queries import MAX_NOTICES_OF_CASE
from office import rights
from office.models import User
from reports.models import Remark
from reports.report_view import list_parts
from reports.surveys.queries import get_case_survey
from trust.archive.transfers import list_transfers

RECENT_EVENTS = 3
"""Events of the history that are shown. The older ones are folded."""

MAX_READINGS = 8
"""Persons and acts that are shown of those that opened the case last."""

RECENT_ENTRIES = 30
"""Latest entries of the audit log that are read. There may be thousands."""

type Content = dict[str, Any]
"""What a part shows, by the names that its template reads."""


@dataclass(frozen=True)
class Part:
    """A part of the page. `is_beside` places it beside the matter on a wide screen."""

    title: Promise
    template: str
    read: Callable[[User, Case, Sequence[Event]], Content]
    is_offered: Callable[[Case, Sequence[Event]], bool] = lambda case, history: True
    is_beside: bool = False


def _after(*numbers: int) -> Callable[[Case, Sequence[Event]], bool]:
    """Offer a part after a step with one of these numbers of the standard."""
    return lambda case, history: any(event.number in numbers for event in history)


def _is_surveyed(case: Case, history: Sequence[Event]) -> bool:
    return case.state in SURVEYED


def list_documents(user: User, case: Case) -> list[Document]:
    """Return the documents of a case, the oldest first, each with its successor.

    Documents with the secret link are only for users who may share it.
    """
    may_share = may_share_link(user, case)
    found = with_people(case.documents.order_by("issued_at"))
    later = {document.replaces_id: document for document in found}
    for document in found:
        document.successor, document.case = later.get(document.pk), case
    return [document for document in found if may_share or not document.has_secret_link]


def get_paper_rights(user: User) -> Content:
    """Return what the row of a document offers to the user."""
    return {
        "opens_desk": rights.USE_SIGNATURE_DESK.is_held_by(user),
        "can_record_receiver": bool(scopes(Register.Kind.EXPEDITION, user)),
    }


def _read_steps(user: User, case: Case, history: Sequence[Event]) -> Content:
    return {"stages": progress(case, history), "ending": ending(case, history)}


def _read_sessions(user: User, case: Case, history: Sequence[Event]) -> Content:
    """Return the sessions by time. `moved` are the keys of those that were cancelled for another time."""

    def get_time(session: Session) -> dt.datetime:
        return session.starts_at or session.started_at or session.finished_at or clock.now()

    sessions = with_people(case.sessions.order_by("pk"))
    reasons = {event.note for event in history if event.verb == "reschedule"}
    return {
        "rows": sorted(sessions, key=get_time),
        "moved": {one.pk for one in sessions if one.cancelled_at and one.cancel_reason in reasons},
        "upcoming": upcoming_session(case, sessions),
        "files": case.attachments.filter(purpose__in=Attachment.OF_SESSION),
    }


def _read_reports(user: User, case: Case, history: Sequence[Event]) -> Content:
    remarks = _group(Remark.objects.filter(report__case=case), "report")
    reports = with_people(case.reports.order_by("-pk"))
    return {"reports": [(report, list_parts(report, remarks=remarks[report.pk])) for report in reports]}


def _read_decisions(user: User, case: Case, history: Sequence[Event]) -> Content:
    """Return initials, and each disposition and assignment with the order by which it was entered, if any."""
    orders = with_people(case.relayed_orders.select_related("proof"))
    for order in orders:
        order.case = case
    by_row = {(order.disposition_id, order.assignment_id): order for order in orders}
    dispositions = with_people(case.dispositions.order_by("-pk"))
    assignments = with_people(case.assignments.order_by("-pk"))
    return {
        "dispositions": [(row, by_row.get((row.pk, None))) for row in dispositions],
        "endorsements": with_people(case.endorsements.filter(withdrawn_at=None).order_by("-pk")),
        "assignments": [(row, by_row.get((None, row.pk))) for row in assignments if row.was_decided],
    }


def _read_preparation(user: User, case: Case, history: Sequence[Event]) -> Content:
    """Return checklists, opinions and meetings with their documents, and staff reviews.

    A meeting that was called again is left out.
    """
    documents = [one for one in list_documents(user, case) if not one.is_old]
    by_source = {(document.kind, document.source_pk): document for document in documents}

    def list_issued(*sources: tuple[str, int]) -> list[Document]:
        return [by_source[source] for source in sources if source in by_source]

    kinds = Document.Kind
    reminders = _group(OpinionReminder.objects.filter(opinion__case=case).order_by("pk"), "opinion")
    minutes_of = _group(Minutes.objects.filter(meeting__case=case).order_by("pk"), "meeting")
    opinions = []
    for opinion in with_people(case.opinions.select_related("letter").order_by("pk")):
        reminded = [(kinds.OPINION_REMINDER, reminder.pk) for reminder in reminders[opinion.pk]]
        opinions.append((opinion, list_issued((kinds.OPINION_REQUEST, opinion.pk), *reminded)))
    called = with_people(case.meetings.order_by("-pk"))
    replaced, meetings = {meeting.replaces_id for meeting in called}, []
    for meeting in [one for one in called if one.pk not in replaced]:
        minutes = minutes_of[meeting.pk][-1:]
        taken = [(kinds.MINUTES, one.pk) for one in minutes]
        issued = list_issued((kinds.INVITATION, meeting.pk), *taken)
        meetings.append({"meeting": meeting, "minutes": next(iter(minutes), None), "documents": issued})
    open_verbs = {step.verb for step in get_actions(user, case).others}
    return {
        "checklists": with_people(case.preparations.order_by("-pk")),
        "opinions": opinions,
        "meetings": meetings,
        "reviews": with_people(case.staff_reviews.order_by("-pk")),
        "papers": get_paper_rights(user),
        "can_record_opinion": "record_opinion" in open_verbs,
        "can_change_meeting": "call_meeting" in open_verbs,
        "can_record_minutes": "record_minutes" in open_verbs,
    }


def _read_notes(user: User, case: Case, history: Sequence[Event]) -> Content:
    return {
        "of_colleagues": with_people(case.notes.order_by("pk")),
        "form": ColleagueNoteForm(case=case, by=user) if may_write_note(user, case) else None,
    }


def _read_facts(user: User, case: Case, history: Sequence[Event]) -> Content:
    open_verbs = {step.verb for step in get_actions(user, case).others}
    given = GivenRequirement.objects.filter(case=case).select_related("attachment").order_by("pk")
    return {
        "requirements": list_state(case, given),
        "enters_numbers": rights.NUMBER_LETTERS.is_held_by(user),
        "can_correct": "correct_data" in open_verbs,
        "transfers": list_transfers(list(case.transfers.all())),
    }


def _read_history(user: User, case: Case, history: Sequence[Event]) -> Content:
    """Return the events, the newest first, the corrections, and who has opened the case or its link."""
    entries: list[AuditEntry] = []
    if may_see_readers(user, case):
        entries = with_people(AuditEntry.objects.filter(case=case).order_by("-pk")[:RECENT_ENTRIES])
    readers = [] if has_private_link(case) else with_people(case.link_accesses.order_by("pk"))
    return {
        "recent": history[: -RECENT_EVENTS - 1 : -1],
        "earlier": history[-RECENT_EVENTS - 1 :: -1],
        "corrections": list_corrections(case, user),
        "link_readers": list_link_readers(readers),
        "readings": list_readings(case, entries[::-1])[:MAX_READINGS],
        "opens_log": bool(entries) and rights.READ_AUDIT_LOG.is_held_by(user),
    }


def _read_notices(user: User, case: Case, history: Sequence[Event]) -> Content:
    newest = with_people(case.notices.order_by("-pk")[:MAX_NOTICES_OF_CASE])
    messages = _group(Message.objects.filter(notice__in=newest).order_by("pk"), "notice")
    return {
        "newest": [(notice, messages[notice.pk]) for notice in newest],
        "others": case.notices.count() - len(newest),
    }


def _read_survey(user: User, case: Case, history: Sequence[Event]) -> Content:
    return {"survey": get_case_survey(case, user)}


def _read_old_papers(user: User, case: Case, history: Sequence[Event]) -> Content:
    old = [document for document in list_documents(user, case) if document.is_old]
    return {"documents": old, "papers": get_paper_rights(user)}


def _group[M: Model](records: Iterable[M], name: str) -> dict[Any, list[M]]:
    found: dict[Any, list[M]] = defaultdict(list)
    for record in with_people(records):
        found[getattr(record, f"{name}_id")].append(record)
    return found


PARTS: dict[str, Part] = {
    "naskah-lama": Part(_("Naskah yang tidak berlaku lagi"), "old_papers", _read_old_papers),
    "konsultasi": Part(_("Konsultasi"), "sessions", _read_sessions, _after(6, 7, 8)),
    "laporan": Part(_("Laporan"), "reports", _read_reports, _after(9)),
    "putusan": Part(_("Disposisi dan penugasan"), "decisions", _read_decisions, _after(3, 4, 8)),
    "persiapan": Part(_("Persiapan"), "preparation", _read_preparation, _after(5)),
    "catatan": Part(_("Catatan rekan"), "notes", _read_notes),
    "langkah": Part(_("Langkah layanan"), "steps", _read_steps, is_beside=True),
    "data": Part(_("Data permohonan"), "facts", _read_facts, is_beside=True),
    "riwayat": Part(_("Riwayat"), "history", _read_history, is_beside=True),
    "survei": Part(
        _("Survei kepuasan"),
        "survey",
        _read_survey,
        lambda case, history: case.state in SURVEYED,
        is_beside=True,
    ),
    "pemberitahuan": Part(_("Pemberitahuan"), "notices", _read_notices, is_beside=True),
}
"""The parts by their name in the address, in the order of the page."""
