"""Pages of the set-up with one form each: identity, hours, divisions, standard, rooms and signers."""

import datetime as dt
from copy import copy
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kit.limits import body_limit
from office import clock
from office.models import Office, User
from office.worktime import WorkingTime
from setup import services
from setup.forms import DivisionsForm, IdentityForm, MailTestForm, ServiceForm, StandardForm
from setup.hours_form import HoursForm
from setup.services.invitations import send_test_mail
from setup.views.page import for_administrators, go_on, render_step

PICTURE_BYTES = 5 * 1024 * 1024
HOLIDAY_DAYS = 365
"""Days for which holidays of the law are shown."""


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    form = IdentityForm(request.POST or None, request.FILES or None, instance=copy(Office.load()))
    if "preview" in request.POST:
        return render_step(request, "identitas", form=form, shown=_show_typed(request, form))
    if form.is_valid():
        entered = form.cleaned_data
        entered["coat_of_arms"] = entered["coat_of_arms"] or ""  # False: the picture is removed
        services.store_office(by=cast(User, request.user), **entered)
        return go_on("jam")
    return render_step(request, "identitas", form=form, shown=Office.load())


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_POST
def letterhead(request: HttpRequest) -> HttpResponse:
    """Return the letterhead with the typed values, as a part of the identity page."""
    form = IdentityForm(request.POST, instance=copy(Office.load()))
    return render(request, "setup/letterhead.html", {"shown": _show_typed(request, form)})


def _show_typed(request: HttpRequest, form: IdentityForm) -> Office:
    """Return an office with the typed values, valid or not. It is not stored."""
    shown: Office = form.instance
    for name in ("government", "name", "address", "phone", "email", "website"):
        setattr(shown, name, request.POST.get(name, "")[:300])
    return shown


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    since = clock.today()
    form = HoursForm(request.POST or None, since=since)
    if form.is_valid():
        by = cast(User, request.user)
        services.store_hours(form.cleaned_data["week"], by=by)
        services.store_closed_days(form.cleaned_data["closed_days"], by=by, since=since)
        return go_on("bidang")
    worktime = WorkingTime.load()
    days = (since + dt.timedelta(days=n) for n in range(HOLIDAY_DAYS))
    holidays = [(day, name) for day in days if (name := worktime.get_holiday(day))]
    return render_step(request, "jam", form=form, holidays=holidays)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def divisions(request: HttpRequest) -> HttpResponse:
    form = DivisionsForm(request.POST or None)
    if form.is_valid():
        services.store_divisions(form.cleaned_data["divisions"], by=cast(User, request.user))
        return go_on("pegawai")
    return render_step(request, "bidang", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def standard(request: HttpRequest) -> HttpResponse:
    form = StandardForm(request.POST or None)
    if form.is_valid():
        entered = form.cleaned_data
        services.store_standard(
            form.entered_components,
            by=cast(User, request.user),
            decree_on=entered["decree_on"],
            standard_number=entered["standard_number"],
            service_minutes=entered["service_minutes"],
        )
        return go_on("layanan")
    return render_step(request, "standar", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    by = cast(User, request.user)
    form = ServiceForm(request.POST or None, instance=copy(Office.load()))
    if form.is_valid():
        rooms = form.cleaned_data.pop("rooms")
        services.store_rooms(rooms, by=by)
        services.store_office(by=by, **form.cleaned_data)
        return go_on("periksa")
    test_form = MailTestForm(initial={"recipient": by.email})
    return render_step(request, "layanan", form=form, test_form=test_form)


@for_administrators
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Send a test mail and say whether the server took it."""
    form = MailTestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis alamat surel yang sah untuk surel uji."))
        return redirect("setup_service")
    test = send_test_mail(form.cleaned_data["recipient"])
    if test.error:
        messages.error(request, _("Surel uji gagal: %(error)s") % {"error": test.error})
    else:
        messages.success(
            request,
            _("Server menerima surel uji untuk %(to)s. Periksa kotak masuknya.") % {"to": test.recipient},
        )
    return redirect("setup_service")
