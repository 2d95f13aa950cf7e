"""The preview of a long document as PDF, and one version of a report."""

from http import HTTPStatus
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from audit.models import Act
from audit.services import record
from consultations.drafts import DraftTooLong
from consultations.forms.long import LongForm
from consultations.models import Case
from consultations.queries import get_visible_case
from consultations.steps import PAGES
from consultations.workflow import Refused
from kit.limits import body_limit
from office.models import User
from reports.pdf import TooLong
from reports.preview import PREVIEWS, render_preview
from reports.queries import list_versions
from reports.report_view import list_parts


@body_limit(files=0)
@require_POST
@cache_control(private=True, no_store=True)
def step_preview(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Save the draft of a long form and show it as PDF.

    A newer draft of another window is not overwritten. 404 if the form makes no document.
    """
    case, user = _get_case(request, code)
    form = PAGES[verb].form(request.POST, case=case, by=user) if verb in PREVIEWS else None
    if not (isinstance(form, LongForm) and form.has_preview):
        raise Http404
    document_type, _draft = PREVIEWS[verb]
    try:
        content = render_preview(case, verb, by=user, **form.posted_draft())
    except Refused as refusal:
        is_too_long = isinstance(refusal, DraftTooLong)
        status = HTTPStatus.UNPROCESSABLE_CONTENT if is_too_long else HTTPStatus.CONFLICT
        return _refused(request, case, refusal, document_type.title, status)
    except TooLong as sentence:
        return _refused(request, case, sentence, document_type.title, HTTPStatus.UNPROCESSABLE_CONTENT)
    record(Act.DOCUMENT, by=user, case=case, target=f"pratinjau {document_type.slug}")
    headers = {"Content-Disposition": f'inline; filename="pratinjau-{document_type.slug}-{case.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@cache_control(private=True, no_store=True)
def report_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show one version of the report, compared with the one before. 404 if the case is not visible."""
    case, user = _get_case(request, code)
    versions = list_versions(case)
    report = get_object_or_404(versions, version=version)
    before = versions.filter(version=version - 1).first()
    record(Act.DOCUMENT, by=user, case=case, target=f"laporan versi {version}")
    context = {"case": case, "report": report, "before": before, "parts": list_parts(report, before)}
    return render(request, "reports/report_version.html", context)


def _get_case(request: HttpRequest, code: str) -> tuple[Case, User]:
    user = cast(User, request.user)
    return get_visible_case(user, code), user


def _refused(
    request: HttpRequest, case: Case, sentence: Exception, title: str | Promise, status: int
) -> HttpResponse:
    context = {"case": case, "title": title, "refusal": str(sentence)}
    return render(request, "ui/refused.html", context, status=status)
