"""Make a backup: the database first, then the files that it names, then all other files.

Files are never changed in place. So the files copied after the snapshot include all files of the snapshot
that nobody has deleted meanwhile.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils import timezone

from office import clock
from office.backup.databases import get_database, require_filled
from office.backup.folders import INCOMPLETE, list_sets, locked_target, remove_set, scratch, sync_folder
from office.backup.manifest import (
    FILES,
    BackupError,
    Facts,
    Manifest,
    Member,
    get_version,
    read_manifest,
    write_manifest,
)
from office.backup.members import BLOCK, link, read_blocks, store
from office.backup.programs import parse_encryption

type Named = dict[str, FileField]


class UnreadableError(Exception):
    """A file of the storage cannot be read."""


@dataclass(frozen=True)
class Backup:
    """A new set. `linked` counts the files that did not change. `not_removed` says why old sets stay."""

    folder: Path
    manifest: Manifest
    linked: int
    removed: list[str]
    not_removed: str


def create_backup(target: Path, *, encryption: str = "", keep: int = 0) -> Backup:
    """Make a set in the folder `target`. Then remove old sets beyond `keep` (0: none).

    Raise BackupError or OSError if the set cannot be completed. Then `target` is as before.
    """
    parse_encryption(encryption)
    require_filled()
    if target.is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise BackupError(f"{target} is in the folder of the files, so it would back up itself.")
    with scratch() as plain, locked_target(target):
        name = f"{timezone.localtime(clock.now()):%Y-%m-%d-%H%M%S}"
        before = list_sets(target)
        folder = target / f"{INCOMPLETE}{name}"
        folder.mkdir()
        try:
            linked = Writer(folder, encryption, before[-1:]).write(plain)
            os.sync()  # also the names of files in all folders
            complete = folder.rename(target / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        sync_folder(target)
        manifest = read_manifest(complete)
        not_removed = find_reason_to_keep(manifest, before) if keep else ""
        old = [path for path, _manifest in before][: -(keep - 1) or None] if keep and not not_removed else []
        removed = []
        try:
            for path in old:
                remove_set(path)
                removed.append(path.name)
        except OSError as error:
            not_removed = str(error)
        return Backup(complete, manifest, linked, removed, not_removed)


def find_reason_to_keep(new: Manifest, before: list[tuple[Path, Manifest]]) -> str:
    """Return why old sets must stay although a new one is complete: it may lack what they hold."""
    if new.missing:
        return "files that the database names are missing in this backup, and older ones may have them"
    for path, old in before:
        rows, old_rows = (sum(m.database.counts.values()) for m in (new, old))
        if rows * 2 < old_rows or len(new.files) * 2 < len(old.files):
            return (
                f"this backup has fewer than half of the rows or files of {path.name}. If that is right, "
                "move that one away"
            )
    return ""


class Writer:
    """Writes one set into a folder."""

    def __init__(self, folder: Path, encryption: str, previous: list[tuple[Path, Manifest]]) -> None:
        self.folder, self.encryption = folder, encryption
        self.previous = [(path, m) for path, m in previous if m.encryption == encryption]
        self.known = {member.name: member for _path, m in self.previous for member in m.files}
        self.members: list[Member] = []
        self.missing: list[str] = []
        self.linked = 0

    def write(self, plain: Path) -> int:
        """Write all members and the manifest. Return the number of linked files."""
        made_at = clock.now()
        facts, named = self._write_database(plain)
        for name in named:
            self._write_file(name, is_named=True)
        for name in _list_files(""):
            if name not in named:
                self._write_file(name, is_named=False)
        missing = _still_named(named, self.missing)
        write_manifest(
            self.folder,
            Manifest(
                made_at=made_at.astimezone(dt.UTC).isoformat(),
                site=settings.PUBLIC_URL,
                version=get_version(),
                encryption=self.encryption,
                database=facts,
                missing=sorted(missing),
                deleted_meanwhile=sorted({*self.missing} - missing),
                members=self.members,
            ),
        )
        return self.linked

    def _write_database(self, plain: Path) -> tuple[Facts, Named]:
        database = get_database()
        copy: Path = plain / database.NAME
        facts, named = database.dump(copy)
        if problems := database.check(copy, facts):
            raise BackupError("The copy of the database is not good. " + " ".join(problems))
        self.members.append(store(self.folder, database.NAME, read_blocks(copy), encryption=self.encryption))
        copy.unlink()
        return facts, named

    def _write_file(self, name: str, *, is_named: bool) -> None:
        """Store a file, or link it if the set before has it. Note a file that cannot be read as missing."""
        member = f"{FILES}{name}"
        try:
            size, modified = _read_state(name)
            old = self.known.get(member)
            if old and (old.size, old.modified) == (size, modified) and self._link(old):
                return
            blocks = _read(name)
            self.members.append(
                store(self.folder, member, blocks, encryption=self.encryption, modified=modified)
            )
        except UnreadableError:
            if is_named:
                self.missing.append(name)

    def _link(self, old: Member) -> bool:
        is_linked = link(old, self.previous[0][0], self.folder)
        if is_linked:
            self.members.append(old)
            self.linked += 1
        return is_linked


def _read_state(name: str) -> tuple[int, str]:
    """Return size and time of a file of the storage."""
    try:
        return default_storage.size(name), default_storage.get_modified_time(name).isoformat()
    except OSError as error:
        raise UnreadableError from error


def _read(name: str) -> Iterator[bytes]:
    """Yield the content of a file of the storage. Raise UnreadableError for an error of the storage."""
    try:
        with default_storage.open(name) as file:
            yield from file.chunks(BLOCK)
    except OSError as error:
        raise UnreadableError from error


def _list_files(folder: str) -> Iterator[str]:
    """Yield the names of all files of the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    beginning = f"{folder}/" if folder else ""
    yield from (f"{beginning}{name}" for name in files)
    for name in folders:
        yield from _list_files(f"{beginning}{name}")


def _still_named(named: Named, names: list[str]) -> set[str]:
    """Return the files that should exist: the database still names them, and nobody has erased them."""
    return {name for name in names if _is_named(named[name], name)}


def _is_named(field: FileField, name: str) -> bool:
    rows = field.model._base_manager.filter(**{field.name: name})
    return rows.filter(erased_at=None).exists() if hasattr(field.model, "erased_at") else rows.exists()
