"""The office file: what is exported can be imported anywhere, twice is once, and errors name their path."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from office.models import Appointment, Division, Office, Position, Room, User
from operations.setup.office_file import (
    NAMES,
    OfficeFileError,
    export_office,
    load_office,
    read_json,
    to_json,
)
from tests.factories import Staff
from tests.shared_data import each

EMPTY: dict[str, Any] = {"format": "rembuk-office", "version": 1}


def load(**parts: Any) -> None:
    load_office({**EMPTY, **parts})


def test_the_first_office_comes_back_from_its_file(db: None) -> None:
    call_command("setup_office", verbosity=0)
    data = json.loads(to_json(export_office()))
    assert set(data) == {"format", "version", *NAMES}
    assert data["positions"][0]["stand_ins"]
    with transaction.atomic():
        load_office(data)
    assert export_office() == data


def test_a_file_fills_an_empty_installation_and_twice_is_once(staff: Staff, tmp_path: Path) -> None:
    file = tmp_path / "kantor.json"
    call_command("export_office", str(file))
    before = json.loads(file.read_text())
    models = (User, Position, Appointment, Division, Office)
    counts = [model.objects.count() for model in models]
    call_command("setup_office", str(file), verbosity=0)
    assert [model.objects.count() for model in models] == counts
    assert export_office() == before
    assert "password" not in file.read_text()


def test_new_people_get_positions_and_no_password(db: None) -> None:
    for _time in range(2):
        load(**{name: WHOLE[name] for name in ("divisions", "positions", "people")})
    held = Appointment.objects.get()
    assert (held.title, held.user.has_usable_password()) == ("Plt. Kabid", False)
    assert [str(one) for one in Position.objects.get(role="HEAD").stand_ins.all()] == ["Kabid"]
    counts = load_office(EMPTY | WHOLE)
    assert counts == {name: len(rows) if isinstance(rows, list) else 1 for name, rows in WHOLE.items()}


def person(**more: Any) -> dict[str, Any]:
    return {"people": [{"username": "ani", "name": "x", **more}]}


def division(**more: Any) -> dict[str, Any]:
    return {"divisions": [{"code": "A", "name": "x", **more}]}


def position(**more: Any) -> dict[str, Any]:
    return {"positions": [{"id": "a", "title": "x", "role": "HEAD", **more}]}


BREAK_FIRST = {"opens": "09:00", "break_starts": "08:00", "break_ends": "10:00", "closes": "11:00"}
WRONG: list[tuple[Any, str]] = [
    ({"sampah": []}, "sampah"),
    ({"divisions": {}}, "divisions"),
    ({"divisions": ["x"]}, "divisions[0]"),
    ({"divisions": [{"name": "Sosial"}]}, "divisions[0].code"),
    ({"divisions": [{"code": "A", "name": "x"}, {"code": "A", "name": "y"}]}, "divisions[1].code"),
    (division(name=5), "divisions[0].name"),
    (division(name=None), "divisions[0].name"),
    (division(name="x\0"), "divisions[0].name"),
    (division(name="\ud800"), "divisions[0].name"),
    (division(is_active="ya"), "divisions[0].is_active"),
    (division(pk=1), "divisions[0].pk"),
    ({"divisions": [{"code": "A", "\ud800": "x"}]}, "divisions[0]"),
    ({"office": []}, "office"),
    ({"office": {"name": "x" * 151}}, "office.name"),
    ({"office": {"name": "Dinas\nSosial"}}, "office.name"),
    ({"office": {"name": "Dinas", "word_head": "Kepala\tDinas"}}, "office.word_head"),
    ({"office": {"opened_at": "2026-01-01"}}, "office.opened_at"),
    ({"standard": [{"number": "x"}]}, "standard[0].number"),
    ({"standard": [{"number": 10**30}]}, "standard[0].number"),
    ({"closed_days": [{"day": "besok", "reason": "x"}]}, "closed_days[0].day"),
    ({"hours": [{"weekday": 0, "opens": "x"}]}, "hours[0].opens"),
    ({"hours": [{"weekday": 0, **BREAK_FIRST}]}, "hours[0]"),
    ({"hours": [{"weekday": 0, "season": "Ramadan"}]}, "hours[0].season"),
    (position(role="OFFICER"), "positions[0]"),
    (position(role="RAJA"), "positions[0].role"),
    (position(stand_ins=["z"]), "positions[0].stand_ins[0]"),
    (position(title="\ud800"), "positions[0].title"),
    (position(id=1), "positions[0].id"),
    (person(username="a b"), "people[0].username"),
    (person(username="\ud800"), "people[0].username"),
    (person(is_staff=True), "people[0].is_staff"),
    (person(password="y"), "people[0].password"),
    (person(appointments=[{"position": "z", "starts": "2026-01-01"}]), "people[0].appointments[0].position"),
    ({"people": [{"username": n, "name": "x", "nip": "1" * 18} for n in ("ani", "adi")]}, "people[1].nip"),
]


@each(("parts", "path"), WRONG)
def test_an_error_names_its_path_and_nothing_is_stored(parts: Any, path: str, db: None) -> None:
    with pytest.raises(OfficeFileError) as error:
        load(**{"rooms": [{"name": "Ruang 1"}], **parts})
    found = [problem.partition(":")[0] for problem in error.value.problems]
    assert [name for name in found if name not in ("office.government", "office.unit_code")][:1] == [path]
    assert not Room.objects.exists()


def test_what_is_no_office_file_is_refused(db: None, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    newer = b'{"format": "rembuk-office", "version": 2}'
    half = b'{"format": "rembuk-office", "version": 1, "\\ud800": "\\ud800"}'
    for content in (b"", b"[]", b"{", b"\xff", half, b"[" * 100_000, b'{"format": "x"}', newer):
        with pytest.raises(OfficeFileError):
            load_office(read_json(content))
        file.write_bytes(content)
        with pytest.raises(CommandError, match="Tidak ada yang disimpan"):
            call_command("setup_office", str(file), verbosity=0)
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        call_command("setup_office", str(tmp_path / "y.json"), verbosity=0)


FILLED = ("government", "name", "unit_code", "address", "city", "standard_number")
WHOLE: dict[str, Any] = {
    "office": dict.fromkeys(FILLED, "x") | {"register_signer": "a"},
    "seasons": [{"name": "Puasa", "since": "2026-02-18", "until": "2026-03-19"}],
    "hours": [{**BREAK_FIRST, "season": "Puasa", "weekday": 0, "opens": "07:30"}],
    "divisions": [{"code": "SOS", "name": "Sosial", "is_active": True}],
    "rooms": [{"name": "Ruang 1"}],
    "targets": [{"state": "SUBMITTED", "hours": 4}],
    "positions": [
        {"id": "a", "title": "Kepala", "role": "HEAD", "stand_ins": ["b"]},
        {"id": "b", "title": "Kabid", "role": "DIVISION_HEAD", "division": "SOS"},
    ],
    "people": [
        {"username": "ani", "name": "Ani", "nip": "196904121994031004"}
        | {"appointments": [{"position": "b", "acting": "Plt.", "starts": "2026-01-01", "ends": None}]}
    ],
}
BAD: list[object] = ["\ud800", "\0", "", "x" * 300, None, True, -1, 10**30, 1e999, [], {}, [[]]]
BAD += [{"\ud800": 1}, "2026-02-30"]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return each container of a file with each of its keys."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_a_mutated_file_is_stored_or_refused(draw: st.DataObject, db: None) -> None:
    data = json.loads(json.dumps(EMPTY | WHOLE))
    for _number in range(draw.draw(st.integers(1, 3))):
        container, key = draw.draw(st.sampled_from(places(data)))
        match draw.draw(st.sampled_from(["replace", "remove", "rename", "repeat"])):
            case "replace":
                container[key] = draw.draw(st.sampled_from(BAD) | st.text(max_size=5))
            case "rename" if isinstance(container, dict):
                container[draw.draw(st.sampled_from(["\ud800", "\0", "", "pk"]))] = container.pop(key)
            case "repeat" if isinstance(container, list):
                container.append(container[key])
            case _:
                del container[key]
    content = json.dumps(data).encode()
    with transaction.atomic():
        try:
            load_office(read_json(content))
        except OfficeFileError as error:
            for problem in error.problems:
                assert re.match(r"(?s)(\w*(\[\d+\])?|.?)(\.(\w*|.)(\[\d+\])?)*: .+", problem), problem
                assert problem.encode()
            assert not User.objects.exists()
        transaction.set_rollback(True)


CODES = st.text("ABCDEFG", min_size=1, max_size=3)
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)


@st.composite
def small_offices(draw: st.DrawFn) -> dict[str, Any]:
    """An office with some divisions, rooms, closed days and positions, as its own export writes it."""
    names = draw(st.lists(TEXT, unique=True, max_size=3))
    codes = draw(st.lists(CODES, unique=True, min_size=len(names), max_size=len(names)))
    rooms = draw(st.lists(TEXT, unique=True, max_size=3))
    days = draw(st.lists(st.dates(), unique=True, max_size=3))
    active = st.booleans()
    return {
        "divisions": [
            {"code": code, "name": name, "is_active": draw(active)}
            for code, name in sorted(zip(codes, names, strict=True))
        ],
        "rooms": [{"name": name, "is_active": draw(active)} for name in rooms],
        "closed_days": [
            {"day": str(day), "reason": draw(TEXT), "is_open": draw(active)} for day in sorted(days)
        ],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=small_offices())
def test_export_returns_what_was_loaded(data: dict[str, Any], db: None) -> None:
    with transaction.atomic():
        load(**data)
        exported = export_office()
        for name, rows in data.items():
            assert sorted(exported[name], key=_plain) == sorted(rows, key=_plain)
        named = exported["office"] | dict.fromkeys(FILLED, "x")  # a profile of its own is required
        load_office(json.loads(to_json(exported)) | {"office": named})
        again = export_office()
        assert {name: again[name] for name in data} == {name: exported[name] for name in data}
        transaction.set_rollback(True)


def _plain(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)
