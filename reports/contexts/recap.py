"""Template context of the report summary (Rekap Laporan): accepted reports of a period, with totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from consultations.pagination import only
from office.models import Office
from reports.contexts.registers import CONFIDENTIAL, MAX_ROWS, is_masked, list_accepted_reports
from reports.models import FollowUp, Register, Report
from scheduling.queries import service_minutes

CASE = ("applicant_name", "organisation", "confidentiality", "subject", "state", "closed_at")
PEOPLE = ("division__name", "officer__name", "officer__username")
FIELDS = ("number", "accepted_at", *(f"case__{field}" for field in (*CASE, *PEOPLE)))


@dataclass(frozen=True)
class FollowedUp:
    """Numbers of recommendations: all, done, and late (open after their due date)."""

    recommended: int = 0
    done: int = 0
    late: int = 0

    @property
    def open(self) -> int:
        return self.recommended - self.done

    def __add__(self, other: "FollowedUp") -> "FollowedUp":
        return FollowedUp(
            self.recommended + other.recommended, self.done + other.done, self.late + other.late
        )


@dataclass(frozen=True)
class Line:
    """One accepted report, its recommendations, and the minutes of its consultation (None: in writing)."""

    report: Report
    applicant: str
    organisation: str
    minutes: int | None
    followed_up: FollowedUp

    @property
    def division(self) -> str:
        return str(self.report.case.division)


@dataclass(frozen=True)
class Totals:
    """Number of reports, median minutes of their consultations, and number within the promised minutes.

    Answers in writing count as reports only.
    """

    count: int
    measured: int
    median: float | None
    in_time: int

    @property
    def share(self) -> float:
        """Percentage of the consultations within the promised minutes."""
        return 100 * self.in_time / self.measured if self.measured else 0

    @classmethod
    def of(cls, lines: Iterable[Line], promised: int) -> "Totals | None":
        """Return the totals of some lines, or None if there are none."""
        lines = list(lines)
        if not lines:
            return None
        minutes = [line.minutes for line in lines if line.minutes is not None]
        in_time = sum(m <= promised for m in minutes)
        return cls(len(lines), len(minutes), median(minutes) if minutes else None, in_time)


def recap_context(register: Register, row: Register) -> dict[str, Any]:
    """Return lines and totals. Recommendations are counted as of the time of printing."""
    lines = list_lines(list(only(list_accepted_reports(register), FIELDS)[:MAX_ROWS]), register)
    promised = Office.load().service_minutes
    by_division: dict[str, list[Line]] = {}
    for line in lines:
        by_division.setdefault(line.division, []).append(line)
    return {
        "register": register,
        "lines": lines,
        "promised": promised,
        "figures": Totals.of(lines, promised),
        "divisions": [(name, Totals.of(by_division[name], promised)) for name in sorted(by_division)],
        "followed_up": sum((line.followed_up for line in lines), FollowedUp()),
    }


def list_lines(reports: Sequence[Report], register: Register) -> list[Line]:
    """Return the lines of some reports, loaded with FIELDS. Costs two queries."""
    followed_up = _count_recommendations(reports, register)
    minutes = service_minutes(report.case_id for report in reports)
    return [
        _line(report, minutes.get(report.case_id), followed_up.get(report.pk, FollowedUp()))
        for report in reports
    ]


def _line(report: Report, minutes: int | None, followed_up: FollowedUp) -> Line:
    case = report.case
    masked = is_masked(case)
    return Line(
        report,
        CONFIDENTIAL if masked else case.applicant_name,
        "" if masked else case.organisation,
        minutes,
        followed_up,
    )


def _count_recommendations(reports: Iterable[Report], register: Register) -> Mapping[int, FollowedUp]:
    """Return the recommendations by primary key of the report; reports without any are left out."""
    done, still_open = Q(done_at__lte=register.at), Q(done_at=None) | Q(done_at__gt=register.at)
    counted = (
        FollowUp.objects.filter(report__in=[report.pk for report in reports])
        .values_list("report")
        .annotate(
            recommended=Count("pk"),
            done=Count("pk", filter=done),
            late=Count("pk", filter=still_open & Q(due__lt=timezone.localdate(register.at))),
        )
    )
    return {report: FollowedUp(*counts) for report, *counts in counted}
