"""Kills web workers, the web server and the task worker with -9 while people use the site.

Works on an empty database: that of DATABASE_URL, else SQLite in a temporary folder.
"""

import argparse
import contextlib
import datetime as dt
import email
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import django

from bench.results import store_section
from bench.web_server import ROOT, WebServer

VICTIMS = ("web worker", "task worker", "web worker", "web server", "web worker")
"""Processes that are killed in turn."""

APPLICANTS, STAFF = 3, 2
PATIENCE = 180
"""Seconds to wait for the last document after the last kill."""


class Supervised:
    """A management command that is started again when it has ended, as systemd does."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        self.env, self.arguments = env, arguments
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", *self.arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def restart_if_ended(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Result:
    """Figures of one run. `unmade` counts documents without a file, `last` is in seconds."""

    kills: Counter[str]
    submitted: int
    steps: int
    failed: int
    lost: int
    half: int
    twice: int
    unmade: int
    last: float


def create_site() -> None:
    """Migrate the empty database, and create office data and staff without passwords."""
    from django.core.management import call_command

    from demo.people import create_staff

    call_command("migrate", interactive=False, verbosity=0)
    call_command("setup_office", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    create_staff(None)


def kill(count: int, server: WebServer, worker: Supervised, others: list[Supervised]) -> Counter[str]:
    """Kill `count` processes, one after the other. Start what no other process replaces."""
    killed: Counter[str] = Counter()
    for number in range(count):
        victim = VICTIMS[number % len(VICTIMS)]
        workers = server.list_workers()
        pids = {"task worker": worker.process.pid, "web server": server.process.pid}
        pid = pids.get(victim) or (workers[number % len(workers)] if workers else server.process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed[victim] += 1
        for command in (worker, *others):
            command.restart_if_ended()
        restart(server)
        time.sleep(0.7)
    return killed


def restart(server: WebServer) -> None:
    """Start the web server as often as it ends, until it answers. Raise TimeoutError after a minute."""
    until = time.monotonic() + 60
    while True:
        time.sleep(0.3)
        if not server.is_running():
            server.start()
        try:
            server.wait(5)
            return
        except TimeoutError:
            if time.monotonic() > until:
                raise


def wait_for_documents() -> tuple[int, float]:
    """Return the number of documents without a file after PATIENCE, and the seconds until none was left.

    Letters without a number have no file yet.
    """
    from reports.models import Document
    from reports.models.document import LETTERS

    began = time.monotonic()
    while left := Document.objects.filter(file="").exclude(kind__in=LETTERS, number="").count():
        if time.monotonic() - began > PATIENCE:
            break
        time.sleep(0.5)
    return left, time.monotonic() - began


def count_half_steps() -> int:
    """Count the cases whose state is not that of their last event, or whose history has a gap."""
    from consultations.models import Case

    half = 0
    for case in Case.objects.prefetch_related("history"):
        events = sorted(case.history.all(), key=lambda event: event.pk)
        states = ["", *(event.target for event in events)]
        half += states[-1] != case.state or [event.source for event in events] != states[:-1]
    return half


def count_double_notices(folder: Path) -> int:
    """Count the notices that exist twice, and the e-mails that were sent twice."""
    from notices.models import Notice

    notices = Counter(Notice.objects.values_list("event", "recipient"))
    mails: Counter[str] = Counter()
    for file in folder.glob("*") if folder.exists() else ():
        for text in file.read_text().split("-" * 79 + "\n"):
            if key := email.message_from_string(text)["Message-ID"]:
                mails[key] += 1
    return sum(count - 1 for counter in (notices, mails) for count in counter.values())


def count_lost(submitted: list[str], steps: list[tuple[int, str]]) -> int:
    """Count the confirmed requests without a case, and the confirmed steps without an event."""
    from consultations.models import Case, Event
    from office.encryption import hash_token

    cases = set(Case.objects.values_list("secret_hash", flat=True))
    events = set(Event.objects.values_list("case", "verb"))
    return len({hash_token(secret) for secret in submitted} - cases) + len(set(steps) - events)


def measure(count: int, data: Path) -> Result:
    from bench.site_users import Acknowledged, log_in, submit_until, take_steps_until

    create_site()
    sessions, found = log_in(["pkd", "kadis", "kabid1", "petugas1"]), Acknowledged()
    stopped = threading.Event()
    with WebServer({}) as server:
        env = server.env
        worker = Supervised(env, "db_worker", "--no-reload")
        scheduler = Supervised(env, "run_scheduler", "--every", "5")
        people = [
            threading.Thread(target=submit_until, args=(stopped, server, 10_000 * number, found))
            for number in range(1, APPLICANTS + 1)
        ] + [
            threading.Thread(target=take_steps_until, args=(stopped, server, sessions, found))
            for _number in range(STAFF)
        ]
        for person in people:
            person.start()
        try:
            killed = kill(count, server, worker, [scheduler])
            stopped.set()
            for person in people:
                person.join()
            unmade, last = wait_for_documents()
        finally:
            stopped.set()
            worker.stop()
            scheduler.stop()
    return Result(
        killed,
        len(found.submitted),
        len(found.steps),
        found.failed,
        count_lost(found.submitted, found.steps),
        count_half_steps(),
        count_double_notices(data / "surat"),
        unmade,
        last,
    )


def section(found: Result, vendor: str, load: float) -> str:
    kills = ", ".join(f"{count} of the {victim}" for victim, count in found.kills.items())
    rows = {
        "requests confirmed": found.submitted,
        "steps confirmed": found.steps,
        "answers that did not arrive": found.failed,
        "confirmed, but lost": found.lost,
        "half steps (state without event or the reverse)": found.half,
        "double notices": found.twice,
        f"documents without a file {PATIENCE} s after the last kill": found.unmade,
        "seconds from the last kill to the last document": f"{found.last:.0f}" if not found.unmade else "-",
    }
    return "\n".join(
        [
            f"# Kills on {vendor}",
            "",
            f"Made by `bench/kills --write`. {dt.date.today():%d %B %Y}; Python {platform.python_version()}; "
            f"load at the start {load:.1f}.",
            "",
            f"`kill -9`: {kills}.",
            f"Meanwhile {APPLICANTS} applicants submit requests and {STAFF} people take steps over HTTP.",
            "",
            "| | |",
            "|---|---:|",
            *(f"| {title} | {figure} |" for title, figure in rows.items()),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "only-for-measurements",
            "REMBUK_DATA": data,
            "EMAIL_URL": f"filemail:///{data}/surat",
            "BEHIND_PROXY": "1",
            "FORM_SECONDS": "0",
            "REQUESTS_OF_ADDRESS": "1000000/h/ip",
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
        }
        django.setup()
        from django.db import connection

        text = section(measure(arguments.kills, Path(data)), connection.display_name, load)
        connection.close()
    print(text)
    if arguments.write:
        store_section(text)


if __name__ == "__main__":
    main()
