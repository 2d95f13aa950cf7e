"""Members of a set: written with their hashes, linked to the set before, checked, and opened."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from office.backup.manifest import BackupError, Manifest, Member
from office.backup.programs import SUFFIXES, decrypt, encrypting, parse_encryption

BLOCK = 1024 * 1024


def store(folder: Path, name: str, blocks: Iterable[bytes], *, encryption: str, modified: str = "") -> Member:
    """Write a member, wait for the disk, and read it back. Raise BackupError if it reads otherwise."""
    program, _recipients = parse_encryption(encryption)
    path = folder / f"{name}{SUFFIXES[program]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    size, digest = 0, hashlib.sha256()
    try:
        with encrypting(encryption, path) as file:
            for block in blocks:
                size += len(block)
                digest.update(block)
                file.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    sha256, stored_sha256 = digest.hexdigest(), read_sha256(path, sync=True)
    if not program and sha256 != stored_sha256:
        raise BackupError(f"{path} reads otherwise than it was written. Check the disk.")
    stored_as = str(path.relative_to(folder))
    return Member(name, size, sha256, stored_as, path.stat().st_size, stored_sha256, modified)


def link(member: Member, old: Path, new: Path) -> bool:
    """Link a member of the set `old` into `new`. Return False if it is damaged or cannot be linked."""
    if find_damage(old, member):
        return False
    (new / member.stored_as).parent.mkdir(parents=True, exist_ok=True)
    try:
        (new / member.stored_as).hardlink_to(old / member.stored_as)
    except OSError:  # e.g. a disk with a file system without hard links
        return False
    return True


def find_damage(folder: Path, member: Member) -> str:
    """Return a sentence about what is wrong with a stored member, or an empty text."""
    path = folder / member.stored_as
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            return f"{member.stored_as} is a link or something else than a file."
        if state.st_size != member.stored_size:
            return f"{member.stored_as} has {state.st_size} bytes instead of {member.stored_size}."
        if read_sha256(path) != member.stored_sha256:
            return f"{member.stored_as} has changed: its SHA-256 is another one."
    except FileNotFoundError:
        return f"{member.stored_as} is missing."
    except OSError as error:
        return f"{member.stored_as} cannot be read: {error.strerror}."
    return ""


@contextlib.contextmanager
def opened(
    folder: Path, manifest: Manifest, member: Member, *, identity: str, scratch: Path
) -> Iterator[Path]:
    """Yield the path of a member's plain content. What was encrypted is decrypted to `scratch` meanwhile.

    Raise BackupError if it cannot be decrypted, or is not the content that was encrypted.
    """
    path = folder / member.stored_as
    if not manifest.encryption:
        yield path
        return
    plain = scratch / member.sha256
    decrypt(manifest.encryption, path, plain, identity)
    try:
        if read_sha256(plain) != member.sha256:
            raise BackupError(f"{member.stored_as} decrypts to another content than it was made of.")
        yield plain
    finally:
        plain.unlink()


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the content of a file."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def read_sha256(path: Path, *, sync: bool = False) -> str:
    """Return the hash of a file; with `sync`, after its content is on the disk."""
    with path.open("rb") as file:
        if sync:
            os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
