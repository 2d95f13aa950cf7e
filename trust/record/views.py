"""Public pages of the heads (Segel Catatan), and the chain to download. They show hashes only."""

import datetime as dt
import json
from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kit.limits import Use, consume
from kit.pagination import newest_first
from office.models import Office
from trust.record.models import Entry, Head


@login_not_required
@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """List the heads and say how to check one: `verifikasi/catatan/`."""
    page = newest_first(Head.objects.all(), request.GET, shown=("day", "number", "hash"))
    context = {"office": Office.load(), "page": page, "title": _("Segel catatan")}
    return render(request, "record/heads.html", context)


@login_not_required
@require_safe
def head(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Show one head. The QR code of a printed register opens it."""
    found = get_object_or_404(Head, day=day)
    return render(request, "record/head.html", {"office": Office.load(), "head": found})


@login_not_required
@require_safe
def head_json(request: HttpRequest, day: dt.date) -> JsonResponse:
    """Download a head, as it is mailed to the witnesses."""
    return JsonResponse(get_object_or_404(Head, day=day).to_json())


@login_not_required
@require_safe
def chain(request: HttpRequest, day: dt.date) -> HttpResponseBase:
    """Download the entries from the head before to this one, a JSON line each, or answer 429.

    `contrib/verify_record.py` compares them with the two heads.
    """
    found = get_object_or_404(Head, day=day)
    if not consume(request, Use("chain")):
        return JsonResponse({"error": "too many requests"}, status=429)
    return StreamingHttpResponse(_list_lines(found), content_type="application/jsonl")


def _list_lines(head: Head) -> Iterator[str]:
    before = Head.objects.filter(day__lt=head.day).order_by("day").last()
    first = before.number + 1 if before else 1
    entries = Entry.objects.filter(number__range=(first, head.number)).order_by("number")
    for entry in entries.iterator(chunk_size=500):
        yield json.dumps([*entry.link_facts, entry.hash]) + "\n"
