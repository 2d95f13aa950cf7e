"""The form field of the visit time (Waktu Kunjungan)."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateTimeField
from consultations.models import Case
from office import clock
from scheduling.availability import Availability, get_availability, get_recent_availability
from scheduling.forms.hours import check_hours, with_hours
from scheduling.forms.time_choice import TimeChoice

NO_TIME = _("Tidak ditentukan")
LATEST_VISIT = dt.timedelta(days=366)
EVERYTHING_TAKEN = _("Semua waktu sudah penuh: kantor menetapkan waktunya")
NOTHING_FREE = _("Semua waktu setengah tahun ke depan sudah penuh. Hubungi kantor.")
EARLIEST = _("Waktu paling awal: %(day)s, karena kantor memprosesnya dahulu.")
IF_URGENT = _(
    "Bila mendesak, datanglah langsung ke kantor pada jam layanan: Anda dilayani tanpa menunggu jadwal."
)
LEAVE_EMPTY = _(
    "Semua waktu sudah penuh. Kosongkan isian ini: kantor menetapkan waktunya dan memberi tahu Anda."
)


class VisitTimeField(LocalDateTimeField):
    """Date and time of a visit.

    Before `offer()` the field accepts any time and requires none. After it, the free times are choices. If
    the office has entered no hours or no staff, the time is typed and must be ahead and within the hours.
    With `office_may_set`, an office that is full sets the time itself, and the field is not required.
    `if_urgent` is the advice for an applicant for whom the earliest day is too late.
    """

    available: Availability | None = None

    def __init__(
        self,
        *,
        empty_label: Promise | str = "",
        office_may_set: bool = False,
        if_urgent: Promise = IF_URGENT,
        **kwargs: Any,
    ) -> None:
        messages = {
            "required": _("Pilih tanggal dan jam Anda ingin datang."),
            "invalid": _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30."),
            **kwargs.pop("error_messages", {}),
        }
        super().__init__(error_messages=messages, **kwargs)
        self.empty_label = empty_label
        self.office_may_set, self.if_urgent = office_may_set, if_urgent
        self.usual = {name: getattr(self, name) for name in ("required", "empty_label", "help_text")}

    def offer(self, available: Availability) -> None:
        """Let the field offer these times, in place of those that it has offered before."""
        self.available = available
        for name, value in self.usual.items():
            setattr(self, name, value)
        if available.is_full and self.office_may_set:
            self.required, self.empty_label = False, EVERYTHING_TAKEN
        elif available.is_full:
            self.help_text = NOTHING_FREE
        if available.earliest_day:
            earliest = EARLIEST % {"day": date_format(available.earliest_day, "l, j F Y")}
            self.help_text = f"{self.help_text} {earliest} {self.if_urgent}"
        if available.moments or available.is_full:
            empty_label = "" if self.required else self.empty_label or NO_TIME
            self.widget = TimeChoice(available.moments, available.full_days, empty_label=empty_label)
            self.widget.is_required = self.required

    def validate(self, value: dt.datetime | None) -> None:
        if self.available is None:
            return
        super().validate(value)
        if value is None:
            return
        if self.available.is_full:
            raise ValidationError(LEAVE_EMPTY if self.office_may_set else NOTHING_FREE, code="not_free")
        if not self.available.moments:
            _check_typed_time(value, self.available)
        elif value not in self.available.moments:
            raise ValidationError(_explain_unavailable(value, self.available), code="not_free")


def offer_times(
    form: forms.Form, name: str, case: Case | None = None, *, excluding: dt.datetime | None = None
) -> Availability:
    """Let a form's VisitTimeField offer the times that are free now, for a case or a new request."""
    field, available = form.fields[name], get_availability(case)
    moments = tuple(moment for moment in available.moments if moment != excluding)
    available = replace(available, moments=moments)
    if isinstance(field, VisitTimeField):
        field.offer(available)
    return available


def offer_recent_times(form: forms.Form, name: str) -> Availability:
    """Let the field offer the free times of the last minute to a new request.

    If another time was typed, offer those that are free now.
    """
    field, recent, typed = form.fields[name], get_recent_availability(), form.data.get(name)
    if typed and typed not in recent.values:
        return offer_times(form, name)
    if isinstance(field, VisitTimeField):
        field.offer(recent)
    return recent


def _check_typed_time(moment: dt.datetime, available: Availability) -> None:
    """Raise ValidationError, with the hours and the next possible moment, if no visit is possible then.

    An office that has entered no hours is always open.
    """
    now = clock.now()
    if moment > now + LATEST_VISIT:
        raise ValidationError(_("Pilih waktu dalam satu tahun ke depan."))
    if moment <= now:
        raise ValidationError(with_hours(_("Waktu ini sudah lewat."), now, available.minutes))
    if available.earliest_day and timezone.localdate(moment) < available.earliest_day:
        first = clock.midnight(available.earliest_day)
        raise ValidationError(with_hours(_("Waktu ini terlalu dekat."), first, available.minutes))
    check_hours(moment, available.minutes)


def _explain_unavailable(moment: dt.datetime, available: Availability) -> str:
    end = moment + dt.timedelta(minutes=available.minutes)
    if moment <= clock.now():
        reason = gettext("Waktu ini sudah lewat.")
    elif not available.working.includes(moment, end):
        reason = gettext("Kantor tidak melayani pada waktu ini.")
    elif moment < available.moments[0]:
        reason = gettext("Waktu ini terlalu dekat atau sudah penuh.")
    elif moment > available.moments[-1]:
        reason = gettext("Waktu ini terlalu jauh atau sudah penuh.")
    else:
        reason = gettext("Waktu ini sudah penuh.")
    nearest = "; ".join(clock.format_moment(near) for near in available.nearest(moment))
    return f"{reason} " + gettext("Waktu kosong terdekat: %(moments)s.") % {"moments": nearest}
