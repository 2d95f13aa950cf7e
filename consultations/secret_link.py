"""The secret link of an applicant: whoever holds it sees the case, and nobody learns of it by accident."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from consultations.models import Case


def behind_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page or file of one case for whoever holds its secret link: never stored, never indexed."""

    @login_not_required
    @never_cache
    @wraps(view)
    def with_case(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponseBase:
        case = Case.objects.with_people().filter(secret=secret).first()
        if case is None:
            raise Http404
        response = view(request, case, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        # A form behind https is only taken with its origin, so pages that have one keep it on this host.
        response.setdefault("Referrer-Policy", "no-referrer")
        return response

    return with_case
