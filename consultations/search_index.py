"""Keeps the search index up to date: after each step that changes what is indexed."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from consultations.enums import Identity
from consultations.models import AgendaEntry, Case, Event, KnownWord, SearchText
from consultations.models.search import as_indexed
from consultations.search_terms import national_number, strip_labels
from consultations.signals import step_taken

INDEXED = frozenset(
    {"agenda", "applicant_name", "lapor_number", "letter_number", "material", "officer", "phone", "subject"}
)
"""Fields of a case whose change by a step renews its texts."""

COLUMNS_OF_CASE = ("names", "subject", "body")
"""Columns of `SearchText` that come from the case itself."""

MIN_LENGTH_KNOWN = 4
"""Letters of the shortest word that can be recognised in a misspelt one."""


@receiver(step_taken)
def index_step(sender: type[Case], case: Case, event: Event, before: dict[str, Any], **more: Any) -> None:
    """Index a new case, and a case after a change of its texts."""
    if not event.source or INDEXED & before.keys():
        index_case(case)


def index_case(case: Case) -> None:
    """Store the texts under which a case is found. The text of its report stays."""
    store_texts([SearchText(case=case, **get_texts(case))], COLUMNS_OF_CASE)


def index_report(case: Case, text: str) -> None:
    """Store the text of the accepted report."""
    report = as_indexed(text) if may_index_prose(case) else ""
    store_texts([SearchText(case=case, **get_texts(case), report=report)], ("report",))


def store_texts(rows: list[SearchText], columns: Sequence[str]) -> None:
    """Insert the rows, or update `columns` of those that exist, and remember their words."""
    SearchText.objects.bulk_create(rows, update_conflicts=True, unique_fields=["case"], update_fields=columns)
    store_words({word for row in rows for column in columns for word in getattr(row, column).split()})


def store_words(words: set[str]) -> None:
    """Remember the words that a misspelt one may mean."""
    known = sorted(word for word in words if word.isalpha() and len(word) >= MIN_LENGTH_KNOWN)
    # In the same order everywhere, or two transactions with the same new words could wait for each other.
    KnownWord.objects.bulk_create((KnownWord(word=word) for word in known), ignore_conflicts=True)


def get_texts(case: Case) -> dict[str, str]:
    """Return the columns of `SearchText` that come from the case itself."""
    return {
        "names": as_indexed(
            case.code,
            case.code.replace("-", ""),
            case.applicant_name,
            case.organisation,
            national_number(case.phone),
            case.letter_number,
            *(str(entry.number) for entry in list_entries(case)),
            get_searchable_lapor_number(case, case.lapor_number),
        ),
        "subject": as_indexed(case.subject, case.officer.name if case.officer else ""),
        "body": as_indexed(case.material) if may_index_prose(case) else "",
    }


def list_entries(case: Case) -> list[AgendaEntry]:
    """Return the entries of the agenda book for a case: the present one and voided ones."""
    voided = case.voided_entries.all() if case.version > 1 else ()  # a new case has none
    return [entry for entry in (case.agenda, *voided) if entry]


def may_index_prose(case: Case) -> bool:
    """Return whether long texts are indexed: not of a hidden complainant, who may be named in them."""
    return case.identity == Identity.OPEN


def get_searchable_lapor_number(case: Case, lapor_number: str) -> str:
    """Return the LAPOR! number to index. It is empty if it might identify a hidden complainant."""
    return strip_labels(lapor_number) if case.identity == Identity.OPEN else ""
