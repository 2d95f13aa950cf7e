"""The paper of step 9: the Laporan Hasil Konsultasi."""

from typing import Any

from consultations.models import Case
from reports.facts.record import Record
from reports.lines import items_of
from reports.models import Report

PEOPLE = ("by", "forwarded_by", "accepted_by")


def report(case: Case) -> Record | None:
    """The latest version of the report: a draft until the Kepala Dinas has accepted it."""
    written = Report.objects.filter(case=case).select_related(*PEOPLE).order_by("-version").first()
    if written is None:
        return None
    at = written.accepted_at or written.at
    return Record(written, written.accepted_by, written.accepted_title, at, written.accepted_at is not None)


def report_facts(case: Case, written: Report) -> dict[str, Any]:
    """The sections of the report and the consultation as it was held."""
    return {
        "report": written,
        "session": case.session,
        "companions": case.companions.order_by("name"),
        "introduction": [
            (heading, text)
            for heading, text in (
                ("Umum", written.general),
                ("Maksud dan Tujuan", written.purpose),
                ("Ruang Lingkup", written.scope),
                ("Dasar", written.basis),
            )
            if text.strip()
        ],
        "conclusion": items_of(written.conclusion),
        "product": written.product,
    }
