"""Frequent questions: the public page, those near to a matter, and the page of the head of a division."""

import re
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consultations.faq.models import Question, list_nearest
from consultations.faq.services import publish, withdraw
from consultations.models import Case
from kit.form_view import handle_form
from kit.forms import OfficeForm, TextField, line_field
from kit.pagination import Page, newest_first
from kit.urls import CodeConverter
from office import rights
from office.models import User
from office.rights import StaffRequest, requires
from office.words import with_words_lazy

MOST_CASES = 20


class QuestionForm(OfficeForm):
    """Question, answer, and the codes of the closed cases that they are made from."""

    question = line_field(
        _("Pertanyaan"),
        200,
        missing=_("Tulis pertanyaannya."),
        help_text=_("Seperti warga menanyakannya. Contoh: Bagaimana mengaktifkan lagi BPJS yang nonaktif?"),
    )
    answer = TextField(
        _("Jawaban"),
        missing=_("Tulis jawabannya."),
        rows=8,
        help_text=with_words_lazy(
            _("Tanpa nama orang, %(village)s, nomor, dan hal lain yang hanya berlaku untuk satu pemohon.")
        ),
    )
    cases = line_field(
        _("Dari permohonan"),
        300,
        missing=_("Tulis kode lacak sekurangnya satu permohonan yang sudah selesai."),
        help_text=_("Kode lacak permohonan yang sudah selesai, pisahkan dengan spasi. Tidak ditampilkan."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_cases(self) -> list[Case]:
        typed = self.cleaned_data["cases"].upper()
        codes = list(dict.fromkeys(re.findall(CodeConverter.regex, typed)))[:MOST_CASES]
        cases = list(Case.objects.visible_to(self.by).filter(code__in=codes))
        unknown = [code for code in codes if code not in {case.code for case in cases}]
        if unknown or not codes:
            sentence = _("Tidak ditemukan: %(codes)s. Periksa kode lacaknya.")
            raise ValidationError(sentence % {"codes": ", ".join(unknown) or typed})
        return cases


MAX_TYPED = 2_000
"""Characters of a matter that are compared with the questions."""

MOST_FOUND = 25
FIELDS = ("question", "answer", "helped")


@login_not_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Show the published questions, newest first, or those that `q` finds."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    published = Question.objects.published()
    if words.strip():
        page = Page(list(published.matching(words)[:MOST_FOUND]))
    else:
        page = newest_first(published, request.GET, shown=FIELDS)
    return render(request, "faq/questions.html", {"words": words, "page": page})


@login_not_required
@never_cache
@require_POST
def nearest(request: HttpRequest) -> HttpResponse:
    """Return the questions that may answer the posted `material`, as a part of a page."""
    matter = request.POST.get("material", "")[:MAX_TYPED].replace("\0", "")
    return render(request, "faq/nearest.html", {"nearest": list_nearest(matter)})


@login_not_required
@require_POST
def helped(request: HttpRequest, pk: int) -> HttpResponse:
    """Count that a question has answered the visitor's own."""
    get_object_or_404(Question.objects.published(), pk=pk).count_help()
    messages.success(request, gettext("Terima kasih. Senang dapat membantu."))
    return redirect("questions")


@requires(rights.PUBLISH_QUESTIONS)
@require_safe
def own_questions(request: StaffRequest) -> HttpResponse:
    """List the questions of the head's division with how often they helped."""
    page = newest_first(_get_own(request), request.GET, shown=(*FIELDS, "published_at", "withdrawn_at"))
    return render(request, "faq/own_questions.html", {"page": page})


@requires(rights.PUBLISH_QUESTIONS)
def question(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Publish a question, change or withdraw it. `?kasus=` starts from a closed case."""
    published = get_object_or_404(_get_own(request), pk=pk) if pk else None
    if published and "tarik" in request.POST:
        withdraw(published, by=request.user)
        messages.success(request, gettext("Pertanyaan ditarik dari halaman umum."))
        return redirect("own_questions")

    def act(**entered: Any) -> HttpResponse:
        publish(by=request.user, published=published, **entered)
        messages.success(request, gettext("Pertanyaan diterbitkan."))
        return redirect("own_questions")

    make, initial = partial(QuestionForm, by=request.user), _get_initial(request, published)
    return handle_form(request, make, act, "faq/question.html", {"question": published}, initial=initial)


def _get_own(request: StaffRequest) -> QuerySet[Question]:
    return Question.objects.filter(division__in=request.user.headed_divisions)


def _get_initial(request: StaffRequest, published: Question | None) -> dict[str, str]:
    if published:
        codes = " ".join(published.cases.order_by("pk").values_list("code", flat=True))
        return {"question": published.question, "answer": published.answer, "cases": codes}
    visible = Case.objects.visible_to(request.user)
    case = visible.filter(code=request.GET.get("kasus", "")[:9].replace("\0", "")).first()
    return {"question": case.subject, "cases": case.code} if case else {}
