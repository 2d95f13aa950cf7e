"""A filled office whose data threads and programs can see, and another place to restore it to."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from consultations.enums import State
from consultations.intake.uploads import CheckedFile
from consultations.models import AgendaEntry, Attachment, Case, Event, StepDraft
from documents.files import store_file_once
from documents.models import Document
from tests.factories import Staff, case_at, walk_in_at

AWKWARD = "Tab\t, baris\nbaru, \"kutip\" 'tunggal', \\., \\N, ñ, 漢, 😀"

type Place = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def target(tmp_path: Path, settings: Any) -> Path:
    """The folder of the backup. The data folder of the test is beside it."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    return tmp_path / "backup"


@pytest.fixture
def filled(shared_database: None, target: Path, staff: Staff) -> Staff:
    """Cases in several states with files, a document, numbers and drafts."""
    letter = CheckedFile(b"%PDF-1.4 surat", "application/pdf", "surat.pdf")
    case_at(State.CLOSED, staff, letter=letter)
    walk_in_at(State.HELD, staff, subject=AWKWARD)
    case_at(State.SCHEDULED, staff)
    case = case_at(State.WITHDRAWN, staff)
    content = {"typed": {"activities": AWKWARD}, "window": ""}
    StepDraft.objects.create(case=case, by=staff.petugas, verb="report", content=content)
    for number, document in enumerate(Document.objects.ready().filter(file="")[:3]):
        store_file_once(document, b"%%PDF-1.4 naskah %d" % number)
    return staff


def take_picture(using: str = "default") -> dict[str, Any]:
    """Return what must be the same after a restore: rows and contents of files."""
    models = (Case, Event, AgendaEntry, Attachment, Document, StepDraft)
    picture: dict[str, Any] = {
        m.__name__: [*m._base_manager.using(using).order_by("pk").values()] for m in models
    }
    names = [row["file"] for row in [*picture["Attachment"], *picture["Document"]] if row["file"]]
    for name in names:
        with default_storage.open(name) as file:
            picture[name] = file.read()
    assert len(names) == 4
    return picture


@pytest.fixture
def elsewhere(target: Path, settings: Any) -> Place:
    """Another machine: an empty database and an empty folder."""

    @contextmanager
    def moved() -> Iterator[None]:
        here, folder = connection.settings_dict["NAME"], settings.DATA_DIR
        there = f"{here}_elsewhere"
        connection.close()
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{there}"')
        settings.DATA_DIR = target / ".." / "elsewhere"
        settings.MEDIA_ROOT = settings.DATA_DIR / "files"
        connection.settings_dict["NAME"] = there
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = here
            settings.DATA_DIR, settings.MEDIA_ROOT = folder, folder / "files"
            if connection.vendor == "postgresql":
                with connection._nodb_cursor() as cursor:
                    cursor.execute(f'DROP DATABASE "{there}"')
            else:
                Path(there).unlink(missing_ok=True)

    return moved
