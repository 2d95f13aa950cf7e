"""Programs of the system that backups use: pg_dump, pg_restore, age, gpg."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, cast

from office.backup.manifest import BackupError

PACKAGES = {"pg_dump": "postgresql-client", "pg_restore": "postgresql-client", "age": "age", "gpg": "gnupg"}
"""Debian packages of the programs."""

SUFFIXES = {"": "", "age": ".age", "gpg": ".gpg"}
"""Suffix of members by the program that encrypts them."""


@contextlib.contextmanager
def running(
    *arguments: str, env: Mapping[str, str] = {}, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program within the block. Raise BackupError with its messages if it is missing or fails."""
    with tempfile.TemporaryFile() as messages:
        try:
            process = subprocess.Popen(  # noqa: S603
                arguments, env={**os.environ, **env}, stdin=stdin, stdout=stdout, stderr=messages
            )
        except FileNotFoundError as error:
            package = PACKAGES[arguments[0]]
            raise BackupError(f"{arguments[0]} is not installed (Debian: {package}).") from error
        # A program that stops reading has failed, and its messages say why.
        with contextlib.suppress(BrokenPipeError), process:
            try:
                yield process
            except BrokenPipeError:
                raise
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            messages.seek(0)
            text = messages.read().decode(errors="replace").strip()
            raise BackupError(f"{arguments[0]} failed: {text or process.returncode}")


def run(*arguments: str, env: Mapping[str, str] = {}) -> None:
    """Run a program to its end. Raise BackupError if it is missing or fails."""
    with running(*arguments, env=env):
        pass


def parse_encryption(encryption: str) -> tuple[str, list[str]]:
    """Return program and recipients of e.g. `age:KEY,KEY`. Raise BackupError if the program is unknown."""
    program, _colon, recipients = encryption.partition(":")
    if program not in SUFFIXES or bool(program) != bool(recipients):
        raise BackupError(f"Encryption must be age:RECIPIENT or gpg:RECIPIENT, not {encryption!r}.")
    return program, recipients.split(",")


@contextlib.contextmanager
def encrypting(encryption: str, path: Path) -> Iterator[IO[bytes]]:
    """Open a new file to write to in the block. Encrypt it unless `encryption` is empty."""
    program, recipients = parse_encryption(encryption)
    if not program:
        with path.open("xb") as file:
            yield file
        return
    keys = [part for recipient in recipients for part in ("--recipient", recipient)]
    batch = ["--batch", "--quiet", "--trust-model", "always", "--compress-level", "0", "--encrypt"]
    options = batch if program == "gpg" else ["--encrypt"]
    with running(program, *options, *keys, "--output", str(path), stdin=subprocess.PIPE) as process:
        yield cast(IO[bytes], process.stdin)


def decrypt(encryption: str, source: Path, target: Path, identity: str) -> None:
    """Decrypt a file. age needs the file of its `identity`; gpg uses its keyring."""
    program, _recipients = parse_encryption(encryption)
    if program == "age" and not identity:
        raise BackupError("The backup is encrypted with age. Name the file of the key with --identity.")
    options = ["--identity", identity] if program == "age" else ["--batch", "--quiet"]
    run(program, *options, "--output", str(target), "--decrypt", str(source))
