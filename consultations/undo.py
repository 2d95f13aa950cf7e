"""Take back a step within ten seconds, by the step of the standard that leads back (ADR 64).

WAYS_BACK lists steps that notify nobody outside the office, if the same party takes the step back. The
history contains both.
"""

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext, gettext_lazy as _

from consultations.models import Case, Event
from consultations.steps import PAGES
from consultations.workflow import list_open_steps
from kit import clock
from kit.refusal import Refused
from office.models import User

WAYS_BACK = {"start": ("undo_start", "note"), "retain": ("release", "reason")}
"""The step that takes back each step, and the argument of its service for a reason."""

SECONDS = 10
"""Time for which a step can be taken back, by the clock of the server."""


def may_undo(event: Event, case: Case, *, by: User) -> bool:
    """Return whether the user has just taken this step, the last one of the case, and may take it back."""
    if event.by_id != by.pk or event.verb not in WAYS_BACK or not _is_fresh(event):
        return False
    back, _argument = WAYS_BACK[event.verb]
    return back in {step.verb for step in list_open_steps(by, case)}


def _is_fresh(event: Event) -> bool:
    return clock.now() - event.entered_at < dt.timedelta(seconds=SECONDS)


def undo(case: Case, *, by: User) -> None:
    """Take back the last step of the case. Raise Refused if it is too late or another step has followed."""
    event = case.history.latest("pk")
    if event.by_id != by.pk or event.verb not in WAYS_BACK:
        raise Refused(_("Langkah terakhir permohonan ini tidak dapat dibatalkan dengan tombol ini."))
    if not _is_fresh(event):
        raise Refused(_("Sudah lewat 10 detik. Pakai langkah untuk kembali di menu permohonan ini."))
    back, argument = WAYS_BACK[event.verb]
    with translation.override("id"):  # the reason goes on record
        reason = gettext("Dibatalkan seketika.")
    PAGES[back].service(case, by=by, **{argument: reason})
