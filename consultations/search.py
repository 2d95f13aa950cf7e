"""Search of cases, ranked: names and numbers first, then subject and officer, then the matter.

The texts are in ordinary tables (`SearchText`, `KnownWord`). The database updates the full-text index: by
a generated column (tsvector, GIN, trigrams) on PostgreSQL, by triggers (FTS5) on SQLite.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import reduce
from operator import mul
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Case as Choice, Count, F, IntegerField, Lookup, Min, Sum, When
from django.dispatch import receiver
from django.http import QueryDict

from consultations.models import AgendaEntry, Case, SearchText
from consultations.models.case import CaseQuerySet
from consultations.models.search import split_words
from consultations.search_index import find_agenda_number, strip_labels, with_national_numbers
from kit.pagination import PAGE_SIZE, Page, get_before_key, link
from kit.records import Trigger, declare, drop
from office.models import User

POSTGRESQL = (
    "ALTER TABLE consultations_searchtext ADD COLUMN document tsvector GENERATED ALWAYS AS "
    "(strip(to_tsvector('simple', names || subject || body || report))) STORED",
    # Without fastupdate there is no list of pending entries to read in each search.
    "CREATE INDEX consultations_searchtext_document ON consultations_searchtext USING gin (document) "
    "WITH (fastupdate = off)",
    "CREATE INDEX consultations_knownword_trigrams ON consultations_knownword USING gin (word gin_trgm_ops)",
)
SQLITE = (
    "CREATE VIRTUAL TABLE consultations_searchtext_fts USING fts5(names, subject, body, report, "
    "content='consultations_searchtext', content_rowid='case_id', detail='none', columnsize=0, prefix='2 3')",
    "CREATE VIRTUAL TABLE consultations_knownword_trigrams USING fts5(word, "
    "content='consultations_knownword', content_rowid='id', tokenize='trigram')",
)

SIMILAR_ON_POSTGRESQL = "SELECT word FROM consultations_knownword WHERE word %% %s"
SIMILAR_ON_SQLITE = (
    "SELECT word FROM consultations_knownword_trigrams WHERE consultations_knownword_trigrams MATCH %s "
    "ORDER BY rank LIMIT 200"
)

COLUMNS = ("names", "subject", "body", "report")

type Query = tuple[tuple[str, ...], ...]
"""Words that must all occur, each with its alternatives. `desa*` is any word that begins with `desa`."""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the indexes of the empty tables."""
    with connection.cursor() as cursor:
        for statement in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


@declare
def list_triggers(connection: BaseDatabaseWrapper, tables: Collection[str]) -> Iterator[Trigger]:
    """Yield the triggers with which SQLite updates the indexes with the tables of the texts."""
    if connection.vendor == "sqlite" and "consultations_searchtext_fts" in tables:
        yield from TRIGGERS


def _list_triggers(index: str, key: str, *columns: str) -> Iterator[Trigger]:
    """Yield the triggers that FTS5 documents for an index whose content is another table."""
    table, names = index.rpartition("_")[0], ", ".join(columns)
    old, new = (", ".join(f"{row}.{name}" for name in (key, *columns)) for row in ("OLD", "NEW"))
    remove = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', {old})"  # noqa: S608
    add = f"INSERT INTO {index}(rowid, {names}) VALUES ({new})"  # noqa: S608
    yield Trigger(table, "index_insert", "INSERT", add)
    yield Trigger(table, "index_delete", "DELETE", remove)
    yield Trigger(table, "index_update", "UPDATE", f"{remove}; {add}")


TRIGGERS = (
    *_list_triggers("consultations_searchtext_fts", "case_id", *COLUMNS),
    *_list_triggers("consultations_knownword_trigrams", "id", "word"),
)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Delete the tables of the indexes. PostgreSQL deletes its indexes with the tables of the texts."""
    if connection.vendor == "sqlite":
        drop(connection, TRIGGERS)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE consultations_searchtext_fts")
            cursor.execute("DROP TABLE consultations_knownword_trigrams")


@receiver(connection_created)
def plan_short_queries(sender: type, connection: BaseDatabaseWrapper, **more: Any) -> None:
    """Let PostgreSQL compile no queries and start no parallel workers: the queries of pages are short.

    Compiling takes longer than the query (27 of 30 ms). Each worker reads ahead: with a million cases, the
    three of them read 32,000 reports for a page that is full after 400.
    Behind a pooler, the settings would be those of any client: there the pooler sets them (README).
    """
    if connection.vendor == "postgresql" and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")


class Matching(Lookup[Query]):
    """The texts of a case, all columns together, match a `Query`: `search_text__names__matching=query`."""

    lookup_name = "matching"
    prepare_rhs = False
    condition = "{table}.document @@ %s::tsquery"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        table = connection.ops.quote_name(self.lhs.alias)
        query = _join(self.rhs, " & ", " | ", lambda word, star: f"'{word}':*" if star else f"'{word}'")
        return self.condition.format(table=table), (query,)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        table = connection.ops.quote_name(self.lhs.alias)
        found = "SELECT rowid FROM consultations_searchtext_fts WHERE consultations_searchtext_fts MATCH %s"
        query = _join(self.rhs, " AND ", " OR ", lambda word, star: f'"{word}"{"*" if star else ""}')
        return f"{table}.case_id IN ({found})", (query,)


class MatchingRow(Matching):
    """The same condition, checked row by row: in the texts on SQLite, by a function elsewhere."""

    lookup_name = "matching_row"
    condition = "ts_match_vq({table}.document, %s::tsquery)"

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        table = connection.ops.quote_name(self.lhs.alias)
        found = " OR ".join(f"instr({table}.{column}, %s)" for column in COLUMNS)
        parts = [_write_start(word) for words in self.rhs for word in words for _column in COLUMNS]
        return _join(self.rhs, " AND ", " OR ", lambda word, star: f"({found})"), tuple(parts)


def _write_start(word: str) -> str:
    """Return a word of a query as it occurs in a text of `as_indexed()`: with the spaces around it."""
    return f" {word[:-1]}" if word.endswith("*") else f" {word} "


def _join(query: Query, every: str, some: str, write: Callable[[str, bool], str]) -> str:
    """Write a query in the language of the database. Words have ASCII letters and digits only."""
    parts = (some.join(write(word.rstrip("*"), word.endswith("*")) for word in words) for words in query)
    return every.join(f"({part})" for part in parts)


_names: Any = SearchText._meta.get_field("names")
_names.register_lookup(Matching)
_names.register_lookup(MatchingRow)


def list_similar_words(word: str) -> list[str]:
    """Return known words that share trigrams with `word`; on SQLite at most 200, the closest ones."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            trigrams = (f'"{word[start : start + 3]}"' for start in range(len(word) - 2))
            cursor.execute(SIMILAR_ON_SQLITE, [" OR ".join(trigrams)])
        else:
            cursor.execute(SIMILAR_ON_POSTGRESQL, [word])
        return [found for (found,) in cursor.fetchall()]


MAX_WORDS = 6
CANDIDATES = 200
"""Matching cases that are ranked, the newest ones. The next page continues before them."""

WINDOW = 1_500
"""Newest cases that are checked row by row for frequent words."""

ENOUGH = PAGE_SIZE + 1
"""Number of texts of the window that have a frequent word: a full page, and one for the next."""

RATIO = 10
"""Words up to so many times as frequent as the rarest one are read from the index with it."""

MIN_LENGTH_MISSPELT = 4
CLOSENESS = 0.8
"""Lowest ratio of `difflib` between a typed word and a known word that may be meant."""


@dataclass(frozen=True)
class Batch:
    """Keys of matching cases, best first. Older ones continue before the key `before`, if it is not 0."""

    keys: list[int]
    before: int = 0


@dataclass(frozen=True)
class Counts:
    """Number of texts in the window of the office with all words of a query, and with each of them.

    They decide where to look for the cases. The window begins at the key `start`, 0 if it has all cases.
    """

    start: int
    together: int
    single: list[int]


def best_first(cases: CaseQuerySet, text: str, params: QueryDict, *, own: User | None = None) -> Page[Case]:
    """Return one page of the cases that match `text`, as `find()` does."""
    before, start = get_before_key(params), _get_start(params)
    batch = find(cases, text, before=before, own=own)
    keys = batch.keys[start : start + PAGE_SIZE]
    rows = Case.objects.as_rows().select_related("agenda").filter(pk__in=keys)
    older = ""
    if start + PAGE_SIZE < len(batch.keys):
        older = link(params, start=start + PAGE_SIZE, **({"before": before} if before else {}))
    elif batch.before:
        older = link(params, before=batch.before)
    is_first = not start and "before" not in params
    return Page(sorted(rows, key=lambda case: keys.index(case.pk)), older, "" if is_first else link(params))


def find(cases: CaseQuerySet, text: str, *, before: int | None = None, own: User | None = None) -> Batch:
    """Return the newest CANDIDATES of `cases` that have, for each word of `text`, a word with that beginning.

    The best come first. An agenda number with its year (`49/2026`) matches its one case. If that number was
    never given, its digits are searched as words: it may be part of a letter number. If nothing matches, a
    word may be misspelt: words close to it match too.

    The rights of `cases` are checked row by row. `own` is a user who sees own cases only: the newest ones of
    this user are checked for frequent words.
    """
    cases, words = _read(cases, text)
    query = _begin_with(words)
    if before:
        cases = cases.filter(pk__lt=before)
    if not query:
        return _make_batch(cases.order_by("-pk"), query)
    counts = _count_newest(query, before)
    batch = _find(cases, query, counts, own=own, before=before)
    if not batch.keys and not before and (corrected := _allow_misspelling(query, counts)) != query:
        batch = _find(cases, corrected, _count_newest(corrected), own=own)
    return batch


def matching(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Return all of `cases` with the words of `text`, in no order, as the whole list for an export."""
    cases, words = _read(cases, text)
    return cases.filter(search_text__names__matching=_begin_with(words)) if words else cases


def _read(cases: CaseQuerySet, text: str) -> tuple[CaseQuerySet, list[str]]:
    text = strip_labels(text)
    entry = find_agenda_number(text)
    if entry and AgendaEntry.objects.filter(number=entry.number, year=entry.year).exists():
        cases, text = cases.numbered(entry.number, entry.year), entry.rest
    return cases, split_words(with_national_numbers(text))[:MAX_WORDS]


def _begin_with(words: list[str]) -> Query:
    return tuple((f"{word}*",) for word in words)


def _find(
    cases: CaseQuerySet, query: Query, counts: Counts, *, own: User | None, before: int | None = None
) -> Batch:
    """Return the newest matching cases, from the window or from the index.

    The index reads all cases with a word before it sorts them. Frequent words, and words much more
    frequent than the rarest one, are therefore checked row by row (ADR 19).
    """
    frequent = counts.together >= ENOUGH
    if frequent:
        start = _get_start_of_own(own, before) if own else counts.start
        # PostgreSQL checks the rights last if the key is compared in the table of texts.
        recent = cases.filter(search_text__pk__gte=start, search_text__names__matching_row=query)
        recent = (
            recent.filter(pk__in=own.involvements.filter(case__gte=start).values("case")) if own else recent
        )
        batch = _make_batch(recent.order_by("-pk"), query)
        if len(batch.keys) >= ENOUGH or not start:
            return replace(batch, before=batch.before or start)
    if frequent and own:
        own_keys = own.involvements.values("case")
        found = cases.filter(pk__in=own_keys, search_text__names__matching_row=query)
    else:
        most = RATIO * min(counts.single)
        rare = tuple(words for words, count in zip(query, counts.single, strict=True) if count <= most)
        found = cases.filter(search_text__names__matching=rare)
        found = found if rare == query else found.filter(search_text__names__matching_row=query)
    # PostgreSQL cannot walk through all cases for `pk + 0`.
    return _make_batch(found.order_by((F("pk") + 0).desc()), query)


def _get_start_of_own(user: User, before: int | None) -> int:
    own = user.involvements.filter(case__lt=before) if before else user.involvements
    return own.order_by("-case").values_list("case", flat=True)[WINDOW - 1 : WINDOW].first() or 0


def _count_newest(query: Query, before: int | None = None) -> Counts:
    texts = SearchText.objects.filter(pk__lt=before) if before else SearchText.objects.all()
    hits = {
        f"hits_{number}": Choice(
            When(names__matching_row=(words,), then=1), default=0, output_field=IntegerField()
        )
        for number, words in enumerate(query)
    }
    newest = texts.annotate(**hits).order_by("-pk")[:WINDOW]
    sums = {f"n_{name}": Sum(name, default=0) for name in hits}
    together = Sum(reduce(mul, map(F, hits)), default=0)
    counted = newest.aggregate(size=Count("pk"), oldest=Min("pk"), together=together, **sums)
    size, oldest, together, *single = counted.values()
    return Counts(oldest if size == WINDOW else 0, together, single)


def _make_batch(found: CaseQuerySet, query: Query) -> Batch:
    rows = list(found.values_list("pk", "search_text__names", "search_text__subject")[:CANDIDATES])
    oldest = rows[-1][0] if len(rows) == CANDIDATES else 0
    ranked = sorted(((_score(query, names, subject), pk) for pk, names, subject in rows), reverse=True)
    return Batch([pk for _score, pk in ranked], oldest)


def _score(query: Query, names: str, subject: str) -> int:
    """Sum for each word: 8 for a whole word of `names`, 4 for a beginning, 2 for one of `subject`."""
    score = 0
    for words in query:
        starts = [f" {word.rstrip('*')}" for word in words]
        if any(f"{start} " in names for start in starts):
            score += 8
        elif any(start in names for start in starts):
            score += 4
        elif any(start in subject for start in starts):
            score += 2
    return score


def _allow_misspelling(query: Query, counts: Counts) -> Query:
    """Add to each word the known words that are close to it. A frequent word is not misspelt."""
    return tuple(
        words if count >= ENOUGH else words + _close_words(words[0].rstrip("*"))
        for words, count in zip(query, counts.single, strict=True)
    )


def _close_words(word: str) -> tuple[str, ...]:
    if not word.isalpha() or len(word) < MIN_LENGTH_MISSPELT:
        return ()
    known = [known for known in list_similar_words(word) if not known.startswith(word)]
    return tuple(get_close_matches(word, known, n=len(known) or 1, cutoff=CLOSENESS))


def _get_start(params: QueryDict) -> int:
    text = params.get("start", "")
    return int(text) if text.isdecimal() and len(text) <= 3 else 0
