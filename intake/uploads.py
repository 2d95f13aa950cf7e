"""Uploaded files: judged by what they contain, never by their name, and opened in a process of their own."""

import hashlib
import logging
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Attachment, Case
from consultations.workflow import Refused
from intake import upload_sandbox as foreign_files
from office.models import User

MAX_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"
EXTENSIONS = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
NOT_ACCEPTED = _("Berkas ini bukan PDF, JPEG, atau PNG yang dapat dibuka. Pilih berkas lain.")
REFUSED = {
    foreign_files.LOCKED: _("PDF ini dikunci kata sandi. Simpan tanpa kata sandi, lalu unggah lagi."),
    foreign_files.TOO_LARGE: _("Gambar ini terlalu besar. Perkecil, lalu unggah lagi."),
}
LONGEST_WAIT = 60
"""Seconds for which a busy machine may need to open a file; of the processor's time it gets much less."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckedFile:
    """An upload that was opened and found to be what it claims: bytes, type and a harmless name.

    `is_ownerless` once what tells who made it was taken away.
    """

    content: bytes
    content_type: str
    name: str
    is_ownerless: bool = False


def check_file(upload: UploadedFile) -> CheckedFile:
    """Read and judge an upload (PDF, JPEG or PNG, at most 5 MB); of a picture only the pixels are kept.

    Raises ValidationError with a sentence for the applicant.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("Berkas lebih besar dari 5 MB. Perkecil atau pilih berkas lain."))
    content = upload.read()
    if not content:
        raise ValidationError(_("Berkas ini kosong. Pilih berkas lain."))
    content_type, content = open_apart("check", [content])
    stem = re.sub(r"[^\w-]+", "_", (upload.name or "").rsplit(".", 1)[0])[-80:].strip("_") or "berkas"
    return CheckedFile(content, content_type, stem + EXTENSIONS[content_type])


def without_owner(file: CheckedFile) -> CheckedFile:
    """The file without what tells who made it, which is taken away once; a picture has lost that already.

    Raises ValidationError where it cannot be opened.
    """
    if file.is_ownerless or file.content_type != PDF:
        return file
    _type, content = open_apart("clean", [file.content])
    return replace(file, content=content, is_ownerless=True)


def open_apart(task: str, contents: Sequence[bytes]) -> tuple[str, bytes]:
    """Have `foreign_files` do a task with files of strangers; returns type and bytes of what comes out.

    Raises ValidationError where a file is not accepted, or takes too much memory or time.
    """
    program = [sys.executable, "-I", str(Path(foreign_files.__file__)), task]
    sent = b"".join(part for content in contents for part in foreign_files.framed(content))
    try:
        done = subprocess.run(program, input=sent, capture_output=True, timeout=LONGEST_WAIT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ValidationError(NOT_ACCEPTED) from error
    if done.returncode:
        if done.returncode not in (foreign_files.NOT_ACCEPTED, *REFUSED):
            logger.warning("a file was not opened (%s): %s", done.returncode, done.stderr.decode()[-500:])
        raise ValidationError(REFUSED.get(done.returncode, NOT_ACCEPTED))
    content_type, _line, content = done.stdout.partition(b"\n")
    return content_type.decode(), content


def attach(case: Case, file: CheckedFile, *, purpose: str, by: User | None) -> Attachment:
    """Store a checked file with its case, under a name on disk that nobody can guess."""
    return Attachment.objects.create(
        case=case,
        purpose=purpose,
        file=ContentFile(file.content, name=file.name),
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        added_by=by,
    )


FILE_NAMES = {
    Attachment.Purpose.LETTER: "surat-pengaduan",
    Attachment.Purpose.MATERIAL: "bahan-pengaduan",
    Attachment.Purpose.COMPLETION: "kelengkapan-pengaduan",
}


CHOSEN_IN: dict[str, str] = {
    Attachment.Purpose.LETTER: "letter",
    Attachment.Purpose.MATERIAL: "materials",
    Attachment.Purpose.COMPLETION: "file",
}
"""The field of a form in which each is chosen."""


def without_name(identity: str, file: CheckedFile | None, purpose: str) -> CheckedFile | None:
    """The file as it is kept: its name and what it tells of its maker would tell who complains in hiding.

    To be asked for before a transaction begins: opening a file may take a minute, and what is done already
    costs nothing. Raises Refused where a file cannot be opened to take that away.
    """
    if file is None or identity == Identity.OPEN:
        return file
    name = FILE_NAMES[Attachment.Purpose(purpose)] + EXTENSIONS[file.content_type]
    try:
        return replace(without_owner(file), name=name)
    except ValidationError as error:
        raise Refused(error.messages[0], field=CHOSEN_IN[purpose]) from error
