"""Rows without a leaf: somebody has written them past the triggers."""

from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Replace

from ledger.models import Leaf, Pending
from ledger.parts import Part


def list_unsealed(part: Part) -> QuerySet[Any, Any]:
    """Return the keys of rows that have the part, but neither a leaf nor a place in the queue.

    A row with the key -5 does not have the leaf of row 5.
    """
    row_key: Cast | Replace = Cast("pk", TextField())
    if isinstance(part.model._meta.pk, UUIDField) and connection.features.has_native_uuid_field:
        row_key = Replace(row_key, Value("-"), Value(""), output_field=CharField())
    rows = part.model._base_manager.annotate(row_key=row_key)
    if part.filled:
        rows = (
            rows.annotate(is_filled=Cast(part.filled, TextField()))
            .exclude(is_filled="")
            .exclude(is_filled=None)
        )
    for queue in (Leaf, Pending):
        rows = rows.filter(~Exists(queue._base_manager.filter(part=part.number, key=OuterRef("row_key"))))
    return rows.order_by("pk").values_list("pk", flat=True)
