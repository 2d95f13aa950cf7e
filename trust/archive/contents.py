"""The contents of a record (daftar isi berkas): its papers and uploads with their hashes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Attachment, Case
from consultations.queries import get_visible_case
from documents.files import PrintedForm, print_html, read_document
from documents.models import Document
from documents.registers.book import MAX_TAGS, MAX_TEXT_BYTES
from documents.types import Sheet
from kit.records import ERASED
from kit.table import Column, Place, Table
from office.models import Office
from office.rights import StaffRequest


@dataclass(frozen=True)
class Content:
    """One file of a record: an issued paper or an upload."""

    record: Document | Attachment

    @property
    def kind(self) -> str:
        if isinstance(self.record, Document):
            version = f" (versi {self.record.version})" if self.record.version > 1 else ""
            title = self.record.get_kind_display()
            return f"{self.record.case.wording.speak(title) if self.record.case else title}{version}"
        return self.record.get_purpose_display()

    @property
    def name(self) -> str:
        """The kind, and the name of an upload unless it may tell who a hidden complainant is."""
        is_named = isinstance(self.record, Attachment) and not (self.is_sealed or self.is_erased)
        return f"{self.kind}: {self.record.name}" if is_named else self.kind  # type: ignore[union-attr]

    @property
    def number(self) -> str:
        return self.record.number if isinstance(self.record, Document) else ""

    @property
    def day(self) -> Any:
        moment = self.record.issued_at if isinstance(self.record, Document) else self.record.added_at
        return timezone.localdate(moment)

    @property
    def size(self) -> int:
        """Kilobytes, at least one."""
        return max(1, round((self.record.size or 0) / 1024))

    @property
    def sha256(self) -> str:
        return self.record.sha256

    @property
    def is_erased(self) -> bool:
        if isinstance(self.record, Document):
            return self.record.erased_at is not None
        return self.record.name == ERASED

    @property
    def is_sealed(self) -> bool:
        """Whether the file is encrypted, because it may tell who a hidden complainant is."""
        return isinstance(self.record, Attachment) and self.record.is_sealed

    def read(self) -> bytes:
        """Return the file. Raise DocumentUnavailable or OSError if it cannot be read."""
        if isinstance(self.record, Document):
            return read_document(self.record)
        with self.record.file.open("rb") as file:
            content: bytes = file.read()
            return content


def list_contents(cases: Collection[Case]) -> dict[int, list[Content]]:
    """Return the files of each case by its key, the oldest first: all papers with a file, and the uploads."""
    found = defaultdict(list)
    papers = Document.objects.filter(case__in=cases).exclude(sha256="")
    uploads = Attachment.objects.filter(case__in=cases)
    for row in (*uploads.select_related("case"), *papers.select_related("case")):
        found[row.case_id].append(Content(row))
    return {key: sorted(files, key=lambda file: (file.day, file.name)) for key, files in found.items()}


CONTENTS = Table(
    title=_("Daftar isi berkas"),
    columns=(
        Column(_("Uraian"), lambda file: file.name, 34),
        Column(_("Nomor"), lambda file: file.number, 24),
        Column(_("Tanggal"), lambda file: file.day, 16),
        Column(_("Ukuran (KB)"), lambda file: file.size, 10),
        Column(_("SHA-256"), lambda file: file.sha256, 66, Place.PRINT),
        Column(
            _("Keterangan"), lambda file: gettext("dimusnahkan") if file.is_erased else "", 12, Place.PAGE
        ),
    ),
)
SHEET = PrintedForm("Daftar Isi Berkas", "daftar-isi-berkas")


def print_form(form: PrintedForm, **context: Any) -> bytes:
    """Return a form in landscape, with as many lines as a register may have. Raise TooLong beyond them."""
    wide = replace(form, page_size=Sheet.LANDSCAPE.get_size(Office.load().paper))
    return print_html(wide.render_html(**context), max_bytes=MAX_TEXT_BYTES, max_tags=MAX_TAGS)


def send_pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _get_files(case: Case) -> Sequence[Content]:
    return list_contents([case]).get(case.pk, [])


@require_safe
def contents(request: StaffRequest, code: str) -> HttpResponse:
    """Show the contents of the record of a case, which the user may see."""
    case = get_visible_case(request.user, code)
    context = {"case": case, "table": CONTENTS.show(_get_files(case), Place.PAGE)}
    return render(request, "archive/contents.html", context)


@require_safe
def contents_pdf(request: StaffRequest, code: str) -> HttpResponse:
    case = get_visible_case(request.user, code)
    record(Act.EXPORT, by=request.user, case=case, target="daftar isi berkas")
    content = print_form(SHEET, case=case, table=CONTENTS.show(_get_files(case), Place.PRINT))
    return send_pdf(content, f"daftar-isi-{case.code}")
