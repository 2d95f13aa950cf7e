"""Keyset pagination of long lists: each page costs the same, however long the list is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict

from kit.clock import FIRST_DAY, LAST_DAY

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page[Row]:
    """Rows of one page, and links to the next (`older`) and first page (`newest`); empty if there is none."""

    rows: Sequence[Row]
    older: str = ""
    newest: str = ""


def parse_key(text: str) -> int | None:
    """Return the primary key in a text that somebody sent, or None if no database stores such a key."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def get_before_key(params: QueryDict) -> int | None:
    """Return the key before which the page begins (`?before=`), or None for the first page."""
    return parse_key(params.get("before", ""))


def make_page[Row](rows: Sequence[Row], params: QueryDict, *, key: str, place: str = "before") -> Page[Row]:
    """Return a page of up to PAGE_SIZE + 1 sorted `rows`. Its links repeat the filters in `params`.

    `place` is the parameter with the key where the next page begins.
    """
    shown = rows[:PAGE_SIZE]
    last = getattr(shown[-1], key) if len(rows) > PAGE_SIZE else None
    return Page(
        shown,
        older=link(params, **{place: last}) if last is not None else "",
        newest=link(params) if place in params else "",
    )


def newest_first[M: Model](
    found: QuerySet[M], params: QueryDict, *, shown: Sequence[str] = (), rows: QuerySet[M] | None = None
) -> Page[M]:
    """Return one page ordered by descending primary key, in one query without a count.

    A subquery finds the keys of the page first, so that the database sorts keys instead of whole rows.
    `rows` reads them with related records. Without it, `shown` are the fields to load, also of related
    records (`division__name`).
    """
    before = get_before_key(params)
    if before is not None:
        found = found.filter(pk__lt=before)
    keys = found.order_by("-pk").values("pk")[: PAGE_SIZE + 1]
    rows = only(found.model._default_manager.all(), shown) if rows is None else rows
    return make_page(list(rows.filter(pk__in=keys).order_by("-pk")), params, key="pk")


def oldest_first[M: Model](found: QuerySet[M], params: QueryDict, *, rows: QuerySet[M]) -> Page[M]:
    """Return one page ordered by ascending primary key. See `newest_first()`."""
    after = parse_key(params.get("after", ""))
    if after is not None:
        found = found.filter(pk__gt=after)
    keys = found.order_by("pk").values("pk")[: PAGE_SIZE + 1]
    read = list(rows.filter(pk__in=keys).order_by("pk"))
    return make_page(read, params, key="pk", place="after")


def newest_of[M: Model](parts: Sequence[QuerySet[M]], params: QueryDict, *, shown: Sequence[str]) -> Page[M]:
    """Return one page of the rows of all parts, which may overlap, ordered by descending primary key."""
    before = get_before_key(params)
    if before is not None:
        parts = [part.filter(pk__lt=before) for part in parts]
    keys = first_of([part.order_by("-pk") for part in parts], PAGE_SIZE + 1)
    return newest_first(parts[0].model._default_manager.filter(pk__in=keys), params, shown=shown)


def soonest_first[M: Model](
    found: QuerySet[M],
    params: QueryDict,
    *,
    field: str = "due",
    shown: Sequence[str] = (),
    rows: QuerySet[M] | None = None,
    undated: bool = True,
) -> Page[M]:
    """Return one page ordered by the day or moment in `field`, then by key. `rows` as in `newest_first()`.

    Rows without a day come last, if `undated`. Dated and undated rows are found by separate queries:
    databases sort NULL differently in an index.
    """
    day, key = _get_after_key(params, found.model._meta.get_field(field))
    keys: list[int] = []
    if day or not key:
        dated = found.filter(**{f"{field}__isnull": False})
        if day:
            later = Q(**{f"{field}__gt": day}) | Q(pk__gt=key)
            dated = dated.filter(later, **{f"{field}__gte": day})
        keys += dated.order_by(field, "pk").values_list("pk", flat=True)[: PAGE_SIZE + 1]
    if undated and len(keys) <= PAGE_SIZE:
        rest = found.filter(**{field: None}, pk__gt=0 if day else key)
        keys += rest.order_by("pk").values_list("pk", flat=True)[: PAGE_SIZE + 1]
    rows = only(found.model._default_manager.all(), shown) if rows is None else rows
    read = list(rows.filter(pk__in=keys[: PAGE_SIZE + 1]).order_by(F(field).asc(nulls_last=True), "pk"))
    last = read[PAGE_SIZE - 1] if len(read) > PAGE_SIZE else None
    after = f"{getattr(last, field) or ''}~{last.pk}" if last else ""
    return Page(
        read[:PAGE_SIZE],
        older=link(params, after=after) if last else "",
        newest=link(params) if "after" in params else "",
    )


def _get_after_key(params: QueryDict, field: Any) -> tuple[Any, int]:
    """Return the day and key after which the page begins (`?after=2026-11-24~7`), or (None, 0)."""
    day, _tilde, key = params.get("after", "").partition("~")
    try:
        found = field.to_python(day) if day else None
        is_usable = found and FIRST_DAY.year < found.year < LAST_DAY.year
        is_local = isinstance(found, dt.datetime) and found.tzinfo is None
        return found if is_usable and not is_local else None, int(key) if len(key) <= 18 else 0
    except (ValueError, ValidationError):
        return None, 0


def first_of(parts: Sequence[QuerySet[Any]], number: int) -> QuerySet[Any, Any]:
    """Return the keys of the first `number` rows of each ordered part, as a subquery.

    Each part can use its own index, which ends its search. SQLite allows no limit in a part of a union, so
    there is one more subquery.
    """
    keys = [
        part.model._default_manager.filter(pk__in=part.values("pk")[:number]).values("pk") for part in parts
    ]
    return keys[0].union(*keys[1:]) if len(keys) > 1 else keys[0]


def only[M: Model](rows: QuerySet[M], shown: Sequence[str]) -> QuerySet[M]:
    """Load only the fields `shown`, and join the related records that they name."""
    related = {field.rpartition("__")[0] for field in shown if "__" in field}
    return (rows.select_related(*related) if related else rows).only(*shown)


def link(params: QueryDict, **changes: Any) -> str:
    """Return the query string with the filters in `params` and the parameters of another page."""
    query = params.copy()
    for key in ("before", "after", "start"):
        query.pop(key, None)
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
