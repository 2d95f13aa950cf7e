"""Make a backup, verify it, and restore it into an empty place.

A backup is one folder, which the next backup brings up to date. Older ones, encryption and copies on other
machines are the business of restic (docs/backup.md). The manifest says what the folder holds, with hashes and
facts of the database. It is written last.

/var/backups/rembuk/
    manifest.json
    database.dump (PostgreSQL) or database.sqlite3
    files/attachments/0a/0a4f...
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any, get_origin

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.utils import validate_file_name
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from kit import clock
from kit.models import Place
from operations.backup import databases
from operations.backup.databases import BackupError, Facts
from operations.backup.files import list_files

PRODUCT, FORMAT = "Rembuk", 1
FILE = "manifest.json"
FILES = "files/"
"""Beginning of the names of members that are files of the storage."""

SHA256 = re.compile("[0-9a-f]{64}")
MAX_NAMES = 20
"""Missing files that `describe` names. The manifest has all."""


@dataclass(frozen=True)
class Member:
    """One file of a backup. `modified` is its time in the storage."""

    name: str
    size: int
    sha256: str
    modified: str = ""


@dataclass(frozen=True)
class Manifest:
    """`missing` names the files of the database that could not be read, even if the backup kept a copy."""

    made_at: str
    site: str
    version: str
    database: Facts
    missing: list[str]
    members: list[Member]

    @property
    def dump(self) -> Member:
        return next(member for member in self.members if not member.name.startswith(FILES))

    @property
    def files(self) -> list[Member]:
        return [member for member in self.members if member.name.startswith(FILES)]

    def describe(self) -> Iterator[str]:
        """Yield lines for the operator: what the backup holds, and what it lacks."""
        made_at = timezone.localtime(dt.datetime.fromisoformat(self.made_at))
        yield f"  made      {made_at:%Y-%m-%d %H:%M:%S %Z} of {self.site}, Rembuk {self.version}"
        counts = self.database.counts
        rows = f"{sum(counts.values()):,} rows in {len(counts)} tables"
        yield f"  database  {self.database.kind}, {rows}, {_format_size(self.dump.size)}"
        size = sum(member.size for member in self.files)
        yield f"  files     {len(self.files):,}, {_format_size(size)}"
        if self.missing:
            more = ", ..." if len(self.missing) > MAX_NAMES else ""
            kept = len({FILES + name for name in self.missing} & {member.name for member in self.files})
            about = f"{len(self.missing)} files in the storage, {kept} of them kept from the backup before"
            yield f"  missing   {about}: {', '.join(self.missing[:MAX_NAMES])}{more}"


def _format_size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest. Until then, the backup is incomplete."""
    content = {"product": PRODUCT, "format": FORMAT, **asdict(manifest)}
    with (folder / FILE).open("x", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raise BackupError if this is not a complete backup of Rembuk."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackupError(
            f"{folder} is not a complete backup: it has no {FILE}, which is written last."
        ) from error
    except OSError as error:
        raise BackupError(f"{folder / FILE} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BackupError(f"The {FILE} of {folder} is damaged or cut off.") from error
    if not isinstance(content, dict) or content.pop("product", "") != PRODUCT:
        raise BackupError(f"{folder} is not a backup of Rembuk.")
    if content.pop("format", 0) != FORMAT:
        raise BackupError(f"{folder} was made by another version of Rembuk, with another format.")
    try:
        return _parse(content)
    except (KeyError, TypeError, ValueError, StopIteration, SuspiciousFileOperation) as error:
        raise BackupError(f"The {FILE} of {folder} is damaged: {error!r}.") from error


def _parse(content: dict[str, Any]) -> Manifest:
    members = [Member(**member) for member in content.pop("members")]
    manifest = Manifest(database=Facts(**content.pop("database")), members=members, **content)
    parts: list[Manifest | Facts | Member] = [manifest, manifest.database, *members]
    for part in parts:
        _require_types(part)
    if dt.datetime.fromisoformat(manifest.made_at).tzinfo is None:
        raise ValueError(manifest.made_at)
    for member in members:
        validate_file_name(member.name, allow_relative_path=True)  # a name must not lead out of the folder
        if not SHA256.fullmatch(member.sha256):
            raise ValueError(member.sha256)
    manifest.dump  # noqa: B018 -- StopIteration without a database
    return manifest


def _require_types(part: Manifest | Facts | Member) -> None:
    for field in fields(part):
        kind: Any = get_origin(field.type) or field.type
        if not isinstance(getattr(part, field.name), kind):
            raise TypeError(field.name)


def get_version() -> str:
    """Return the version of Rembuk: of the checkout, or of the installed package."""
    project = Path(settings.BASE_DIR) / "pyproject.toml"
    if project.exists():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("rembuk")


BLOCK = 1024 * 1024
NEW = "database.new"
"""Name of the copy of the database until it has been checked, and of a file until it is whole."""


class UnreadableError(Exception):
    """A file of the storage cannot be read."""


class UnfinishedError(Exception):
    """A restore has failed after it began to write. Before, the place was empty."""


def create_backup(folder: Path) -> Manifest:
    """Bring the backup in `folder` up to date, or make the first one.

    Copy the database first, then all files. Files are never changed in place, so the files that are copied
    include all files of the database that nobody has deleted meanwhile. If one of them cannot be read, keep
    the copy of the backup before. It is missing if the database names it even after that.

    Raise BackupError or OSError if no backup can be made. Without a good copy of the database, the backup
    before stays as it is.
    """
    _require_filled()
    if folder.is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise BackupError(f"{folder} is in the folder of the files, so it would back up itself.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        _require_own(folder)
        made_at, database, new = clock.now(), databases.get_database(), folder / NEW
        new.unlink(missing_ok=True)
        try:
            facts, named = database.dump(new)
            if problems := database.check(new, facts):
                raise BackupError("The copy of the database is not good. " + " ".join(problems))
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        before = _read_members(folder)
        (folder / FILE).unlink(missing_ok=True)  # from here on, the backup is incomplete
        copy = new.rename(folder / database.name)
        members = [Member(database.name, copy.stat().st_size, _read_sha256(copy))]
        members += _copy_files(folder, before)
        gone = named - {member.name.removeprefix(FILES) for member in members}
        missing = gone & databases.list_named_files(connection)
        old = [before[FILES + name] for name in sorted(gone) if FILES + name in before]
        members += [member for member in old if not _find_damage(folder, member)]
        _remove_others(folder, members)
        os.sync()
        manifest = Manifest(
            made_at=made_at.astimezone(dt.UTC).isoformat(),
            site=settings.PUBLIC_URL,
            version=get_version(),
            database=facts,
            missing=sorted(missing),
            members=members,
        )
        write_manifest(folder, manifest)
        return manifest


def verify_backup(folder: Path) -> tuple[Manifest, list[str]]:
    """Return the manifest and a sentence for each fault. Raise BackupError if the backup is incomplete."""
    with locked(folder):
        manifest = read_manifest(folder)
        return manifest, _list_faults(folder, manifest)


def restore_backup(folder: Path) -> tuple[Manifest, list[str]]:
    """Restore a backup. Return its manifest, and the migrations that must still run.

    The restored office sends nothing (kit/place.py).

    Raise BackupError before anything is written if the backup or the place is not good. The files are written
    before the database, so an interrupted restore leaves an empty database. Raise UnfinishedError if it fails
    after that.
    """
    with locked(folder):
        manifest = read_manifest(folder)
        _require_fitting(manifest)
        _require_empty_place()
        if faults := _list_faults(folder, manifest):
            raise BackupError("\n".join(["The backup is damaged. Nothing was restored.", *faults]))
        try:
            return manifest, _write_all(folder, manifest)
        except (OSError, DatabaseError, CommandError) as error:  # BackupError is a CommandError
            raise UnfinishedError(str(error).rstrip(".")) from error


def _write_all(folder: Path, manifest: Manifest) -> list[str]:
    for member in manifest.files:
        name = member.name.removeprefix(FILES)
        with (folder / member.name).open("rb") as file:
            if default_storage.save(name, File(file)) != name:
                raise BackupError(f"The file {name} exists already. Another process is writing files.")
    databases.get_database().load(folder / manifest.dump.name)
    found = databases.read_facts(connection, [*manifest.database.counts])
    if differences := databases.compare_facts(manifest.database, found):
        raise BackupError("\n".join(["The restored database differs from the backup.", *differences]))
    if databases.PLACE not in connection.introspection.table_names():
        # The migration that creates the table would take this place for the one that sends.
        call_command("migrate", verbosity=0, interactive=False)
        Place.objects.all().delete()
        return []
    return sorted(databases.list_known_migrations() - {*manifest.database.migrations})


def is_storage_empty() -> bool:
    try:
        return not any(default_storage.listdir(""))
    except FileNotFoundError:
        return True


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other process lock the folder within the block, and create private files and folders."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BackupError(f"{folder} is not a folder that can be opened: {error.strerror}.") from error
    umask = os.umask(0o077)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BackupError(f"Another backup, verification or restore is using {folder}.") from error
    finally:
        os.umask(umask)
        os.close(descriptor)


def _require_filled() -> None:
    """Raise BackupError if the database has no tables: e.g. SQLite creates a missing file anew."""
    if "django_migrations" not in connection.introspection.table_names():
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} has no tables. "
            "Check DATABASE_URL and REMBUK_DATA."
        )


def _require_own(folder: Path) -> None:
    """Raise BackupError if the folder holds anything else than a backup: that would be deleted."""
    own = {FILE, NEW, FILES.rstrip("/"), *(database.name for database in databases.DATABASES.values())}
    if others := sorted({path.name for path in folder.iterdir()} - own):
        raise BackupError(f"{folder} holds something else than a backup: {', '.join(others[:3])}.")


def _require_fitting(manifest: Manifest) -> None:
    """Raise BackupError if the backup needs another kind of database or a newer Rembuk."""
    if manifest.database.kind != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database.kind}, and DATABASE_URL names {connection.vendor}. Restore "
            "it into its own kind of database, and use `move_database` afterwards."
        )
    if unknown := {*manifest.database.migrations} - databases.list_known_migrations():
        raise BackupError(
            f"The backup was made by a newer Rembuk ({manifest.version}): this one does not know "
            f"{', '.join(sorted(unknown)[:3])}. Install that version, and restore again."
        )


def _require_empty_place() -> None:
    """Raise BackupError if the database or the storage of this installation holds anything."""
    database = connection.settings_dict["NAME"]
    if connection.introspection.table_names():
        raise BackupError(
            f"The database {database} already has tables. Nothing was changed. Restore into a new, empty "
            "database: move the SQLite file away, or create another database for DATABASE_URL."
        )
    if not is_storage_empty():
        raise BackupError(
            f"The folder of the files ({settings.MEDIA_ROOT}, or the bucket) is not empty. Nothing was "
            "changed. Use another folder or bucket that is empty."
        )


def _read_members(folder: Path) -> dict[str, Member]:
    with contextlib.suppress(BackupError):
        return {member.name: member for member in read_manifest(folder).members}
    return {}


def _copy_files(folder: Path, before: dict[str, Member]) -> Iterator[Member]:
    """Copy all files of the storage, and yield them. Keep an undamaged copy of the backup before.

    Leave out a file that cannot be read: `Manifest.missing` names it if the database does.
    """
    for name in list_files(default_storage):
        member, path = f"{FILES}{name}", folder / FILES / name
        with contextlib.suppress(UnreadableError):
            size, modified = _read_state(name)
            old = before.get(member)
            if old and (old.size, old.modified) == (size, modified) and not _find_damage(folder, old):
                yield old
                continue
            copied = _copy(name, folder / NEW)
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / NEW).replace(path)
            yield Member(member, *copied, modified)


def _read_state(name: str) -> tuple[int, str]:
    try:
        return default_storage.size(name), default_storage.get_modified_time(name).isoformat()
    except OSError as error:
        raise UnreadableError from error


def _copy(name: str, path: Path) -> tuple[int, str]:
    """Copy a file of the storage; return its size and hash. Raise UnreadableError if it cannot be read."""
    size, digest = 0, hashlib.sha256()
    try:
        with path.open("xb") as copy:
            for block in _read_blocks(name):
                size += len(block)
                digest.update(block)
                copy.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


def _read_blocks(name: str) -> Iterator[bytes]:
    try:
        with default_storage.open(name) as file:
            yield from file.chunks(BLOCK)
    except OSError as error:
        raise UnreadableError from error


def _remove_others(folder: Path, members: list[Member]) -> None:
    """Delete what the backup before had and this one has not."""
    known = {folder / member.name for member in members}
    for path in folder.rglob("*"):
        if path not in known and (path.is_symlink() or not path.is_dir()):
            path.unlink()


def _list_faults(folder: Path, manifest: Manifest) -> list[str]:
    damages = (_find_damage(folder, member) for member in manifest.members)
    if found := [damage for damage in damages if damage]:
        return found
    database = databases.get_database(manifest.database.kind)
    return database.check(folder / manifest.dump.name, manifest.database)


def _find_damage(folder: Path, member: Member) -> str:
    path = folder / member.name
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            return f"{member.name} is a link or something else than a file."
        if state.st_size != member.size:
            return f"{member.name} has {state.st_size} bytes instead of {member.size}."
        if _read_sha256(path) != member.sha256:
            return f"{member.name} has changed: its SHA-256 is another one."
    except FileNotFoundError:
        return f"{member.name} is missing."
    except OSError as error:
        return f"{member.name} cannot be read: {error.strerror}."
    return ""


def _read_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
