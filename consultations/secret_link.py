"""Access to a case by the applicant's secret link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from consultations.models import Case


def behind_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the case of its secret link. The response is never cached and never indexed."""

    @login_not_required
    @never_cache
    @wraps(view)
    def with_case(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponseBase:
        case = Case.objects.with_people().filter(secret=secret).first()
        if case is None:
            raise Http404
        response = view(request, case, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Pages with a form set "same-origin" instead: over https, CSRF protection needs the referrer.
        response.setdefault("Referrer-Policy", "no-referrer")
        return response

    return with_case
