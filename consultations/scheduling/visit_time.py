"""The choice of a time among the free ones: widget, field of the visit time, request for another time."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from consultations.forms import StepForm
from consultations.models import Case
from consultations.scheduling.availability import (
    VALUE,
    Availability,
    get_availability,
    get_recent_availability,
)
from consultations.scheduling.queries import current_session
from kit import clock
from kit.forms import DATETIME, WRONG_DATETIME, LocalDateTimeField, reason_field
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime

NOON = dt.time(12)
FEW = 3
"""Up to this number of free times of a day, the number is shown."""


class TimeChoice(forms.Widget):
    """Free times as radio buttons: days, each with its hours. The style sheet shows the hours of one day.

    A day without its hour is invalid, so that no hour of a day that is out of sight is sent. `empty_label`
    adds a choice of no time. `has_other` adds an input for any other time. `promise` is sent with the choice
    (`make_promise()`). Like all widgets it works with local times without a zone.
    """

    use_fieldset = True

    def __init__(
        self,
        moments: Sequence[dt.datetime],
        full_days: Collection[dt.date] = (),
        *,
        empty_label: Promise | str = "",
        has_other: bool = False,
        promise: str = "",
    ) -> None:
        super().__init__()
        self.moments, self.full_days = moments, full_days
        self.empty_label, self.has_other, self.promise = empty_label, has_other, promise

    @cached_property
    def days(self) -> dict[dt.date, list[dt.datetime]]:
        """The local moments of each day, none of a full day."""
        naive = [timezone.make_naive(moment) for moment in self.moments]
        free = {day: list(group) for day, group in groupby(naive, key=dt.datetime.date)}
        return dict(sorted({**free, **{day: [] for day in self.full_days}}.items()))

    def id_for_label(self, id_: str) -> str:
        """Return no id: the label is the legend of the group."""
        return ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the chosen hour, or the day and `T` if its hour is missing. A day is not required."""
        if other := data.get(f"{name}_other"):
            return other
        value, day = data.get(name), data.get(f"{name}_day")
        if day and not str(value or "").startswith(day):
            return f"{day}T"
        return "" if day == "" else value

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = f"{value:{VALUE}}" if isinstance(value, dt.datetime) else str(value or "")
        days = [self._show_day(day, hours, chosen) for day, hours in self.days.items()]
        known = {f"{moment:{VALUE}}" for hours in self.days.values() for moment in hours}
        is_gone = isinstance(value, dt.datetime) and not self.has_other and chosen not in known
        context = {
            "name": name,
            "days": days,
            "first": next((day["date"] for day in days if day["halves"]), None),
            "id": (attrs or {}).get("id"),
            "chosen": chosen,
            "empty_label": self.empty_label,
            "gone": clock.format_moment(timezone.make_aware(value)) if is_gone else "",
            "promise": self.promise,
            "has_other": self.has_other,
            "other": "" if chosen in known or chosen.endswith("T") else _show_other(value),
            "other_label": with_words(gettext("Tanggal dan jam (%(zone)s)")),
        }
        return render_to_string("scheduling/time_choice.html", context)

    def _show_day(self, day: dt.date, hours: Sequence[dt.datetime], chosen: str) -> dict[str, Any]:
        shown = [(f"{moment:{VALUE}}", moment) for moment in hours]
        morning = [hour for hour in shown if hour[1].time() < NOON]
        halves = ((gettext("Pagi"), morning), (gettext("Siang"), shown[len(morning) :]))
        return {
            "date": day,
            "free": ngettext("%(n)d kosong", "%(n)d kosong", len(hours)) % {"n": len(hours)}
            if len(hours) <= FEW
            else "",
            "is_chosen": bool(hours) and chosen.startswith(f"{day}T"),
            "halves": [half for half in halves if half[1]],
        }


def _show_other(value: Any) -> str:
    return f"{value:{DATETIME}}" if isinstance(value, dt.datetime) else str(value or "")


def check_hours(moment: dt.datetime, minutes: int) -> None:
    """Raise ValidationError, with the hours, if a time of `minutes` does not fit into one working span.

    An office that has entered no hours is always open.
    """
    working = WorkingTime.load()
    if working.hours and not working.includes(moment, moment + dt.timedelta(minutes=minutes)):
        raise ValidationError(with_hours(_("Kantor tidak melayani pada waktu ini."), moment, minutes))


def with_hours(sentence: Promise, after: dt.datetime, minutes: int) -> str:
    """Return the sentence, the working hours, and the next moment from `after` on that `minutes` fit into."""
    working, sentences = WorkingTime.load(), [str(sentence)]
    if working.hours:
        sentences.append(with_words(_("Jam layanan: %(hours)s %(zone)s."), hours=working.sentence()))
    if proposal := working.first_fit(after, minutes):
        sentences.append(_("Waktu layanan terdekat: %(moment)s.") % {"moment": clock.format_moment(proposal)})
    return " ".join(sentences)


NO_TIME = _("Tidak ditentukan")
LATEST_VISIT = dt.timedelta(days=366)
EVERYTHING_TAKEN = _("Semua waktu sudah penuh: kantor menetapkan waktunya")
NOTHING_FREE = _("Semua waktu setengah tahun ke depan sudah penuh. Hubungi kantor.")
EARLIEST = _("Paling awal: %(day)s.")
IF_URGENT = _("Mendesak? Datang saja pada jam layanan, tanpa jadwal.")
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
            "invalid": WRONG_DATETIME,
            **kwargs.pop("error_messages", {}),
        }
        super().__init__(error_messages=messages, **kwargs)
        self.empty_label = empty_label
        self.office_may_set, self.if_urgent = office_may_set, if_urgent
        self.usual = {name: getattr(self, name) for name in ("required", "empty_label", "help_text")}

    def offer(self, available: Availability, promise: str = "") -> None:
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
            promise = promise or make_promise(available.first_day)
            self.widget = TimeChoice(
                available.moments, available.full_days, empty_label=empty_label, promise=promise
            )
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


SIGNER = Signer(salt="consultations.scheduling.visit_time")

PROMISED_DAYS = 7
"""Days for which a form still accepts what it offered: the lifetime of a draft."""


def make_promise(first_day: dt.date | None) -> str:
    """Return the first day that a form offers today, signed. The form sends it back with the choice."""
    return SIGNER.sign(f"{clock.today()}/{first_day}") if first_day else ""


def read_promise(text: str) -> dt.date | None:
    """Return the day of `make_promise()`, or None if it is forged, missing or older than PROMISED_DAYS."""
    try:
        made, first = map(dt.date.fromisoformat, SIGNER.unsign(text).split("/"))
    except (BadSignature, ValueError):
        return None
    return first if clock.today() - made <= dt.timedelta(days=PROMISED_DAYS) else None


def name_promise(name: str) -> str:
    """Return the name under which a form sends the promise of one of its fields."""
    return f"{name}_promise"


def offer_times(
    form: forms.Form, name: str, case: Case | None = None, *, excluding: dt.datetime | None = None
) -> Availability:
    """Let a form's VisitTimeField offer the times that are free now, for a case or a new request.

    A day that the form has offered before stays possible for PROMISED_DAYS.
    """
    promise = str(form.data.get(name_promise(name)) or form.initial.get(name_promise(name), ""))
    promised = read_promise(promise)
    field, available = form.fields[name], get_availability(case, promised=promised)
    moments = tuple(moment for moment in available.moments if moment != excluding)
    available = replace(available, moments=moments)
    if isinstance(field, VisitTimeField):
        field.offer(available, promise if promised else "")
    return available


def offer_recent_times(form: forms.Form, name: str) -> Availability:
    """Let the field offer the free times of the last minute to a new request.

    If another time was typed, offer those that are free now.
    """
    field, recent, typed = form.fields[name], get_recent_availability(), form.data.get(name)
    typed = typed or form.initial.get(name)
    if typed and typed not in recent.values:
        return offer_times(form, name)
    if isinstance(field, VisitTimeField):
        field.offer(recent)
    return recent


def _check_typed_time(moment: dt.datetime, available: Availability) -> None:
    """Raise ValidationError, with the hours and the next possible moment, if no visit is possible then."""
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


class AskTimeForm(StepForm):
    """The applicant's request for another time, and why (Permintaan Waktu Lain)."""

    notice = _("Jadwal Anda tetap berlaku sampai petugas menjawab.")
    starts_at = VisitTimeField(
        label=_("Waktu yang Anda inginkan"), error_messages={"required": _("Pilih waktu yang Anda inginkan.")}
    )
    reason = reason_field(
        with_words_lazy(_("Tulis mengapa jadwalnya tidak cocok, contoh: ada musyawarah %(village)s."))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = current_session(self.case)
        offer_times(self, "starts_at", self.case, excluding=session.starts_at if session else None)
