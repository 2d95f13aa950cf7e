"""Measure every page at 1,000 and 100,000 cases, on SQLite and on PostgreSQL.

Runs inside bin/postgres. Filled databases are stored in BENCH_DATA (/tmp/rembuk-bench) and used again.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django
import psycopg

from bench.report import conditions, create_parser, publish, table
from bench.web_server import ROOT, environment, run

DATA = Path(os.environ.get("BENCH_DATA", "/tmp/rembuk-bench"))  # noqa: S108 -- sample data only
SIZES = [1_000, 100_000]
SERVER = os.environ.get("DATABASE_URL", "")
WARM_UP, RUNS = 3, 21

HEADING = f"""# Pages

{{conditions}}

Each page is requested through `django.test.Client` with a login session, DEBUG off and the settings of
`bench/web_server.py`: {WARM_UP + 1} times to warm up, once to count queries, then {RUNS} times, of which the
median is shown. All answers are 200, or the table says otherwise. Queries include BEGIN, COMMIT, SAVEPOINT;
"first" are those of the first request, before anything is cached. CPU is that of the process with Django and
the client. "ms" is wall-clock time: it includes the work of PostgreSQL, and a wait for the processor.
Growth is "ms" at {{sizes}} cases. Two figures with a stroke are those of the smaller and the larger database.
Goals: a list at most 10 queries and 12 ms of CPU, a case 12 and 15 ms, growth at most 1.3.
"""


@dataclass(frozen=True)
class PageCost:
    """Cost of one page.

    `statuses` are those of all requests, `first` the queries of the first one, `queries` those of a later
    one. `cpu` and `wall` are medians in milliseconds.
    """

    statuses: list[int]
    first: int
    queries: int
    cpu: float
    wall: float
    size: int


type Costs = dict[str, PageCost]


def time_page(client: Any, url: str, connection: Any) -> PageCost:
    """Request `url` repeatedly. CPU is that of this process: it includes SQLite, but not PostgreSQL."""
    statuses = set()

    def request() -> int:
        answer = client.get(url)
        statuses.add(answer.status_code)
        return len(answer.content)

    def count_queries() -> int:
        connection.force_debug_cursor = True
        connection.queries_log.clear()
        request()
        connection.force_debug_cursor = False
        return len(connection.queries_log)

    first = count_queries()
    for _turn in range(WARM_UP):
        size = request()
    queries = count_queries()
    cpu, wall = [], []
    for _turn in range(RUNS):
        began = time.process_time(), time.perf_counter()
        request()
        cpu.append((time.process_time() - began[0]) * 1000)
        wall.append((time.perf_counter() - began[1]) * 1000)
    own, clock = (round(statistics.median(figures), 1) for figures in (cpu, wall))
    return PageCost(sorted(statuses), first, queries, own, clock, size)


def print_costs(costs: Iterable[tuple[str, PageCost]]) -> None:
    """Print costs for `read_costs()` of the parent process."""
    print(json.dumps({title: asdict(cost) for title, cost in costs}))


def read_costs(output: str) -> Costs:
    return {title: PageCost(**cost) for title, cost in json.loads(output).items()}


def measure_here(only: list[str]) -> Iterator[tuple[str, PageCost]]:
    """Measure the pages whose title contains one of `only`, on the database of this process."""
    django.setup()
    from django.db import connection

    from bench.page_list import list_pages
    from reports.statistics.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    for page in list_pages():
        if not only or any(part in page.title for part in only):
            yield page.title, time_page(page.create_client(), page.address, connection)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def identify_models() -> str:
    """Return a word that changes with the migrations, so that no database of other models is used."""
    files = sorted(ROOT.glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def prepare_sqlite(size: int) -> dict[str, str]:
    """Return the environment of an SQLite database with `size` cases. Fill it if it does not exist."""
    folder = DATA / f"sqlite-{size}-{identify_models()}"
    env = environment(REMBUK_DATA=str(folder))
    if not (folder / "filled").exists():
        run("bench.fill", str(size), env=env)
        (folder / "filled").touch()
    return env


def prepare_postgresql(size: int) -> dict[str, str]:
    """Return the same for PostgreSQL. Restore the dump of an earlier run if there is one."""
    name = f"cases_{size}"
    dump = DATA / f"postgresql-{size}-{identify_models()}.dump"
    url = SERVER.replace("/postgres?", f"/{name}?")
    env = environment(REMBUK_DATA=str(DATA / name), DATABASE_URL=url)
    if not create_database(name):
        return env
    if dump.exists():
        run_tool("pg_restore", "--no-owner", f"--dbname={url}", str(dump))
    else:
        run("bench.fill", str(size), env=env)
        run_tool("pg_dump", "--format=custom", "--compress=1", f"--file={dump}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # autovacuum would have done it in an office
    return env


def create_database(name: str) -> bool:
    """Create an empty database. Return False if it exists."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(f'CREATE DATABASE "{name}"')
        return True


def run_tool(name: str, *arguments: str) -> None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    subprocess.run([str(newest[-1]) if newest else name, *arguments], check=True)  # noqa: S603


def measure(database: str, sizes: list[int], only: list[str]) -> Iterator[Costs]:
    """Measure plain Django and the pages at each size."""
    url = f"sqlite:///{DATA / 'baseline.sqlite3'}"
    if database == "PostgreSQL":
        create_database("baseline")
        url = SERVER.replace("/postgres?", "/baseline?")
    for size in sizes:
        print(f"==> {database}, {size:,} cases", file=sys.stderr)
        env = prepare_sqlite(size) if database == "SQLite" else prepare_postgresql(size)
        plain = run("bench.baseline", env=environment(DATABASE_URL=url))
        yield read_costs(plain) | read_costs(run("bench.pages", "--once", *only, env=env))


def list_rows(small: Costs, large: Costs) -> Iterator[list[object]]:
    """Yield one row for each page. Growth compares wall-clock time, which includes both databases' work."""
    for title, now in large.items():
        then = small[title]
        if then.statuses + now.statuses != [200, 200]:
            yield [title, f"status {then.statuses} / {now.statuses}", *[""] * 7]
            continue
        growth = f"{now.wall / then.wall:.2f}"
        counts = (join(then.first, now.first), join(then.queries, now.queries))
        size = join(then.size, now.size)
        yield [title, *counts, then.cpu, now.cpu, then.wall, now.wall, growth, size]


def join(small: int, large: int) -> str:
    return f"{large:,}" if small == large else f"{small:,}/{large:,}"


def get_versions() -> list[str]:
    with psycopg.connect(SERVER) as connection:
        server = connection.info.parameter_status("server_version")
    return [
        f"Django {django.__version__}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {server} (own machine, Unix socket, fsync off)",
    ]


def main() -> None:
    parser = create_parser("pages", __doc__)
    parser.add_argument("only", nargs="*", help="only pages whose title contains one of these")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    parser.add_argument("--sizes", nargs=2, type=int, default=SIZES, metavar=("SMALL", "LARGE"))
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        return print_costs(measure_here(arguments.only))
    DATA.mkdir(parents=True, exist_ok=True)
    text = HEADING.format(
        conditions=conditions("pages", *get_versions()),
        sizes=" to that at ".join(f"{size:,}" for size in reversed(arguments.sizes)),
    )
    run("manage", "collectstatic", "--no-input", "-v0", env=environment())
    sizes = [f"{unit}, {size:,}" for unit in ("CPU ms", "ms") for size in arguments.sizes]
    for database in arguments.database or ["SQLite", "PostgreSQL"]:
        small, large = measure(database, arguments.sizes, arguments.only)
        rows = list_rows(small, large)
        text += f"\n## {database}\n\n{table(['page', 'first', 'queries', *sizes, 'growth', 'bytes'], rows)}"
    return publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
