"""Uploaded files: judged by what they contain, never by their name."""

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from consultations.models import Attachment, Case
from office.models import User

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 60_000_000
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
NOT_ACCEPTED = _("Berkas ini bukan PDF, JPEG, atau PNG yang dapat dibuka. Pilih berkas lain.")


@dataclass(frozen=True)
class CheckedFile:
    """An upload that was opened and found to be what it claims: bytes, type and a harmless name."""

    content: bytes
    content_type: str
    name: str


def check_file(upload: UploadedFile) -> CheckedFile:
    """Read and judge an upload (PDF, JPEG or PNG, at most 5 MB).

    Raises ValidationError with a sentence for the applicant.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("Berkas lebih besar dari 5 MB. Perkecil atau pilih berkas lain."))
    content = upload.read()
    if not content:
        raise ValidationError(_("Berkas ini kosong. Pilih berkas lain."))
    content_type = _type_of(content)
    stem = re.sub(r"[^\w-]+", "_", (upload.name or "").rsplit(".", 1)[0])[-80:].strip("_") or "berkas"
    return CheckedFile(content, content_type, stem + EXTENSIONS[content_type])


def _type_of(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        try:
            with pikepdf.open(BytesIO(content)) as pdf:
                if not len(pdf.pages):
                    raise ValidationError(NOT_ACCEPTED)
        except pikepdf.PasswordError as error:
            raise ValidationError(
                _("PDF ini dikunci kata sandi. Simpan tanpa kata sandi, lalu unggah lagi.")
            ) from error
        except (pikepdf.PdfError, RuntimeError, ValueError) as error:
            raise ValidationError(NOT_ACCEPTED) from error
        return "application/pdf"
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("Gambar ini terlalu besar. Perkecil, lalu unggah lagi."))
            kind = "image/jpeg" if image.format == "JPEG" else "image/png"
            image.draft("RGB", (2000, 2000))  # a JPEG is read at a fraction of its size, with all its faults
            image.load()
    except ValidationError:
        raise
    # Pillow raises a different error for each way in which a file is broken.
    except Exception as error:
        raise ValidationError(NOT_ACCEPTED) from error
    return kind


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
