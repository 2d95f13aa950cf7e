"""The paper of step 9: the Laporan Hasil Konsultasi."""

from typing import Any

from consultations.models import Case
from reports.facts.record import Record
from reports.items import Item
from reports.lines import items_of
from reports.models import Report
from scheduling.queries import current_session

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
    recommended = recommendations(written)
    return {
        "report": written,
        "session": current_session(case),
        "companions": case.companions.order_by("name"),
        "introduction": [
            (heading, text)
            for heading, text in (
                ("Umum", written.general),
                ("Maksud dan Tujuan", written.purpose),
                ("Ruang Lingkup", written.scope),
            )
            if text.strip()
        ],
        "basis": items_of(written.basis),
        "findings": findings(written, without=Item.Kind.RECOMMENDATION if recommended else None),
        "recommendations": recommended,
    }


def findings(written: Report, *, without: Item.Kind | None = None) -> list[tuple[str, list[str]]]:
    """Conclusion and product of the standard as lists under their headings, without the empty ones."""
    lists = [("Simpulan", items_of(written.conclusion))]
    lists += [
        (str(kind.label), [item.text for item in items]) for kind, items in written.product if kind != without
    ]
    return [(heading, items) for heading, items in lists if items]


def recommendations(written: Report) -> list[tuple[str, Item]]:
    """Recommendations with their letters, for a table; none where no one is named and no day is set."""
    items = dict(written.product).get(Item.Kind.RECOMMENDATION, [])
    if not any(item.responsible or item.due for item in items):
        return []
    return [(letter(number), item) for number, item in enumerate(items, start=1)]


def letter(number: int) -> str:
    """The number as letters, as a list of the paper counts: 1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
