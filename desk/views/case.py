"""The page of a case for the staff."""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any, cast

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from audit.queries import list_readings, may_read, may_see_readers
from consultations.complainant_identity import HIDDEN, can_reveal_identity, list_reveals
from consultations.complaint_deadlines import list_hints, set_days_left
from consultations.contact import masked_phone, whatsapp_link
from consultations.enums import Identity, Kind, State
from consultations.models import Attachment, Case, Event
from consultations.parties import has_private_link, may_share_link, parties, serves
from consultations.progress import ending, progress
from consultations.queries import get_visible_case, with_people
from consultations.secret_link import list_link_readers
from consultations.signals import case_opened
from consultations.workflow import TURN
from desk.actions import get_actions
from dispositions.models import Meeting, Opinion
from exchange.lapor import may_hand_over
from faq.services import may_publish_from
from notices.models import Message
from notices.queries import MAX_NOTICES_OF_CASE
from office import clock
from office.models import User
from office.worktime import WorkingTime
from privacy.services.rights import get_deletion_due
from reports.advice_bank import may_propose
from reports.models import Document, Register
from reports.registers import scopes
from scheduling.queries import latest_time_request, upcoming_session
from surveys.queries import get_case_survey

RECENT_EVENTS = 3
"""Events of the history that are shown. The older ones are folded."""

MAX_READINGS = 8
"""Persons and acts that are shown of those that opened the case last."""

RECENT_ENTRIES = 30
"""Latest entries of the audit log that are summed up. There may be thousands."""

type Records = dict[str, list[Any]]

MADE_BY: dict[str, Set[str]] = {
    "endorsements": {"endorse"},
    "dispositions": {"dispose", "walk_in"},
    "assignments": {"assign", "reassign", "walk_in"},
    "preparations": {"prepare", "amend"},
    "opinions": {"ask_opinion"},
    "staff_reviews": {"prepare", "amend"},
    "meetings": {"call_meeting"},
    "sessions": {"schedule", "start", "answer"},
    "reports": {"report"},
    "follow_ups": {"accept"},
}
"""The records of a case that the page shows, each with the steps that make them."""


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show facts, letter, decisions, the nine steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_visible_case(user, code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    history = with_people(found.history.order_by("pk"))
    records = _list_records(found, {event.verb for event in history})
    context = {
        **records,
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
        **_get_progress(found, history),
        "has_nine_steps": not found.is_independent,
        "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
        "number_of_events": len(history),
        "recent_events": history[: -RECENT_EVENTS - 1 : -1],
        "earlier_events": history[-RECENT_EVENTS - 1 :: -1],
        **_get_actions(user, found),
        **_get_files(found),
        **_get_documents(user, found, records),
        **_get_notices(found),
        "result": next((report for report in records["reports"] if report.accepted_at), None),
        "survey": get_case_survey(found, user),
        **_get_contact(user, found),
        **_get_complaint(user, found),
        **_get_readings(user, found),
        "link_readers": [] if has_private_link(found) else list_link_readers(found),
    }
    return render(request, "desk/case.html", context)


def _list_records(case: Case, verbs: Set[str]) -> Records:
    """Return the records that these steps can have made, the newest first. Others cost no query."""
    records: Records = {name: [] for name in MADE_BY}
    for name in [name for name, makers in MADE_BY.items() if makers & verbs]:
        records[name] = with_people(getattr(case, name).order_by("-pk"))
    prefetch_related_objects(records["opinions"], "reminders")
    prefetch_related_objects(records["meetings"], "minutes")
    prefetch_related_objects(records["reports"], "remarks")
    with_people(remark for report in records["reports"] for remark in report.remarks.all())
    return records


def _get_readings(user: User, case: Case) -> dict[str, Any]:
    """Return what was opened of the case last, for users who may see who did."""
    if not may_see_readers(user, case):
        return {"readings": []}
    readings = list_readings(with_people(case.audit_entries.order_by("-pk")[:RECENT_ENTRIES]))
    return {"readings": readings[:MAX_READINGS], "reads_log": may_read(user)}


def _get_progress(case: Case, history: Sequence[Event]) -> dict[str, Any]:
    """Return the nine stages, the one that the case waits for and the one after it, and an early ending."""
    stages = progress(case, history)
    ahead = [stage for stage in stages if stage.status in ("current", "ahead")]
    current, following = [*ahead, None, None][:2]
    return {
        "progress": stages,
        "current_stage": current,
        "next_stage": following,
        "ending": ending(case, history),
    }


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
    attachments = list(case.attachments.order_by("pk"))
    letter = next((a for a in attachments if a.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not (case.is_walk_in or case.is_independent)
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [a for a in attachments if a is not letter and a.purpose not in Attachment.OF_SESSION],
        "session_files": [a for a in attachments if a.purpose in Attachment.OF_SESSION],
    }


def _get_documents(user: User, case: Case, records: Records) -> dict[str, Any]:
    """Return the documents in force and the older ones.

    Documents with the secret link are only for users who may share it.
    """
    may_share = may_share_link(user, case)
    issued = case.documents.select_related("replaced_by").order_by("issued_at")
    shown = [document for document in issued if may_share or not document.has_secret_link]
    documents = [document for document in shown if not document.is_old]
    receipt = next((document for document in documents if document.has_secret_link), None)
    report = next((document for document in documents if document.kind == Document.Kind.REPORT), None)
    return {
        "documents": documents,
        "old_documents": [document for document in shown if document.is_old],
        "can_record_receiver": bool(scopes(Register.Kind.EXPEDITION, user)),
        "receipt": receipt,
        "report_document": report,
        "opinions": _get_opinions(records["opinions"], documents),
        "meetings": _get_meetings(records["meetings"], documents),
    }


def _get_opinions(
    opinions: Sequence[Opinion], documents: Sequence[Document]
) -> list[tuple[Opinion, list[Document]]]:
    """Return each opinion of an agency with the letters to it."""
    by_source = {(document.kind, document.source_pk): document for document in documents}
    found = []
    for opinion in reversed(opinions):
        sources = [(Document.Kind.OPINION_REQUEST, opinion.pk)]
        sources += [(Document.Kind.OPINION_REMINDER, reminder.pk) for reminder in opinion.reminders.all()]
        found.append((opinion, [by_source[source] for source in sources if source in by_source]))
    return found


def _get_meetings(meetings: Sequence[Meeting], documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Return the meetings that no later call replaces, the newest first, with minutes and documents."""
    by_source = {(document.kind, document.source_pk): document for document in documents}
    replaced = {meeting.replaces_id for meeting in meetings}
    found = []
    for meeting in [one for one in meetings if one.pk not in replaced]:
        minutes = max(meeting.minutes.all(), key=lambda one: one.pk, default=None)
        sources = [(Document.Kind.INVITATION, meeting.pk)]
        sources += [(Document.Kind.MINUTES, minutes.pk)] if minutes else []
        issued = [by_source[source] for source in sources if source in by_source]
        found.append({"meeting": meeting, "minutes": minutes, "documents": issued})
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
    notices = case.notices.prefetch_related(Prefetch("messages", Message.objects.order_by("pk")))
    newest = with_people(notices.order_by("-pk")[: MAX_NOTICES_OF_CASE + 1])
    with_people(message for notice in newest for message in notice.messages.all())
    has_more = len(newest) > MAX_NOTICES_OF_CASE
    return {
        "notices": newest[:MAX_NOTICES_OF_CASE],
        "others": case.notices.count() - MAX_NOTICES_OF_CASE if has_more else 0,
    }
