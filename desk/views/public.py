"""Public pages of the office: home, the published standard, PPID, accessibility, security.txt.

Home and the standard are rendered once for all visitors (`kit/cache.py`), so their data is read lazily.
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from consultations.faq.models import list_popular
from consultations.models import ComplaintTarget
from consultations.models.agenda import list_days
from dispositions.serving import list_serving_appointments
from kit import clock
from kit.urls import get_public_url
from office.models import Office, StandardComponent, StandardPublication
from office.models.publication import PROCEDURE, REQUIREMENTS, get_components, list_standard_steps
from office.worktime import WorkingTime

RESULT_FILE = Path(__file__).parents[1] / "accessibility.json"


@cache
def get_last_check() -> dict[str, Any]:
    """Return the result of the last accessibility check, which `bin/accessibility` stored.

    `checks` counts the tests by kind: `axe`, `keyboard`, `html`. `routes` are the routes of the pages that
    axe read, `axe` is the version of axe-core.
    """
    stored = json.loads(RESULT_FILE.read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(stored["checked_on"])
    return {**stored, "checked_on": day, "has_passed": stored["result"] == "passed"}


FILES = {"sk": "decree", "maklumat": "pledge_file", "tanda-tangan": "pledge_signature"}
"""Files of the published standard by their name in the URL."""

SECURITY_TXT_DAYS = 180
"""Days for which /.well-known/security.txt is valid after it was read. RFC 9116 advises less than a year."""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not Office.load().name:  # its words are not known before the first step of the set-up
        return render(request, "desk/not_set_up.html")
    hours = SimpleLazyObject(lambda: WorkingTime.load().sentence())
    steps = SimpleLazyObject(list_standard_steps)
    requirements = SimpleLazyObject(lambda: _list_items(REQUIREMENTS))
    context = {
        "hours": hours,
        "steps": steps,
        "requirements": requirements,
        "questions": SimpleLazyObject(list_popular),
    }
    return render(request, "desk/home.html", context)


def _list_items(number: int) -> list[str]:
    component = get_components().get(number)
    return component.items if component else []


@login_not_required
@require_safe
def standard(request: HttpRequest) -> HttpResponse:
    stage = ComplaintTarget.Stage
    context = {
        "parts": SimpleLazyObject(_list_parts),
        "publication": SimpleLazyObject(StandardPublication.load),
        "limits": SimpleLazyObject(
            lambda: [(stage(key).label, ComplaintTarget.in_words(key, n)) for key, n in list_days().items()]
        ),
        "staff": SimpleLazyObject(
            lambda: list(list_serving_appointments()) if StandardPublication.load().lists_staff else []
        ),
    }
    return render(request, "desk/standard.html", context)


def _list_parts() -> list[tuple[str, list[StandardComponent]]]:
    components: list[Any] = list(StandardComponent.objects.all())
    procedure: list[str] = next((row.items for row in components if row.number == PROCEDURE), [])
    for row in components:
        row.repeats_steps = bool(procedure) and row.items == procedure
    parts = StandardComponent.Part.choices if components else []
    return [(str(label), [row for row in components if row.part == part]) for part, label in parts]


@login_not_required
@require_safe
def standard_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a file of the published standard: decree, signed pledge, or picture of the signature."""
    publication = StandardPublication.load()
    file: FieldFile | None = getattr(publication, FILES[name]) if name in FILES else None
    if not file or not file.name or not file.storage.exists(file.name):
        raise Http404
    return FileResponse(file.open("rb"), filename=f"{name}.{file.name.rpartition('.')[2]}")


@login_not_required
@require_safe
def ppid(request: HttpRequest) -> HttpResponse:
    """Say where a request for public information goes (UU 14/2008)."""
    return render(request, "desk/ppid.html", {"publication": StandardPublication.load()})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/accessibility.html", {"check": get_last_check()})


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report security problems (RFC 9116). Answer 404 if the office has no address for them.

    It expires some months after today, because the settings and the office's data are those of now.
    """
    if not (contact := settings.SECURITY_CONTACT or Office.load().email):
        raise Http404
    expires = clock.today() + dt.timedelta(days=SECURITY_TXT_DAYS)
    lines = (
        f"Contact: mailto:{contact}",
        f"Expires: {expires}T00:00:00Z",
        "Preferred-Languages: id, en",
        f"Canonical: {get_public_url('security_txt')}",
    )
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
