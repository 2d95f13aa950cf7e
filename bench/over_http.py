"""Measure pages, a step and a submission over HTTP on PostgreSQL, beside plain Django.

With `--all`, measure every page on SQLite and on PostgreSQL instead. Runs inside bin/postgres. Filled
databases are stored in BENCH_DATA (/tmp/rembuk-bench) and used again.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import count
from pathlib import Path

import django
import psycopg

from bench import load
from bench.baseline import TITLE as BASELINE
from bench.load import STAFF, WARM_UP, Act, AnswerError, Browser, Cost
from bench.report import conditions, create_parser, publish, table
from bench.web_server import GUNICORN, ROOT, WebServer, environment, run

DATA = Path(os.environ.get("BENCH_DATA", "/tmp/rembuk-bench"))  # noqa: S108 -- sample data only
SERVER = os.environ.get("DATABASE_URL", "")
PLAIN = (
    *GUNICORN,
    *("--config", "/dev/null", "--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"),
    "bench.baseline:create_application()",
)
SAMPLE = (
    *("desk: ", "cases: ", "cases, CLOSED", "cases, common word", "case, ", "agenda book", "calendar"),
    *("home", "request form", "standard"),
)
"""Beginnings of the titles of the pages that are measured without `--all`."""

STEPS_OF_A_RUN, SUBMISSIONS_OF_A_RUN = 100, 60
"""Actions of one run that use up a waiting case, or add one."""

STEP, SUBMISSION = "one step: dispose, POST alone", "submit: form, save, check, send"

HEADING = f"""# {{title}}

{{conditions}}

The web server of `gunicorn.conf.py` (2 workers of 4 threads) and its database run on the same machine as the
browsers. {load.BROWSERS} browsers with kept connections repeat each action for {{seconds}} s, or until
{STEPS_OF_A_RUN} steps are taken and {SUBMISSIONS_OF_A_RUN} requests sent; medians of {load.RUNS} runs.
CPU is that of the web processes for one action, without the database of PostgreSQL. "Ratio" is CPU against
plain Django, measured in the same run with a web server of 2 x 4 threads (gunicorn's gthread).
A submission is four requests: the form, its POST, the check page, its POST. Queries and bytes are those of
one page that was opened before, at the largest size. Queries include BEGIN, COMMIT and SAVEPOINT.
"""

type Figures = tuple[float, float, int, int]
"""CPU milliseconds, actions per second, queries, bytes."""


def identify_models() -> str:
    """Return a word that changes with the migrations, so that no database of other models is used."""
    files = sorted({*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def prepare_database(vendor: str, size: int) -> dict[str, str]:
    """Return the environment of a database with `size` cases. Fill it, or use that of an earlier run."""
    name, stored = f"cases_{size}", DATA / f"{vendor.lower()}-{size}-{identify_models()}"
    if vendor == "SQLite":
        env = environment(REMBUK_DATA=str(stored))
        if not (stored / "filled").exists():
            run("bench.fill", str(size), env=env)
            (stored / "filled").touch()
        return env
    dump, url = stored.with_suffix(".dump"), get_url(name)
    env = environment(REMBUK_DATA=str(DATA / name), DATABASE_URL=url)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    if dump.exists():
        run_tool("pg_restore", "--no-owner", f"--dbname={url}", str(dump))
    else:
        run("bench.fill", str(size), env=env)
        run_tool("pg_dump", "--format=custom", "--compress=1", f"--file={dump}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # autovacuum would have done it in an office
    return env


def get_url(name: str) -> str:
    return SERVER.replace("/postgres?", f"/{name}?")


def run_tool(name: str, *arguments: str) -> None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    subprocess.run([str(newest[-1]) if newest else name, *arguments], check=True)  # noqa: S603


def measure_plain(vendor: str, seconds: float) -> Cost:
    """Measure plain Django: 25 rows behind a login, with two workers of four threads."""
    url = f"sqlite:///{DATA / 'baseline.sqlite3'}"
    if vendor == "PostgreSQL":
        url = get_url("baseline")
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute("CREATE DATABASE baseline")
    env = environment(DATABASE_URL=url)
    session = run("bench.baseline", env=env).strip()
    with WebServer(env, PLAIN) as server:
        return load.measure(server, load.open_page("/"), session=session, seconds=seconds)


def measure_here(arguments: argparse.Namespace) -> tuple[dict[str, Figures], float]:
    """Measure the pages and actions that the arguments name, on the database of this process.

    Return also the memory of the web processes (PSS, MiB) after them.
    """
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.page_list import list_pages
    from reports.statistics.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    figures: dict[str, Figures] = {}
    with WebServer(os.environ) as server:
        sessions = load.log_in(STAFF)

        def note(title: str, act: Act, user: str | None, queries: int, size: int, limit: float) -> None:
            if user and user not in sessions:
                sessions.update(load.log_in([user]))
            session = sessions.get(user or "", "")
            cost = load.measure(server, act, session=session, actions=limit, seconds=arguments.seconds)
            figures[title] = cost.cpu, cost.rate, queries, size
            print(title, figures[title], file=sys.stderr, flush=True)

        only = tuple(arguments.only)
        for page in list_pages():
            if (arguments.all or page.title.startswith(SAMPLE)) and page.title.startswith(only or ""):
                client = page.create_client()
                client.get(page.address)
                with CaptureQueriesContext(connection) as queries:
                    size = len(client.get(page.address).content)
                note(
                    page.title, load.open_page(page.address), page.username, len(queries), size, float("inf")
                )
        actions: list[tuple[str, Callable[[], Act], str, int]] = [
            (STEP, lambda: prepare_steps(Browser(server, sessions["kadis"])), "kadis", STEPS_OF_A_RUN),
            (SUBMISSION, prepare_submissions, "", SUBMISSIONS_OF_A_RUN),
        ]
        for title, prepare, user, limit in [] if arguments.all else actions:
            if title.startswith(only or ""):
                note(title, prepare(), user, 0, 0, limit)
        return figures, server.get_memory()


def prepare_steps(head: Browser) -> Act:
    """Open the forms of waiting cases, and return the action that sends the next one."""
    from consultations.enums import Channel, State
    from consultations.models import Case

    waiting = Case.objects.filter(state=State.REGISTERED).exclude(channel=Channel.WALK_IN).order_by("pk")
    forms = []
    for case in waiting[: STEPS_OF_A_RUN * load.RUNS + WARM_UP]:
        path = f"/permohonan/{case.code}/dispose/"
        if filled := load.fill_form(head, path, "dispose", load.get_actor("dispose")[1]):
            forms.append((path, filled))
    unsent = iter(forms)

    def act(browser: Browser) -> None:
        if form := next(unsent, None):
            browser.require(HTTPStatus.FOUND, *form)
        else:
            raise AnswerError(f"only {len(forms)} cases wait: fill a larger database")

    return act


def prepare_submissions() -> Act:
    """Return the action of an applicant who submits a request.

    The office gets room for all of them: a time that was taken meanwhile would be refused.
    """
    from office.models import Office, Room

    Office.objects.update(visitors_at_once=10_000)
    Room.objects.update(is_active=False)
    numbers = count(1)

    def act(browser: Browser) -> None:
        if not load.submit(browser, next(numbers)):
            raise AnswerError(f"not confirmed: {browser.noted[-1].status}")

    return act


def list_rows(plain: Cost, found: list[dict[str, Figures]], memory: list[float]) -> Iterator[list[object]]:
    """Yield one row for each action. The ratio compares the CPU time with that of plain Django."""
    yield [BASELINE, "", "", *[plain.cpu, plain.rate, "1.0"] * len(found)]
    for title, (_cpu, _rate, queries, size) in found[-1].items():
        costs = [of_size[title][:2] for of_size in found]
        cells = [f for cpu, rate in costs for f in (cpu, rate, f"{cpu / plain.cpu:.1f}")]
        yield [title, queries or "", f"{size:,}" if size else "", *cells]
    yield [
        "memory of the web processes (PSS), MiB",
        "",
        "",
        *(f for m in memory for f in (f"{m:.0f}", "", "")),
    ]


def get_versions() -> list[str]:
    with psycopg.connect(SERVER) as connection:
        version = connection.info.parameter_status("server_version")
    postgresql = f"PostgreSQL {version} (own machine, Unix socket, fsync off)"
    return [f"Django {django.__version__}", f"SQLite {sqlite3.sqlite_version}", postgresql]


def main() -> None:
    name = "pages" if "--all" in sys.argv else "http"
    parser = create_parser(name, __doc__)
    parser.add_argument("--all", action="store_true", help="every page, on both databases")
    parser.add_argument("--size", nargs="+", type=int, default=[100_000], metavar="CASES")
    parser.add_argument("--only", nargs="+", default=[], metavar="TITLE", help="only titles that begin so")
    parser.add_argument("--seconds", type=float, default=3, help="of one run")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(measure_here(arguments)))
        return
    DATA.mkdir(parents=True, exist_ok=True)
    title = "Pages" if arguments.all else "Over HTTP"
    circumstances = conditions(name, *get_versions())
    text = HEADING.format(title=title, conditions=circumstances, seconds=arguments.seconds)
    run("manage", "collectstatic", "--no-input", "-v0", env=environment())
    sizes = sorted(arguments.size)
    heads = [f"{unit}, {size:,}" for size in sizes for unit in ("CPU ms", "per second", "ratio")]
    for vendor in ("SQLite", "PostgreSQL") if arguments.all else ("PostgreSQL",):
        plain = measure_plain(vendor, arguments.seconds)
        print(BASELINE, plain, file=sys.stderr, flush=True)
        outputs = [
            json.loads(run("bench.over_http", "--once", *sys.argv[1:], env=prepare_database(vendor, size)))
            for size in sizes
        ]
        found, memory = zip(*outputs, strict=True)
        rows = list_rows(plain, [*found], [*memory])
        text += f"\n## {vendor}\n\n{table(['action', 'queries', 'bytes', *heads], rows)}"
    publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
