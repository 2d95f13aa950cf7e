"""Step 1 by the applicant: asking for a consultation, or complaining."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations import services
from consultations.forms.request import ComplaintForm, RequestForm
from office.worktime import WorkingTime

may_post = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@may_post
def request_consultation(request: HttpRequest) -> HttpResponse:
    """Step 1, by the applicant: `ajukan/`."""
    return _submit(request, RequestForm, "public/request.html")


@login_not_required
@never_cache
@may_post
def complain(request: HttpRequest) -> HttpResponse:
    """Step 1 for a complaint: `pengaduan/`."""
    return _submit(request, ComplaintForm, "public/complaint.html")


def _submit(request: HttpRequest, form_class: type[RequestForm], template: str) -> HttpResponse:
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    if form.is_valid():
        case = services.submit(**form.cleaned_data)
        return redirect("receipt", secret=case.secret)
    context = {"form": form, "hours": WorkingTime.load().sentence()}
    return render(request, template, context, status=422 if form.errors else 200)
