"""Read the audit log: what a user may see of it, and who has seen a case."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Party
from consultations.models import Case
from consultations.parties import excluding_complaints_about, is_supervisor, of_office_not_about, parties
from consultations.secret_link import Reading, sum_up
from office import rights
from office.models import User

READERS_OF_CASE = frozenset({Party.TIM_PKD, Party.HEAD, Party.SUPERVISOR})
"""Parties that see on the page of a case who has opened it."""

MAX_READINGS = 200
"""Latest readings that an applicant sees. Entries of one day, position and act are one reading."""


def visible_entries(user: User) -> QuerySet[AuditEntry]:
    """Return the entries that the user may read: none of complaints that are, or may be, about the user.

    A Pengawas reads those of the office's cases too, which he does not see (ADR 36).
    """
    if not rights.READ_AUDIT_LOG.is_held_by(user):
        return AuditEntry.objects.none()
    cases = excluding_complaints_about(user, "case__")
    if is_supervisor(user):
        cases |= of_office_not_about(user, "case__")
    return AuditEntry.objects.filter(Q(case=None) | cases)


def may_see_readers(user: User, case: Case) -> bool:
    return bool(READERS_OF_CASE & parties(user, case).keys())


def list_readings(entries: Iterable[AuditEntry]) -> list[Reading]:
    """Sum up entries of a case by person, position and act, the latest first."""
    return sum_up((str(one.user or ""), one.acted_as, str(one.get_act_display()), one.at) for one in entries)


def list_readings_by_day(case: Case) -> list[tuple[dt.date, list[Reading]]]:
    """Return what was opened of a case on each day, the latest first, without the names of persons."""
    entries = AuditEntry.objects.filter(case=case).annotate(is_applicant=Q(user=None))
    summed_up = entries.values("act", "title", "is_applicant", day=TruncDate("at")).annotate(
        times=Count("pk"), last_at=Max("at")
    )
    applicant, rows = str(Party.APPLICANT.label), summed_up.order_by("-last_at")[:MAX_READINGS]
    readings = [
        (
            row["day"],
            Reading(
                "",
                applicant if row["is_applicant"] else row["title"],
                str(Act(row["act"]).label),
                row["times"],
                row["last_at"],
            ),
        )
        for row in rows
    ]
    return [(day, [one for _day, one in found]) for day, found in groupby(readings, key=itemgetter(0))]
