"""Writing the ZIP file: one part after the other, so that memory holds one file at most."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from desk.evidence.files import Evidence, Missing
from desk.evidence.parts import Dimension, Part, list_parts
from office import clock
from office.public_url import get_public_url
from reports.printed_forms import PrintedForm

INDEX = PrintedForm("Map Bukti Penilaian", "map-bukti")

CHUNK = 64 * 1024
"""Bytes that are hashed and compressed at once."""


@dataclass(frozen=True)
class Entry:
    """A part of the index: its SHA-256, or why it is missing."""

    part: Part
    sha256: str = ""
    missing: str = ""

    @property
    def url(self) -> str:
        return get_public_url(self.part.page) if self.part.page else ""


def write_folder(file: BinaryIO, evidence: Evidence, count: Callable[[int], None]) -> int:
    """Write the ZIP file and return the number of its files. `count` gets the number of files so far."""
    entries: list[Entry] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as folder:
        for part in list_parts(evidence):
            entries.append(_add_part(folder, part, evidence))
            count(len(entries))
        sums = "".join(f"{entry.sha256}  {entry.part.path}\n" for entry in entries if entry.sha256)
        folder.writestr("SHA256SUMS.txt", sums)
        folder.writestr("00 Indeks.pdf", _render_index(evidence, entries))
    return len([entry for entry in entries if entry.sha256]) + 2


def _add_part(folder: ZipFile, part: Part, evidence: Evidence) -> Entry:
    with tempfile.TemporaryFile() as content:
        try:
            part.write(content, evidence)
        except Missing as sentence:
            return Entry(part, missing=str(sentence))
        content.seek(0)
        with folder.open(part.path, "w") as target:
            return Entry(part, _copy(content, target))


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a file and return its SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _render_index(evidence: Evidence, entries: list[Entry]) -> bytes:
    dimensions = [
        (dimension, [entry for entry in entries if entry.part.dimension == dimension])
        for dimension in Dimension
    ]
    return INDEX.render(
        period=evidence.period, at=clock.now(), verify=get_public_url("verify"), dimensions=dimensions
    )
