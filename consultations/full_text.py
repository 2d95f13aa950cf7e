"""The full-text index of the database: tsvector with GIN and trigrams on PostgreSQL, FTS5 on SQLite.

The texts are stored in ordinary tables (`SearchText`, `KnownWord`). The database updates the index: by a
generated column on PostgreSQL, by triggers on SQLite.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Lookup
from django.dispatch import receiver

from consultations.models import SearchText
from kit.records import Trigger, create, drop

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


def install_triggers(using: str, **_signal: Any) -> None:
    """Let SQLite update the indexes with the tables of the texts (receiver of `post_migrate`)."""
    wrapper = connections[using]
    if wrapper.vendor == "sqlite" and "consultations_searchtext_fts" in wrapper.introspection.table_names():
        create(wrapper, TRIGGERS)


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
