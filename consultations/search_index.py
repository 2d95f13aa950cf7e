"""Keeps the search index up to date: after each step that changes what is indexed."""

from collections.abc import Callable, Iterable
from typing import Any

from django.dispatch import receiver

from consultations.enums import Identity
from consultations.models import AgendaEntry, Case, Event, KnownWord, SearchText
from consultations.models.search import as_indexed
from consultations.search_terms import national_number, strip_labels
from consultations.signals import step_taken

COLUMNS: dict[str, str] = {
    "agenda": "names",
    "applicant_name": "names",
    "lapor_number": "names",
    "letter_number": "names",
    "phone": "names",
    "officer": "subject",
    "subject": "subject",
    "material": "body",
}
"""Fields of a case that are indexed, with the column of `SearchText` that holds them."""

WITHOUT_WORDS = frozenset({"agenda", "phone"})
"""Fields that hold a number, which is not remembered as a word."""

MIN_LENGTH_KNOWN = 4
"""Letters of the shortest word that can be recognised in a misspelt one."""


@receiver(step_taken)
def index_step(sender: type[Case], case: Case, event: Event, before: dict[str, Any], **more: Any) -> None:
    """Index a new case, and the texts that a step has changed. The independent channel is not indexed."""
    if case.is_independent:
        return
    if not event.source:
        texts = get_texts(case)
        SearchText.objects.create(case=case, **texts)
        store_words(texts.values())
        return
    changed = {
        field for field in COLUMNS.keys() & before.keys() if case.serializable_value(field) != before[field]
    }
    if changed:
        texts = {column: TEXTS[column](case) for column in {COLUMNS[field] for field in changed}}
        SearchText.objects.filter(case=case).update(**texts)
        store_words(texts[column] for column in {COLUMNS[field] for field in changed - WITHOUT_WORDS})


def index_report(case: Case, text: str) -> None:
    """Store the text of the accepted report."""
    report = as_indexed(text) if may_index_prose(case) else ""
    SearchText.objects.filter(case=case).update(report=report)
    store_words([report])


def store_words(texts: Iterable[str]) -> None:
    """Remember the words of indexed texts, which a misspelt one may mean."""
    words = {word for text in texts for word in text.split()}
    known = sorted(word for word in words if word.isalpha() and len(word) >= MIN_LENGTH_KNOWN)
    # In the same order everywhere, or two transactions with the same new words could wait for each other.
    KnownWord.objects.bulk_create((KnownWord(word=word) for word in known), ignore_conflicts=True)


def get_names(case: Case) -> str:
    """Return the people and numbers of a case as they are indexed."""
    return as_indexed(
        case.code,
        case.code.replace("-", ""),
        case.applicant_name,
        case.organisation,
        national_number(case.phone),
        case.letter_number,
        *(str(entry.number) for entry in list_entries(case)),
        get_searchable_lapor_number(case, case.lapor_number),
    )


def get_subject(case: Case) -> str:
    """Return the subject and the officer of a case as they are indexed."""
    return as_indexed(case.subject, case.officer.name if case.officer else "")


def get_matter(case: Case) -> str:
    """Return the matter of a case as it is indexed."""
    return as_indexed(case.material) if may_index_prose(case) else ""


TEXTS: dict[str, Callable[[Case], str]] = {"names": get_names, "subject": get_subject, "body": get_matter}
"""The columns of `SearchText` that come from the case itself."""


def get_texts(case: Case) -> dict[str, str]:
    """Return the columns of `SearchText` that come from the case itself."""
    return {column: get_text(case) for column, get_text in TEXTS.items()}


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
