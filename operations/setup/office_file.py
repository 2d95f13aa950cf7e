"""The office file: all data of an office as JSON, without passwords, secrets and uploaded files.

docs/office-file.md describes its parts.
"""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import (
    BooleanField,
    DateField,
    Field,
    FileField,
    ForeignKey,
    IntegerField,
    Model,
    Q,
    TimeField,
)
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field as SchemaField,
    ValidationError as SchemaError,
    create_model,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from consultations.models import ComplaintTarget, StateTarget
from kit import clock
from office import models as office

FORMAT = "rembuk-office"
VERSION = 1
MAX_BYTES = 5 * 1024 * 1024
MAX_PROBLEMS = 50

SINGLES: dict[str, type[Model]] = {"office": office.Office, "publication": office.StandardPublication}
"""Parts that are one object."""

LISTS: dict[str, tuple[type[Model], *tuple[str, ...]]] = {
    "standard": (office.StandardComponent, "number"),
    "steps": (office.StandardStep, "number"),
    "requirements": (office.Requirement, "number"),
    "seasons": (office.Season, "name"),
    "closed_days": (office.ClosedDay, "day"),
    "divisions": (office.Division, "code"),
    "rooms": (office.Room, "name"),
    "instructions": (office.Instruction, "text"),
    "targets": (StateTarget, "state"),
    "complaint_targets": (ComplaintTarget, "stage"),
    "second_factors": (office.FactorRequirement, "role"),
    "retention": (office.RetentionRule, "kind", "classification"),
    "codes": (office.ClassificationCode, "code"),
}
"""Lists of rows without references: their model, and what identifies a row. The first field is required."""

NAMES = (*SINGLES, *LISTS, "hours", "positions", "people")
"""Parts in the order of the file."""

PERSON = ("username", "name", "nip", "rank", "competence", "email")
APPOINTMENT = ("acting", "order_number", "order_date", "starts", "ends")
POSITION = ("title", "role")

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""NUL, and halves of a surrogate pair."""

type Json = dict[str, Any]
type Rows = Iterator[tuple[str, Json]]


class OfficeFileError(Exception):
    """The file cannot be stored. `problems` are sentences that begin with a path: `people[3].nip: ...`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems[:MAX_PROBLEMS]


def _list_fields(model: type[Model]) -> list[str]:
    """Return the fields of a model that the file contains: no keys, no references, no uploaded files."""
    return [
        field.name
        for field in model._meta.local_concrete_fields
        if field.editable and not field.primary_key and not isinstance(field, ForeignKey | FileField)
    ]


def export_office() -> Json:
    """Return the office as it is now. The order of rows is fixed, so that two files can be compared."""
    positions = office.Position.objects.select_related("division").prefetch_related("stand_ins")
    positions = positions.order_by("role", "title", "division__code", "pk")
    ids = {position.pk: f"p{number}" for number, position in enumerate(positions, start=1)}
    data: Json = {"format": FORMAT, "version": VERSION}
    for name, model in SINGLES.items():
        data[name] = _export_row(model._default_manager.filter(pk=1).first() or model(pk=1))
    signer = office.Office.objects.filter(pk=1).values_list("register_signer", flat=True).first()
    data["office"]["register_signer"] = ids[signer] if signer else None
    for name, (model, *keys) in LISTS.items():
        data[name] = [_export_row(row) for row in model._default_manager.order_by(*keys)]
    data["hours"] = [
        {"season": row.season.name if row.season else None, **_export_row(row)}
        for row in office.OpeningHours.objects.select_related("season").order_by("season__name", "weekday")
    ]
    data["positions"] = [
        {
            "id": ids[position.pk],
            **_export_row(position, POSITION),
            "division": position.division.code if position.division else None,
            "stand_ins": [ids[pk] for pk in ids if pk in {one.pk for one in position.stand_ins.all()}],
        }
        for position in positions
    ]
    data["people"] = _export_people(ids)
    return data


def _export_people(ids: Mapping[int, str]) -> list[Json]:
    lasts = Q(ends=None) | Q(ends__gte=clock.today())
    held: dict[int, list[Json]] = {}
    for row in office.Appointment.objects.filter(lasts, ended_at=None).order_by("starts", "pk"):
        appointment = {"position": ids[row.position_id], **_export_row(row, APPOINTMENT)}
        held.setdefault(row.user_id, []).append(appointment)
    return [
        {**_export_row(user, PERSON), "appointments": held.get(user.pk, [])}
        for user in office.User.objects.filter(is_active=True).order_by("username")
        if user.pk in held or not user.is_staff
    ]


def _export_row(row: Model, names: tuple[str, ...] = ()) -> Json:
    values = {name: getattr(row, name) for name in names or _list_fields(type(row))}
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.time) else value
        for name, value in values.items()
    }


def to_json(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def read_json(content: bytes) -> Any:
    """Return the parsed content of a file. Raise OfficeFileError if it is too long or no JSON."""
    if len(content) > MAX_BYTES:
        raise OfficeFileError([_("Berkas ini lebih besar dari 5 MB.")])
    try:
        found = json.loads(content.decode("utf-8-sig"))
        json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError as error:  # half a surrogate pair is no text
        raise OfficeFileError([_("Berkas: ada huruf yang rusak. Simpan lagi sebagai UTF-8.")]) from error
    except (ValueError, RecursionError) as error:
        raise OfficeFileError([_("Berkas ini bukan JSON yang sah: %(error)s") % {"error": error}]) from error


def load_office(data: Any) -> Counter[str]:
    """Store the data of an office file in one transaction. Return the number of rows of each part.

    Rows are added, or updated by their key; none is deleted. The same file twice gives the same office. New
    accounts have no password. This is for whoever has the server: appointments need no second person.
    Raise OfficeFileError.
    """
    try:
        # Texts have become days and times, of which pydantic would warn.
        file = _get_schema().model_validate(data).model_dump(exclude_unset=True, warnings=False)
    except SchemaError as error:
        raise OfficeFileError(_list_problems(error)) from error
    loader = _Loader(file)
    try:
        with transaction.atomic():
            office.Office.lock()
            loader.load()
            if loader.problems:
                raise OfficeFileError(loader.problems)
    except DatabaseError as error:
        raise OfficeFileError([_("Basis data menolak isinya: %(error)s") % {"error": error}]) from error
    return loader.counts


class _Strict(BaseModel):
    """An object of the file. Unknown fields are errors, and a text is no number."""

    model_config = ConfigDict(extra="forbid", strict=True)


@cache
def _get_schema() -> type[BaseModel]:
    parts: Json = {name: (_describe(model), None) for name, model in SINGLES.items()}
    parts["office"] = (_describe(office.Office, register_signer=(str | None, None)), None)
    parts |= {name: (list[_describe(model, key)], []) for name, (model, key, *_more) in LISTS.items()}  # type: ignore[misc]
    hours = _describe(office.OpeningHours, "weekday", season=(str | None, None))
    more: Json = {"id": (str, ...), "division": (str | None, None), "stand_ins": (list[str], [])}
    position = _describe(office.Position, *POSITION, names=POSITION, **more)
    held = _describe(office.Appointment, "starts", names=APPOINTMENT, position=(str, ...))
    person = _describe(office.User, "username", names=PERSON, appointments=(list[held], []))  # type: ignore[valid-type]
    parts |= {"hours": (list[hours], []), "positions": (list[position], []), "people": (list[person], [])}  # type: ignore[valid-type]
    head: Json = {"format": (Literal[FORMAT], ...), "version": (Literal[VERSION], ...)}
    return create_model("OfficeFile", __base__=_Strict, **head, **parts)


def _describe(
    model: type[Model], *required: str, names: tuple[str, ...] = (), **more: Any
) -> type[BaseModel]:
    fields: Json = {}
    for name in names or _list_fields(model):
        field: Any = model._meta.get_field(name)
        kind: Any = (
            bool if isinstance(field, BooleanField) else int if isinstance(field, IntegerField) else str
        )
        kind = kind | None if field.null else kind
        fields[name] = (
            Annotated[
                kind,
                AfterValidator(partial(_clean, field)),
                SchemaField(json_schema_extra=partial(_explain, field)),
            ],
            ... if name in required else None,
        )
    return create_model(model.__name__, __base__=_Strict, **fields, **more)


def describe_office_file() -> Json:
    """Return the JSON schema of the office file, with the labels and help texts of the administration."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:rembuk:kantor:{VERSION}"}
    return head | _get_schema().model_json_schema(schema_generator=_Describer)


class _Describer(GenerateJsonSchema):
    """A description without defaults, because a field that is left out stays as it is in the office."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _explain(field: Any, schema: Json) -> None:
    """Add to the schema of a field what the administration shows and checks."""
    schema["title"] = capfirst(str(field.verbose_name))
    if field.help_text:
        schema["description"] = str(field.help_text)
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        schema["enum"] = list(dict.fromkeys(values + [""] * field.blank + [None] * field.null))
    elif isinstance(field, DateField):
        schema["format"] = "date"
    elif isinstance(field, TimeField):
        schema["pattern"] = r"^\d{1,2}:\d{2}(:\d{2})?$"
    elif field.max_length:
        schema["maxLength"] = field.max_length


def _clean(field: Field, value: Any) -> Any:
    """Return a value as its field stores it. Raise ValueError with a sentence."""
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise ValueError(_("Teks ini memuat huruf yang tidak sah."))
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error


def _list_problems(error: SchemaError) -> list[str]:
    found = error.errors(include_url=False)
    if any(one["loc"] in ((), ("format",)) for one in found):
        return ["format: " + _("Ini bukan berkas kantor Rembuk.")]
    if any(one["loc"] == ("version",) for one in found):
        return ["version: " + _("Versi yang dikenal: %(version)s.") % {"version": VERSION}]
    return [f"{_get_path(*one['loc'])}: {_get_sentence(one)}" for one in found]


def _get_path(*places: str | int) -> str:
    """Return a place of the file as text: `people[3].nip`."""
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in places).removeprefix(".")


def _get_sentence(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"].endswith("_type") and error["input"] is None:
        return _("Isian ini tidak boleh kosong.")
    is_part = len(error["loc"]) == 1
    sentences = {
        "missing": _("Isian ini wajib."),
        "extra_forbidden": _("Bagian ini tidak dikenal.") if is_part else _("Isian ini tidak dikenal."),
        "list_type": _("Di sini harus ada daftar."),
        "model_type": _("Di sini harus ada objek."),
        "bool_type": _("Di sini harus ada true atau false."),
        "int_type": _("Di sini harus ada bilangan bulat."),
        "string_type": _("Di sini harus ada teks."),
        "string_unicode": _("Teks ini memuat huruf yang tidak sah."),
    }
    return sentences[error["type"]]


class _Loader:
    """One import of a valid file: the problems found so far, and the positions by their `id` in the file."""

    def __init__(self, file: Json) -> None:
        self.file = file
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self.positions: dict[str, office.Position] = {}

    def load(self) -> None:
        for name, (model, *keys) in LISTS.items():
            for path, row in self._list_rows(name, *keys):
                self._store(_get(model, **{key: row.get(key, "") for key in keys}), row, path)
        self._load_hours()
        self._load_positions()
        for path, row in self._list_rows("people", "username"):
            self._load_person(row, path)
        for name, model in SINGLES.items():
            if values := self.file.get(name):
                if "register_signer" in values:
                    place = f"{name}.register_signer"
                    values["register_signer"] = self._find(self.positions, values["register_signer"], place)
                self._store(_get(model, pk=1), values, name)
                self.counts[name] += 1

    def _load_hours(self) -> None:
        seasons = {season.name: season for season in office.Season.objects.all()}
        for path, row in self._list_rows("hours"):
            season = self._find(seasons, row.pop("season", None), f"{path}.season")
            self._store(_get(office.OpeningHours, season=season, weekday=row["weekday"]), row, path)

    def _load_positions(self) -> None:
        divisions = {division.code: division for division in office.Division.objects.all()}
        listed = list(self._list_rows("positions", "id"))
        for path, row in listed:
            same = {"title": row["title"], "role": row["role"]}
            same["division"] = self._find(divisions, row.get("division"), f"{path}.division")
            # The same title may exist twice in a division.
            others = office.Position.objects.exclude(pk__in=[one.pk for one in self.positions.values()])
            position = others.filter(**same).order_by("pk").first() or office.Position(**same)
            if self._store(position, {}, path):
                self.positions[row["id"]] = position
        for path, row in listed:
            ids = row.get("stand_ins", ())
            found = [self._find(self.positions, one, f"{path}.stand_ins[{n}]") for n, one in enumerate(ids)]
            if "stand_ins" in row and not self.problems:
                self.positions[row["id"]].stand_ins.set(filter(None, found))

    def _load_person(self, row: Json, path: str) -> None:
        appointments = row.pop("appointments", [])
        user = _get(office.User, username=row["username"])
        if user.pk is None:
            user.set_unusable_password()
        is_stored = self._store(user, row, path)
        for number, held in enumerate(appointments):
            place = f"{path}.appointments[{number}]"
            same = {"acting": "", **held, "user": user, "ended_at": None}
            same["position"] = self._find(self.positions, held.pop("position"), f"{place}.position")
            same.pop("ends", None)
            if same["position"] and is_stored:
                self._store(_get(office.Appointment, **same), held, place)

    def _list_rows(self, name: str, *keys: str) -> Rows:
        """Yield the rows of a list with their paths. Report those with the `keys` of an earlier row."""
        seen = set()
        for number, row in enumerate(self.file.get(name, [])):
            path = _get_path(name, number)
            if keys and tuple(row.get(key, "") for key in keys) in seen:
                self.problems.append(f"{path}.{keys[0]}: " + _("Sudah ada dalam daftar ini."))
                continue
            seen.add(tuple(row.get(key, "") for key in keys))
            self.counts[name] += 1
            yield path, row

    def _find[Found](self, known: Mapping[str, Found], name: str | None, path: str) -> Found | None:
        if name is not None and name not in known:
            self.problems.append(f"{path}: " + _("Tidak ditemukan dalam berkas ini."))
        return None if name is None else known.get(name)

    def _store(self, row: Model, values: Json, path: str) -> bool:
        for name, value in values.items():
            setattr(row, name, value)
        try:
            row.full_clean()
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                self.problems.append(
                    f"{path if name == '__all__' else f'{path}.{name}'}: {' '.join(sentences)}"
                )
            return False
        row.save()
        return True


def _get[M: Model](model: type[M], **same: Any) -> M:
    return model._default_manager.filter(**same).first() or model(**same)
