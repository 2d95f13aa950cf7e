"""Acknowledgements: the applicant's last step, confirmed on the next page. Needs no cookie."""

import datetime as dt
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from office import clock

ACKNOWLEDGEMENTS: dict[str, Promise] = {
    "complete": _("Kelengkapan Anda sudah kami terima."),
    "ask_deletion": _("Permintaan penghapusan data sudah kami terima. Jawabannya tampil di halaman ini."),
    "ask_time": _("Permintaan waktu lain sudah kami terima."),
    "correct_contact": _("Nama dan nomor Anda sudah diperbaiki."),
    "withdraw": _("Penarikan Anda sudah kami terima."),
}
"""Acknowledgement of each step of the applicant."""

JUST_NOW = dt.timedelta(minutes=10)


def get_acknowledgement(history: Sequence[Event]) -> Promise | str:
    """Return the acknowledgement of the newest event, if it is the applicant's and happened JUST_NOW.

    `history` contains all events, oldest first.
    """
    newest = history[-1]
    return ACKNOWLEDGEMENTS.get(newest.verb, "") if clock.now() - newest.entered_at < JUST_NOW else ""
