"""Registers: permission to print and open them, the form for the period, and printing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.parties import get_office_wide_appointment
from documents.issuing import issue_document
from documents.models import Document, Register
from documents.registers.book import BOOKS, MAX_ROWS
from documents.types import TYPES_BY_KIND
from kit import clock
from kit.forms import LocalDateField, OfficeForm
from kit.pagination import parse_key
from kit.refusal import Refused
from office.models import Division, Office, Role, User
from office.words import with_words_lazy, word


@dataclass(frozen=True)
class Scope:
    """The division (None: the whole office) that a user may print registers of, and the user's title."""

    title: str
    division: Division | None = None


def scopes(kind: str, by: User) -> list[Scope]:
    """Return the scopes for which `by` may print a register of this kind today.

    Office-wide roles print all registers; a Kepala Bidang prints some of them for the own division.
    """
    if whole := get_office_wide_appointment(by):
        return [Scope(whole.title)]
    if not BOOKS[kind].is_of_divisions:
        return []
    headed = [a for a in by.current_appointments if a.position.role == Role.DIVISION_HEAD]
    return [Scope(appointment.title, appointment.position.division) for appointment in headed]


def openable_registers(by: User) -> QuerySet[Register]:
    """Return the registers that `by` may open: those that `by` could print today.

    Registers with a complaint that is, or may be, about `by` are left out. Registers printed by `by` do
    not show such complaints.
    """
    printable = Q(pk__in=[])
    for kind, book in BOOKS.items():
        day = f"{book.moment}__date"
        in_period = Q(**{f"{day}__gte": OuterRef("since"), f"{day}__lte": OuterRef("until")})
        rows = book.model._default_manager.alias(**book.alias).filter(in_period, book.is_about(by))
        of_kind = Q(Q(by=by) | Q(hides=False) & ~Exists(rows), kind=kind)
        for scope in scopes(kind, by):
            printable |= of_kind & Q(division=scope.division) if scope.division else of_kind
    return Register.objects.filter(printable)


def newest(kind: str) -> int:
    """Return the primary key of the newest register of a kind for any user, or 0."""
    found: int | None = Register.objects.filter(kind=kind).aggregate(newest=Max("pk"))["newest"]
    return found or 0


def scoped_register(
    kind: str, *, by: User, since: dt.date, until: dt.date, division: Division | None = None
) -> Register:
    """Return the register of a period as `by` may read it now, of any length; not saved.

    Raise PermissionDenied if `by` may not print it, Refused if the days are not in order or in the future.
    """
    scope = next((scope for scope in scopes(kind, by) if scope.division == division), None)
    if scope is None:
        raise PermissionDenied
    if until < since:
        raise Refused(_("Tanggal akhir tidak boleh sebelum tanggal awal."))
    if until > clock.today():
        raise Refused(
            _("Tanggal akhir tidak boleh sesudah hari ini, %(today)s.")
            % {"today": date_format(clock.today())}
        )
    return Register(
        kind=kind, since=since, until=until, division=division, by=by, title=scope.title, at=clock.now()
    )


def plan_register(kind: str, *, by: User, **period: Any) -> Register:
    """Return the register of a period as it would be printed now; not saved.

    Raise PermissionDenied if `by` may not print it, Refused if the period cannot be printed.
    """
    planned = scoped_register(kind, by=by, **period)
    book = BOOKS[kind]
    planned.hides = book.has_rows_about(by, planned)
    if len(book.list_rows(planned).values("pk")[: MAX_ROWS + 1]) > MAX_ROWS:
        raise Refused(
            _("Pilih waktu yang lebih pendek: satu naskah memuat paling banyak %(most)s %(what)s.")
            % {"most": number_format(MAX_ROWS, force_grouping=True), "what": book.row_name}
        )
    return planned


def print_register(kind: str, *, by: User, newest: int | None = None, **period: Any) -> Document:
    """Issue a register of a period and return its document. It replaces the version before, if any.

    `newest` is what `newest()` returned when `by` chose the period. Raise Refused if the same period was
    printed since then, and PermissionDenied or Refused as `plan_register()` does.
    """
    with transaction.atomic():
        register = plan_register(kind, by=by, **period)
        Office.lock()  # so that versions form one chain
        if newest is not None and register.same().filter(pk__gt=newest).exists():
            raise Refused(_("Waktu ini baru saja diterbitkan. Lihat daftar di bawah sebelum mengulanginya."))
        register.save()
        return cast(Document, issue_document(TYPES_BY_KIND[kind], register))


def usual_periods() -> list[tuple[Promise, dt.date, dt.date]]:
    """Return name, first and last day of the usual periods; the current ones end today."""
    today = clock.today()
    month = today.replace(day=1)
    last_month = month - dt.timedelta(days=1)
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return [
        (_("Bulan ini"), month, today),
        (_("Bulan lalu"), last_month.replace(day=1), last_month),
        (_("Triwulan ini"), quarter, today),
        (_("Tahun ini"), today.replace(month=1, day=1), today),
    ]


class RegisterForm(OfficeForm):
    """First and last day, and the division if there are several scopes.

    `newest` is the key of the newest register when the user opened the form.
    """

    since = LocalDateField(label=_("Dari tanggal"))
    until = LocalDateField(label=_("Sampai tanggal"))
    division = forms.ChoiceField(
        label=word("division_name"),
        error_messages={"invalid_choice": with_words_lazy(_("Pilih %(division)s dari daftar ini."))},
    )
    newest = forms.CharField(required=False, max_length=18)

    def __init__(self, data: Mapping[str, Any] | None, *, scopes: Sequence[Scope]) -> None:
        _name, since, until = usual_periods()[0]
        super().__init__(data, initial={"since": since, "until": until})
        self.scopes = scopes
        division = cast(forms.ChoiceField, self.fields["division"])
        division.choices = [(str(s.division.pk), str(s.division)) for s in scopes if s.division]
        if len(scopes) == 1:
            del self.fields["division"]

    def rows(self) -> list[str | LayoutObject]:
        dates = Div("since", "until", css_class="grid-2")
        return ["division", dates] if "division" in self.fields else [dates]

    @property
    def period(self) -> dict[str, Any]:
        """Return the valid or initial choice as arguments of the services. No division: the whole office."""
        given = self.cleaned_data if self.is_bound else self.initial
        chosen = {"division": self.scopes[0].division, **given}
        return {name: chosen[name] for name in ("since", "until", "division")}

    def clean_division(self) -> Division | None:
        chosen = self.cleaned_data["division"]
        return next(s.division for s in self.scopes if s.division and str(s.division.pk) == chosen)

    def clean_newest(self) -> int | None:
        return parse_key(self.cleaned_data["newest"])
