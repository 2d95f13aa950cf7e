"""Language of the pages: Indonesian, unless the reader has chosen another. Accept-Language is ignored."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

LANGUAGES = dict(settings.LANGUAGES)


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Activate the language in the reader's cookie for a request.

    Stored texts and documents are always Indonesian. The code that creates them uses `override("id")`.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
        return response

    return middleware


@login_not_required
@never_cache
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language in a cookie for a year and redirect to `next`, a page of this site.

    `next` may be a secret link. In the body of a POST it reaches no log, no history and no `Referer`.
    There is no CSRF check: pages behind a secret link send no origin, and a forged POST only changes the
    language.
    """
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        raise Http404
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
