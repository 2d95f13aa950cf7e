"""Uploaded files: form fields, what is accepted, how it is stored, and files without a row.

Files are checked by content, not by name, and opened only in the sandbox.
"""

import datetime as dt
import hashlib
import logging
import re
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.intake.models import DraftFile
from consultations.models import Attachment, Case
from consultations.models.attachments import AUDIO
from kit import clock, closed_room, upload_sandbox
from kit.encryption import encrypt_content, name_place
from kit.jobs import enqueue_missing
from kit.malware import MalwareError, ScannerError, scan
from kit.records import leave_entry
from kit.refusal import Refused
from office.models import User

MAX_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"
EXTENSIONS = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
AUDIO_EXTENSIONS = dict(zip(AUDIO, (".m4a", ".mp3", ".ogg", ".webm", ".wav"), strict=True))
TOO_LARGE = _("Berkas lebih besar dari 5 MB. Perkecil atau pilih berkas lain.")
NOT_ACCEPTED = _("Berkas ini bukan PDF, JPEG, PNG, atau HEIC yang dapat dibuka. Pilih berkas lain.")
INFECTED = _(
    "Berkas ini mengandung virus (%(name)s), sehingga tidak diterima. Bersihkan perangkat Anda, lalu pilih "
    "berkas lain."
)
ERRORS = {
    upload_sandbox.LOCKED: _("PDF ini dikunci kata sandi. Simpan tanpa kata sandi, lalu unggah lagi."),
    upload_sandbox.TOO_LARGE: _("Gambar ini terlalu besar. Perkecil, lalu unggah lagi."),
    upload_sandbox.TOO_PACKED: _(
        "Isi PDF ini menjadi terlalu besar saat dibuka. Cetak ulang menjadi PDF biasa, lalu unggah lagi."
    ),
    upload_sandbox.NOT_HEARD: _(
        "Berkas ini bukan PDF, foto, atau rekaman suara (M4A, MP3, OGG, WebM, WAV) yang dapat dibuka. "
        "Pilih berkas lain."
    ),
}
ANONYMOUS: dict[str, tuple[str, str]] = {
    Attachment.Purpose.LETTER: ("surat-pengaduan", "letter"),
    Attachment.Purpose.MATERIAL: ("bahan-pengaduan", "materials"),
    Attachment.Purpose.COMPLETION: ("kelengkapan-pengaduan", "file"),
}
"""Name of an anonymised file of each purpose, and its form field."""

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
        return self.content_type.startswith("image/")

    @property
    def is_audio(self) -> bool:
        return self.content_type in AUDIO


def check_file(upload: UploadedFile, *, takes_audio: bool = False) -> CheckedFile:
    """Read and check an upload: PDF, JPEG, PNG or HEIC, at most 5 MB. Metadata of pictures is removed.

    If `takes_audio`, a voice note is accepted too: M4A, MP3, Ogg, WebM or WAV without pictures.

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
    content_type, content = run_in_sandbox("check_or_hear" if takes_audio else "check", [content])
    stem = re.sub(r"[^\w-]+", "_", (upload.name or "").rsplit(".", 1)[0])[-80:].strip("_") or "berkas"
    return CheckedFile(content, content_type, stem + (EXTENSIONS | AUDIO_EXTENSIONS)[content_type])


def anonymise(identity: str, file: CheckedFile | None, purpose: str) -> CheckedFile | None:
    """Return the file without name and metadata if the complainant's identity is hidden.

    May take a minute: call it outside a transaction. A second call costs nothing. Raise Refused if the file
    cannot be opened.
    """
    if file is None or identity == Identity.OPEN or file.is_anonymous:
        return file
    content, (name, field_name) = file.content, ANONYMOUS[purpose]
    if file.content_type == PDF:  # pictures lost their metadata in check_file()
        try:
            _type, content = run_in_sandbox("anonymise", [content])
        except ValidationError as error:
            raise Refused(error.messages[0], field=field_name) from error
    return replace(file, content=content, name=name + EXTENSIONS[file.content_type], is_anonymous=True)


def run_in_sandbox(task: str, contents: Sequence[bytes]) -> tuple[str, bytes]:
    """Run a task of `upload_sandbox` with these files; return the content type and bytes of the result.

    Raise ValidationError if a file is not accepted, or takes too much memory or time.
    """
    try:
        code, output, errors = closed_room.run(closed_room.PROGRAM, task, contents=contents)
    except subprocess.TimeoutExpired as error:
        raise ValidationError(NOT_ACCEPTED) from error
    if code:
        if code not in (upload_sandbox.NOT_ACCEPTED, *ERRORS):
            logger.warning("a file was not opened (%s): %s", code, errors.decode(errors="replace")[-500:])
        raise ValidationError(ERRORS.get(code, NOT_ACCEPTED))
    content_type, _line, content = output.partition(b"\n")
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


def merge_to_inert_pdf(files: Sequence[CheckedFile]) -> bytes:
    """Return one PDF of all files in order without active content, or nothing.

    It is for scans that are not scanned for malware when they are opened. So raise ValidationError if the
    scanner finds some or is silent, or as `merge_to_pdf()` does.
    """
    merged = merge_to_pdf(files)
    if merged is None:
        return b""
    _type, content = run_in_sandbox("disarm", [merged.content])
    try:
        scan(content)
    except MalwareError as malware:
        raise ValidationError(INFECTED % {"name": malware}) from malware
    except ScannerError as error:
        raise ValidationError(_("Pemeriksa virus sedang tidak menjawab. Coba lagi sebentar.")) from error
    return content


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
    if attachment.is_drawn:
        transaction.on_commit(partial(draw_pictures.enqueue, attachment.pk), robust=True)
    return attachment


@task()
def create_inert_copy(pk: int) -> None:
    """Create the copy of an attached PDF that browsers show. Idempotent.

    A PDF without active content needs none: the copy names the same file. Raise ValidationError if the PDF
    cannot be read within the limits of the sandbox; it can then only be downloaded.
    """
    attachment = Attachment.objects.select_related("case").filter(pk=pk, inert_copy="").first()
    if attachment is None or not attachment.file:
        return
    with attachment.file.open("rb") as file:
        content = file.read()
    _type, inert = run_in_sandbox("disarm", [content])
    name = str(attachment.file)
    if inert != content:
        path = f"copies/{pk % 256:02x}/{pk}.pdf"
        default_storage.delete(path)  # left by a killed task
        stored = encrypt_content(inert, name_place(attachment, "files")) if attachment.is_sealed else inert
        name = default_storage.save(path, ContentFile(stored))
    present = Attachment.objects.filter(pk=pk).exclude(file="")
    with transaction.atomic():
        _lock(attachment.case)
        present.filter(inert_copy="").update(inert_copy=name, inert_sha256=hashlib.sha256(inert).hexdigest())
        leave_entry(attachment)
    if not present.exists():  # removed or erased meanwhile
        default_storage.delete(name)


def _lock(case: Case) -> None:
    """Lock the case before its files, as a step does."""
    list(Case.objects.select_for_update(no_key=True).filter(pk=case.pk).values("pk"))


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


@task()
def draw_pictures(pk: int) -> bool:
    """Draw the pictures of an attached file; return whether it has some then. Idempotent."""
    file = Attachment.objects.select_related("case").filter(pk=pk, pictures_sha256="").first()
    if file is None or not file.file or not file.is_drawn:
        return False
    with file.file.open("rb") as original:
        content = original.read()
    try:
        _type, drawn = run_in_sandbox("draw", [content])
    except ValidationError:  # it can only be opened by its link
        return False
    path, sha256 = f"pictures/{pk % 256:02x}/{pk}.zip", hashlib.sha256(drawn).hexdigest()
    default_storage.delete(path)  # left by a killed task
    name = default_storage.save(path, ContentFile(drawn))
    present = Attachment.objects.filter(pk=pk).exclude(file="")
    with transaction.atomic():
        _lock(file.case)
        present.filter(pictures_sha256="").update(pictures=name, pictures_sha256=sha256)
        leave_entry(file)
    if is_there := present.exists():
        return is_there
    default_storage.delete(name)  # the file was removed or erased meanwhile
    return False


def draw_pages(content: bytes) -> list[str]:
    """Return pictures of the pages of a PDF from outside, as data URLs.

    Raise ValidationError if it fails, or if not all pages can be drawn.
    """
    _type, drawn = run_in_sandbox("draw", [content])
    with ZipFile(BytesIO(drawn)) as pictures:
        if pictures.comment:
            raise ValidationError(NOT_ACCEPTED)
        pages = [pictures.read(f"{number}.jpg") for number in range(1, len(pictures.namelist()))]
    return [f"data:image/jpeg;base64,{b64encode(page).decode()}" for page in pages]


def enqueue_missing_pictures() -> int:
    """Enqueue tasks for new files without pictures, and for pictures without a hash; return how many.

    Older files have a link only: they are from before an upgrade, or cannot be drawn.
    """
    now = clock.now()
    recent = Q(pictures="", added_at__gt=now - DAY, added_at__lt=now - OVERDUE)
    drawn = Attachment.objects.filter(recent | ~Q(pictures=""), content_type__in=Attachment.DRAWN_TYPES)
    keys = drawn.filter(pictures_sha256="").order_by("added_at").values_list("pk", flat=True)
    return enqueue_missing(draw_pictures, keys, retry_after=DAY)


MIN_AGE = dt.timedelta(days=1)
"""Age of a file that cannot belong to a running request any more."""

MAX_PERCENT = 1
"""Share of all files. If more have no row, the database is not the one of these files, or is an older one."""

INTERVAL = 24 * 3600
"""Seconds between two runs."""

OWNERS = {"attachments": Attachment, "drafts": DraftFile}
"""Models whose rows name the files of a folder."""

QUARANTINE = "quarantine"
"""Folder that nothing reads or empties. Move a file back from there by hand if it is needed after all."""


def quarantine_daily() -> int:
    """Run `quarantine_orphaned_files` once a day, in one of the processes that share the cache."""
    return quarantine_orphaned_files() if cache.add("orphaned_files", True, timeout=INTERVAL) else 0


def quarantine_orphaned_files() -> int:
    """Move old files without a row to the quarantine; return how many. Move none above MAX_PERCENT."""
    total, orphaned = 0, []
    for folder in OWNERS:
        for part in _list(folder)[0]:
            files = [f"{folder}/{part}/{name}" for name in _list(f"{folder}/{part}")[1]]
            total += len(files)
            known = set(OWNERS[folder]._default_manager.filter(file__in=files).values_list("file", flat=True))
            orphaned += [file for file in files if file not in known and _is_old(file)]
    if len(orphaned) * 100 > total * MAX_PERCENT:
        logger.error(
            "%s of %s uploaded files have no row in the database. None was moved: more than %s %% are not "
            "orphaned, but belong to another database. First of them: %s",
            *(len(orphaned), total, MAX_PERCENT, orphaned[0].rpartition("/")[2]),
        )
        return 0
    for name in orphaned:
        _quarantine(name)
        folder, _slash, file = name.rpartition("/")
        logger.warning("moved %s of %s to the quarantine: it has no row", file, folder)
    return len(orphaned)


def _list(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _is_old(file: str) -> bool:
    try:
        return default_storage.get_modified_time(file) < clock.now() - MIN_AGE
    except FileNotFoundError:
        return False


def _quarantine(name: str) -> None:
    """Move a file to the same path below QUARANTINE. A process killed in between leaves two copies."""
    with default_storage.open(name) as content:
        default_storage.save(f"{QUARANTINE}/{name}", content)
    default_storage.delete(name)


MAX_FILES = 5
"""Files per field."""

TOO_MANY_FILES = _("Paling banyak 5 berkas. Pilih lebih sedikit, atau gabungkan menjadi satu PDF.")

FILE_ATTRS = {
    "accept": ",".join([*EXTENSIONS, "image/heic", "image/heif", ".heic", ".heif"]),
    "data-max-bytes": MAX_BYTES,
    "data-too-large": TOO_LARGE,
}
"""static/js/photos.js makes large photographs smaller before the upload, and refuses what stays too large."""


class CheckedFileField(forms.FileField):
    """An upload whose value is a `CheckedFile`, or None."""

    takes_audio = False
    default_error_messages = {
        "required": _("Pilih berkas PDF, JPEG, PNG, atau HEIC."),
        "invalid": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "missing": _("Berkas tidak terkirim. Pilih berkas itu sekali lagi."),
        "empty": _("Berkas ini kosong. Pilih berkas lain."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("PDF, JPEG, PNG, atau HEIC, paling besar 5 MB"))
        kwargs.setdefault("widget", forms.FileInput(attrs={**FILE_ATTRS}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> CheckedFile | None:  # type: ignore[override]
        return check_file(data, takes_audio=self.takes_audio) if super().to_python(data) else None


class ProofField(CheckedFileField):
    """A photograph, a PDF or a voice note. A phone offers its camera and its recorder."""

    takes_audio = True

    def __init__(self, **kwargs: Any) -> None:
        accept = ",".join([str(FILE_ATTRS["accept"]), "audio/*", *AUDIO_EXTENSIONS.values()])
        super().__init__(widget=forms.FileInput(attrs={**FILE_ATTRS, "accept": accept}), **kwargs)


class SeveralFilesInput(forms.FileInput):
    """A file input for several files."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class ChosenFiles:
    """Uploads of one field: the accepted ones with their original names, and errors for the others."""

    accepted: list[CheckedFile] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    errors: list[ValidationError] = field(default_factory=list)

    def except_stored(self, stored: Sequence[DraftFile]) -> list[CheckedFile]:
        """Return the accepted files, each once, without those that are stored already."""
        unique = {file.content: file for file in self.accepted}
        return [file for file in unique.values() if not any(old.has_content(file.content) for old in stored)]


class CheckedFilesField(CheckedFileField):
    """Several uploads. The value is `ChosenFiles`, so that one bad file does not lose the others."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _(
                "PDF, atau foto tiap lembarnya: paling banyak 5 berkas, masing-masing paling besar 5 MB. "
                "Foto dijadikan satu PDF."
            ),
        )
        super().__init__(widget=SeveralFilesInput(attrs={**FILE_ATTRS}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> ChosenFiles:
        uploads = [upload for upload in data or [] if upload]
        if len(uploads) > MAX_FILES:
            raise ValidationError(TOO_MANY_FILES)
        chosen = ChosenFiles()
        for upload in uploads:
            try:
                chosen.accepted.append(super().clean(upload, initial))
                chosen.names.append(upload.name)
            except ValidationError as error:
                chosen.errors.append(ValidationError(f"{upload.name}: {' '.join(error.messages)}"))
        return chosen


class FilesForm(forms.Form):
    """Base of forms with a `CheckedFilesField` whose files are not stored if another field is invalid.

    `choose_again` then lists the names of the files that must be chosen again.
    """

    choose_again: tuple[str, ...] = ()

    def accepted_files(self, name: str) -> list[CheckedFile]:
        """Return the files of a field. Raise ValidationError if one is refused."""
        files: ChosenFiles = self.cleaned_data[name]
        self.choose_again = (*self.choose_again, *files.names)
        if files.errors:
            raise ValidationError(files.errors)
        return files.accepted
