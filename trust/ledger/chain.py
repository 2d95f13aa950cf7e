"""The chain: hashes of parts of rows, leaves for the parts in the queue, and the erasures under an approval.

Hashes are SHA-256 with a prefix byte each (RFC 9162), so that no row can pass for a link of the chain.
`row_hash` is SHA-256(00 || text), `head` is SHA-256(01 || head before || row_hash). The text is the JSON
array of the part's number, the key and the columns. Keys of JSON are sorted.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DataError, connection, transaction
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    F,
    Field,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from consultations.audit.models import AuditEntry
from kit import clock, records
from office.models import RetentionRule
from trust.ledger.models import HASH_BYTES, AuditDeletion, Disposal, Erasure, Leaf, Pending
from trust.ledger.parts import AUDIT, FILE, PARTS_BY_NUMBER, UPLOAD_NAME, Part

BATCH = 2_000
"""Rows that are hashed at a time."""

SECONDS = 20
"""Seconds after which `append_leaves` leaves the rest of the queue to its next run."""

CLOCK_AHEAD = 1
"""Years by which a clock may have been ahead: leaves of such years are part of the chain."""

HOURS_AHEAD = dt.timedelta(hours=12)
"""Time by which a clock may be ahead without a finding, e.g. if it has the wrong time zone."""

LOCK_NUMBER = 1_010
"""Number of the PostgreSQL advisory lock that writers of the chain wait for."""

START = bytes(HASH_BYTES)
"""The head before the first leaf."""

MISSING = bytes(HASH_BYTES)
"""The hash in the leaf of a row that was deleted or unreadable before its leaf was made. No row has it."""

UNREADABLE = b""
"""The hash of a row with a value that its column cannot have. No leaf has it."""

NUMBER_KEY, UUID_KEY = re.compile("[1-9][0-9]{0,17}"), re.compile("[0-9a-f]{32}")
"""Keys that a row can have. No sequence reaches a number with more digits."""

type RowKey = tuple[int, str]
"""The number of a part, and the key of a row."""


def hash_row(part: Part, key: str, values: Iterable[Any]) -> bytes:
    """Return the hash of a part of a row. `values` are its columns in order."""
    text = _encoder.encode([part.number, key, *values])
    return sha256(b"\0" + text.encode(errors="surrogatepass")).digest()


def link(head: bytes, row_hash: bytes) -> bytes:
    """Return the head of the chain after one more leaf."""
    return sha256(b"\1" + head + row_hash).digest()


def to_key(pk: Any) -> str:
    """Return the key of a row, as the triggers write it."""
    return pk.hex if isinstance(pk, UUID) else str(pk)


def _write(value: Any) -> str:
    """Return the text of a value that JSON does not know. Moments are in UTC."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"no canonical text for {type(value).__name__}")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_write)


def hash_rows(keys: Iterable[RowKey]) -> dict[RowKey, bytes]:
    """Return the hashes of these parts of rows as they are stored now: one query for each part."""
    by_part = defaultdict(list)
    for number, key in keys:
        by_part[number].append(key)
    return {
        (number, key): row_hash
        for number, of_part in by_part.items()
        for key, row_hash in _hash_part(PARTS_BY_NUMBER[number], of_part)
    }


def _hash_part(part: Part, keys: list[str]) -> list[tuple[str, bytes]]:
    possible = [key for key in keys if is_key(part, key)]
    rows = having_keys(part.model._base_manager.order_by(), part.model._meta.pk, possible)
    try:
        return [(key, hash_row(part, key, values)) for key, values in _read(part, rows)]
    except Exception as error:
        if not is_unreadable(error):
            raise
        if len(possible) == 1:
            return [(possible[0], UNREADABLE)]
        middle = len(possible) // 2
        return _hash_part(part, possible[:middle]) + _hash_part(part, possible[middle:])


SPELLINGS = {
    "DateField": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "DateTimeField": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"),
    "UUIDField": re.compile("[0-9a-f]{32}"),
}
"""How SQLite stores a day, and a moment in UTC. Queries compare texts: another spelling is another time."""


def _read(part: Part, rows: QuerySet[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the key and the values of each row.

    Raise ValueError if SQLite stores a value in another type or spelling than Django writes: Python may read
    the same value, and queries another one.
    """
    if connection.vendor != "sqlite":
        for pk, *values in rows.values_list("pk", *part.columns):
            yield to_key(pk), values
        return
    fields = [part.model._meta.get_field(name) for name in part.columns]
    fields = [getattr(field, "target_field", field) for field in fields]
    spelled = [place for place, field in enumerate(fields) if field.get_internal_type() in (*SPELLINGS, JSON)]
    texts = [Cast(part.columns[place], TextField()) for place in spelled]
    for pk, has_types, *values in rows.values_list("pk", _have_types(part, fields), *part.columns, *texts):
        for place, text in zip(spelled, values[len(fields) :], strict=True):
            if text is not None and not _is_spelled(fields[place], text, values[place]):
                raise ValueError(part.columns[place])
        if not has_types:
            raise ValueError(part.table)
        yield to_key(pk), values[: len(fields)]


JSON = "JSONField"


def _is_spelled(field: Any, text: str, value: Any) -> bool:
    """Return whether Django writes the value as this text. JSON may have the same key twice."""
    if field.get_internal_type() == JSON:
        return value is not None and text == connection.ops.adapt_json_value(value, field.encoder)
    return value is not None and SPELLINGS[field.get_internal_type()].fullmatch(text) is not None


def _have_types(part: Part, fields: Iterable[Any]) -> RawSQL:
    """Return the SQL condition that SQLite stores the columns of a part in the types that Django writes."""
    kinds = ["integer" if isinstance(field, IntegerField | BooleanField) else "text" for field in fields]
    own = (f'"{part.table}"."{column}"' for column in part.columns)
    conditions = (f"typeof({column}) IN ('null', '{kind}')" for column, kind in zip(own, kinds, strict=True))
    return RawSQL(" AND ".join(conditions), [], output_field=BooleanField())  # noqa: S611 -- of our own names


def is_unreadable(error: Exception) -> bool:
    """Return whether an error is about a value that its column cannot have, and not about the connection.

    SQLite stores a text in a column of times, or bytes that are no UTF-8; PostgreSQL stores the time
    `infinity`.
    """
    kinds = (AttributeError, TypeError, ValueError, DataError)
    return isinstance(error, kinds) or "Could not decode to UTF-8" in str(error)


def is_key(part: Part, key: str) -> bool:
    """Return whether a row can have this key. Whoever writes to the database can queue any value."""
    pattern = UUID_KEY if isinstance(part.model._meta.pk, UUIDField) else NUMBER_KEY
    return isinstance(key, str) and pattern.fullmatch(key) is not None


def having_keys(rows: QuerySet[Any], field: Field[Any, Any], keys: list[Any]) -> QuerySet[Any]:
    """Return the rows with these keys. psycopg needs long to parse 2,000 parameters; an array is one."""
    if connection.vendor != "postgresql":
        return rows.filter(**{f"{field.name}__in": keys})
    column = f'"{rows.model._meta.db_table}"."{field.column}"'
    kind = "text" if isinstance(field, CharField) else field.db_type(connection)
    return rows.extra(where=[f"{column} = ANY(CAST(%s AS {kind}[]))"], params=[keys])  # noqa: S610


def append_leaves(*, seconds: float = SECONDS) -> int:
    """Make leaves of the parts in the queue; return the number of leaves.

    May run in several processes at once. A row of a transaction that commits late is queued late, and gets a
    later leaf. Rows of an unknown part stay in the queue: a newer release may have queued them.
    """
    until, made, last = monotonic() + seconds, 0, -(2**63)
    is_more = Pending.objects.exists()
    while is_more and monotonic() < until:
        new, handled = _append_batch(last)
        made, is_more = made + new, len(handled) == BATCH
        last = max(handled, default=last)
    return made


@transaction.atomic
def _append_batch(after: int) -> tuple[int, list[int]]:
    """Handle the queue after one of its rows; return the number of leaves, and the rows that were handled.

    The next batch begins after these: PostgreSQL would read over their dead rows each time.
    """
    lock_chain()
    queue = Pending.objects.filter(pk__gt=after, part__in=PARTS_BY_NUMBER).order_by("pk")
    waiting = list(queue.values_list("pk", "part", "key")[:BATCH])
    wanted = dict.fromkeys((part, key) for _pk, part, key in waiting)
    hashes, sealed = hash_rows(wanted), _list_sealed(wanted)
    year, number, head = get_head()
    now = clock.today().year
    if now > year:
        year, number = now, 0
    leaves = []
    for part, key in wanted:
        if (part, key) in sealed:
            continue
        row_hash = hashes.get((part, key)) or MISSING
        number, head = number + 1, link(head, row_hash)
        leaves.append(Leaf(year=year, number=number, part=part, key=key, row_hash=row_hash, head=head))
    Leaf.objects.bulk_create(leaves)
    handled = [pk for pk, _part, _key in waiting]
    having_keys(Pending.objects.all(), Pending._meta.pk, handled).delete()
    return len(leaves), handled


def lock_chain() -> None:
    """Within a transaction: wait for other writers of the chain. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_NUMBER])


def get_head() -> tuple[int, int, bytes]:
    """Return year, number and head of the last leaf. A forged one of the year 9999 ends nothing."""
    past = Leaf.objects.filter(year__lte=clock.today().year + CLOCK_AHEAD)
    last = past.order_by("-year", "-number").values_list("year", "number", "head").first()
    return (last[0], last[1], bytes(last[2])) if last else (0, 0, START)


def _list_sealed(wanted: Iterable[RowKey]) -> set[RowKey]:
    """Return what has its one leaf already: parts that were queued twice, or changed against the rules."""
    by_part = defaultdict(list)
    for number, key in wanted:
        if not PARTS_BY_NUMBER[number].may_change:
            by_part[number].append(key)
    return {
        (number, key)
        for number, keys in by_part.items()
        for key in having_keys(
            Leaf.objects.filter(part=number), Leaf._meta.get_field("key"), keys
        ).values_list("key", flat=True)
    }


def store_erasures(disposal: Disposal, keys: Iterable[RowKey]) -> None:
    """Store that these parts of rows were erased just now, in the caller's transaction.

    A part that was erased before keeps its first erasure.
    """
    at = max(clock.now(), disposal.decided_at or clock.now())
    Erasure.objects.bulk_create(
        (Erasure(disposal=disposal, part=part, key=key, at=at) for part, key in keys), ignore_conflicts=True
    )


OF_CASES = (RetentionRule.Kind.REQUEST, RetentionRule.Kind.COMPLAINT, Disposal.REQUESTED)
"""Rules of the disposals that erase whole cases. Others erase uploads, messages or printed registers."""


def list_erased(keys: Iterable[RowKey]) -> dict[RowKey, int]:
    """Return the disposals under which these parts of rows were erased: two queries for each part.

    An erasure counts if nothing but ERASED remains, and its disposal was approved before it and lists the
    case; of a printed register, its document. Of a document only the file is erased.
    """
    by_part = defaultdict(list)
    for number, key in keys:
        by_part[number].append(key)
    found: dict[RowKey, int] = {}
    for number, of_part in by_part.items():
        part = PARTS_BY_NUMBER[number]
        known = Erasure.objects.filter(part=number, key__in=of_part if part.case else ())
        erasures = {row.key: row for row in known.select_related("disposal")}
        possible = [key for key in erasures if is_key(part, key)]
        rows = having_keys(part.model._base_manager.order_by(), part.model._meta.pk, possible)
        try:
            codes = list(rows.values_list("pk", f"{part.case}__code")) if erasures else []
            values = dict(_read(part, rows)) if erasures else {}
        except Exception as error:
            if not is_unreadable(error):
                raise
            continue
        for pk, code in codes:
            erasure = erasures[to_key(pk)]
            is_erased = part == FILE or all(map(_is_erased, values.get(to_key(pk), [None])))
            if is_erased and _approves(erasure, code or "", str(pk)):
                found[number, erasure.key] = erasure.disposal_id
    return found


def _is_erased(text: Any) -> bool:
    """Return whether a column has no content. The kinds of a report's items remain."""
    if isinstance(text, list):
        return all(item.keys() == {"kind", "text"} and item["text"] == records.ERASED for item in text)
    return text in ("", records.ERASED)


def _approves(erasure: Erasure, code: str, document: str) -> bool:
    disposal = erasure.disposal
    if not disposal.is_approved or disposal.decided_at is None or erasure.at < disposal.decided_at:
        return False
    if code:
        is_of_files = disposal.rule == RetentionRule.Kind.FILES and erasure.part == UPLOAD_NAME.number
        return (is_of_files or disposal.rule in OF_CASES) and code in disposal.codes
    return disposal.rule == RetentionRule.Kind.REGISTERS and document in disposal.codes


def check_approvals() -> Iterator[str]:
    """Yield the disposals that erased something without an approval, or archives without the acts."""
    approved = Q(disposal__is_approved=True, at__gte=F("disposal__decided_at"))
    for pk in Erasure.objects.exclude(approved).order_by().values_list("disposal", flat=True).distinct():
        yield f"{Disposal._meta.db_table} {pk}: records were erased without its approval"
    executed = Disposal.objects.of_archives().filter(is_approved=True, is_of_old_rule=False)
    acts = executed.annotate(acts_before=Count("acts", filter=Q(acts__number__lte=5)))
    for pk in acts.filter(acts_before__lt=5).order_by("pk").values_list("pk", flat=True):
        yield f"{Disposal._meta.db_table} {pk}: archives were destroyed without the acts before"


def delete_old_years() -> int:
    """Delete the entries of the calendar years before approved disposals; return their number.

    The year of an entry is that of its leaf, which nobody can choose. Leaves stay. The triggers are removed
    and created again within the transaction.
    """
    approved = Disposal.objects.filter(rule=RetentionRule.Kind.AUDIT, is_approved=True, done_at=None)
    if not (days := list(approved.values_list("before", flat=True))):
        return 0
    first_kept = max(days).year
    leaves = Leaf.objects.filter(part=AUDIT.number, year__lt=first_kept)
    keys = leaves.annotate(row=Cast("key", BigIntegerField())).values("row")
    table = AuditEntry._meta.db_table
    with transaction.atomic():
        lock_chain()
        records.remove(connection, table)
        number, _by_model = AuditEntry.objects.filter(pk__in=keys).delete()
        records.install(connection, table)
        if number:
            AuditDeletion.objects.create(first_kept=first_kept, rows=number)
        approved.update(done_at=clock.now())
    append_leaves()
    return number


def get_first_kept() -> int:
    """Return the first year of the chain whose audit rows must exist. Never later than this year."""
    years = AuditDeletion.objects.values_list("first_kept", flat=True)
    return min(max(years, default=0), clock.today().year)
