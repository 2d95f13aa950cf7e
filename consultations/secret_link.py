"""Access to a case: its signals, the applicant's secret link, and the log of users who got it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.dispatch import Signal
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations.models import Case, LinkAccess
from consultations.parties import get_title, has_private_link
from kit.encryption import hash_token
from office.models import User
from office.words import with_words

case_opened = Signal()
"""Sent before a user of the staff is shown the page of a case or of a step. Arguments: `case` and `by`."""

file_opened = Signal()
"""Sent before a file of a case is served. Arguments: `file`, `case`, `by` (None: the applicant)."""

identity_revealed = Signal()
"""Sent in the transaction that reveals a hidden identity. Arguments: `case` and `by`."""

link_obtained = Signal()
"""Sent before a user of the staff gets hold of the secret link. Arguments: `case`, `by` and `place`."""


type View = Callable[..., HttpResponseBase]

MAX_READERS = 20
"""Readers of a link that the page of a case lists."""

NOT_FOR_STAFF = _(
    "Anda masuk dengan akun kantor (%(user)s). Langkah pemohon hanya dilakukan oleh pemohon sendiri. Bila "
    "pemohon meminta penarikan, %(agenda_team)s mencatatnya pada halaman permohonan. Bila Anda sendiri "
    "pemohonnya, keluar dahulu dari akun kantor, lalu buka tautan ini lagi."
)


def behind_secret(view: View) -> View:
    """Give a view that changes nothing the case of its secret link.

    The response is never cached and never indexed. A reader with an account is logged.
    """
    return _with_case(require_safe(view))


def steps_behind_secret(view: View) -> View:
    """Give a view with a form of the applicant the case of its secret link.

    Answer 403 with a sentence if a user of the office is logged in: the history would name the applicant.
    """

    @wraps(view)
    def by_applicant(request: HttpRequest, case: Case, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            context = {
                "case": case,
                "title": _("Hanya untuk pemohon"),
                "refusal": with_words(NOT_FOR_STAFF, user=request.user),
            }
            return render(request, "ui/refused_public.html", context, status=HTTPStatus.FORBIDDEN)
        response = view(request, case, **kwargs)
        # CSRF protection needs the referrer over https.
        response.setdefault("Referrer-Policy", "same-origin")
        return response

    return _with_case(require_http_methods(["GET", "HEAD", "POST"])(by_applicant))


def _with_case(view: View) -> View:
    @login_not_required
    @never_cache
    @wraps(view)
    def with_case(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponseBase:
        case = Case.objects.with_people().filter(secret_hash=hash_token(secret)).first()
        if case is None:
            raise Http404
        case.secret = secret  # it need not be decrypted
        if user := get_reader(request, case):
            log_access(case, by=user, place=LinkAccess.Place.PAGE)
        response = view(request, case, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response.setdefault("Referrer-Policy", "no-referrer")
        return response

    return with_case


def get_reader(request: HttpRequest, case: Case) -> User | None:
    """Return the user who reads a page behind the secret link, or None for the applicant.

    A private link is the complainant's alone: the log would tell colleagues who complained.
    """
    return request.user if isinstance(request.user, User) and not has_private_link(case) else None


def log_access(case: Case, *, by: User, place: LinkAccess.Place) -> None:
    """Log that the user gets hold of the secret link, with the title in the case or else the first one."""
    LinkAccess.objects.create(case=case, by=by, title=get_title(by, case), place=place)
    with translation.override("id"):  # the place goes on record
        link_obtained.send(Case, case=case, by=by, place=str(place.label))


@dataclass(frozen=True)
class Reading:
    """Entries of a log with the same person, position and act or place: their number and the latest time."""

    name: str
    title: str
    what: str
    times: int
    last_at: dt.datetime


def sum_up(entries: Iterable[tuple[str, str, str, dt.datetime]]) -> list[Reading]:
    """Sum up entries (name, title, act or place, moment), the latest first."""
    found: dict[tuple[str, str, str], list[dt.datetime]] = defaultdict(list)
    for name, title, what, at in entries:
        found[name, title, what].append(at)
    readings = [Reading(*key, len(times), max(times)) for key, times in found.items()]
    return sorted(readings, key=lambda reading: reading.last_at, reverse=True)


def list_link_readers(accesses: Iterable[LinkAccess]) -> list[Reading]:
    """Return the users who got hold of a secret link, the latest first, at most MAX_READERS."""
    entries = ((str(one.by), one.title, str(LinkAccess.Place(one.place).label), one.at) for one in accesses)
    return sum_up(entries)[:MAX_READERS]
