"""The web server as an office runs it, on a free port of this machine."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
GUNICORN = (sys.executable, "-m", "gunicorn")


def get_memory(*pids: int) -> float:
    """Return the memory of processes in MiB. Shared pages count in parts (PSS)."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup") for pid in pids]
    return sum(int(re.findall(r"(?m)^Pss: +(\d+) kB", file.read_text())[0]) for file in rollups) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_site(data: str) -> dict[str, str]:
    """Create an empty database with office data. Return the settings of its processes."""
    settings = {
        "REMBUK_DATA": data,
        "DATABASE_URL": f"sqlite:///{data}/rembuk.sqlite3",
        "SECRET_KEY": "only-for-measurements",
        "LOG_LEVEL": "CRITICAL",
    }
    env = {name: value for name, value in os.environ.items() if name != "DEBUG"} | settings
    commands = ("migrate --no-input -v 0", "setup_office -v 0", "collectstatic --no-input -v 0")
    for command in commands:
        subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=env, check=True)  # noqa: S603
    return settings


class WebServer:
    """A web server with its workers, from `with` to its end. `{port}` in the command is its port."""

    def __init__(
        self, settings: Mapping[str, str], command: Sequence[str] = GUNICORN, folder: Path = ROOT
    ) -> None:
        self.port = free_port()
        self.folder = folder
        self.command = [part.format(port=self.port) for part in command]
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("DEBUG", "HOST")},
            "SECRET_KEY": "only-for-measurements",
            "LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PORT": str(self.port),
            **settings,
        }

    def __enter__(self) -> Self:
        self.start()
        self.wait()
        return self

    def __exit__(self, *_error: type | BaseException | TracebackType | None) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start the server in a process group of its own."""
        self.process = subprocess.Popen(  # noqa: S603
            self.command, cwd=self.folder, env=self.env, start_new_session=True, stderr=subprocess.DEVNULL
        )

    def wait(self, seconds: float = 60) -> float:
        """Wait until the server answers; return the seconds. Raise TimeoutError if it does not."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/healthz") == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise TimeoutError("the server does not respond")

    def get(self, path: str, timeout: float = 5) -> int:
        """Return the status of a page."""
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        ) as connection:
            connection.request("GET", path)
            return connection.getresponse().status

    def list_workers(self) -> list[int]:
        """Return the process numbers of the children of the server."""
        pid = self.process.pid
        try:
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def get_cpu_seconds(self) -> float:
        """Return the processor time of the server and its workers."""
        seconds = 0.0
        for pid in (self.process.pid, *self.list_workers()):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds

    def get_memory(self) -> float:
        """Return the memory of the server and its workers in MiB. Shared pages count in parts (PSS)."""
        return get_memory(self.process.pid, *self.list_workers())

    def is_running(self) -> bool:
        return self.process.poll() is None
