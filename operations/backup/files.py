"""Move the files of an existing office from the folder to the bucket (STORAGE_URL)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import connection
from django.utils import timezone

from kit import clock
from operations.backup.databases import BackupError, list_named_files


@dataclass
class Moved:
    """The result: files copied now, files that were in the bucket before, sentences about what is wrong."""

    copied: int = 0
    found: int = 0
    faults: list[str] = field(default_factory=list)
    aside: Path | None = None


def move_files() -> Moved:
    """Copy all files of the folder to the bucket, and read each back to compare its SHA-256.

    An interrupted run is repeated: a file that the bucket has is compared, not copied. If nothing is wrong
    and the bucket has all files that the database names, rename the folder. Raise BackupError if the folder
    is where this installation stores its files.
    """
    folder, result = Path(settings.MEDIA_ROOT), Moved()
    if not settings.STORAGE_URL:
        raise BackupError("STORAGE_URL is not set. It names the bucket to which the files move.")
    if not folder.exists():
        raise BackupError(f"There is no folder {folder}. Nothing was moved.")
    source = FileSystemStorage(location=folder)
    for name in list_files(source):
        expected = compute_sha256(source, name)
        if default_storage.exists(name):
            result.found += 1
        else:
            with source.open(name) as content:
                stored = default_storage.save(name, File(content, name=name))
            result.copied += 1
            if stored != name:
                result.faults.append(f"{name} was stored as {stored}.")
        if compute_sha256(default_storage, name) != expected:
            result.faults.append(f"{name} has another content in the bucket.")
    missing = [name for name in sorted(list_named_files(connection)) if not default_storage.exists(name)]
    result.faults += [f"{name} is named by the database, but exists nowhere." for name in missing]
    if not result.faults:
        moment = timezone.localtime(clock.now())
        result.aside = folder.rename(folder.with_name(f"{folder.name}-moved-{moment:%Y-%m-%d-%H%M%S}"))
    return result


def list_files(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the names of all files, with their folders."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    beginning = f"{folder}/" if folder else ""
    yield from (f"{beginning}{name}" for name in files)
    for name in folders:
        yield from list_files(storage, f"{beginning}{name}")


def compute_sha256(storage: Storage, name: str) -> str:
    with storage.open(name) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
