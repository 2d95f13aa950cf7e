"""Saved views of the list of cases: a name for filters and order, own or of the office, with their counts."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Value
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations.enums import ENDED
from consultations.models import Case
from desk.case_list import CaseFilter
from desk.models import SavedView
from kit.form_view import handle_button, handle_form
from kit.forms import OfficeForm, line_field
from kit.refusal import Refused
from office import rights
from office.models import User
from office.rights import StaffRequest

MAX_VIEWS = 8
"""Own views of a user, and views of the office."""

MAX_COUNTED = 99
"""Cases of a view that are counted at most."""


def list_views(user: User) -> QuerySet[SavedView]:
    """Return the office's views and then the user's own, by name."""
    return SavedView.objects.filter(Q(is_shared=True) | Q(by=user)).order_by(F("is_shared").desc(), "name")


def save_view(name: str, query: str, *, by: User, is_shared: bool = False) -> SavedView:
    """Store filters under a name, for the user or for the office.

    Raise PermissionDenied if the user may not change the office's views. Raise Refused if nothing is
    filtered, if a filter is not valid, if the name is taken, or above MAX_VIEWS.
    """
    if is_shared:
        rights.SHARE_VIEWS.check(by)
    narrowed = CaseFilter(QueryDict(query), by)
    kept = narrowed.get_query()
    if not kept or narrowed.form.errors:
        raise Refused(_("Saring atau urutkan dahulu daftarnya, lalu simpan."))
    same = SavedView.objects.filter(is_shared=True) if is_shared else list_own(by)
    if same.count() >= MAX_VIEWS:
        raise Refused(_("Sudah ada %(n)s tampilan. Hapus dahulu salah satunya.") % {"n": MAX_VIEWS})
    try:
        with transaction.atomic():
            return SavedView.objects.create(name=name, query=kept, by=by, is_shared=is_shared)
    except IntegrityError as error:
        raise Refused(_("Nama ini sudah dipakai. Pilih nama lain."), field="name") from error


def list_own(user: User) -> QuerySet[SavedView]:
    """Return the views that the user saved for himself or herself."""
    return SavedView.objects.filter(by=user, is_shared=False)


def list_removable(user: User) -> QuerySet[SavedView]:
    """Return the views that the user may remove."""
    return list_views(user) if rights.SHARE_VIEWS.is_held_by(user) else list_own(user)


@dataclass(frozen=True)
class Chip:
    """A saved view above the list. `count` is the number of its cases, or empty.

    `fits` is false if its filters are not valid any more.
    """

    view: SavedView
    count: str
    fits: bool
    is_current: bool
    is_removable: bool

    @property
    def address(self) -> str:
        return f"{reverse('cases')}?{self.view.query}"


def list_chips(narrowed: CaseFilter) -> list[Chip]:
    """Return the views of the reader. One query counts the visible cases of those that show open cases only.

    These are few and have an index. Others could read all cases to find a hundred.
    """
    user = narrowed.user
    views = list(list_views(user)[: 2 * MAX_VIEWS])
    found = {view.pk: narrowed.find(view.query) for view in views}
    few = {view.pk for view in views if _shows_open_cases(QueryDict(view.query))}
    numbers = _count({key: cases for key, cases in found.items() if cases is not None and key in few})
    current, shares = narrowed.get_query(), rights.SHARE_VIEWS.is_held_by(user)
    return [
        Chip(
            view,
            _in_words(numbers[view.pk]) if view.pk in numbers else "",
            fits=found[view.pk] is not None,
            is_current=view.query == current and not narrowed.data.get("q"),
            is_removable=shares or not view.is_shared,
        )
        for view in views
    ]


def _shows_open_cases(query: QueryDict) -> bool:
    return "late" in query or "turn" in query or query.get("state", "") not in {"", *ENDED}


def _in_words(number: int) -> str:
    return str(number) if number <= MAX_COUNTED else f"{MAX_COUNTED}+"


def _count(found: dict[int, Any]) -> dict[int, int]:
    """Return the number of cases of each query, at most one more than MAX_COUNTED."""
    numbers = dict.fromkeys(found, 0)
    parts = [
        # SQLite allows no limit in a part of a union.
        Case.objects.filter(pk__in=cases.values("pk")[: MAX_COUNTED + 1])
        .order_by()
        .values_list(Value(key), "pk")
        for key, cases in found.items()
    ]
    for key, _case in parts[0].union(*parts[1:], all=True) if parts else ():
        numbers[key] += 1
    return numbers


class SavedViewForm(OfficeForm):
    """The name of a view. Users with the right also choose whether the whole office gets it."""

    name = line_field(
        _("Nama tampilan"), 40, missing=_("Tulis nama tampilan."), help_text=_("Contoh: Laporan macet")
    )
    is_shared = forms.BooleanField(label=_("Untuk seluruh kantor"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


@require_http_methods(["GET", "HEAD", "POST"])
def save(request: StaffRequest) -> HttpResponse:
    """Name the filters in the query string and save them."""
    user = request.user
    narrowed = CaseFilter(request.GET, user)

    def act(**values: Any) -> HttpResponse:
        view = save_view(query=request.GET.urlencode(), by=user, **values)
        messages.success(request, gettext("Tampilan “%(name)s” disimpan.") % {"name": view.name})
        return HttpResponseRedirect(f"{reverse('cases')}?{view.query}")

    def make(*args: Any, **kwargs: Any) -> SavedViewForm:
        return SavedViewForm(*args, may_share=rights.SHARE_VIEWS.is_held_by(user), **kwargs)

    context = {"filter": narrowed, "back": f"{reverse('cases')}?{narrowed.get_query()}"}
    return handle_form(request, make, act, "desk/save_view.html", context)


@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove an own view or, with the right, one of the office. Answer 404 for any other."""
    view = get_object_or_404(list_removable(request.user), pk=pk)
    done = gettext("Tampilan “%(name)s” dihapus.") % {"name": view.name}
    return handle_button(request, view.delete, done, "cases")
