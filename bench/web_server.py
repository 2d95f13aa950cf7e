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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

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
    return run_python("-m", module, *arguments, env=env)


def run_python(*arguments: str, env: Mapping[str, str]) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout


def create_site(env: Mapping[str, str]) -> None:
    """Migrate the empty database of an environment; create office data and staff without passwords."""
    for command in (["migrate", "--no-input"], ["setup_office"], ["collectstatic", "--no-input"]):
        run("manage", *command, "-v0", env=env)
    code = (
        "import django; django.setup(); from operations.demo.people import create_staff; create_staff(None)"
    )
    run_python("-c", code, env=env)


def list_children(pid: int) -> list[int]:
    """Return the children of a process. It has none if it has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def list_family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    return [pid, *(found for child in list_children(pid) for found in list_family(child))]


def get_cpu(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):  # it has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def get_memory(pids: Iterable[int]) -> float:
    """Return the memory of processes in MiB. Shared pages count in parts (PSS)."""
    size = 0
    for pid in pids:
        with contextlib.suppress(OSError):  # it has just ended
            size += int(re.findall(r"(?m)^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())[0])
    return size / 1024


def get_free_port() -> int:
    return get_free_ports(1)[0]


def get_free_ports(number: int) -> list[int]:
    """Return different ports on which nothing listens."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _n in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Process:
    """A process with its children, in a process group of its own."""

    process: subprocess.Popen[Any]

    def __init__(
        self, env: Mapping[str, str], command: Sequence[str], folder: Path = ROOT, **more: Any
    ) -> None:
        output: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
        self.env, self.command, self.folder, self.more = dict(env), command, folder, output | more

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self.command, cwd=self.folder, env=self.env, start_new_session=True, **self.more
        )

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """Kill the process and all that it has started with -9."""
        family = list_family(self.process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Let the process end within seconds, or kill it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.kill()

    def list_family(self) -> list[int]:
        return list_family(self.process.pid)

    def get_cpu_seconds(self) -> float:
        return get_cpu(self.list_family())

    def get_memory(self) -> float:
        return get_memory(self.list_family())


class Supervised(Process):
    """A management command that is started again when it has ended, as systemd does."""

    def __init__(self, env: Mapping[str, str], *arguments: str) -> None:
        super().__init__(env, [sys.executable, "manage.py", *arguments])
        self.start()

    def restart_if_ended(self) -> None:
        if not self.is_running():
            self.start()


class WebServer(Process):
    """A web server with its workers, from `with` to its end. `{port}` in the command is its port."""

    def __init__(
        self, env: Mapping[str, str], command: Sequence[str] = GUNICORN, folder: Path = ROOT, port: int = 0
    ) -> None:
        self.port = port or get_free_port()
        command = [part.format(port=self.port) for part in command]
        super().__init__({**env, "PORT": str(self.port)}, command, folder)

    def __enter__(self) -> Self:
        self.start()
        self.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def wait(self, seconds: float = 60) -> float:
        """Wait until the server answers; return the seconds. Raise TimeoutError if it does not."""
        return wait_until(lambda: self.get("/healthz") == 200, "the server's answer", seconds)

    def get(self, path: str, timeout: float = 5) -> int:
        """Return the status of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def list_workers(self) -> list[int]:
        """Return the process numbers of the children of the server."""
        return list_children(self.process.pid)


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Ask until the answer is true, and return the seconds. An OSError means no. Raise TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if is_true():
                return time.monotonic() - began
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")
