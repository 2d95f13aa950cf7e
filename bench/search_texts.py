"""Gives copies the search texts of the product: names and subject of their own, the rest of the original."""

from collections.abc import Iterator, Mapping, Sequence

from bench.bulk import create_table
from bench.copier import Copy
from consultations.enums import Identity
from consultations.models import Case
from consultations.search_index import get_texts, list_entries, store_words
from office.models import User

COLUMNS = {
    f"SearchText.{column}": f"(SELECT t.{column} FROM bench_text t WHERE t.copy = c.number)"  # noqa: S608
    for column in ("names", "subject")
}
"""SQL of the columns that `store_texts()` prepares, see `Copier`."""


def store_texts(
    copies: Sequence[Copy], numbers: Mapping[tuple[int, str], int], users: Sequence[tuple[int, int, int]]
) -> None:
    """Store the texts of all copies for `COLUMNS`, and their words.

    `numbers` are agenda numbers by copy and old number. `users` lists rotation, user and user of the copy.
    """
    people = User.objects.in_bulk()
    officers = {(rotation, old): people[new] for rotation, old, new in users}
    rows = [*_list_texts(copies, numbers, officers)]
    create_table("bench_text", {"copy": "bigint", "names": "text", "subject": "text"}, rows, key="copy")
    store_words({word for _copy, *texts in rows for text in texts for word in text.split()})


def _list_texts(
    copies: Sequence[Copy], numbers: Mapping[tuple[int, str], int], officers: Mapping[tuple[int, int], User]
) -> Iterator[tuple[int, str, str]]:
    """Yield copy, names and subject. Each original is changed into its copies, one after the other."""
    read = Case.objects.select_related("agenda").prefetch_related("voided_entries").defer("material")
    originals = [
        (case, case.subject, case.officer_id, [(entry, str(entry)) for entry in list_entries(case)])
        for case in read
    ]
    by_key = {original[0].pk: original for original in originals}
    for copy in copies:
        case, subject, officer, entries = by_key[copy.original]
        case.code, case.subject, case.material = copy.code, subject + copy.suffix, ""
        if case.identity == Identity.OPEN:
            case.applicant_name, case.phone = copy.name, copy.phone
        case.officer = officers[copy.rotation, officer] if officer else None
        for entry, old in entries:
            entry.number = numbers[copy.number, old]
        texts = get_texts(case)
        yield copy.number, texts["names"], texts["subject"]
