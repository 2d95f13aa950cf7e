"""The preview of a report as PDF, and one version of a report."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from consultations.drafts import DraftTooLong
from consultations.models import Case
from consultations.workflow import Refused
from office.body_limit import body_limit
from office.models import User
from reports.documents import REPORT
from reports.forms import ReportForm
from reports.forms.posted import readable_items
from reports.pdf import TooLong
from reports.preview import render_preview
from reports.queries import list_versions
from reports.report_view import list_parts


@body_limit(files=0)
@require_POST
@cache_control(private=True, no_store=True)
def report_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Save the draft and show it as PDF. A newer draft of another window is not overwritten."""
    case, user = _get_case(request, code)
    posted = ReportForm(request.POST, case=case, by=user).posted_draft()
    title = REPORT.title
    try:
        content = render_preview(case, by=user, items=readable_items(posted["typed"]), **posted)
    except Refused as refusal:
        is_too_long = isinstance(refusal, DraftTooLong)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_too_long else HTTPStatus.CONFLICT
        return _refused(request, case, refusal, title, status)
    except TooLong as sentence:
        return _refused(request, case, sentence, title, HTTPStatus.UNPROCESSABLE_ENTITY)
    headers = {"Content-Disposition": f'inline; filename="pratinjau-laporan-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@cache_control(private=True, no_store=True)
def report_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show one version of the report, compared with the one before. 404 if the case is not visible."""
    case, _user = _get_case(request, code)
    versions = list_versions(case)
    report = get_object_or_404(versions, version=version)
    before = versions.filter(version=version - 1).first()
    context = {"case": case, "report": report, "before": before, "parts": list_parts(report, before)}
    return render(request, "reports/report_version.html", context)


def _get_case(request: HttpRequest, code: str) -> tuple[Case, User]:
    user = cast(User, request.user)
    return get_object_or_404(Case.objects.visible_to(user).with_people(), code=code), user


def _refused(
    request: HttpRequest, case: Case, sentence: Exception, title: str | Promise, status: int
) -> HttpResponse:
    context = {"case": case, "title": title, "refusal": str(sentence)}
    return render(request, "ui/refused.html", context, status=status)
