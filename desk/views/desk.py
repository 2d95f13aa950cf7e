"""The page of the desk (Meja Kerja)."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from desk.desk import get_desk
from desk.introduction import close_introduction as close
from desk.introduction import get_introduction
from office import clock
from office.heartbeat import list_silent
from office.models import Office, User
from setup.checklist import get_summary


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, or an explanation if the user holds no position."""
    user = cast(User, request.user)
    introduction = get_introduction(user, request.GET.get("perkenalan", ""))
    setup = get_summary() if user.is_staff and not Office.load().is_open else None
    if not user.current_appointments:
        silent = list_silent() if user.is_staff else []
        without = {"silent": silent, "introduction": introduction, "setup": setup}
        return render(request, "desk/without_position.html", without)
    position = request.GET.get("jabatan", "")
    desk = get_desk(user, position=position)
    context = {
        "desk": desk,
        "now": clock.now(),
        "position": position,
        "introduction": introduction,
        "setup": setup,
    }
    return render(request, "desk/desk.html", context)


@require_POST
def close_introduction(request: HttpRequest) -> HttpResponse:
    """Close the introduction for good."""
    close(by=cast(User, request.user))
    return redirect("desk")
