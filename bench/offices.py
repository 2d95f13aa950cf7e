"""Measure idle offices on one machine: memory and CPU of `run_office` against a process for each role.

Usage: bench/offices NUMBER [apart]. Each office has a database of its own.
"""

import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg

from bench.web_server import ROOT, Supervised, create_site, environment, get_free_port, get_memory

PAGES = ("/", "/standar-layanan/", "/masuk/", "/healthz/ready")
IDLE, MEASURED = 60, 60
"""Seconds without a visitor before the measurement, and during that of CPU."""


def list_family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in list_family(int(child)))]


def get_cpu(pids: list[int]) -> float:
    """Return the seconds of processor time that processes have used."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(found[11]) + int(found[12]) for found in stats) / os.sysconf("SC_CLK_TCK")


def visit(port: int) -> None:
    until = time.monotonic() + 180
    while True:
        try:
            for page in PAGES:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=60).read()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(1)


def main() -> None:
    number, is_apart = int(sys.argv[1]), "apart" in sys.argv
    url = os.environ["DATABASE_URL"]
    folder = Path(tempfile.mkdtemp(prefix="rembuk-offices-"))

    def describe(name: str, port: int = 0) -> dict[str, str]:
        more = {"DATABASE_URL": url.replace("/postgres", f"/{name}"), "PORT": str(port)}
        more |= {"REMBUK_DATA": str(folder / name), "STATIC_ROOT": str(folder / "static")}
        return environment(**more, **({} if is_apart else {"WEB_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "1"}))

    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE DATABASE first")
        create_site(describe("first"))
        for index in range(number):
            database.execute(f"CREATE DATABASE office{index} TEMPLATE first")
    roles = [["run_web"], ["db_worker", "--no-reload"], ["run_scheduler"]] if is_apart else [["run_office"]]
    running: list[Supervised] = []
    try:
        for index in range(number):
            env = describe(f"office{index}", get_free_port())
            running += [Supervised(env, *role) for role in roles]
            visit(int(env["PORT"]))
        time.sleep(IDLE)
        family = [pid for process in running for pid in list_family(process.process.pid)]
        with psycopg.connect(url) as database:
            found = database.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'office%'"
            ).fetchall()
        servers = [int(pid) for (pid,) in found]
        size, shared = get_memory(*family) / number, get_memory(*servers) / number
        began = get_cpu(family)
        time.sleep(MEASURED)
        used = (get_cpu(family) - began) / MEASURED * 100
        print(f"{number} offices, {'apart' if is_apart else 'run_office'}: {len(family)} processes")
        print(f"memory (PSS) of an office: {size:.0f} MiB")
        print(f"PostgreSQL: {len(servers)} connections, {shared:.0f} MiB an office")
        print(f"CPU of an idle office: {used / number:.2f} % of a core")
    finally:
        for process in running:
            process.process.terminate()
        for process in running:
            process.process.wait()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
