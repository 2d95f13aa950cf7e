"""Papers as PDF: for the staff who may see the case, and for the applicant who holds the secret link."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consultations.models import Case
from consultations.parties import may_share_link
from consultations.queries import of_visible_case
from consultations.secret_link import behind_secret
from office.models import User
from reports.documents import KIND_OF, KINDS, OF_A_CASE, Kind
from reports.issuing import NotAvailable, content_of, paper_of
from reports.models import FOR_APPLICANT, Document, Register
from reports.registers import openable
from reports.rendering import TooLong


@require_safe
@cache_control(private=True, no_store=True)
def paper(request: HttpRequest, code: str, paper: str) -> HttpResponse:
    """The newest paper of a kind, of a case that the user may see: as issued, or as a draft."""
    kind, user = _kind(paper), cast(User, request.user)
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
    try:
        return answer(request, _unless_secret(paper_of(kind, case), case, user))
    except NotAvailable as sentence:
        return _refused(request, kind, sentence)


@require_safe
@cache_control(private=True, no_store=True)
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A paper that was issued for a case that the user may see, or for a period; replaced ones too."""
    user = cast(User, request.user)
    of_registers = Q(kind__in=Register.Kind.values, record__in=openable(user).values("pk"))
    may_open = Q(of_visible_case(user)) | of_registers | Q(kind=Document.Kind.SURVEY)
    issued = Document.objects.filter(may_open).select_related("case", "issued_by", "replaces")
    found = get_object_or_404(issued, pk=pk)
    return answer(request, _unless_secret(found, found.case, user) if found.case else found)


@behind_secret
@require_safe
def public_paper(request: HttpRequest, case: Case, paper: str) -> HttpResponse:
    """A paper for the applicant: the one in force, and never a draft."""
    kind = _kind(paper)
    if kind.of not in FOR_APPLICANT:
        raise Http404
    issued = Document.objects.for_applicant().filter(case=case, kind=kind.of).first()
    if issued:
        return answer(request, issued)
    try:
        found = paper_of(kind, case)
    except NotAvailable as sentence:
        raise Http404 from sentence
    if found.is_draft or found.revoked_at:
        raise Http404
    return answer(request, found)


def _kind(slug: str) -> Kind:
    kind = KINDS.get(slug)
    if kind in OF_A_CASE:
        return kind
    raise Http404


def _unless_secret(document: Document, case: Case, user: User) -> Document:
    """The paper, unless the applicant's secret stands on it and the user does not hand out secrets."""
    if document.holds_the_secret and not may_share_link(user, case):
        raise Http404
    return document


def answer(request: HttpRequest, document: Document, row: Model | None = None) -> HttpResponse:
    """The PDF of a paper, or a page that says why there is none; `row` as in `content_of()`."""
    kind = KIND_OF[document.kind]
    try:
        content = content_of(document, row)
    except (NotAvailable, TooLong) as sentence:
        return _refused(request, kind, sentence)
    code = document.case.code if document.case else timezone.localdate(document.issued_at)
    headers = {"Content-Disposition": f'inline; filename="{kind.slug}-{code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _refused(request: HttpRequest, kind: Kind, sentence: Exception) -> HttpResponse:
    context = {"title": kind.title, "sentence": sentence}
    return render(request, "print/unavailable.html", context, status=HTTPStatus.NOT_FOUND)
