"""The report form as it was posted, valid or not: for drafts and previews."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from reports.forms.items import INPUTS, ItemsInput
from reports.items import Item
from reports.sections import FIELD_OF, PRODUCT, TEXTS


def posted_draft(post: QueryDict) -> dict[str, Any]:
    """Return the arguments of `save_draft`: the report, its window and the draft that the window has read."""
    try:
        seen = dt.datetime.fromisoformat(post.get("seen", ""))
    except ValueError:
        seen = None
    return {"typed": posted_report(post), "window": _storable(post.get("window", ""))[:40], "seen": seen}


def posted_report(post: QueryDict) -> dict[str, Any]:
    """Return texts and rows of items as they were typed."""
    rows = {name: ItemsInput().value_from_datadict(post, {}, name) for name in PRODUCT}
    return {name: _storable(post.get(name, "")) for name in (*TEXTS, "note")} | {
        name: [{key: _storable(text) for key, text in row.items()} for row in of_kind]
        for name, of_kind in rows.items()
    }


def readable_items(typed: Mapping[str, Any]) -> list[Item]:
    """Return the items of rows that have a text. A date that cannot be read is left out."""
    items = []
    for kind, name in FIELD_OF.items():
        for row in typed[name]:
            if text := row["text"].strip():
                due = INPUTS["due"].bound_data(row["due"], None)
                due = due if isinstance(due, dt.date) else None
                items.append(Item(kind, text, row["responsible"].strip(), due))
    return items


def _storable(text: str) -> str:
    """Normalise line breaks and remove NUL, which PostgreSQL refuses."""
    return text.replace("\r\n", "\n").replace("\0", "")
