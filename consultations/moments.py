"""Checks of the moment of a step. Each returns a sentence for the user if it fails."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from consultations.models import Case

LATEST_ENTRY = dt.timedelta(days=90)
"""Longest time between the arrival of a request and its entry. An older date is a typing error."""


def check_moment(case: Case, *, at: dt.datetime, now: dt.datetime) -> Promise | None:
    """Check the moment that the user entered."""
    if at > now:
        return _("Waktu kejadian tidak boleh lebih dari waktu sekarang.")
    if case._state.adding:
        is_too_old = at < now - LATEST_ENTRY
        return (
            _("Waktu kejadian sudah lebih dari 90 hari yang lalu. Periksa tanggalnya.")
            if is_too_old
            else None
        )
    # `since` is later than now if another machine's clock was ahead. That must not block the case.
    if at < min(case.since, now):
        return _("Waktu kejadian tidak boleh sebelum langkah sebelumnya.")
    return None


def check_clock(now: dt.datetime, database_now: dt.datetime) -> str | None:
    """Check that this machine's clock is not ahead of the database's, which all machines share."""
    ahead = now - database_now
    if ahead <= dt.timedelta(seconds=settings.CLOCK_TOLERANCE):
        return None
    return _(
        "Jam server tidak benar: lebih cepat %(minutes)s menit daripada jam basis data. Langkah ini tidak "
        "dicatat. Hubungi administrator."
    ) % {"minutes": ahead // dt.timedelta(minutes=1)}
