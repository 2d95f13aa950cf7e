"""Pages of a practice office: login with a click, and a new start. Other installations answer 404."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from office.models import User
from operations.demo.people import PASSWORD
from operations.demo.practice import NotPracticeError, is_starting_anew, require_practice, start_anew_soon

ACCOUNTS = ("kadis", "sekretariat", "pengawas", "pkd", "kabid4", "petugas7", "admin")
"""User names of the accounts that open with a click, one for each role."""


def only_in_practice(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 404 unless this installation may be erased."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        try:
            require_practice()
        except NotPracticeError as error:
            raise Http404 from error
        return view(request)

    return checked


@login_not_required
@never_cache
@require_GET
@only_in_practice
def login_page(request: HttpRequest) -> HttpResponse:
    """Show one button for each role. A new practice office may be on its way."""
    if is_starting_anew():
        return redirect("practice_being_built")
    users = User.objects.filter(username__in=ACCOUNTS, is_active=True)
    accounts = sorted(users, key=lambda user: ACCOUNTS.index(user.username))
    context = {"accounts": accounts, "password": PASSWORD, "next": request.GET.get("next", "")}
    return render(request, "practice/login.html", context)


@login_not_required
@require_POST
@only_in_practice
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in as one of ACCOUNTS, without a password and without a second factor."""
    name = request.POST.get("username", "")
    user = get_object_or_404(User, username=name if name in ACCOUNTS else None, is_active=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    target = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_safe else settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
@only_in_practice
def start_anew(request: HttpRequest) -> HttpResponse:
    """Ask whether everything shall be erased, and do it in the background."""
    if request.method != "POST":
        return render(request, "practice/start_anew.html")
    start_anew_soon()
    return redirect("practice_being_built")


@login_not_required
@never_cache
@require_GET
@only_in_practice
def being_built(request: HttpRequest) -> HttpResponse:
    """Wait until the new practice office is there, then lead to its login. All sessions end with the old."""
    if not is_starting_anew():
        return redirect("account_login")
    return render(request, "practice/being_built.html")
