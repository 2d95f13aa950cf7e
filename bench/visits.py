"""Measures public pages in Chromium: bytes, requests and largest contentful paint on Slow 3G.

The site runs as in production (DEBUG off, hashed and compressed files). It has office data and staff but no
cases, so the form offers every free time. Each page is opened as a first visit, and again after home.
"""

import argparse
import contextlib
import datetime as dt
import http.client
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.results import store_section

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Preset of Chromium's developer tools: 400 kbit/s, 2,000 ms until a response begins."""

CREATE_STAFF = "import django; django.setup(); from demo.people import create_staff; create_staff(None)"
"""Without staff the form offers no times."""

LARGEST_PAINT = """() => new Promise(found => {
    new PerformanceObserver(list => found(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""
GOALS = {"first": 60_000, "later": 15_000, "requests": 10, "paint": 3_000}


@dataclass
class Visit:
    """Network traffic of one page in one visit. Bytes include headers, `paint` is in milliseconds."""

    requests: int = 0
    transferred: int = 0
    hosts: set[str] = field(default_factory=set)
    paint: float | None = None


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve the site on a free port with an empty database. Yield its address."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = {
            **{name: value for name, value in os.environ.items() if name not in ("DEBUG", "DATABASE_URL")},
            "REMBUK_DATA": data,
            "SECRET_KEY": "only-for-measurements",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        for command in (
            "migrate --no-input -v 0",
            "loaddata -v 0 dinsospmd",
            "collectstatic --no-input -v 0",
        ):
            subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=env, check=True)  # noqa: S603
        subprocess.run([sys.executable, "-c", CREATE_STAFF], cwd=ROOT, env=env, check=True)  # noqa: S603
        server = subprocess.Popen(  # noqa: S603
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
                "--log-level", "warning", "config.wsgi:application",
            ],
            cwd=ROOT,
            env=env,
        )  # fmt: skip
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def wait_for(port: int) -> None:
    for _try in range(100):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server does not respond")


def visit(context: BrowserContext, url: str, *, slow: bool = False) -> Visit:
    """Open a page in a new tab of the context and count its requests and bytes."""
    page, found = context.new_page(), Visit()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slow:
        session.send("Network.emulateNetworkConditions", SLOW_3G)

    def count_request(event: Any) -> None:
        if not event["request"]["url"].startswith("data:"):
            found.requests += 1
            found.hosts.add(event["request"]["url"].split("/")[2])

    def count_bytes(event: Any) -> None:
        found.transferred += int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", count_request)
    session.on("Network.loadingFinished", count_bytes)
    page.goto(url, wait_until="load")
    found.paint = page.evaluate(LARGEST_PAINT)
    page.wait_for_timeout(300)
    page.close()
    return found


def measure(browser: Browser, base: str, path: str) -> tuple[Visit, Visit, Visit]:
    """Visit a page first, after home, and first on Slow 3G."""
    visits = []
    for before, slow in (("", False), ("/", False), ("", True)):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
        if before:
            visit(context, base + before)
        visits.append(visit(context, base + path, slow=slow))
        context.close()
    return visits[0], visits[1], visits[2]


PAGES = {
    "home": "/",
    "request": "/ajukan/",
    "complaint": "/pengaduan/",
    "lookup": "/lacak/",
    "standard": "/standar-layanan/",
    "statistics": "/statistik/",
    "survey results": "/survei/hasil/",
    "verify": "/verifikasi/",
    "privacy": "/privasi/",
    "log in": "/masuk/",
}


def table(browser: Browser, base: str) -> Iterator[str]:
    yield "| page | first visit, bytes | requests | other hosts | later, bytes | largest paint, Slow 3G, ms |"
    yield "|---|---:|---:|---:|---:|---:|"
    for title, path in PAGES.items():
        first, later, slow = measure(browser, base, path)
        others = len({*first.hosts, *later.hosts} - {base.split("/")[2]})
        yield (
            f"| {title} | {first.transferred:,} | {first.requests} | {others} | {later.transferred:,} "
            f"| {slow.paint or 0:,.0f} |"
        )


def section() -> str:
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        rows = list(table(browser, base))
        version = browser.version
        browser.close()
    today, load = dt.date.today(), os.getloadavg()[0]
    return "\n".join(
        [
            "# Visits",
            "",
            f"Made by `bench/visits --write`. {today:%d %B %Y}; Chromium {version}, Python "
            f"{platform.python_version()}; load average at the end {load:.1f}.",
            "",
            "Office data and staff, no cases, DEBUG off, HTTP/1.1 without TLS, 360 px.",
            "Bytes on the wire, with headers. A later visit follows one to home. Slow 3G is the preset of",
            "Chromium's developer tools: 400 kbit/s, a response begins after 2,000 ms.",
            f"Goals: first visit at most {GOALS['first']:,} bytes and {GOALS['requests']} requests, later",
            f"visit {GOALS['later']:,} bytes, largest paint {GOALS['paint']:,} ms, no other host.",
            "",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true", help="write the table to RESULTS.md")
    found = section()
    print(found)
    if arguments.parse_args().write:
        store_section(found)
