"""Notices of breaches: the page of the office, and the PDF for the office and for those concerned."""

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import Act
from audit.services import record
from consultations.models import Case
from consultations.pagination import newest_first
from consultations.secret_link import behind_secret, get_reader
from kit.refusal import Refused
from office.models import User
from office.unsent import keeps_unsent, take_unsent
from privacy.forms import BreachForm
from privacy.models import Breach
from privacy.services import report_breach
from privacy.services.breach import list_breaches_of, may_report
from reports.printed_forms import PrintedForm

NOTICE = PrintedForm("Pemberitahuan Kegagalan Pelindungan Data Pribadi", "kegagalan-data")


def _get_reporter(request: HttpRequest) -> User:
    """Return the user. Raise Http404 if the user may not write notices."""
    user = cast(User, request.user)
    if not may_report(user):
        raise Http404
    return user


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def breaches(request: HttpRequest) -> HttpResponse:
    """List the notices, newest first, with the form for another one."""
    user, status = _get_reporter(request), HTTPStatus.OK
    form = BreachForm(initial=BreachForm(unsent).typed() if (unsent := take_unsent(request)) else None)
    if request.method == "POST":
        form, status = BreachForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                report_breach(by=user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, _("Pemberitahuan tersimpan dan dikirim kepada yang terkait."))
                return redirect("breaches")
    page = newest_first(
        Breach.objects.all(), request.GET, shown=("found_at", "since", "until", "at", "title")
    )
    return render(request, "privacy/breaches.html", {"form": form, "page": page}, status=status)


@require_safe
def breach_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the notice as PDF for the office."""
    _get_reporter(request)
    return _answer(get_object_or_404(Breach.objects.select_related("by"), pk=pk))


@behind_secret
def own_breach(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """Return the notice as PDF to an applicant whom it concerns."""
    breach = get_object_or_404(list_breaches_of(case).select_related("by"), pk=pk)
    record(Act.DOCUMENT, by=get_reader(request, case), case=case, target=f"kegagalan data {pk}")
    return _answer(breach)


def _answer(breach: Breach) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="kegagalan-data-{breach.pk}.pdf"'}
    return HttpResponse(NOTICE.render(breach=breach), content_type="application/pdf", headers=headers)
