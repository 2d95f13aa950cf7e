"""The page of a case for the staff."""

from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from audit.queries import list_readings, may_see_readers
from consultations.complainant_identity import HIDDEN, can_reveal_identity, list_reveals
from consultations.complaint_deadlines import list_hints, set_days_left
from consultations.contact import masked_phone, whatsapp_link
from consultations.enums import Identity, Kind, State
from consultations.models import Attachment, Case
from consultations.parties import has_private_link, may_share_link, parties, serves
from consultations.progress import ending, progress
from consultations.queries import get_visible_case
from consultations.secret_link import list_link_readers
from consultations.signals import case_opened
from consultations.workflow import TURN
from desk.actions import get_actions
from desk.case_lines import DocumentLine, EventLine, NoticeLine, list_lines
from desk.case_records import load_records
from dispositions.models import Opinion
from exchange.lapor import may_hand_over
from faq.services import may_publish_from
from notices.queries import MAX_NOTICES_OF_CASE
from office import clock, rights
from office.models import User
from office.worktime import WorkingTime
from privacy.rights import get_deletion_due
from reports.advice_bank import may_propose
from reports.models import Document, Register, Report
from reports.registers.printing import scopes
from scheduling.queries import latest_time_request, upcoming_session
from surveys.queries import get_case_survey

RECENT_EVENTS = 3
"""Events of the history that are shown. The older ones are folded."""

MAX_READINGS = 8
"""Persons and acts that are shown of those that opened the case last."""


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show facts, letter, decisions, the nine steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_visible_case(user, code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    load_records(found)
    history = list(found.history.all())
    context = {
        "case": found,
        "is_closed": found.state == State.CLOSED,
        "is_my_turn": found.is_open and TURN[State(found.state)].actor in parties(user, found),
        "is_due_today": found.due_at is not None and timezone.localdate(found.due_at) == clock.today(),
        "deletion_due": get_deletion_due(found),
        "can_follow_up": serves(user, found),
        "can_propose_advice": may_propose(user, found),
        "can_publish_question": may_publish_from(found, user),
        "wish": latest_time_request(history),
        "upcoming_session": upcoming_session(found),
        **_get_progress(found),
        "has_nine_steps": not found.is_independent,
        "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
        "recent_events": tuple(map(EventLine.of, history[: -RECENT_EVENTS - 1 : -1])),
        "earlier_events": tuple(map(EventLine.of, history[-RECENT_EVENTS - 1 :: -1])),
        **_get_actions(user, found),
        **_get_files(found),
        **_get_documents(user, found),
        **_get_notices(found),
        "result": _get_result(found),
        "survey": get_case_survey(found, user),
        **_get_contact(user, found),
        **_get_complaint(user, found),
        **_get_readings(user, found),
        "link_readers": [] if has_private_link(found) else list_link_readers(found),
    }
    return render(request, "desk/case.html", context)


def _get_readings(user: User, case: Case) -> dict[str, Any]:
    """Return what was opened of the case last, for users who may see who did."""
    if not may_see_readers(user, case):
        return {"readings": []}
    readings = list_readings(case.audit_entries.all())
    return {"readings": readings[:MAX_READINGS], "reads_log": rights.READ_AUDIT_LOG.is_held_by(user)}


def _get_progress(case: Case) -> dict[str, Any]:
    """Return the nine stages, the one that the case waits for and the one after it, and an early ending."""
    stages = progress(case, case.history.all())
    ahead = [stage for stage in stages if stage.status in ("current", "ahead")]
    current, following = [*ahead, None, None][:2]
    ended = ending(case, case.history.all())
    return {
        "progress": tuple(stages),
        "current_stage": current,
        "next_stage": following,
        "ending": EventLine.of(ended) if ended else None,
    }


def _get_result(case: Case) -> Report | None:
    """Return the report that was accepted last, also while it is corrected."""
    reports: list[Report] = list(case.reports.all())
    return next((report for report in reversed(reports) if report.accepted_at), None)


def _get_actions(user: User, case: Case) -> dict[str, Any]:
    actions = get_actions(user, case)
    if case.other_time and actions.main is None:
        # The applicant waits for an answer, so it is the main action.
        main = next((step for step in actions.others if step.verb == "reschedule"), None)
        actions = replace(actions, main=main, others=[step for step in actions.others if step is not main])
    verbs = {step.verb for step in actions.others}
    return {
        "actions": actions,
        "can_record_opinion": "record_opinion" in verbs,
        "can_change_meeting": "call_meeting" in verbs,
        "can_record_minutes": "record_minutes" in verbs,
    }


def _get_files(case: Case) -> dict[str, Any]:
    """Return the letter, the files of the consultation and the other attachments.

    `made_letter` is the address of a letter that the system made.
    """
    attachments = list(case.attachments.all())
    letter = next((a for a in attachments if a.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not (case.is_walk_in or case.is_independent)
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [a for a in attachments if a is not letter and a.purpose not in Attachment.OF_SESSION],
        "session_files": [a for a in attachments if a.purpose in Attachment.OF_SESSION],
    }


def _get_documents(user: User, case: Case) -> dict[str, Any]:
    """Return the documents in force and the older ones.

    Documents with the secret link are only for users who may share it.
    """
    may_share = may_share_link(user, case)
    shown = [document for document in case.documents.all() if may_share or not document.has_secret_link]
    old = [document for document in shown if document.revoked_at or getattr(document, "replaced_by", None)]
    documents = [document for document in shown if document not in old]
    receipt = next((document for document in documents if document.has_secret_link), None)
    report = next((document for document in documents if document.kind == Document.Kind.REPORT), None)
    can_hand_over = bool(scopes(Register.Kind.EXPEDITION, user))
    return {
        "documents": list_lines(documents, can_hand_over=can_hand_over),
        "old_documents": list_lines(old),
        "receipt": receipt,
        "report_document": report,
        "opinions": _get_opinions(case, documents, can_hand_over),
        "meetings": _get_meetings(case, documents, can_hand_over),
    }


def _get_opinions(
    case: Case, documents: list[Document], can_hand_over: bool
) -> list[tuple[Opinion, list[DocumentLine]]]:
    """Return each opinion of an agency with the letters to it."""
    by_source = {(document.kind, document.source_pk): document for document in documents}
    found = []
    for opinion in case.opinions.all():
        sources = [(Document.Kind.OPINION_REQUEST, opinion.pk)]
        sources += [(Document.Kind.OPINION_REMINDER, reminder.pk) for reminder in opinion.reminders.all()]
        letters = [by_source[source] for source in sources if source in by_source]
        found.append((opinion, list_lines(letters, can_hand_over=can_hand_over)))
    return found


def _get_meetings(case: Case, documents: list[Document], can_hand_over: bool) -> list[dict[str, Any]]:
    """Return the meetings that no later call replaces, the newest first, with minutes and documents."""
    by_source = {(document.kind, document.source_pk): document for document in documents}
    meetings = list(case.meetings.all())
    replaced = {meeting.replaces_id for meeting in meetings}
    found = []
    for meeting in [one for one in reversed(meetings) if one.pk not in replaced]:
        minutes = next(reversed([*meeting.minutes.all()]), None)
        sources = [(Document.Kind.INVITATION, meeting.pk)]
        sources += [(Document.Kind.MINUTES, minutes.pk)] if minutes else []
        issued = [by_source[source] for source in sources if source in by_source]
        lines = list_lines(issued, can_hand_over=can_hand_over)
        found.append({"meeting": meeting, "minutes": minutes, "documents": lines})
    return found


def _get_complaint(user: User, case: Case) -> dict[str, Any]:
    """Return hints about a complaint's days and, for a hidden complainant, the log of reveals."""
    if case.kind != Kind.COMPLAINT:
        return {}
    is_hidden = case.identity == Identity.CONFIDENTIAL
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    set_days_left([case], working)
    return {
        "is_complaint": True,
        "can_hand_over": may_hand_over(user, case),
        "hints": list_hints(user, [case], working)[0],
        "can_reveal_identity": can_reveal_identity(user, case),
        "reveals": list_reveals(user, case) if is_hidden else [],
    }


def _get_contact(user: User, case: Case) -> dict[str, Any]:
    """Return how to reach the applicant: a masked number for users who are no party to the case."""
    if note := HIDDEN.get(case.identity):
        return {"identity_note": note}
    if not parties(user, case):
        return {"masked_phone": masked_phone(case)}
    return {"whatsapp": whatsapp_link(case)}


def _get_notices(case: Case) -> dict[str, Any]:
    """Return the newest notices of a case, and the number of older ones."""
    notices = list(reversed(case.notices.all()))
    lines = map(NoticeLine.of, notices[:MAX_NOTICES_OF_CASE])
    return {"notices": tuple(lines), "others": len(notices[MAX_NOTICES_OF_CASE:])}
