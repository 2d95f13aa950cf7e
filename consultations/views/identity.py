"""The page that reveals a hidden identity once, after asking for the reason."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations.complainant_identity import can_reveal_identity, reveal_identity, sign_file_permit
from consultations.contact import whatsapp_link
from consultations.enums import Identity
from consultations.forms.identity import RevealForm
from consultations.parties import subject_unknown
from consultations.queries import get_visible_case
from office.rights import StaffRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: StaffRequest, code: str) -> HttpResponse:
    """Ask for the reason, then show name, contact and files of a hidden complainant in this response only.

    Answer 404 if the case is not visible or its complainant is not confidential. Answer 403 if the user does
    not handle the case, and 422 without a reason.
    """
    user = request.user
    case = get_visible_case(user, code)
    if case.identity != Identity.CONFIDENTIAL:
        raise Http404
    if not can_reveal_identity(user, case):
        raise PermissionDenied
    form = RevealForm(request.POST if request.method == "POST" else None, case=case)
    context = {"case": case, "form": form, "subject_unknown": subject_unknown(case)}
    if not form.is_valid():
        return render(request, "consultations/identity.html", context, status=422 if form.is_bound else 200)
    hidden = reveal_identity(case, by=user, **form.cleaned_data)
    context |= {
        "hidden": hidden,
        "whatsapp": whatsapp_link(case, phone=hidden.phone),
        "files": [
            (file, sign_file_permit(file, user=user))
            for file in case.attachments.order_by("pk")
            if file.is_sealed
        ],
    }
    return render(request, "consultations/identity.html", context)
