"""Preconditions of the steps. Each returns None, or a sentence that says what is missing.

The docstrings are printed in docs/standard.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import is_reply_overdue
from consultations.enums import Identity, Kind
from kit import clock
from office.words import with_words_lazy

if TYPE_CHECKING:
    from consultations.models import Case

type Precondition = Callable[["Case"], Promise | str | None]


def urgent_walk_in(case: Case) -> Promise | None:
    """Step 8: only an urgent walk-in is served without preparation and schedule."""
    if case.is_walk_in:
        return None
    return _("Konsultasi ini perlu disiapkan dan dijadwalkan lebih dahulu.")


def session_due(case: Case) -> Promise | str | None:
    """Step 7: the planned time has come, or is at most START_EARLY_MINUTES away."""
    if case.planned_at is None or (opens := earliest_start(case.planned_at)) <= clock.now():
        return None
    return explain_early_start(case.planned_at, opens)


def earliest_start(planned: dt.datetime) -> dt.datetime:
    """Return from when a consultation that is planned for a moment can begin."""
    return planned - dt.timedelta(minutes=settings.START_EARLY_MINUTES)


def explain_early_start(planned: dt.datetime, opens: dt.datetime) -> str:
    """Return why a consultation cannot begin yet, and what the officer can do."""
    return _(
        "Konsultasi ini dijadwalkan %(planned)s dan dapat dimulai dari %(opens)s. Bila pemohon sudah "
        "siap, pindahkan jadwalnya ke sekarang lewat “Jadwalkan ulang”."
    ) % {"planned": clock.format_moment(planned), "opens": clock.format_moment(opens)}


def was_scheduled(case: Case) -> Promise | None:
    """Step 7: the consultation was scheduled, so the case can return to its schedule."""
    return None if case.planned_at else _("Konsultasi ini dimulai tanpa jadwal, jadi tidak dapat dibatalkan.")


def opinion_awaited(case: Case) -> Promise | None:
    """Step 5: another agency was asked and has not answered yet."""
    return None if case.opinions_awaited else _("Tidak ada permintaan pendapat yang menunggu jawaban.")


def meeting_held(case: Case) -> Promise | None:
    """Step 5: a meeting was called, and its time has come."""
    if case.meeting_at and case.meeting_at <= clock.now():
        return None
    return _("Notula dicatat sesudah rapat dimulai. Undang dahulu rapatnya, atau tunggu waktunya.")


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


def applicant_is_open(case: Case) -> Promise | None:
    """The identity is open: pictures and a check of papers would reveal a hidden complainant."""
    if case.identity == Identity.OPEN:
        return None
    return _("Identitas pelapor tidak terbuka, jadi langkah ini tidak tersedia.")


def data_is_stored(case: Case) -> Promise | None:
    """The personal data have not been erased."""
    if case.anonymised_at is None:
        return None
    return _("Data pribadi permohonan ini sudah dihapus, jadi langkah ini tidak tersedia.")


def is_of_office(case: Case) -> Promise | None:
    """The office handles the case. It erases nothing of a complaint in the independent channel (ADR 38)."""
    if not case.is_independent:
        return None
    return _("Pengaduan ini hanya pada Pengawas. Kantor tidak melihatnya dan tidak dapat menghapusnya.")


def deletion_asked(case: Case) -> Promise | None:
    """The applicant has asked for the deletion of personal data (UU 27/2022)."""
    return None if case.deletion_asked_at else _("Pemohon tidak meminta penghapusan data.")


def no_deletion_asked(case: Case) -> Promise | None:
    """No request for the deletion of personal data waits for its decision."""
    if case.deletion_asked_at is None:
        return None
    return with_words_lazy(_("Permintaan penghapusan data menunggu diputuskan %(head)s."))


def is_retained(case: Case) -> Promise | None:
    """The case is excluded from erasure (legal hold)."""
    return None if case.retained_because else _("Permohonan ini tidak ditahan dari pemusnahan.")


def is_not_retained(case: Case) -> Promise | None:
    """The case is not excluded from erasure yet (legal hold)."""
    return _("Permohonan ini sudah ditahan dari pemusnahan.") if case.retained_because else None
