"""Pages of the set-up: its steps with a form each, the checklist, the office file."""

import datetime as dt
from copy import copy
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from kit import clock
from kit.form_view import handle_button
from kit.limits import body_limit
from office import rights
from office.models import Office
from office.rights import StaffRequest, requires
from office.worktime import WorkingTime
from operations.setup import forms, services
from operations.setup.checklist import Level, get_checklist, get_first_open, get_progress, open_service
from operations.setup.office_file import export_office, to_json
from reports.documents.files import published_standard

for_administrators = requires(rights.SET_UP)


def render_step(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render the page of a step; with status 422 if `form` has errors."""
    checks, office = get_checklist(), Office.load()
    progress = get_progress(name, checks, is_open=office.is_open)
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    more = {"checks": checks, "progress": progress, "office": office, **context}
    return render(request, f"setup/{name}.html", more, status=status)


PAGES = {
    "identitas": "setup_identity",
    "jam": "setup_hours",
    "bidang": "setup_divisions",
    "pegawai": "staff_import",
    "standar": "setup_standard",
    "layanan": "setup_service",
    "periksa": "setup_check",
}
"""URL names of the steps."""


PICTURE_BYTES = 5 * 1024 * 1024
HOLIDAY_DAYS = 365
"""Days for which holidays of the law are shown."""


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: StaffRequest) -> HttpResponse:
    form = forms.IdentityForm(request.POST or None, request.FILES or None, instance=copy(Office.load()))
    if "preview" in request.POST:
        return render_step(request, "identitas", form=form, shown=_show_typed(request, form))
    if form.is_valid():
        entered = form.cleaned_data
        entered["coat_of_arms"] = entered["coat_of_arms"] or ""  # False: the picture is removed
        services.store_office(by=request.user, **entered)
        return redirect(PAGES["jam"])
    return render_step(request, "identitas", form=form, shown=Office.load())


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_POST
def letterhead(request: HttpRequest) -> HttpResponse:
    """Return the letterhead with the typed values, as a part of the identity page."""
    form = forms.IdentityForm(request.POST, instance=copy(Office.load()))
    return render(request, "setup/letterhead.html", {"shown": _show_typed(request, form)})


def _show_typed(request: HttpRequest, form: forms.IdentityForm) -> Office:
    """Return an office with the typed values, valid or not. It is not stored."""
    shown: Office = form.instance
    for name in ("government", "name", "address", "phone", "email", "website"):
        setattr(shown, name, request.POST.get(name, "")[:300])
    return shown


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: StaffRequest) -> HttpResponse:
    since = clock.today()
    form = forms.HoursForm(request.POST or None, since=since)
    if form.is_valid():
        by = request.user
        services.store_hours(form.cleaned_data["week"], by=by)
        services.store_closed_days(form.cleaned_data["closed_days"], by=by, since=since)
        return redirect(PAGES["bidang"])
    worktime = WorkingTime.load()
    days = (since + dt.timedelta(days=n) for n in range(HOLIDAY_DAYS))
    holidays = [(day, name) for day in days if (name := worktime.get_holiday(day))]
    return render_step(request, "jam", form=form, holidays=holidays)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def divisions(request: StaffRequest) -> HttpResponse:
    form = forms.DivisionsForm(request.POST or None)
    if form.is_valid():
        services.store_divisions(form.cleaned_data["divisions"], by=request.user)
        return redirect(PAGES["pegawai"])
    return render_step(request, "bidang", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def standard(request: StaffRequest) -> HttpResponse:
    form = forms.StandardForm(request.POST or None)
    if form.is_valid():
        entered = form.cleaned_data
        services.store_standard(
            form.entered_components,
            by=request.user,
            decree_on=entered["decree_on"],
            standard_number=entered["standard_number"],
            service_minutes=entered["service_minutes"],
        )
        return redirect(PAGES["layanan"])
    return render_step(request, "standar", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: StaffRequest) -> HttpResponse:
    by = request.user
    form = forms.ServiceForm(request.POST or None, instance=copy(Office.load()))
    if form.is_valid():
        rooms = form.cleaned_data.pop("rooms")
        services.store_rooms(rooms, by=by)
        services.store_office(by=by, **form.cleaned_data)
        return redirect(PAGES["periksa"])
    test_form = forms.MailTestForm(initial={"recipient": by.email})
    return render_step(request, "layanan", form=form, test_form=test_form)


@for_administrators
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the step where the set-up continues."""
    return redirect(PAGES[get_first_open(get_checklist())])


@for_administrators
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest) -> HttpResponse:
    """Show the checklist. POST opens the service."""
    if request.method == "POST":
        done = _("Layanan dibuka. Masyarakat dapat mengajukan konsultasi.")
        return handle_button(request, partial(open_service, by=request.user), done, "setup_check")
    checks = get_checklist()
    missing, warnings = (
        [one for one in checks if one.level == level] for level in (Level.MISSING, Level.WARNING)
    )
    return render_step(request, "periksa", missing=missing, warnings=warnings, is_ready=not missing)


@for_administrators
@reauthentication_required
@require_safe
def office_file(request: StaffRequest) -> HttpResponse:
    """Download the office file. It names people, so the audit log has an entry."""
    record(Act.EXPORT, by=request.user, target="berkas kantor")
    headers = {"Content-Disposition": 'attachment; filename="berkas-kantor.json"'}
    return HttpResponse(to_json(export_office()), content_type="application/json", headers=headers)


@for_administrators
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """Show a document with the office's letterhead: the published standard."""
    return HttpResponse(published_standard(), content_type="application/pdf")
