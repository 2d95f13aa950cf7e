"""Documents of steps 3 and 4: disposition sheet, rejection letter and letter of assignment."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.enums import Confidentiality, Urgency
from consultations.models import Attachment, Case, Event
from dispositions.models import Assignment, Disposition
from office.models import Instruction
from office.public_url import get_public_url
from reports.contexts.meeting import PLANNED
from reports.contexts.source import Source
from reports.signatories import (
    get_division_head_title,
    get_head_title,
    get_titles,
    list_heads_of,
)
from scheduling.models import Session

OBJECTION_DAYS, OBJECTION_ANSWER_DAYS = 21, 10
"""Working days for an objection to a decision, and for its answer (UU 30/2014, article 77)."""


def find_disposition(case: Case) -> Source | None:
    """Return the latest disposition of the head. That of a walk-in is final after its ratification."""
    people = ("by", "division", "ratified_by")
    sheet = case.dispositions.select_related(*people).order_by("-at", "-pk").first()
    if sheet is None:
        return None
    if not case.is_walk_in:
        return Source(sheet, sheet.by, sheet.title, sheet.at)
    ratified = sheet.ratified_at is not None
    return Source(sheet, sheet.ratified_by, sheet.ratified_title, sheet.ratified_at or sheet.at, ratified)


def disposition_context(case: Case, sheet: Disposition) -> dict[str, Any]:
    """Return the disposition (Lembar Disposisi), its recipients by position, its check boxes, and the
    initials of the Sekretaris.
    """
    chosen = sheet.instructions
    presets = list(Instruction.objects.filter(is_active=True).values_list("text", flat=True))
    endorsed = case.endorsements.filter(at__lte=sheet.at).select_related("by").order_by("pk")
    return {
        "disposition": sheet,
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
    """Return the reason, the limits of an objection, and addresses for a request and a complaint.

    The time limits of the Surat Penolakan are those of UU 30/2014.
    """
    return {
        "reason": event.note,
        "apply": get_public_url(case.wording.form_page),
        "complain": get_public_url("complaint"),
        "objection_days": OBJECTION_DAYS,
        "objection_answer_days": OBJECTION_ANSWER_DAYS,
    }


def find_assignment(case: Case) -> Source | None:
    """Return the latest assignment of an officer and companions."""
    named = case.assignments.select_related("by", "officer").order_by("-at", "-pk").first()
    return Source(named, named.by, named.title, named.at) if named else None


def assignment_context(case: Case, named: Assignment) -> dict[str, Any]:
    """Return the people assigned, officer first, with their positions on that day (Surat Tugas).

    `session` is the consultation if it had a time already when they were assigned.
    """
    people = [named.officer, *named.companions.order_by("name")]
    titles = get_titles(timezone.localdate(named.at), people)
    return {
        "assignment": named,
        "disposition": case.dispositions.filter(at__lte=named.at).order_by("-at", "-pk").first(),
        "people": [(person, titles.get(person.pk, "")) for person in people],
        "session": _get_session_at(case, named.at),
        "reports_to": get_head_title(),
        "reports_through": get_division_head_title(case.division),
    }


def _get_session_at(case: Case, moment: dt.datetime) -> Session | None:
    """Return the session that was planned at a moment, if any."""
    events = case.history.filter(verb__in=PLANNED, entered_at__lte=moment).count()
    # One event per planned session.
    planned = list(case.sessions.filter(starts_at__isnull=False).order_by("pk")[:events])
    if not planned or (planned[-1].cancelled_at and planned[-1].cancelled_at <= moment):
        return None
    return planned[-1]


def list_assigned(named: Assignment) -> list[int]:
    """Return the primary keys of officer and companions, who do not sign their own assignment."""
    return [named.officer_id, *(person.pk for person in named.case.list_companions())]
