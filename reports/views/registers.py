"""Page on which the agenda book or the report summary of a period is printed."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from consultations.pagination import newest_first
from consultations.workflow import Refused
from office.models import User
from reports import registers
from reports.contexts.registers import register_source
from reports.documents import TYPES_BY_SLUG, DocumentType
from reports.forms.period import RegisterForm, usual_periods
from reports.issuing import draft_document
from reports.models import Document, Register
from reports.views.documents import answer

FIELDS = ("kind", "since", "until", "title", "at", "division__name", "by__name", "by__username")

LISTS = {
    Register.Kind.AGENDA_BOOK: ("agenda", gettext_lazy("Kembali ke buku agenda")),
    Register.Kind.RECAP: ("reports", gettext_lazy("Kembali ke laporan")),
}
"""URL name of the page that lists the same rows, and the text of the link to it."""


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a period, open its draft (`?draf`) or issue it (POST); list what was issued before.

    Returns 403 if the user may print no register of this kind, 422 if the form is invalid and 409 if the
    period cannot be printed.
    """
    document_type, user = _get_register_type(slug), cast(User, request.user)
    scopes = registers.scopes(document_type.kind, user)
    if not scopes:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    form = RegisterForm(data if "since" in data or "until" in data else None, scopes=scopes)
    if request.method != "POST" and "draf" not in data:
        return _page(request, document_type, form)
    if not form.is_valid():
        return _page(request, document_type, form, status=422)
    handle = _issue if request.method == "POST" else _draft
    try:
        return handle(request, document_type, form)
    except Refused as refusal:
        form.add_error("until", str(refusal))
        return _page(request, document_type, form, status=409)


def _get_register_type(slug: str) -> DocumentType:
    document_type = TYPES_BY_SLUG.get(slug)
    if document_type is None or document_type.model is not Register:
        raise Http404
    return document_type


def _draft(request: HttpRequest, document_type: DocumentType, form: RegisterForm) -> HttpResponse:
    planned = registers.plan_register(document_type.kind, by=cast(User, request.user), **form.period)
    return answer(request, draft_document(document_type, planned, register_source(planned)))


def _issue(request: HttpRequest, document_type: DocumentType, form: RegisterForm) -> HttpResponse:
    issued = registers.print_register(
        document_type.kind,
        by=cast(User, request.user),
        newest=form.cleaned_data["newest"],
        **form.period,
    )
    messages.success(
        request,
        format_html(
            '{} <a href="{}" target="_blank" rel="noopener">{}</a>',
            _("%(paper)s versi %(version)s sudah diterbitkan.")
            % {"paper": document_type.title, "version": issued.version},
            reverse("document", args=[issued.pk]),
            _("Buka PDF"),
        ),
    )
    days = {name: form.cleaned_data[name].isoformat() for name in ("since", "until")}
    return redirect(f"{request.path}?{urlencode(days)}")


def _page(
    request: HttpRequest, document_type: DocumentType, form: RegisterForm, status: int = 200
) -> HttpResponse:
    """Render the form and one page of the issued registers, newest first."""
    kind = document_type.kind
    openable = registers.openable_registers(cast(User, request.user)).filter(kind=kind)
    page = newest_first(openable, request.GET, shown=FIELDS)
    documents = Document.objects.filter(kind=kind, source_pk__in=[row.pk for row in page.rows])
    by_register = {document.source_pk: document for document in documents.select_related("replaced_by")}
    list_page, list_name = LISTS[Register.Kind(kind)]
    context: dict[str, Any] = {
        "list_url": reverse(list_page),
        "list_name": list_name,
        "document_type": document_type,
        "form": form,
        "periods": usual_periods(),
        "page": page,
        "issued": [(row, by_register[row.pk]) for row in page.rows],
        "newest": registers.newest(kind),
    }
    return render(request, "reports/register.html", context, status=status)
