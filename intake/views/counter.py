"""The two pages of the counter: a paper letter comes in, or an urgent visitor is served at once."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.models import Case
from consultations.workflow import VERBS, Refused, check
from intake.forms.counter import CounterForm
from office.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(
    request: HttpRequest, *, verb: str, form: type[CounterForm], service: Callable[..., Case]
) -> HttpResponse:
    """Take a new case in by the verb of the table, and show it with its tracking code.

    403 where the verb is not the user's, 422 with what was typed where something is wrong with it. The same
    form sent twice gives one case.
    """
    user = cast(User, request.user)
    check(verb, Case(), by=user)
    if request.method != "POST":
        return show(request, verb, form())
    filled = form(request.POST, request.FILES)
    if not filled.is_valid():
        return show(request, verb, filled, status=422)
    token = filled.cleaned_data["submission_token"]
    case = sent_before(token)
    if case is None:
        try:
            case = service(by=user, **filled.cleaned_data)
        except Refused as refusal:
            filled.add_error(None, str(refusal))
            return show(request, verb, filled, status=409)
        except IntegrityError:
            case = sent_before(token)
            if case is None:
                raise
    messages.success(request, receipt_message(case))
    return redirect("case", code=case.code)


def sent_before(token: UUID) -> Case | None:
    """The case that an earlier sending of the same form has made."""
    return Case.objects.filter(submission_token=token).first()


def receipt_message(case: Case) -> str:
    """Return the tracking code to tell the applicant. The case's page offers the receipt (Tanda Terima)."""
    return format_html("{} <strong>{}</strong>.", _("Permohonan tercatat. Kode lacak:"), case.code)


def show(request: HttpRequest, verb: str, form: CounterForm, status: int = 200) -> HttpResponse:
    """The counter's page with one form."""
    context = {"verb": verb, "title": VERBS[verb].title, "form": form}
    return render(request, "intake/counter.html", context, status=status)
