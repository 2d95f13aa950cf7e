"""The words under which a case can be found."""

from consultations.enums import Identity
from consultations.models import Case, SearchWord
from consultations.models.search import split_words
from consultations.search_terms import national_number, strip_labels


def index_case(case: Case) -> None:
    """Add the words of a case to the index."""
    SearchWord.add(case, *list_searchable_texts(case))


def unindex_texts(case: Case, *texts: str) -> None:
    """Remove the words of `texts` from the index of a case, before these texts change."""
    SearchWord.objects.filter(case=case, word__in=split_words(" ".join(texts))).delete()


def list_searchable_texts(case: Case) -> list[str]:
    """Return code, agenda number, people, subject, telephone, letter and LAPOR! number of a case."""
    return [
        case.code,
        case.code.replace("-", ""),
        case.applicant_name,
        case.organisation,
        case.subject,
        national_number(case.phone),
        case.letter_number,
        str(case.agenda.number) if case.agenda else "",
        get_searchable_lapor_number(case, case.lapor_number),
    ]


def get_searchable_lapor_number(case: Case, lapor_number: str) -> str:
    """Return the LAPOR! number to index. It is empty if it might identify a hidden complainant."""
    return strip_labels(lapor_number) if case.identity == Identity.OPEN else ""
