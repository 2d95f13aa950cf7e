"""A time at which the office can receive a visitor, chosen from those that are free (Waktu Kunjungan)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import LocalDateTimeField
from consultations.models import Case
from office import clock
from scheduling.availability import FreeTimes, free_times
from scheduling.forms.hours import check_hours, with_hours

LATEST_VISIT = dt.timedelta(days=366)
VALUE = "%Y-%m-%dT%H:%M"
EVERYTHING_TAKEN = _("Semua waktu sudah penuh: kantor menetapkan waktunya")
NOTHING_FREE = _("Semua waktu setengah tahun ke depan sudah penuh. Hubungi kantor.")
EARLIEST = _(
    "Waktu paling awal: %(day)s, karena kantor memprosesnya dahulu. Bila mendesak, datanglah langsung ke "
    "kantor pada jam layanan: Anda dilayani tanpa menunggu jadwal."
)
LEAVE_IT = _(
    "Semua waktu sudah penuh. Kosongkan isian ini: kantor menetapkan waktunya dan memberi tahu Anda."
)


class FreeTimeSelect(forms.Select):
    """The free times as the telephone's own list, by day. What was chosen and is gone stays to be seen.

    As all widgets do, it deals in local times without a zone.
    """

    def __init__(self, moments: tuple[dt.datetime, ...], empty_label: Promise | str) -> None:
        super().__init__()
        self.moments, self.empty_label = [timezone.make_naive(moment) for moment in moments], empty_label

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element itself: some hundred options take a template each far too long."""
        chosen = f"{value:{VALUE}}" if isinstance(value, dt.datetime) else str(value or "")
        return format_html(
            '<select name="{}"{}>{}{}{}</select>',
            name,
            forms.utils.flatatt(self.build_attrs(self.attrs, attrs)),
            format_html('<option value="">{}</option>', self.empty_label),
            self._gone(value, chosen),
            format_html_join("", "{}", ((group,) for group in self._days(chosen))),
        )

    def _days(self, chosen: str) -> Iterator[SafeString]:
        for day, moments in groupby(self.moments, key=dt.datetime.date):
            options = ((v, _selected(v == chosen), label) for v, label in map(_option, moments))
            yield format_html(
                '<optgroup label="{}">{}</optgroup>',
                date_format(day, "l, j F Y"),
                format_html_join("", '<option value="{}"{}>{}</option>', options),
            )

    def _gone(self, value: Any, chosen: str) -> SafeString:
        if not isinstance(value, dt.datetime) or value in self.moments:
            return SafeString()
        label = gettext("%(moment)s (tidak dapat dipilih)") % {"moment": in_words(timezone.make_aware(value))}
        return format_html('<option value="{}" selected>{}</option>', chosen, label)


class FreeTimeField(LocalDateTimeField):
    """A visit's date and time, held to what the office can offer.

    A form that has called `offer()` shows the free times as choices; where the office has entered no hours
    or no staff, the time is typed and only has to lie ahead within the hours. Where `office_may_set` the
    time, a full office does, and none is asked for. Before `offer()` any time is taken, and none is asked
    for, since the office may be full.
    """

    free: FreeTimes | None = None

    def __init__(
        self, *, empty_label: Promise | str = "", office_may_set: bool = False, **kwargs: Any
    ) -> None:
        messages = {
            "required": _("Pilih tanggal dan jam Anda ingin datang."),
            "invalid": _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30."),
            **kwargs.pop("error_messages", {}),
        }
        super().__init__(error_messages=messages, **kwargs)
        self.empty_label = empty_label or _("Pilih hari dan jam")
        self.office_may_set = office_may_set

    def offer(self, free: FreeTimes) -> None:
        self.free = free
        if free.is_full and self.office_may_set:
            self.required, self.empty_label = False, EVERYTHING_TAKEN
        if free.scheduled_by:
            earliest = EARLIEST % {"day": date_format(free.scheduled_by, "l, j F Y")}
            self.help_text = f"{self.help_text} {earliest}"
        if free.moments or free.is_full:
            self.widget = FreeTimeSelect(free.moments, self.empty_label)
            self.widget.is_required = self.required

    def validate(self, value: dt.datetime | None) -> None:
        if self.free is None:
            return
        super().validate(value)
        if value is None:
            return
        if self.free.is_full:
            raise ValidationError(LEAVE_IT if self.office_may_set else NOTHING_FREE, code="not_free")
        if not self.free.moments:
            check_visit(value, self.free.minutes)
        elif value not in self.free.moments:
            raise ValidationError(_why_not(value, self.free), code="not_free")


def offer_times(
    form: forms.Form, name: str, case: Case | None = None, *, but: dt.datetime | None = None
) -> FreeTimes:
    """Let a form's FreeTimeField offer what is free now, for a case or a new request; `but` is left out."""
    field, free = form.fields[name], free_times(case)
    free = replace(free, moments=tuple(moment for moment in free.moments if moment != but))
    if isinstance(field, FreeTimeField):
        field.offer(free)
    return free


def check_visit(moment: dt.datetime, minutes: int) -> None:
    """Hold a typed visit of `minutes` to a moment ahead at which the office works.

    Raises ValidationError that says the hours and proposes the next moment. An office that has entered no
    hours is held to be always open.
    """
    now = clock.now()
    if moment > now + LATEST_VISIT:
        raise ValidationError(_("Pilih waktu dalam satu tahun ke depan."))
    if moment <= now:
        raise ValidationError(with_hours(_("Waktu ini sudah lewat."), now, minutes))
    check_hours(moment, minutes)


def in_words(moment: dt.datetime) -> str:
    """`Kamis, 26 November 2026, 09.30 WIB`."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'l, j F Y')}, {date_format(local, 'TIME_FORMAT')} WIB"


def _why_not(moment: dt.datetime, free: FreeTimes) -> str:
    end = moment + dt.timedelta(minutes=free.minutes)
    if moment <= clock.now():
        reason = gettext("Waktu ini sudah lewat.")
    elif not free.working.includes(moment, end):
        reason = gettext("Kantor tidak melayani pada waktu ini.")
    elif moment < free.moments[0]:
        reason = gettext("Waktu ini terlalu dekat atau sudah penuh.")
    elif moment > free.moments[-1]:
        reason = gettext("Waktu ini terlalu jauh atau sudah penuh.")
    else:
        reason = gettext("Waktu ini sudah penuh.")
    nearest = "; ".join(in_words(near) for near in free.nearest(moment))
    return f"{reason} " + gettext("Waktu kosong terdekat: %(moments)s.") % {"moments": nearest}


def _option(moment: dt.datetime) -> tuple[str, str]:
    """Value and label: a closed list shows no more than the label, so the day stands in it too."""
    return f"{moment:{VALUE}}", f"{date_format(moment, 'D, j M')}, {date_format(moment, 'TIME_FORMAT')}"


def _selected(is_chosen: bool) -> SafeString:
    return SafeString(" selected" if is_chosen else "")
