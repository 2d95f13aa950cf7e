"""Beside the report's form: its draft, a preview as PDF, and each version against the one before."""

import datetime as dt
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from consultations.models import Case
from consultations.parties import Party, parties
from consultations.views.steps import show
from consultations.workflow import VERBS, Refused, check
from office import clock
from office.models import User
from reports.contexts.source import Source
from reports.document_files import read_document
from reports.documents import REPORT
from reports.drafts import DraftConflict, DraftTooLong, discard_draft, save_draft
from reports.forms import ReportForm
from reports.forms.items import as_far_as_readable
from reports.forms.report import latest, plain, typed_in
from reports.issuing import draft_document
from reports.models import Report, ReportDraft
from reports.pdf import TooLong
from reports.sections import FIELD_OF, PRODUCT, TEXTS
from reports.written import with_remarks, written


@require_POST
@cache_control(private=True, no_store=True)
def report_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Save the draft, or throw it away (`buang`): a sentence for the script, a page for who has none.

    403 for anybody but the case's officer, 409 where the case no longer waits for a report or another
    window has saved meanwhile, 422 where there is too much to keep.
    """
    case, user = _case_of(request, code)
    for_script = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    try:
        if "buang" in request.POST:
            discard_draft(case, by=user)
            messages.success(request, _("Konsep dibuang."))
            return redirect("step", code=case.code, verb="report")
        draft = _save(request, case, user)
    except Refused as refusal:
        return _not_saved(request, case, refusal, for_script)
    sentence = _("Konsep tersimpan pukul %(at)s.") % {"at": _time_of(draft.saved_at)}
    if for_script:
        return JsonResponse({"message": sentence, "seen": draft.saved_at.isoformat()})
    messages.success(request, sentence)
    address = reverse("step", kwargs={"code": case.code, "verb": "report"})
    more = next((name for name in PRODUCT if f"tambah_{name}" in request.POST), "")
    return redirect(f"{address}?tambah={more}#div_id_{more}" if more else address)


@require_POST
@cache_control(private=True, no_store=True)
def report_preview(request: HttpRequest, code: str) -> HttpResponse:
    """The paper as it would look, from what is typed now, marked as a draft. What is typed is saved too.

    What another window saved meanwhile stays as it is: a preview overwrites nothing.
    """
    case, user = _case_of(request, code)
    title = REPORT.title
    try:
        check("report", case, by=user)
        _save(request, case, user)
    except DraftConflict:
        pass
    except Refused as refusal:
        return _refused(request, case, str(refusal), title, _status(refusal))
    report = _as_typed(case, user, typed_in(request.POST))
    source = Source(report, user, report.title, report.at, is_final=False)
    try:
        content = read_document(draft_document(REPORT, case, source))
    except TooLong as sentence:
        return _refused(request, case, str(sentence), title, HTTPStatus.UNPROCESSABLE_ENTITY)
    headers = {"Content-Disposition": f'inline; filename="pratinjau-laporan-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@cache_control(private=True, no_store=True)
def report_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One version of the report, compared with the one before: for who may see the case."""
    case, _user = _case_of(request, code)
    versions = with_remarks(case.reports.all())
    report = get_object_or_404(versions, version=version)
    before = versions.filter(version=version - 1).first()
    context = {"case": case, "report": report, "before": before, "parts": written(report, before)}
    return render(request, "office/report_version.html", context)


def _case_of(request: HttpRequest, code: str) -> tuple[Case, User]:
    user = cast(User, request.user)
    return get_object_or_404(Case.objects.visible_to(user).with_people(), code=code), user


def _status(refusal: Refused) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(refusal, DraftTooLong) else HTTPStatus.CONFLICT


def _save(request: HttpRequest, case: Case, user: User) -> ReportDraft:
    return save_draft(
        case,
        by=user,
        typed=typed_in(request.POST),
        window=plain(request.POST.get("window", ""))[:40],
        seen=_moment(request.POST.get("seen", "")),
    )


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _time_of(moment: dt.datetime) -> str:
    return time_format(timezone.localtime(moment), "TIME_FORMAT")


def _not_saved(request: HttpRequest, case: Case, refusal: Refused, for_script: bool) -> HttpResponse:
    """Why a draft was not saved. What was typed stays; a newer draft can be overwritten knowingly."""
    status = _status(refusal)
    newer = refusal.draft.saved_at.isoformat() if isinstance(refusal, DraftConflict) else ""
    if for_script:
        return JsonResponse({"message": str(refusal), "newer": newer}, status=status)
    if not isinstance(refusal, DraftConflict | DraftTooLong):
        return _refused(request, case, str(refusal), VERBS["report"].title, status)
    form = ReportForm(
        case=case, by=cast(User, request.user), typed=typed_in(request.POST), conflict=str(refusal)
    )
    return show(request, case, "report", form, status=status)


def _refused(request: HttpRequest, case: Case, sentence: str, title: Any, status: int) -> HttpResponse:
    context = {"case": case, "title": title, "refusal": sentence}
    return render(request, "steps/refused.html", context, status=status)


def _as_typed(case: Case, user: User, typed: dict[str, Any]) -> Report:
    """The report as it would be handed in now; it is not saved."""
    before = latest(case)
    items = [item for kind, name in FIELD_OF.items() for item in as_far_as_readable(kind, typed[name])]
    return Report(
        case=case,
        version=before.version + 1 if before else 1,
        by=user,
        title=parties(user, case)[Party.OFFICER],
        at=clock.now(),
        items=[item.to_json() for item in items],
        **{name: typed[name].strip() for name in TEXTS},
    )
