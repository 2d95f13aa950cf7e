"""Writers of the single files in the folder of evidence."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.queries import of_visible_case
from consultations.workflow import Refused
from desk.exports.tables import ListExport, read
from kit.table import Column, write_csv, write_xlsx
from office.models import Appointment, StandardPublication, User
from office.periods import Period
from office.words import word
from reports.csv_export import to_csv
from reports.document_files import DocumentUnavailable, read_document
from reports.figures_cache import refresh
from reports.models import Document, Register
from reports.printed_forms import poster, published_standard
from reports.punctuality import Row, compute_matrix
from reports.registers.book import CODE
from reports.registers.printing import openable_registers
from reports.statistics import Statistics
from surveys.models import PlanItem
from surveys.queries import get_newest_version, list_plan


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


def write_table(table: ListExport, file: BinaryIO, evidence: Evidence) -> None:
    """Write the rows of an export that lie in the quarter, without tracking codes.

    The folder leaves the office, and a tracking code with the telephone number opens the case.
    """
    params = QueryDict(mutable=True)
    params.update({"since": str(evidence.period.since), "until": str(evidence.period.until)})
    try:
        rows = table.list_rows(evidence.user, params)
    except Refused as refusal:
        raise Missing(str(refusal)) from refusal
    except PermissionDenied as error:
        raise Missing(_("Anda tidak berhak mengunduh daftar ini.")) from error
    columns = [column for column in table.columns if str(column.heading) != str(CODE)]
    write_xlsx(file, columns, rows)


def write_register(kind: str, file: BinaryIO, evidence: Evidence) -> None:
    """Copy the register of the quarter as it was issued last."""
    period = evidence.period
    issued = Document.objects.filter(
        kind=kind,
        source_pk__in=openable_registers(evidence.user)
        .filter(since=period.since, until=period.until, division=None)
        .values("pk"),
    )
    document = issued.order_by("-issued_at").first()
    if document is None:
        raise Missing(_("Register triwulan ini belum diterbitkan. Terbitkan dulu pada halaman registernya."))
    _copy_document(document, file)


def write_survey(file: BinaryIO, evidence: Evidence) -> None:
    """Copy the published result of the survey."""
    publication = get_newest_version(evidence.period)
    source = publication.pk if publication else 0
    document = Document.objects.filter(kind=Document.Kind.SURVEY, source_pk=source).first()
    if document is None:
        raise Missing(_("Hasil survei triwulan ini belum ditetapkan."))
    _copy_document(document, file)


def _copy_document(document: Document, file: BinaryIO) -> None:
    try:
        file.write(read_document(document))
    except DocumentUnavailable as sentence:
        raise Missing(str(sentence)) from sentence


def write_plan(file: BinaryIO, evidence: Evidence) -> None:
    plan = list(list_plan(evidence.period))
    if not plan:
        raise Missing(_("Rencana tindak lanjut triwulan ini belum ditulis."))
    write_xlsx(file, PLAN_COLUMNS, plan)


PLAN_COLUMNS = (
    Column(gettext_lazy("Unsur"), lambda item: f"{item.element} {item.about.name}", 36),
    Column(gettext_lazy("Tindakan"), attrgetter("action"), 50),
    Column(gettext_lazy("Penanggung jawab"), attrgetter("responsible"), 28),
    Column(gettext_lazy("Target selesai"), attrgetter("due")),
    Column(gettext_lazy("Kemajuan (%)"), attrgetter("percent")),
    Column(gettext_lazy("Status"), attrgetter("status"), 20),
    Column(gettext_lazy("Diperbarui"), attrgetter("updated_on")),
)


def list_photos(evidence: Evidence) -> QuerySet[PlanItem]:
    """Return the items of the plan with a photograph."""
    return list_plan(evidence.period).exclude(photo="")


def write_decree(file: BinaryIO, evidence: Evidence) -> None:
    """Copy the decree (SK) of the standard."""
    _write_published("decree", file, evidence)


def write_pledge(file: BinaryIO, evidence: Evidence) -> None:
    """Copy the pledge (maklumat) with its electronic signature."""
    _write_published("pledge_file", file, evidence)


def _write_published(field: str, file: BinaryIO, evidence: Evidence) -> None:
    stored = getattr(StandardPublication.load(), field)
    if not stored:
        raise Missing(_("Berkas ini belum diunggah di Pengaturan kantor."))
    write_stored(stored, file, evidence)


def write_stored(stored: Any, file: BinaryIO, evidence: Evidence) -> None:
    """Copy an uploaded file."""
    try:
        with stored.open("rb") as content:
            shutil.copyfileobj(content, file)
    except FileNotFoundError as error:
        raise Missing(_("Berkas ini tidak ada lagi di penyimpanan.")) from error


def write_matrix(file: BinaryIO, evidence: Evidence) -> None:
    write_xlsx(file, _matrix_columns(evidence.months), compute_matrix(evidence.months))


def _matrix_columns(months: list[Period]) -> list[Column]:
    def count(month: int, position: int) -> Callable[[Row], int | None]:
        return lambda row: row.months[month][position] if position == 0 or row.target is not None else None

    columns = [
        Column(_("Langkah"), lambda row: str(row.title), 48),
        Column(_("Oleh"), lambda row: str(row.actor), 20),
        Column(_("Standar (menit kerja)"), attrgetter("target"), 22),
    ]
    for number, month in enumerate(months):
        columns.append(Column(_("%(month)s: jumlah") % {"month": month.title}, count(number, 0), 24))
        columns.append(Column(_("%(month)s: tepat waktu") % {"month": month.title}, count(number, 1), 24))
    return [*columns, Column(_("Tepat waktu (%)"), attrgetter("percent"))]


def write_statistics(file: BinaryIO, evidence: Evidence) -> None:
    file.write(to_csv(Statistics(refresh(evidence.period), get_newest_version(evidence.period))))


def write_documents(file: BinaryIO, evidence: Evidence) -> None:
    """List the documents that were issued in the quarter. They name no applicant."""
    visible = of_visible_case(evidence.user) | Q(kind=Document.Kind.SURVEY)
    visible |= Q(kind__in=Register.Kind.values, source_pk__in=openable_registers(evidence.user).values("pk"))
    issued = Document.objects.filter(
        visible, issued_at__gte=evidence.period.start, issued_at__lt=evidence.period.end
    )
    write_csv(file, DOCUMENT_COLUMNS, read(issued.order_by("issued_at", "pk")))


DOCUMENT_COLUMNS = (
    Column(gettext_lazy("Jenis naskah"), lambda document: document.get_kind_display()),
    Column(gettext_lazy("Nomor"), attrgetter("number")),
    Column(gettext_lazy("Versi"), attrgetter("version")),
    Column(gettext_lazy("Diterbitkan"), attrgetter("issued_at")),
    Column(gettext_lazy("Penerbit"), attrgetter("issuer")),
    Column(gettext_lazy("Dicabut"), attrgetter("revoked_at")),
    Column("SHA-256", attrgetter("sha256")),
    Column(gettext_lazy("Alamat verifikasi"), attrgetter("verification_url")),
)


def write_staff(file: BinaryIO, evidence: Evidence) -> None:
    held = Appointment.objects.current().select_related("user", "position__division")
    write_xlsx(file, STAFF_COLUMNS, held.order_by("position__role", "user__name"))


STAFF_COLUMNS = (
    Column(gettext_lazy("Nama"), lambda held: str(held.user), 36),
    Column(gettext_lazy("Jabatan"), attrgetter("title"), 40),
    Column(word("division_name"), lambda held: str(held.position.division or ""), 36),
    Column(gettext_lazy("Pangkat/golongan"), attrgetter("user.rank"), 28),
    Column(gettext_lazy("Kompetensi"), attrgetter("user.competence"), 40),
)


def write_poster(file: BinaryIO, evidence: Evidence) -> None:
    file.write(poster())


def write_standard(file: BinaryIO, evidence: Evidence) -> None:
    file.write(published_standard())
