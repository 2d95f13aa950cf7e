"""Kill web workers, the web server and the task worker with -9 while people use the site.

Works on an empty database: that of DATABASE_URL, else SQLite in a temporary folder.
"""

import contextlib
import email
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

from bench.load import APPLICANTS, READ, STAFF, log_in, used
from bench.report import conditions, create_parser, publish, table
from bench.web_server import Supervised, WebServer, create_site, environment

VICTIMS = ("web worker", "task worker", "web worker", "web server", "web worker")
"""Processes that are killed in turn."""

PATIENCE = 180
"""Seconds to wait for the last document after the last kill."""


def kill(count: int, server: WebServer, worker: Supervised, scheduler: Supervised) -> Counter[str]:
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
        worker.restart_if_ended()
        scheduler.restart_if_ended()
        _restart(server)
        time.sleep(0.7)
    return killed


def _restart(server: WebServer) -> None:
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


def list_consequences(folder: Path) -> dict[str, object]:
    """Return what is half done, doubled or missing, after waiting for the last document.

    `folder` has the mails.
    """
    unmade, seconds = _wait_for_documents()
    return {
        "half steps (state without event or the reverse)": _count_half_steps(),
        "double notices": _count_double_notices(folder),
        f"documents without a file {PATIENCE} s after the last kill": unmade,
        "seconds from the last kill to the last document": "-" if unmade else f"{seconds:.0f}",
    }


def _wait_for_documents() -> tuple[int, float]:
    """Return the number of documents without a file after PATIENCE, and the seconds until none was left.

    Letters without a number have no file yet.
    """
    from documents.models import Document
    from documents.models.document import LETTERS

    began = time.monotonic()
    while left := Document.objects.filter(file="").exclude(kind__in=LETTERS, number="").count():
        if time.monotonic() - began > PATIENCE:
            break
        time.sleep(0.5)
    return left, time.monotonic() - began


def _count_half_steps() -> int:
    """Count the cases whose state is not that of their last event, or whose history has a gap."""
    from consultations.models import Case

    half = 0
    for case in Case.objects.prefetch_related("history"):
        events = sorted(case.history.all(), key=lambda event: event.pk)
        states = ["", *(event.target for event in events)]
        half += states[-1] != case.state or [event.source for event in events] != states[:-1]
    return half


def _count_double_notices(folder: Path) -> int:
    """Count the notices that exist twice, and the e-mails that were sent twice."""
    from notices.models import Notice

    notices = Counter(Notice.objects.values_list("event", "recipient"))
    mails: Counter[str] = Counter()
    for file in folder.glob("*") if folder.exists() else ():
        for text in file.read_text().split("-" * 79 + "\n"):
            if key := email.message_from_string(text)["Message-ID"]:
                mails[key] += 1
    return sum(count - 1 for counter in (notices, mails) for count in counter.values())


def measure(count: int, env: dict[str, str], mails: Path) -> tuple[Counter[str], dict[str, object]]:
    """Return the killed processes, and figures by title."""
    sessions = log_in(["pkd", "kadis", "kabid1", "petugas1"])
    with WebServer(env) as server, contextlib.ExitStack() as stack:
        worker = Supervised(env, "db_worker", "--no-reload")
        scheduler = Supervised(env, "run_scheduler", "--every", "5")
        stack.callback(worker.stop)
        stack.callback(scheduler.stop)
        with used(server, sessions) as found:
            killed = kill(count, server, worker, scheduler)
        consequences = list_consequences(mails)
    return killed, {
        "requests confirmed": len(found.submitted),
        "steps confirmed": len(found.steps),
        "answers that did not arrive": len([answer for answer in found.answers if not answer.status]),
        "confirmed, but lost": found.count_lost(),
        **consequences,
    }


def main() -> None:
    parser = create_parser("kills", __doc__)
    parser.add_argument("--kills", type=int, default=100)
    arguments = parser.parse_args()
    circumstances = conditions("kills")
    with tempfile.TemporaryDirectory() as data:
        address = os.environ.get("DATABASE_URL", f"sqlite:///{data}/rembuk.sqlite3")
        mails = Path(data, "surat")
        env = environment(REMBUK_DATA=data, EMAIL_URL=f"filemail:///{mails}", DATABASE_URL=address)
        create_site(env)
        os.environ |= env
        django.setup()
        from django.db import connection

        killed, figures = measure(arguments.kills, env, mails)
        connection.close()
    victims = ", ".join(f"{count} of the {victim}" for victim, count in killed.items())
    text = (
        f"# Kills on {connection.display_name}\n\n{circumstances}\n\n`kill -9`: {victims}.\nMeanwhile "
        f"{APPLICANTS} applicants submit requests, {STAFF} people take steps and {len(READ)} readers open "
        f"pages over HTTP.\n\n{table(['', ''], figures.items())}"
    )
    publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
