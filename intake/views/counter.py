"""The page of the counter for a new case: a paper letter, or an urgent visitor who is served at once."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from consultations.models import Case
from consultations.workflow import VERBS, Refused, check
from intake.forms.counter import CounterForm
from intake.forms.upload_fields import MAX_FILES
from intake.idempotency import create_once, hash_submission
from intake.uploads import MAX_BYTES
from kit.limits import body_limit
from office.models import User
from office.unsent import keeps_unsent, take_unsent


@body_limit(files=MAX_FILES * MAX_BYTES)
@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def create_case(
    request: HttpRequest, *, verb: str, form: type[CounterForm], service: Callable[..., Case]
) -> HttpResponse:
    """Create a case by a verb of the table and show it with its tracking code.

    A complaint in the independent channel is not shown, and its code is not told: with the telephone number
    that was just typed it would open the case (`lacak/`).

    The desk with a sentence before the service opens, 403 if the verb is not the user's, 422 for invalid
    input, 409 if the service refuses the whole step. The same form sent twice creates one case.
    """
    user = cast(User, request.user)
    try:
        check(verb, Case(), by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk")
    if request.method != "POST":
        unsent = take_unsent(request)
        return _page(request, verb, form(initial=form(unsent).typed() if unsent else None))
    filled = form(request.POST, request.FILES)
    if not filled.is_valid():
        return _page(request, verb, filled, status=422)
    data = filled.cleaned_data
    key = hash_submission(data.pop("submission_token"))
    try:
        case = create_once(key, lambda: service(by=user, submission_hash=key, **data))
    except Refused as refusal:
        is_about_a_field = refusal.field in filled.fields
        filled.add_error(refusal.field if is_about_a_field else None, str(refusal))
        return _page(request, verb, filled, status=422 if is_about_a_field else 409)
    if case.is_independent:
        messages.success(request, str(case.wording.recorded))
        return redirect("desk")
    messages.success(request, _receipt_message(case))
    return redirect("case", code=case.code)


def _receipt_message(case: Case) -> str:
    """Return the tracking code to tell the applicant. The case's page offers the receipt (Tanda Terima)."""
    return format_html("{} <strong>{}</strong>.", case.wording.recorded, case.code)


def _page(request: HttpRequest, verb: str, form: CounterForm, status: int = 200) -> HttpResponse:
    context = {"verb": verb, "title": VERBS[verb].title, "form": form}
    return render(request, "intake/counter.html", context, status=status)
