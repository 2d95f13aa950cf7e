"""The page on which the head checks the people who were named before the opening."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from office.models import Office, Role, User
from setup.named_people import has_named, list_named
from setup.services.staff_check import NamedByOneself, confirm_staff


@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_check(request: HttpRequest) -> HttpResponse:
    """Show the list to the head. POST confirms it. Answer 403 to others."""
    user = cast(User, request.user)
    if Role.HEAD not in user.roles:
        raise PermissionDenied
    if request.method == "POST":
        try:
            confirm_staff(by=user)
        except NamedByOneself:
            messages.error(
                request, _("Anda sendiri menunjuk sebagian orang ini. Orang lain yang memeriksanya.")
            )
            return redirect("staff_check")
        messages.success(request, _("Daftar orang sudah Anda periksa."))
        return redirect("desk")
    context = {
        "rows": list_named(),
        "waits": Office.load().awaits_staff_check,
        "named_some": has_named(user),
    }
    return render(request, "setup/daftar_orang.html", context)
