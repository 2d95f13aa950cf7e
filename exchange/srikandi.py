"""The file for SRIKANDI: the documents of a month with a manifest.

SRIKANDI publishes no interface for other systems and no format for imports. The columns are what its forms
ask for, as far as that is known (docs/api.md).
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from consultations.models import Event
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
    """A document in the manifest. `file` is the name of its PDF in the ZIP, or why there is no PDF."""

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
        if self.document.kind == Document.Kind.APPLICATION:
            return self.case.applicant_name
        return " ".join(self.document.signatory_title.splitlines())

    @property
    def recipient(self) -> str:
        """The recipient of the document; empty for internal documents and letters to agencies."""
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
