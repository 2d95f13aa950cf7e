"""Measure offices on one machine: idle ones, the first answer of one that sleeps, and busy ones.

Each office has a database of its own. Runs inside bin/postgres.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from bench.load import Answer, Browser, submit
from bench.report import conditions, create_parser, publish, table
from bench.web_server import ROOT, Supervised, create_site, environment, get_free_port, get_memory

ROLES = {
    "run_office": [["run_office"]],
    "apart": [["run_web"], ["db_worker", "--no-reload"], ["run_scheduler"]],
}
PAGES = {"/": "", "/standar-layanan/": "", "/ajukan/": "", "/meja/": "kadis", "/permohonan/": "kadis"}
"""Pages that visitors open, with the account of the reader."""

SLEEP_AFTER, IDLE, MEASURED = 20, 90, 60
"""Seconds until an office sleeps, before the measurement of idle ones, and during that of CPU."""

VISITS, SUBMITTED, BUSY = 3.0, 0.05, 60
"""Visits of a busy office in a second, the share of them that submit a request, and seconds."""

HEADING = """# Offices on one machine: {number}

{conditions}

`run_office` with `WEB_CONCURRENCY=1`, `SLEEP_AFTER={after}` and a PostgreSQL database for each office, all
in one server. Memory is PSS: shared pages count in parts. CPU is processor time, so other work on the
machine does not count; seconds of answers include it. A busy office has {visits:.0f} visits in a second
for {busy} s. {share:.0%} of them submit a request (four pages, two documents).

"""


@dataclass
class Place:
    """An office with its processes."""

    port: int
    running: list[Supervised]

    def get_cpu_seconds(self) -> float:
        return get_cpu(self.list_processes())

    def list_processes(self) -> list[int]:
        return [pid for process in self.running for pid in list_family(process.process.pid)]

    def wait(self) -> None:
        """Open two pages, as soon as the office answers."""
        until = time.monotonic() + 180
        while True:
            try:
                for path in ("/", "/healthz/ready"):
                    Browser(self).ask(path)
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)


def list_family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        return []
    return [pid, *(found for child in children for found in list_family(int(child)))]


def get_cpu(pids: Sequence[int]) -> float:
    """Return the seconds of processor time that processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):  # it has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def create_databases(url: str, number: int, env: dict[str, str]) -> str:
    """Create the databases of all offices as copies of one. Return the key of a session of `kadis`."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE DATABASE first")
        create_site(env)
        code = (
            "import django; django.setup(); from bench.load import log_in; print(log_in(['kadis'])['kadis'])"
        )
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True
        )
        for index in range(number):
            database.execute(f"CREATE DATABASE office{index} TEMPLATE first")
    return done.stdout.strip()


def measure_idle(url: str, places: Sequence[Place]) -> list[list[object]]:
    number = len(places)
    time.sleep(IDLE)
    with psycopg.connect(url) as database:
        found = database.execute("SELECT pid FROM pg_stat_activity WHERE datname LIKE 'office%'").fetchall()
    servers = [int(pid) for (pid,) in found]
    size, of_servers = measure_memory(places) / number, get_memory_of(servers) / number
    began = sum(place.get_cpu_seconds() for place in places)
    time.sleep(MEASURED)
    used = sum(place.get_cpu_seconds() for place in places) - began
    processes = sum(len(place.list_processes()) for place in places)
    return [
        ["memory of an idle office, MiB", f"{size:.0f}"],
        ["memory of its connections to PostgreSQL, MiB", f"{of_servers:.0f}"],
        [
            "processes of all, connections of all",
            f"{processes}, {len(servers)}",
        ],
        ["CPU of an idle office, seconds in a minute", f"{used / number * 60 / MEASURED:.2f}"],
    ]


def measure_memory(places: Sequence[Place]) -> float:
    return get_memory_of([pid for place in places for pid in place.list_processes()])


def get_memory_of(pids: Sequence[int]) -> float:
    """Return the memory (PSS, MiB) of those processes that have not ended meanwhile."""
    size = 0.0
    for pid in pids:
        with suppress(OSError):
            size += get_memory(pid)
    return size


def measure_first(places: Sequence[Place]) -> list[list[object]]:
    """Open the home page of each office, and then once more."""

    def join(seconds: Sequence[float]) -> str:
        return f"{statistics.median(seconds):.2f}, {max(seconds):.2f}"

    seconds = []
    for place in places:
        browser = Browser(place)
        browser.ask("/")
        browser.ask("/")
        seconds.append([answer.seconds for answer in browser.noted])
    first, again = zip(*seconds, strict=True)
    return [
        [
            "first page of an idle office, seconds: median, longest",
            f"{statistics.median(first):.2f}, {max(first):.2f}",
        ],
        ["the same page again", join(again)],
    ]


def visit(place: Place, session: str, answers: list[Answer], until: float) -> None:
    """Visit an office VISITS times in a second, each time as somebody else who waits for nobody."""
    people: list[threading.Thread] = []
    for number in range(100_000):
        time.sleep(random.expovariate(VISITS))
        if time.monotonic() > until:
            break
        path, user = random.choice([*PAGES.items()])  # noqa: S311
        browser = Browser(place, session if user else "", answers)
        is_applicant = random.random() < SUBMITTED  # noqa: S311
        act = partial(submit, browser, number) if is_applicant else partial(browser.ask, path)
        people.append(threading.Thread(target=act))
        people[-1].start()
    for person in people:
        person.join()


def measure_busy(places: Sequence[Place], session: str) -> list[list[object]]:
    answers: list[Answer] = []
    began, until = sum(place.get_cpu_seconds() for place in places), time.monotonic() + BUSY
    visitors = [threading.Thread(target=visit, args=(place, session, answers, until)) for place in places]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    used, number = sum(place.get_cpu_seconds() for place in places) - began, len(places)
    seconds = sorted(answer.seconds for answer in answers)
    failed = len([answer for answer in answers if answer.status == 0 or answer.status >= 400])
    half, most = (seconds[int(len(seconds) * part)] for part in (0.5, 0.95))
    return [
        ["busy offices, answers, failed", f"{number}, {len(answers):,}, {failed}"],
        ["seconds of an answer: median, 95 %, longest", f"{half:.2f}, {most:.2f}, {seconds[-1]:.2f}"],
        ["CPU of a busy office, seconds in a minute", f"{used / number * 60 / BUSY:.1f}"],
        ["memory of a busy office, MiB", f"{measure_memory(places) / number:.0f}"],
    ]


def run(arguments: argparse.Namespace, url: str, folder: Path) -> list[list[object]]:
    """Start all offices, measure them, and end them."""
    roles = "apart" if arguments.apart else "run_office"

    def describe(name: str, port: int = 0) -> dict[str, str]:
        more = {"DATABASE_URL": url.replace("/postgres", f"/{name}"), "PORT": str(port)}
        more |= {"REMBUK_DATA": str(folder / name), "STATIC_ROOT": str(folder / "static")}
        if not arguments.apart:
            more |= {"WEB_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "1", "SLEEP_AFTER": str(arguments.after)}
        return environment(**more)

    session = create_databases(url, arguments.number, describe("first"))
    places: list[Place] = []
    try:
        for index in range(arguments.number):
            env = describe(f"office{index}", port := get_free_port())
            places.append(Place(port, [Supervised(env, *role) for role in ROLES[roles]]))
            places[-1].wait()
        rows = measure_idle(url, places)
        print(json.dumps(rows), file=sys.stderr, flush=True)
        rows += measure_first(places)
        if arguments.busy:
            rows += measure_busy(places[: arguments.busy], session)
        return rows
    finally:
        processes = [process.process for place in places for process in place.running]
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def main() -> None:
    parser = create_parser("offices", __doc__)
    parser.add_argument("number", type=int, help="how many offices")
    parser.add_argument("--busy", type=int, default=0, help="how many of them are busy in the end")
    parser.add_argument("--after", type=int, default=SLEEP_AFTER, help="seconds until they sleep; 0: never")
    parser.add_argument("--apart", action="store_true", help="a process for each role instead of run_office")
    arguments = parser.parse_args()
    command = f"offices {arguments.number} --busy {arguments.busy}"
    text = HEADING.format(
        number=arguments.number,
        conditions=conditions(command),
        after=arguments.after,
        visits=VISITS,
        share=SUBMITTED,
        busy=BUSY,
    )
    with tempfile.TemporaryDirectory(prefix="rembuk-offices-", ignore_cleanup_errors=True) as folder:
        rows = run(arguments, os.environ["DATABASE_URL"], Path(folder))
    publish(text + table([f"{arguments.number} offices", ""], rows), write=arguments.write)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
