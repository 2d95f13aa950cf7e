"""Measures every page at 1,000 and 100,000 cases, on SQLite and on PostgreSQL: `bench/pages`.

Runs inside bin/postgres. Filled databases are stored in BENCH_DATA (/tmp/rembuk-bench) and used again.
"""

import argparse
import datetime as dt
import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import psycopg

from bench.baseline import TITLE as BASELINE
from bench.results import store_section

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("BENCH_DATA", "/tmp/rembuk-bench"))  # noqa: S108 -- sample data only
SIZES = [1_000, 100_000]
SERVER = os.environ.get("DATABASE_URL", "")

type Results = dict[str, dict[str, Any]]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a production installation, without the caller's settings."""
    ours = ("DEBUG", "DATABASE_URL", "REMBUK_DATA", "DJANGO_SETTINGS_MODULE")
    others = {name: value for name, value in os.environ.items() if name not in ours}
    return {**others, "SECRET_KEY": "only-for-measurements", "LOG_LEVEL": "ERROR", **more}


def run(module: str, *arguments: str, env: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout


def prepare_sqlite(size: int) -> dict[str, str]:
    """Return the environment of an SQLite database with `size` cases. Fill it if it does not exist."""
    folder = DATA / f"sqlite-{size}"
    env = environment(REMBUK_DATA=str(folder))
    if not (folder / "filled").exists():
        run("bench.fill", str(size), env=env)
        (folder / "filled").touch()
    return env


def prepare_postgresql(size: int) -> dict[str, str]:
    """Return the same for PostgreSQL. Restore the dump of an earlier run if there is one."""
    name, dump = f"cases_{size}", DATA / f"postgresql-{size}.dump"
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


def measure_baseline(database: str) -> Results:
    """Measure plain Django in its own process on the same kind of database."""
    url = f"sqlite:///{DATA / 'baseline.sqlite3'}"
    if database == "PostgreSQL":
        create_database("baseline")
        url = SERVER.replace("/postgres?", "/baseline?")
    found: Results = json.loads(run("bench.baseline", env=environment(DATABASE_URL=url)))
    return found


def measure(database: str, sizes: list[int], only: list[str]) -> dict[int, Results]:
    found: dict[int, Results] = {}
    for size in sizes:
        print(f"==> {database}, {size:,} cases", file=sys.stderr)
        env = prepare_sqlite(size) if database == "SQLite" else prepare_postgresql(size)
        run("manage", "migrate", "--no-input", "--verbosity", "0", env=env)
        found[size] = measure_baseline(database) | json.loads(run("bench.measure", *only, env=env))
    return found


def table(found: dict[int, Results]) -> Iterator[str]:
    """Yield one line for each page. Growth compares wall-clock time, which includes both databases' work."""
    (small_size, small), (large_size, large) = sorted(found.items())
    sizes = [f"{unit}, {size:,}" for unit in ("CPU ms", "ms") for size in (small_size, large_size)]
    yield f"| page | queries | {' | '.join(sizes)} | growth | bytes |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for title, now in large.items():
        then = small[title]
        if {now["status"], then["status"]} != {200}:
            yield f"| {title} | status {then['status']}/{now['status']} | | | | | | |"
            continue
        queries = {then["queries"], now["queries"]}
        cells = [
            title,
            "/".join(map(str, sorted(queries))),
            then["cpu"],
            now["cpu"],
            then["wall"],
            now["wall"],
            f"{now['wall'] / then['wall']:.2f}",
            "/".join(f"{size:,}" for size in sorted({then["size"], now["size"]})),
        ]
        yield f"| {' | '.join(map(str, cells))} |"


def conditions() -> str:
    with psycopg.connect(SERVER) as connection:
        server = connection.info.parameter_status("server_version")
    return (
        f"{dt.date.today():%d %B %Y}; Python {platform.python_version()}, Django {django.__version__}, "
        f"SQLite {sqlite3.sqlite_version}, PostgreSQL {server} (own machine, Unix socket, fsync off); "
        f"{os.cpu_count()} cores, {platform.machine()}; load average at the start {os.getloadavg()[0]:.1f}."
    )


HEADING = f"""# Pages

Made by `bench/pages --write`. {{conditions}}

Each page is requested through `django.test.Client` with a login session, DEBUG off and the project's own
settings: 3 requests to warm up, then the median of 21. CPU is that of the web process. "ms" is wall-clock
time, which includes the work of PostgreSQL. Queries are those of the first request. Growth compares "ms" at
{{sizes}} cases.
Bytes at both sizes show a page that grows because its lists fill up.
"{BASELINE}" is measured in the same run.
Goals: a list at most 10 queries and 12 ms of CPU, a case 12 and 15 ms, growth at most 1.3.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/pages", description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", help="only pages whose title contains one of these")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    parser.add_argument("--sizes", nargs=2, type=int, default=SIZES, metavar=("SMALL", "LARGE"))
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    arguments = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    run("manage", "collectstatic", "--no-input", "--verbosity", "0", env=environment())
    text = HEADING.format(
        conditions=conditions(), sizes=" and ".join(f"{size:,}" for size in arguments.sizes)
    )
    for database in arguments.database or ["SQLite", "PostgreSQL"]:
        lines = "\n".join(table(measure(database, arguments.sizes, arguments.only)))
        text += f"\n## {database}\n\n{lines}\n"
    print(text)
    if arguments.write:
        store_section(text)


if __name__ == "__main__":
    main()
