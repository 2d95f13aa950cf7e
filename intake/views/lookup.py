"""Case lookup for an applicant whose link was lost (`lacak/`)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from intake.case_lookup import find_case
from intake.forms.applicant import LookupForm
from kit import limits
from office.words import with_words_lazy

DOES_NOT_MATCH = _("Kode lacak dan nomor kontak ini tidak cocok. Periksa keduanya, lalu coba lagi.")
TOO_MANY_TRIES = with_words_lazy(
    _("Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi, atau hubungi %(secretariat)s.")
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Redirect from tracking code and telephone number to the secret link.

    422 with the same answer for every mismatch, 429 after too many tries.
    """
    code = request.GET.get("code", "")  # typed on the home page
    form = LookupForm(request.POST) if request.method == "POST" else LookupForm(initial={"code": code})
    is_allowed = True
    if form.is_valid():
        code = form.cleaned_data["code"]
        is_allowed = limits.may_try(request, "lookup_failed", code)
        if is_allowed:
            if case := find_case(**form.cleaned_data):
                return redirect("follow", secret=case.secret)
            limits.count_failure(request, "lookup_failed", code)
        form.add_error(None, DOES_NOT_MATCH if is_allowed else TOO_MANY_TRIES)
    status = (422 if form.errors else 200) if is_allowed else 429
    return render(request, "intake/lookup.html", {"form": form}, status=status)
