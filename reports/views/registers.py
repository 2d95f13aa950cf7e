"""Page of a register: its rows in a period, as PDF and as file; and the list of registers."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from kit.pagination import PAGE_SIZE, Page, link, newest_first, parse_key
from kit.refusal import Refused
from kit.table import Place
from office.models import User
from reports.documents.issuing import draft_document
from reports.documents.registers import BOOKS, printing
from reports.documents.registers.book import Book, register_source
from reports.documents.registers.printing import RegisterForm, usual_periods
from reports.documents.types import TYPES_BY_KIND, TYPES_BY_SLUG, DocumentType
from reports.models import Document, Register
from reports.views.documents import answer

FIELDS = ("kind", "since", "until", "title", "at", "division__name", "by__name", "by__username")


@require_safe
def register_list(request: HttpRequest) -> HttpResponse:
    """List the registers that the user may print."""
    user = cast(User, request.user)
    mine = [TYPES_BY_KIND[kind] for kind in BOOKS if printing.scopes(kind, user)]
    if not mine:
        raise PermissionDenied
    return render(request, "reports/registers.html", {"document_types": mine})


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rows of a period, open its draft (`?draf`) or issue it (POST); list what was issued before.

    Return 403 if the user may print no register of this kind, 422 if the form is invalid and 409 if the
    period cannot be printed.
    """
    document_type, user = _get_register_type(slug), cast(User, request.user)
    scopes = printing.scopes(document_type.kind, user)
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
    planned = printing.plan_register(document_type.kind, by=cast(User, request.user), **form.period)
    return answer(request, draft_document(document_type, planned, register_source(planned)))


def _issue(request: HttpRequest, document_type: DocumentType, form: RegisterForm) -> HttpResponse:
    issued = printing.print_register(
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
    """Render the form, the rows of the chosen period, and one page of the issued registers, newest first."""
    kind, user = document_type.kind, cast(User, request.user)
    openable = printing.openable_registers(user).filter(kind=kind)
    page = newest_first(openable, request.GET, shown=FIELDS)
    documents = Document.objects.filter(kind=kind, source_pk__in=[row.pk for row in page.rows])
    by_register = {document.source_pk: document for document in documents.select_related("replaced_by")}
    context: dict[str, Any] = {
        "document_type": document_type,
        "form": form,
        "periods": usual_periods(),
        **(_get_rows(request, BOOKS[kind], form, user) if status == HTTPStatus.OK else {}),
        "page": page,
        "issued": [(row, by_register[row.pk]) for row in page.rows],
        "newest": printing.newest(kind),
    }
    return render(request, "reports/register.html", context, status=status)


def _get_rows(request: HttpRequest, book: Book, form: RegisterForm, user: User) -> dict[str, Any]:
    """Return the table and the links of one page of the period, in the order of the register.

    Return nothing if the period is not valid.
    """
    if form.is_bound and not form.is_valid():
        return {}
    try:
        chosen = printing.scoped_register(book.kind, by=user, **form.period)
    except Refused:
        return {}
    start = parse_key(request.GET.get("start", "")) or 0
    found = list(book.list_rows(chosen)[start : start + PAGE_SIZE + 1])
    rows = Page(
        found[:PAGE_SIZE],
        older=link(request.GET, start=start + PAGE_SIZE) if len(found) > PAGE_SIZE else "",
        newest=link(request.GET) if start else "",
    )
    return {"rows": rows, "table": book.show(book.get_lines(rows.rows, chosen), Place.PAGE)}
