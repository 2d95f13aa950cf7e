"""Issuing of documents: a row in the transaction of the step; the file follows after commit.

Hand-overs (ekspedisi) are recorded here.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Case, Event
from consultations.workflow import TAKE_BACK, VERBS
from documents.contexts import Source
from documents.files import DocumentUnavailable, create_document_file
from documents.life import announce, begin, get_standing_order
from documents.models import FOR_APPLICANT, Document, Handover, PaperEvent
from documents.models.document import UNSIGNED
from documents.numbering import get_code
from documents.numbers import Signatory, find_signatory
from documents.types import CASE_DOCUMENT_TYPES, TYPES_BY_KIND, DocumentType, get_source_row
from kit import clock
from kit.forms import LocalDateTimeField, OfficeForm, check_words, line_field
from kit.records import leave_entry
from kit.refusal import Refused
from office import rights
from office.models import Role, User


class OfPeriod(Protocol):
    """A register, or another publication of a period."""

    def same(self) -> QuerySet[Any]:
        """Return the rows of the same period, which are versions of one document."""


type Owner = Case | OfPeriod
"""The owner of a document."""


def issue_document(document_type: DocumentType, owner: Owner) -> Document | None:
    """Issue the document of the newest source and return it. A source is issued once.

    Return None if there is no final source. The caller's transaction locks the case, or the office.
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


def issue_documents(
    case: Case, event: Event, record: Model | None, before: Mapping[str, Any], **more: Any
) -> None:
    """Issue the documents whose source a step has just written: its event, or its record (STEP_RECEIVERS).

    Revoke those that the step ends; their rows and files remain. The independent channel has no documents.
    """
    if case.is_independent:
        return
    if event.verb == TAKE_BACK and isinstance(record, Event):
        _take_back(case, record, event)
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
    in_force = Document.objects.in_force().filter(case=case)
    moved = event.source != event.target
    revoked = [row.kind for row in CASE_DOCUMENT_TYPES if moved and event.verb in row.revoked_by]
    dropped = [row.kind for row in CASE_DOCUMENT_TYPES if event.verb in row.dropped_by]
    if revoked or dropped:
        ended = in_force.filter(Q(kind__in=revoked) | Q(kind__in=dropped, state__in=UNSIGNED))
        with translation.override("id"):  # the reason is stored
            ended.update(revoked_at=clock.now(), revoke_reason=case.wording.speak(VERBS[event.verb].done))
    waits_for_others = before.keys() & {"division", "officer"}
    if revoked or dropped or waits_for_others or any(document.is_unsigned for document in documents):
        announce(case)


def _take_back(case: Case, last: Event, event: Event) -> None:
    """Revoke the letters of the step `last`, which is taken back, and issue again those that it dropped.

    Raise Refused if one of them was handled or numbered since.
    """
    kinds = [row.kind for row in CASE_DOCUMENT_TYPES if last.verb in row.issued_by and row.is_signed_for_head]
    letters = Document.objects.in_force().filter(case=case, kind__in=kinds, issued_at__gte=last.entered_at)
    if PaperEvent.objects.filter(document__in=letters).exists() or letters.exclude(number="").exists():
        raise Refused(_("Suratnya sudah ditangani, jadi langkah ini tidak dapat dibatalkan lagi."))
    with translation.override("id"):  # the reason is stored
        reason = case.wording.speak(VERBS[event.verb].done)
        Document.objects.filter(pk__in=[*letters.values_list("pk", flat=True)]).update(
            revoked_at=clock.now(), revoke_reason=reason
        )
    dropped = [row.kind for row in CASE_DOCUMENT_TYPES if last.verb in row.dropped_by]
    for letter in Document.objects.filter(case=case, kind__in=dropped, revoked_at__gte=last.entered_at):
        issue_again(letter)
    announce(case)


def issue_again(letter: Document) -> None:
    """Issue the next version of a revoked letter, with the same text, for initials and signature."""
    if letter.case:
        source = Source(get_source_row(letter), letter.drafted_by, letter.issuer, clock.now())
        another = prepare_document(TYPES_BY_KIND[letter.kind], letter.case, source, letter)
        another.text = letter.text
        save_documents([another])


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
    leave_entry(*(document for document in documents if document.case is None))
    for document in documents:
        if not (document.has_file or document.is_unsigned or document.awaits_number):
            # Robust: if no task can be queued, the first reader creates the file.
            transaction.on_commit(partial(create_document_file.enqueue, str(document.pk)), robust=True)


def prepare_document(
    document_type: DocumentType, owner: Owner, source: Source, latest: Document | None
) -> Document:
    """Return the document to issue, with version; not saved. It replaces `latest`.

    It has its number, unless somebody signs it first (life.py).
    """
    document = draft_document(document_type, owner, source)
    document.is_preview = False
    if document.signer_role:
        begin(document, is_drafted=document_type.is_drafted)
    elif isinstance(owner, Case) and document.kind == Document.Kind.REPORT:
        reserved = owner.reserved_report_number
        document.number, document.numbered_at = reserved.number, reserved.taken_at
        document.numbered_by = reserved.entered_by
        if latest and latest.classification:  # the code in the number, which stays
            document.classification = latest.classification
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
        signer_role=signatory.role if document_type.is_signed_for_head else "",
        drafted_by=source.by,
    )
    document.classification = get_code(document.kind, document.case)
    document.text = document_type.get_text(owner, source.row) if document.signer_role else ""
    document.is_preview = True
    document.source_row = source.row
    return document


def _get_signatory(document_type: DocumentType, owner: Owner, source: Source) -> Signatory:
    if not (document_type.is_signed_for_head and isinstance(owner, Case)):
        return Signatory(source.by, source.title)
    order, day = get_standing_order(document_type.kind), timezone.localdate(source.at)
    signer = Role(order.signer) if order else Role.HEAD
    return find_signatory(signer, owner, day, without=document_type.list_excluded(source.row))


def get_latest_document(document_type: DocumentType, owner: Owner) -> Document | None:
    """Return the latest version of a document: of the case, or of the same period.

    A case may have several chains of versions, one for each meeting. A period has one.
    """
    documents = Document.objects.filter(kind=document_type.kind)
    if isinstance(owner, Case):
        return documents.filter(case=owner).order_by("-issued_at", "-version").first()
    # Printings at once wait for each other after they took the time: it does not order them.
    return documents.filter(source_pk__in=owner.same().values("pk")).order_by("-version").first()


def get_document(document_type: DocumentType, owner: Owner) -> Document:
    """Return the document of the newest source, as issued or as a draft.

    Raise DocumentUnavailable if there is no source.
    """
    source = document_type.find_source(owner)
    if source is None:
        raise DocumentUnavailable(document_type.missing)
    issued = Document.objects.get_of_source(document_type.kind, source.row.pk)
    if issued is None:
        return draft_document(document_type, owner, source)
    issued.source_row = source.row
    return issued


HIDDEN = _("Identitas pelapor tidak terbuka, jadi penerima naskah ini tidak dicatat di buku ekspedisi.")


def record_handover(document: Document, *, by: User, receiver: str, received_at: dt.datetime) -> Handover:
    """Record that `receiver` got the document at a moment (aware).

    Raise PermissionDenied if `by` does not keep the dispatch book. Raise Refused if the document is not
    signed, or if the moment is before the issue or in the future. Raise Refused for a complainant with a
    hidden identity, too.
    """
    rights.KEEP_DISPATCH_BOOK.check(by)
    if document.is_unsigned:
        raise Refused(_("Surat ini belum ditandatangani, jadi belum dapat diserahkan."), field="receiver")
    if document.kind in FOR_APPLICANT and document.case and document.case.identity != Identity.OPEN:
        raise Refused(HIDDEN, field="receiver")
    if received_at > clock.now():
        raise Refused(_("Waktu terima tidak boleh sesudah sekarang."), field="received_at")
    if received_at + dt.timedelta(minutes=1) <= document.issued_at:  # people give minutes
        raise Refused(_("Waktu terima tidak boleh sebelum naskah diterbitkan."), field="received_at")
    title = rights.KEEP_DISPATCH_BOOK.get_title(by)
    with transaction.atomic():
        handover = Handover.objects.create(
            document=document, receiver=receiver, received_at=received_at, by=by, title=title
        )
        leave_entry(handover)
    return handover


class HandoverForm(OfficeForm):
    receiver = line_field(
        _("Nama penerima"),
        150,
        missing=_("Tulis nama penerima naskah ini."),
        validators=[check_words],
        help_text=_("Nama dan jabatan atau bagian, seperti yang ia tulis di buku ekspedisi."),
    )
    received_at = LocalDateTimeField(label=_("Diterima pada"))
