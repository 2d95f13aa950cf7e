"""One handler for the page of a step, used by the staff and by the applicant."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.drafts import get_draft
from consultations.forms.step import LongForm, StepForm
from consultations.models import Case
from consultations.parties import Actor
from consultations.steps import PAGES
from consultations.workflow import check
from desk.case_page import get_actions
from kit.form_view import add_refusal
from kit.refusal import Refused

STALE = _(
    "Permohonan ini sudah berubah sejak halaman ini dibuka. Periksa keterangan terbaru di halaman ini, lalu "
    "kirim lagi bila masih sesuai."
)


@dataclass(frozen=True)
class Audience:
    """The page around a step's form for one kind of actor.

    `get_context` returns the rest of the template context. `redirect_after` returns the response after the
    step was taken.
    """

    template: str
    refused_template: str
    get_context: Callable[[HttpRequest, Case, str, Actor], dict[str, Any]]
    redirect_after: Callable[[HttpRequest, Case, str], HttpResponse]


def handle_step(
    request: HttpRequest, case: Case, verb: str, *, by: Actor, title: str | Promise, audience: Audience
) -> HttpResponse:
    """Show the form of a step, or take the step.

    Answer 409 with a sentence if the step cannot be taken now, and 422 with the bound form if a field is
    invalid. Raise PermissionDenied if `by` may not take the step.
    """
    if request.method == "POST":
        form = PAGES[verb].form(request.POST, request.FILES, case=case, by=by)
        status = _take(request, case, verb, form, by=by)
        if status == HTTPStatus.FOUND:
            return audience.redirect_after(request, case, verb)
        if isinstance(form, LongForm):
            form.draft = get_draft(case, verb)
    else:
        try:
            check(verb, case, by=by)
        except Refused as refusal:
            context = {
                "case": case,
                "title": title,
                "refusal": refusal,
                "opens_at": get_actions(by, case).opens_at,
            }
            return render(request, audience.refused_template, context, status=HTTPStatus.CONFLICT)
        form, status = _open_form(request, case, verb, by), HTTPStatus.OK
    return show_step(request, case, verb, form, by=by, title=title, audience=audience, status=status)


def _open_form(request: HttpRequest, case: Case, verb: str, by: Actor) -> StepForm:
    """Return the form with what the query string prefills, the draft, or what was posted before a login."""
    form = PAGES[verb].form
    initial: dict[str, Any] = {
        name: request.GET[name] for name in form.prefilled_by_query if name in request.GET
    }
    options = _options(case, verb)
    if draft := options.get("draft"):
        initial |= draft.typed
    if unsent := getattr(request, "unsent", None):
        initial |= form(unsent, case=case, by=by).typed()
    return form(case=case, by=by, initial=initial, **options)


def _options(case: Case, verb: str) -> dict[str, Any]:
    """Return the draft of a long form, which shows when it was saved."""
    return {"draft": get_draft(case, verb)} if PAGES[verb].form.is_long else {}


def _take(request: HttpRequest, case: Case, verb: str, form: StepForm, *, by: Actor) -> HTTPStatus:
    """Take the step and return FOUND; or add to the form why not, and return CONFLICT or 422."""
    is_current = request.POST.get("version", str(case.version)) == str(case.version)
    try:
        if is_current and form.is_valid():
            PAGES[verb].service(case, by=by, **form.cleaned_data)
            return HTTPStatus.FOUND
        check(verb, case, by=by)
    except Refused as refusal:
        status = add_refusal(form, refusal)
        if is_current:
            return status
    if is_current:
        return HTTPStatus.UNPROCESSABLE_CONTENT
    form.add_error(None, str(STALE))
    return HTTPStatus.CONFLICT


def show_step(
    request: HttpRequest,
    case: Case,
    verb: str,
    form: StepForm,
    *,
    by: Actor,
    title: str | Promise,
    audience: Audience,
    status: int,
) -> HttpResponse:
    """Render the page of a step with one form."""
    context = {
        "case": case,
        "verb": verb,
        "title": title,
        "form": form,
        "page": PAGES[verb],
        **audience.get_context(request, case, verb, by),
    }
    return render(request, audience.template, context, status=status)
