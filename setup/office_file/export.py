"""Write the office file."""

import datetime as dt
import json
from typing import Any

from django.db.models import Model, Q

from office import clock
from office.models import Appointment, Office, OpeningHours, Position, User
from setup.office_file.parts import (
    APPOINTMENT,
    FORMAT,
    HOURS,
    LISTS,
    PEOPLE,
    PERSON,
    POSITION,
    POSITIONS,
    SINGLES,
    VERSION,
    list_fields,
)

type Json = dict[str, Any]


def export_office() -> Json:
    """Return the office as it is now. The order of rows is fixed, so that two files can be compared."""
    data: Json = {"format": FORMAT, "version": VERSION}
    ids = {pk: f"p{n}" for n, pk in enumerate(_list_positions().values_list("pk", flat=True), start=1)}
    for name, model in SINGLES.items():
        row = model._default_manager.filter(pk=1).first() or model(pk=1)
        data[name] = _to_json(row, *list_fields(model))
        if isinstance(row, Office):
            data[name]["register_signer"] = ids.get(row.register_signer_id)
    for part in LISTS:
        rows = part.model._default_manager.order_by(part.key)
        data[part.name] = [_to_json(row, *list_fields(part.model)) for row in rows]
    data[HOURS] = [
        {"season": row.season.name if row.season else None, **_to_json(row, *list_fields(OpeningHours))}
        for row in OpeningHours.objects.select_related("season").order_by("season__name", "weekday")
    ]
    data[POSITIONS] = [_export_position(position, ids) for position in _list_positions()]
    data[PEOPLE] = _export_people(ids)
    return data


def to_json(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _list_positions() -> Any:
    rows = Position.objects.select_related("division").prefetch_related("stand_ins")
    return rows.order_by("role", "title", "division__code", "pk")


def _export_position(position: Position, ids: dict[int, str]) -> Json:
    return {
        "id": ids[position.pk],
        **_to_json(position, *POSITION),
        "division": position.division.code if position.division else None,
        "stand_ins": sorted((ids[other.pk] for other in position.stand_ins.all()), key=lambda i: int(i[1:])),
    }


def _export_people(ids: dict[int, str]) -> list[Json]:
    """Return open accounts with their present and future positions. Mere administrators are left out."""
    lasts = Q(ends=None) | Q(ends__gte=clock.today())
    held: dict[int, list[Json]] = {}
    for row in Appointment.objects.filter(lasts, ended_at=None).order_by("starts", "pk"):
        held.setdefault(row.user_id, []).append(
            {"position": ids[row.position_id], **_to_json(row, *APPOINTMENT)}
        )
    people = User.objects.filter(is_active=True).order_by("username")
    return [
        {**_to_json(user, *PERSON), "appointments": held.get(user.pk, [])}
        for user in people
        if user.pk in held or not user.is_staff
    ]


def _to_json(row: Model, *fields: str) -> Json:
    return {name: _encode(getattr(row, name)) for name in fields}


def _encode(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
