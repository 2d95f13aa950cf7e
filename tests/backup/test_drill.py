"""The drill: an office is backed up, restored in another place, and goes on; faulty backups are refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from consultations.enums import State
from consultations.models import AgendaEntry, Event
from operations.backup.snapshot import is_storage_empty
from tests.backup.conftest import Place, take_picture
from tests.factories import Staff, case_at

pytestmark = pytest.mark.release


def run(command: str, *arguments: Any, **options: Any) -> str:
    output = StringIO()
    call_command(command, *map(str, arguments), **options, stdout=output, stderr=output)
    return output.getvalue()


def test_an_office_is_restored_elsewhere_and_goes_on(filled: Staff, target: Path, elsewhere: Place) -> None:
    before, number = take_picture(), AgendaEntry.objects.latest("pk").number
    run("backup", target)
    assert {path.stat().st_mode & 0o077 for path in [target, *target.rglob("*")]} == {0}
    assert "The database is readable and has all its rows" in run("verify_backup", target)
    with elsewhere():
        assert "Restored" in run("restore", target)
        assert take_picture() == before
        with pytest.raises(IntegrityError, match="append-only"):
            Event.objects.update(verb="submit")
        assert case_at(State.REGISTERED, filled).agenda.number == number + 1  # type: ignore[union-attr]
        with pytest.raises(CommandError, match="already has tables"):
            run("restore", target)
    assert take_picture() == before


def flip_a_byte(folder: Path) -> None:
    path = next(path for path in folder.glob("files/attachments/*/*"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut_the_database(folder: Path) -> None:
    path = next(folder.glob("database.*"))
    os.truncate(path, path.stat().st_size // 2)


def change_manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        content = json.loads((folder / "manifest.json").read_text())
        change(content)
        (folder / "manifest.json").write_text(json.dumps(content))

    return changed


def replace_by_a_link(folder: Path) -> None:
    """A device never ends: a check that follows the link does not either."""
    path = next(path for path in folder.glob("files/attachments/*/*"))
    path.unlink()
    path.symlink_to("/dev/zero")


FAULTS: dict[str, Callable[[Path], object]] = {
    "has changed": flip_a_byte,
    "bytes instead of": cut_the_database,
    "is missing": lambda folder: shutil.rmtree(folder / "files"),
    "has no manifest.json": lambda folder: (folder / "manifest.json").unlink(),
    "cut off": lambda folder: os.truncate(folder / "manifest.json", 500),
    "not a backup of Rembuk": change_manifest(lambda manifest: manifest.pop("product")),
    "another format": change_manifest(lambda manifest: manifest.update(format=2)),
    "is a link": replace_by_a_link,
    "damaged: Susp": change_manifest(lambda manifest: manifest["members"][1].update(name="files/../../x")),
    "damaged: Value": change_manifest(lambda manifest: manifest["members"][1].update(sha256="/etc/passwd")),
    "damaged: Type": change_manifest(lambda manifest: manifest.update(site={"url": "x"})),
    "not supported|is of oracle": change_manifest(lambda content: content["database"].update(kind="oracle")),
    "rows instead of": change_manifest(
        lambda content: content["database"]["counts"].update(consultations_case=9)
    ),
}
"""Parts of the answer, and what was done to the backup."""


def test_a_faulty_backup_is_refused_and_nothing_is_written(
    filled: Staff, target: Path, elsewhere: Place, subtests: pytest.Subtests
) -> None:
    run("backup", target)
    with elsewhere():
        for answer, damage in FAULTS.items():
            copy = target.with_name("copy")
            shutil.copytree(target, copy)
            damage(copy)
            with subtests.test(answer):
                for command in ("verify_backup", "restore"):
                    with pytest.raises(CommandError, match=answer):
                        run(command, copy)
            shutil.rmtree(copy)
        change_manifest(lambda manifest: manifest["database"]["migrations"].append("office.9999_x"))(target)
        with pytest.raises(CommandError, match="newer Rembuk"):
            run("restore", target)
        assert is_storage_empty()
        assert connection.introspection.table_names() == []


def test_an_older_backup_names_migrate_as_next_step(filled: Staff, target: Path, elsewhere: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app, name, applied FROM django_migrations ORDER BY id DESC LIMIT 1")
        [last] = cursor.fetchall()
        cursor.execute("DELETE FROM django_migrations WHERE id = %s", [last[0]])
        try:
            run("backup", target)
        finally:
            cursor.execute(
                "INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, %s, %s, %s)", last
            )
    with elsewhere():
        assert "rembuk migrate. This Rembuk has 1 newer" in run("restore", target)


def write_many_files() -> None:
    for number in range(500):
        path = settings.MEDIA_ROOT / "many" / f"{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 10_000)


def kill(command: str, folder: Path, written: Callable[[], list[Path]]) -> None:
    """Run a command in a process of its own, and kill it when it has written some files."""
    database = connection.get_connection_params()
    address = (
        f"postgresql://{database['user']}@/{database['dbname']}?host={database['host']}"
        if connection.vendor == "postgresql"
        else f"sqlite:///{connection.settings_dict['NAME']}"
    )
    environment = {"DATABASE_URL": address, "REMBUK_DATA": str(settings.DATA_DIR), "DEBUG": "true"}
    connection.close()
    arguments = [sys.executable, "manage.py", command, str(folder)]
    process = subprocess.Popen(arguments, cwd=settings.BASE_DIR, env=os.environ | environment)  # noqa: S603
    while not written():
        assert process.poll() is None
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_backup_leaves_nothing_that_looks_complete(filled: Staff, target: Path) -> None:
    write_many_files()
    kill("backup", target, lambda: [*target.glob("files/many/*")])
    with pytest.raises(CommandError, match="not a complete backup"):
        run("verify_backup", target)
    run("backup", target)
    run("verify_backup", target)


def test_a_killed_restore_is_undone_and_repeated(filled: Staff, target: Path, elsewhere: Place) -> None:
    write_many_files()
    before = take_picture()
    run("backup", target)
    with elsewhere():
        kill("restore", target, lambda: [*settings.MEDIA_ROOT.glob("many/*")])
        assert connection.introspection.table_names() == []
        with pytest.raises(CommandError, match=r"is not empty. Nothing was changed"):
            run("restore", target)
        shutil.rmtree(settings.MEDIA_ROOT)
        run("restore", target)
        assert take_picture() == before
