"""Data that every office starts with, and the data of the first office for a trial."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers import deserialize
from django.db import connection, models, transaction

from consultations.models import StateTarget
from office.models import FactorRequirement, Instruction

FIXTURE = Path(apps.get_app_config("office").path) / "fixtures" / "dinsospmd.json"
NEUTRAL: tuple[type[models.Model], ...] = (StateTarget, Instruction, FactorRequirement)
"""Models whose rows in the fixture suit every office: targets, instructions, required second factors."""


@transaction.atomic
def fill_empty_tables(only: Collection[type[models.Model]] = ()) -> list[type[models.Model]]:
    """Store the rows of the fixture in tables without rows. Return the models of these tables.

    A table whose rows in the fixture refer to a table with rows stays empty, because the fixture means its
    own rows. With `only`, other tables are left alone.
    """
    rows = list(deserialize("json", FIXTURE.read_text(encoding="utf-8")))
    objects: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        if not only or type(row.object) in only:
            objects[type(row.object)].append(row.object)
    empty = [model for model in objects if _is_untouched(model, objects)]
    for row in rows:
        if type(row.object) in empty:
            row.save()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), empty):
            cursor.execute(statement)
    return empty


def _is_untouched(
    model: type[models.Model], objects: Mapping[type[models.Model], Sequence[models.Model]]
) -> bool:
    """Return whether a table, and the tables that its rows in the fixture refer to, have no rows."""
    related: list[Any] = [
        field.related_model
        for field in model._meta.fields
        if field.related_model and any(getattr(row, field.attname) for row in objects.get(model, ()))
    ]
    return not model._default_manager.exists() and all(_is_untouched(other, objects) for other in related)
