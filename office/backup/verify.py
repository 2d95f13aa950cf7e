"""Checking a set: hashes of all members, and the content of the database."""

from pathlib import Path

from office.backup.databases import get_database
from office.backup.folders import scratch
from office.backup.manifest import BackupError, Manifest, read_manifest
from office.backup.members import find_damage, opened


def verify_backup(folder: Path, *, decrypts: bool = False, identity: str = "") -> tuple[Manifest, list[str]]:
    """Return the manifest and a sentence for each fault. Raise BackupError if this is no complete set.

    Without `decrypts`, the content of an encrypted set is not checked beyond its stored hashes.
    """
    manifest = read_manifest(folder)
    problems = list_damages(folder, manifest)
    if problems or (manifest.encryption and not decrypts):
        return manifest, problems
    database = get_database(manifest.database.kind)
    with scratch() as plain:
        for member in manifest.members if manifest.encryption else [manifest.dump]:
            try:
                with opened(folder, manifest, member, identity=identity, scratch=plain) as path:
                    if member == manifest.dump:
                        problems += database.check(path, manifest.database)
            except BackupError as error:
                return manifest, [*problems, str(error)]
    return manifest, problems


def list_damages(folder: Path, manifest: Manifest) -> list[str]:
    """Return a sentence for each member whose stored content has changed or is missing."""
    damages = (find_damage(folder, member) for member in manifest.members)
    return [damage for damage in damages if damage]
