"""What an applicant has just done, said back: without a cookie, from the history alone."""

import datetime as dt
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from office import clock

RECEIVED: dict[str, Promise] = {
    "complete": _("Kelengkapan Anda sudah kami terima."),
    "ask_time": _("Permintaan waktu lain sudah kami terima."),
    "withdraw": _("Penarikan Anda sudah kami terima."),
}
"""The applicant's own steps, and what the office says to each."""

JUST_NOW = dt.timedelta(minutes=10)


def received(history: Sequence[Event]) -> Promise | str:
    """That the applicant's step has arrived, while it is the newest; `history` is all events in order."""
    newest = history[-1]
    return RECEIVED.get(newest.verb, "") if clock.now() - newest.entered_at < JUST_NOW else ""
