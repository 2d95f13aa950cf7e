"""The page of each step: what the person needs to decide, and one form."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from consultations.complainant_identity import may_look
from consultations.enums import Identity, Party
from consultations.models import Case
from consultations.signals import case_opened
from consultations.steps import PAGES, StepForm
from consultations.workflow import VERBS, Refused, check
from office.models import User
from scheduling.queries import current_session

CONFLICT, UNPROCESSABLE = 409, 422


@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Show a step's form, or take the step.

    404 where the case is not visible or the verb has no page here, 403 where the step is not the user's,
    409 with a sentence where it cannot be taken now, 422 where something is wrong with what was typed.
    """
    user = cast(User, request.user)
    if verb not in PAGES or VERBS[verb].actor == Party.APPLICANT:
        raise Http404
    case = get_object_or_404(Case.objects.visible_to(user).with_people(), code=code)
    refusal = refusal_of(verb, case, user)
    if request.method == "GET":
        case_opened.send(Case, case=case, by=user)
    if request.method == "POST":
        return take(request, case, verb, refusal)
    if refusal:
        context = {"case": case, "title": VERBS[verb].title, "refusal": refusal}
        return render(request, "ui/refused.html", context, status=CONFLICT)
    form = PAGES[verb].form
    named = {name: request.GET[name] for name in form.named_by_address if name in request.GET}
    return show(request, case, verb, form(case=case, by=user, initial=named))


def take(request: HttpRequest, case: Case, verb: str, refusal: str) -> HttpResponse:
    """Take a step with what was typed, or show the page again with what stands in the way."""
    user = cast(User, request.user)
    form = PAGES[verb].form(request.POST, request.FILES, case=case, by=user)
    valid = form.is_valid()
    if request.POST.get("version", str(case.version)) != str(case.version):
        refusal = _(
            "Permohonan ini sudah berubah sejak halaman ini dibuka. Periksa keterangan terbaru di halaman "
            "ini, lalu kirim lagi bila masih sesuai."
        ) + (f" {refusal}" if refusal else "")
    if not refusal and not valid:
        return show(request, case, verb, form, status=UNPROCESSABLE)
    if not refusal:
        try:
            PAGES[verb].service(case, by=user, **form.cleaned_data)
        except Refused as answer:
            if answer.field in form.fields:
                form.add_error(answer.field, str(answer))
                return show(request, case, verb, form, status=UNPROCESSABLE)
            refusal = str(answer)
    if refusal:
        form.add_error(None, refusal)
        return show(request, case, verb, form, status=CONFLICT)
    messages.success(
        request, _("%(done)s: %(subject)s") % {"done": VERBS[verb].done, "subject": case.subject}
    )
    return onward(case, user)


def onward(case: Case, user: User) -> HttpResponse:
    """Where the user goes on once he or she has taken a step: to the case, or else to the desk."""
    if Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return redirect("case", code=case.code)
    return redirect("desk")


def refusal_of(verb: str, case: Case, user: User) -> str:
    """Why the step cannot be taken now; empty when it can. Raises PermissionDenied where it is not theirs."""
    try:
        check(verb, case, by=user)
    except Refused as refusal:
        return str(refusal)
    return ""


def show(request: HttpRequest, case: Case, verb: str, form: StepForm, status: int = 200) -> HttpResponse:
    """The step's page: the case in short and its last notes beside the form."""
    context: dict[str, Any] = {
        "case": case,
        "verb": verb,
        "title": VERBS[verb].title,
        "form": form,
        "page": PAGES[verb],
        "session": current_session(case),
        "attachments": case.attachments.all(),
        "can_look": may_look(cast(User, request.user), case),
        "stays_hidden": case.identity == Identity.CONFIDENTIAL,
        "notes": case.history.exclude(note="").order_by("-pk")[:3],
    }
    return render(request, "desk/steps/step.html", context, status=status)
