"""The page of a case for the staff.

It shows twenty kinds of records. A query for each takes longer than the rest of the page (ADR 27). Their rows
come as JSON from one UNION, which is the same for every case and every reader.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, cast

from django.db import connection, models
from django.db.models import IntegerField, Model, Value
from django.db.models.functions import JSONArray
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
    with_people,
)
from consultations.scheduling.models import Session
from consultations.scheduling.queries import latest_time_request, upcoming_session
from consultations.secret_link import case_opened, list_link_readers
from desk.live import get_pulse
from desk.waiting import get_actions, list_waiting
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
from exchange.lapor import may_hand_over
from kit import clock
from notices.models import Message, Notice
from notices.queries import MAX_NOTICES_OF_CASE
from office import rights
from office.models import User
from office.worktime import WorkingTime
from reports.advice import may_propose
from reports.documents.registers.printing import scopes
from reports.documents.signing_desk import must_submit
from reports.models import Document, Enquiry, FollowUp, Register, Remark, Report
from reports.report_view import find_return, list_parts, name_again
from reports.surveys.queries import get_case_survey
from reports.transfers import get_transfer_status
from trust.archive.transfers import list_transfers
from trust.ledger.models import ArchiveTransferItem
from trust.privacy.deletion import get_deletion_due

type Records = dict[type[Model], list[Any]]

OWN: tuple[type[Model], ...] = (
    *(Event, LinkAccess, Attachment, GivenRequirement, Involvement, Endorsement, Disposition, Assignment),
    *(RelayedOrder, Preparation, Opinion, StaffReview, Meeting, Session, Report, FollowUp, Enquiry),
    *(Document, Notice, Objection, ArchiveTransferItem, CaseNote),
    AuditEntry,
)
KINDS: dict[type[Model], str] = dict.fromkeys(OWN, "case") | {
    OpinionReminder: "opinion__case",
    Minutes: "meeting__case",
    Remark: "report__case",
    Message: "notice__case",
}
"""Each kind of record, and the lookup that leads from it to its case."""

RECENT_ENTRIES = 30
"""Latest entries of the audit log that are read. There may be thousands."""

ANY_CASE = -1
"""Parameter of the compiled query that is replaced by the key of the case."""


def list_records(case: Case) -> Records:
    """Return the records of each kind with their people, the oldest first."""
    sql, parameters = _compile(connection.vendor)
    found: Records = {model: [] for model in KINDS}
    kinds = list(KINDS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk if value == ANY_CASE else value for value in parameters])
        for number, row in cursor.fetchall():
            columns, converters = _columns(kinds[number])
            values = zip(converters, json.loads(row), strict=True)
            cells = [convert(value) if convert and value is not None else value for convert, value in values]
            found[kinds[number]].append(kinds[number].from_db(case._state.db, columns, cells))
    return {model: with_people(sorted(rows, key=_get_order)) for model, rows in found.items()}


def _get_order(record: Any) -> Any:
    return record.issued_at if isinstance(record, Document) else record.pk


@cache
def _compile(vendor: str) -> tuple[str, Sequence[Any]]:
    """Return the SQL and its parameters. Compiling takes longer than the query, so it happens once."""
    latest = AuditEntry.objects.filter(case=ANY_CASE).order_by("-pk").values("pk")[:RECENT_ENTRIES]
    first, *others = (
        model._default_manager.filter(**({"pk__in": latest} if model is AuditEntry else {path: ANY_CASE}))
        .order_by()
        .values_list(Value(number, IntegerField()), JSONArray(*_columns(model)[0]))
        for number, (model, path) in enumerate(KINDS.items())
    )
    sql, parameters = first.union(*others, all=True).query.sql_with_params()
    return sql, tuple(parameters)


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[Callable[[Any], Any] | None]]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [_get_converter(field) for field in fields]


def _get_converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return how a value of JSON becomes one of the field. SQLite has no types for most of them."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    kinds: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
        (models.DateTimeField, _to_moment),
        (models.DateField, dt.date.fromisoformat),
        (models.UUIDField, uuid.UUID),
        (models.JSONField, lambda value: json.loads(value) if isinstance(value, str) else value),
        (models.BooleanField, bool),
    )
    return next((convert for kind, convert in kinds if isinstance(field, kind)), None)


def _to_moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


RECENT_EVENTS = 3
"""Events of the history that are shown. The older ones are folded."""

MAX_READINGS = 8
"""Persons and acts that are shown of those that opened the case last."""

SHOWN = {
    "endorsements": Endorsement,
    "dispositions": Disposition,
    "preparations": Preparation,
    "staff_reviews": StaffReview,
    "follow_ups": FollowUp,
}
"""Records that the page shows as they are, the newest first, by the name in the templates."""


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show facts, letter, decisions, the published steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_visible_case(user, code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    records = list_records(found)
    history, reports = records[Event], records[Report][::-1]
    remarks = _group(records[Remark], "report")
    _attach_orders(found, records)
    context = {
        **{name: records[model][::-1] for name, model in SHOWN.items()},
        "sessions": sorted(records[Session], key=_get_time, reverse=True),
        "moved": _list_moved(records[Session], history),
        "assignments": [row for row in records[Assignment][::-1] if row.was_decided],
        "enquiries": records[Enquiry],
        "colleague_notes": records[CaseNote],
        "objections": records[Objection],
        "siblings": [other for other in list_siblings(found, history) if _is_visible(user, other)],
        "merged": [other for other in list_merged(found, history) if _is_visible(user, other)],
        "conversion": find_conversion(history),
        "reports": [(report, list_parts(report, remarks=remarks[report.pk])) for report in reports],
        "companions": list_companions(found, records[Involvement]),
        "case": found,
        "case_pulse": get_pulse(found),
        "note_form": ColleagueNoteForm(case=found, by=user) if may_write_note(user, found) else None,
        "is_closed": found.state == State.CLOSED,
        "is_my_turn": get_present_turn(found) in parties(user, found),
        "is_due_today": found.due_at is not None and timezone.localdate(found.due_at) == clock.today(),
        "deletion_due": get_deletion_due(found),
        "transfers": list_transfers(records[ArchiveTransferItem]),
        "can_follow_up": serves(user, found),
        "can_propose_advice": may_propose(user, found),
        "can_publish_question": may_publish_from(found, user),
        "repeats": list_repeats([found.pk], user).get(found.pk, []),
        "wish": latest_time_request(history),
        "upcoming_session": upcoming_session(found, records[Session]),
        **_get_progress(found, history),
        "has_standard_steps": not found.is_independent,
        "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
        "passed_on": get_transfer_status(found),
        "number_of_events": len(history),
        "corrections": list_corrections(found, user) if _was_corrected(history) else [],
        "recent_events": history[: -RECENT_EVENTS - 1 : -1],
        "earlier_events": history[-RECENT_EVENTS - 1 :: -1],
        **_get_just_done(user, found, history[-1]),
        **_get_actions(user, found, history),
        **_get_files(found, records[Attachment]),
        "requirements": _list_requirements(found, records),
        **_get_documents(user, found, records),
        **_get_notices(records),
        "result": next((report for report in reports if report.accepted_at), None),
        "survey": get_case_survey(found, user),
        **_get_contact(user, found),
        **_get_complaint(user, found),
        **_get_readings(user, found, records[AuditEntry]),
        "link_readers": [] if has_private_link(found) else list_link_readers(records[LinkAccess]),
    }
    return render(request, "desk/case.html", context)


def _get_time(session: Session) -> dt.datetime:
    return session.starts_at or session.started_at or session.finished_at or clock.now()


def _list_moved(sessions: Iterable[Session], history: Iterable[Event]) -> set[int]:
    """Return the keys of the cancelled sessions that were moved to another time."""
    reasons = {event.note for event in history if event.verb == "reschedule"}
    return {session.pk for session in sessions if session.cancelled_at and session.cancel_reason in reasons}


def _is_visible(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def _was_corrected(history: Sequence[Event]) -> bool:
    return any(event.verb == "correct_data" for event in history)


def _get_readings(user: User, case: Case, entries: Sequence[AuditEntry]) -> dict[str, Any]:
    if not may_see_readers(user, case):
        return {"readings": []}
    readings = list_readings(case, entries)
    return {"readings": readings[:MAX_READINGS], "reads_log": rights.READ_AUDIT_LOG.is_held_by(user)}


def _group[M: Model](records: Sequence[M], name: str) -> dict[Any, list[M]]:
    found: dict[Any, list[M]] = defaultdict(list)
    for record in records:
        found[getattr(record, f"{name}_id")].append(record)
    return found


def _attach_orders(case: Case, records: Records) -> None:
    """Set `order` of each disposition and assignment: how the secretariat entered it, if it did."""
    files = {file.pk: file for file in records[Attachment]}
    orders = {(order.disposition_id, order.assignment_id): order for order in records[RelayedOrder]}
    for order in records[RelayedOrder]:
        order.case, order.proof = case, files.get(order.proof_id)
    for sheet in records[Disposition]:
        sheet.order = orders.get((sheet.pk, None))
    for assignment in records[Assignment]:
        assignment.order = orders.get((None, assignment.pk))


def _get_progress(case: Case, history: Sequence[Event]) -> dict[str, Any]:
    stages = progress(case, history)
    ahead = [stage for stage in stages if stage.status in ("current", "ahead")]
    current, following = [*ahead, None, None][:2]
    return {
        "progress": stages,
        "current_stage": current,
        "next_stage": following,
        "ending": ending(case, history),
    }


JUST_DONE = dt.timedelta(minutes=1)
"""Time after an own step for which the page offers the next case that waits for the user."""


def _get_just_done(user: User, case: Case, last: Event) -> dict[str, Any]:
    """Return after an own step the next case that waits for the user."""
    if last.by_id != user.pk or clock.now() - last.entered_at > JUST_DONE:
        return {}
    others = (row for row in list_waiting(user).queue if row.case.pk != case.pk)
    return {"following": next(others, None)}


def _get_actions(user: User, case: Case, history: Sequence[Event]) -> dict[str, Any]:
    actions, returned = get_actions(user, case), find_return(case, history)
    if returned:
        actions = replace(actions, main=name_again(actions.main))
    verbs = {step.verb for step in actions.others}
    keep = [step for step in actions.others if step.verb == "keep_time"]
    return {
        "returned": returned,
        "actions": actions,
        "time_answers": [actions.main, *keep] if keep and actions.main else [],
        "can_merge": "merge" in verbs,
        "can_correct_data": "correct_data" in verbs,
        "can_record_opinion": "record_opinion" in verbs,
        "can_change_meeting": "call_meeting" in verbs,
        "can_record_minutes": "record_minutes" in verbs,
    }


def _list_requirements(case: Case, records: Records) -> list[tuple[str, GivenRequirement | None]]:
    files = {file.pk: file for file in records[Attachment]}
    for row in records[GivenRequirement]:
        row.attachment = files.get(row.attachment_id)
    return list_state(case, records[GivenRequirement])


def _get_files(case: Case, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Return the letter, the files of the consultation and the other attachments.

    `made_letter` is the address of a letter that the system made.
    """
    letter = next((a for a in attachments if a.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not (case.is_walk_in or case.is_independent or case.split_from_id)
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [
            a for a in attachments if a is not letter and a.purpose not in Attachment.WITH_RECORD
        ],
        "session_files": [a for a in attachments if a.purpose in Attachment.OF_SESSION],
    }


def _get_documents(user: User, case: Case, records: Records) -> dict[str, Any]:
    """Return the documents in force and the older ones.

    Documents with the secret link are only for users who may share it.
    """
    may_share = may_share_link(user, case)
    shown = [document for document in records[Document] if may_share or not document.has_secret_link]
    later = {document.replaces_id: document for document in records[Document]}
    for document in shown:
        document.successor, document.case = later.get(document.pk), case
    documents = [document for document in shown if not document.is_old]
    receipt = next((document for document in documents if document.has_secret_link), None)
    report = next((document for document in documents if document.kind == Document.Kind.REPORT), None)
    return {
        "documents": documents,
        "to_submit": [document for document in documents if must_submit(document, by=user)],
        "enters_numbers": rights.NUMBER_LETTERS.is_held_by(user),
        "opens_papers": rights.USE_SIGNATURE_DESK.is_held_by(user),
        "old_documents": [document for document in shown if document.is_old],
        "can_record_receiver": bool(scopes(Register.Kind.EXPEDITION, user)),
        "receipt": receipt,
        "report_document": report,
        "opinions": _get_opinions(records, documents),
        "meetings": _get_meetings(records, documents),
    }


def _get_opinions(records: Records, documents: Sequence[Document]) -> list[tuple[Opinion, list[Document]]]:
    by_source = {(document.kind, document.source_pk): document for document in documents}
    found = []
    reminders = _group(records[OpinionReminder], "opinion")
    for opinion in records[Opinion]:
        sources = [(Document.Kind.OPINION_REQUEST, opinion.pk)]
        sources += [(Document.Kind.OPINION_REMINDER, reminder.pk) for reminder in reminders[opinion.pk]]
        found.append((opinion, [by_source[source] for source in sources if source in by_source]))
    return found


def _get_meetings(records: Records, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Return the meetings that no later call replaces, the newest first, with minutes and documents."""
    by_source = {(document.kind, document.source_pk): document for document in documents}
    minutes_of = _group(records[Minutes], "meeting")
    replaced = {meeting.replaces_id for meeting in records[Meeting]}
    found = []
    for meeting in [one for one in reversed(records[Meeting]) if one.pk not in replaced]:
        minutes = next(reversed(minutes_of[meeting.pk]), None)
        sources = [(Document.Kind.INVITATION, meeting.pk)]
        sources += [(Document.Kind.MINUTES, minutes.pk)] if minutes else []
        issued = [by_source[source] for source in sources if source in by_source]
        found.append({"meeting": meeting, "minutes": minutes, "documents": issued})
    return found


def _get_complaint(user: User, case: Case) -> dict[str, Any]:
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
    if note := HIDDEN.get(case.identity):
        return {"identity_note": note}
    if not parties(user, case):
        return {"masked_phone": masked_phone(case)}
    return {"whatsapp": whatsapp_link(case)}


def _get_notices(records: Records) -> dict[str, Any]:
    messages = _group(records[Message], "notice")
    newest = records[Notice][: -MAX_NOTICES_OF_CASE - 1 : -1]
    others = len(records[Notice]) - len(newest)
    return {"notices": [(notice, messages[notice.pk]) for notice in newest], "others": others}
