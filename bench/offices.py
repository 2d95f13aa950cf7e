"""Measure offices on one machine: idle ones, the first answer of one that sleeps, and busy ones.

Each office has a database of its own. Runs inside bin/postgres.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from bench.load import Answer, Browser, submit
from bench.report import conditions, create_parser, publish, table
from bench.web_server import (
    ROOT,
    Supervised,
    create_site,
    environment,
    get_cpu,
    get_free_port,
    get_memory,
    run_python,
    wait_until,
)

APART = [["run_web"], ["db_worker", "--no-reload"], ["run_scheduler"]]
PAGES = {"/": "", "/standar-layanan/": "", "/ajukan/": "", "/meja/": "kadis", "/permohonan/": "kadis"}
"""Pages that visitors open, with the account of the reader."""

SLEEP_AFTER, IDLE, MEASURED = 20, 90, 60
"""Seconds until an office sleeps, before the measurement of idle ones, and during that of CPU."""

VISITS, SUBMITTED, BUSY = 3.0, 0.05, 60
"""Visits of a busy office in a second, the share of them that submit a request, and seconds."""

HEADING = f"""# Offices on one machine: {{number}}

{{conditions}}

`run_office` with `WEB_CONCURRENCY=1`, `SLEEP_AFTER={{after}}` and a PostgreSQL database for each office, all
in one server. Memory is PSS: shared pages count in parts. CPU is processor time, so other work on the
machine does not count; seconds of answers include it. A busy office has {VISITS:.0f} visits in a second
for {BUSY} s. {SUBMITTED:.0%} of them submit a request (four pages, two documents).

"""


@dataclass
class Place:
    """An office with its processes."""

    port: int
    running: list[Supervised]

    def get_cpu_seconds(self) -> float:
        return get_cpu(self.list_processes())

    def list_processes(self) -> list[int]:
        return [pid for process in self.running for pid in process.list_family()]

    def answers(self) -> bool:
        """Return whether two pages answer."""
        return all(Browser(self).ask(path).status for path in ("/", "/healthz/ready"))


def get_cpu_of(places: Sequence[Place]) -> float:
    return sum(place.get_cpu_seconds() for place in places)


def get_memory_of(places: Sequence[Place]) -> float:
    """Return the memory of an office on average (PSS, MiB)."""
    return get_memory(pid for place in places for pid in place.list_processes()) / len(places)


def create_databases(url: str, number: int, env: dict[str, str]) -> str:
    """Create the databases of all offices as copies of one. Return the key of a session of `kadis`."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE DATABASE first")
        create_site(env)
        code = (
            "import django; django.setup(); from bench.load import log_in; print(log_in(['kadis'])['kadis'])"
        )
        session = run_python("-c", code, env=env).strip()
        for index in range(number):
            database.execute(f"CREATE DATABASE office{index} TEMPLATE first")
    return session


def measure_idle(url: str, places: Sequence[Place]) -> list[list[object]]:
    """Measure offices that nobody visits. Then open the home page of each, and once more."""
    number = len(places)
    time.sleep(IDLE)
    with psycopg.connect(url) as database:
        found = database.execute("SELECT pid FROM pg_stat_activity WHERE datname LIKE 'office%'").fetchall()
    servers = [int(pid) for (pid,) in found]
    size, of_servers = get_memory_of(places), get_memory(servers) / number
    began = get_cpu_of(places)
    time.sleep(MEASURED)
    used = (get_cpu_of(places) - began) / number * 60 / MEASURED
    processes = sum(len(place.list_processes()) for place in places)
    visitors = [Browser(place) for place in places]
    for browser in visitors:
        browser.ask("/")
        browser.ask("/")
    first, again = (
        f"{statistics.median(seconds):.2f}, {max(seconds):.2f}"
        for seconds in zip(*([answer.seconds for answer in v.noted] for v in visitors), strict=True)
    )
    return [
        ["memory of an idle office, MiB", f"{size:.0f}"],
        ["memory of its connections to PostgreSQL, MiB", f"{of_servers:.0f}"],
        ["processes of all, connections of all", f"{processes}, {len(servers)}"],
        ["CPU of an idle office, seconds in a minute", f"{used:.2f}"],
        ["first page of an idle office, seconds: median, longest", first],
        ["the same page again", again],
    ]


def visit(place: Place, session: str, answers: list[Answer], until: float) -> None:
    """Visit an office VISITS times in a second, each time as somebody else who waits for nobody."""
    with ThreadPoolExecutor(1000) as people:
        for number in count():
            time.sleep(random.expovariate(VISITS))
            if time.monotonic() > until:
                break
            path, user = random.choice([*PAGES.items()])  # noqa: S311
            browser = Browser(place, session if user else "", answers)
            if random.random() < SUBMITTED:  # noqa: S311
                people.submit(submit, browser, number)
            else:
                people.submit(browser.ask, path)


def measure_busy(places: Sequence[Place], session: str) -> list[list[object]]:
    answers: list[Answer] = []
    began, until = get_cpu_of(places), time.monotonic() + BUSY
    with ThreadPoolExecutor(len(places)) as visitors:
        for place in places:
            visitors.submit(visit, place, session, answers, until)
    used, number = get_cpu_of(places) - began, len(places)
    seconds = sorted(answer.seconds for answer in answers)
    failed = len([answer for answer in answers if answer.status == 0 or answer.status >= 400])
    half, most = (seconds[int(len(seconds) * part)] for part in (0.5, 0.95))
    return [
        ["busy offices, answers, failed", f"{number}, {len(answers):,}, {failed}"],
        ["seconds of an answer: median, 95 %, longest", f"{half:.2f}, {most:.2f}, {seconds[-1]:.2f}"],
        ["CPU of a busy office, seconds in a minute", f"{used / number * 60 / BUSY:.1f}"],
        ["memory of a busy office, MiB", f"{get_memory_of(places):.0f}"],
    ]


def run(arguments: argparse.Namespace, url: str, folder: Path) -> list[list[object]]:
    """Start all offices, measure them, and end them."""
    roles = APART if arguments.apart else [["run_office"]]

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
            places.append(Place(port, [Supervised(env, *role) for role in roles]))
            wait_until(places[-1].answers, "an office", 180)
        rows = measure_idle(url, places)
        print(json.dumps(rows), file=sys.stderr, flush=True)
        if arguments.busy:
            rows += measure_busy(places[: arguments.busy], session)
        return rows
    finally:
        processes = [process for place in places for process in place.running]
        for process in processes:
            process.process.terminate()
        for process in processes:
            process.stop()


def main() -> None:
    parser = create_parser("offices", __doc__)
    parser.add_argument("number", type=int, help="how many offices")
    parser.add_argument("--busy", type=int, default=0, help="how many of them are busy in the end")
    parser.add_argument("--after", type=int, default=SLEEP_AFTER, help="seconds until they sleep; 0: never")
    parser.add_argument("--apart", action="store_true", help="a process for each role instead of run_office")
    arguments = parser.parse_args()
    circumstances = conditions(f"offices {arguments.number} --busy {arguments.busy}")
    text = HEADING.format(number=arguments.number, conditions=circumstances, after=arguments.after)
    with tempfile.TemporaryDirectory(prefix="rembuk-offices-", ignore_cleanup_errors=True) as folder:
        rows = run(arguments, os.environ["DATABASE_URL"], Path(folder))
    publish(text + table([f"{arguments.number} offices", ""], rows), write=arguments.write)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
