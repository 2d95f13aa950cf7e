"""Uploaded files, served only to who may see their case, and so that they can do nothing."""

from typing import Any, Protocol, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.complainant_identity import permits
from consultations.models import Attachment, Case
from consultations.queries import of_visible_case
from consultations.secret_link import behind_secret
from office.models import User


class StoredFile(Protocol):
    """An uploaded file with its checked type and a harmless name."""

    file: Any
    name: Any
    content_type: Any


HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of a visible case; that of a hidden complainant only after a look that was logged."""
    user = cast(User, request.user)
    visible = Attachment.objects.filter(of_visible_case(user)).select_related("case")
    file = get_object_or_404(visible, pk=pk)
    if file.is_sealed and not permits(request.GET.get("izin", ""), file, user=user):
        return redirect("identity", code=file.case.code)
    return serve(file)


@behind_secret
@require_safe
def public_attachment(request: HttpRequest, case: Case, pk: int) -> HttpResponseBase:
    """A file of the case behind a secret link, for its applicant; what other agencies wrote is not.

    Nor are the files of a hidden complainant: whoever prints the slip with the link would open them too.
    """
    theirs = case.attachments.exclude(purpose=Attachment.Purpose.OPINION)
    file = get_object_or_404(theirs, pk=pk)
    if file.is_sealed:
        raise Http404
    return serve(file)


def serve(file: StoredFile) -> HttpResponseBase:
    """The stored bytes under the stored type and name; a sentence where the disk has lost them."""
    try:
        content = file.file.open("rb")
    except FileNotFoundError:
        sentence = _("Berkas ini tidak ada lagi di penyimpanan. Hubungi Sekretariat.")
        return HttpResponse(sentence, status=404, content_type="text/plain; charset=utf-8")
    return FileResponse(
        content,
        filename=file.name,
        content_type=file.content_type,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": HARMLESS,
            "X-Content-Type-Options": "nosniff",
        },
    )
