"""The self-assessment before the Ombudsman and KemenPANRB assess, and public consultation forums."""

import hashlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
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
from reports.models import AssessmentQuestion, Forum
from reports.models.assessment import BEST

MAX_FORUMS = 50
"""Forums on the page; two a year are usual."""


def score_question(question: AssessmentQuestion, *, by: User, score: int, **given: Any) -> None:
    """Store the score of a question, and what is missing: `given` are gap, responsible and due.

    Raise PermissionDenied if `by` does not plan, and Refused if a score below the best does not say what is
    missing, who mends it, and by when.
    """
    rights.PLAN_SURVEYS.check(by)
    if score < BEST:
        for name, sentence in MISSING.items():
            if not given.get(name):
                raise Refused(str(sentence), field=name)
    for name, value in {**given, "score": score, "scored_by": by, "scored_on": clock.today()}.items():
        setattr(question, name, value)
    question.save(update_fields=[*given, "score", "scored_by", "scored_on"])


MISSING = {
    "gap": gettext_lazy("Tulis apa yang masih kurang."),
    "responsible": gettext_lazy("Tulis jabatan penanggung jawabnya."),
    "due": gettext_lazy("Tulis kapan selesai."),
}


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


class QuestionForm(OfficeForm):
    """The score of a question. Its cleaned data are keyword arguments of `score_question()`."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("Nilai sendiri"),
        choices=[(number, str(number)) for number in range(BEST + 1)],
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("0: belum ada. 5: lengkap, dipakai, dan diperbarui."),
        error_messages={"required": gettext_lazy("Pilih nilainya.")},
    )
    gap = TextField(gettext_lazy("Yang masih kurang"), required=False, rows=3, max_length=1000)
    responsible = line_field(gettext_lazy("Penanggung jawab"), 120)
    due = LocalDateField(label=gettext_lazy("Target selesai"), required=False)


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
def assessment(request: StaffRequest) -> HttpResponse:
    """List the questions by form and aspect with their scores: `map-bukti/penilaian/`."""
    questions = AssessmentQuestion.objects.select_related("scored_by")
    groups = [
        (AssessmentQuestion.Form(form).label, aspect, list(rows))
        for (form, aspect), rows in groupby(questions, key=lambda row: (row.form, row.aspect))
    ]
    scored = [row.score for _form, _aspect, rows in groups for row in rows if row.score is not None]
    context = {
        "groups": groups,
        "scored": len(scored),
        "total": sum(len(rows) for _form, _aspect, rows in groups),
        "mean": round(sum(scored) / len(scored), 2) if scored else None,
        "may_score": rights.PLAN_SURVEYS.is_held_by(request.user),
        "best": BEST,
    }
    return render(request, "reports/assessment.html", context)


@keeps_unsent
@requires(rights.PLAN_SURVEYS)
def question(request: StaffRequest, number: int) -> HttpResponse:
    """Score one question: `map-bukti/penilaian/<number>/`."""
    found = get_object_or_404(AssessmentQuestion, number=number)

    def act(**entered: Any) -> HttpResponse:
        score_question(found, by=request.user, **entered)
        messages.success(request, _("Nilai tersimpan."))
        return redirect("assessment")

    names = ("score", "gap", "responsible", "due")
    initial = {name: getattr(found, name) for name in names}
    context = {"question": found}
    return handle_form(request, QuestionForm, act, "reports/question.html", context, initial=initial)


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
