"""Archives that go to another keeper: inactive ones to the unit kearsipan, permanent ones to the archive.

A hand-over is a ZIP file with the files, their metadata and hashes, and the minutes (Berita Acara).
"""

import datetime as dt
import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from documents.files import DocumentUnavailable, PrintedForm
from documents.numbers import get_head_title
from documents.registers.book import name_of, number_of
from kit import clock
from kit.encryption import NotAsStored
from kit.jobs import enqueue_missing
from kit.records import leave_entry
from kit.refusal import Refused
from kit.table import Column, write_csv
from office import rights
from office.models import Office, Role, User, list_current_appointments
from office.models.retention import Fate, Retention, list_retention
from trust.archive.contents import Content, list_contents, print_form
from trust.archive.destruction import FUTURE, TOO_EARLY, list_lines, read_scan
from trust.privacy.models import ArchiveTransfer, ArchiveTransferItem
from trust.privacy.schedule import KIND_OF_CASES, get_first_kept_day, list_archives, match

Kind = ArchiveTransfer.Kind

MAX_CASES = 200
"""Cases of one list. The rest is due for the next one."""

NONE_DUE = _("Belum ada arsip untuk daftar ini.")
OPEN_ALREADY = _("Daftar sejenis belum selesai. Selesaikan atau batalkan dahulu.")
DONE_ALREADY = _("Daftar ini sudah selesai atau dibatalkan.")
NO_PACKAGE = _("Paketnya belum selesai dibuat. Tunggu sebentar, lalu muat ulang.")
NO_SCAN = _("Pilih foto atau pindaian Berita Acara.")

MINUTES = {
    Kind.MOVE: PrintedForm("Berita Acara Pemindahan Arsip Inaktif", "berita-acara-arsip"),
    Kind.HAND_OVER: PrintedForm("Berita Acara Penyerahan Arsip Statis", "berita-acara-arsip"),
}


def list_due_cases(kind: str) -> QuerySet[Case]:
    """Return the cases for the next list: inactive ones, or permanent ones whose years are over."""
    chosen = Q(pk__in=[])
    for rule in list_retention():
        if rule.kind in KIND_OF_CASES and (kind == Kind.MOVE or rule.fate == Fate.PERMANENT):
            chosen |= match(rule) & Q(since__lt=clock.midnight(get_first_kept_day(_get_years(rule, kind))))
    listed = ArchiveTransferItem.objects.filter(case=OuterRef("pk"), kind=kind)
    return list_archives().filter(chosen, ~Exists(listed)).order_by("since", "pk")


def _get_years(rule: Retention, kind: str) -> int:
    return rule.active if kind == Kind.MOVE else rule.total


def prepare(kind: str, *, by: User) -> ArchiveTransfer:
    """List at most MAX_CASES cases. A task makes the package of a hand-over.

    Raise PermissionDenied if `by` may not, and Refused if there are none or a list of the kind is open.
    """
    with translation.override("id"):  # titles go on record
        title = rights.KEEP_ARCHIVE.get_title(by)
    codes = list(list_due_cases(kind).values_list("code", flat=True)[:MAX_CASES])
    if not codes:
        raise Refused(NONE_DUE)
    office = Office.load()
    receiver = office.archive_unit if kind == Kind.MOVE else office.archive_institution
    try:
        with transaction.atomic():
            transfer = ArchiveTransfer.objects.create(
                kind=kind, codes=codes, rows=len(codes), receiver=receiver, by=by, title=title
            )
            if kind == Kind.HAND_OVER:
                transaction.on_commit(partial(make_package.enqueue, transfer.pk), robust=True)
    except IntegrityError as error:
        raise Refused(OPEN_ALREADY) from error
    return transfer


def finish(
    transfer: ArchiveTransfer, *, by: User, dated: dt.date, scan: Sequence[CheckedFile], **received: str
) -> None:
    """Record that the list was received, with the signed minutes. Its cases are marked from then on.

    `received` has the fields `letter`, `received_by` and `received_title`. Raise PermissionDenied if `by` may
    not. Raise Refused if the date or the scan cannot be accepted, or if the list is done or has no package.
    """
    if dated > clock.today():
        raise Refused(FUTURE, field="dated")
    if dated < (prepared := timezone.localdate(transfer.at)):
        raise Refused(TOO_EARLY % {"day": prepared.strftime("%d-%m-%Y")}, field="dated")
    if not (content := read_scan(scan)):
        raise Refused(NO_SCAN, field="scan")
    with transaction.atomic():
        locked = _end(transfer, by=by, is_done=True)
        if locked.kind == Kind.HAND_OVER and not locked.package_sha256:
            raise Refused(NO_PACKAGE)
        locked.file = ContentFile(content, name="berita-acara.pdf")
        locked.sha256, locked.dated = hashlib.sha256(content).hexdigest(), dated
        for name, value in received.items():
            setattr(locked, name, value)
        locked.save()
        cases = Case.objects.filter(code__in=locked.codes)
        ArchiveTransferItem.objects.bulk_create(
            ArchiveTransferItem(transfer=locked, kind=locked.kind, case=case) for case in cases.order_by("pk")
        )
        leave_entry(*cases)
    transfer.refresh_from_db()


def cancel(transfer: ArchiveTransfer, *, by: User, reason: str) -> None:
    """Cancel a list. Its cases are due again. Raise as `finish()` does."""
    with transaction.atomic():
        locked = _end(transfer, by=by, is_done=False)
        locked.reason = reason
        locked.save()
    transfer.refresh_from_db()


def _end(transfer: ArchiveTransfer, *, by: User, is_done: bool) -> ArchiveTransfer:
    """End an open list: return its locked row, not saved. Its package is deleted after the commit."""
    with translation.override("id"):
        title = rights.KEEP_ARCHIVE.get_title(by)
    locked = ArchiveTransfer.objects.select_for_update(no_key=True).get(pk=transfer.pk)
    if locked.done_at:
        raise Refused(DONE_ALREADY)
    locked.done_by, locked.done_title, locked.done_at, locked.is_done = by, title, clock.now(), is_done
    if locked.package:
        transaction.on_commit(partial(locked.package.storage.delete, str(locked.package)))
        locked.package = ""
    return locked


def list_transfers(items: Sequence[ArchiveTransferItem]) -> list[ArchiveTransfer]:
    """Return the lists of these items, the oldest first. Most cases have none, which costs no query."""
    keys = [item.transfer_id for item in items]
    return list(ArchiveTransfer.objects.filter(pk__in=keys).order_by("pk")) if keys else []


@task()
def make_package(pk: int) -> str:
    """Make the ZIP file of a hand-over, and return its SHA-256. Idempotent."""
    waiting = ArchiveTransfer.objects.filter(pk=pk, kind=Kind.HAND_OVER, package_sha256="", done_at=None)
    if (transfer := waiting.first()) is None:
        return ""
    with tempfile.TemporaryFile() as file, translation.override("id"):
        write_package(file, transfer)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        transfer.package.save("paket.zip", File(file), save=False)
    if not waiting.update(package=transfer.package.name, package_sha256=sha256):
        transfer.package.storage.delete(str(transfer.package))  # another process was faster
    leave_entry(transfer)
    return sha256


def enqueue_packages() -> int:
    """Enqueue tasks for open hand-overs without a package; return how many."""
    waiting = ArchiveTransfer.objects.filter(kind=Kind.HAND_OVER, package_sha256="", done_at=None)
    return enqueue_missing(make_package, waiting.order_by("pk").values_list("pk", flat=True))


def print_minutes(transfer: ArchiveTransfer) -> bytes:
    """Return the minutes with the list, to be signed by both sides: a hand-over by the Kepala Dinas."""
    signer = (transfer.title, transfer.by.name)
    if transfer.kind == Kind.HAND_OVER:
        heads = [one for one in list_current_appointments() if one.position.role == Role.HEAD]
        signer = (heads[0].title, heads[0].user.name) if heads else (get_head_title(), "")
    return print_form(
        MINUTES[Kind(transfer.kind)],
        number=transfer.pk,
        disposal=None,
        acts={"execute": None},
        transfer=transfer,
        signer=signer,
        lines=list_lines(transfer.codes),
    )


METADATA = (
    Column("kode", lambda case: case.code),
    Column("jenis", lambda case: case.get_kind_display()),
    Column("nomor_agenda", number_of),
    Column("klasifikasi", lambda case: case.classification),
    Column("perihal", lambda case: case.subject),
    Column("pemohon", name_of),
    Column("diajukan", lambda case: timezone.localdate(case.submitted_at)),
    Column("selesai", lambda case: timezone.localdate(case.since)),
    Column("hasil", lambda case: case.get_state_display()),
)
FILES = tuple(
    Column(name, itemgetter(name))
    for name in ("kode", "nama", "nomor", "tanggal", "sha256", "berkas", "keterangan")
)
"""Columns of the list of files (`daftar-berkas.csv`)."""


def write_package(file: BinaryIO, transfer: ArchiveTransfer) -> None:
    """Write the ZIP file: `berkas/`, metadata as CSV and JSON, the minutes, and `sha256.txt` of all of these.

    Encrypted uploads, which may tell who a hidden complainant is, are named without their file.
    """
    cases = list(
        Case.objects.filter(code__in=transfer.codes).select_related("agenda").order_by("since", "pk")
    )
    files, hashes = list_contents(cases), {}
    with ZipFile(file, "w", ZIP_DEFLATED) as package:

        def add(name: str, content: bytes) -> None:
            package.writestr(name, content)
            hashes[name] = hashlib.sha256(content).hexdigest()

        listed: list[dict[str, Any]] = []
        for case in cases:
            own = []
            for path, content in _name_files(case, files.get(case.pk, [])):
                own.append(_describe(content, path, _add_file(add, path, content)))
            values = {str(column.heading): _to_json(column.value(case)) for column in METADATA}
            listed.append({**values, "berkas": own})
        add("metadata.json", json.dumps(listed, ensure_ascii=False, indent=2).encode())
        add("metadata.csv", _write_table(METADATA, cases))
        rows = [{"kode": case["kode"], **file} for case in listed for file in case["berkas"]]
        add("daftar-berkas.csv", _write_table(FILES, rows))
        add("berita-acara.pdf", print_minutes(transfer))
        package.writestr("sha256.txt", "".join(f"{value}  {name}\n" for name, value in hashes.items()))


def _name_files(case: Case, files: Sequence[Content]) -> Iterator[tuple[str, Content]]:
    for number, content in enumerate(files, start=1):
        kind = getattr(content.record, "content_type", "application/pdf").rpartition("/")[2]
        yield f"berkas/{case.code}/{number:02}.{kind}", content


def _add_file(add: Any, path: str, content: Content) -> str:
    """Add a file, and return why it is missing, or an empty text."""
    if content.is_sealed:
        return "dirahasiakan"
    if content.is_erased:
        return "dimusnahkan"
    try:
        add(path, content.read())
    except (DocumentUnavailable, NotAsStored, OSError):
        return "tidak terbaca"
    return ""


def _describe(content: Content, path: str, missing: str) -> dict[str, str]:
    return {
        "nama": content.name,
        "nomor": content.number,
        "tanggal": content.day.isoformat(),
        "sha256": content.sha256,
        "berkas": "" if missing else path,
        "keterangan": missing,
    }


def _write_table(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    table = io.BytesIO()
    write_csv(table, columns, rows)
    return table.getvalue()


def _to_json(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
