"""Storing uploaded files with their case, and the inert copies of PDFs that browsers show."""

import datetime as dt
import hashlib
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.tasks import task

from consultations.models import Attachment, Case
from intake.uploads import PDF, CheckedFile, run_in_sandbox
from office import clock
from office.encryption import encrypt_content
from office.models import User
from office.task_recovery import enqueue_missing

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
