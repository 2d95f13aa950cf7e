"""Document of step 9: the consultation report (Laporan Hasil Konsultasi)."""

import re
from typing import Any

from consultations.models import Case
from reports.bullets import split_bullets
from reports.contexts.appendix import get_appendix, split_attendees
from reports.contexts.source import Source
from reports.items import Item
from reports.models import Report
from scheduling.queries import current_session

OPENING = re.compile(r"^(permohonan|permintaan)?\s*konsultasi\s+(tentang|mengenai|terkait|perihal)?\s*", re.I)
"""Words of a subject that the title of the report repeats."""

PEOPLE = ("by", "forwarded_by", "cosigned_by", "accepted_by")


def find_report(case: Case) -> Source | None:
    """Return the latest version of the report. It is final after the Kepala Dinas has accepted it."""
    report = Report.objects.filter(case=case).select_related(*PEOPLE).order_by("-version").first()
    return report_source(report) if report else None


def report_source(report: Report) -> Source:
    """Return a version of the report as a source, issued by the person who accepts it."""
    at = report.accepted_at or report.at
    is_final = report.accepted_at is not None
    return Source(report, report.accepted_by, report.accepted_title, at, is_final)


def report_context(case: Case, report: Report) -> dict[str, Any]:
    """Return the sections of the report, the session and the appendix."""
    recommended, session = list_recommendations(report), current_session(case)
    return {
        "report": report,
        "topic": OPENING.sub("", case.subject),
        "session": session,
        "appendix": get_appendix(case, report, session),
        "attendees": split_attendees(session.attendees) if session else [],
        "companions": case.companions.order_by("name"),
        "introduction": [
            (heading, text)
            for heading, text in (
                ("Umum", report.general),
                ("Maksud dan Tujuan", report.purpose),
                ("Ruang Lingkup", report.scope),
            )
            if text.strip()
        ],
        "basis": split_bullets(report.basis),
        "findings": list_findings(report, without=Item.Kind.RECOMMENDATION if recommended else None),
        "recommendations": recommended,
    }


def list_findings(report: Report, *, without: Item.Kind | None = None) -> list[tuple[str, list[str]]]:
    """Return the conclusion and the items of each kind as (heading, texts), without empty ones."""
    lists = [("Simpulan", split_bullets(report.conclusion))]
    lists += [
        (str(kind.label), [item.text for item in items]) for kind, items in report.product if kind != without
    ]
    return [(heading, items) for heading, items in lists if items]


def list_recommendations(report: Report) -> list[tuple[str, Item]]:
    """Return (letter, recommendation) for a table. It is empty if none has a person or a due day."""
    items = dict(report.product).get(Item.Kind.RECOMMENDATION, [])
    if not any(item.responsible or item.due for item in items):
        return []
    return [(get_list_marker(number), item) for number, item in enumerate(items, start=1)]


def get_list_marker(number: int) -> str:
    """Return the marker of a list item: 1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
