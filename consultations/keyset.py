"""Pages of a long list by position: each page costs the same, however long the list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
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


def only[M: Model](rows: QuerySet[M], shown: Sequence[str]) -> QuerySet[M]:
    """The rows with the fields that are shown of them and of their related records, in one query."""
    related = {field.rpartition("__")[0] for field in shown if "__" in field}
    return rows.select_related(*related).only(*shown)


def _link(params: QueryDict, **changes: Any) -> str:
    kept = params.copy()
    kept.pop("before", None)
    for name, value in changes.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"
