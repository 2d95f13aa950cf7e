"""Letters of step 5 to another agency that is asked for its opinion."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.models import Case
from dispositions.models import Opinion, OpinionReminder
from office.models import User
from reports.contexts.source import Source
from reports.models import Document
from reports.signatories import get_titles


def find_request(case: Case) -> Source | None:
    """Return the latest question to an agency."""
    return _source(case, "ask_opinion", case.opinions.order_by("pk").last())


def request_context(case: Case, opinion: Opinion) -> dict[str, Any]:
    """Return the question and who answers the agency's calls (Surat Permintaan Pendapat)."""
    return {"opinion": opinion, "contact": _get_contact(opinion.asked_by, opinion.asked_at)}


def find_reminder(case: Case) -> Source | None:
    """Return the latest reminder of an agency."""
    return _source(case, "remind_agency", OpinionReminder.objects.filter(opinion__case=case).last())


def reminder_context(case: Case, reminder: OpinionReminder) -> dict[str, Any]:
    """Return the reminder, the letter that it refers to, and the contact (Surat Pengingat Pendapat)."""
    opinion = reminder.opinion
    return {
        "opinion": opinion,
        "reminder": reminder,
        "request": Document.objects.filter(kind=Document.Kind.OPINION_REQUEST, source_pk=opinion.pk).first(),
        "contact": _get_contact(reminder.by, reminder.at),
    }


def _get_contact(person: User, at: dt.datetime) -> tuple[User, str]:
    """Return the officer whom the agency can call, with the position on that day."""
    return person, get_titles(timezone.localdate(at), [person]).get(person.pk, "")


def _source(case: Case, verb: str, row: Opinion | OpinionReminder | None) -> Source | None:
    """Return a row as a source in the name of the officer who took the step for it."""
    taken = case.history.filter(verb=verb).select_related("by").order_by("pk").last()
    return Source(row, taken.by, taken.title, taken.entered_at) if row and taken else None
