"""Store the data of the office: what the pages say, and what every office starts with."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers import deserialize
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import record
from consultations.models import StateTarget
from kit.refusal import Refused
from office import models as office
from office.models.publication import (
    PROCEDURE,
    REQUIREMENTS,
    STAGES,
    list_requirements,
    list_standard_steps,
)


@contextmanager
def changing(by: office.User, what: str, which: Iterable[str] = ()) -> Iterator[None]:
    """Run a block in one transaction, one change of the office at a time, and record it."""
    with transaction.atomic():
        office.Office.lock()
        yield
        with translation.override("id"):
            record(Act.SETTING, by=by, target=f"Penyiapan: {what}. {', '.join(which)}".rstrip(" ."))


PROFILE = "Profil kantor"


class ChangedMeanwhile(Refused):
    """Somebody else has changed `fields` since the user opened the page. They hold what is stored now."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(_("Bagian ini baru saja diubah orang lain."))
        self.fields = fields


def store_office(*, by: office.User, seen: Mapping[str, Any] | None = None, **fields: Any) -> None:
    """Store fields of the profile. The first time, also store what every office starts with.

    `seen` are the values that the user saw of some of the fields. Raise ChangedMeanwhile if another value
    is stored by now, unless it is the one that the user entered.
    """
    with changing(by, PROFILE, fields):
        profile = office.Office.lock() or office.Office(pk=1)
        stored = {name: getattr(profile, name) for name in seen or ()}
        if others := {n: v for n, v in stored.items() if v not in ((seen or {})[n], fields[n])}:
            raise ChangedMeanwhile(others)
        for name, value in fields.items():
            setattr(profile, name, value)
        is_new = profile._state.adding
        profile.save(update_fields=None if is_new else list(fields))
        if is_new:
            fill_empty_tables(NEUTRAL)


def find_editor(field: str) -> AuditEntry | None:
    """Return the entry of the last change of a field of the profile, if it is not long ago."""
    changes = AuditEntry.objects.filter(act=Act.SETTING, target__startswith=f"Penyiapan: {PROFILE}.")
    latest = changes.select_related("user").order_by("-pk")[:MAX_CHANGES]
    return next((entry for entry in latest if field in entry.target.replace(",", " ").split()), None)


MAX_CHANGES = 50
"""Changes of the profile among which the last one of a field is searched."""


def store_hours(week: Mapping[int, Mapping[str, dt.time]], *, by: office.User) -> None:
    """Store the ordinary opening hours by weekday. The office is closed on the other weekdays."""
    with changing(by, "Jam kerja", map(str, week)):
        for row in office.OpeningHours.objects.filter(season=None).exclude(weekday__in=week):
            row.delete()
        for weekday, times in week.items():
            _put(office.OpeningHours, times, season=None, weekday=weekday)


def store_closed_days(days: Mapping[dt.date, str], *, by: office.User, since: dt.date) -> None:
    """Store the office's own closed days from `since` on. Earlier days and days that stay open remain."""
    with changing(by, "Hari tutup", map(str, days)):
        for row in office.ClosedDay.objects.filter(day__gte=since, is_open=False).exclude(day__in=days):
            row.delete()
        for day, reason in days.items():
            _put(office.ClosedDay, {"reason": reason, "is_open": False}, day=day)


def _put(model: type[models.Model], values: Mapping[str, Any], **key: Any) -> None:
    """Store a row. One that has the values already is not saved, because a change moves deadlines."""
    row = model._default_manager.filter(**key).first() or model(**key)
    if row.pk is None or any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def store_divisions(names: Mapping[str, str], *, by: office.User) -> None:
    """Store the divisions as names by code. Others are deleted, or closed if a position belongs to them."""
    with changing(by, "Unit kerja", names.values()):
        stored = {division.code: division for division in office.Division.objects.all()}
        for code, division in stored.items():
            if code in names:
                continue
            if division.positions.exists() or not _delete(division):
                division.is_active = False
                division.save(update_fields=["is_active"])
        for code, name in names.items():
            office.Division.objects.update_or_create(code=code, defaults={"name": name, "is_active": True})


def _delete(division: office.Division) -> bool:
    try:
        with transaction.atomic():
            division.delete()
    except ProtectedError:
        return False
    return True


def store_rooms(names: Sequence[str], *, by: office.User) -> None:
    """Store the rooms in use. Others are closed, because sessions refer to them."""
    with changing(by, "Ruang konsultasi", names):
        for room in office.Room.objects.exclude(name__in=names).filter(is_active=True):
            room.is_active = False
            room.save(update_fields=["is_active"])
        for name in names:
            office.Room.objects.update_or_create(name=name, defaults={"is_active": True})


def store_standard(
    components: Sequence[Mapping[str, Any]],
    *,
    by: office.User,
    steps: Sequence[Mapping[str, Any]],
    requirements: Sequence[Mapping[str, Any]],
    decree_on: dt.date | None,
    **fields: Any,
) -> None:
    """Store the published standard: components by number, the day of the decree, fields of the profile.

    `steps` and `requirements` replace those that are stored, in their order.
    """
    with changing(by, "Standar pelayanan"):
        store_office(by=by, **fields)
        for component in components:
            more = {name: value for name, value in component.items() if name != "number"}
            office.StandardComponent.objects.update_or_create(number=component["number"], defaults=more)
        for model, rows in ((office.StandardStep, steps), (office.Requirement, requirements)):
            model._default_manager.filter(number__gt=len(rows)).delete()
            for number, row in enumerate(rows, start=1):
                model._default_manager.update_or_create(number=number, defaults=row)
        office.StandardPublication.objects.update_or_create(pk=1, defaults={"decree_on": decree_on})


FIXTURE = Path(apps.get_app_config("office").path) / "fixtures" / "dinsospmd.json"
NEUTRAL: tuple[type[models.Model], ...] = (StateTarget, office.Instruction, office.FactorRequirement)
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
    related: list[Any] = [
        field.related_model
        for field in model._meta.fields
        if field.related_model and any(getattr(row, field.attname) for row in objects.get(model, ()))
    ]
    return not model._default_manager.exists() and all(_is_untouched(other, objects) for other in related)


NEUTRAL_STANDARD = Path(__file__).with_name("standard.json")
"""A neutral standard (PermenPANRB 15/2014) for an office without one. It is published: always Indonesian."""


def list_components(profile: office.Office) -> list[office.StandardComponent]:
    """Return the 14 components as stored; those that are missing with the neutral text, not saved."""
    stored = {component.number: component for component in office.StandardComponent.objects.all()}
    facts = {
        "office": profile.name or "kantor",
        "address": " ".join(profile.address.split()),
        "minutes": profile.service_minutes,
        "division": profile.word_division_name.lower(),
    }
    return [
        stored.get(row["number"]) or _make_component(row, facts)
        for row in json.loads(NEUTRAL_STANDARD.read_text(encoding="utf-8"))
    ]


def _make_component(row: Mapping[str, Any], facts: Mapping[str, Any]) -> office.StandardComponent:
    is_decreed = row["part"] == office.StandardComponent.Part.DELIVERY
    text = "\n".join(row["text"]).format(**facts)
    return office.StandardComponent(**{**row, "text": text, "is_decreed": is_decreed})


def list_steps(components: Iterable[office.StandardComponent]) -> list[office.StandardStep]:
    """Return the published steps, or one for each line of the component. Nine lines are the nine stages."""
    lines = next(one.items for one in components if one.number == PROCEDURE)
    stages = list(STAGES) if len(lines) == len(STAGES) else [None] * len(lines)
    return list_standard_steps() or [
        office.StandardStep(number=number, text=text, stage=stage)
        for number, (text, stage) in enumerate(zip(lines, stages, strict=True), start=1)
    ]


def list_requirement_rows(components: Iterable[office.StandardComponent]) -> list[office.Requirement]:
    """Return the published requirements, or one for each line of the component."""
    lines = next(one.items for one in components if one.number == REQUIREMENTS)
    return list_requirements() or [
        office.Requirement(number=number, text=text) for number, text in enumerate(lines, start=1)
    ]
