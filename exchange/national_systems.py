"""Files for national systems: the bundle for SRIKANDI, the hand-over sheet for SP4N-LAPOR!.

Neither publishes an interface for other systems or a format for imports. The columns are what their forms ask
for, as far as that is known (docs/api.md). Their lists of categories and administrative fields are not known
here: those values are left for the person who types them.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from consultations.enums import ComplaintKind, Identity, Kind
from consultations.identity import COMPLAINT_HANDLERS
from consultations.models import Case, Event
from consultations.parties import parties
from consultations.queries import of_visible_case
from documents.files import DocumentUnavailable, read_document
from documents.models import Document
from documents.models.document import FOR_APPLICANT
from kit import clock
from kit.pdf import TooLong
from kit.periods import Period
from kit.table import Column, Note, write_xlsx
from office.models import Office, User
from reports.exports import PeriodExport

MAX_DOCUMENTS = 2_000
MAX_MONTHS = 12
"""Months on the page."""


@dataclass(frozen=True)
class ManifestLine:
    """A document in the manifest, with the name of its file; without one, why there is none."""

    document: Document
    office: str
    file: str
    sha256: str = ""

    @property
    def case(self) -> Any:
        return self.document.case

    @property
    def sender(self) -> str:
        """The applicant of an application, the issuer of other documents."""
        is_application = self.document.kind == Document.Kind.APPLICATION
        return (
            self.case.applicant_name
            if is_application
            else " ".join(self.document.signatory_title.splitlines())
        )

    @property
    def recipient(self) -> str:
        """Whom the document is for; empty for internal documents and letters to agencies."""
        if self.document.kind == Document.Kind.APPLICATION:
            return self.office
        return self.case.applicant_name if self.document.kind in FOR_APPLICANT else ""


MANIFEST_COLUMNS = (
    Column(gettext_lazy("Nomor naskah"), attrgetter("document.number"), 28),
    Column(gettext_lazy("Tanggal"), lambda line: timezone.localdate(line.document.issued_at), 12),
    Column(gettext_lazy("Jenis naskah"), lambda line: line.document.get_kind_display(), 24),
    Column(
        gettext_lazy("Kode klasifikasi"),
        lambda line: line.document.classification or line.case.classification,
        16,
    ),
    Column(gettext_lazy("Hal"), attrgetter("case.subject"), 40),
    Column(gettext_lazy("Pengirim"), attrgetter("sender"), 32),
    Column(gettext_lazy("Penerima"), attrgetter("recipient"), 28),
    Column(gettext_lazy("Nomor agenda"), lambda line: str(line.case.agenda or ""), 14),
    Column(gettext_lazy("Nomor naskah SRIKANDI surat masuk"), attrgetter("case.srikandi_number"), 24),
    Column(gettext_lazy("Nama berkas"), attrgetter("file"), 40),
    Column("SHA-256", attrgetter("sha256"), 66),
)


def list_months() -> list[Period]:
    """Return the present month and those before it since the first step of the office, newest first."""
    today = clock.today()
    first = Event.objects.order_by("pk").values_list("entered_at", flat=True).first()
    began = timezone.localdate(first) if first else today
    keys = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(MAX_MONTHS)]
    months = [Period.of(f"{year}-{month + 1:02}") for year, month in keys]
    return [month for month in months if month and month.until >= began]


def _write_bundle(file: BinaryIO, user: User, period: Period, count: Callable[[int], None]) -> int:
    with ZipFile(file, "w", ZIP_STORED) as bundle:
        lines = list(_add_documents(bundle, user, period, count))
        rows: list[ManifestLine | Note] = [*lines]
        if len(lines) == MAX_DOCUMENTS:
            rows.append(Note(_("Hanya %(most)s naskah pertama bulan ini.") % {"most": MAX_DOCUMENTS}))
        with tempfile.TemporaryFile() as manifest:
            write_xlsx(manifest, MANIFEST_COLUMNS, rows)
            manifest.seek(0)
            bundle.writestr("manifes.xlsx", manifest.read())
    return len([line for line in lines if line.sha256]) + 1


def list_documents(user: User, period: Period) -> list[Document]:
    """Return the documents in force of a month that the user may see, without receipts (secret links).

    Letters that wait for a number are not issued yet.
    """
    issued = Document.objects.ready().filter(
        of_visible_case(user), issued_at__gte=period.start, issued_at__lt=period.end
    )
    people = issued.exclude(kind=Document.Kind.RECEIPT).select_related(
        "case__agenda", "issued_by", "replaces"
    )
    return list(people.order_by("issued_at", "pk")[:MAX_DOCUMENTS])


def _add_documents(
    bundle: ZipFile, user: User, period: Period, count: Callable[[int], None]
) -> Iterator[ManifestLine]:
    """Add the PDFs, and yield their lines. A file that cannot be read has a sentence instead of a name."""
    office = Office.load().name
    for number, document in enumerate(list_documents(user, period), start=1):
        try:
            content = read_document(document)
        except (DocumentUnavailable, TooLong) as sentence:
            yield ManifestLine(document, office, str(sentence))
            continue
        name = f"naskah/{number:04}-{document.slug}-{timezone.localdate(document.issued_at)}.pdf"
        bundle.writestr(name, content)
        count(number)
        yield ManifestLine(document, office, name, document.sha256)


BUNDLE = PeriodExport(
    "srikandi",
    gettext_lazy("Berkas untuk SRIKANDI"),
    gettext_lazy("Pilih bulan dari daftar."),
    list_months,
    _write_bundle,
)


CLASSES = {
    ComplaintKind.INFORMATION: gettext_lazy("Permintaan Informasi"),
    ComplaintKind.ASPIRATION: gettext_lazy("Aspirasi"),
}
"""Classification in LAPOR! of the kinds that are no complaint."""


SHEET_COLUMNS = (
    Column(gettext_lazy("Isian di LAPOR!"), itemgetter(0), 28),
    Column(gettext_lazy("Nilai"), itemgetter(1), 80),
    Column(gettext_lazy("Keterangan"), lambda line: line[2] if len(line) > 2 else "", 50),
)


def may_hand_over(user: User, case: Case) -> bool:
    """Return whether the user may download the sheet: parties that handle complaints of the office."""
    is_of_office = case.kind == Kind.COMPLAINT and not case.is_independent
    return is_of_office and not {*COMPLAINT_HANDLERS}.isdisjoint(parties(user, case))


def write_sheet(case: Case, file: BinaryIO) -> None:
    """Write the sheet. The name of a hidden complainant is not on it."""
    write_xlsx(file, SHEET_COLUMNS, _list_sheet_lines(case))


def _list_sheet_lines(case: Case) -> list[tuple[str, ...]]:
    is_open = case.identity == Identity.OPEN
    hidden = "" if is_open else _("Identitas dirahasiakan pelapor: jangan ditulis.")
    own = _("Rembuk tidak menyimpannya. Tanyakan kepada pelapor, atau isi menurut uraian.")
    kind = CLASSES.get(ComplaintKind(case.complaint_kind)) if case.complaint_kind else None
    return [
        (_("Klasifikasi laporan"), str(kind or _("Pengaduan"))),
        (_("Judul laporan"), case.subject),
        (_("Isi laporan"), case.material),
        (_("Tanggal kejadian"), "", own),
        (_("Lokasi kejadian"), "", own),
        (_("Instansi tujuan"), Office.load().name),
        (_("Kategori laporan"), "", _("Pilih dari daftar di LAPOR!.")),
        (_("Lampiran"), "", _("Unggah dari halaman pengaduan, bila pelapor setuju.")),
        (_("Anonim atau rahasia"), case.get_identity_display()),
        (_("Nama pelapor"), case.applicant_name if is_open else "", hidden),
        (_("Telepon pelapor"), str(case.phone) if is_open else "", hidden),
        (_("Surel pelapor"), case.email if is_open else "", hidden),
        (_("Nomor laporan LAPOR!"), case.lapor_number, _("Catat di Rembuk setelah laporan terdaftar.")),
        (_("Kode lacak Rembuk"), case.code),
        (_("Diterima kantor"), clock.format_moment(case.submitted_at)),
        (_("Status di Rembuk"), case.get_state_display()),
    ]
