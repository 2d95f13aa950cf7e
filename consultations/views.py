"""Views of attachments, of a confidential complainant's identity, the office's agenda number, and notes."""

from functools import partial
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultations.agenda_forms import OfficeNumberForm
from consultations.corrections import list_corrections
from consultations.enums import Identity
from consultations.identity import (
    RevealForm,
    can_reveal_identity,
    is_permitted,
    reveal_identity,
    sign_file_permit,
    whatsapp_link,
)
from consultations.models import Attachment, Case
from consultations.notes import ColleagueNoteForm, may_write_note, write_note
from consultations.parties import subject_unknown
from consultations.queries import get_visible_case, of_visible_case
from consultations.secret_link import behind_secret, file_opened, get_reader
from consultations.services import enter_office_number
from kit.encryption import NotAsStored, check_hash
from kit.form_view import handle_form
from kit.malware import MalwareError, ScannerError, scan
from office import rights
from office.rights import StaffRequest, requires
from office.words import with_words

INERT_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
def attachment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Serve a file of a visible case. A hidden complainant's file needs a permit of a logged reveal.

    An erased file needs none: the answer says that it was erased.
    """
    user = request.user
    visible = Attachment.objects.filter(of_visible_case(user)).select_related("case")
    file = get_object_or_404(visible, pk=pk)
    if file.is_sealed and file.file and not is_permitted(request.GET.get("izin", ""), file, user=user):
        return redirect("identity", code=file.case.code)
    file_opened.send(Attachment, file=file, case=file.case, by=user)
    return serve(file, download="unduh" in request.GET)


@requires(rights.NUMBER_LETTERS)
def office_number(request: StaffRequest, code: str) -> HttpResponse:
    """Enter the number that another agenda of the office gave to a visible case."""
    case = get_visible_case(request.user, code)

    def act(office_number: str) -> HttpResponse:
        enter_office_number(case, by=request.user, office_number=office_number)
        messages.success(request, _("Nomor agenda kantor %(number)s disimpan.") % {"number": office_number})
        return redirect("case", code=code)

    return handle_form(request, OfficeNumberForm, act, "consultations/office_number.html", {"case": case})


def case_note(request: StaffRequest, code: str) -> HttpResponse:
    """Write a note for the colleagues who see the case. Answer 403 to a Pengawas."""
    user = request.user
    case = get_visible_case(user, code)

    def act(**entered: Any) -> HttpResponse:
        write_note(case, by=user, **entered)
        messages.success(request, _("Catatan disimpan."))
        return redirect(f"{reverse('case', args=[code])}?buka=catatan#catatan")

    if case.is_open and not may_write_note(user, case):
        raise PermissionDenied
    form = partial(ColleagueNoteForm, case=case, by=user)
    return handle_form(request, form, act, "consultations/note.html", {"case": case})


@behind_secret(opens_by_code=True)
def public_attachment(request: HttpRequest, case: Case, pk: int) -> HttpResponseBase:
    """Serve a file to the holder of the secret link. Answer 404 for files that the office added.

    Files of a hidden complainant answer 404 too: staff who print the receipt know the link.
    """
    theirs = case.attachments.exclude(purpose__in=Attachment.FROM_OFFICE)
    file = get_object_or_404(theirs, pk=pk)
    if file.is_sealed:
        raise Http404
    file_opened.send(Attachment, file=file, case=case, by=get_reader(request, case))
    return serve(file, download="unduh" in request.GET)


def serve(file: Any, *, download: bool = False, sha256: str = "") -> HttpResponseBase:
    """Return an uploaded file (Attachment, DraftFile) to be shown, or its original bytes to be downloaded.

    Answer 404 if it is missing. A PDF is shown as its inert copy and downloaded while it has none. No file
    leaves before the scanner calls it clean: answer 403 for malware, and 503 while the scanner is silent.
    Answer 410 for an erased file, and 409 for one that is not as it was stored.
    """
    if not file.file:
        return _say(
            _("Berkas ini sudah dihapus menurut jadwal retensi atau atas permintaan pemohon."), status=410
        )
    shown = None if download else file.file if file.content_type != "application/pdf" else file.inert_copy
    try:
        with (shown or file.file).open("rb") as stored:
            content = stored.read()
        if sha256:
            check_hash(content, sha256, file.name)
        scan(content)
    except FileNotFoundError:
        return _say(
            with_words(_("Berkas ini tidak ada lagi di penyimpanan. Hubungi %(secretariat)s.")), status=404
        )
    except NotAsStored as sentence:
        return _say(str(sentence), status=409)
    except MalwareError as malware:
        text = _("Berkas ini mengandung virus (%(name)s) dan tidak dapat dibuka. Minta berkas pengganti.")
        return _say(text % {"name": malware}, status=403)
    except ScannerError:
        text = _("Berkas ini tersimpan, tetapi pemeriksa virus sedang tidak menjawab. Coba lagi sebentar.")
        return _say(text, status=503)
    return FileResponse(
        BytesIO(content),
        as_attachment=not shown,
        filename=file.name,
        content_type=file.content_type,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": INERT_CSP,
            "X-Content-Type-Options": "nosniff",
        },
    )


def _say(sentence: str, *, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


@never_cache
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

    def act(**entered: Any) -> HttpResponse:
        hidden = reveal_identity(case, by=user, **entered)
        sealed = [file for file in case.attachments.order_by("pk") if file.is_sealed]
        more = {
            "hidden": hidden,
            "corrections": list_corrections(case, user, reveals=True),
            "whatsapp": whatsapp_link(case, phone=hidden.phone),
            "files": [(file, sign_file_permit(file, user=user)) for file in sealed],
        }
        return render(request, "consultations/identity.html", {**context, **more})

    context = {"case": case, "subject_unknown": subject_unknown(case)}
    return handle_form(request, partial(RevealForm, case=case), act, "consultations/identity.html", context)
