"""The installed app: its manifest, its service worker, and the page that it shows without a connection."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from office.models import Office
from office.models.profile import SHADES, Colour

ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
"""Width of each icon, and whether the telephone may cut it to a shape."""

SHELL = ("css/public.css", "css/rembuk.css")
"""Static files of the offline page. Files of the desk are stored when the desk is opened."""


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the app of the staff, which opens the desk."""
    start = reverse(settings.LOGIN_REDIRECT_URL)
    return _describe(f"Rembuk {Office.load().name}".strip(), "Rembuk", key="/", start=start)


@login_not_required
@require_safe
def manifest_of_citizens(request: HttpRequest) -> JsonResponse:
    """Describe the app of the citizens, which opens the home page and stores nothing."""
    name = Office.load().name or gettext("Layanan Konsultasi")
    return _describe(name, gettext("Konsultasi"), key="/?warga", start="/")


def _describe(name: str, short_name: str, *, key: str, start: str) -> JsonResponse:
    """Return the manifest of an app that a telephone installs, in the colour of the office."""
    icons = [
        {
            "src": static(f"img/app-{width}{'-maskable' if purpose == 'maskable' else ''}.png"),
            "sizes": f"{width}x{width}",
            "type": "image/png",
            "purpose": purpose,
        }
        for width, purpose in ICONS
    ]
    content = {
        "name": name,
        "short_name": short_name,
        "lang": settings.LANGUAGE_CODE,
        "id": key,
        "scope": "/",
        "start_url": start,
        "display": "standalone",
        "theme_color": SHADES[Colour(Office.load().colour)][0],
        "background_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker. Its text changes with each version, so that browsers renew stored files."""
    entrances = ("account_login", "account_logout")
    values = {
        "version": getattr(staticfiles_storage, "manifest_hash", "") or "1",
        "desk": reverse(settings.LOGIN_REDIRECT_URL),
        "entrances": [reverse(name) for name in entrances],
        "disconnected": reverse("disconnected"),
        "shell": [static(name) for name in SHELL],
        "icon": static("img/app-192.png"),
        "static": settings.STATIC_URL,
        "hours": settings.SESSION_HOURS,
    }
    context = {"values": json.dumps(values)}
    response = render(request, "office/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def disconnected(request: HttpRequest) -> HttpResponse:
    """Say that the device is not connected. The service worker stores this page and shows it then."""
    return render(request, "office/disconnected.html", {"desk": reverse(settings.LOGIN_REDIRECT_URL)})
