"""The manifest of a backup: what the folder holds, with hashes and facts of the database. It is written last.

/var/backups/rembuk/
    manifest.json
    database.dump (PostgreSQL) or database.sqlite3
    files/attachments/0a/0a4f...
"""

import datetime as dt
import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any, get_origin

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.utils import validate_file_name
from django.core.management.base import CommandError
from django.utils import timezone

PRODUCT, FORMAT = "Rembuk", 1
FILE = "manifest.json"
FILES = "files/"
"""Beginning of the names of members that are files of the storage."""

SHA256 = re.compile("[0-9a-f]{64}")
MAX_NAMES = 20
"""Missing files that `describe` names. The manifest has all."""


class BackupError(CommandError):
    """A backup cannot be made or used. The message is for the operator."""


@dataclass(frozen=True)
class Member:
    """One file of a backup. `modified` is its time in the storage."""

    name: str
    size: int
    sha256: str
    modified: str = ""


@dataclass(frozen=True)
class Facts:
    """Facts that are compared after a restore: applied migrations, rows by table, triggers."""

    kind: str
    migrations: list[str]
    counts: dict[str, int]
    triggers: list[str]


@dataclass(frozen=True)
class Manifest:
    """`missing` names the files of the database that could not be read."""

    made_at: str
    site: str
    version: str
    database: Facts
    missing: list[str]
    members: list[Member]

    @property
    def dump(self) -> Member:
        """The member that is the database."""
        return next(member for member in self.members if not member.name.startswith(FILES))

    @property
    def files(self) -> list[Member]:
        """The members that are files of the storage."""
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
            yield f"  missing   {len(self.missing)} files: {', '.join(self.missing[:MAX_NAMES])}{more}"


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
