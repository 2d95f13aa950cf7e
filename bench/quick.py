"""Compare the cost of twelve pages with the cost that was committed: CPU beside plain Django, and queries.

The pages are opened in this process, without a web server, on SQLite with 3,000 cases. The database is made
once (BENCH_DATA) and used again. A page that became dearer is named; `--write` stores the new costs.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import django
from django.http import HttpRequest, HttpResponse

from bench import baseline
from bench.over_http import DATA, prepare_database
from bench.report import create_parser, table
from bench.web_server import environment, run

COSTS = Path(__file__).with_name("quick.json")
CASES, ROUNDS = 3_000, 15
DEARER = 1.15
"""Growth of the ratio above which a page is named."""

PAGES = (
    *("desk: sekretariat", "desk: pkd", "desk: kabid1", "desk: petugas1", "desk: kadis"),
    *("cases: kadis", "cases, common word: kadis", "case, CLOSED: kadis", "step, dispose"),
    *("calendar: pkd", "agenda book: pkd", "home"),
)
"""Titles of the measured pages (page_list.py)."""


class Cost(NamedTuple):
    """The cost of a page: CPU as a multiple of a plain page of Django, and queries."""

    ratio: float
    queries: int


def plain_page(request: HttpRequest) -> HttpResponse:
    """Return 25 rows of people behind a log-in, as baseline.py does with Django's own users."""
    from django.contrib.auth import get_user_model
    from django.db.models import F
    from django.template import Context, Engine

    engine = globals().setdefault("engine", Engine(loaders=baseline.LOADERS))
    users = get_user_model().objects.annotate(first_name=F("name"))
    shown = Context({"users": users.order_by("-pk")[:25]})
    return HttpResponse(engine.get_template("list.html").render(shown))


def measure() -> dict[str, Cost]:
    """Return the cost of each page, as the median of ROUNDS rounds: a page, beside plain Django."""
    django.setup()
    from django.conf import settings
    from django.contrib.auth.decorators import login_required
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import path

    from bench.page_list import OFFICER, list_pages
    from office.models import User
    from reports.statistics.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    pages = {page.title: page for page in list_pages() if page.title in PAGES}
    globals()["urlpatterns"] = [path("", login_required(plain_page))]
    plain = override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=baseline.SETTINGS["MIDDLEWARE"],
        SESSION_ENGINE="django.contrib.sessions.backends.db",
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
    )
    settings.ALLOWED_HOSTS = ["*"]

    def get(client: Client, address: str) -> Callable[[], None]:
        def opened() -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise ValueError(f"{address}: {answer.status_code}")

        return opened

    with plain:
        visitor = Client(SERVER_NAME="localhost")
        visitor.force_login(User.objects.get(username=OFFICER))
        plain_act = get(visitor, "/")
        plain_act()
    costs: dict[str, Cost] = {}
    for title in PAGES:
        act = get(pages[title].create_client(), pages[title].address)
        act()
        with CaptureQueriesContext(connection) as queries:
            act()
            asked = len(queries)
        ratios = []
        for _round in range(ROUNDS):
            with plain:
                base = min(get_cpu(plain_act) for _time in range(5))
            ratios.append(min(get_cpu(act), get_cpu(act)) / base)
        costs[title] = Cost(round(median(ratios), 1), asked)
    return costs


def get_cpu(act: Callable[[], None]) -> float:
    """Return the seconds of CPU that an action takes in this process."""
    began = time.process_time()
    act()
    return time.process_time() - began


def main() -> None:
    parser = create_parser("quick", __doc__)
    parser.add_argument("--once", action="store_true", help="print the costs in this process")
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(measure()))
        return
    DATA.mkdir(parents=True, exist_ok=True)
    env = prepare_database("SQLite", CASES)
    run("manage", "collectstatic", "--no-input", "-v0", env=environment())
    found = {title: Cost(*cost) for title, cost in json.loads(run("bench.quick", "--once", env=env)).items()}
    before = json.loads(COSTS.read_text()) if COSTS.exists() else {}
    rows, dearer = [], []
    for title, cost in found.items():
        ratio, queries = before.get(title, cost)
        rows.append([title, ratio, cost.ratio, queries, cost.queries])
        if cost.ratio > DEARER * ratio or cost.queries > queries:
            dearer.append(title)
    print(table(["page", "ratio, committed", "ratio", "queries, committed", "queries"], rows))
    if arguments.write:
        COSTS.write_text(json.dumps(found, indent=1) + "\n")
    elif dearer:
        sys.exit(f"dearer than committed: {', '.join(dearer)}. The change says why, and stores it (--write).")


if __name__ == "__main__":
    main()
