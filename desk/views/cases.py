"""The list of cases, and one case with all that the office knows of it."""

from typing import Any, cast

from django.db.models import Model, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultations.complainant_identity import HIDDEN, looks, may_look
from consultations.complaint_deadlines import count_down, hints
from consultations.contact import masked_phone, whatsapp_link
from consultations.enums import Identity, Kind
from consultations.models import Attachment, Case
from consultations.pagination import newest_first
from consultations.parties import hands_out, parties, serves
from consultations.progress import ending, progress
from consultations.signals import case_opened
from desk.actions import actions
from desk.filters import CaseFilter
from office.models import User
from office.worktime import WorkingTime
from scheduling.queries import latest_time_request, upcoming_session

NAMES = ("code", "agenda__year", "agenda__number", "subject", "applicant_name", "organisation")
PEOPLE = ("division__name", "officer__name", "officer__username")
COMPLAINT = ("complaint_kind", "answer_due")
SHOWN = (*NAMES, *PEOPLE, "kind", "channel", "submitted_at", "state", "due_at", *COMPLAINT)
"""What a row of the list shows."""


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The visible cases, newest first, narrowed by filters and search."""
    user = cast(User, request.user)
    narrowed = CaseFilter(request.GET, Case.objects.visible_to(user), request=request)
    page = newest_first(narrowed.qs, request.GET, shown=SHOWN)
    count_down(page.rows)
    return render(request, "desk/cases.html", {"filter": narrowed, "page": page})


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """One case: facts, letter, decisions, the nine steps, history, and the steps open to the user."""
    user = cast(User, request.user)
    found = get_object_or_404(_with_all(Case.objects.visible_to(user)), code=code)
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user)
    attachments, open_steps = list(found.attachments.all()), actions(user, found)
    letter = next((a for a in attachments if a.purpose == Attachment.Purpose.LETTER), None)
    return render(
        request,
        "desk/case.html",
        {
            "case": found,
            "actions": open_steps,
            "can_record_opinion": any(step.verb == "record_opinion" for step in open_steps.others),
            "can_follow_up": serves(user, found),
            "letter": letter,
            "wish": latest_time_request(found.history.all()),
            "upcoming_session": upcoming_session(found),
            "made_letter": None if letter or found.is_walk_in else _paper(found, "surat-permohonan"),
            "attachments": [a for a in attachments if a is not letter],
            "progress": progress(found, found.history.all()),
            "ending": ending(found, found.history.all()),
            **_papers(user, found),
            **_contact(user, found),
            **_complaint(user, found),
        },
    )


def _with_all(visible: Any) -> Any:
    """The case with all its records: one query for each kind, however many there are of each."""
    return (
        visible.with_people()
        .select_related("preparation", "staff_review", "complained_about")
        .prefetch_related(
            "companions",
            "attachments",
            _records("history", "by"),
            _records("sessions", "officer"),
            _records("dispositions", "by", "division", "ratified_by"),
            _records("assignments", "by", "officer"),
            _records("opinions", "asked_by", "letter"),
            _records("reports", "by", "forwarded_by", "accepted_by"),
            "reports__remarks__by",
            _records("follow_ups", "done_by"),
            _records("documents", "replaced_by", order="issued_at"),
        )
    )


def records_of(relation: str) -> Any:
    """What cases have in a relation, by its name: other apps' records are read without importing them."""
    return cast(type[Model], Case._meta.get_field(relation).related_model)._default_manager.all()


def _records(relation: str, *related: str, order: str = "pk") -> Prefetch:
    return Prefetch(relation, records_of(relation).select_related(*related).order_by(order))


def _papers(user: User, case: Case) -> dict[str, Any]:
    """The papers in force, and the older ones; those with the secret link only for who hands it out."""
    is_handed_out = hands_out(user, case)
    shown = [paper for paper in case.documents.all() if is_handed_out or not paper.holds_the_secret]
    old = [paper for paper in shown if paper.revoked_at or getattr(paper, "replaced_by", None)]
    papers = [paper for paper in shown if paper not in old]
    receipt = next((paper for paper in papers if paper.holds_the_secret), None)
    return {"papers": papers, "old_papers": old, "receipt": receipt}


def _paper(case: Case, slug: str) -> str:
    return reverse("paper", args=[case.code, slug])


def _complaint(user: User, case: Case) -> dict[str, Any]:
    """What the days of a complaint ask of the user; where who complains is hidden, who has looked."""
    if case.kind != Kind.COMPLAINT:
        return {}
    count_down([case])
    hidden = case.identity == Identity.CONFIDENTIAL
    return {
        "is_complaint": True,
        "hints": hints(user, [case], WorkingTime.load())[0],
        "can_look": may_look(user, case),
        "looks": looks(user, case) if hidden else [],
    }


def _contact(user: User, case: Case) -> dict[str, Any]:
    """How to reach the applicant; who is no party to the case sees a masked number, or that one is hidden."""
    if note := HIDDEN.get(case.identity):
        return {"identity_note": note}
    if not parties(user, case):
        return {"masked_phone": masked_phone(case)}
    return {"whatsapp": whatsapp_link(case)}
