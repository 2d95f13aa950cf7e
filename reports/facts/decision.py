"""Papers of steps 3 and 4: Lembar Disposisi, Surat Penolakan, Surat Tugas."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.enums import Confidentiality, Urgency
from consultations.models import Case, Event
from dispositions.models import Assignment, Disposition
from office.addresses import public_address
from office.models import Appointment, Instruction, User
from reports.facts.record import Record


def disposition(case: Case) -> Record | None:
    """The latest disposition, signed by the head; a walk-in's is final once the head has ratified it."""
    people = ("by", "division", "ratified_by")
    sheet = case.dispositions.select_related(*people).order_by("-at", "-pk").first()
    if sheet is None:
        return None
    if not case.is_walk_in:
        return Record(sheet, sheet.by, sheet.title, sheet.at)
    ratified = sheet.ratified_at is not None
    return Record(sheet, sheet.ratified_by, sheet.ratified_title, sheet.ratified_at or sheet.at, ratified)


def disposition_facts(case: Case, sheet: Disposition) -> dict[str, Any]:
    """The boxes of the sheet, with those ticked that were chosen."""
    chosen = sheet.instructions
    presets = list(Instruction.objects.filter(is_active=True).values_list("text", flat=True))
    return {
        "disposition": sheet,
        "urgencies": ticked(Urgency.choices, [case.urgency]),
        "confidentialities": ticked(Confidentiality.choices, [case.confidentiality]),
        "instructions": ticked([(text, text) for text in dict.fromkeys([*presets, *chosen])], chosen),
    }


def ticked(choices: list[tuple[str, Any]], chosen: list[str]) -> list[tuple[str, bool]]:
    """Each choice's label and whether its box is ticked."""
    return [(str(label), value in chosen) for value, label in choices]


def rejection(case: Case) -> Record | None:
    """The head's refusal, with the reason (step 3, decline)."""
    declined = case.history.filter(verb="decline").select_related("by").order_by("-pk").first()
    return Record(declined, declined.by, declined.title, declined.happened_at) if declined else None


def rejection_facts(case: Case, event: Event) -> dict[str, Any]:
    """The reason, and where the applicant can turn next."""
    return {
        "reason": event.note,
        "apply": public_address("request"),
        "complain": public_address("complaint"),
    }


def assignment(case: Case) -> Record | None:
    """The latest assignment of officer and companions."""
    named = case.assignments.select_related("by", "officer").order_by("-at", "-pk").first()
    return Record(named, named.by, named.title, named.at) if named else None


def assignment_facts(case: Case, named: Assignment) -> dict[str, Any]:
    """Who is sent: the officer first, then the companions, each with the position held on that day."""
    people = [named.officer, *named.companions.order_by("name")]
    titles = titles_on(timezone.localdate(named.at), people)
    return {
        "assignment": named,
        "disposition": case.dispositions.filter(at__lte=named.at).order_by("-at", "-pk").first(),
        "people": [(person, titles.get(person.pk, "")) for person in people],
    }


def titles_on(day: dt.date, people: list[User]) -> dict[int, str]:
    """The position that each person held on a day; left out is who held none."""
    held = Appointment.objects.filter(user__in=people, starts__lte=day).exclude(ends__lt=day)
    in_order = held.select_related("position").order_by("-position__role", "-pk")
    return {appointment.user_id: appointment.title for appointment in in_order}
