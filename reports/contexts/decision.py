"""Documents of steps 3 and 4: disposition sheet, rejection letter and letter of assignment."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.enums import Confidentiality, Urgency
from consultations.models import Case, Event
from dispositions.models import Assignment, Disposition
from office import clock
from office.models import Appointment, Instruction, User
from office.public_url import get_public_url
from reports.contexts.source import Source


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
    """Return the disposition (Lembar Disposisi), its check boxes, and the initials of the Sekretaris."""
    chosen = sheet.instructions
    presets = list(Instruction.objects.filter(is_active=True).values_list("text", flat=True))
    endorsed = case.endorsements.filter(at__lte=sheet.at).select_related("by").order_by("pk")
    return {
        "disposition": sheet,
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
    """Return the reason, and addresses for a new request and for a complaint (Surat Penolakan)."""
    return {
        "reason": event.note,
        "apply": get_public_url("request"),
        "complain": get_public_url("complaint"),
    }


def find_assignment(case: Case) -> Source | None:
    """Return the latest assignment of an officer and companions."""
    named = case.assignments.select_related("by", "officer").order_by("-at", "-pk").first()
    return Source(named, named.by, named.title, named.at) if named else None


def assignment_context(case: Case, named: Assignment) -> dict[str, Any]:
    """Return the people assigned, officer first, with their positions on that day (Surat Tugas)."""
    people = [named.officer, *named.companions.order_by("name")]
    titles = get_titles(timezone.localdate(named.at), people)
    return {
        "assignment": named,
        "disposition": case.dispositions.filter(at__lte=named.at).order_by("-at", "-pk").first(),
        "people": [(person, titles.get(person.pk, "")) for person in people],
    }


def get_titles(day: dt.date, people: list[User]) -> dict[int, str]:
    """Return the position titles on a day by primary key of the user; people without one are left out.

    An own position counts before an acting one.
    """
    held = Appointment.objects.filter(user__in=people, starts__lte=day).exclude(ends__lt=day)
    held = held.exclude(ended_at__lt=clock.midnight(day))
    in_order = held.select_related("position").order_by("-acting", "-position__role", "-pk")
    return {appointment.user_id: appointment.title for appointment in in_order}
