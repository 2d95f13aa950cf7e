"""The numbers that papers bear (tata naskah dinas): classification, serial, unit and year."""

from dataclasses import dataclass
from typing import Any

from consultations.models import Case, NumberBook
from office import clock
from office.models import Office
from reports.models import Report, ReportNumber


def no_number(source: Any, row: Any) -> str:
    """A paper that bears no number of its own."""
    return ""


@dataclass(frozen=True)
class LetterNumber:
    """The next number of an outgoing letter, e.g. `400.9/12/ST/DINSOSPMD/2026`; in the issuing transaction.

    All letters count in one series of the year. `code` says which kind of letter, so that no letter bears
    the number of a report, which count for themselves.
    """

    code: str

    def __call__(self, case: Case, row: Any) -> str:
        return _take(NumberBook.Series.LETTER, case.classification, self.code)


def report_number(case: Case, report: Report) -> str:
    """The number under which the report was accepted."""
    return report.number or ""


def reserve_report_number(case: Case) -> str:
    """The number of the case's report: the one it has, also from a failed try, or the next of this year.

    To be called in a transaction, which holds the case: two who accept at once are given the same number.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    reserved = ReportNumber.objects.filter(case=case).first()
    if reserved is None:
        number = _take(NumberBook.Series.REPORT)
        reserved = ReportNumber.objects.create(case=case, number=number, taken_at=clock.now())
    return reserved.number


def _take(series: NumberBook.Series, classification: str = "", code: str = "") -> str:
    year, office = clock.today().year, Office.load()
    serial = f"{NumberBook.take(series, year)}/{code}" if code else str(NumberBook.take(series, year))
    return f"{classification or office.report_classification}/{serial}/{office.unit_code}/{year}"
