"""The items of a report as they were posted, valid or not: for previews."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from reports.forms.items import INPUTS
from reports.items import Item
from reports.sections import FIELD_OF


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
