"""Store an office file: all of it, or nothing and a list of what is wrong."""

import json
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import BooleanField, Field, IntegerField, Model
from django.utils.translation import gettext as _

from office.models import Appointment, Division, Office, OpeningHours, Position, Season, User
from setup.office_file.parts import (
    APPOINTMENT,
    FORMAT,
    HOUR_FIELDS,
    HOURS,
    LISTS,
    NAMES,
    PEOPLE,
    PERSON,
    POSITION,
    POSITIONS,
    SINGLES,
    VERSION,
    Part,
    list_fields,
)

MAX_BYTES = 5 * 1024 * 1024
MAX_PROBLEMS = 50


class OfficeFileError(Exception):
    """The file cannot be stored. `problems` are sentences that begin with a path: `people[3].nip: ...`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems[:MAX_PROBLEMS]


def read_json(content: bytes) -> Any:
    """Return the parsed content of a file. Raise OfficeFileError if it is too long or no JSON."""
    if len(content) > MAX_BYTES:
        raise OfficeFileError([_("Berkas ini lebih besar dari 5 MB.")])
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise OfficeFileError([_("Berkas ini bukan JSON yang sah: %(error)s") % {"error": error}]) from error


def load_office(data: Any) -> Counter[str]:
    """Store the data of an office file in one transaction. Return the number of rows of each part.

    Rows are added, or updated by their key; none is deleted. The same file twice gives the same office. New
    accounts have no password. This is for whoever has the server: appointments need no second person.
    Raise OfficeFileError.
    """
    loader = _Loader()
    try:
        with transaction.atomic():
            Office.lock()
            loader.load(data)
            if loader.problems:
                raise OfficeFileError(loader.problems)
    except (DatabaseError, OverflowError) as error:
        raise OfficeFileError([_("Basis data menolak isinya: %(error)s") % {"error": error}]) from error
    return loader.counts


class _Loader:
    """One import: the problems found so far, and the positions by their `id` in the file."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self.positions: dict[str | int, Position] = {}

    def load(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            self._add("format", _("Ini bukan berkas kantor Rembuk."))
            return
        if data.get("version") != VERSION:
            self._add("version", _("Versi yang dikenal: %(version)s.") % {"version": VERSION})
            return
        for name in sorted(data.keys() - {"format", "version", *NAMES}):
            self._add(name, _("Bagian ini tidak dikenal."))
        for part in LISTS:
            self._load_list(part, data.get(part.name, []))
        for path, row in self._rows(HOURS, data.get(HOURS, [])):
            self._load_hours(row, path)
        self._load_positions(data.get(POSITIONS, []))
        for path, row in self._rows(PEOPLE, data.get(PEOPLE, [])):
            self._load_person(row, path)
        for name, model in SINGLES.items():
            if name in data:
                self._load_single(name, model, data[name])

    def _load_single(self, name: str, model: type[Model], row: Any) -> None:
        stored = model._default_manager.filter(pk=1).first() or model(pk=1)
        if not isinstance(row, dict):
            self._add(name, _("Di sini harus ada objek."))
            return
        more = ("register_signer",) if model is Office else ()
        if more and "register_signer" in row:
            signer = self._find_position(row["register_signer"], f"{name}.register_signer", optional=True)
            stored.register_signer = signer  # type: ignore[attr-defined]
        self._store(stored, row, name, list_fields(model), more)
        self.counts[name] += 1

    def _load_list(self, part: Part, rows: Any) -> None:
        field: Any = part.model._meta.get_field(part.key)
        for path, row in self._rows(part.name, rows, key=part.key):
            try:
                value = field.clean(row[part.key], None)
            except ValidationError as error:
                self._add(f"{path}.{part.key}", " ".join(error.messages))
                continue
            stored = part.model._default_manager.filter(**{part.key: value}).first()
            self._store(stored or part.model(), row, path, list_fields(part.model))

    def _load_hours(self, row: dict[str, Any], path: str) -> None:
        season = None
        if row.get("season") is not None:
            season = self._find(Season, "name", row["season"], f"{path}.season")
        weekday = row.get("weekday")
        found = None
        if isinstance(weekday, int):
            found = OpeningHours.objects.filter(season=season, weekday=weekday).first()
        self._store(found or OpeningHours(season=season), row, path, HOUR_FIELDS, ("season",))

    def _load_positions(self, rows: Any) -> None:
        listed = list(self._rows(POSITIONS, rows, key="id"))
        fields = {name: Position._meta.get_field(name) for name in POSITION}
        for path, row in listed:
            division = None
            if row.get("division") is not None:
                division = self._find(Division, "code", row["division"], f"{path}.division")
            known = {name: row.get(name) for name in POSITION if isinstance(row.get(name), str)}
            found = Position.objects.filter(division=division, **known).exclude(
                pk__in=[one.pk for one in self.positions.values()]
            )
            position = (found.earliest("pk") if len(known) == 2 and found else None) or Position(
                division=division
            )
            if self._store(position, row, path, fields, ("id", "division", "stand_ins")):
                self.positions[row["id"]] = position
        for path, row in listed:
            ids = row.get("stand_ins", [])
            if not isinstance(ids, list):
                self._add(f"{path}.stand_ins", _("Di sini harus ada daftar."))
                continue
            found_ones = [self._find_position(i, f"{path}.stand_ins[{n}]") for n, i in enumerate(ids)]
            if row["id"] in self.positions and all(found_ones):
                self.positions[row["id"]].stand_ins.set([one for one in found_ones if one])

    def _load_person(self, row: dict[str, Any], path: str) -> None:
        username = row.get("username")
        user = User.objects.filter(username=username).first() if isinstance(username, str) else None
        if user is None:
            user = User()
            user.set_unusable_password()
        fields = {name: User._meta.get_field(name) for name in PERSON}
        is_stored = self._store(user, row, path, fields, ("appointments",))
        for place, held in self._rows(f"{path}.appointments", row.get("appointments", [])):
            position = self._find_position(held.get("position"), f"{place}.position")
            if position and is_stored:
                self._load_appointment(user, position, held, place)

    def _load_appointment(self, user: User, position: Position, row: dict[str, Any], path: str) -> None:
        fields = {name: Appointment._meta.get_field(name) for name in APPOINTMENT}
        new = Appointment(user=user, position=position)
        if not self._fill(new, row, path, fields, ("position",)):
            return
        same = {
            "user": user,
            "position": position,
            "acting": new.acting,
            "starts": new.starts,
            "ended_at": None,
        }
        stored = Appointment.objects.filter(**same).first()
        if stored is None:
            new.save()
        elif stored.ends != new.ends:
            stored.ends = new.ends
            stored.save(update_fields=["ends"])

    def _rows(self, name: str, rows: Any, key: str = "") -> list[tuple[str, dict[str, Any]]]:
        """Return the objects of a list with their paths. With `key`, each has a text or number of its own."""
        if not isinstance(rows, list):
            self._add(name, _("Di sini harus ada daftar."))
            return []
        found, seen = [], set()
        for number, row in enumerate(rows):
            path = f"{name}[{number}]"
            if not isinstance(row, dict):
                self._add(path, _("Di sini harus ada objek."))
            elif key and (not isinstance(row.get(key), str | int) or not _is_clean(row[key])):
                self._add(f"{path}.{key}", _("Isian ini wajib."))
            elif key and row[key] in seen:
                self._add(f"{path}.{key}", _("Sudah ada dalam daftar ini."))
            else:
                found.append((path, row))
                seen.add(row.get(key))
        self.counts[name.split("[")[0]] += 0 if "." in name else len(found)
        return found

    def _store(
        self, row: Model, data: dict[str, Any], path: str, fields: dict[str, Any], more: tuple[str, ...] = ()
    ) -> bool:
        """Fill in and save a row. Return whether it is stored."""
        if not self._fill(row, data, path, fields, more):
            return False
        row.save()
        return True

    def _fill(
        self, row: Model, data: dict[str, Any], path: str, fields: dict[str, Any], more: tuple[str, ...]
    ) -> bool:
        """Fill in the fields that the data has, and validate the row. Return whether it is valid."""
        before = len(self.problems)
        for name in sorted(data.keys() - fields.keys() - set(more)):
            self._add(f"{path}.{name}", _("Isian ini tidak dikenal."))
        for name in fields.keys() & data.keys():
            if sentence := _find_wrong_type(fields[name], data[name]):
                self._add(f"{path}.{name}", sentence)
                continue
            try:
                setattr(row, name, fields[name].to_python(data[name]))
            except ValidationError as error:
                self._add(f"{path}.{name}", " ".join(error.messages))
        if len(self.problems) == before:
            try:
                row.full_clean()
            except ValidationError as error:
                for name, sentences in error.message_dict.items():
                    self._add(path if name == "__all__" else f"{path}.{name}", " ".join(sentences))
        return len(self.problems) == before

    def _find[M: Model](self, model: type[M], key: str, value: Any, path: str) -> M | None:
        found = None
        if isinstance(value, str) and _is_clean(value):
            found = model._default_manager.filter(**{key: value}).first()
        if found is None:
            self._add(path, _("Tidak ditemukan dalam berkas ini."))
        return found

    def _find_position(self, value: Any, path: str, *, optional: bool = False) -> Position | None:
        if optional and value is None:
            return None
        found = self.positions.get(value) if isinstance(value, str | int) else None
        if found is None:
            self._add(path, _("Tidak ditemukan dalam berkas ini."))
        return found

    def _add(self, path: str, sentence: str) -> None:
        self.problems.append(f"{path}: {sentence}")


def _find_wrong_type(field: Field, value: Any) -> str:
    """Return what is wrong with the JSON type of a value, as a sentence, or an empty string."""
    if value is None:
        return "" if field.null else _("Isian ini tidak boleh kosong.")
    if isinstance(field, BooleanField):
        return "" if isinstance(value, bool) else _("Di sini harus ada true atau false.")
    if isinstance(field, IntegerField):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return "" if is_number else _("Di sini harus ada bilangan bulat.")
    if not isinstance(value, str):
        return _("Di sini harus ada teks.")
    return "" if _is_clean(value) else _("Teks ini memuat huruf yang tidak sah.")


def _is_clean(value: str | int) -> bool:
    """Return whether a text can be stored: no NUL, no lone surrogate."""
    text = str(value)
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
