"""Issuing of documents: a row in the transaction of the step; the file follows after commit."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.dispatch import receiver
from django.utils import timezone, translation

from consultations.models import Case, Event
from consultations.workflow import VERBS
from kit import clock
from office.models import Office
from reports.documents.contexts.source import Source
from reports.documents.files import DocumentUnavailable, create_document_file
from reports.documents.numbers import Signatory, find_signatory
from reports.documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_KIND, DocumentType
from reports.models import Document, Register
from reports.surveys.models import Publication
from reports.surveys.signals import result_published

type Owner = Case | Register | Publication
"""The owner of a document: a case, a register, or a published survey result."""


def issue_document(document_type: DocumentType, owner: Owner) -> Document | None:
    """Issue the document of the newest source and return it. A source is issued once.

    Return None if there is no final source. The caller's transaction locks the case, or registers.
    """
    source = document_type.find_source(owner)
    if source is None or not source.is_final:
        return None
    latest = get_latest_document(document_type, owner)
    if latest and latest.source_pk == source.row.pk:
        return latest
    document = prepare_document(document_type, owner, source, latest)
    save_documents([document])
    return document


def issue_documents(case: Case, event: Event, record: Model | None, **more: Any) -> None:
    """Issue the documents whose source a step has just written: its event, or its record (STEP_RECEIVERS).

    Revoke those that the step ends. The independent channel has no documents.
    """
    if case.is_independent:
        return
    documents = []
    for document_type in CASE_DOCUMENT_TYPES:
        if event.verb in document_type.issued_by and (
            source := _get_source(document_type, case, event, record)
        ):
            is_first = not event.source or document_type.is_first(source.row)
            latest = None if is_first else get_latest_document(document_type, case)
            documents.append(prepare_document(document_type, case, source, latest))
    save_documents(documents)
    if revoked := [row.kind for row in CASE_DOCUMENT_TYPES if event.verb in row.revoked_by]:
        with translation.override("id"):  # the reason is stored
            revoke_documents(revoked, case, reason=str(VERBS[event.verb].done))


@receiver(result_published)
def issue_survey_result(sender: type[Publication], publication: Publication, **more: Any) -> None:
    """Issue the published result of the survey."""
    lock_registers()
    issue_document(TYPES_BY_KIND[Document.Kind.SURVEY], publication)


def _get_source(document_type: DocumentType, case: Case, event: Event, record: Model | None) -> Source | None:
    """Return what a step has written for a document, in the name of the user who took it."""
    if document_type.of_event:
        return document_type.of_event(case, event)
    row = event if document_type.model is Event else record
    if not isinstance(row, document_type.model):
        return None
    return Source(row, event.by, event.title, event.entered_at)


def save_documents(documents: Sequence[Document]) -> None:
    """Save issued documents. Those without a file get it from a task, after commit or with their number."""
    Document.objects.bulk_create(documents)
    for document in documents:
        if not document.has_file and not document.awaits_number:
            # Robust: if no task can be queued, the first reader creates the file.
            transaction.on_commit(partial(create_document_file.enqueue, str(document.pk)), robust=True)


def prepare_document(
    document_type: DocumentType, owner: Owner, source: Source, latest: Document | None
) -> Document:
    """Return the document to issue, with number and version; not saved. It replaces `latest`."""
    document = draft_document(document_type, owner, source)
    document.is_preview = False
    document.number = document_type.get_number(owner, source.row)
    document.replaces = latest
    document.version = latest.version + 1 if latest else 1
    return document


def draft_document(document_type: DocumentType, owner: Owner, source: Source) -> Document:
    """Return a draft: without number, never saved."""
    signatory = _get_signatory(document_type, owner, source)
    document = Document(
        kind=document_type.kind,
        case=owner if isinstance(owner, Case) else None,
        source_pk=source.row.pk or 0,
        issued_by=signatory.user,
        issuer=signatory.title,
        issued_at=source.at,
    )
    document.is_preview = True
    document.source_row = source.row
    return document


def _get_signatory(document_type: DocumentType, owner: Owner, source: Source) -> Signatory:
    if not (document_type.signer and isinstance(owner, Case)):
        return Signatory(source.by, source.title)
    signer, day = getattr(Office.load(), document_type.signer), timezone.localdate(source.at)
    return find_signatory(signer, owner, day, without=document_type.list_excluded(source.row))


def get_latest_document(document_type: DocumentType, owner: Owner) -> Document | None:
    """Return the latest version of a document: of the case, or of the same period.

    A case may have several chains of versions, one for each meeting. A period has one.
    """
    documents = Document.objects.filter(kind=document_type.kind)
    if isinstance(owner, Case):
        return documents.filter(case=owner).order_by("-issued_at", "-version").first()
    versions: QuerySet[Any] = owner.same()
    # Printings at once wait for each other after they took the time: it does not order them.
    return documents.filter(source_pk__in=versions.values("pk")).order_by("-version").first()


def lock_registers() -> None:
    """Let other transactions that issue documents of a period wait, so that versions form one chain."""
    list(Office.objects.select_for_update(no_key=True).values("pk"))


def revoke_documents(kinds: Collection[str], case: Case, *, reason: str) -> None:
    """Revoke the documents of these kinds that are in force, if any. Their rows and files remain."""
    in_force = Document.objects.in_force().filter(case=case, kind__in=kinds)
    in_force.update(revoked_at=clock.now(), revoke_reason=reason)


def get_document(document_type: DocumentType, owner: Owner) -> Document:
    """Return the document of the newest source, as issued or as a draft.

    Raise DocumentUnavailable if there is no source.
    """
    source = document_type.find_source(owner)
    if source is None:
        raise DocumentUnavailable(document_type.missing)
    issued = Document.objects.filter(kind=document_type.kind, source_pk=source.row.pk).first()
    if issued is None:
        return draft_document(document_type, owner, source)
    issued.source_row = source.row
    return issued
