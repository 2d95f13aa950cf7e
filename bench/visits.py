"""Measure public pages in Chromium: bytes, requests and largest contentful paint on Slow 3G.

The site runs as in production (DEBUG off, hashed and compressed files). It has office data and staff but no
cases, so the form offers every free time. Each page is opened as a first visit, and again after home.
"""

import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.report import conditions, create_parser, publish, table
from bench.web_server import WebServer, create_site, environment

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Preset of Chromium's developer tools: 400 kbit/s, 2,000 ms until a response begins."""

LARGEST_PAINT = """() => new Promise(found => {
    new PerformanceObserver(list => found(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""
PAGES = (
    *("/", "/ajukan/", "/pengaduan/", "/lacak/", "/standar-layanan/", "/statistik/", "/survei/hasil/"),
    *("/verifikasi/", "/privasi/", "/masuk/"),
)
HEADING = """# Visits

{conditions}

Office data and staff, no cases, DEBUG off, HTTP/1.1 without TLS, 360 px.
Bytes on the wire, with headers. A later visit follows one to home. Slow 3G is the preset of
Chromium's developer tools: 400 kbit/s, a response begins after 2,000 ms.
Goals: first visit at most 60,000 bytes and 10 requests, later visit 15,000 bytes, largest paint 3,000 ms,
no other host.

"""


class Visit(NamedTuple):
    """Hosts of the requests of one page, bytes with headers, and milliseconds to the largest paint."""

    hosts: list[str]
    transferred: int
    paint: float


def visit(context: BrowserContext, url: str, *, slow: bool = False) -> Visit:
    """Open a page in a new tab and count its requests and bytes. Raise ValueError unless it answers 200."""
    page, hosts, sizes = context.new_page(), [], []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slow:
        session.send("Network.emulateNetworkConditions", SLOW_3G)

    def note_request(event: Any) -> None:
        url = event["request"]["url"]
        hosts.extend([] if url.startswith("data:") else [url.split("/")[2]])

    session.on("Network.requestWillBeSent", note_request)
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    answer = page.goto(url, wait_until="load")
    if answer is None or answer.status != 200:
        raise ValueError(f"{url}: {answer and answer.status}")
    paint = page.evaluate(LARGEST_PAINT)
    page.wait_for_timeout(300)
    page.close()
    return Visit(hosts, sum(sizes), paint)


def list_rows(browser: Browser, base: str) -> Iterator[list[object]]:
    """Visit each page first, after home, and first on Slow 3G."""
    for path in PAGES:
        visits = []
        for before, slow in (("", False), ("/", False), ("", True)):
            context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
            if before:
                visit(context, base + before)
            visits.append(visit(context, base + path, slow=slow))
            context.close()
        first, later, slowly = visits
        others = len({*first.hosts, *later.hosts} - {base.split("/")[2]})
        paint = f"{slowly.paint:,.0f}"
        yield [path, f"{first.transferred:,}", len(first.hosts), others, f"{later.transferred:,}", paint]


def main() -> None:
    arguments = create_parser("visits", __doc__).parse_args()
    heads = ["page", "first visit, bytes", "requests", "other hosts", "later, bytes", "largest paint, ms"]
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        env = environment(REMBUK_DATA=data)
        create_site(env)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        text = HEADING.format(conditions=conditions("visits", f"Chromium {browser.version}"))
        with WebServer(env) as server:
            text += table(heads, list_rows(browser, f"http://127.0.0.1:{server.port}"))
        browser.close()
    publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
