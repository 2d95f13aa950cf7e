"""Measure the Laporan Hasil Konsultasi as PDF against plain WeasyPrint."""

import argparse
import datetime as dt
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from bench.report import conditions, create_parser, publish, table
from bench.web_server import ROOT

WARM_UP, WARM, COLD = 3, 21, 9

HEADING = f"""# The report as PDF

{{conditions}}

The Laporan Hasil Konsultasi of an invented case, {{pages}} pages. Warm: median of {WARM} runs in one
process after {WARM_UP} to warm up. Cold: median of {COLD} new processes, imports included, and the highest
peak memory. The ways alternate, so that other load affects all alike. "x" is the ratio to WeasyPrint alone in
the same variant. For WeasyPrint alone in a variant, it is the ratio to WeasyPrint alone without one.

"""


type Render = Callable[[str], bytes]


def render_plain(html: str, variant: str | None = None) -> bytes:
    from weasyprint import HTML

    return bytes(HTML(string=html).write_pdf(pdf_variant=variant))


def render_draft(html: str) -> bytes:
    from kit.pdf import render_pdf

    return render_pdf(html)


def render_issued(html: str) -> bytes:
    """Render as an issued document: archival, with 2 kB of source data embedded."""
    from kit.pdf import EmbeddedFile, render_pdf

    moment = dt.datetime(2026, 11, 17, tzinfo=dt.UTC)
    record = EmbeddedFile("rekaman.json", b'{"hal": "contoh"}' * 120, "Rekaman", "application/json", moment)
    return render_pdf(html, archival=True, files=[record])


PLAIN, ACCESSIBLE, ARCHIVAL = "WeasyPrint alone", "WeasyPrint alone, pdf/ua-1", "WeasyPrint alone, pdf/a-3a"
WAYS: dict[str, tuple[Render, str]] = {
    PLAIN: (render_plain, PLAIN),
    ACCESSIBLE: (partial(render_plain, variant="pdf/ua-1"), PLAIN),
    ARCHIVAL: (partial(render_plain, variant="pdf/a-3a"), PLAIN),
    "render_pdf, a draft (PDF/UA-1)": (render_draft, ACCESSIBLE),
    "render_pdf, issued (PDF/A-3a and PDF/UA-1, record inside)": (render_issued, ARCHIVAL),
}
"""Ways to render the document, each with the title of the way that it is compared with."""


def create_page() -> str:
    """Return the HTML of an accepted report of an invented case, made in a temporary database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from documents.files import render_html
        from documents.issuing import get_document
        from documents.types import TYPES_BY_SLUG
        from tests import factories
        from tests.print import scenes

        factories.make_office()
        return render_html(get_document(TYPES_BY_SLUG["laporan"], scenes.closed(scenes.people())))
    finally:
        teardown_databases(databases, verbosity=0)


def render_once(title: str) -> None:
    """Render the document of the standard input, and print the peak memory of this process in megabytes.

    Read it from Linux, because the peak of getrusage() includes that of the parent process.
    """
    WAYS[title][0](sys.stdin.read())
    (peak,) = re.findall(r"(?m)^VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(int(peak) / 1024)


def list_rows(html: str) -> Iterator[list[object]]:
    """Yield one row for each way: warm CPU and wall-clock ms, cold ms and memory, each with its "x"."""
    warm, cold = defaultdict(list), defaultdict(list)
    for title in [*WAYS] * COLD:
        began = time.perf_counter()
        command = [sys.executable, "-m", "bench.documents", "--once", title]
        memory = subprocess.check_output(command, cwd=ROOT, input=html, text=True)  # noqa: S603
        cold[title].append(((time.perf_counter() - began) * 1000, float(memory)))
    for title in [*WAYS] * (WARM_UP + WARM):
        began, cpu = time.perf_counter(), time.process_time()
        WAYS[title][0](html)
        warm[title].append(((time.process_time() - cpu) * 1000, (time.perf_counter() - began) * 1000))

    def summarise(title: str) -> list[float]:
        times, (new, peaks) = zip(*warm[title][WARM_UP:], strict=True), zip(*cold[title], strict=True)
        return [*map(statistics.median, times), statistics.median(new), max(peaks)]

    for title, (render, baseline) in WAYS.items():
        pairs = zip(summarise(title), summarise(baseline), strict=True)
        cells = [cell for own, other in pairs for cell in (f"{own:,.0f}", f"{own / other:.2f}")]
        yield [title, *cells, f"{len(render(html)):,}"]


def main() -> None:
    parser = create_parser("documents", __doc__)
    parser.add_argument("--once", metavar="WAY", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        return render_once(arguments.once)
    circumstances = conditions("documents", f"WeasyPrint {version('weasyprint')}")
    with tempfile.TemporaryDirectory() as data:
        os.environ["REMBUK_DATA"] = data
        html = create_page()
    from pypdf import PdfReader

    pages = len(PdfReader(BytesIO(render_draft(html))).pages)
    heads = ["way", "warm CPU ms", "x", "warm ms", "x", "cold ms", "x", "peak MB", "x", "bytes"]
    text = HEADING.format(conditions=circumstances, pages=pages) + table(heads, list_rows(html))
    return publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
