"""Documents as PDF: for staff who may see the case, and for the applicant with the secret link."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from audit.models import Act
from audit.services import record
from consultations.models import Case, LinkAccess
from consultations.parties import may_share_link
from consultations.queries import get_visible_case, of_visible_case
from consultations.secret_link import behind_secret, get_reader, log_access
from office.models import User
from reports.document_files import DocumentUnavailable, read_document
from reports.documents import CASE_DOCUMENT_TYPES, TYPES_BY_KIND, TYPES_BY_SLUG, DocumentType
from reports.issuing import get_document
from reports.models import Document, Register
from reports.pdf import TooLong
from reports.registers.printing import openable_registers


@require_safe
@cache_control(private=True, no_store=True)
def case_document(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Return the newest document of a type of a visible case: as issued, or as a draft."""
    document_type, user = _get_case_document_type(slug), cast(User, request.user)
    case = get_visible_case(user, code)
    try:
        document = get_document(document_type, case)
    except DocumentUnavailable as sentence:
        return _unavailable(request, document_type, sentence)
    return _answer_unless_secret(request, document, case)


@require_safe
@cache_control(private=True, no_store=True)
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return any version of an issued document: of a visible case, a register or the survey."""
    user = cast(User, request.user)
    of_register = Q(kind__in=Register.Kind.values, source_pk__in=openable_registers(user).values("pk"))
    visible = of_visible_case(user) | of_register | Q(kind=Document.Kind.SURVEY)
    issued = Document.objects.filter(visible).select_related("case", "issued_by", "replaces")
    found = get_object_or_404(issued, pk=pk)
    return _answer_unless_secret(request, found, found.case) if found.case else answer(request, found)


@behind_secret
def applicant_document(request: HttpRequest, case: Case, slug: str) -> HttpResponse:
    """Return the document in force of a type for the applicant."""
    kind = _get_case_document_type(slug).kind
    return answer(request, get_object_or_404(case.documents.for_applicant(), kind=kind))


def _get_case_document_type(slug: str) -> DocumentType:
    document_type = TYPES_BY_SLUG.get(slug)
    if document_type in CASE_DOCUMENT_TYPES:
        return document_type
    raise Http404


def _answer_unless_secret(request: HttpRequest, document: Document, case: Case) -> HttpResponse:
    """Return the document. If the secret link is printed on it, log the access.

    Raise Http404 if the user may not share the link.
    """
    if document.has_secret_link:
        user = cast(User, request.user)
        if not may_share_link(user, case):
            raise Http404
        log_access(case, by=user, place=LinkAccess.Place.RECEIPT)
    return answer(request, document)


def answer(request: HttpRequest, document: Document) -> HttpResponse:
    """Return the PDF of a document and record it, or a page that says why there is none."""
    document_type = TYPES_BY_KIND[document.kind]
    try:
        content = read_document(document)
    except (DocumentUnavailable, TooLong) as sentence:
        return _unavailable(request, document_type, sentence)
    if document.kind != Document.Kind.SURVEY:  # published for everybody
        reader = get_reader(request, document.case) if document.case else cast(User, request.user)
        target = f"{document_type.slug} versi {document.version}"
        record(Act.DOCUMENT, by=reader, case=document.case, target=target)
    code = document.case.code if document.case else timezone.localdate(document.issued_at)
    headers = {"Content-Disposition": f'inline; filename="{document_type.slug}-{code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _unavailable(request: HttpRequest, document_type: DocumentType, sentence: Exception) -> HttpResponse:
    context = {"title": document_type.title, "sentence": sentence}
    return render(request, "print/unavailable.html", context, status=HTTPStatus.NOT_FOUND)
