"""The page on which the Buku Agenda or the Rekap Laporan of a period is printed."""

from collections.abc import Sequence
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
from reports.documents import KINDS, Kind
from reports.facts.registers import record_of
from reports.forms.period import PeriodForm, usual_periods
from reports.issuing import drafted
from reports.models import Document, Register
from reports.views.papers import answer

SHOWN = ("kind", "since", "until", "title", "at", "division__name", "by__name", "by__username")
"""What a row of the list shows."""

LISTS = {
    Register.Kind.AGENDA_BOOK: ("agenda", gettext_lazy("Kembali ke buku agenda")),
    Register.Kind.RECAP: ("reports", gettext_lazy("Kembali ke laporan")),
}
"""The page that shows the same rows."""


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a period, look at the draft (`?draf`) or issue it (POST); below, what was issued before.

    403 where nothing of the kind is the user's to print, 422 with what was typed where something is wrong
    with it, 409 where the period cannot be printed.
    """
    kind, user = _kind(slug), cast(User, request.user)
    scopes = registers.scopes(kind.of, user)
    if not scopes:
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    form = PeriodForm(asked if "since" in asked or "until" in asked else None, scopes=scopes)
    if request.method != "POST" and "draf" not in asked:
        return _page(request, kind, form)
    if not form.is_valid():
        return _page(request, kind, form, status=422)
    try:
        return _issue(request, kind, form) if request.method == "POST" else _draft(request, kind, form)
    except Refused as refusal:
        form.add_error("until", str(refusal))
        return _page(request, kind, form, status=409)


def _kind(slug: str) -> Kind:
    kind = KINDS.get(slug)
    if kind is None or kind.model is not Register:
        raise Http404
    return kind


def _draft(request: HttpRequest, kind: Kind, form: PeriodForm) -> HttpResponse:
    planned = registers.plan(kind.of, by=cast(User, request.user), **form.period)
    return answer(request, drafted(kind, planned, record_of(planned)), planned)


def _issue(request: HttpRequest, kind: Kind, form: PeriodForm) -> HttpResponse:
    newest = form.cleaned_data["newest"]
    by = cast(User, request.user)
    issued = registers.print_register(kind.of, by=by, newest=newest, **form.period)
    messages.success(
        request,
        format_html(
            '{} <a href="{}" target="_blank" rel="noopener">{}</a>',
            _("%(paper)s versi %(version)s sudah diterbitkan.")
            % {"paper": kind.title, "version": issued.version},
            reverse("document", args=[issued.pk]),
            _("Buka PDF"),
        ),
    )
    days = {name: form.cleaned_data[name].isoformat() for name in ("since", "until")}
    return redirect(f"{request.path}?{urlencode(days)}")


def _page(request: HttpRequest, kind: Kind, form: PeriodForm, status: int = 200) -> HttpResponse:
    """The form and one page of the list of what was issued, newest first."""
    openable = registers.openable(cast(User, request.user)).filter(kind=kind.of)
    page = newest_first(openable, request.GET, shown=SHOWN)
    documents = _documents(kind, page.rows)
    list_page, list_name = LISTS[Register.Kind(kind.of)]
    context: dict[str, Any] = {
        "list_url": reverse(list_page),
        "list_name": list_name,
        "kind": kind,
        "form": form,
        "periods": usual_periods(),
        "page": page,
        "issued": [(row, documents[row.pk]) for row in page.rows],
        "newest": registers.newest(kind.of),
    }
    return render(request, "reports/register.html", context, status=status)


def _documents(kind: Kind, printed: Sequence[Register]) -> dict[int, Document]:
    """The papers of some registers, by the key of their register."""
    found = Document.objects.filter(kind=kind.of, record__in=[row.pk for row in printed])
    return {document.record: document for document in found.select_related("replaced_by")}
