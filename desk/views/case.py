"""The page of a case for the staff: what was asked and answered, papers and people. The rest is folded."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from consultations.complaints import can_be_complained_about, list_hints, set_days_left
from consultations.enums import Identity, Kind, Party, State
from consultations.faq.services import may_publish_from
from consultations.identity import HIDDEN, can_reveal_identity, list_reveals, masked_phone, whatsapp_link
from consultations.models import Attachment, Case, Event
from consultations.parties import get_present_turn, parties, serves
from consultations.queries import (
    find_conversion,
    get_visible_case,
    list_companions,
    list_merged,
    list_repeats,
    list_siblings,
    with_people,
)
from consultations.returns import find_return, name_again
from consultations.scheduling.queries import latest_time_request, upcoming_session
from consultations.secret_link import case_opened
from desk.case_parts import PARTS, Content, get_paper_rights, list_documents
from desk.live import get_pulse
from desk.waiting import Actions, get_actions, list_waiting
from documents.life import must_submit
from documents.models import Document
from exchange.lapor import may_hand_over
from kit import clock
from office.models import User
from office.worktime import WorkingTime
from reports.advice import may_propose
from reports.transfers import get_transfer_status
from trust.privacy.deletion import get_deletion_due

JUST_DONE = dt.timedelta(minutes=1)
"""Time after an own step for which the page offers the next case that waits for the user."""

OPENED = "buka"
"""Parameter of the address that names the folded parts to open."""


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show the case and the steps open to the user. The script asks for one folded part at a time."""
    user = cast(User, request.user)
    found = get_visible_case(user, code)
    opened = [name for name in request.GET.getlist(OPENED) if name in PARTS]
    is_part = bool(opened) and "HX-Request" in request.headers
    if request.method == "GET":
        case_opened.send(Case, case=found, by=user, is_part=is_part)
    companions = list_companions(found, with_people(found.involvements.all()))  # first: parties() needs them
    history = with_people(found.history.order_by("pk"))
    if is_part:
        part = PARTS[opened[0]]
        content = part.read(user, found, history)
        return render(request, f"desk/case/{part.template}.html", {"case": found, "content": content})
    actions, returned = get_actions(user, found), find_return(found, history)
    if returned:
        actions = replace(actions, main=name_again(actions.main))
    open_verbs = {step.verb for step in actions.others}
    keep = [step for step in actions.others if step.verb == "keep_time"]
    papers = _get_papers(user, found)
    context = {
        "case": found,
        "is_closed": found.state == State.CLOSED,
        "summary": _get_summary(user, found, actions, history[-1]),
        "alerts": {
            "returned": returned,
            "wish": latest_time_request(history),
            "time_answers": [actions.main, *keep] if keep and actions.main else [],
            "repeats": list_repeats([found.pk], user).get(found.pk, []),
            "can_merge": "merge" in open_verbs,
            "deletion_due": get_deletion_due(found),
        },
        "sorting": {
            "siblings": [other for other in list_siblings(found, history) if _is_visible(user, other)],
            "merged": [other for other in list_merged(found, history) if _is_visible(user, other)],
            "conversion": find_conversion(history),
        },
        "replies": _get_replies(found, history),
        "result": _get_result(user, found),
        "refusal": _get_refusal(user, found),
        "handed_on": {
            "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
            "transfer": get_transfer_status(found),
        },
        "complaint": _get_complaint(user, found),
        "papers": papers,
        "applicant": _get_applicant(user, found, companions),
        "parts": _list_parts(user, found, history, opened, has_old_papers=bool(papers["old"])),
    }
    return render(request, "desk/case.html", context)


def _is_visible(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def _list_parts(
    user: User, case: Case, history: Sequence[Event], opened: Collection[str], *, has_old_papers: bool
) -> list[Content]:
    """Return the parts that are offered. Only those that are opened have their content."""
    return [
        {
            "name": name,
            "title": part.title,
            "template": f"desk/case/{part.template}.html",
            "is_beside": part.is_beside,
            "content": part.read(user, case, history) if name in opened else None,
        }
        for name, part in PARTS.items()
        if name in opened or (part.is_offered(case, history) and (has_old_papers or name != "naskah-lama"))
    ]


def _get_replies(case: Case, history: Sequence[Event]) -> Content:
    """Return what the applicant asked again. Most cases have none, which costs no query."""
    verbs = {event.verb for event in history}
    return {
        "enquiries": with_people(case.enquiries.order_by("pk")) if "ask_again" in verbs else [],
    }


def _get_summary(user: User, case: Case, actions: Actions, last: Event) -> Content:
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
        "upcoming": upcoming_session(case),
    }


def _get_result(user: User, case: Case) -> Content:
    """Return the accepted report and what became of its recommendations."""
    was_accepted = bool(case.report_number) or case.state == State.CLOSED
    reports = case.reports.exclude(accepted_at=None).order_by("-pk") if was_accepted else case.reports.none()
    report = next(iter(with_people(reports[:1])), None)
    return {
        "report": report,
        "follow_ups": with_people(case.follow_ups.order_by("pk")) if report else [],
        "can_follow_up": serves(user, case),
        "can_propose_advice": may_propose(user, case),
        "can_publish_question": may_publish_from(case, user),
    }


def _get_complaint(user: User, case: Case) -> Content | None:
    if case.kind != Kind.COMPLAINT:
        return None
    working = cast(WorkingTime, SimpleLazyObject(WorkingTime.load))
    set_days_left([case], working)
    return {
        "can_hand_over": may_hand_over(user, case),
        "hints": list_hints(user, [case], working)[0],
        "refused": _get_refused(user, case),
    }


def _get_refusal(user: User, case: Case) -> str:
    """Return the address at which the Sekretariat records a complaint about the refusal; empty for others."""
    may_record = can_be_complained_about(case) and Party.SECRETARIAT in parties(user, case)
    return reverse("receive", query={"adukan": case.code}) if may_record else ""


def _get_refused(user: User, case: Case) -> Content | None:
    """Return the refused case that the complaint is about, if the user may read the reason of the refusal.

    The Pengawas handles the complaint in the independent channel, so he reads the reason there. He does not
    see that case.
    """
    if case.complains_of is None:
        return None
    is_seen = _is_visible(user, case.complains_of)
    return {"case": case.complains_of, "is_seen": is_seen} if is_seen or case.is_independent else None


def _get_papers(user: User, case: Case) -> Content:
    """Return letter and files, the documents in force and the older ones.

    `made_letter` is the address of a letter that the system made.
    """
    files = list(case.attachments.order_by("pk"))
    letter = next((file for file in files if file.purpose == Attachment.Purpose.LETTER), None)
    is_made = letter is None and not (case.is_walk_in or case.is_independent or case.split_from_id)
    shown = list_documents(user, case)
    documents = [document for document in shown if not document.is_old]
    return {
        "letter": letter,
        "made_letter": reverse("case_document", args=[case.code, "surat-permohonan"]) if is_made else None,
        "attachments": [
            file for file in files if file is not letter and file.purpose not in Attachment.WITH_RECORD
        ],
        "documents": documents,
        "old": [document for document in shown if document.is_old],
        "receipt": next((document for document in documents if document.has_secret_link), None),
        "report": next((one for one in documents if one.kind == Document.Kind.REPORT), None),
        "to_submit": [document for document in documents if must_submit(document, by=user)],
        **get_paper_rights(user),
    }


def _get_applicant(user: User, case: Case, companions: Sequence[User]) -> Content:
    """Return the contact, or why it is hidden or masked, and the companions of the officer."""
    note = HIDDEN.get(case.identity)
    is_party = bool(parties(user, case))
    return {
        "hidden": note,
        "masked_phone": "" if note or is_party else masked_phone(case),
        "whatsapp": whatsapp_link(case) if is_party and not note else "",
        "can_reveal": can_reveal_identity(user, case) if note else False,
        "reveals": list_reveals(user, case) if case.identity == Identity.CONFIDENTIAL else [],
        "companions": companions,
    }
