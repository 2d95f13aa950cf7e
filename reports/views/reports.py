"""Accepted reports, a report while it is written, the follow-up of its recommendations, and its advice."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.forms import LongForm
from consultations.models import Case
from consultations.parties import serves
from consultations.queries import get_visible_case, of_visible_case
from consultations.scheduling.feeds import CONTENT_TYPE, render_reminders
from consultations.scheduling.queries import service_minutes
from consultations.secret_link import behind_secret, get_reader
from consultations.services import DraftTooLong
from consultations.steps import PAGES
from documents.models import Document, Register, ReportNumber
from documents.registers.printing import scopes
from documents.views.documents import refuse, send_pdf
from kit import clock
from kit.form_view import handle_form
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.pagination import Page, newest_first, soonest_first
from kit.pdf import TooLong
from kit.refusal import Refused
from office import rights
from office.models import Office
from office.rights import StaffRequest, requires
from office.words import with_words
from reports import advice as advice_bank
from reports.advice import YEAR, ProposeAdviceForm, ReviewAdviceForm
from reports.enquiries import list_dates
from reports.follow_ups import FollowUpFilter, FollowUpForm, record_follow_up
from reports.models import FollowUp, ReusableAdvice
from reports.report_view import list_parts, list_versions
from reports.services import PREVIEWS, render_preview

REPORT_FIELDS = (
    *("code", "report_number", "subject", "applicant_name", "organisation", "closed_at", "state"),
    *("kind", "passed_to", "merged_into", "division__name", "officer__name", "officer__username"),
)
CASE_FIELDS = (
    *("code", "subject", "agenda__year", "agenda__number", "division", "officer", "complained_about"),
    "merged_into",
    "is_independent",
)
FOLLOW_UP_FIELDS = (
    *("text", "responsible", "due", "outcome", "done_at", "done_title"),
    *(f"case__{field}" for field in CASE_FIELDS),
)
"""Fields that a row shows, and those that decide whether the user may record its outcome."""

ADVICE_FIELDS = ("kind", "text", "topic", "expires_on", "division__name")
MOST_ADVICE = 50


@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """List the visible cases with an accepted report by falling report number."""
    accepted = ReportNumber.objects.filter(of_visible_case(request.user), case__closed_at__isnull=False)
    page = newest_first(accepted, request.GET, shown=[f"case__{field}" for field in REPORT_FIELDS])
    prints = bool(scopes(Register.Kind.RECAP, request.user))
    minutes = service_minutes(row.case_id for row in page.rows)
    rows = [(row.case, minutes.get(row.case_id)) for row in page.rows]
    return render(request, "reports/list.html", {"page": page, "rows": rows, "prints_recap": prints})


@body_limit(files=0)
@require_POST
def step_preview(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Save the draft of a long form and show it as PDF.

    A newer draft of another window is not overwritten. 404 if the form makes no document.
    """
    case, user = get_visible_case(request.user, code), request.user
    form = PAGES[verb].form(request.POST, case=case, by=user) if verb in PREVIEWS else None
    if not (isinstance(form, LongForm) and form.has_preview):
        raise Http404
    document_type, _draft = PREVIEWS[verb]
    try:
        content = render_preview(case, verb, by=user, **form.posted_draft())
    except Refused as refusal:
        is_too_long = isinstance(refusal, DraftTooLong)
        status = HTTPStatus.UNPROCESSABLE_CONTENT if is_too_long else HTTPStatus.CONFLICT
        return refuse(request, case, refusal, document_type.title, status)
    except TooLong as sentence:
        return refuse(request, case, sentence, document_type.title, HTTPStatus.UNPROCESSABLE_CONTENT)
    record(Act.DOCUMENT, by=user, case=case, target=f"pratinjau {document_type.slug}")
    return send_pdf(content, f"pratinjau-{document_type.slug}-{case.code}.pdf")


@require_safe
def report_version(request: StaffRequest, code: str, version: int) -> HttpResponse:
    """Show one version of the report, compared with the one before. 404 if the case is not visible."""
    case = get_visible_case(request.user, code)
    versions = list_versions(case)
    report = get_object_or_404(versions, version=version)
    before = versions.filter(version=version - 1).first()
    record(Act.DOCUMENT, by=request.user, case=case, target=f"laporan versi {version}")
    context = {"case": case, "report": report, "before": before, "parts": list_parts(report, before)}
    return render(request, "reports/report_version.html", context)


@require_safe
def follow_ups(request: StaffRequest) -> HttpResponse:
    """List open or late recommendations, most urgent first, or those that are done, newest first."""
    chosen = FollowUpFilter(request.GET, FollowUp.objects.filter(of_visible_case(request.user)))
    if chosen.choice == chosen.Choice.DONE:
        page = newest_first(chosen.qs, request.GET, shown=FOLLOW_UP_FIELDS)
    else:
        undated = chosen.choice == chosen.Choice.OPEN
        page = soonest_first(chosen.qs, request.GET, shown=FOLLOW_UP_FIELDS, undated=undated)
    rows = [(follow_up, serves(request.user, follow_up.case)) for follow_up in page.rows]
    return render(request, "reports/follow_ups.html", {"page": page, "rows": rows, "filter": chosen})


@keeps_unsent
def follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Record the outcome of a recommendation.

    404 if its case is not visible, 403 if the user does not serve the case, 409 if it is done already.
    """
    visible = FollowUp.objects.filter(of_visible_case(request.user)).select_related("case__agenda", "report")
    found = get_object_or_404(visible, pk=pk)
    case = found.case
    if not serves(request.user, case):
        raise PermissionDenied
    if found.done_at and request.method != "POST":
        refusal = _("Tindak lanjut ini sudah selesai. Hasilnya ada di halaman permohonan.")
        return refuse(request, case, refusal, _("Catat tindak lanjut"))

    def act(outcome: str) -> HttpResponse:
        record_follow_up(found, by=request.user, outcome=outcome)
        messages.success(request, _("Tindak lanjut dicatat: %(subject)s") % {"subject": case.subject})
        return redirect("case", code=case.code)

    context = {"follow_up": found, "case": case}
    return handle_form(request, FollowUpForm, act, "reports/follow_up.html", context)


@requires(rights.READ_ADVICE)
@require_safe
def advice_list(request: StaffRequest) -> HttpResponse:
    """List the advice that is offered, and for a head the advice to review. `q` searches it."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    offered = advice_bank.get_offered()
    if words.strip():
        page = Page(list(advice_bank.rank(offered, words)[:MOST_ADVICE]))
    else:
        page = newest_first(offered, request.GET, shown=ADVICE_FIELDS)
    context = {
        "words": words,
        "page": page,
        "waiting": advice_bank.get_awaiting_review(request.user)[:MOST_ADVICE],
        "headed": request.user.headed_divisions,
    }
    return render(request, "reports/advice_list.html", context)


def propose_advice(request: StaffRequest, code: str) -> HttpResponse:
    """Mark items of the accepted report of a case as reusable. Answer 403 to a user who does not serve it."""
    case = get_visible_case(request.user, code)
    if not advice_bank.may_propose(request.user, case):
        raise PermissionDenied

    def act(**entered: Any) -> HttpResponse:
        advice_bank.propose(case, by=request.user, **entered)
        done = with_words(_("Saran diusulkan. %(division_head)s meninjaunya lebih dahulu."))
        messages.success(request, done)
        return redirect("case", code=case.code)

    def get_context(form: ProposeAdviceForm) -> dict[str, Any]:
        record(Act.CASE, by=request.user, case=case, target="bank saran")
        return {"case": case}

    form = partial(ProposeAdviceForm, listed=advice_bank.list_items(case))
    return handle_form(request, form, act, "reports/propose_advice.html", get_context)


def review_advice(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer or reject one item. Answer 403 to a user who does not head its division."""
    advice = get_object_or_404(ReusableAdvice.objects.select_related("case", "division"), pk=pk)
    if not advice_bank.heads(request.user, advice):
        raise PermissionDenied

    def act(**entered: Any) -> HttpResponse:
        advice_bank.review(advice, by=request.user, **entered)
        messages.success(request, _("Tinjauan disimpan."))
        return redirect("advice_list")

    expires_on = advice.expires_on or clock.today() + YEAR
    initial = {"text": advice.text, "topic": advice.topic, "expires_on": expires_on}
    context = {"advice": advice}
    return handle_form(request, ReviewAdviceForm, act, "reports/review_advice.html", context, initial=initial)


@behind_secret(opens_by_code=True)
def letter_dates(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the days of the signed letter as a calendar file. Answer 404 without a letter or a day ahead."""
    office = Office.load()
    dates = list_dates(case, office=office)
    if not dates or not case.documents.ready().filter(kind=Document.Kind.RESULT).exists():
        raise Http404
    record(Act.DOCUMENT, by=get_reader(request, case), case=case, target="tanggal-surat.ics")
    response = HttpResponse(render_reminders(case, dates, office=office), CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="surat-{case.code}.ics"'
    return response
