"""The evidence that assessors look for by dimension, each with its file (norms of 2025 and 2026).

The Ombudsman assesses Input, Proses, Output and Pengaduan (Peraturan Ombudsman 61/2025), KemenPANRB the
aspects of PEKPPP (PermenPANRB 29/2022).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.evidence import files
from desk.evidence.files import Evidence
from desk.exports.tables import REGISTERS, SURVEY
from reports.models import Register
from reports.registers import BOOKS


class Dimension(StrEnum):
    """A dimension of the Ombudsman's assessment, which is a folder of the ZIP file."""

    INPUT = "1 Input"
    PROCESS = "2 Proses"
    OUTPUT = "3 Output"
    COMPLAINTS = "4 Pengaduan"


POLICY, STAFF = "Kebijakan Pelayanan", "Profesionalisme SDM"
INFORMATION, COMPLAINTS = "Sistem Informasi Pelayanan Publik", "Konsultasi dan Pengaduan"
"""Aspects of PEKPPP."""


@dataclass(frozen=True)
class Part:
    """One file. `shows` is what assessors look for, `aspect` its aspect of PEKPPP.

    `write` writes the content. It raises Missing with a sentence if there is none in the quarter. `page` is
    the URL name of a public page with the same content.
    """

    dimension: Dimension
    aspect: str
    shows: str | Promise
    name: str
    write: Callable[[BinaryIO, Evidence], None]
    page: str = ""

    @property
    def path(self) -> str:
        return f"{self.dimension}/{self.name}"


PLACES: dict[str, tuple[Dimension, str]] = {
    Register.Kind.COMPLAINTS: (Dimension.COMPLAINTS, COMPLAINTS),
    Register.Kind.RECAP: (Dimension.OUTPUT, POLICY),
}
"""Dimension and aspect of registers that do not belong to the process."""


def list_parts(evidence: Evidence) -> Iterator[Part]:
    """Yield the files of a quarter in the order of the index."""
    of_input = partial(Part, Dimension.INPUT)
    yield of_input(
        POLICY, _("Standar pelayanan dan maklumat"), "standar-pelayanan.pdf", files.write_standard, "standard"
    )
    yield of_input(
        POLICY, _("SK standar pelayanan"), "sk-standar-pelayanan.pdf", files.write_decree, "standard"
    )
    yield of_input(POLICY, _("Maklumat bertanda tangan"), "maklumat.pdf", files.write_pledge, "standard")
    yield of_input(INFORMATION, _("Pengumuman di ruang pelayanan"), "poster-layanan.pdf", files.write_poster)
    yield of_input(
        STAFF, _("Nama, jabatan, pangkat, dan kompetensi pelaksana"), "pelaksana.xlsx", files.write_staff
    )
    yield from _list_registers()
    of_process = partial(Part, Dimension.PROCESS)
    yield of_process(
        POLICY, _("Matriks ketepatan waktu"), "matriks-ketepatan-waktu.xlsx", files.write_matrix, "statistics"
    )
    yield of_process(
        INFORMATION, _("Naskah yang diterbitkan, dengan SHA-256"), "daftar-naskah.csv", files.write_documents
    )
    of_output = partial(Part, Dimension.OUTPUT)
    yield of_output(POLICY, _("Statistik layanan"), "statistik.csv", files.write_statistics, "statistics")
    yield of_output(
        POLICY, _("Hasil Survei Kepuasan Masyarakat"), "hasil-skm.pdf", files.write_survey, "survey_results"
    )
    yield of_output(
        POLICY, _("Jawaban survei tanpa nama"), "jawaban-skm.xlsx", partial(files.write_table, SURVEY)
    )
    yield of_output(
        POLICY,
        _("Tindak lanjut survei: status dan kemajuan"),
        "tindak-lanjut-skm.xlsx",
        files.write_plan,
        "statistics",
    )
    for item in files.list_photos(evidence):
        write = partial(files.write_stored, item.photo)
        yield of_output(POLICY, _("Foto tindak lanjut survei"), item.photo_name, write)


def _list_registers() -> Iterator[Part]:
    for kind, table in zip(BOOKS, REGISTERS, strict=True):
        dimension, aspect = PLACES.get(kind, (Dimension.PROCESS, POLICY))
        yield Part(dimension, aspect, table.title, f"{table.slug}.xlsx", partial(files.write_table, table))
        yield Part(dimension, aspect, table.title, f"{table.slug}.pdf", partial(files.write_register, kind))
