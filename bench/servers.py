"""Measures web servers: requests per second, memory, clients that stop in the middle of a body, and kills.

The servers run one after the other on an empty site. A server that is not installed is left out.
"""

import argparse
import contextlib
import datetime as dt
import os
import platform
import re
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.results import store_section
from bench.web_server import GUNICORN, WebServer, create_site

CLIENTS = 200
"""Connections that stop in the middle of a body."""

KILLS = 20
SECONDS = 5
"""Duration of a measurement of requests per second."""

LISTEN = "127.0.0.1:{port}"
WSGI = "config.wsgi:application"
SERVERS = {
    "gunicorn with waitress, 2 x 4 (chosen)": ("gunicorn", GUNICORN),
    "gunicorn gthread, 2 x 4": (
        "gunicorn",
        (*GUNICORN, "-c", "/dev/null", "-k", "gthread", "--preload", "--workers", "2", "--threads", "4",
         "--log-level", "critical", "--bind", LISTEN, WSGI),
    ),
    "granian, 2 x 4 (until now)": (
        "granian",
        (sys.executable, "-m", "granian", "--interface", "wsgi", "--port", "{port}", "--workers", "2",
         "--blocking-threads", "4", "--workers-kill-timeout", "3", "--no-log", WSGI),
    ),
    "granian, 2 x 128, respawn": (
        "granian",
        (sys.executable, "-m", "granian", "--interface", "wsgi", "--port", "{port}", "--workers", "2",
         "--blocking-threads", "128", "--backpressure", "128", "--respawn-failed-workers",
         "--respawn-interval", "0.1", "--workers-kill-timeout", "3", "--no-log", WSGI),
    ),
    "waitress, 1 x 8": (
        "waitress",
        (sys.executable, "-m", "waitress", "--listen", LISTEN, "--threads", "8", "--connection-limit", "500",
         "--asyncore-use-poll", "--no-log-socket-errors", WSGI),
    ),
}  # fmt: skip


@dataclass
class Figures:
    """Requests per second, ms of CPU and of /healthz (95th percentile), memory in MB, gap in seconds."""

    rate: float
    cpu: float
    memory: float
    before: float
    during: float
    failed: int
    survived: int
    gap: float


def open_form(port: int, header: str) -> socket.socket:
    """Send the head of a form. Its cookie makes CSRF protection read the body."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = (
        "POST /lacak/ HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/x-www-form-urlencoded",
        f"Cookie: csrftoken={'a' * 32}",
        header,
    )
    client.sendall("\r\n".join((*head, "", "")).encode())
    return client


def half_a_form(port: int) -> socket.socket:
    """Send a form that stops in the middle of its body."""
    client = open_form(port, "Content-Length: 100")
    client.sendall(b"code=")
    return client


def measure_rate(server: WebServer, path: str, threads: int = 8) -> tuple[float, float]:
    """Return requests per second, and the server's processor time of one request in ms.

    Each of `threads` clients opens a connection for each request.
    """
    done, until, used = [0] * threads, time.monotonic() + SECONDS, server.get_cpu_seconds()

    def ask(number: int) -> None:
        while time.monotonic() < until:
            server.get(path, timeout=20)
            done[number] += 1

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(threads)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(done) / SECONDS, (server.get_cpu_seconds() - used) / sum(done) * 1000


def measure_memory(server: WebServer) -> float:
    """Return the megabytes of the server and its workers; shared pages count once."""
    total = 0
    for pid in (server.process.pid, *server.list_workers()):
        found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
        total += int(found[1]) if found else 0
    return total / 1024


def measure_health(server: WebServer, count: int, timeout: float = 3) -> tuple[float, int]:
    """Return the 95th percentile of /healthz in ms, and the number of requests without an answer."""
    times, failed = [], 0
    for _request in range(count):
        began = time.monotonic()
        try:
            server.get("/healthz", timeout=timeout)
        except OSError:
            failed += 1
        times.append(time.monotonic() - began)
        time.sleep(0.02)
    return sorted(times)[int(0.95 * count) - 1] * 1000, failed


def kill_workers(server: WebServer) -> tuple[int, float]:
    """Kill workers one after the other. Return the kills survived and the longest time without an answer."""
    longest = 0.0
    for kill in range(KILLS):
        workers = server.list_workers() or [server.process.pid]
        with contextlib.suppress(ProcessLookupError):
            os.kill(workers[kill % len(workers)], signal.SIGKILL)
        try:
            longest = max(longest, server.wait(10))
        except TimeoutError:
            return kill, longest
        time.sleep(0.3)
        if not server.is_running():
            return kill, longest
    return KILLS, longest


def measure(server: WebServer) -> Figures:
    for path in ("/healthz", "/lacak/"):
        measure_rate(server, path, threads=4)
    rate, cpu = measure_rate(server, "/lacak/")
    memory = measure_memory(server)
    before, _failed = measure_health(server, 100)
    with contextlib.ExitStack() as clients:
        for _client in range(CLIENTS):
            clients.enter_context(half_a_form(server.port))
        time.sleep(1)
        during, failed = measure_health(server, 20)
    with contextlib.suppress(TimeoutError):
        server.wait(10)
    return Figures(rate, cpu, memory, before, during, failed, *kill_workers(server))


def section() -> str:
    load, rows = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory() as data:
        settings = create_site(data)
        for title, (module, command) in SERVERS.items():
            if find_spec(module) is None:
                continue
            with WebServer(settings, command) as server:
                found = measure(server)
            rows.append(
                f"| {title} | {found.rate:,.0f} | {found.cpu:.1f} | {found.memory:,.0f} "
                f"| {found.before:,.0f} | {found.during:,.0f} | {found.failed} of 20 "
                f"| {found.survived} of {KILLS} | {found.gap:.1f} |"
            )
            print(rows[-1], file=sys.stderr)
    return HEADING.format(
        today=f"{dt.date.today():%d %B %Y}", python=platform.python_version(), load=load
    ) + "\n".join([*rows, ""])


HEADING = f"""# Web servers

Made by `bench/servers --write`. {{today}}; Python {{python}}; 2 cores; load at the start {{load:.1f}}.

Requests per second: `/lacak/`, eight clients in one process, a connection for each request. CPU: processor
time of the server for one of them, which other load hardly changes. Memory: server and workers, shared pages
counted once. /healthz: 95th percentile in ms, before and while {CLIENTS} clients
have sent half of a form; a request without an answer after 3 s has failed. Kills: `kill -9` of a worker
(waitress alone: of its only process), one after the other, until the site is silent for 10 s or has ended;
longest time in seconds until /healthz answers.

| server | requests/s | CPU ms | MB | /healthz before | during | failed | kills survived | longest gap |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true", help="write the table to RESULTS.md")
    options = arguments.parse_args()
    found = section()
    print(found)
    if options.write:
        store_section(found)
