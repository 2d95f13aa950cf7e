"""Hostile texts reach no host and no file, run nothing, and are printed as typed."""

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils.html import escape, linebreaks

from documents.types import TYPES_BY_SLUG
from kit.pdf import MAX_TEXT_BYTES, TooLong, render_pdf
from office.models import Division, Instruction, Office, Position, User
from tests.factories import Staff
from tests.print import scenes
from tests.print.reading import damage, findings, text_of
from tests.print.samples import render_samples

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
HEAD = '<html lang="id"><title>Uji</title><body><h1>Judul</h1>'
SECRET = "RAHASIA DI DISKA"


@pytest.fixture
def host() -> Iterator[tuple[str, socket.socket]]:
    """Yield the URL of a server that must not be called, and its socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


def nobody_called(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return True
    return False


def markup(host: str, file: str) -> str:
    """Return markup that tries every known way to fetch, run or attach something."""
    places = [f"{host}/a", file, f"{host}/a.css", f"ftp://{host[7:]}/a", f"//{host[7:]}/a", "a.png"]
    places.append("/etc/passwd")
    return "".join(
        f'<img src="{place}" alt="a"><img srcset="{place} 2x" alt="b"><link rel="stylesheet" href="{place}">'
        f'<style>@import "{place}"; @import url({place}); p {{ background: url("{place}") }}'
        f'@font-face {{ font-family: Asing; src: url("{place}") }} h1 {{ font-family: Asing }}'
        f'h1::after {{ content: url("{place}") attr(data-x) }}'
        f"li {{ list-style-image: url({place}) }}</style>"
        f'<link rel="attachment" href="{place}"><a rel="attachment" href="{place}">lampiran</a>'
        f'<object data="{place}"></object><embed src="{place}"><iframe src="{place}"></iframe>'
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title>s</title><image href="{place}"/><image xlink:href="{place}"/><use href="{place}#x"/></svg>'
        f'<video src="{place}" poster="{place}"></video><base href="{place}"><script src="{place}"></script>'
        for place in places
    )


PROGRAM = """
import json, os, sys, tempfile
from pathlib import Path
import weasyprint
from kit.pdf import render_pdf

given = json.load(sys.stdin)
render_pdf(given["plain"], archival=True)  # loads what any paper needs
seen = []

def watch(event, arguments):
    if event == "open" or event.partition(".")[0] in ("socket", "subprocess", "os", "urllib", "ftplib"):
        seen.append([event, str(arguments[0]) if arguments else ""])

sys.addaudithook(watch)
content = render_pdf(given["page"], archival=True)
found = list(seen)
Path(given["to"]).write_bytes(content)
own = (str(Path(weasyprint.__file__).parent), str(Path(tempfile.gettempdir(), "weasyprint-")), "data:")
print(json.dumps([what for what in found if not what[1].startswith(own)]), flush=True)
os._exit(0)  # a thread of Pango that still looks for fonts would crash now and then
"""


def watched(page: str, to: Path, program: str = PROGRAM) -> list[Any]:
    """Return files, sockets and processes opened while a page is rendered, except WeasyPrint's own files."""
    given = json.dumps({"plain": HEAD, "page": page, "to": str(to)})
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    seen: list[Any] = json.loads(done.stdout)
    return seen


def test_markup_reaches_no_host_and_no_file(tmp_path: Path, host: tuple[str, socket.socket]) -> None:
    """An audit hook records what the process opens. Typed text is never rendered as markup; this page is."""
    secret = tmp_path / "rahasia.css"
    secret.write_text(f"body::before {{ content: '{SECRET}' }}")
    address, server = host
    page = f"{HEAD}{markup(address, secret.as_uri())}<p>isi</p>"
    assert watched(page, tmp_path / "naskah.pdf") == []
    assert nobody_called(server)
    content = (tmp_path / "naskah.pdf").read_bytes()
    assert "isi" in text_of(content)
    assert SECRET not in text_of(content)
    assert actions(content) == set()
    with pikepdf.open(BytesIO(content)) as pdf:
        assert not pdf.attachments


def test_the_watch_sees_a_file_that_is_opened(tmp_path: Path) -> None:
    """The audit hook of the test above works."""
    picture = f'<img alt="a" src="{(tmp_path / "a.png").as_uri()}">'
    program = PROGRAM.replace("content = render_pdf", "open('/dev/null').close(); content = render_pdf")
    assert watched(HEAD + picture, tmp_path / "naskah.pdf", program) == [["open", "/dev/null"]]


def actions(content: bytes) -> set[str]:
    """Return actions and scripts in a PDF, except links to its own pages."""
    forbidden = {"/OpenAction", "/AA", "/JS", "/AcroForm"}
    found = set()
    with pikepdf.open(BytesIO(content)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                found |= forbidden & {*thing.keys()}
                if isinstance(thing.get("/A"), pikepdf.Dictionary) and "/S" in thing.A:
                    found.add(str(thing.A.S))
    return found


def attack(host: str) -> str:
    """Return an attack that is short enough for every field."""
    return f'<script>alert(1)</script><img src="{host}/a"> {{{{ x }}}} {{% load y %}} مرحبا שלום 😀 \u202e!'


def long_attack(host: str, file: str) -> str:
    return f"{attack(host)}\n\n</p></td></table></body></html>{markup(host, file)}\n\n- <b>butir</b>\n\nakhir"


@pytest.mark.release  # test_form.py reads the HTML of each document with markup typed into it
def test_every_document_of_a_hostile_case_prints_what_was_typed(
    db: None,
    tmp_path: Path,
    host: tuple[str, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every type of document, with an attack in each field that somebody types."""
    address, server = host
    secret = tmp_path / "rahasia.css"
    secret.write_text(SECRET)
    short, long = attack(address), long_attack(address, secret.as_uri())
    for field in ("applicant_name", "organisation", "address", "subject"):
        monkeypatch.setitem(scenes.REQUEST, field, short)
    monkeypatch.setitem(scenes.REQUEST, "material", long)
    for section, text in list(scenes.REPORT.items()):
        if isinstance(text, str):
            typed = f"{short}\n\n</p></td></table></body>\n\n- <b>butir</b>"
            monkeypatch.setitem(scenes.REPORT, section, typed)
    monkeypatch.setitem(scenes.REPORT, "results", long)
    people = scenes.people

    def hostile_people() -> Staff:
        staff = people()
        User.objects.exclude(pk=staff.petugas.pk).update(name=short, rank=short[:80])
        for division in Division.objects.all():
            Division.objects.filter(pk=division.pk).update(name=f"{division.pk} {short}")
        Instruction.objects.all().delete()
        Instruction.objects.create(text=short)
        Position.objects.update(title=short)
        Office.objects.update(government=short, name=short, city=short[:90], address=short)
        return staff

    monkeypatch.setattr(scenes, "people", hostile_people)
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("opened a connection"))
    with caplog.at_level(logging.CRITICAL, logger="weasyprint"):
        samples = render_samples(versions_too=False)
    for name, content in samples.items():
        text = text_of(content)
        assert "<script>alert(1)</script>" in "".join(text.split()), name
        assert SECRET not in text, name
        assert "\u202e" not in text, name
        assert actions(content) == set(), name
        assert damage(content, tmp_path) == "", name
        assert [error for error in findings(content, tmp_path) if not error.startswith("TBL")] == [], name
    assert samples.keys() >= {f"{slug}.pdf" for slug in TYPES_BY_SLUG}
    assert nobody_called(server)


CDATA = "]]><!-- <![CDATA[ &#0; &lt; &amp;"


def test_odd_texts_are_printed(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for typed, printed in (
        ("awal\x00akhir", "awalakhir"),
        ("awal\x07\x1b[31m\x7f\x9fakhir", "awal[31makhir"),
        ("awal\ud800\udfffakhir", "awalakhir"),
        ("awal\ufffe\uffffakhir", "awalakhir"),
        *((text, text) for text in ("{{ 7|add:7 }} {% include '/etc/passwd' %} ${7*7}", CDATA)),
        ("a" + "\u0301" * 900 + " akhir", "akhir"),
        ("kata " * 3_000, "kata kata"),
    ):
        with subtests.test(typed=typed, printed=printed):
            content = render_pdf(HEAD + linebreaks(typed, autoescape=True), archival=True)
            assert printed in text_of(content)
            assert damage(content, tmp_path) == ""


def test_what_is_too_long_gets_a_sentence() -> None:
    long = ("konsultasi desa " * 65_536, "x" * 1_048_576, "\u4e2d" * 1_048_576, "satu\n\n" * 20_000)
    for typed in (*long, "😀" * MAX_TEXT_BYTES):
        with pytest.raises(TooLong, match=r"Isi dokumen ini .*, lalu coba lagi\."):
            render_pdf(HEAD + linebreaks(escape(typed)))
