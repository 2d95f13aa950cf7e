"""Public pages: home, the published standard with its files, accessibility, privacy."""

from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.deadlines import Targets
from consultations.enums import STANDARD
from consultations.models import ComplaintTarget
from desk.accessibility import get_last_check
from dispositions.queries import list_serving_appointments
from office.models import StandardComponent, StandardPublication
from office.worktime import WorkingTime

FILES = {"sk": "decree", "maklumat": "pledge_file", "tanda-tangan": "pledge_signature"}
"""Files of the published standard by their name in the URL."""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html", {"hours": WorkingTime.load().sentence(), "steps": STANDARD})


@login_not_required
@require_safe
def standard(request: HttpRequest) -> HttpResponse:
    components = list(StandardComponent.objects.all())
    parts = [
        (label, [component for component in components if component.part == part])
        for part, label in StandardComponent.Part.choices
    ]
    publication = StandardPublication.load()
    context = {
        "parts": parts if components else [],
        "steps": STANDARD,
        "publication": publication,
        "limits": [(ComplaintTarget.Stage(stage).label, days) for stage, days in Targets().days.items()],
        "staff": list_serving_appointments() if publication.lists_staff else [],
    }
    return render(request, "desk/standard.html", context)


@login_not_required
@require_safe
def standard_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a file of the published standard: decree, signed pledge, or picture of the signature."""
    publication = StandardPublication.load()
    file: FieldFile | None = getattr(publication, FILES[name]) if name in FILES else None
    if not (file and file.name and file.storage.exists(file.name)):
        raise Http404
    return FileResponse(file.open("rb"), filename=f"{name}.{file.name.rpartition('.')[2]}")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/accessibility.html", {"check": get_last_check()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/privacy.html")
