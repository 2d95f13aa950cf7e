"""The folder with backup sets, and the scratch folder of the plain database."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from office.backup.manifest import BackupError, Manifest, read_manifest

INCOMPLETE, REMOVED = ".incomplete-", ".removed-"
"""Beginnings of names of folders that are no sets: begun but not finished, and partly deleted."""

SCRATCH = "backup-scratch"


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Create files with mode 0600 and folders with 0700 within the block."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Create the folder if necessary, and let no other process lock it within the block."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError as error:
        raise BackupError(f"Another backup, verification or restore is using {folder}.") from error
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder in DATA_DIR, and empty it afterwards.

    The plain database passes through it, so that it leaves DATA_DIR only encrypted. What a killed process
    left is deleted.
    """
    with private_files(), locked(Path(settings.DATA_DIR) / SCRATCH) as folder:
        try:
            _empty(folder)
            yield folder
        finally:
            _empty(folder)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@contextlib.contextmanager
def locked_target(target: Path) -> Iterator[None]:
    """Lock the folder of the sets. Delete what interrupted backups left in it."""
    with private_files(), locked(target):
        for beginning in (INCOMPLETE, REMOVED):
            for left in target.glob(f"{beginning}*"):
                shutil.rmtree(left)
        yield


def list_sets(target: Path) -> list[tuple[Path, Manifest]]:
    """Return the complete sets of this site, oldest first. Anything else in the folder is ignored."""
    found = []
    for path in target.glob("[0-9]*"):
        if path.is_symlink():  # a set that was moved away
            continue
        with contextlib.suppress(BackupError):
            manifest = read_manifest(path)
            if manifest.site == settings.PUBLIC_URL:
                found.append((path, manifest))
    return sorted(found, key=lambda entry: entry[1].made_at)


def remove_set(folder: Path) -> None:
    """Delete a set. An interrupted deletion leaves no set, but what `locked_target` deletes."""
    away = folder.with_name(f"{REMOVED}{folder.name}")
    folder.rename(away)
    shutil.rmtree(away)


def sync_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
