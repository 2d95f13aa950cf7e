"""Search of cases, ranked: names and numbers first, then subject and officer, then the matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from django.db.models import Case as Choice
from django.db.models import F, IntegerField, Max, Sum, Value, When
from django.db.models.expressions import Combinable
from django.http import QueryDict

from consultations.full_text import Query, list_similar_words
from consultations.models import AgendaEntry, Case, SearchText
from consultations.models.case_queryset import CaseQuerySet
from consultations.models.search import split_words
from consultations.pagination import PAGE_SIZE, Page, get_before_key, link, only
from consultations.search_terms import find_agenda_number, strip_labels, with_national_numbers

MAX_WORDS = 6
CANDIDATES = 200
"""Matching cases that are ranked, the newest ones. The next page continues before them."""

WINDOW = 1_500
"""Newest cases that are checked row by row first. A frequent word fills a page from them."""

ENOUGH = 26
"""Number of matching cases in the window that ends the search: one page and the link to the next."""

SAMPLE = 1_000
"""Number of newest texts that are counted to find the rarest word."""

FREQUENT = 5
"""Number of texts of the sample that have a frequent word: one in 200."""

MIN_LENGTH_MISSPELT = 4
CLOSENESS = 0.8
"""Lowest ratio of `difflib` between a typed word and a known word that may be meant."""


@dataclass(frozen=True)
class Batch:
    """Keys of matching cases, best first. Older ones continue before the key `before`, if it is not 0."""

    keys: list[int]
    before: int = 0


def best_first(
    cases: CaseQuerySet,
    text: str,
    params: QueryDict,
    *,
    shown: Sequence[str],
    own: CaseQuerySet | None = None,
) -> Page[Case]:
    """Return one page of the cases that match `text`, as `find()` does. `shown` are the fields to load."""
    batch = find(cases, text, before=get_before_key(params), own=own)
    start = _get_start(params)
    keys = batch.keys[start : start + PAGE_SIZE]
    rows = only(Case.objects.filter(pk__in=keys), shown)
    older = ""
    if start + PAGE_SIZE < len(batch.keys):
        older = link(params, start=start + PAGE_SIZE, **_keep_before(params))
    elif batch.before:
        older = link(params, before=batch.before)
    is_first = not start and "before" not in params
    return Page(sorted(rows, key=lambda case: keys.index(case.pk)), older, "" if is_first else link(params))


def find(
    cases: CaseQuerySet, text: str, *, before: int | None = None, own: CaseQuerySet | None = None
) -> Batch:
    """Return the newest CANDIDATES of `cases` that have, for each word of `text`, a word with that beginning.

    The best come first. An agenda number with its year (`49/2026`) matches its one case. If that number was
    never given, its digits are searched as words: it may be part of a letter number. If nothing matches, a
    word may be misspelt: words close to it match too.

    The rights of `cases` are checked row by row. `own` are the same cases for a user who sees own cases only,
    found by their keys: frequent words are searched among these.
    """
    cases, words = _read(cases, text)
    query = _begin_with(words)
    if before:
        cases = cases.filter(pk__lt=before)
    if not query:
        return _make_batch(cases.order_by("-pk"), query)
    newest = before or Case.objects.aggregate(newest=Max("pk"))["newest"] or 0
    start = max(newest - WINDOW, 0)
    recent = cases.filter(pk__gt=start, search_text__names__matching_row=query)
    batch = _make_batch(recent.order_by("-pk"), query)
    if len(batch.keys) >= ENOUGH:
        return replace(batch, before=batch.before or (start + 1 if start else 0))
    if start:
        batch = _make_batch(_find_in_all(cases, query, own=own, before=before), query)
    if not batch.keys and not before and (corrected := _allow_misspelling(query)) != query:
        batch = _make_batch(_in_index(cases, corrected), corrected)
    return batch


def matching(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Return all of `cases` with the words of `text`, in no order, as the whole list for an export."""
    cases, words = _read(cases, text)
    return cases.filter(search_text__names__matching=_begin_with(words)) if words else cases


def _read(cases: CaseQuerySet, text: str) -> tuple[CaseQuerySet, list[str]]:
    """Return the cases of an agenda number in `text`, or all, and the words of the rest."""
    text = strip_labels(text)
    entry = find_agenda_number(text)
    if entry and AgendaEntry.objects.filter(number=entry.number, year=entry.year).exists():
        cases, text = cases.numbered(entry.number, entry.year), entry.rest
    return cases, split_words(with_national_numbers(text))[:MAX_WORDS]


def _begin_with(words: list[str]) -> Query:
    return tuple((f"{word}*",) for word in words)


def _find_in_all(
    cases: CaseQuerySet, query: Query, *, own: CaseQuerySet | None, before: int | None
) -> CaseQuerySet:
    """Return matching cases of any age: the index finds the rarest word, the others are checked row by row.

    How frequent a word is, is counted in the newest texts of the office. This decides about the way only.
    """
    hits = {
        f"hits_{number}": Choice(
            When(names__matching_row=(words,), then=1), default=0, output_field=IntegerField()
        )
        for number, words in enumerate(query)
    }
    sample = SearchText.objects.annotate(**hits).order_by("-pk")[:SAMPLE]
    counts = [count or 0 for count in sample.aggregate(**{f"n_{name}": Sum(name) for name in hits}).values()]
    if own is not None and min(counts) >= FREQUENT:
        own = own.filter(pk__lt=before) if before else own
        return own.filter(search_text__names__matching_row=query).order_by((F("pk") + 0).desc())
    rarest = counts.index(min(counts))
    found = _in_index(cases, query[rarest : rarest + 1])
    rest = query[:rarest] + query[rarest + 1 :]
    return found.filter(search_text__names__matching_row=rest) if rest else found


def _in_index(cases: CaseQuerySet, query: Query) -> CaseQuerySet:
    """Return matching cases, newest first. PostgreSQL cannot walk through all cases for `pk + 0`."""
    return cases.filter(search_text__names__matching=query).order_by((F("pk") + 0).desc())


def _make_batch(found: CaseQuerySet, query: Query) -> Batch:
    """Return the first CANDIDATES, ordered by falling score, then by falling key."""
    rows = list(found.annotate(score=_score(query)).values_list("score", "pk")[:CANDIDATES])
    oldest = min(pk for _score, pk in rows) if len(rows) == CANDIDATES else 0
    return Batch([pk for _score, pk in sorted(rows, reverse=True)], oldest)


def _score(query: Query) -> Combinable:
    """Sum for each word: 8 for a whole word of `names`, 4 for a beginning, 2 for one of `subject`."""
    score: Combinable = Value(0)
    for words in query:
        score += Choice(
            *(When(search_text__names__contains=f" {word.rstrip('*')} ", then=8) for word in words),
            *(When(search_text__names__contains=f" {word.rstrip('*')}", then=4) for word in words),
            *(When(search_text__subject__contains=f" {word.rstrip('*')}", then=2) for word in words),
            default=0,
            output_field=IntegerField(),
        )
    return score


def _allow_misspelling(query: Query) -> Query:
    """Add to each word of letters the known words that are close to it."""
    return tuple(words + _close_words(words[0].rstrip("*")) for words in query)


def _close_words(word: str) -> tuple[str, ...]:
    if not word.isalpha() or len(word) < MIN_LENGTH_MISSPELT:
        return ()
    known = list_similar_words(word)
    return tuple(get_close_matches(word, known, n=len(known) or 1, cutoff=CLOSENESS))


def _get_start(params: QueryDict) -> int:
    text = params.get("start", "")
    return int(text) if text.isdecimal() and len(text) <= 3 else 0


def _keep_before(params: QueryDict) -> dict[str, int]:
    before = get_before_key(params)
    return {"before": before} if before else {}
