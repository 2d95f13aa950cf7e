"""The folder of a backup is brought up to date, and restic copies it as the unit says."""

import datetime as dt
import os
import re
import resource
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection

from kit import clock
from office.models import Office
from operations.backup.snapshot import FILE, locked, read_manifest, write_manifest
from operations.health import get_last_backup
from tests.backup.conftest import Place
from tests.backup.test_drill import run

pytestmark = pytest.mark.same_on_every_database
NAME, CONTENT = "attachments/0a/0a4f", b"isi berkas yang rahasia"
UNIT = Path(settings.BASE_DIR) / "contrib/systemd/rembuk-backup.service"


@pytest.fixture
def small(shared_database: None, target: Path, office: Office) -> str:
    """An office with one file."""
    return default_storage.save(NAME, ContentFile(CONTENT))


def test_the_next_backup_copies_changed_or_damaged_files_and_deletes_others(small: str, target: Path) -> None:
    copy = target / "files" / NAME
    run("backup", target)
    first = copy.stat()
    run("backup", target)
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    copy.write_bytes(b"rusak")
    run("backup", target)
    assert copy.read_bytes() == CONTENT
    default_storage.delete(NAME)
    default_storage.save(NAME, ContentFile(b"isi baru"))
    run("backup", target)
    assert copy.read_bytes() == b"isi baru"
    default_storage.delete(NAME)
    run("backup", target)
    assert not copy.exists()
    run("verify_backup", target)


def test_only_a_copied_backup_counts(small: str, target: Path) -> None:
    last = settings.DATA_DIR / "last-backup"
    with pytest.raises(CommandError, match="not a complete backup"):
        run("backup", target, copied=True)
    run("backup", target)
    run("backup", target, copy_follows=True)
    assert not last.exists()
    run("backup", target, copied=True)
    assert last.exists()


def test_a_backup_counts_from_when_it_was_made(small: str, target: Path) -> None:
    """`--copied` may run days later, e.g. by hand."""
    run("backup", target)
    made_at = clock.now() - dt.timedelta(days=3)
    manifest = replace(read_manifest(target), made_at=made_at.isoformat())
    (target / FILE).unlink()
    write_manifest(target, manifest)
    run("backup", target, copied=True)
    assert get_last_backup() == made_at


def test_a_file_that_is_deleted_with_its_row_during_the_backup_is_not_missing(
    small: str, target: Path
) -> None:
    """E.g. a draft is sent. The copy of the database still names the file, so an old copy of it is kept."""
    Office.objects.update(coat_of_arms=NAME)
    run("backup", target)

    def delete_after(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if sql.startswith("VACUUM INTO"):
            Office.objects.update(coat_of_arms="")
            default_storage.delete(NAME)
        return result

    with connection.execute_wrapper(delete_after):
        assert "missing" not in run("backup", target)
    assert not default_storage.exists(NAME)
    assert (target / "files" / NAME).read_bytes() == CONTENT


def test_a_file_that_vanished_from_the_storage_stays_in_the_backup_which_does_not_count(
    small: str, target: Path
) -> None:
    Office.objects.update(coat_of_arms=NAME)
    run("backup", target)
    settings.MEDIA_ROOT.rename(target.with_name("unmounted"))
    with pytest.raises(CommandError, match="does not count"):
        run("backup", target)
    assert f"1 files in the storage, 1 of them kept from the backup before: {NAME}" in run(
        "verify_backup", target
    )
    assert (target / "files" / NAME).read_bytes() == CONTENT
    run("backup", target, copy_follows=True)  # restic copies it all the same
    with pytest.raises(CommandError, match="does not count"):
        run("backup", target, copied=True)
    assert not (settings.DATA_DIR / "last-backup").exists()
    (target / "files" / NAME).write_bytes(b"rusak")
    assert "0 of them kept" in run("backup", target, copy_follows=True)
    assert not (target / "files" / NAME).exists()
    run("verify_backup", target)


def test_a_known_loss_counts_and_a_new_one_does_not(small: str, target: Path) -> None:
    """Otherwise one file that is lost for good would alarm for ever, and hide the next one."""
    Office.objects.update(coat_of_arms=NAME)
    run("backup", target)
    run("backup", target, copied=True)
    default_storage.delete(NAME)
    for _ in range(2):  # a loss does not become known by itself
        run("backup", target, copy_follows=True)
        with pytest.raises(CommandError, match=r"does not count: 1 files .* --accept-missing"):
            run("backup", target, copied=True)
    with pytest.raises(CommandError, match="needs --copied"):
        run("backup", target, accept_missing=True)
    run("backup", target, copied=True, accept_missing=True)
    assert NAME in run("backup", target)
    run("backup", target, copied=True)
    Office.objects.update(coat_of_arms="attachments/0b/0b5c")
    with pytest.raises(CommandError, match="does not count: 1 files"):
        run("backup", target)


def test_a_folder_with_something_else_and_two_backups_at_once_are_refused(small: str, target: Path) -> None:
    run("backup", target)
    with locked(target):
        for command in ("backup", "verify_backup", "restore"):
            with pytest.raises(CommandError, match="Another backup, verification or restore is using"):
                run(command, target)
    (target / "catatan.txt").touch()
    with pytest.raises(CommandError, match=r"something else than a backup: catatan.txt"):
        run("backup", target)
    with pytest.raises(CommandError, match="back up itself"):
        run("backup", settings.MEDIA_ROOT / "backup")


@contextmanager
def full_above(size: int) -> Iterator[None]:
    """Let no process write files above this size, as on a disk that becomes full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_and_the_backup_before_stays(small: str, target: Path, elsewhere: Place) -> None:
    with full_above(100_000), pytest.raises(CommandError, match=r"No backup was made. .*(disk|File)"):
        run("backup", target)
    assert [*target.iterdir()] == []
    run("backup", target)
    with full_above(100_000), pytest.raises(CommandError, match="No backup was made"):
        run("backup", target)
    run("verify_backup", target)
    with elsewhere():
        with (
            full_above(100_000),
            pytest.raises(CommandError, match=r"restore failed: .*disk.* Empty .*files"),
        ):
            run("restore", target)
        assert connection.introspection.table_names() == []
        shutil.rmtree(settings.MEDIA_ROOT)
        run("restore", target)
        assert default_storage.exists(NAME)


def test_a_restore_that_has_written_nothing_asks_nobody_to_delete_files(small: str, target: Path) -> None:
    """The files there may be those of a running office."""
    run("backup", target)
    with pytest.raises(CommandError, match="already has tables"):
        run("restore", target)
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/nowhere/database"
    try:
        with pytest.raises(CommandError, match="Nothing was restored: ") as refusal:
            run("restore", target)
    finally:
        connection.settings_dict["NAME"] = here
    assert "Empty" not in str(refusal.value)
    assert default_storage.exists(NAME)


def test_a_restore_that_has_written_says_what_to_empty(small: str, target: Path, elsewhere: Place) -> None:
    run("backup", target)
    manifest = read_manifest(target)
    (target / FILE).unlink()
    write_manifest(target, replace(manifest, members=[*manifest.members, *manifest.files]))
    with elsewhere():
        advice = r"restore failed: .* exists already.* files\. Empty .*/files and the database,"
        with pytest.raises(CommandError, match=advice):
            run("restore", target)
        assert default_storage.exists(NAME)


@pytest.mark.release
def test_restic_copies_the_backup_as_the_unit_says(small: str, target: Path, elsewhere: Place) -> None:
    password = target.with_name("password")
    password.write_text("rahasia")
    repository = target.with_name("repository")
    env = {
        **os.environ,
        "RESTIC_REPOSITORY": str(repository),
        "RESTIC_PASSWORD_FILE": str(password),
        "RESTIC_CACHE_DIR": str(target.with_name("cache")),
    }

    def restic(arguments: str) -> None:
        arguments = arguments.replace("/var/backups/rembuk", str(target))
        subprocess.run(["restic", *shlex.split(arguments)], env=env, check=True)  # noqa: S603, S607

    restic("init --quiet")
    run("backup", target)
    unit = UNIT.read_text(encoding="utf-8")
    *_, last = re.findall("(?m)^ExecStart=(.*)", unit)
    assert last == "/opt/rembuk/current/bin/rembuk backup --copied /var/backups/rembuk"
    lines = re.findall(r"(?m)^ExecStart=/usr/local/bin/rembuk restic (.*)", unit)
    assert [line.split()[0] for line in lines] == ["backup", "forget", "check"]
    for line in lines:
        restic(line)
    stored = b"".join(path.read_bytes() for path in repository.rglob("*") if path.is_file())
    assert CONTENT not in stored
    shutil.rmtree(target)
    restic("restore --quiet latest:/var/backups/rembuk --target /var/backups/rembuk")
    with elsewhere():
        run("restore", target)
        with default_storage.open(NAME) as file:
            assert file.read() == CONTENT
