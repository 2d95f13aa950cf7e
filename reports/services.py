"""Step 9: the officer reports, the Kepala Bidang reviews and forwards, the Kepala Dinas accepts."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.models import Case, NumberBook
from consultations.parties import Party, parties
from consultations.workflow import Refused, taking
from dispositions.services import record_ratification
from office import clock
from office.models import Office, User
from reports.documents import KINDS, to_html
from reports.models import Report
from reports.rendering import TooLong, refuse_too_long
from reports.tasks import freeze_report


def report(case: Case, *, by: User, note: str = "", **sections: str) -> Report:
    """Step 9: the officer hands in the written report; `sections` are the text columns of `Report`.

    Raises Refused where it is too long to become a paper: better now than when it has been accepted.
    """
    with taking("report", case, by=by, note=note):
        last = case.reports.order_by("-version").first()
        written = Report.objects.create(
            case=case,
            version=last.version + 1 if last else 1,
            by=by,
            title=parties(by, case)[Party.OFFICER],
            at=clock.now(),
            **sections,
        )
        try:
            refuse_too_long(to_html(KINDS["laporan"], case))
        except TooLong as sentence:
            raise Refused(str(sentence)) from sentence
        return written


def latest_report(case: Case) -> Report:
    """The version of the report that is being reviewed. Raises Refused where there is none."""
    if found := case.reports.order_by("-version").first():
        return found
    raise Refused(_("Laporan Hasil Konsultasi belum ditulis."))


def revise(case: Case, *, by: User, reason: str) -> None:
    """Step 9: the Kepala Bidang sends the report back to the officer and says what to change."""
    with taking("revise", case, by=by, note=reason):
        pass


def forward(case: Case, *, by: User, note: str = "") -> None:
    """Step 9: the Kepala Bidang initials the report (paraf) and passes it to the Kepala Dinas."""
    with taking("forward", case, by=by, note=note):
        _update(latest_report(case), forwarded_by=by, forwarded_at=clock.now())


def return_report(case: Case, *, by: User, reason: str) -> None:
    """Step 9: the Kepala Dinas gives the report back to the Kepala Bidang and says what to change."""
    with taking("return", case, by=by, note=reason):
        _update(latest_report(case), forwarded_by=None, forwarded_at=None)


def accept(case: Case, *, by: User, note: str = "") -> None:
    """Step 9: the Kepala Dinas accepts the report. It gets its number, and its PDF is frozen after commit.

    Accepting the report of an urgent walk-in also ratifies its disposition, where that was not done before.
    """
    with taking("accept", case, by=by, note=note) as changes:
        now, title = clock.now(), parties(by, case)[Party.HEAD]
        number = _next_number()
        _update(latest_report(case), accepted_by=by, accepted_at=now, accepted_title=title, number=number)
        if case.awaits_ratification:
            record_ratification(case, by=by)
        changes.update(report_number=number, closed_at=now, awaits_ratification=False)
        transaction.on_commit(lambda: freeze_report.enqueue(case.pk))


def _next_number() -> str:
    """The next report number of this year, e.g. `400.9/47/DINSOSPMD/2026` (tata naskah dinas)."""
    year, office = clock.today().year, Office.load()
    serial = NumberBook.take(NumberBook.Series.REPORT, year)
    return f"{office.report_classification}/{serial}/{office.unit_code}/{year}"


def _update(report: Report, **columns: object) -> None:
    for column, value in columns.items():
        setattr(report, column, value)
    report.save(update_fields=list(columns))
