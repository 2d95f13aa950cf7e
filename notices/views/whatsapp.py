"""`pesan/whatsapp/`: webhook for the status reports of the WhatsApp service."""

import json
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kit.limits import body_limit
from notices.services.whatsapp_reports import is_genuine, store_report


@body_limit(files=0)
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def delivery_reports(request: HttpRequest) -> HttpResponse:
    """Store a report, or answer the service's verification request (GET).

    Return 403 for a wrong signature and 400 for invalid JSON. Ignore anything else that is malformed.
    """
    if settings.WHATSAPP != "cloud":
        raise Http404
    if request.method == "GET":
        return _verify(request)
    if not is_genuine(request.body, request.headers.get("X-Hub-Signature-256", "")):
        raise PermissionDenied
    try:
        report = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    store_report(report)
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def _verify(request: HttpRequest) -> HttpResponse:
    expected, token = settings.WHATSAPP_VERIFY_TOKEN, request.GET.get("hub.verify_token", "")
    is_known = bool(expected) and compare_digest(token.encode(), expected.encode())
    if request.GET.get("hub.mode") != "subscribe" or not is_known:
        raise PermissionDenied
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain; charset=utf-8")
