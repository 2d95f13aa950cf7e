"""Rows of the registers (agenda book, report summary) for a period, and the limits of their size."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.enums import Confidentiality
from consultations.models import AgendaEntry, Case
from consultations.moments import LATEST_ENTRY
from consultations.parties import excluding_complaints_about
from office.clock import midnight
from office.models import User
from reports.contexts.source import Source
from reports.models import Register, Report

MAX_ROWS = 1_000
"""Rows of one register: about 70 pages, seven seconds of work and 400 MB."""

MAX_TEXT_BYTES, MAX_TAGS = 1_500_000, 40_000
"""Limits that MAX_ROWS rows with the longest texts stay below."""

CONFIDENTIAL = "Dirahasiakan"
"""Printed in place of the applicant if the case is confidential."""


def register_source(register: Register) -> Source:
    """Return the register as a source."""
    return Source(register, register.by, register.title, register.at)


def list_agenda_entries(register: Register) -> QuerySet[AgendaEntry]:
    """Return the agenda numbers registered in the period, in order."""
    # A number may be taken up to LATEST_ENTRY after its date, in the next year.
    years = (register.since.year, (register.until + LATEST_ENTRY).year)
    entries = AgendaEntry.objects.filter(year__range=years)
    return _within(entries, "registered_at", register).order_by("year", "number")


def list_accepted_reports(register: Register) -> QuerySet[Report]:
    """Return the reports accepted in the period and not corrected, of the register's division, in order.

    Reports on complaints about the user who prints it are left out.
    """
    return _accepted(register, excluding_complaints_about(register.by))


def has_hidden_rows(register: Register) -> bool:
    """Return whether the period has a complaint that is, or may be, about the user who prints it."""
    if register.kind == Register.Kind.RECAP:
        return _accepted(register, Q(complained_about=register.by)).exists()
    about = Q(case__complained_about=register.by) | voided_numbers_about(register.by)
    return list_agenda_entries(register).filter(about).exists()


def voided_numbers_about(reader: User) -> Q:
    """Match voided agenda numbers of complaints that are, or may be, about the reader."""
    withheld = Case.objects.exclude(excluding_complaints_about(reader)).filter(pk=OuterRef("voided_case"))
    return Q(Exists(withheld), voided_case__isnull=False)


def _accepted(register: Register, which: Q) -> QuerySet[Report]:
    cases = Case.objects.filter(which, pk=OuterRef("case"))
    if register.division_id:
        cases = cases.filter(division=register.division_id)
    not_corrected = Q(corrected_at=None) | Q(corrected_at__gt=register.at)
    reports = Report.objects.filter(not_corrected, Exists(cases))
    return _within(reports, "accepted_at", register).order_by("accepted_at", "pk")


def _within[Rows: QuerySet[Any]](rows: Rows, moment: str, register: Register) -> Rows:
    """Return the rows with a moment in the period, up to the time of printing."""
    begins, ends = midnight(register.since), midnight(register.until + dt.timedelta(days=1))
    return rows.filter(**{f"{moment}__gte": begins, f"{moment}__lt": ends, f"{moment}__lte": register.at})


def is_masked(case: Case) -> bool:
    """Return whether registers hide the applicant of the case."""
    return case.confidentiality in {Confidentiality.CONFIDENTIAL, Confidentiality.STRICT}
