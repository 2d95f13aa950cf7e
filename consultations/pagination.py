"""Pages of a long list by position: each page costs the same, however long the list is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page[Row]:
    """The rows of one page and the links to the others (empty where there are none)."""

    rows: Sequence[Row]
    older: str = ""
    newest: str = ""


def position(params: QueryDict) -> int | None:
    """Before which key the page begins (`?before=`); None for the first page and for what is no key."""
    text = params.get("before", "")
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def page_of[Row](rows: Sequence[Row], params: QueryDict, *, key: str) -> Page[Row]:
    """A page made of up to PAGE_SIZE + 1 `rows`, newest first; the links keep the filters in `params`."""
    shown = rows[:PAGE_SIZE]
    last = getattr(shown[-1], key) if len(rows) > PAGE_SIZE else None
    return Page(
        shown,
        older=_link(params, before=last) if last is not None else "",
        newest=_link(params) if "before" in params else "",
    )


def newest_first[M: Model](found: QuerySet[M], params: QueryDict, *, shown: Sequence[str]) -> Page[M]:
    """One page of what was found by falling primary key, in one query without a count.

    The keys of the page are found first, so that a database that must sort sorts keys and not whole rows;
    then the rows are read, with no more than the fields that are `shown`.
    """
    before = position(params)
    if before is not None:
        found = found.filter(pk__lt=before)
    keys = found.order_by("-pk").values("pk")[: PAGE_SIZE + 1]
    rows = only(found.model._default_manager.filter(pk__in=keys), shown)
    return page_of(list(rows.order_by("-pk")), params, key="pk")


def soonest_first[M: Model](
    found: QuerySet[M], params: QueryDict, *, shown: Sequence[str], undated: bool = True
) -> Page[M]:
    """One page of what was found by the day `due`, then by key; what has no day (`undated`) comes last.

    The two are found apart, since databases disagree on where an index holds the rows without a day.
    """
    day, key = _after(params)
    keys: list[int] = []
    if day or not key:
        dated = found.filter(due__isnull=False)
        if day:
            dated = dated.filter(Q(due__gt=day) | Q(pk__gt=key), due__gte=day)
        keys += dated.order_by("due", "pk").values_list("pk", flat=True)[: PAGE_SIZE + 1]
    if undated:
        rest = found.filter(due=None, pk__gt=0 if day else key)
        keys += rest.order_by("pk").values_list("pk", flat=True)[: PAGE_SIZE + 1]
    rows = only(found.model._default_manager.filter(pk__in=keys[: PAGE_SIZE + 1]), shown)
    read = list(rows.order_by(F("due").asc(nulls_last=True), "pk"))
    last: Any = read[PAGE_SIZE - 1] if len(read) > PAGE_SIZE else None
    return Page(
        read[:PAGE_SIZE],
        older=_link(params, after=f"{last.due or ''}~{last.pk}") if last else "",
        newest=_link(params) if "after" in params else "",
    )


def _after(params: QueryDict) -> tuple[dt.date | None, int]:
    """After which day and key the page begins (`?after=2026-11-24~7`, `?after=~7`); (None, 0): at first."""
    day, _tilde, key = params.get("after", "").partition("~")
    try:
        return dt.date.fromisoformat(day) if day else None, int(key) if len(key) <= 18 else 0
    except ValueError:
        return None, 0


def only[M: Model](rows: QuerySet[M], shown: Sequence[str]) -> QuerySet[M]:
    """The rows with the fields that are shown of them and of their related records, in one query."""
    related = {field.rpartition("__")[0] for field in shown if "__" in field}
    return rows.select_related(*related).only(*shown)


def _link(params: QueryDict, **changes: Any) -> str:
    kept = params.copy()
    for position_of_the_page in ("before", "after"):
        kept.pop(position_of_the_page, None)
    for name, value in changes.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"
