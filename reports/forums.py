"""Public consultation forums (Forum Konsultasi Publik, PermenPANRB 16/2017) and their minutes."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from consultations.intake.uploads import MAX_BYTES, CheckedFile, CheckedFileField, merge_to_inert_pdf
from consultations.views import INERT_CSP
from kit import clock
from kit.form_view import handle_form
from kit.forms import LocalDateField, OfficeForm, TextField, line_field
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.refusal import Refused
from office import rights
from office.models import User
from office.rights import StaffRequest, requires
from reports.models import Forum

MAX_FORUMS = 50
"""Forums on the page; two a year are usual."""


def record_forum(*, by: User, minutes: Sequence[CheckedFile], **given: Any) -> Forum:
    """Store a forum and its minutes as one PDF. Raise PermissionDenied if `by` does not plan, or Refused."""
    rights.PLAN_SURVEYS.check(by)
    with translation.override("id"):  # the title goes on record
        title = rights.PLAN_SURVEYS.get_title(by)
    try:
        content = merge_to_inert_pdf(minutes)
    except ValidationError as error:
        raise Refused(error.messages[0], field="minutes") from error
    if not content:
        raise Refused(_("Pilih pindaian berita acaranya."), field="minutes")
    forum = Forum(by=by, title=title, sha256=hashlib.sha256(content).hexdigest(), **given)
    forum.minutes = ContentFile(content, name="berita-acara.pdf")
    with transaction.atomic():
        forum.save()
    return forum


class ForumForm(OfficeForm):
    """A forum. Its cleaned data are keyword arguments of `record_forum()`."""

    held_on = LocalDateField(label=gettext_lazy("Tanggal"))
    topic = line_field(
        gettext_lazy("Yang dibahas"),
        200,
        missing=gettext_lazy("Tulis apa yang dibahas."),
        help_text=gettext_lazy("Contoh: rancangan perubahan standar pelayanan konsultasi."),
    )
    participants = TextField(
        gettext_lazy("Peserta"),
        missing=gettext_lazy("Tulis pesertanya."),
        rows=4,
        max_length=4000,
        help_text=gettext_lazy("Satu baris satu peserta atau unsur: masyarakat, ahli, media, LSM."),
    )
    outcome = TextField(
        gettext_lazy("Kesepakatan"), missing=gettext_lazy("Tulis kesepakatannya."), rows=4, max_length=4000
    )
    minutes = CheckedFileField(
        label=gettext_lazy("Berita acara bertanda tangan"),
        required=False,
        help_text=gettext_lazy("PDF atau foto, paling besar 5 MB."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.pop("minutes", None)
        data["minutes"] = [file] if file else []
        if (day := data.get("held_on")) and day > clock.today():
            self.add_error("held_on", gettext_lazy("Tanggal ini belum tiba."))
        return data


@requires(rights.EXPORT_PERIODS)
@require_safe
def forums(request: StaffRequest) -> HttpResponse:
    """List the public consultation forums, newest first: `forum-konsultasi/`."""
    context = {
        "forums": Forum.objects.all()[:MAX_FORUMS],
        "may_record": rights.PLAN_SURVEYS.is_held_by(request.user),
    }
    return render(request, "reports/forums.html", context)


@body_limit(files=MAX_BYTES)
@keeps_unsent
@requires(rights.PLAN_SURVEYS)
def new_forum(request: StaffRequest) -> HttpResponse:
    def act(**entered: Any) -> HttpResponse:
        record_forum(by=request.user, **entered)
        messages.success(request, _("Forum konsultasi tercatat."))
        return redirect("forums")

    return handle_form(request, ForumForm, act, "reports/new_forum.html")


@requires(rights.EXPORT_PERIODS)
@require_safe
def forum_minutes(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Send the minutes of a forum."""
    forum = get_object_or_404(Forum, pk=pk)
    try:
        content = forum.minutes.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        filename=f"forum-konsultasi-{forum.held_on}.pdf",
        content_type="application/pdf",
        headers={"Content-Security-Policy": INERT_CSP, "X-Content-Type-Options": "nosniff"},
    )
