"""Uploaded files, served only to who may see their case, and so that they can do nothing."""

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.filters import of_visible_case
from consultations.models import Attachment, Case
from consultations.views.secret import behind_secret
from office.models import User

HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of a visible case."""
    visible = Attachment.objects.filter(of_visible_case(cast(User, request.user)))
    return _serve(get_object_or_404(visible, pk=pk))


@behind_secret
@require_safe
def public_attachment(request: HttpRequest, case: Case, pk: int) -> HttpResponseBase:
    """A file of the case behind a secret link, for its applicant; what other agencies wrote is not."""
    theirs = case.attachments.exclude(purpose=Attachment.Purpose.OPINION)
    return _serve(get_object_or_404(theirs, pk=pk))


def _serve(file: Attachment) -> HttpResponseBase:
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
