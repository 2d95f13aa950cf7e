"""Sets of one folder: incremental, rotated, encrypted."""

import datetime as dt
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection

from consultations.models import Case
from office import clock
from office.backup.databases import is_storage_empty
from office.backup.folders import locked_target, scratch
from office.models import Office
from tests.backup.conftest import Place
from tests.backup.test_drill import run

pytestmark = pytest.mark.same_on_every_database
NAME, CONTENT = "attachments/0a/0a4f", b"isi berkas yang rahasia"


@pytest.fixture
def small(shared_database: None, target: Path, office: Office) -> str:
    """An office with one file."""
    return default_storage.save(NAME, ContentFile(CONTENT))


def back_up(target: Path, days: int, **options: object) -> tuple[Path, str]:
    with clock.set_to(dt.datetime(2026, 11, 1 + days, tzinfo=dt.UTC)):
        output = run("backup", target, **options)
    return target / f"2026-11-{1 + days:02}-070000", output


def test_an_unchanged_file_is_linked_and_a_changed_or_damaged_one_copied(small: str, target: Path) -> None:
    first, _output = back_up(target, 0)
    second, output = back_up(target, 1)
    assert "1 files had not changed" in output
    assert (first / "files" / NAME).samefile(second / "files" / NAME)
    (second / "files" / NAME).write_bytes(b"rusak")
    third, _output = back_up(target, 2)
    assert (third / "files" / NAME).read_bytes() == CONTENT
    default_storage.delete(NAME)
    default_storage.save(NAME, ContentFile(b"isi baru"))
    fourth, _output = back_up(target, 3)
    assert (fourth / "files" / NAME).read_bytes() == b"isi baru"
    run("verify_backup", third)


def test_the_oldest_backups_of_this_site_are_removed(small: str, target: Path) -> None:
    foreign = target / "2026-10-01-000000"
    for days in range(3):
        last, output = back_up(target, days, keep=2)
    assert "Removed: 2026-11-01-070000" in output
    shutil.copytree(last, foreign)
    text = (foreign / "manifest.json").read_text().replace(settings.PUBLIC_URL, "https://lain.example")
    (foreign / "manifest.json").write_text(text)
    back_up(target, 3, keep=1)
    assert {path.name for path in target.iterdir()} == {foreign.name, "2026-11-04-070000"}


def test_old_backups_stay_until_somebody_decides_if_much_less_is_there_than_before(
    small: str, target: Path
) -> None:
    default_storage.save("attachments/0b/0b", ContentFile(CONTENT))
    default_storage.save("attachments/0b/0c", ContentFile(CONTENT))
    full, _output = back_up(target, 0)
    shutil.rmtree(settings.MEDIA_ROOT)
    for days in (1, 2):  # the second one has as much as the one before
        assert f"fewer than half of the rows or files of {full.name}" in back_up(target, days, keep=1)[1]
    assert len([*target.iterdir()]) == 3
    full.rename(target / "full")
    assert "Removed" in back_up(target, 3, keep=1)[1]
    assert {path.name for path in target.iterdir()} == {"full", "2026-11-04-070000"}


def test_a_set_that_was_moved_away_and_an_unreadable_one_are_ignored(small: str, target: Path) -> None:
    first, _output = back_up(target, 0)
    first.rename(target.parent / "moved")
    first.symlink_to(target.parent / "moved")
    (target / "2026-10-01-000000" / "manifest.json").mkdir(parents=True)
    for days in (1, 2):
        assert "Old backups stay" not in back_up(target, days, keep=1)[1]
    assert {path.name for path in target.iterdir()} == {first.name, "2026-10-01-000000", "2026-11-03-070000"}
    run("verify_backup", first)
    with pytest.raises(CommandError, match=r"manifest.json cannot be read: Is a directory"):
        run("verify_backup", target / "2026-10-01-000000")


def test_two_at_once_are_refused(small: str, target: Path) -> None:
    folder, _output = back_up(target, 0)
    with scratch():
        for command, argument in {"backup": target, "verify_backup": folder}.items():
            with pytest.raises(CommandError, match="Another backup, verification or restore is using"):
                run(command, argument)
    with locked_target(target), pytest.raises(CommandError, match="Another backup"):
        run("backup", target)


@contextmanager
def full_above(size: int) -> Iterator[None]:
    """Let no process write files above this size, as on a disk that becomes full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_in_a_sentence_and_leaves_no_database(
    small: str, target: Path, elsewhere: Place
) -> None:
    with full_above(100_000), pytest.raises(CommandError, match=r"No backup was made. .*(disk|File)"):
        back_up(target, 0)
    assert [*target.iterdir()] == []
    folder, _output = back_up(target, 0)
    with elsewhere():
        with (
            full_above(100_000),
            pytest.raises(CommandError, match=r"restore failed: .*disk.* Empty .*files"),
        ):
            run("restore", folder)
        assert connection.introspection.table_names() == []
        shutil.rmtree(settings.MEDIA_ROOT)
        run("restore", folder)
        assert default_storage.exists(NAME)


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"encrypt": "zip:x"}, "age:RECIPIENT or gpg:RECIPIENT"),
        ({"encrypt": "gpg:nobody@nowhere.example"}, "gpg failed"),
        ({"keep": -1}, "0 or more"),
    ],
)
def test_a_backup_that_cannot_be_made_leaves_nothing(
    small: str, target: Path, options: dict[str, object], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(target.parent))
    with pytest.raises(CommandError, match=answer):
        back_up(target, 0, **options)
    assert not target.exists() or [*target.iterdir()] == []


def make_key(program: str, folder: Path) -> tuple[str, str]:
    """Return recipient and identity of a new key."""
    if program == "gpg":
        batch = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "cadangan@uji.example"]
        subprocess.run(batch, check=True, capture_output=True)  # noqa: S603
        return "cadangan@uji.example", ""
    key = folder / "key.txt"
    command = ["age-keygen", "-o", str(key)]
    made = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return made.stderr.split()[-1], str(key)


@pytest.mark.parametrize("program", ["age", "gpg"])
def test_an_encrypted_backup_is_restored_with_the_key_only(
    small: str,
    target: Path,
    elsewhere: Place,
    program: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    home = tmp_path_factory.mktemp("k")
    monkeypatch.setenv("GNUPGHOME", str(home))
    recipient, identity = make_key(program, home)
    back_up(target, 0, encrypt=f"{program}:{recipient}")
    folder, output = back_up(target, 1, encrypt=f"{program}:{recipient}")
    assert "1 files had not changed" in output
    stored = b"".join(path.read_bytes() for path in folder.rglob(f"*.{program}"))
    assert CONTENT not in stored
    assert b"SQLite format" not in stored
    assert "content was not checked" in run("verify_backup", folder)
    assert "readable" in run("verify_backup", folder, decrypt=True, identity=identity)
    with elsewhere():
        monkeypatch.setenv("GNUPGHOME", str(target))
        with pytest.raises(CommandError, match="--identity" if program == "age" else "gpg failed"):
            run("restore", folder)
        monkeypatch.setenv("GNUPGHOME", str(home))
        if program == "age":
            other = make_key(program, target)[1]
            with pytest.raises(CommandError, match=r"age failed: .*no identity matched"):
                run("restore", folder, identity=other)
        assert is_storage_empty()
        run("restore", folder, identity=identity)
        with default_storage.open(NAME) as file:
            assert file.read() == CONTENT
        assert Case.objects.count() == 0
    if program == "gpg":
        subprocess.run(["gpgconf", "--kill", "all"], check=True)  # noqa: S607
