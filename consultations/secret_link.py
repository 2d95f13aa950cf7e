"""Access to a case: its signals, the applicant's secret link, and the log of users who got it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations.enums import IdentityCheck
from consultations.forms import StepForm
from consultations.models import Case, LinkAccess
from consultations.parties import (
    Applicant,
    CodeHolder,
    excluding_complaints_about,
    get_title,
    has_private_link,
)
from kit.encryption import hash_token
from kit.forms import radio_field
from kit.rules import holds
from office.models import User
from office.words import with_words

case_opened = Signal()
"""Sent before a user of the staff is shown the page of a case or of a step. Arguments: `case` and `by`.

`is_part` is true if only a part of the page of a case is shown.
"""

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


CODE_OPENS_FOR = dt.timedelta(hours=2)
"""Time for which tracking code and number open the pages of a case."""

SALT = "consultations.secret_link.code"

NEEDS_LINK = _(
    "Halaman ini dibuka dengan kode lacak dan nomor, yang juga dibaca petugas. Langkah ini hanya dapat "
    "dengan tautan pada tanda terima Anda. Minta tautannya dikirim ke nomor atau surel Anda, atau datang "
    "ke %(secretariat)s."
)


def create_code_key(case: Case) -> str:
    """Return a key that opens pages of the case for CODE_OPENS_FOR, or until the link is replaced."""
    return f"~{signing.dumps([case.pk, case.secret_hash], salt=SALT)}"


def behind_secret(*, opens_by_code: bool, has_steps: bool = False) -> Callable[[View], View]:
    """Give a view the case of its secret link, with who holds it (`case.holder`).

    The response is never cached and never indexed. A reader with an account is logged. Without
    `opens_by_code`, whoever came with tracking code and number gets 403 and the way to the link. With an
    account that may not know of the case, the code gives 404: the complaint may be about its reader.

    With `has_steps` the view has a form of the applicant. A user of the office gets 403 with a sentence then,
    because the history would name the applicant.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"] if has_steps else ["GET", "HEAD"])
        def respond(request: HttpRequest, case: Case, **kwargs: Any) -> HttpResponseBase:
            if isinstance(case.holder, CodeHolder) and not opens_by_code:
                return refuse_code(request, case)
            if has_steps and request.user.is_authenticated:
                sentence = with_words(NOT_FOR_STAFF, user=request.user)
                return _refuse(request, case, _("Hanya untuk pemohon"), sentence)
            return view(request, case, **kwargs)

        @login_not_required
        @never_cache
        @wraps(view)
        def page(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponseBase:
            case = _find_case(secret)
            user = request.user if isinstance(case.holder, CodeHolder) else None
            if isinstance(user, User) and not holds(excluding_complaints_about(user), case):
                raise Http404
            if isinstance(case.holder, Applicant) and (reader := get_reader(request, case)):
                log_access(case, by=reader, place=LinkAccess.Place.PAGE)
            response = respond(request, case, **kwargs)
            response["X-Robots-Tag"] = "noindex, nofollow"
            # CSRF protection needs the referrer over https.
            response.setdefault("Referrer-Policy", "same-origin" if has_steps else "no-referrer")
            return response

        return page

    return decorate


def _find_case(key: str) -> Case:
    """Return the case with its holder, or raise Http404."""
    cases = Case.objects.with_people()
    if not key.startswith("~"):
        case = cases.filter(secret_hash=hash_token(key)).first()
        if case is None:
            raise Http404
        case.secret, case.holder = key, Applicant(key)  # it need not be decrypted
        return case
    try:
        pk, secret_hash = signing.loads(key.removeprefix("~"), salt=SALT, max_age=CODE_OPENS_FOR)
    except signing.BadSignature as error:
        raise Http404 from error
    case = cases.filter(pk=pk, secret_hash=secret_hash).first()
    if case is None:
        raise Http404
    case.holder = CodeHolder(case.pk, key)
    return case


def get_holder(case: Case) -> Applicant | CodeHolder:
    """Return who opened the case without an account, in a view behind `behind_secret()`."""
    if case.holder is None:
        raise PermissionDenied
    return case.holder


def refuse_code(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer 403 to a reader by tracking code and number. The page tells the ways to the secret link."""
    return _refuse(request, case, _("Perlu tautan Anda"), with_words(NEEDS_LINK), needs_link=True)


def _refuse(request: HttpRequest, case: Case, title: Promise, refusal: str, **more: Any) -> HttpResponse:
    context = {"case": case, "title": title, "refusal": refusal, **more}
    return render(request, "ui/refused_public.html", context, status=HTTPStatus.FORBIDDEN)


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


class RenewLinkForm(StepForm):
    """Form: how the identity of an applicant who asks for a new link was checked, and that it matches."""

    is_final = True
    notice = _(
        "Tautan lama tidak berlaku lagi, juga pada surel dan pesan yang sudah dikirim. Sesudah ini, cetak "
        "tanda terima yang baru. Bila tautan lama tidak hilang, cukup cetak lagi tanda terimanya."
    )
    checked_with = radio_field(
        _("Identitas diperiksa dengan"), IdentityCheck, missing=_("Pilih cara identitas pemohon diperiksa.")
    )
    is_entitled = forms.BooleanField(
        label=_("Yang meminta adalah pemohon atau wakil lembaganya"),
        error_messages={"required": _("Centang sesudah identitasnya cocok. Bila tidak cocok, batalkan.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data.pop("is_entitled", None)
        return data


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
