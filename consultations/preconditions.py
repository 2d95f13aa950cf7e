"""Preconditions of the steps. Each returns None, or a sentence that says what is missing.

The docstrings are printed in docs/standard.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import is_reply_overdue
from consultations.enums import Identity, Kind

if TYPE_CHECKING:
    from consultations.models import Case

type Precondition = Callable[["Case"], Promise | str | None]


def urgent_walk_in(case: Case) -> Promise | None:
    """Step 8: only an urgent walk-in is served without preparation and schedule."""
    if case.is_walk_in:
        return None
    return _("Konsultasi ini perlu disiapkan dan dijadwalkan lebih dahulu.")


def opinion_awaited(case: Case) -> Promise | None:
    """Step 5: another agency was asked and has not answered yet."""
    return None if case.opinions_awaited else _("Tidak ada permintaan pendapat yang menunggu jawaban.")


def is_complaint(case: Case) -> Promise | None:
    """Step 2: only a complaint is about an official (PermenPANRB 62/2018)."""
    return None if case.kind == Kind.COMPLAINT else _("Langkah ini hanya untuk pengaduan.")


def no_reply(case: Case) -> Promise | None:
    """Step 2: the applicant did not complete the request in time (PermenPANRB 62/2018)."""
    if is_reply_overdue(since=case.since):
        return None
    return _("Pemohon masih memiliki waktu untuk melengkapi permohonan ini.")


def other_time_asked(case: Case) -> Promise | None:
    """Step 6: the applicant has asked for another time."""
    return None if case.other_time else _("Pemohon tidak meminta waktu lain.")


def awaits_ratification(case: Case) -> Promise | None:
    """Step 8: the secretariat assigned an urgent walk-in, and the head has not ratified it yet."""
    return None if case.awaits_ratification else _("Disposisi permohonan ini tidak menunggu pengesahan.")


def applicant_is_known(case: Case) -> Promise | None:
    """Withdrawal: the applicant is not anonymous, so the office can tell who asks."""
    if case.identity != Identity.ANONYMOUS:
        return None
    return _("Pelapor anonim hanya dapat menarik pengaduan lewat tautannya sendiri.")
