"""Measure what an office's browsers ask for, over HTTP, beside plain Django.

Runs inside bin/postgres. Filled databases are those of `bench/pages`.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from itertools import count

import django

from bench.baseline import TITLE as BASELINE
from bench.load import (
    BROWSERS,
    RUNS,
    SECONDS,
    WARM_UP,
    Act,
    AnswerError,
    Browser,
    Cost,
    fill_form,
    get_actor,
    log_in,
    measure,
    open_page,
    submit,
)
from bench.pages import DATA, SERVER as DATABASE_SERVER, create_database, get_versions, prepare_postgresql
from bench.report import conditions, create_parser, publish, table
from bench.web_server import GUNICORN, WebServer, environment, run

SIZES = [100_000]
PLAIN = (
    *GUNICORN,
    *("--config", "/dev/null", "--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"),
    "bench.baseline:create_application()",
)
STAFF = ("pkd", "kadis", "kabid1", "petugas1")
READS = ("desk: ", "cases: ", "cases, CLOSED", "cases, common word", "case, ", "agenda book", "calendar")
"""Beginnings of the titles of the measured pages."""

STEPS_OF_A_RUN, SUBMISSIONS_OF_A_RUN = 100, 60
"""Actions of one run that use up a waiting case, or add one."""

STEP, SUBMISSION = "one step: dispose, POST alone", "submit: form, save, check, send"

HEADING = f"""# Over HTTP

{{conditions}}

The web server of `gunicorn.conf.py` (2 workers of 4 threads) and its database run on the same machine as the
browsers. {BROWSERS} browsers with kept connections repeat each action for {SECONDS:.0f} s, or until
{STEPS_OF_A_RUN} steps are taken and {SUBMISSIONS_OF_A_RUN} requests sent; medians of {RUNS} runs.
CPU is that of the web processes for one action, without the database. "Ratio" is CPU against plain Django,
measured in the same run with a web server of 2 x 4 threads (gunicorn's gthread).
A submission is four requests: the form, its POST, the check page, its POST.

"""


def measure_plain() -> Cost:
    """Measure plain Django: 25 rows behind a login, with two workers of four threads."""
    create_database("baseline")
    env = environment(DATABASE_URL=DATABASE_SERVER.replace("/postgres?", "/baseline?"))
    session = run("bench.baseline", "--session", env=env).strip()
    del env["DJANGO_SETTINGS_MODULE"]
    with WebServer(env, PLAIN) as server:
        return measure(server, open_page("/"), session=session)


def measure_here(only: tuple[str, ...]) -> tuple[dict[str, Cost], float]:
    """Measure the actions whose title begins with one of `only` on the database of this process.

    Return also the memory of the web processes (PSS, MiB) after them.
    """
    django.setup()
    from reports.statistics.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    costs: dict[str, Cost] = {}
    with WebServer(os.environ) as server:
        sessions = log_in(STAFF)
        actions: list[tuple[str, Callable[[], Act], str, int | None]] = [
            (title, partial(open_page, path), user, None) for title, path, user in list_reads()
        ]
        actions += [
            (STEP, lambda: prepare_steps(Browser(server, sessions["kadis"])), "kadis", STEPS_OF_A_RUN),
            (SUBMISSION, prepare_submissions, "", SUBMISSIONS_OF_A_RUN),
        ]
        for title, prepare, user, limit in actions:
            if not only or title.startswith(only):
                costs[title] = measure(server, prepare(), session=sessions.get(user, ""), actions=limit)
                print(title, costs[title], file=sys.stderr, flush=True)
        return costs, server.get_memory()


def list_reads() -> Iterator[tuple[str, str, str]]:
    """Yield title, address and account of each page, "" for a visitor."""
    from bench.page_list import list_pages

    for page in list_pages():
        if page.title.startswith(READS) and page.username in STAFF:
            yield page.title, page.address, page.username
    for title, path in (("home", "/"), ("public form", "/ajukan/"), ("standard", "/standar-layanan/")):
        yield title, path, ""


def prepare_steps(head: Browser) -> Act:
    """Open the forms of waiting cases, and return the action that sends the next one."""
    from consultations.enums import Channel, State
    from consultations.models import Case

    waiting = Case.objects.filter(state=State.REGISTERED).exclude(channel=Channel.WALK_IN).order_by("pk")
    forms = []
    for case in waiting[: STEPS_OF_A_RUN * RUNS + WARM_UP]:
        path = f"/permohonan/{case.code}/dispose/"
        if filled := fill_form(head, path, "dispose", get_actor("dispose")[1]):
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
        if not submit(browser, next(numbers)):
            raise AnswerError(f"not confirmed: {browser.noted[-1].status}")

    return act


def list_rows(plain: Cost, costs: dict[int, dict[str, Cost]], memory: list[float]) -> Iterator[list[object]]:
    """Yield one row for each action. The ratio compares the CPU time with that of plain Django."""
    yield [BASELINE, *[plain.cpu, plain.rate, "1.0"] * len(costs)]
    for title in next(iter(costs.values())):
        found = [of_size[title] for of_size in costs.values()]
        yield [title, *(f for c in found for f in (c.cpu, c.rate, f"{c.cpu / plain.cpu:.1f}"))]
    yield ["memory of the web processes (PSS), MiB", *(f for m in memory for f in (f"{m:.0f}", "", ""))]


def main() -> None:
    parser = create_parser("http", __doc__)
    parser.add_argument("--size", nargs="+", type=int, default=SIZES, metavar="CASES")
    parser.add_argument("--only", nargs="+", default=[], metavar="TITLE", help="measure only these actions")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        found, used = measure_here(tuple(arguments.only))
        print(json.dumps([{title: asdict(cost) for title, cost in found.items()}, used]))
        return
    DATA.mkdir(parents=True, exist_ok=True)
    text = HEADING.format(conditions=conditions("http", *get_versions()))
    run("manage", "collectstatic", "--no-input", "-v0", env=environment())
    plain = measure_plain()
    print(BASELINE, plain, file=sys.stderr, flush=True)
    costs, memory, only = {}, [], ["--only", *arguments.only] if arguments.only else []
    for size in sorted(arguments.size):
        output = run("bench.over_http", "--once", *only, env=prepare_postgresql(size))
        found, used = json.loads(output)
        costs[size] = {title: Cost(**cost) for title, cost in found.items()}
        memory.append(used)
    heads = [f"{unit}, {size:,}" for size in costs for unit in ("CPU ms", "per second", "ratio")]
    text += table(["action", *heads], list_rows(plain, costs, memory))
    publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
