"""The page of a case for the staff."""

from typing import Any, cast

from django.db.models import Model, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultations.complainant_identity import HIDDEN, can_reveal_identity, list_reveals
from consultations.complaint_deadlines import list_hints, set_days_left
from consultations.contact import masked_phone, whatsapp_link
from consultations.enums import Identity, Kind
from consultations.models import Attachment, Case, Event
from consultations.models.case_queryset import CaseQuerySet
from consultations.parties import may_share_link, parties, serves
from consultations.progress import ending, progress
from consultations.secret_link import list_link_readers
from consultations.signals import case_opened
from desk.actions import get_actions
from dispositions.models import Assignment, Disposition, Opinion, Preparation, StaffReview
from notices.queries import case_notices
from office.models import User
from office.worktime import WorkingTime
from reports.models import Document, FollowUp, Report
from scheduling.models import Session
from scheduling.queries import latest_time_request, upcoming_session
from surveys.queries import get_case_survey


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show facts, letter, decisions, the nine steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_object_or_404(_with_records(Case.objects.visible_to(user)), code=code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    context = {
        "case": found,
        "can_follow_up": serves(user, found),
        "wish": latest_time_request(found.history.all()),
        "upcoming_session": upcoming_session(found),
        "progress": progress(found, found.history.all()),
        "ending": ending(found, found.history.all()),
        **_get_actions(user, found),
        **_get_files(found),
        **_get_documents(user, found),
        **_get_notices(found),
        "survey": get_case_survey(found, user),
        **_get_contact(user, found),
        **_get_complaint(user, found),
        "link_readers": list_link_readers(found),
    }
    return render(request, "desk/case.html", context)


def _with_records(cases: CaseQuerySet) -> CaseQuerySet:
    """Prefetch all records of the case with one query for each kind."""
    return (
        cases.with_people()
        .select_related("complained_about")
        .prefetch_related(
            "companions",
            "attachments",
            _records(Event, "history", "by"),
            _records(Session, "sessions", "officer"),
            _records(Disposition, "dispositions", "by", "division", "ratified_by"),
            _records(Assignment, "assignments", "by", "officer"),
            _records(Preparation, "preparations", "by"),
            _records(StaffReview, "staff_reviews", "by"),
            _records(Opinion, "opinions", "asked_by", "letter"),
            _records(Report, "reports", "by", "forwarded_by", "accepted_by"),
            "reports__remarks__by",
            _records(FollowUp, "follow_ups", "done_by"),
            _records(Document, "documents", "replaced_by", order="issued_at"),
        )
    )


def _records(model: type[Model], relation: str, *related: str, order: str = "pk") -> Prefetch[Any]:
    return Prefetch(relation, model._default_manager.select_related(*related).order_by(order))


def _get_actions(user: User, case: Case) -> dict[str, Any]:
    actions = get_actions(user, case)
    can_record_opinion = any(step.verb == "record_opinion" for step in actions.others)
    return {"actions": actions, "can_record_opinion": can_record_opinion}


def _get_files(case: Case) -> dict[str, Any]:
    """Return the letter and the other attachments, or the address of the letter that the system made."""
    attachments = list(case.attachments.all())
    letter = next((a for a in attachments if a.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not case.is_walk_in
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [a for a in attachments if a is not letter],
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
    return {"documents": documents, "old_documents": old, "receipt": receipt}


def _get_complaint(user: User, case: Case) -> dict[str, Any]:
    """Return hints about a complaint's days and, for a hidden complainant, the log of reveals."""
    if case.kind != Kind.COMPLAINT:
        return {}
    set_days_left([case])
    is_hidden = case.identity == Identity.CONFIDENTIAL
    return {
        "is_complaint": True,
        "hints": list_hints(user, [case], WorkingTime.load())[0],
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
    notices, others = case_notices(case)
    return {"notices": notices, "others": others}
