"""Letters of step 5 to another agency that is asked for its opinion."""

import datetime as dt
from typing import Any

from django.utils import timezone

from consultations.models import Case
from dispositions.models import Opinion, OpinionReminder
from office.models import Appointment, Role
from reports.contexts.source import Source
from reports.models import Document


def find_request(case: Case) -> Source | None:
    """Return the latest question to an agency."""
    return _source(case, "ask_opinion", case.opinions.order_by("pk").last())


def request_context(case: Case, opinion: Opinion) -> dict[str, Any]:
    """Return the question and who signs the letter (Surat Permintaan Pendapat)."""
    return {"opinion": opinion, "signer": find_signer(case, timezone.localdate(opinion.asked_at))}


def find_reminder(case: Case) -> Source | None:
    """Return the latest reminder of an agency."""
    return _source(case, "remind_agency", OpinionReminder.objects.filter(opinion__case=case).last())


def reminder_context(case: Case, reminder: OpinionReminder) -> dict[str, Any]:
    """Return the reminder, the letter that it refers to, and who signs (Surat Pengingat Pendapat)."""
    opinion = reminder.opinion
    return {
        "opinion": opinion,
        "reminder": reminder,
        "request": Document.objects.filter(kind=Document.Kind.OPINION_REQUEST, source_pk=opinion.pk).first(),
        "signer": find_signer(case, timezone.localdate(reminder.at)),
    }


def find_signer(case: Case, day: dt.date) -> Appointment | None:
    """Return the Kepala Bidang of the case on a day, or None if nobody heads the division.

    This person signs in the name of the Kepala Dinas (a.n.). Officers sign no letter that leaves the office.
    """
    heads = Appointment.objects.current(day).filter(
        position__role=Role.DIVISION_HEAD, position__division=case.division_id
    )
    heads = heads.exclude(user=case.complained_about_id).select_related("user", "position")
    return heads.order_by("-starts", "-pk").first()


def _source(case: Case, verb: str, row: Opinion | OpinionReminder | None) -> Source | None:
    """Return a row as a source in the name of the officer who took the step for it."""
    taken = case.history.filter(verb=verb).select_related("by").order_by("pk").last()
    return Source(row, taken.by, taken.title, taken.entered_at, is_first=True) if row and taken else None
