"""Pages of the steps of the staff.

Text that is read before a decision: a long one is folded after its first part.

The page of each step for the staff: what the person needs to decide, and one form.
"""

import re
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from consultations.addresses import redirect_to_case
from consultations.complainant_identity import can_reveal_identity
from consultations.enums import Identity, Party
from consultations.intake.forms.upload_fields import MAX_FILES
from consultations.intake.uploads import MAX_BYTES
from consultations.models import Attachment, Case
from consultations.parties import Actor
from consultations.queries import get_visible_case
from consultations.scheduling.queries import current_session
from consultations.signals import case_opened
from consultations.steps import PAGES
from consultations.workflow import VERBS, list_open_steps
from desk.step_handler import Audience, handle_step
from desk.views.desk import get_queue, go_on, is_in_queue
from desk.waiting import get_place
from kit import clock
from kit.limits import body_limit
from kit.unsent import keeps_unsent
from office.models import User
from office.rights import StaffRequest
from reports.advice import Advice, list_fitting, list_similar

SHOWN = 700
"""Characters of a long text that are shown before the fold, at most."""

BREAK = re.compile(r"\n\s*\n|(?<=[.?!])\s")


def split_text(text: str) -> tuple[str, str]:
    """Return the shown and the folded part of a text, split between paragraphs or sentences."""
    if len(text) <= SHOWN + SHOWN // 2:
        return text, ""
    cut = max((found.start() for found in BREAK.finditer(text, SHOWN // 3, SHOWN)), default=SHOWN)
    return text[:cut].rstrip(), text[cut:].lstrip()


RETURNS = {"accept": "return", "cosign": "refer_back", "forward": "revise", "assign": "hand_back"}
"""The step that sends a case back, beside the step that sends it on."""

MAX_TYPED = 2_000
"""Characters of a typed text that are compared with the advice."""


@body_limit(files=MAX_FILES * MAX_BYTES)
@keeps_unsent
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Show or take a step. Answer 404 if the case is not visible or the staff has no such step."""
    user = request.user
    if verb not in PAGES or VERBS[verb].actor == Party.APPLICANT:
        raise Http404
    case = get_visible_case(user, code)
    response = handle_step(request, case, verb, by=user, title=VERBS[verb].title, audience=STAFF)
    if request.method != "HEAD" and response.status_code != HTTPStatus.FOUND:  # also after a refused POST
        case_opened.send(Case, case=case, by=user)
    return response


def _get_context(request: HttpRequest, case: Case, verb: str, by: Actor) -> dict[str, Any]:
    """Return what is read before the step, the other open steps, and the queue that the page belongs to."""
    documents = case.documents.in_force().select_related("replaced_by").order_by("issued_at")
    attachments = list(case.attachments.all())
    others = [step for step in list_open_steps(by, case) if step.verb in PAGES and step.verb != verb]
    return {
        "place": get_place(case, clock.now()) if case.is_open and case.due_at else None,
        "matter": split_text(case.material),
        "documents": [document for document in documents if not document.has_secret_link],
        "assignment": case.assignments.order_by("pk").last() if case.officer == by else None,
        "session": current_session(case),
        "attachments": [file for file in attachments if file.purpose not in Attachment.OF_SESSION],
        "session_files": [file for file in attachments if file.purpose in Attachment.OF_SESSION],
        "can_reveal_identity": can_reveal_identity(cast(User, by), case),
        "stays_hidden": case.identity == Identity.CONFIDENTIAL,
        "notes": case.history.exclude(note="").order_by("-pk")[:3],
        "return_step": next((step for step in others if step.verb == RETURNS.get(verb)), None),
        "others": [step for step in others if step.verb != RETURNS.get(verb)],
        "queue": get_queue(request, case),
        "similar": list_similar(case, by=cast(User, by)) if PAGES[verb].form.takes_advice else [],
        "fitting": _list_fitting_matter(case) if PAGES[verb].form.takes_advice else [],
    }


@require_POST
def fitting_advice(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """Return the advice that fits the text typed in a step, or else the matter, as a part of the page."""
    case = get_object_or_404(Case.objects.visible_to(request.user), code=code)
    typed = request.POST.get("material", "")[:MAX_TYPED].replace("\0", "")
    context = {
        "fitting": list_fitting(typed) or _list_fitting_matter(case),
        "draft_address": reverse("step_draft", args=[case.code, verb]),
    }
    return render(request, "reports/fitting.html", context)


def _list_fitting_matter(case: Case) -> list[Advice]:
    return list_fitting(f"{case.subject} {case.material}")


def _redirect_after(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    done = _("%(done)s: %(subject)s") % {"done": VERBS[verb].done, "subject": case.subject}
    messages.success(request, done)
    if is_in_queue(request):
        return go_on(request)
    return redirect_to_case(case, cast(User, request.user))


STAFF = Audience("desk/steps/step.html", "ui/refused.html", _get_context, _redirect_after)
