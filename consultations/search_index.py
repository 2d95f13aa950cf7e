"""The texts of the search index, updated after each step, and numbers as people write them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, national_significant_number

from consultations.enums import Identity
from consultations.models import AgendaEntry, Case, Event, KnownWord, SearchText
from consultations.models.search import as_indexed
from kit.phones import INDONESIA, add_plus

MIN_DIGITS, MAX_DIGITS = 9, 15
"""Digits of a telephone number with its area code. A shorter number may be a date; E.164 allows 15."""

LABEL = re.compile(r"\b(?:(?:no|nomor|agenda|sp4n|lapor)(?![a-z])[\W_]*)+(?=\d)", re.ASCII | re.IGNORECASE)
AGENDA = re.compile(r"(?<![\w/.-])(\d{1,9})\s*/\s*(\d{4})(?!\.?[\w/-])", re.ASCII)
PHONE = re.compile(r"(?<![\w/])(?:\+|\(?0|62|8)[\d\s().-]*\d(?![\w/])", re.ASCII)


class AgendaNumber(NamedTuple):
    """An agenda number found in a text, and the rest of the text."""

    number: int
    year: int
    rest: str


def strip_labels(text: str) -> str:
    """Remove the words before a number: `No. 49` becomes `49`, `LAPOR-1234567` becomes `1234567`."""
    return LABEL.sub("", text)


def find_agenda_number(text: str) -> AgendaNumber | None:
    """Return the first agenda number with its year (`49/2026`) in a text without labels.

    A part of a longer number does not count, e.g. `400/49/2026`.
    """
    match = AGENDA.search(text)
    if match is None:
        return None
    return AgendaNumber(int(match[1]), int(match[2]), f"{text[: match.start()]} {text[match.end() :]}")


def national_number(phone: Any) -> str:
    """Return a telephone number in the national form of its country, digits only (`081200000065`)."""
    if not phone:
        return ""
    if phone.country_code == INDONESIA:
        return f"0{national_significant_number(phone)}"
    return "".join(filter(str.isdecimal, phone.as_national))


def with_national_numbers(text: str) -> str:
    """Replace each telephone number by its `national_number()`, which is the indexed word of a case."""
    return PHONE.sub(lambda match: _to_national(match[0]), text)


def _to_national(typed: str) -> str:
    if not MIN_DIGITS <= sum(map(str.isdecimal, typed)) <= MAX_DIGITS:
        return typed
    try:
        return national_number(PhoneNumber.from_string(add_plus(typed), region="ID"))
    except NumberParseException:
        return typed


COLUMNS: dict[str, str] = {
    "agenda": "names",
    "applicant_name": "names",
    "lapor_number": "names",
    "letter_number": "names",
    "organisation": "names",
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


def index_step(case: Case, event: Event, before: Mapping[str, Any], **more: Any) -> None:
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


def index_names(case: Case) -> None:
    """Index the people and numbers of a case again. The independent channel is not indexed."""
    SearchText.objects.filter(case=case).update(names=get_names(case))


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
        *_list_endings(national_number(case.phone)),
        case.letter_number,
        *(f"{entry.number} {entry.office_number}" for entry in list_entries(case)),
        strip_labels(case.lapor_number)
        if case.identity == Identity.OPEN
        else "",  # it might name the complainant
    )


LAST_DIGITS = (4, 5, 6)
"""Lengths of the end of a telephone number by which somebody may remember it."""


def _list_endings(number: str) -> list[str]:
    return [number[-length:] for length in LAST_DIGITS if number]


TEXTS: dict[str, Callable[[Case], str]] = {
    "names": get_names,
    "subject": lambda case: as_indexed(case.subject, case.officer.name if case.officer else ""),
    "body": lambda case: as_indexed(case.material) if may_index_prose(case) else "",
}
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
