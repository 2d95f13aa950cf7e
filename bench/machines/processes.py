"""Programs of the cluster: which are installed, and how one is started, killed and stopped."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

PROGRAMS = {
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "patroni": "patroni",
    "pgbouncer": "pgbouncer",
    "pg_ctl": "postgresql",
    "taskset": "util-linux",
    "valkey-server": "valkey-server",
}
"""Debian packages by the program that is needed."""

SEARCH_PATH = ":".join(
    [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ["PATH"], "/usr/sbin"]
)


def find_program(name: str) -> str:
    """Return the path of a program. Raise FileNotFoundError."""
    if found := shutil.which(name, path=SEARCH_PATH):
        return found
    raise FileNotFoundError(f"{name} is not installed (Debian: apt-get install {PROGRAMS[name]})")


def list_missing() -> list[str]:
    """Return the Debian packages that are missing."""
    missing = {package for name, package in PROGRAMS.items() if not shutil.which(name, path=SEARCH_PATH)}
    # Patroni runs with the system's Python.
    if subprocess.run(["/usr/bin/python3", "-c", "import etcd"], capture_output=True).returncode:
        missing.add("python3-etcd")
    return sorted(missing)


class Program:
    """A process with its children. Its output goes to `<folder>/log`; the folder belongs to its account."""

    started: ClassVar[list["Program"]] = []

    def __init__(
        self, folder: Path, *command: str, env: Mapping[str, str] | None = None, account: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.command, self.env = folder, command, env
        # PostgreSQL and PgBouncer refuse to run as root.
        self.account = pwd.getpwnam(account) if account and os.getuid() == 0 else None
        if self.account:
            for path in (folder, *folder.iterdir()):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        self.start()
        Program.started.append(self)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=self.folder,
                env=dict(os.environ) | {"PATH": SEARCH_PATH} | dict(self.env or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def kill(self) -> None:
        """Kill the process and its children with -9."""
        for pid in (*list_descendants(self.process.pid), self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Let the process end within seconds, or kill it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.kill()


def stop_all() -> None:
    """Stop all programs, the last first."""
    while Program.started:
        Program.started.pop().stop()


def list_descendants(pid: int) -> list[int]:
    """Return the process numbers of the children and of their children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [found for child in map(int, children) for found in (child, *list_descendants(child))]


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Ask until the answer is true, and return the seconds. An OSError means no. Raise TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(OSError):
            if is_true():
                return time.monotonic() - began
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")
