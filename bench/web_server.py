"""Processes of a measured site: the web server as an office runs it, and management commands."""

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
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
GUNICORN = (sys.executable, "-m", "gunicorn")
OFFERED = ("PATH", "HOME", "LANG", "TMPDIR", "BENCH_DATA")
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-measurements",
    "LOG_LEVEL": "CRITICAL",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "BEHIND_PROXY": "1",
    "FORM_SECONDS": "0",
    "REQUESTS_OF_ADDRESS": "1000000/h/ip",
}
"""Settings of all measured processes. The others are those of a new installation.

Browsers send invented network addresses, as a proxy would. The protections against robots are off.
"""


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a measured process, without the caller's settings of Rembuk."""
    return {name: os.environ[name] for name in OFFERED if name in os.environ} | SETTINGS | more


def run(module: str, *arguments: str, env: Mapping[str, str]) -> str:
    """Run a module of Python and return its output."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout


def create_site(env: Mapping[str, str]) -> None:
    """Migrate the empty database of an environment; create office data and staff without passwords."""
    run("manage", "migrate", "--no-input", "-v0", env=env)
    run("manage", "setup_office", "-v0", env=env)
    run("manage", "collectstatic", "--no-input", "-v0", env=env)
    code = (
        "import django; django.setup(); from operations.demo.people import create_staff; create_staff(None)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)  # noqa: S603


def get_memory(*pids: int) -> float:
    """Return the memory of processes in MiB. Shared pages count in parts (PSS)."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup") for pid in pids]
    return sum(int(re.findall(r"(?m)^Pss: +(\d+) kB", file.read_text())[0]) for file in rollups) / 1024


def get_free_port() -> int:
    return get_free_ports(1)[0]


def get_free_ports(number: int) -> list[int]:
    """Return different ports on which nothing listens."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _n in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Supervised:
    """A management command that is started again when it has ended, as systemd does."""

    def __init__(self, env: Mapping[str, str], *arguments: str) -> None:
        self.env, self.command = env, [sys.executable, "manage.py", *arguments]
        self.start()

    def start(self) -> None:
        null = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.env, stdout=null, stderr=null)  # noqa: S603

    def restart_if_ended(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class WebServer:
    """A web server with its workers, from `with` to its end. `{port}` in the command is its port."""

    def __init__(
        self, env: Mapping[str, str], command: Sequence[str] = GUNICORN, folder: Path = ROOT, port: int = 0
    ) -> None:
        self.port, self.folder = port or get_free_port(), folder
        self.command = [part.format(port=self.port) for part in command]
        self.env = {**env, "PORT": str(self.port)}

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
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
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
