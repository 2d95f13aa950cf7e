"""Step 9: the officer reports, the Kepala Bidang forwards, the Kepala Dinas accepts or corrects."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from consultations.models import Case
from consultations.workflow import Refused, check, transition
from dispositions.services import record_ratification
from office import clock
from office.models import User
from reports.documents import KIND_OF
from reports.facts.record import Record
from reports.issuing import drafted
from reports.items import Item
from reports.models import Document, FollowUp, Remark, Report, ReportDraft
from reports.numbers import reserve_report_number
from reports.rendering import TooLong, refuse_too_long
from reports.sealing import sealed
from reports.setting import to_html


def report(case: Case, *, by: User, items: Iterable[Item], note: str = "", **sections: str) -> Report:
    """Step 9: the officer hands in the written report; `sections` are the text columns of `Report`.

    `items` are the product of the standard: at least one saran, masukan, pertimbangan, solusi or
    rekomendasi. Raises Refused where the report is too long to become a paper: better now than when it
    has been accepted.
    """
    with transition("report", case, by=by, note=note) as taken:
        last = case.reports.order_by("-version").first()
        written = Report.objects.create(
            case=case,
            version=last.version + 1 if last else 1,
            by=by,
            title=taken.title,
            at=clock.now(),
            items=[item.to_json() for item in items],
            **sections,
        )
        ReportDraft.objects.filter(case=case).delete()
        record = Record(written, by, written.title, written.at, is_final=False)
        try:
            refuse_too_long(to_html(drafted(KIND_OF[Document.Kind.REPORT], case, record), written))
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
    with transition("revise", case, by=by, note=reason) as taken:
        _remark(case, remarks or {}, by=by, title=taken.title)


def forward(case: Case, *, by: User, note: str = "") -> None:
    """Step 9: the Kepala Bidang initials the report (paraf) and passes it to the Kepala Dinas."""
    with transition("forward", case, by=by, note=note):
        _update(latest_report(case), forwarded_by=by, forwarded_at=clock.now())


def return_report(case: Case, *, by: User, reason: str, remarks: Mapping[str, str] | None = None) -> None:
    """Step 9: the Kepala Dinas gives the report back to the Kepala Bidang and says what to change.

    `remarks` are notes on single sections, by the name of the section.
    """
    with transition("return", case, by=by, note=reason) as taken:
        _update(latest_report(case), forwarded_by=None, forwarded_at=None)
        _remark(case, remarks or {}, by=by, title=taken.title)


def _remark(case: Case, remarks: Mapping[str, str], *, by: User, title: str) -> None:
    reviewed = latest_report(case)
    Remark.objects.bulk_create(
        Remark(report=reviewed, section=section, text=text, by=by, title=title, at=clock.now())
        for section, text in remarks.items()
        if text.strip()
    )


@sensitive_variables("passphrase")
def accept(case: Case, *, by: User, note: str = "", passphrase: str = "") -> None:
    """Step 9: the Kepala Dinas accepts the report. It gets its number and is issued as a paper.

    Where the office signs electronically (`SIGNER`), the paper is signed with `passphrase` before the step
    is taken, outside of its transaction. Accepting the report of an urgent walk-in also ratifies its
    disposition, where that was not done before. What the report recommends is followed up from now on.
    Raises Refused where the signature fails; the case stays where it was, its number waits for the next try.
    """
    checked = check("accept", case, by=by)
    accepted = latest_report(case)
    with transaction.atomic():
        accepted.number = reserve_report_number(case)
    accepted.accepted_by, accepted.accepted_at = by, clock.now()
    accepted.accepted_title = checked.title
    paper = sealed(case, accepted, passphrase=passphrase)
    try:
        with transition("accept", case, by=by, note=note, checked=checked) as taken:
            accepted.save(update_fields=["number", "accepted_by", "accepted_at", "accepted_title"])
            if case.awaits_ratification:
                record_ratification(case, by=by, title=checked.title)
            _follow_up(accepted)
            if paper:
                paper.save(force_insert=True)
            taken.change(
                report_number=accepted.number,
                closed_at=accepted.accepted_at,
                first_closed_at=case.first_closed_at or accepted.accepted_at,
                awaits_ratification=False,
            )
    except BaseException:
        # What fails after the commit (a connection, say) must not take the file of a paper that is issued.
        if paper and not Document.objects.filter(pk=paper.pk).exists():
            paper.file.delete(save=False)
        raise


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
    with transition("correct", case, by=by, note=reason) as taken:
        case.reports.filter(accepted_at__isnull=False, corrected_at=None).update(corrected_at=clock.now())
        taken.change(report_number="", closed_at=None)


def _update(report: Report, **columns: object) -> None:
    for column, value in columns.items():
        setattr(report, column, value)
    report.save(update_fields=list(columns))
