"""Store the data of the office: profile, hours, closed days, divisions, published standard, rooms."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import translation

from audit.models import Act
from audit.services import record
from office.models import (
    ClosedDay,
    Division,
    Office,
    OpeningHours,
    Room,
    StandardComponent,
    StandardPublication,
    User,
)
from setup.services.presets import NEUTRAL, fill_empty_tables


@contextmanager
def _changing(by: User, what: str, which: Iterable[str] = ()) -> Iterator[None]:
    """Run a block in one transaction, one change of the office at a time, and record it."""
    with transaction.atomic():
        Office.lock()
        yield
        with translation.override("id"):
            record(Act.SETTING, by=by, target=f"Penyiapan: {what}. {', '.join(which)}".rstrip(" ."))


def store_office(*, by: User, **fields: Any) -> None:
    """Store fields of the profile. The first time, also store what every office starts with."""
    with _changing(by, "Profil kantor", fields):
        office = Office.lock() or Office(pk=1)
        for name, value in fields.items():
            setattr(office, name, value)
        is_new = office._state.adding
        office.save(update_fields=None if is_new else list(fields))
        if is_new:
            fill_empty_tables(NEUTRAL)


def store_hours(week: Mapping[int, Mapping[str, dt.time]], *, by: User) -> None:
    """Store the ordinary opening hours by weekday. The office is closed on the other weekdays."""
    with _changing(by, "Jam kerja", map(str, week)):
        ordinary = OpeningHours.objects.filter(season=None)
        stored = {row.weekday: row for row in ordinary}
        for row in stored.values():
            if row.weekday not in week:
                row.delete()
        for weekday, times in week.items():
            row = stored.get(weekday) or OpeningHours(weekday=weekday)
            if row.pk is None or any(getattr(row, name) != value for name, value in times.items()):
                for name, value in times.items():
                    setattr(row, name, value)
                row.save()


def store_closed_days(days: Mapping[dt.date, str], *, by: User, since: dt.date) -> None:
    """Store the office's own closed days from `since` on. Earlier days and days that stay open remain."""
    with _changing(by, "Hari tutup", map(str, days)):
        stored = {row.day: row for row in ClosedDay.objects.filter(day__gte=since)}
        for day, row in stored.items():
            if day not in days and not row.is_open:
                row.delete()
        for day, reason in days.items():
            row = stored.get(day) or ClosedDay(day=day)
            if row.pk is None or row.is_open or row.reason != reason:
                row.reason, row.is_open = reason, False
                row.save()


def store_divisions(names: Mapping[str, str], *, by: User) -> None:
    """Store the divisions as names by code. Others are deleted, or closed if a position belongs to them."""
    with _changing(by, "Unit kerja", names.values()):
        stored = {division.code: division for division in Division.objects.all()}
        for code, division in stored.items():
            if code in names:
                continue
            if division.positions.exists() or not _delete(division):
                Division.objects.filter(pk=division.pk).update(is_active=False)
        for code, name in names.items():
            Division.objects.update_or_create(code=code, defaults={"name": name, "is_active": True})


def _delete(division: Division) -> bool:
    """Delete a division that nothing refers to. Return whether it is gone."""
    try:
        with transaction.atomic():
            division.delete()
    except ProtectedError:
        return False
    return True


def store_rooms(names: Sequence[str], *, by: User) -> None:
    """Store the rooms in use. Others are closed, because sessions refer to them."""
    with _changing(by, "Ruang konsultasi", names):
        Room.objects.exclude(name__in=names).filter(is_active=True).update(is_active=False)
        for name in names:
            Room.objects.update_or_create(name=name, defaults={"is_active": True})


def store_standard(
    components: Sequence[Mapping[str, Any]], *, by: User, decree_on: dt.date | None, **fields: Any
) -> None:
    """Store the published standard: components by number, the day of the decree, fields of the profile."""
    with _changing(by, "Standar pelayanan"):
        store_office(by=by, **fields)
        for component in components:
            more = {name: value for name, value in component.items() if name != "number"}
            StandardComponent.objects.update_or_create(number=component["number"], defaults=more)
        StandardPublication.objects.update_or_create(pk=1, defaults={"decree_on": decree_on})
