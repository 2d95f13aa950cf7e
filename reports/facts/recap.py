"""The Rekap Laporan of a period: the accepted reports, and what they come to in figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from consultations.pagination import only
from office.models import Office
from reports.facts.registers import CONFIDENTIAL, MOST_ROWS, accepted_reports, is_masked
from reports.models import FollowUp, Register, Report
from scheduling.queries import service_minutes

CASE = ("applicant_name", "organisation", "confidentiality", "subject")
PEOPLE = ("division__name", "officer__name", "officer__username")
SHOWN = ("number", "accepted_at", *(f"case__{field}" for field in (*CASE, *PEOPLE)))
"""What a line is made of: the report and its case."""


@dataclass(frozen=True)
class FollowedUp:
    """How many recommendations there are, how many were done, how many are late (none of those is done)."""

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
    """One accepted report, the real minutes of its consultation, and its recommendations."""

    report: Report
    applicant: str
    organisation: str
    minutes: int
    followed_up: FollowedUp

    @property
    def division(self) -> str:
        return str(self.report.case.division)


@dataclass(frozen=True)
class Figures:
    """How many reports, how long their consultations took, and how many took no longer than promised."""

    count: int
    median: float
    in_time: int

    @property
    def share(self) -> float:
        """In percent."""
        return 100 * self.in_time / self.count

    @classmethod
    def of(cls, lines: Iterable[Line], promised: int) -> "Figures | None":
        """The figures of some lines; None where there is none."""
        minutes = [line.minutes for line in lines]
        if not minutes:
            return None
        return cls(len(minutes), median(minutes), sum(m <= promised for m in minutes))


def recap_facts(printed: Register, row: Register) -> dict[str, Any]:
    """The lines and the figures; recommendations as they stood when the recap was printed."""
    found = list(only(accepted_reports(printed), SHOWN)[:MOST_ROWS])
    followed_up = _followed_up(found, printed)
    minutes = service_minutes(report.case_id for report in found)
    lines = [
        _line(report, minutes.get(report.case_id) or 0, followed_up.get(report.pk, FollowedUp()))
        for report in found
    ]
    promised = Office.load().service_minutes
    by_division: dict[str, list[Line]] = {}
    for line in lines:
        by_division.setdefault(line.division, []).append(line)
    return {
        "register": printed,
        "lines": lines,
        "promised": promised,
        "figures": Figures.of(lines, promised),
        "divisions": [(name, Figures.of(by_division[name], promised)) for name in sorted(by_division)],
        "followed_up": sum((line.followed_up for line in lines), FollowedUp()),
    }


def _line(report: Report, minutes: int, followed_up: FollowedUp) -> Line:
    case = report.case
    masked = is_masked(case)
    return Line(
        report,
        CONFIDENTIAL if masked else case.applicant_name,
        "" if masked else case.organisation,
        minutes,
        followed_up,
    )


def _followed_up(reports: Iterable[Report], printed: Register) -> Mapping[int, FollowedUp]:
    """The recommendations of each report that has any, by its key."""
    done, still_open = Q(done_at__lte=printed.at), Q(done_at=None) | Q(done_at__gt=printed.at)
    counted = (
        FollowUp.objects.filter(report__in=[report.pk for report in reports])
        .values_list("report")
        .annotate(
            recommended=Count("pk"),
            done=Count("pk", filter=done),
            late=Count("pk", filter=still_open & Q(due__lt=timezone.localdate(printed.at))),
        )
    )
    return {report: FollowedUp(*counts) for report, *counts in counted}
