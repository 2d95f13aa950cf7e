"""Public pages: home, the published standard, privacy."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultations.enums import STANDARD
from office.models import StandardComponent
from office.worktime import WorkingTime


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
    return render(request, "desk/standard.html", {"parts": parts if components else [], "steps": STANDARD})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/privacy.html")
