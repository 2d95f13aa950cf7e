"""`pesan/whatsapp/`: where the WhatsApp service reports what became of the messages (webhook)."""

import json
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notices.whatsapp_reports import is_genuine, note


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Answer the service's question who we are, or take its report.

    403 for what is not from the service, 400 for what is no JSON; anything else odd is passed over.
    """
    if settings.WHATSAPP != "cloud":
        raise Http404
    if request.method == "GET":
        return _introduction(request)
    if not is_genuine(request.body, request.headers.get("X-Hub-Signature-256", "")):
        raise PermissionDenied
    try:
        report = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    note(report)
    return HttpResponse("ok", content_type="text/plain")


def _introduction(request: HttpRequest) -> HttpResponse:
    token = request.GET.get("hub.verify_token", "")
    known = bool(settings.WHATSAPP_VERIFY_TOKEN) and compare_digest(
        token.encode(), settings.WHATSAPP_VERIFY_TOKEN.encode()
    )
    if request.GET.get("hub.mode") != "subscribe" or not known:
        raise PermissionDenied
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain")
