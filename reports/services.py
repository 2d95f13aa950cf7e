"""Step 9: the officer reports, the Kepala Bidang forwards, the Kepala Dinas accepts or corrects."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from consultations.models import Case
from consultations.parties import Party, parties
from consultations.workflow import Refused, check, taking
from dispositions.services import record_ratification
from office import clock
from office.models import User
from reports.contexts.source import Source
from reports.documents import REPORT
from reports.html import render_html
from reports.issuing import draft_document, save_document
from reports.items import Item
from reports.models import FollowUp, Remark, Report, ReportDraft
from reports.numbers import reserve_report_number
from reports.pdf import TooLong, check_size
from reports.signed_report import file_deleted_unless_saved, prepare_report


def report(case: Case, *, by: User, items: Iterable[Item], note: str = "", **sections: str) -> Report:
    """Step 9: the officer hands in the written report; `sections` are the text columns of `Report`.

    `items` are the product of the standard: at least one saran, masukan, pertimbangan, solusi or
    rekomendasi. Raises Refused where the report is too long to become a paper: better now than when it
    has been accepted.
    """
    with taking("report", case, by=by, note=note):
        last = case.reports.order_by("-version").first()
        written = Report.objects.create(
            case=case,
            version=last.version + 1 if last else 1,
            by=by,
            title=parties(by, case)[Party.OFFICER],
            at=clock.now(),
            items=[item.to_json() for item in items],
            **sections,
        )
        ReportDraft.objects.filter(case=case).delete()
        source = Source(written, by, written.title, written.at, is_final=False)
        try:
            check_size(render_html(draft_document(REPORT, case, source)))
        except TooLong as sentence:
            raise Refused(str(sentence)) from sentence
        return written


def latest_report(case: Case) -> Report:
    """The version of the report that is being reviewed. Raises Refused where there is none."""
    if found := case.reports.order_by("-version").first():
        return found
    raise Refused(_("Laporan Hasil Konsultasi belum ditulis."))


def revise(case: Case, *, by: User, reason: str, remarks: Mapping[str, str] | None = None) -> None:
    """Step 9: the Kepala Bidang sends the report back to the officer and says what to change.

    `remarks` are notes on single sections, by the name of the section.
    """
    with taking("revise", case, by=by, note=reason):
        _remark(case, remarks or {}, by=by, title=parties(by, case)[Party.DIVISION_HEAD])


def forward(case: Case, *, by: User, note: str = "") -> None:
    """Step 9: the Kepala Bidang initials the report (paraf) and passes it to the Kepala Dinas."""
    with taking("forward", case, by=by, note=note):
        _update(latest_report(case), forwarded_by=by, forwarded_at=clock.now())


def return_report(case: Case, *, by: User, reason: str, remarks: Mapping[str, str] | None = None) -> None:
    """Step 9: the Kepala Dinas gives the report back to the Kepala Bidang and says what to change.

    `remarks` are notes on single sections, by the name of the section.
    """
    with taking("return", case, by=by, note=reason):
        _update(latest_report(case), forwarded_by=None, forwarded_at=None)
        _remark(case, remarks or {}, by=by, title=parties(by, case)[Party.HEAD])


def _remark(case: Case, remarks: Mapping[str, str], *, by: User, title: str) -> None:
    reviewed = latest_report(case)
    Remark.objects.bulk_create(
        Remark(report=reviewed, section=section, text=text, by=by, title=title, at=clock.now())
        for section, text in remarks.items()
        if text.strip()
    )


@sensitive_variables("passphrase")
def accept(case: Case, *, by: User, note: str = "", passphrase: str = "") -> None:
    """Step 9: the Kepala Dinas accepts the report. It gets its number and is issued as a document.

    If the office signs electronically (`SIGNER`), the document is signed with `passphrase` before the
    transaction of the step. Accepting the report of an urgent walk-in also ratifies its disposition. The
    recommendations are followed up from now on. Raises Refused if the signature fails; then the case is
    unchanged and the number is reserved for the next try.
    """
    check("accept", case, by=by)
    accepted = latest_report(case)
    with transaction.atomic():
        accepted.number = reserve_report_number(case)
    accepted.accepted_by, accepted.accepted_at = by, clock.now()
    accepted.accepted_title = parties(by, case)[Party.HEAD]
    document = prepare_report(case, accepted, by=by, passphrase=passphrase)
    with file_deleted_unless_saved(document), taking("accept", case, by=by, note=note) as changes:
        accepted.save(update_fields=["number", "accepted_by", "accepted_at", "accepted_title"])
        if case.awaits_ratification:
            record_ratification(case, by=by)
        _follow_up(accepted)
        save_document(document)
        changes.update(
            report_number=accepted.number,
            closed_at=accepted.accepted_at,
            first_closed_at=case.first_closed_at or accepted.accepted_at,
            awaits_ratification=False,
        )


def _follow_up(accepted: Report) -> None:
    """From now on what the report recommends is followed up, and nothing else of its case.

    A correction keeps what came of a recommendation that stayed word for word, and what was done of others.
    """
    of_case = FollowUp.objects.filter(case=accepted.case_id)
    before = {row.text: row for row in of_case}
    rows = []
    for position, item in enumerate(dict(accepted.product).get(Item.Kind.RECOMMENDATION, []), start=1):
        row = before.pop(item.text, None) or FollowUp(case=accepted.case, text=item.text)
        row.report, row.position = accepted, position
        row.responsible, row.due = item.responsible, item.due
        rows.append(row)
    kept = [row for row in rows if row.pk]
    of_case.filter(done_at=None).exclude(pk__in=[row.pk for row in kept]).delete()
    FollowUp.objects.bulk_update(kept, ["report", "position", "responsible", "due"])
    FollowUp.objects.bulk_create(row for row in rows if row.pk is None)


def correct(case: Case, *, by: User, reason: str) -> None:
    """Step 9: the Kepala Dinas has an accepted report corrected (ralat); the officer writes a new version.

    What was issued stays in force, and its recommendations are followed up, until the corrected report is
    accepted and replaces it under the same number.
    """
    with taking("correct", case, by=by, note=reason) as changes:
        case.reports.filter(accepted_at__isnull=False, corrected_at=None).update(corrected_at=clock.now())
        changes.update(report_number="", closed_at=None)


def _update(report: Report, **columns: object) -> None:
    for column, value in columns.items():
        setattr(report, column, value)
    report.save(update_fields=list(columns))
