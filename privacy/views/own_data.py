"""The applicant's own data (Data saya) behind the secret link: a page, and files to download."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from audit.models import Act
from audit.services import record
from consultations.independent_channel import explain_deletion
from consultations.models import Case
from consultations.parties import Applicant
from consultations.secret_link import behind_secret, get_reader
from consultations.workflow import list_open_steps
from kit.limits import Use, consume
from privacy.own_data import STEPS, get_stored_until, list_parts, to_json
from privacy.services.breach import list_breaches_of
from privacy.services.rights import get_deletion_due
from reports.printed_forms import PrintedForm

EXTRACT = PrintedForm("Data Pribadi yang Disimpan", "data-pribadi")


@behind_secret
def own_data(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what is stored, until when, and the rights. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="data saya")
    is_applicant = not request.user.is_authenticated
    steps = list_open_steps(Applicant(case.secret), case) if is_applicant else []
    context = {
        "case": case,
        "parts": list_parts(case),
        "stored_until": get_stored_until(case),
        "steps": [step for step in steps if step.verb in STEPS],
        "deletion_due": get_deletion_due(case),
        "independent": explain_deletion() if case.is_independent else "",
        "breaches": list_breaches_of(case),
        "decision": case.history.filter(verb="decide_deletion").order_by("pk").last(),
    }
    return render(request, "privacy/own_data.html", context)


@behind_secret
def own_data_json(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the stored data as JSON."""
    return _answer(request, case, "json")


@behind_secret
def own_data_pdf(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the stored data as PDF."""
    return _answer(request, case, "pdf")


def _answer(request: HttpRequest, case: Case, file_format: str) -> HttpResponse:
    """Return a file, always in Indonesian. Answer 429 after too many files."""
    if not consume(request, Use("own_data")):
        sentence = _("Terlalu banyak unduhan dari jaringan ini. Tunggu beberapa menit, lalu coba lagi.")
        context = {"case": case, "title": _("Data saya"), "refusal": sentence}
        return render(request, "ui/refused_public.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    record(Act.EXPORT, by=get_reader(request, case), case=case, target=f"data saya ({file_format})")
    with translation.override("id"):
        parts = list_parts(case)
        if file_format == "json":
            answer: HttpResponse = JsonResponse(to_json(case, parts), json_dumps_params={"indent": 2})
        else:
            answer = HttpResponse(EXTRACT.render(case=case, parts=parts), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="data-saya-{case.code}.{file_format}"'
    return answer
