"""Uploaded files: what is accepted, in which form it is stored, and its attachment.

Uploaded files: checked by content and not by name, and opened only in the sandbox.

Merging the files of a letter into one PDF.

Storing uploaded files with their case, and the inert copies of PDFs that browsers show.
"""

import datetime as dt
import hashlib
import logging
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Attachment, Case
from kit import clock, upload_sandbox
from kit.encryption import encrypt_content
from kit.jobs import enqueue_missing
from kit.malware import MalwareError, ScannerError, scan
from kit.refusal import Refused
from office.models import User

MAX_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"
EXTENSIONS = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
TOO_LARGE = _("Berkas lebih besar dari 5 MB. Perkecil atau pilih berkas lain.")
NOT_ACCEPTED = _("Berkas ini bukan PDF, JPEG, PNG, atau HEIC yang dapat dibuka. Pilih berkas lain.")
INFECTED = _(
    "Berkas ini mengandung virus (%(name)s), sehingga tidak diterima. Bersihkan perangkat Anda, lalu pilih "
    "berkas lain."
)
ERRORS = {
    upload_sandbox.LOCKED: _("PDF ini dikunci kata sandi. Simpan tanpa kata sandi, lalu unggah lagi."),
    upload_sandbox.TOO_LARGE: _("Gambar ini terlalu besar. Perkecil, lalu unggah lagi."),
}
TIMEOUT = 60
"""Seconds for one task on a busy machine. The sandbox limits its own processor time."""

ANONYMOUS_NAMES = {
    Attachment.Purpose.LETTER: "surat-pengaduan",
    Attachment.Purpose.MATERIAL: "bahan-pengaduan",
    Attachment.Purpose.COMPLETION: "kelengkapan-pengaduan",
}
FORM_FIELDS: dict[str, str] = {
    Attachment.Purpose.LETTER: "letter",
    Attachment.Purpose.MATERIAL: "materials",
    Attachment.Purpose.COMPLETION: "file",
}
"""Form fields for the files of each purpose."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckedFile:
    """Content, type and safe name of a checked upload. `is_anonymous` once its metadata is removed."""

    content: bytes
    content_type: str
    name: str
    is_anonymous: bool = False

    @property
    def is_picture(self) -> bool:
        return self.content_type != PDF


def check_file(upload: UploadedFile) -> CheckedFile:
    """Read and check an upload: PDF, JPEG, PNG or HEIC, at most 5 MB. Metadata of pictures is removed.

    Raise ValidationError with a sentence for the applicant. If the scanner for malware is silent, the file
    is accepted: it is scanned again each time it is opened.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(TOO_LARGE)
    content = upload.read()
    if not content:
        raise ValidationError(_("Berkas ini kosong. Pilih berkas lain."))
    try:
        scan(content)
    except MalwareError as malware:
        raise ValidationError(INFECTED % {"name": malware}) from malware
    except ScannerError as error:
        logger.warning("an upload was accepted without a scan: %s", error)
    content_type, content = run_in_sandbox("check", [content])
    stem = re.sub(r"[^\w-]+", "_", (upload.name or "").rsplit(".", 1)[0])[-80:].strip("_") or "berkas"
    return CheckedFile(content, content_type, stem + EXTENSIONS[content_type])


def anonymise(identity: str, file: CheckedFile | None, purpose: str) -> CheckedFile | None:
    """Return the file without name and metadata if the complainant's identity is hidden.

    May take a minute: call it outside a transaction. A second call costs nothing. Raise Refused if the file
    cannot be opened.
    """
    if file is None or identity == Identity.OPEN or file.is_anonymous:
        return file
    content = file.content
    if file.content_type == PDF:  # pictures lost their metadata in check_file()
        try:
            _type, content = run_in_sandbox("anonymise", [content])
        except ValidationError as error:
            raise Refused(error.messages[0], field=FORM_FIELDS[purpose]) from error
    name = ANONYMOUS_NAMES[Attachment.Purpose(purpose)] + EXTENSIONS[file.content_type]
    return replace(file, content=content, name=name, is_anonymous=True)


def run_in_sandbox(task: str, contents: Sequence[bytes]) -> tuple[str, bytes]:
    """Run a task of `upload_sandbox` with these files; return the content type and bytes of the result.

    Raise ValidationError if a file is not accepted, or takes too much memory or time.
    """
    program = [sys.executable, "-I", str(Path(upload_sandbox.__file__)), task]
    sent = b"".join(part for content in contents for part in upload_sandbox.frame(content))
    try:
        done = subprocess.run(program, input=sent, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ValidationError(NOT_ACCEPTED) from error
    if done.returncode:
        if done.returncode not in (upload_sandbox.NOT_ACCEPTED, *ERRORS):
            logger.warning("a file was not opened (%s): %s", done.returncode, done.stderr.decode()[-500:])
        raise ValidationError(ERRORS.get(done.returncode, NOT_ACCEPTED))
    content_type, _line, content = done.stdout.partition(b"\n")
    return content_type.decode(), content


def merge_to_pdf(files: Sequence[CheckedFile]) -> CheckedFile | None:
    """Return one PDF of all files in order, named like the first. A single PDF is returned unchanged.

    Metadata of photographs is removed. Raise ValidationError if the files are too large together.
    """
    if not files:
        return None
    first = files[0]
    if len(files) == 1 and first.content_type == PDF:
        return first
    content_type, merged = run_in_sandbox("merge", [file.content for file in files])
    return CheckedFile(merged, content_type, first.name.rsplit(".", 1)[0] + ".pdf")


OVERDUE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
"""Age of an attachment whose copy is missing, and age from which the copy is tried once a day only."""


def attach(case: Case, file: CheckedFile, *, purpose: str, by: User | None) -> Attachment:
    """Store a checked file with its case."""
    attachment = Attachment.objects.create(
        case=case,
        purpose=purpose,
        file=ContentFile(file.content, name=file.name),
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        added_by=by,
    )
    if file.content_type == PDF:
        transaction.on_commit(partial(create_inert_copy.enqueue, attachment.pk), robust=True)
    return attachment


@task()
def create_inert_copy(pk: int) -> None:
    """Create the copy of an attached PDF that browsers show. Idempotent.

    A PDF without active content needs none: the copy names the same file. Raise ValidationError if the PDF
    cannot be read within the limits of the sandbox; it can then only be downloaded.
    """
    attachment = Attachment.objects.select_related("case").get(pk=pk)
    if attachment.inert_copy or not attachment.file:
        return
    with attachment.file.open("rb") as file:
        content = file.read()
    _type, inert = run_in_sandbox("disarm", [content])
    if inert == content:
        attachment.inert_copy.name = attachment.file.name
    else:
        path = f"copies/{pk % 256:02x}/{pk}.pdf"
        default_storage.delete(path)  # left by a killed task
        stored = encrypt_content(inert) if attachment.is_sealed else inert
        attachment.inert_copy.name = default_storage.save(path, ContentFile(stored))
    attachment.save(update_fields=["inert_copy"])


def enqueue_missing_copies() -> int:
    """Enqueue tasks for PDFs that still have no copy; return how many.

    Older PDFs are from before an upgrade, or cannot be read.
    """
    now = clock.now()
    missing = Attachment.objects.lacking_inert_copy().order_by("added_at").values_list("pk", flat=True)
    recent = missing.filter(added_at__gt=now - DAY, added_at__lt=now - OVERDUE)
    older = missing.filter(added_at__lte=now - DAY)
    return enqueue_missing(create_inert_copy, recent) + enqueue_missing(
        create_inert_copy, older, retry_after=DAY
    )
