"""Start the upload sandbox without environment variables, in the tightest room this machine offers (ADR 74).

Bubblewrap or else Landlock shows the child nothing but Python and its libraries, read-only. The child itself
sets its limits and gives up system calls (`kit/confinement.py`).
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings

from kit import confinement, upload_sandbox

TIMEOUT = 60
"""Seconds for one task on a busy machine. The sandbox limits its own processor time."""

CONFINEMENT, PROGRAM = str(Path(confinement.__file__)), str(Path(upload_sandbox.__file__))


class Room(NamedTuple):
    """A room: its name, the arguments that start a program in it, and what `attempt()` could do."""

    name: str
    start: Sequence[str]
    gaps: Sequence[str]


@cache
def get_room() -> Room:
    """Return the first room that works, with the forbidden acts that it permits. Raise OSError if none."""
    errors = b""
    with NamedTemporaryFile(dir=settings.DATA_DIR, prefix="sandbox-") as file:
        for name, start in list_rooms().items():
            try:
                code, output, errors = run("attempt", file.name, start=start)
            except (FileNotFoundError, PermissionError, subprocess.TimeoutExpired):  # not usable
                continue
            if not code:
                return Room(name, start, output.decode().split())
    raise OSError(errors.decode()[-500:])


def run(
    *arguments: str, contents: Sequence[bytes] = (), start: Sequence[str] | None = None
) -> tuple[int, bytes, bytes]:
    """Run `confinement` with these files in the room of this machine; return exit code, output and errors.

    `start` chooses another room. Raise subprocess.TimeoutExpired after TIMEOUT.
    """
    room = get_room().start if start is None else start
    command = [*room, sys.executable, "-I", CONFINEMENT, *arguments]
    sent = b"".join(part for content in contents for part in upload_sandbox.frame(content))
    # Files in memory, not pipes: the system limits their size.
    with open(os.memfd_create("output"), "r+b") as output, open(os.memfd_create("errors"), "r+b") as errors:
        done = subprocess.run(  # noqa: S603
            command, input=sent, stdout=output, stderr=errors, env={}, cwd="/", timeout=TIMEOUT, check=False
        )
        output.seek(0)
        errors.seek(0)
        return done.returncode, output.read(), errors.read()


def list_rooms() -> dict[str, list[str]]:
    """Return the arguments that start a program in each room, from the tightest room to none.

    Bubblewrap isolates users, processes, network and files. Landlock only prevents opening other files.
    """
    python = Path(sys.executable).resolve().parents[1]
    libraries = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", sys.prefix, sys.base_prefix, str(python))
    paths = dict.fromkeys((*libraries, CONFINEMENT, PROGRAM))
    bound, rules = [], []
    for path in filter(os.path.exists, paths):
        access = "execute,read-file,read-dir" if os.path.isdir(path) else "read-file"
        bound += ["--ro-bind", path, path]
        rules += ["--landlock-rule", f"path-beneath:{access}:{path}"]
    alone = ("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL")
    return {
        "bubblewrap": ["bwrap", *alone, *bound, "--remount-ro", "/", "--chdir", "/", "--"],
        "Landlock": ["setpriv", "--no-new-privs", "--landlock-access", "fs", *rules, "--"],
        "": [],
    }
