"""Measures what an office's browsers ask for, over HTTP, beside plain Django: `bench/http`.

Runs inside bin/postgres. Filled databases are those of `bench/pages`.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping

from bench.baseline import TITLE as BASELINE
from bench.load import BROWSERS, RUNS, SECONDS, Cost, measure, open_page
from bench.pages import DATA, conditions, create_database, environment, prepare_postgresql, run
from bench.pages import SERVER as DATABASE_SERVER
from bench.results import store_section
from bench.web_server import GUNICORN, WebServer

SIZES = [100_000]
SETTINGS = {
    "BEHIND_PROXY": "1",
    "FORM_SECONDS": "0",
    "REQUESTS_OF_ADDRESS": "1000000/h/ip",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "SECURE_SSL_REDIRECT": "0",
}
PLAIN = (
    *GUNICORN,
    *("--config", "/dev/null", "--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"),
    "bench.baseline:create_application()",
)

type Costs = dict[str, Cost]


def measure_plain() -> Cost:
    """Measure plain Django: 25 rows behind a login, with two workers of four threads."""
    create_database("baseline")
    url = DATABASE_SERVER.replace("/postgres?", "/baseline?")
    session = run("bench.baseline", "--session", env=environment(DATABASE_URL=url)).strip()
    with WebServer({"DATABASE_URL": url}, PLAIN) as server:
        return measure(server, open_page("/"), cookies=f"sessionid={session}")


def table(plain: Cost, costs: Mapping[int, Costs], memory: Mapping[int, float]) -> Iterator[str]:
    """Yield one line for each action. The ratio compares the CPU time with that of plain Django."""
    sizes = sorted(costs)
    heads = [f"{unit}, {size:,}" for size in sizes for unit in ("CPU ms", "per second", "ratio")]
    yield f"| action | {' | '.join(heads)} |"
    yield f"|---|{'---:|' * len(heads)}"
    yield f"| {BASELINE} | {' | '.join([f'{plain.cpu} | {plain.rate} | 1.0'] * len(sizes))} |"
    for title in costs[sizes[0]]:
        cells = [costs[size][title] for size in sizes]
        found = [f"{cost.cpu} | {cost.rate} | {cost.cpu / plain.cpu:.1f}" for cost in cells]
        yield f"| {title} | {' | '.join(found)} |"
    used = " | | | ".join(f"{memory[size]:.0f}" for size in sizes)
    yield f"| memory of the web processes (PSS), MiB | {used} | | |"


HEADING = f"""# Over HTTP

Made by `bench/http --write`. {{conditions}}

The web server of `gunicorn.conf.py` (2 workers of 4 threads) and its database run on the same machine as the
browsers. {BROWSERS} browsers with kept connections repeat each action for {SECONDS:.0f} s; medians of {RUNS}
runs.
CPU is that of the web processes for one action, without the database. "Ratio" is CPU against plain Django,
measured in the same run with the same web server.
A submission is four requests: the form, its POST, the check page, its POST.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/http", description=__doc__.splitlines()[0])
    parser.add_argument("--size", nargs="+", type=int, default=SIZES, metavar="CASES")
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    parser.add_argument("--only", nargs="+", default=[], metavar="TITLE", help="measure only these actions")
    arguments = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    run("manage", "collectstatic", "--no-input", "--verbosity", "0", env=environment())
    text, plain = HEADING.format(conditions=conditions()), measure_plain()
    print(BASELINE, plain, file=sys.stderr, flush=True)
    costs, memory = {}, {}
    for size in arguments.size:
        env = prepare_postgresql(size) | SETTINGS
        run("manage", "migrate", "--no-input", "--verbosity", "0", env=env)
        found = json.loads(run("bench.site_costs", *arguments.only, env=env))
        costs[size] = {title: Cost(**cost) for title, cost in found["costs"].items()}
        memory[size] = found["memory"]
    text += "\n" + "\n".join(table(plain, costs, memory)) + "\n"
    print(text)
    if arguments.write:
        store_section(text)


if __name__ == "__main__":
    main()
