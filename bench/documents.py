"""Measures the Laporan Hasil Konsultasi as PDF against plain WeasyPrint: `bench/documents`."""

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARM_UP, WARM, COLD = 3, 21, 9

type Way = Callable[[str], bytes]


def bare(variant: str | None) -> Way:
    """Return a way to render with plain WeasyPrint."""

    def make(html: str) -> bytes:
        from weasyprint import HTML

        return bytes(HTML(string=html).write_pdf(pdf_variant=variant))

    return make


def draft(html: str) -> bytes:
    from reports.pdf import render_pdf

    return render_pdf(html)


def issued(html: str) -> bytes:
    """Render as an issued document: archival, with 2 kB of source data embedded."""
    from reports.pdf import EmbeddedFile, render_pdf

    moment = dt.datetime(2026, 11, 17, tzinfo=dt.UTC)
    record = EmbeddedFile("rekaman.json", b'{"hal": "contoh"}' * 120, "Rekaman", "application/json", moment)
    return render_pdf(html, archival=True, files=[record])


@dataclass(frozen=True)
class Row:
    """A way to render the document, and the title of the way it is compared with."""

    title: str
    make: Way
    baseline: str


PLAIN, ACCESSIBLE, ARCHIVAL = "WeasyPrint alone", "WeasyPrint alone, pdf/ua-1", "WeasyPrint alone, pdf/a-3a"
ROWS = (
    Row(PLAIN, bare(None), PLAIN),
    Row(ACCESSIBLE, bare("pdf/ua-1"), PLAIN),
    Row(ARCHIVAL, bare("pdf/a-3a"), PLAIN),
    Row("render_pdf, a draft (PDF/UA-1)", draft, ACCESSIBLE),
    Row("render_pdf, issued (PDF/A-3a and PDF/UA-1, record inside)", issued, ARCHIVAL),
)


@dataclass(frozen=True)
class RenderCost:
    """Medians in milliseconds (`cpu` and `wall` warm), peak memory in megabytes and size in bytes."""

    cpu: float
    wall: float
    cold: float
    memory: float
    size: int


def report_page() -> str:
    """Return the HTML of an accepted report of an invented case, made in a temporary database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from reports.documents import TYPES_BY_SLUG
        from reports.html import render_html
        from reports.issuing import get_document
        from tests import factories
        from tests.print import scenes

        factories.make_office()
        return render_html(get_document(TYPES_BY_SLUG["laporan"], scenes.closed(scenes.people())))
    finally:
        teardown_databases(databases, verbosity=0)


def warm(html: str) -> dict[str, tuple[list[float], list[float]]]:
    """Return CPU and wall-clock milliseconds of each way. Alternate, so that other load affects all alike."""
    found: dict[str, tuple[list[float], list[float]]] = {row.title: ([], []) for row in ROWS}
    for turn in range(WARM_UP + WARM):
        for row in ROWS:
            began = time.process_time(), time.perf_counter()
            row.make(html)
            if turn >= WARM_UP:
                found[row.title][0].append((time.process_time() - began[0]) * 1000)
                found[row.title][1].append((time.perf_counter() - began[1]) * 1000)
    return found


def cold(file: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Return milliseconds and peak megabytes of a new process for each way. Alternate as in `warm()`."""
    found: dict[str, tuple[list[float], list[float]]] = {row.title: ([], []) for row in ROWS}
    for _turn in range(COLD):
        for number, row in enumerate(ROWS):
            began = time.perf_counter()
            command = [sys.executable, "-m", "bench.documents", "--once", str(number), str(file)]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
            found[row.title][0].append((time.perf_counter() - began) * 1000)
            found[row.title][1].append(json.loads(done.stdout))
    return found


def once(number: int, file: Path) -> None:
    """Render the document in this process and print its peak memory in megabytes.

    Read it from Linux, because the peak of getrusage() includes that of the parent process.
    """
    ROWS[number].make(file.read_text())
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    print(int(peak) / 1024)


def measure(html: str) -> dict[str, RenderCost]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "laporan.html"
        file.write_text(html)
        new, again = cold(file), warm(html)
    return {
        row.title: RenderCost(
            statistics.median(again[row.title][0]),
            statistics.median(again[row.title][1]),
            statistics.median(new[row.title][0]),
            max(new[row.title][1]),
            len(row.make(html)),
        )
        for row in ROWS
    }


def section(found: dict[str, RenderCost], pages: int, conditions: str) -> str:
    lines = [
        "| way | warm CPU ms | x | warm ms | x | cold ms | x | peak MB | x | bytes |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in ROWS:
        own, baseline = found[row.title], found[row.baseline]
        cells = [row.title]
        for name in ("cpu", "wall", "cold", "memory"):
            figure = getattr(own, name)
            cells += [f"{figure:,.0f}", f"{figure / getattr(baseline, name):.2f}"]
        lines.append(f"| {' | '.join(cells)} | {own.size:,} |")
    return HEADING.format(conditions=conditions, pages=pages) + "\n".join(lines) + "\n"


def conditions() -> str:
    return (
        f"{dt.date.today():%d %B %Y}; Python {platform.python_version()}, "
        f"WeasyPrint {version('weasyprint')}; "
        f"{os.cpu_count()} cores, {platform.machine()}; load average at the start {os.getloadavg()[0]:.1f}."
    )


HEADING = f"""# The report as PDF

Made by `bench/documents --write`. {{conditions}}

The Laporan Hasil Konsultasi of an invented case, {{pages}} pages. Warm: median of {WARM} runs in one
process after {WARM_UP} to warm up. Cold: median of {COLD} new processes, imports included, and the highest
peak memory. The ways alternate, so that other load affects all alike. "x" is the ratio to WeasyPrint alone in
the same variant. For WeasyPrint alone in a variant, it is the ratio to WeasyPrint alone without one.

"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/documents", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the result to bench/RESULTS.md")
    parser.add_argument("--once", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        return once(int(arguments.once[0]), Path(arguments.once[1]))
    from bench.results import store_section

    with tempfile.TemporaryDirectory() as data:
        os.environ["REMBUK_DATA"] = data
        html = report_page()
    from io import BytesIO

    from pypdf import PdfReader

    pages = len(PdfReader(BytesIO(draft(html))).pages)
    at_start = conditions()
    text = section(measure(html), pages, at_start)
    print(text)
    if arguments.write:
        store_section(text)
    return None


if __name__ == "__main__":
    main()
