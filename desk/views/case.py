"""The page of a case for the staff. Its context has a section for each part of the page."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from consultations.audit.models import AuditEntry
from consultations.audit.services import list_readings, may_see_readers
from consultations.complaints import list_hints, set_days_left
from consultations.corrections import list_corrections
from consultations.enums import Identity, Kind, State
from consultations.faq.services import may_publish_from
from consultations.identity import HIDDEN, can_reveal_identity, list_reveals, masked_phone, whatsapp_link
from consultations.intake.requirements import list_state
from consultations.models import (
    Attachment,
    Case,
    CaseNote,
    Event,
    GivenRequirement,
    Involvement,
    LinkAccess,
    Objection,
)
from consultations.notes import ColleagueNoteForm, may_write_note
from consultations.parties import get_present_turn, has_private_link, may_share_link, parties, serves
from consultations.progress import ending, progress
from consultations.queries import (
    find_conversion,
    get_visible_case,
    list_companions,
    list_merged,
    list_repeats,
    list_siblings,
)
from consultations.returns import find_return, name_again
from consultations.scheduling.models import Session
from consultations.scheduling.queries import latest_time_request, upcoming_session
from consultations.secret_link import case_opened, list_link_readers
from desk.case_records import Records, list_records
from desk.live import get_pulse
from desk.waiting import Actions, get_actions, list_waiting
from dispositions.models import (
    Assignment,
    Disposition,
    Endorsement,
    Meeting,
    Minutes,
    Opinion,
    OpinionReminder,
    Preparation,
    RelayedOrder,
    StaffReview,
)
from documents.life import must_submit
from documents.models import Document, Register
from documents.registers.printing import scopes
from exchange.lapor import may_hand_over
from kit import clock
from notices.models import Message, Notice
from notices.queries import MAX_NOTICES_OF_CASE
from office import rights
from office.models import User
from office.worktime import WorkingTime
from reports.advice import may_propose
from reports.models import Enquiry, FollowUp, Remark, Report
from reports.report_view import list_parts
from reports.surveys.queries import get_case_survey
from reports.transfers import get_transfer_status
from trust.archive.transfers import list_transfers
from trust.ledger.models import ArchiveTransferItem
from trust.privacy.deletion import get_deletion_due

RECENT_EVENTS = 3
"""Events of the history that are shown. The older ones are folded."""

MAX_READINGS = 8
"""Persons and acts that are shown of those that opened the case last."""

JUST_DONE = dt.timedelta(minutes=1)
"""Time after an own step for which the page offers the next case that waits for the user."""

type Section = dict[str, Any]
"""What one part of the page shows, by the names that its template reads."""


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show facts, letter, decisions, the published steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_visible_case(user, code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    records = list_records(found)
    companions = list_companions(found, records[Involvement])  # first: parties() needs them
    history = records[Event]
    actions, returned = get_actions(user, found), find_return(found, history)
    if returned:
        actions = replace(actions, main=name_again(actions.main))
    open_verbs = {step.verb for step in actions.others}
    keep = [step for step in actions.others if step.verb == "keep_time"]
    remarks = _group(records[Remark], "report")
    papers = _get_papers(user, found, records)
    context = {
        "case": found,
        "is_closed": found.state == State.CLOSED,
        "summary": _get_summary(user, found, actions, history[-1]),
        "path": _get_path(found, history),
        "alerts": {
            "returned": returned,
            "wish": latest_time_request(history),
            "time_answers": [actions.main, *keep] if keep and actions.main else [],
            "repeats": list_repeats([found.pk], user).get(found.pk, []),
            "can_merge": "merge" in open_verbs,
        },
        "sorting": {
            "siblings": [other for other in list_siblings(found, history) if _is_visible(user, other)],
            "merged": [other for other in list_merged(found, history) if _is_visible(user, other)],
            "conversion": find_conversion(history),
        },
        "replies": {"enquiries": records[Enquiry], "objections": records[Objection]},
        "personal_data": {
            "deletion_due": get_deletion_due(found),
            "transfers": list_transfers(records[ArchiveTransferItem]),
        },
        "result": _get_result(user, found, records),
        "handed_on": {
            "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
            "transfer": get_transfer_status(found),
        },
        "complaint": _get_complaint(user, found),
        "sessions": _get_sessions(found, records),
        "papers": papers,
        "notes": {
            "of_colleagues": records[CaseNote],
            "form": ColleagueNoteForm(case=found, by=user) if may_write_note(user, found) else None,
        },
        "reports": [
            (report, list_parts(report, remarks=remarks[report.pk])) for report in reversed(records[Report])
        ],
        "decisions": _get_decisions(found, records),
        "preparation": _get_preparation(records, papers["documents"], open_verbs),
        "history": _get_history(user, found, records),
        "applicant": _get_applicant(user, found, companions, open_verbs),
        "notices": _get_notices(records),
    }
    return render(request, "desk/case.html", context)


def _is_visible(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def _group[M: Model](records: Sequence[M], name: str) -> dict[Any, list[M]]:
    found: dict[Any, list[M]] = defaultdict(list)
    for record in records:
        found[getattr(record, f"{name}_id")].append(record)
    return found


def _get_summary(user: User, case: Case, actions: Actions, last: Event) -> Section:
    """Return turn, deadline and steps of the user; after an own step also the next case that waits."""
    following = None
    if last.by_id == user.pk and clock.now() - last.entered_at <= JUST_DONE:
        following = next((row for row in list_waiting(user).queue if row.case.pk != case.pk), None)
    return {
        "pulse": get_pulse(case),
        "is_my_turn": get_present_turn(case) in parties(user, case),
        "is_due_today": case.due_at is not None and timezone.localdate(case.due_at) == clock.today(),
        "actions": actions,
        "following": following,
    }


def _get_path(case: Case, history: Sequence[Event]) -> Section:
    """Return the published steps, the present one and the one after it.

    `is_standard` is false in the independent channel, which has other steps.
    """
    stages = progress(case, history)
    ahead = [stage for stage in stages if stage.status in ("current", "ahead")]
    current, following = [*ahead, None, None][:2]
    return {
        "stages": stages,
        "current": current,
        "following": following,
        "ending": ending(case, history),
        "is_standard": not case.is_independent,
    }


def _get_result(user: User, case: Case, records: Records) -> Section:
    return {
        "report": next((report for report in reversed(records[Report]) if report.accepted_at), None),
        "follow_ups": records[FollowUp],
        "can_follow_up": serves(user, case),
        "can_propose_advice": may_propose(user, case),
        "can_publish_question": may_publish_from(case, user),
        "survey": get_case_survey(case, user),
    }


def _get_complaint(user: User, case: Case) -> Section | None:
    if case.kind != Kind.COMPLAINT:
        return None
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    set_days_left([case], working)
    return {
        "can_hand_over": may_hand_over(user, case),
        "hints": list_hints(user, [case], working)[0],
    }


def _get_sessions(case: Case, records: Records) -> Section:
    """Return the sessions by time. `moved` are the keys of those that were cancelled for another time."""

    def get_time(session: Session) -> dt.datetime:
        return session.starts_at or session.started_at or session.finished_at or clock.now()

    sessions = records[Session]
    reasons = {event.note for event in records[Event] if event.verb == "reschedule"}
    return {
        "rows": sorted(sessions, key=get_time),
        "moved": {one.pk for one in sessions if one.cancelled_at and one.cancel_reason in reasons},
        "upcoming": upcoming_session(case, sessions),
        "files": [file for file in records[Attachment] if file.purpose in Attachment.OF_SESSION],
    }


def _get_papers(user: User, case: Case, records: Records) -> Section:
    """Return letter, files, requirements, and the documents in force and the older ones.

    `made_letter` is the address of a letter that the system made. Documents with the secret link are only for
    users who may share it.
    """
    files = {file.pk: file for file in records[Attachment]}
    letter = next((file for file in files.values() if file.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not (case.is_walk_in or case.is_independent or case.split_from_id)
    for row in records[GivenRequirement]:
        row.attachment = files.get(row.attachment_id)
    may_share = may_share_link(user, case)
    shown = [document for document in records[Document] if may_share or not document.has_secret_link]
    later = {document.replaces_id: document for document in records[Document]}
    for document in shown:
        document.successor, document.case = later.get(document.pk), case
    documents = [document for document in shown if not document.is_old]
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [
            file
            for file in files.values()
            if file is not letter and file.purpose not in Attachment.WITH_RECORD
        ],
        "requirements": list_state(case, records[GivenRequirement]),
        "documents": documents,
        "old": [document for document in shown if document.is_old],
        "receipt": next((document for document in documents if document.has_secret_link), None),
        "report": next((one for one in documents if one.kind == Document.Kind.REPORT), None),
        "to_submit": [document for document in documents if must_submit(document, by=user)],
        "opens_desk": rights.USE_SIGNATURE_DESK.is_held_by(user),
        "can_record_receiver": bool(scopes(Register.Kind.EXPEDITION, user)),
    }


def _get_decisions(case: Case, records: Records) -> Section:
    """Return initials, dispositions and assignments. `order`: how the secretariat entered one, if it did."""
    files = {file.pk: file for file in records[Attachment]}
    orders = {(order.disposition_id, order.assignment_id): order for order in records[RelayedOrder]}
    for order in records[RelayedOrder]:
        order.case, order.proof = case, files.get(order.proof_id)
    for sheet in records[Disposition]:
        sheet.order = orders.get((sheet.pk, None))
    for assignment in records[Assignment]:
        assignment.order = orders.get((None, assignment.pk))
    return {
        "dispositions": records[Disposition][::-1],
        "endorsements": [one for one in records[Endorsement][::-1] if not one.withdrawn_at],
        "assignments": [row for row in records[Assignment][::-1] if row.was_decided],
    }


def _get_preparation(records: Records, documents: Sequence[Document], open_verbs: Collection[str]) -> Section:
    """Return checklists, opinions and meetings with their documents, and staff reviews.

    A meeting that was called again is left out.
    """
    by_source = {(document.kind, document.source_pk): document for document in documents}

    def list_issued(*sources: tuple[str, int]) -> list[Document]:
        return [by_source[source] for source in sources if source in by_source]

    reminders, minutes_of = _group(records[OpinionReminder], "opinion"), _group(records[Minutes], "meeting")
    kinds, replaced = Document.Kind, {meeting.replaces_id for meeting in records[Meeting]}
    opinions = []
    for opinion in records[Opinion]:
        reminded = [(kinds.OPINION_REMINDER, reminder.pk) for reminder in reminders[opinion.pk]]
        opinions.append((opinion, list_issued((kinds.OPINION_REQUEST, opinion.pk), *reminded)))
    meetings = []
    for meeting in [one for one in reversed(records[Meeting]) if one.pk not in replaced]:
        minutes = minutes_of[meeting.pk][-1:]
        taken = [(kinds.MINUTES, one.pk) for one in minutes]
        issued = list_issued((kinds.INVITATION, meeting.pk), *taken)
        meetings.append({"meeting": meeting, "minutes": next(iter(minutes), None), "documents": issued})
    return {
        "checklists": records[Preparation][::-1],
        "opinions": opinions,
        "meetings": meetings,
        "reviews": records[StaffReview][::-1],
        "can_record_opinion": "record_opinion" in open_verbs,
        "can_change_meeting": "call_meeting" in open_verbs,
        "can_record_minutes": "record_minutes" in open_verbs,
    }


def _get_history(user: User, case: Case, records: Records) -> Section:
    """Return the events, the newest first, the corrections, and who has opened the case or its link."""
    events = records[Event]
    readings = list_readings(case, records[AuditEntry]) if may_see_readers(user, case) else []
    was_corrected = any(event.verb == "correct_data" for event in events)
    return {
        "count": len(events),
        "recent": events[: -RECENT_EVENTS - 1 : -1],
        "earlier": events[-RECENT_EVENTS - 1 :: -1],
        "corrections": list_corrections(case, user) if was_corrected else [],
        "link_readers": [] if has_private_link(case) else list_link_readers(records[LinkAccess]),
        "readings": readings[:MAX_READINGS],
        "opens_log": bool(readings) and rights.READ_AUDIT_LOG.is_held_by(user),
    }


def _get_applicant(
    user: User, case: Case, companions: Sequence[User], open_verbs: Collection[str]
) -> Section:
    """Return the contact, or why it is hidden or masked, and the facts of the request."""
    note = HIDDEN.get(case.identity)
    is_party = bool(parties(user, case))
    return {
        "hidden": note,
        "masked_phone": "" if note or is_party else masked_phone(case),
        "whatsapp": whatsapp_link(case) if is_party and not note else "",
        "can_reveal": can_reveal_identity(user, case) if note else False,
        "reveals": list_reveals(user, case) if case.identity == Identity.CONFIDENTIAL else [],
        "companions": companions,
        "enters_numbers": rights.NUMBER_LETTERS.is_held_by(user),
        "can_correct": "correct_data" in open_verbs,
    }


def _get_notices(records: Records) -> Section:
    messages = _group(records[Message], "notice")
    newest = records[Notice][: -MAX_NOTICES_OF_CASE - 1 : -1]
    return {
        "newest": [(notice, messages[notice.pk]) for notice in newest],
        "others": len(records[Notice]) - len(newest),
    }
