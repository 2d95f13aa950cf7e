"""Starts a cluster on this machine, kills its processes one after the other, and says what people noticed."""

import argparse
import datetime as dt
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.load import BROWSERS, RUNS, SECONDS, Cost
from bench.machines.processes import list_missing
from bench.machines.site import NODES, SCHEDULERS, WORKERS, Cluster
from bench.results import store_section
from bench.web_server import get_memory

STAFF = ("pkd", "kadis", "kabid1", "petugas1")


def run(cluster: Cluster, load: float) -> str:
    """Start the cluster, measure it, and return the section of RESULTS.md."""
    from bench.kills import PATIENCE, count_double_notices, count_half_steps, wait_for_documents
    from bench.machines.checks import measure_throughput, pass_through
    from bench.machines.kills import count_damaged_files, run_kills
    from bench.site_users import log_in

    cluster.serve(NODES[:1])
    sessions = log_in(STAFF)
    one = measure_throughput(cluster, sessions)
    cluster.start_node(NODES[1])
    two = measure_throughput(cluster, sessions)
    print(one, two, file=sys.stderr, flush=True)
    passage = pass_through(cluster)
    outcomes = run_kills(cluster, sessions)
    unmade, last = wait_for_documents()
    files, damaged = count_damaged_files()
    commands = [get_memory(command.process.pid) for command in cluster.commands]
    figures = {
        "seconds from a confirmation through node A to letter and receipt (PDF) through node B": (
            f"{passage.seconds:.1f}"
        ),
        "uploaded files and documents": f"{files:,}",
        "of these missing or changed": damaged,
        f"documents without a file {PATIENCE} s after the last kill": unmade,
        "seconds from the last kill to the last document": f"{last:.0f}",
        "half steps (state without event or the reverse)": count_half_steps(),
        "double notices": count_double_notices(cluster.folder / "surat"),
        "memory of a web node, a worker, a scheduler (PSS), MiB": (
            f"{cluster.nodes['b'].get_memory():.0f} / {commands[1]:.0f} / {commands[-1]:.0f}"
        ),
        "cases on each database server": " / ".join(map(str, cluster.database.count_rows().values())),
    }
    lines = [
        *HEADING.format(
            date=f"{dt.date.today():%d %B %Y}",
            python=platform.python_version(),
            load=load,
            cores=os.cpu_count(),
        ).splitlines(),
        *table_of_throughput(one, two),
        "",
        "| killed with -9 | away, s | answers | failed | from the first to the last, s | without a sentence "
        "| longest wait, s | confirmed | lost |",
        f"|---|{'---:|' * 8}",
        *(
            f"| {o.title} | {o.away} | {o.noticed.answers} | {o.noticed.failed} | {o.noticed.seconds:.1f} "
            f"| {o.noticed.unexplained} | {o.noticed.longest:.1f} | {o.submitted + o.steps} | {o.lost} |"
            for o in outcomes
        ),
        "",
        "| | |",
        "|---|---:|",
        *(f"| {title} | {figure} |" for title, figure in figures.items()),
    ]
    return "\n".join(lines) + "\n"


def table_of_throughput(one: dict[str, Cost], two: dict[str, Cost]) -> Iterator[str]:
    yield "| page | one node, per second | CPU ms | two nodes, per second | CPU ms | times |"
    yield "|---|---:|---:|---:|---:|---:|"
    for title, single in one.items():
        double = two[title]
        yield (
            f"| {title} | {single.rate} | {single.cpu} | {double.rate} | {double.cpu} "
            f"| {double.rate / single.rate:.2f} |"
        )


HEADING = f"""# Cluster

Made by `bench/cluster --write`. {{date}}; Python {{python}}; {{cores}} cores, load at the start {{load:.1f}}.

On one machine: two web nodes (one process of four threads, pinned to a core each) with own data folders
behind HAProxy, {WORKERS} workers, {SCHEDULERS} schedulers, PgBouncer (transaction pooling), PostgreSQL
primary and synchronous replica under Patroni with etcd (fsync off), Valkey, an S3 server (moto).

Throughput: {BROWSERS} browsers for {SECONDS:.0f} s, medians of {RUNS}. All other processes, the browsers too,
share the same cores, so the second node has less than a core. "CPU ms" is that of the nodes for one request.

Kills: meanwhile 3 applicants submit requests with a letter, 2 people take steps, 3 readers open pages. A
failed answer is none at all, or a status of 500 and above. "Confirmed" counts requests and steps.

"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/cluster", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the folder with all data and logs")
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    arguments = parser.parse_args()
    if missing := list_missing():
        sys.exit(f"bench/cluster: install {' '.join(missing)} (Debian: apt-get install)")
    load = os.getloadavg()[0]
    # In /tmp, not TMPDIR: the accounts of PostgreSQL and PgBouncer need access.
    folder = Path(tempfile.mkdtemp(prefix="rembuk-cluster.", dir="/tmp"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    try:
        cluster.start()
        text = run(cluster, load)
    finally:
        cluster.stop()
        if arguments.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)
    print(text)
    if arguments.write:
        store_section(text)


if __name__ == "__main__":
    main()
