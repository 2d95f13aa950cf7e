"""Sessions in other calendars: feeds with the page that manages them, and the file of one case."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.models import Case
from consultations.queries import get_visible_case
from consultations.scheduling.feeds import (
    CONTENT_TYPE,
    create_feed,
    find_feed,
    list_feed_rooms,
    list_feed_sessions,
    render_feed,
    render_ical,
    revoke_feed,
)
from consultations.scheduling.models import CalendarFeed
from consultations.scheduling.queries import upcoming_session
from consultations.secret_link import behind_secret, get_reader
from kit.limits import Use, consume
from kit.pagination import parse_key
from kit.urls import get_public_url
from office.models import Office, User
from office.rights import StaffRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: StaffRequest) -> HttpResponse:
    """Show the feeds that the user manages. Create, replace or revoke one of them.

    A new address is shown in the answer and never again: only its hash is stored.
    """
    user = request.user
    rooms = list(list_feed_rooms(user))
    address, room = "", None
    if request.method == "POST":
        if key := request.POST.get("room"):
            room = get_object_or_404(list_feed_rooms(user), pk=parse_key(key))
        if "revoke" in request.POST:
            revoke_feed(by=user, room=room)
        else:
            address = get_public_url("calendar_feed", create_feed(by=user, room=room))
    created = dict(CalendarFeed.objects.filter(room__in=rooms).values_list("room", "created_at"))
    own = CalendarFeed.objects.filter(user=user).first()
    rows = [(None, own.created_at if own else None), *((r, created.get(r.pk)) for r in rooms)]
    return render(request, "scheduling/feeds.html", {"rows": rows, "address": address, "shown_room": room})


@login_not_required
@cache_control(private=True, max_age=300)
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return a feed. Answer 404 if the token is unknown or revoked, and 429 above the rate limit."""
    if not consume(request, Use("calendar_feed", token)):
        return HttpResponse(_("Terlalu sering. Coba lagi nanti."), status=HTTPStatus.TOO_MANY_REQUESTS)
    found = find_feed(token)
    if found is None:
        raise Http404
    office = Office.load()
    content = render_feed(f"{found.holder}, {office.name}", list_feed_sessions(found), office=office)
    response = HttpResponse(content, CONTENT_TYPE)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@behind_secret
def applicant_calendar_file(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the file of `p/<secret>/jadwal.ics`. Answer 404 if no consultation is ahead."""
    return _respond(case, by=get_reader(request, case))


@never_cache
@require_safe
def case_calendar_file(request: StaffRequest, code: str) -> HttpResponse:
    """Return the file of `permohonan/<code>/jadwal.ics`.

    Answer 404 if the case is not visible or no consultation is ahead.
    """
    return _respond(get_visible_case(request.user, code), by=request.user)


def _respond(case: Case, *, by: User | None) -> HttpResponse:
    session = upcoming_session(case)
    if session is None:
        raise Http404
    record(Act.DOCUMENT, by=by, case=case, target="jadwal.ics")
    content = render_ical(case, session, office=Office.load())
    name = f'attachment; filename="jadwal-{case.code}.ics"'
    return HttpResponse(content, CONTENT_TYPE, headers={"Content-Disposition": name})
