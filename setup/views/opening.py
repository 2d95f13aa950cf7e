"""Start and end of the set-up: the checklist, the office file, the button that opens the service."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import Act
from audit.services import record
from office.models import User
from reports.printed_forms import published_standard
from setup.checklist import Level, get_checklist, is_ready
from setup.office_file import export_office, to_json
from setup.services import NotReady, open_service
from setup.steps import get_first_open
from setup.views.page import for_administrators, go_on, render_step


@for_administrators
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the step where the set-up continues."""
    return go_on(get_first_open(get_checklist()))


@for_administrators
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show the checklist. POST opens the service."""
    if request.method == "POST":
        try:
            open_service(by=cast(User, request.user))
        except NotReady:
            messages.error(request, _("Layanan belum dapat dibuka. Lengkapi dahulu yang masih kurang."))
        else:
            messages.success(request, _("Layanan dibuka. Masyarakat dapat mengajukan konsultasi."))
        return redirect("setup_check")
    checks = get_checklist()
    context = {
        "missing": [one for one in checks if one.level == Level.MISSING],
        "warnings": [one for one in checks if one.level == Level.WARNING],
        "is_ready": is_ready(checks),
    }
    return render_step(request, "periksa", **context)


@for_administrators
@reauthentication_required
@require_safe
def office_file(request: HttpRequest) -> HttpResponse:
    """Download the office file. It names people, so the audit log has an entry."""
    record(Act.EXPORT, by=cast(User, request.user), target="berkas kantor")
    headers = {"Content-Disposition": 'attachment; filename="berkas-kantor.json"'}
    return HttpResponse(to_json(export_office()), content_type="application/json", headers=headers)


@for_administrators
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """Show a document with the office's letterhead: the published standard."""
    return HttpResponse(published_standard(), content_type="application/pdf")
