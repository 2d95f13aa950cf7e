"""What the papers for a period have in common: who printed them, which rows they hold, how many at most."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.enums import Confidentiality
from consultations.models import AgendaEntry, Case
from consultations.parties import excluding_complaints_about
from consultations.workflow import LATEST_ENTRY
from office.clock import midnight
from office.models import User
from reports.facts.record import Record
from reports.models import Register, Report

MOST_ROWS = 1_000
"""Rows of one register: about 70 pages, seven seconds of work and 400 MB."""

LONGEST, MOST_TAGS = 1_500_000, 40_000
"""The limits of its size: what so many rows come to, each with the longest texts that there are."""

CONFIDENTIAL = "Dirahasiakan"
"""Stands for who applied, where the matter is confidential."""


def record_of(printed: Register) -> Record:
    """One printing of a list for a period, by whom it was printed."""
    return Record(printed, printed.by, printed.title, printed.at)


def agenda_entries(printed: Register) -> QuerySet[AgendaEntry]:
    """The agenda numbers registered in the period, in order.

    A number is one of the year in which it was taken: up to LATEST_ENTRY after the day that it is dated.
    """
    years = (printed.since.year, (printed.until + LATEST_ENTRY).year)
    entries = AgendaEntry.objects.filter(year__range=years)
    return _within(entries, "registered_at", printed).order_by("year", "number")


def accepted_reports(printed: Register) -> QuerySet[Report]:
    """The reports accepted in the period and not corrected, of the register's division, in order.

    Without complaints about the person who prints it, as in every list.
    """
    return _accepted(printed, excluding_complaints_about(printed.by))


def hides_something(printed: Register) -> bool:
    """Whether a complaint that is, or may be, about who prints the register belongs to its period."""
    if printed.kind == Register.Kind.RECAP:
        return _accepted(printed, Q(complained_about=printed.by)).exists()
    about = Q(case__complained_about=printed.by) | withheld_once(printed.by)
    return agenda_entries(printed).filter(about).exists()


def withheld_once(reader: User) -> Q:
    """The voided agenda numbers of complaints that are about the reader, or may be now."""
    withheld = Case.objects.exclude(excluding_complaints_about(reader)).filter(pk=OuterRef("voided_case"))
    return Q(Exists(withheld), voided_case__isnull=False)


def _accepted(printed: Register, which: Q) -> QuerySet[Report]:
    cases = Case.objects.filter(which, pk=OuterRef("case"))
    if printed.division_id:
        cases = cases.filter(division=printed.division_id)
    not_corrected = Q(corrected_at=None) | Q(corrected_at__gt=printed.at)
    reports = Report.objects.filter(not_corrected, Exists(cases))
    return _within(reports, "accepted_at", printed).order_by("accepted_at", "pk")


def _within[Rows: QuerySet[Any]](rows: Rows, moment: str, printed: Register) -> Rows:
    """The rows whose moment lies in the period and is not later than the register was printed."""
    begins, ends = midnight(printed.since), midnight(printed.until + dt.timedelta(days=1))
    return rows.filter(**{f"{moment}__gte": begins, f"{moment}__lt": ends, f"{moment}__lte": printed.at})


def is_masked(case: Case) -> bool:
    """Whether who applied stands on no list that is printed."""
    return case.confidentiality in {Confidentiality.CONFIDENTIAL, Confidentiality.STRICT}
