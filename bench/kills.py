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

from bench.load import APPLICANTS, OFFICIALS, READ, STAFF, log_in, used
from bench.report import conditions, create_parser, publish, table
from bench.web_server import Supervised, WebServer, create_site, environment

VICTIMS = ("web worker", "task worker", "web worker", "web server", "web worker")
"""Processes that are killed in turn."""

MEANWHILE = (
    f"Meanwhile {APPLICANTS} applicants submit requests, {OFFICIALS} people take steps and "
    f"{len(READ)} readers open pages over HTTP."
)

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

    `folder` has the mails. Letters without a number have no file yet.
    """
    from consultations.models import Case
    from documents.models import Document
    from documents.models.document import LETTERS
    from notices.models import Notice

    unmade, began = Document.objects.filter(file="").exclude(kind__in=LETTERS, number=""), time.monotonic()
    while (seconds := time.monotonic() - began) < PATIENCE and unmade.exists():
        time.sleep(0.5)
    half = 0
    for case in Case.objects.prefetch_related("history"):
        events = sorted(case.history.all(), key=lambda event: event.pk)
        states = ["", *(event.target for event in events)]
        half += states[-1] != case.state or [event.source for event in events] != states[:-1]
    told = Counter(map(str, Notice.objects.values_list("event", "recipient")))
    for file in folder.glob("*"):
        for text in file.read_text().split("-" * 79 + "\n"):
            if key := email.message_from_string(text)["Message-ID"]:
                told[key] += 1
    left = unmade.count()
    return {
        "half steps (state without event or the reverse)": half,
        "double notices": sum(count - 1 for count in told.values()),
        f"documents without a file {PATIENCE} s after the last kill": left,
        "seconds from the last kill to the last document": "-" if left else f"{seconds:.0f}",
    }


def measure(count: int, env: dict[str, str], mails: Path) -> tuple[Counter[str], dict[str, object]]:
    """Return the killed processes, and figures by title."""
    sessions = log_in(STAFF)
    with WebServer(env) as server, contextlib.ExitStack() as stack:
        worker = Supervised(env, "db_worker", "--no-reload")
        scheduler = Supervised(env, "run_scheduler", "--every", "5")
        stack.callback(worker.kill)
        stack.callback(scheduler.kill)
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
    text = f"# Kills on {connection.display_name}\n\n{circumstances}\n\n`kill -9`: {victims}.\n{MEANWHILE}"
    publish(f"{text}\n\n{table(['', ''], figures.items())}", write=arguments.write)


if __name__ == "__main__":
    main()
