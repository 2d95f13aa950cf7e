"""Document numbers (tata naskah dinas): classification, serial, unit and year."""

from dataclasses import dataclass
from typing import Any

from consultations.models import Case, NumberBook
from kit import clock
from office.models import Office
from reports.models import Document, Report, ReportNumber


@dataclass(frozen=True)
class LetterNumber:
    """Takes the next number of an outgoing letter, such as `400.9/12/ST/DINSOSPMD/2026`.

    All letters share one series per year. `code` names the type of letter. Call it in the issuing
    transaction. The number is empty if the office enters the numbers of its own register.
    """

    code: str

    def __call__(self, case: Case, row: Any) -> str:
        if not Office.load().counts_letters:
            return ""
        return _take_number(NumberBook.Series.LETTER, case.classification, self.code)


REPORT_CODE = "LHK"
"""Type of a report (Laporan Hasil Konsultasi) in its number. Reports have a series of their own."""


def report_number(case: Case, report: Report) -> str:
    """Return the number under which the report is accepted."""
    return report.number or ""


def reserve_report_number(case: Case) -> str:
    """Return the number of the case's report: the reserved one, or the next one of this year.

    Call it in a transaction. It locks the case, so that concurrent calls return the same number.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    reserved = ReportNumber.objects.filter(case=case).first()
    if reserved is None:
        number = _take_number(NumberBook.Series.REPORT, "", REPORT_CODE)
        reserved = ReportNumber.objects.create(case=case, number=number, taken_at=clock.now())
    return reserved.number


def _take_number(series: NumberBook.Series, classification: str, code: str) -> str:
    """Return the next number of a series that the staff has not entered for a letter."""
    year, office = clock.today().year, Office.load()
    classification = classification or office.report_classification
    while True:
        number = f"{classification}/{NumberBook.take(series, year)}/{code}/{office.unit_code}/{year}"
        if not Document.objects.filter(number=number).exists():
            return number
