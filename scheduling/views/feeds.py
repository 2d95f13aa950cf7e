"""Calendar feeds: the page that manages them, and the feeds themselves."""

from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.pagination import parse_key
from kit.limits import Use, consume
from office.models import Office, User
from office.public_url import get_public_url
from scheduling.feeds import create_feed, find_feed, list_feed_rooms, list_feed_sessions, revoke_feed
from scheduling.ical import CONTENT_TYPE, render_feed
from scheduling.models import CalendarFeed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Show the feeds that the user manages. Create, replace or revoke one of them.

    A new address is shown in the answer and never again: only its hash is stored.
    """
    user = cast(User, request.user)
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
