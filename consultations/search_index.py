"""Search words of a case."""

from consultations.enums import Identity
from consultations.models import Case, SearchWord
from consultations.search_terms import dialled, without_labels


def index(case: Case) -> None:
    """Make a case findable by the words of `list_texts()`."""
    SearchWord.add(case, *list_texts(case))


def list_texts(case: Case) -> list[str]:
    """Return the searchable texts of a case: code, people, subject, phone, letter and LAPOR! number."""
    return [
        case.code,
        case.code.replace("-", ""),
        case.applicant_name,
        case.organisation,
        case.subject,
        dialled(case.phone),
        case.letter_number,
        findable(case, case.lapor_number),
    ]


def findable(case: Case, lapor_number: str) -> str:
    """Return the LAPOR! number for the index. It is empty for a hidden complainant, whom it may identify."""
    return without_labels(lapor_number) if case.identity == Identity.OPEN else ""
