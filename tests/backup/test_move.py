"""From SQLite to PostgreSQL: rows, hashes, sequences and triggers, or nothing."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone
from psycopg import connect
from psycopg.errors import IntegrityConstraintViolation
from psycopg.rows import scalar_row

from consultations.models import Case, StepDraft
from kit.models import Heartbeat, Place
from tests.backup.conftest import AWKWARD, take_picture
from tests.backup.test_drill import run
from tests.factories import Staff

pytestmark = pytest.mark.same_on_every_database  # it needs both


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of its own."""
    command = ["bin/postgres", "sh", "-c", "echo $DATABASE_URL; read line"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture
def source(filled: Staff, tmp_path: Path) -> Iterator[Path]:
    """A copy of the filled database, which is moved instead of the database of the tests."""
    here, path = connection.settings_dict["NAME"], tmp_path / "rembuk.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    connection.close()
    connection.settings_dict["NAME"] = path
    connection.ensure_connection()  # as each process does: it changes the journal to WAL
    yield path
    connection.close()
    connection.settings_dict["NAME"] = here


def ask(address: str, query: str) -> list[object]:
    with connect(address, row_factory=scalar_row) as new:
        return list(new.execute(query))


def test_a_database_in_use_is_not_moved(source: Path) -> None:
    Heartbeat.objects.create(name="a", kind=Heartbeat.Kind.WORKER, seen_at=timezone.now())
    with pytest.raises(CommandError, match=r"less than a minute ago \(worker\)"):
        run("move_database", "postgresql:///nowhere")
    assert source.exists()


@pytest.mark.release
def test_the_database_is_moved_or_nothing_is(source: Path, server: str) -> None:
    def refused(answer: str) -> None:
        with pytest.raises(CommandError, match=answer):
            run("move_database", server)
        assert ask(server, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
        assert source.exists()

    with closing(sqlite3.connect(source)) as other:
        other.execute("SELECT count(*) FROM office_user").fetchone()
        refused("Another process has the SQLite database open")
    draft = StepDraft.objects.get()
    StepDraft.objects.update(content={"teks": "nol \0"})
    refused("refused the rows and is empty again")
    draft.save()
    before, last = take_picture(), Case.objects.latest("pk").pk
    named = Place.objects.get().identity
    assert "Counts and hashes agree" in run("move_database", server)
    [aside] = source.parent.glob("rembuk-moved-*.sqlite3")
    assert not source.exists()
    [place] = ask(server, "SELECT identity FROM kit_place")
    assert place == named, "it is the place of the SQLite database: the moved one is silent"
    assert ask(server, "SELECT count(*) FROM consultations_event") == [len(before["Event"])]
    assert AWKWARD in ask(server, "SELECT subject FROM consultations_case")
    assert ask(server, "SELECT content FROM consultations_stepdraft") == [draft.content]
    assert ask(server, "SELECT case_id FROM consultations_searchtext WHERE document @@ 'bantuan'::tsquery")
    assert ask(server, "SELECT nextval('consultations_case_id_seq')") == [last + 1]
    with pytest.raises(IntegrityConstraintViolation, match="append-only"):
        ask(server, "UPDATE consultations_event SET verb = 'x' RETURNING 1")
    aside.rename(source)
    with pytest.raises(CommandError, match="already has tables"):
        run("move_database", server)
