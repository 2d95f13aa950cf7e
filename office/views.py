"""Health checks, error pages, and the recovery of a second factor."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from office.factor_recovery import RecoveryError, confirm, list_open, may_confirm
from office.forms import RecoveryForm
from office.models import FactorRecovery, User


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database answers, else 503. For a load balancer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@login_not_required
def healthz_live(request: HttpRequest) -> HttpResponse:
    """Return 200: the process answers. For a supervisor that restarts what does not."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for a request that is not allowed.

    Django's own handlers for 403 and 404 check the CSRF token once more. For that they parse the body, which
    fails if it is broken.
    """
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for an unknown address. See `forbidden()`."""
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page for a request that cannot be parsed.

    Django's own handler reads `request.POST` again for the CSRF token, and fails.
    """
    return HttpResponse(render_to_string("400.html"), status=400)


@require_http_methods(["GET", "POST"])
def factor_recovery(request: HttpRequest) -> HttpResponse:
    """Show the recoveries that wait for a second person, and the form to confirm who lost a second factor."""
    if not may_confirm(cast(User, request.user)):
        raise PermissionDenied
    return _factor_recovery(request)


@reauthentication_required
def _factor_recovery(request: HttpRequest) -> HttpResponse:
    by = cast(User, request.user)
    form = RecoveryForm(request.POST or None, by=by)
    if form.is_valid():
        try:
            _announce(request, confirm(form.cleaned_data["person"], by=by))
            return redirect("factor_recovery")
        except RecoveryError as refusal:
            form.add_error("person", str(refusal))
    context = {"form": form, "waiting": list(list_open())}
    return render(request, "account/factor_recovery.html", context, status=422 if form.errors else 200)


def _announce(request: HttpRequest, recovery: FactorRecovery) -> None:
    """Tell the user what the confirmation did, and write to the person whose factors were removed."""
    names = {"name": recovery.user}
    if recovery.second_by is None:
        messages.info(request, _("Tercatat. Orang kedua memastikan %(name)s dalam 24 jam.") % names)
        return
    by = {"first": recovery.first_by, "second": recovery.second_by}
    get_adapter(request).send_notification_mail(
        "account/email/factors_removed", recovery.user, by, recovery.user.email
    )
    messages.success(
        request,
        _("Verifikasi dua langkah %(name)s dihapus. Ia masuk dengan kata sandi dan menyiapkannya lagi.")
        % names,
    )
