"""Prints what every page costs at 1,000 and at 100,000 cases, on SQLite and on PostgreSQL: `bench/pages`.

Runs inside bin/postgres. What was filled is kept in BENCH_DATA (/tmp/rembuk-bench) and taken again.
"""

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import psycopg

from bench.results import keep

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("BENCH_DATA", "/tmp/rembuk-bench"))  # noqa: S108 -- nothing secret lies there
SIZES = (1_000, 100_000)
SERVER = os.environ.get("DATABASE_URL", "")
FLOOR = "bare Django: 25 rows behind a login"

type Results = dict[str, dict[str, Any]]


def environment(**more: str) -> dict[str, str]:
    """The environment of an installation in earnest: DEBUG off, nothing of the caller's."""
    ours = ("DEBUG", "DATABASE_URL", "REMBUK_DATA", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "SECRET_KEY": "only-for-measurements", "LOG_LEVEL": "ERROR", **more}


def run(module: str, *arguments: str, env: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout


def sqlite(size: int) -> dict[str, str]:
    """The environment of an SQLite database with `size` cases, filled where it is not there yet."""
    folder = DATA / f"sqlite-{size}"
    env = environment(REMBUK_DATA=str(folder))
    if not (folder / "filled").exists():
        run("bench.fill", str(size), env=env)
        (folder / "filled").touch()
    return env


def postgresql(size: int) -> dict[str, str]:
    """The same on the private PostgreSQL, restored from a dump where it was filled before."""
    name, dump = f"cases_{size}", DATA / f"postgresql-{size}.dump"
    url = SERVER.replace("/postgres?", f"/{name}?")
    env = environment(REMBUK_DATA=str(DATA / name), DATABASE_URL=url)
    if not made(name):
        return env
    if dump.exists():
        tool("pg_restore", "--no-owner", f"--dbname={url}", str(dump))
    else:
        run("bench.fill", str(size), env=env)
        tool("pg_dump", "--format=custom", "--compress=1", f"--file={dump}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as autovacuum does in an office that lives for years
    return env


def made(name: str) -> bool:
    """Make an empty database; false where there is one of that name."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(f'CREATE DATABASE "{name}"')
        return True


def tool(name: str, *arguments: str) -> None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    subprocess.run([str(newest[-1]) if newest else name, *arguments], check=True)  # noqa: S603


def floor(database: str) -> Results:
    """What the least costs, in an own process on the same kind of database."""
    url = f"sqlite:///{DATA / 'floor.sqlite3'}"
    if database == "PostgreSQL":
        made("floor")
        url = SERVER.replace("/postgres?", "/floor?")
    found: Results = json.loads(run("bench.floor", env=environment(DATABASE_URL=url)))
    return found


def measure(database: str, only: list[str]) -> dict[int, Results]:
    found: dict[int, Results] = {}
    for size in SIZES:
        print(f"==> {database}, {size:,} cases", file=sys.stderr)
        env = sqlite(size) if database == "SQLite" else postgresql(size)
        run("manage", "migrate", "--no-input", "--verbosity", "0", env=env)
        found[size] = floor(database) | json.loads(run("bench.measure", *only, env=env))
    return found


def table(found: dict[int, Results]) -> Iterator[str]:
    """One line for each page; growth is that of wall-clock time, in which both databases show theirs."""
    small, large = (found[size] for size in SIZES)
    yield "| page | queries | CPU ms, 1,000 | CPU ms, 100,000 | ms, 1,000 | ms, 100,000 | growth | bytes |"
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
            f"{now['size']:,}",
        ]
        yield f"| {' | '.join(map(str, cells))} |"


def conditions() -> str:
    with psycopg.connect(SERVER) as connection:
        server = connection.info.parameter_status("server_version")
    import sqlite3

    return (
        f"{dt.date.today():%d %B %Y}; Python {platform.python_version()}, Django {django.__version__}, "
        f"SQLite {sqlite3.sqlite_version}, PostgreSQL {server} (own machine, Unix socket, fsync off); "
        f"{os.cpu_count()} cores, {platform.machine()}; load average at the start {os.getloadavg()[0]:.1f}."
    )


HEADING = f"""# What the pages cost

Made by `bench/pages --write`. {{conditions}}

Each page is asked for through `django.test.Client` with a login session, DEBUG off, the project's own
settings: 3 requests to warm up, then the median of 21. CPU is that of the web process; PostgreSQL's own work
shows in the milliseconds beside it. Growth is that of the milliseconds from 1,000 to 100,000 cases.
"{FLOOR}" was measured in the same run.
Goals: a list at most 10 queries and 12 ms of CPU, a case 12 and 15 ms, growth at most 1.3.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/pages", description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", help="only pages whose title has one of these in it")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    arguments = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    run("manage", "collectstatic", "--no-input", "--verbosity", "0", env=environment())
    text = HEADING.format(conditions=conditions())
    for database in arguments.database or ["SQLite", "PostgreSQL"]:
        lines = "\n".join(table(measure(database, arguments.only)))
        text += f"\n## {database}\n\n{lines}\n"
    print(text)
    if arguments.write:
        keep(text)


if __name__ == "__main__":
    main()
