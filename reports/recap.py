"""Rekap Laporan: the register of accepted reports, with totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.scheduling.models import Session
from consultations.scheduling.queries import list_held
from documents.models import Register
from documents.registers.book import (
    AGENDA,
    APPLICANT,
    CODE,
    ORGANISATION,
    Book,
    name_of,
    number_of,
    organisation_of,
    person_of,
    to_day,
)
from kit.pagination import only
from kit.table import Column, Place
from office.models import Office
from office.words import word
from reports.models import FollowUp, Report

OF_REPORTED = (*APPLICANT, "code", "subject", "state", "closed_at", "agenda__year", "agenda__number")
PEOPLE = ("division__name", "officer__name", "officer__username")
OF_REPORT = ("number", "accepted_at", *(f"case__{field}" for field in (*OF_REPORTED, *PEOPLE)))


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
class ReportLine:
    """One accepted report, its consultation (None: in writing), and its recommendations."""

    report: Report
    session: Session | None
    followed_up: FollowedUp

    @property
    def case(self) -> Case:
        return self.report.case

    @property
    def division(self) -> str:
        return str(self.case.division)

    @property
    def number(self) -> str:
        mark = " (sedang diralat)" if self.case.is_being_corrected else ""
        return f"{self.report.number}{mark}"

    @property
    def minutes(self) -> int | None:
        return self.session.minutes if self.session else None

    @property
    def minutes_read(self) -> int | str:
        return str(_("tertulis")) if self.minutes is None else self.minutes

    @property
    def followed_up_read(self) -> str:
        counts = self.followed_up
        words = {"done": counts.done, "all": counts.recommended}
        return _("%(done)s dari %(all)s") % words if counts.recommended else ""


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
    def of(cls, lines: Iterable[ReportLine], promised: int) -> "Totals | None":
        """Return the totals of some lines, or None if there are none."""
        lines = list(lines)
        if not lines:
            return None
        minutes = [line.minutes for line in lines if line.minutes is not None]
        in_time = sum(m <= promised for m in minutes)
        return cls(len(lines), len(minutes), median(minutes) if minutes else None, in_time)


def _get_reports(register: Register) -> QuerySet[Report]:
    """Return the reports that were accepted and not corrected when the register was printed."""
    not_corrected = Q(corrected_at=None) | Q(corrected_at__gt=register.at)
    return only(Report.objects.filter(not_corrected), OF_REPORT)


def _get_report_lines(reports: Sequence[Report], register: Register) -> list[ReportLine]:
    """Return the lines of some reports. Recommendations are counted as of the time of printing."""
    followed_up = _count_recommendations(reports, register)
    held = list_held(report.case_id for report in reports)
    return [
        ReportLine(report, held.get(report.case_id), followed_up.get(report.pk, FollowedUp()))
        for report in reports
    ]


def _summarise(lines: Sequence[ReportLine], register: Register) -> dict[str, Any]:
    promised = Office.load().service_minutes
    by_division: dict[str, list[ReportLine]] = {}
    for line in lines:
        by_division.setdefault(line.division, []).append(line)
    return {
        "promised": promised,
        "figures": Totals.of(lines, promised),
        "divisions": [(name, Totals.of(by_division[name], promised)) for name in sorted(by_division)],
        "followed_up": sum((line.followed_up for line in lines), FollowedUp()),
    }


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


RECAP = Book(
    kind=Register.Kind.RECAP,
    title="Rekap Laporan Hasil Konsultasi",
    row_name=_("laporan"),
    model=Report,
    moment="accepted_at",
    order=("accepted_at", "pk"),
    columns=(
        Column(_("Nomor laporan"), lambda line: line.number, 28),
        Column(AGENDA, lambda line: number_of(line.case), 16, Place.FILE),
        Column(CODE, lambda line: line.case.code, 16, Place.FILE),
        Column(_("Diterima"), lambda line: to_day(line.report.accepted_at), 16),
        Column(_("Pemohon"), lambda line: person_of(line.case), 30, Place.READ),
        Column(_("Pemohon"), lambda line: name_of(line.case), 28, Place.FILE),
        Column(ORGANISATION, lambda line: organisation_of(line.case), 28, Place.FILE),
        Column(_("Perihal"), lambda line: line.case.subject, 40, is_link=True),
        Column(word("division_name"), lambda line: line.division, 26),
        Column(_("Petugas"), lambda line: str(line.case.officer), 24),
        Column(_("Lama pelayanan (menit)"), lambda line: line.minutes_read, 14, Place.READ),
        Column(
            _("Alasan lebih lama dari standar"), lambda line: line.session and line.session.overrun_reason, 24
        ),
        Column(_("Rekomendasi (selesai dari jumlah)"), lambda line: line.followed_up_read, 16, Place.READ),
        Column(_("Waktu pelayanan (menit)"), lambda line: line.minutes, 16, Place.FILE),
        Column(_("Rekomendasi"), lambda line: line.followed_up.recommended, 16, Place.FILE),
        Column(_("Rekomendasi selesai"), lambda line: line.followed_up.done, 16, Place.FILE),
        Column(_("Rekomendasi lewat batas waktu"), lambda line: line.followed_up.late, 16, Place.FILE),
    ),
    get_rows=_get_reports,
    get_lines=_get_report_lines,
    summarise=_summarise,
    is_of_divisions=True,
)
