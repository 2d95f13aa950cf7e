"""Pictures of the pages of attached files, and the page that shows them (viewer).

`uploads.draw_pictures` stores them once in a ZIP file beside the original: a thumbnail and a picture of each
page. They are erased and removed with the original. A hidden complainant's file has none. A file without
pictures keeps its link.
"""

import datetime as dt
from zipfile import BadZipFile, ZipFile

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from consultations.models import Attachment
from consultations.queries import of_visible_case
from consultations.secret_link import file_opened
from consultations.views import INERT_CSP
from kit.encryption import NotAsStored
from office.rights import StaffRequest

THUMBNAIL = 0
"""Number of the thumbnail among the pictures of a file. The pages follow."""


UNREADABLE = (ValueError, FileNotFoundError, BadZipFile, NotAsStored)
"""No pictures, or they are lost, damaged or changed."""

SALT = "consultations.intake.pictures"
PERMIT_DURATION = dt.timedelta(hours=1)
"""Time for which the pictures of an opened viewer can be loaded."""


@require_safe
def viewer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the pages of a file of a visible case, with the files before and after it. The look is logged.

    A file without pictures is opened by its link.
    """
    file = _get_file(request, pk)
    try:
        with file.pictures.open("rb") as stored, ZipFile(stored) as pictures:
            pages, has_more = range(1, len(pictures.namelist())), bool(pictures.comment)
    except UNREADABLE:
        return redirect("attachment", pk=pk)
    file_opened.send(Attachment, file=file, case=file.case, by=request.user)
    files = list(file.case.attachments.exclude(pictures="").order_by("pk"))
    place = files.index(file)
    context = {
        "case": file.case,
        "file": file,
        "files": files,
        "number": place + 1,
        "before": files[place - 1] if place else None,
        "after": files[place + 1] if place + 1 < len(files) else None,
        "pages": pages,
        "permit": signing.dumps([file.pk, request.user.pk], salt=SALT),
        "has_more": has_more,
    }
    return render(request, "intake/viewer.html", context)


@require_safe
def picture(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Serve the thumbnail of a file of a visible case, or a page with the permit of the viewer."""
    file = _get_file(request, pk)
    if number != THUMBNAIL and not _is_permitted(request, file):
        return redirect("viewer", pk=pk)
    try:
        with file.pictures.open("rb") as stored, ZipFile(stored) as pictures:
            content = pictures.read(f"{number}.jpg")
    except (*UNREADABLE, KeyError) as error:
        raise Http404 from error
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": INERT_CSP}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


def _is_permitted(request: StaffRequest, file: Attachment) -> bool:
    """Return whether the viewer, which logs the look, gave this user a permit for the file."""
    try:
        permit = signing.loads(request.GET.get("izin", ""), salt=SALT, max_age=PERMIT_DURATION)
    except signing.BadSignature:
        return False
    return bool(permit == [file.pk, request.user.pk])


def _get_file(request: StaffRequest, pk: int) -> Attachment:
    visible = Attachment.objects.filter(of_visible_case(request.user)).select_related("case")
    return get_object_or_404(visible, pk=pk)
