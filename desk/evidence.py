"""The folder of evidence (Map bukti): a ZIP file of one quarter for the assessment of the service.

It has what assessors look for, by dimension (norms of 2025 and 2026). The Ombudsman assesses Input, Proses,
Output and Pengaduan (Peraturan Ombudsman 61/2025), KemenPANRB the aspects of PEKPPP (PermenPANRB 29/2022).
The files are written one after the other, so that memory holds one at most.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from consultations.queries import of_visible_case
from desk.export_tables import REGISTERS, SURVEY, ListExport, read
from documents.files import (
    DocumentUnavailable,
    PrintedForm,
    published_standard,
    read_document,
)
from documents.models import Document, Register
from documents.models.document import UNSIGNED
from documents.registers.book import BOOKS, CODE
from documents.registers.printing import openable_registers
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from kit.table import Column, write_csv, write_xlsx
from kit.urls import get_public_url
from office.models import Appointment, StandardPublication, User
from office.words import word
from reports.exports import PeriodExport
from reports.models import Forum
from reports.statistics.board import poster
from reports.statistics.figures import PunctualityRow, compute_matrix
from reports.statistics.public import Statistics, refresh, to_csv
from reports.surveys.queries import get_main_service, get_newest_version, list_plan, list_services
from reports.surveys.regulation import Service

INDEX = PrintedForm("Map Bukti Penilaian", "map-bukti")

SHOWN = 8
"""Quarters on the page: two years."""

FORUMS = 4
"""Latest public consultation forums in the folder."""


@dataclass(frozen=True)
class Evidence:
    """The quarter, and the user who may see what it holds."""

    user: User
    period: Period

    @property
    def months(self) -> list[Period]:
        first = self.period.since
        keys = (f"{first.year}-{first.month + offset:02}" for offset in range(3))
        return [month for key in keys if (month := Period.of(key))]


class Missing(Exception):  # noqa: N818 -- an answer to the user, not a fault
    """The quarter has nothing for a file. The message is a sentence."""


def _write_table(
    table: ListExport, file: BinaryIO, evidence: Evidence, more: Mapping[str, str] | None = None
) -> None:
    """Write the rows of an export that lie in the quarter, without tracking codes.

    The folder leaves the office, and a tracking code with the telephone number opens the case.
    """
    params = QueryDict(mutable=True)
    params.update({"since": str(evidence.period.since), "until": str(evidence.period.until), **(more or {})})
    try:
        rows = table.list_rows(evidence.user, params)
    except Refused as refusal:
        raise Missing(str(refusal)) from refusal
    except PermissionDenied as error:
        raise Missing(_("Anda tidak berhak mengunduh daftar ini.")) from error
    columns = [column for column in table.columns if str(column.heading) != str(CODE)]
    write_xlsx(file, columns, rows)


def _write_register(kind: str, file: BinaryIO, evidence: Evidence) -> None:
    period = evidence.period
    issued = Document.objects.filter(
        kind=kind,
        source_pk__in=openable_registers(evidence.user)
        .filter(since=period.since, until=period.until, division=None)
        .values("pk"),
    )
    sentence = _("Register triwulan ini belum diterbitkan. Terbitkan dulu pada halaman registernya.")
    _copy_document(issued.order_by("-issued_at").first(), file, sentence)


def _write_survey(service: str, file: BinaryIO, evidence: Evidence) -> None:
    publication = get_newest_version(evidence.period, service)
    source = publication.pk if publication else 0
    document = Document.objects.get_of_source(Document.Kind.SURVEY, source)
    _copy_document(document, file, _("Hasil survei triwulan ini belum ditetapkan."))


def _copy_document(document: Document | None, file: BinaryIO, missing: str) -> None:
    if document is None:
        raise Missing(missing)
    try:
        file.write(read_document(document))
    except DocumentUnavailable as sentence:
        raise Missing(str(sentence)) from sentence


def _write_plan(service: str, file: BinaryIO, evidence: Evidence) -> None:
    plan = list(list_plan(evidence.period, service))
    if not plan:
        raise Missing(_("Rencana tindak lanjut triwulan ini belum ditulis."))
    write_xlsx(file, PLAN_COLUMNS, plan)


PLAN_COLUMNS = (
    Column(gettext_lazy("Unsur"), lambda item: str(item.about), 36),
    Column(gettext_lazy("Tindakan"), attrgetter("action"), 50),
    Column(gettext_lazy("Penanggung jawab"), attrgetter("responsible"), 28),
    Column(gettext_lazy("Target selesai"), attrgetter("due")),
    Column(gettext_lazy("Kemajuan (%)"), attrgetter("percent")),
    Column(gettext_lazy("Status"), attrgetter("status"), 20),
    Column(gettext_lazy("Diperbarui"), attrgetter("updated_on")),
)


def _write_published(field: str, file: BinaryIO, evidence: Evidence) -> None:
    stored = getattr(StandardPublication.load(), field)
    if not stored:
        raise Missing(_("Berkas ini belum diunggah di Pengaturan kantor."))
    _write_stored(stored, file, evidence)


def _write_stored(stored: Any, file: BinaryIO, evidence: Evidence) -> None:
    try:
        with stored.open("rb") as content:
            shutil.copyfileobj(content, file)
    except FileNotFoundError as error:
        raise Missing(_("Berkas ini tidak ada lagi di penyimpanan.")) from error


def _write_matrix(file: BinaryIO, evidence: Evidence) -> None:
    months = evidence.months

    def count(month: int, position: int) -> Callable[[PunctualityRow], int | None]:
        return lambda row: row.months[month][position] if position == 0 or row.target is not None else None

    columns = [
        Column(_("Langkah"), lambda row: str(row.title), 48),
        Column(_("Oleh"), lambda row: str(row.actor), 20),
        Column(_("Standar SK (menit)"), lambda row: row.target if row.is_decreed else None, 20),
        Column(
            _("Target internal, di luar SK (menit kerja)"),
            lambda row: None if row.is_decreed else row.target,
            40,
        ),
    ]
    for number, month in enumerate(months):
        columns.append(Column(_("%(month)s: jumlah") % {"month": month.title}, count(number, 0), 24))
        columns.append(Column(_("%(month)s: tepat waktu") % {"month": month.title}, count(number, 1), 24))
    columns.append(Column(_("Tepat waktu (%)"), attrgetter("percent")))
    write_xlsx(file, columns, compute_matrix(months))


def _write_statistics(file: BinaryIO, evidence: Evidence) -> None:
    publication = get_newest_version(evidence.period, get_main_service(evidence.period))
    file.write(to_csv(Statistics(refresh(evidence.period), publication)))


def _write_documents(file: BinaryIO, evidence: Evidence) -> None:
    """List the documents that were issued in the quarter. They name no applicant."""
    visible = of_visible_case(evidence.user) | Q(kind=Document.Kind.SURVEY)
    visible |= Q(kind__in=Register.Kind.values, source_pk__in=openable_registers(evidence.user).values("pk"))
    issued = Document.objects.filter(
        visible, issued_at__gte=evidence.period.start, issued_at__lt=evidence.period.end
    )
    signed = issued.exclude(state__in=UNSIGNED)
    write_csv(file, DOCUMENT_COLUMNS, read(signed.order_by("issued_at", "pk")))


DOCUMENT_COLUMNS = (
    Column(gettext_lazy("Jenis naskah"), lambda document: document.get_kind_display()),
    Column(gettext_lazy("Nomor"), attrgetter("number")),
    Column(gettext_lazy("Versi"), attrgetter("version")),
    Column(gettext_lazy("Diterbitkan"), attrgetter("issued_at")),
    Column(gettext_lazy("Penerbit"), attrgetter("signatory_title")),
    Column(gettext_lazy("Dicabut"), attrgetter("revoked_at")),
    Column("SHA-256", attrgetter("sha256")),
    Column(gettext_lazy("Alamat verifikasi"), attrgetter("verification_url")),
)


def _write_staff(file: BinaryIO, evidence: Evidence) -> None:
    held = Appointment.objects.current().select_related("user", "position__division")
    write_xlsx(file, STAFF_COLUMNS, held.order_by("position__role", "user__name"))


STAFF_COLUMNS = (
    Column(gettext_lazy("Nama"), lambda held: str(held.user), 36),
    Column(gettext_lazy("Jabatan"), attrgetter("title"), 40),
    Column(word("division_name"), lambda held: str(held.position.division or ""), 36),
    Column(gettext_lazy("Pangkat/golongan"), attrgetter("user.rank"), 28),
    Column(gettext_lazy("Kompetensi"), attrgetter("user.competence"), 40),
)


def _write_rendered(render: Callable[[], bytes], file: BinaryIO, evidence: Evidence) -> None:
    file.write(render())


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
    d = Dimension.INPUT
    shows = _("Standar pelayanan dan maklumat")
    yield Part(
        d, POLICY, shows, "standar-pelayanan.pdf", partial(_write_rendered, published_standard), "standard"
    )
    decree, pledge = (partial(_write_published, field) for field in ("decree", "pledge_file"))
    yield Part(d, POLICY, _("SK standar pelayanan"), "sk-standar-pelayanan.pdf", decree, "standard")
    yield Part(d, POLICY, _("Maklumat bertanda tangan"), "maklumat.pdf", pledge, "standard")
    shows = _("Pengumuman di ruang pelayanan")
    yield Part(d, INFORMATION, shows, "poster-layanan.pdf", partial(_write_rendered, poster))
    shows = _("Nama, jabatan, pangkat, dan kompetensi pelaksana")
    yield Part(d, STAFF, shows, "pelaksana.xlsx", _write_staff)
    for forum in Forum.objects.filter(held_on__lte=evidence.period.until)[:FORUMS]:
        shows = _("Berita acara forum konsultasi publik")
        minutes = partial(_write_stored, forum.minutes)
        yield Part(d, POLICY, shows, f"forum-konsultasi-{forum.held_on}-{forum.pk}.pdf", minutes)
    yield from _list_registers()
    d = Dimension.PROCESS
    shows = _("Matriks ketepatan waktu")
    yield Part(d, POLICY, shows, "matriks-ketepatan-waktu.xlsx", _write_matrix, "statistics")
    shows = _("Naskah yang diterbitkan, dengan SHA-256")
    yield Part(d, INFORMATION, shows, "daftar-naskah.csv", _write_documents)
    d = Dimension.OUTPUT
    yield Part(d, POLICY, _("Statistik layanan"), "statistik.csv", _write_statistics, "statistics")
    for service in list_services(evidence.period):
        yield from _list_survey(evidence, service)


def _list_survey(evidence: Evidence, service: Service) -> Iterator[Part]:
    """Yield the report of the survey of a service, its answers, and its plan."""
    d, aspect, suffix = Dimension.OUTPUT, POLICY, ""
    if service == Service.COMPLAINT:
        d, aspect, suffix = Dimension.COMPLAINTS, COMPLAINTS, "-pengaduan"
    write = partial(_write_survey, service)
    yield Part(
        d,
        aspect,
        _("Laporan Survei Kepuasan Masyarakat"),
        f"laporan-skm{suffix}.pdf",
        write,
        "survey_results",
    )
    answers = partial(_write_table, SURVEY, more={"layanan": service.value})
    yield Part(d, aspect, _("Jawaban survei tanpa nama"), f"jawaban-skm{suffix}.xlsx", answers)
    shows = _("Tindak lanjut survei: status dan kemajuan")
    write = partial(_write_plan, service)
    yield Part(d, aspect, shows, f"tindak-lanjut-skm{suffix}.xlsx", write, "statistics")
    for item in list_plan(evidence.period, service).exclude(photo=""):
        photo = partial(_write_stored, item.photo)
        yield Part(d, aspect, _("Foto tindak lanjut survei"), item.photo_name, photo)


def _list_registers() -> Iterator[Part]:
    for kind, table in zip(BOOKS, REGISTERS, strict=True):
        dimension, aspect = PLACES.get(kind, (Dimension.PROCESS, POLICY))
        yield Part(dimension, aspect, table.title, f"{table.slug}.xlsx", partial(_write_table, table))
        yield Part(dimension, aspect, table.title, f"{table.slug}.pdf", partial(_write_register, kind))


@dataclass(frozen=True)
class IndexRow:
    """A part of the index: its SHA-256, or why it is missing."""

    part: Part
    sha256: str = ""
    missing: str = ""

    @property
    def url(self) -> str:
        return get_public_url(self.part.page) if self.part.page else ""


def _write_folder(file: BinaryIO, user: User, period: Period, count: Callable[[int], None]) -> int:
    evidence = Evidence(user, period)
    rows: list[IndexRow] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as folder:
        for part in list_parts(evidence):
            rows.append(_add_part(folder, part, evidence))
            count(len(rows))
        sums = "".join(f"{row.sha256}  {row.part.path}\n" for row in rows if row.sha256)
        folder.writestr("SHA256SUMS.txt", sums)
        folder.writestr("00 Indeks.pdf", _render_index(evidence, rows))
    return len([row for row in rows if row.sha256]) + 2


def _add_part(folder: ZipFile, part: Part, evidence: Evidence) -> IndexRow:
    with tempfile.TemporaryFile() as content:
        try:
            part.write(content, evidence)
        except Missing as sentence:
            return IndexRow(part, missing=str(sentence))
        content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        with folder.open(part.path, "w") as target:
            shutil.copyfileobj(content, target)
    return IndexRow(part, digest)


def _render_index(evidence: Evidence, rows: list[IndexRow]) -> bytes:
    dimensions = [
        (dimension, [row for row in rows if row.part.dimension == dimension]) for dimension in Dimension
    ]
    return INDEX.render(
        period=evidence.period, at=clock.now(), verify=get_public_url("verify"), dimensions=dimensions
    )


def _list_quarters() -> list[Period]:
    found = [Period.quarter_of(clock.today())]
    while len(found) <= SHOWN:
        found.append(found[-1].quarter_before)
    return found[1:]


EVIDENCE = PeriodExport(
    "map-bukti",
    gettext_lazy("Map bukti"),
    gettext_lazy("Pilih triwulan yang sudah berakhir."),
    _list_quarters,
    _write_folder,
)
