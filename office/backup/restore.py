"""Restoring a set into an empty database and an empty storage."""

from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection

from office.backup.databases import get_database, list_known_migrations, require_empty_place
from office.backup.facts import compare, read_facts
from office.backup.folders import scratch
from office.backup.manifest import FILES, BackupError, Manifest, Member, read_manifest
from office.backup.members import opened
from office.backup.verify import list_damages


def restore_backup(folder: Path, *, identity: str = "") -> tuple[Manifest, list[str]]:
    """Restore a set. Return its manifest, and the migrations of this Rembuk that the set does not have.

    Raise BackupError before anything is written if the set or the place is not good. The files are written
    before the database, so an interrupted restore leaves an empty database.
    """
    manifest = read_manifest(folder)
    _require_fitting(manifest)
    require_empty_place()
    if damages := list_damages(folder, manifest):
        raise BackupError("\n".join(["The backup is damaged. Nothing was restored.", *damages]))
    database = get_database()
    with (
        scratch() as plain,
        opened(folder, manifest, manifest.dump, identity=identity, scratch=plain) as dump,
    ):
        if problems := database.check(dump, manifest.database):
            raise BackupError("\n".join(["The backup is damaged. Nothing was restored.", *problems]))
        for member in manifest.files:
            with opened(folder, manifest, member, identity=identity, scratch=plain) as path:
                _restore_file(member, path)
        database.load(dump)
    if differences := compare(manifest.database, read_facts(connection, [*manifest.database.counts])):
        raise BackupError("\n".join(["The restored database differs from the backup.", *differences]))
    return manifest, sorted(list_known_migrations() - {*manifest.database.migrations})


def _require_fitting(manifest: Manifest) -> None:
    """Raise BackupError if the set needs another kind of database or a newer Rembuk."""
    if manifest.database.kind != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database.kind}, and DATABASE_URL names {connection.vendor}. Restore "
            "it into its own kind of database, and use `move_database` afterwards."
        )
    if unknown := {*manifest.database.migrations} - list_known_migrations():
        raise BackupError(
            f"The backup was made by a newer Rembuk ({manifest.version}): this one does not know "
            f"{', '.join(sorted(unknown)[:3])}. Install that version, and restore again."
        )


def _restore_file(member: Member, path: Path) -> None:
    name = member.name.removeprefix(FILES)
    with path.open("rb") as file:
        if default_storage.save(name, File(file)) != name:
            raise BackupError(f"The file {name} exists already. Another process is writing to the storage.")
