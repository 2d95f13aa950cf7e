"""Next step of a case for its applicant: one sentence for each state, and its deadline."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import END_OF_DAY, last_day_to_schedule
from consultations.enums import UP_TO_SCHEDULE, Kind, State
from consultations.models import Case, ComplaintTarget
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from kit import clock
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime

S = State
_CONSULTATION: dict[State, Promise] = {
    S.SUBMITTED: with_words_lazy(
        _("%(agenda_team)s memeriksa permohonan Anda, lalu memberinya nomor agenda.")
    ),
    S.INCOMPLETE: with_words_lazy(
        _("Sesudah Anda melengkapinya, %(agenda_team)s memeriksa permohonan ini lagi.")
    ),
    S.ENDORSING: with_words_lazy(
        _("%(secretary)s memeriksa permohonan Anda, lalu %(head)s menentukan %(division)s yang melayani.")
    ),
    S.REGISTERED: with_words_lazy(_("%(head)s menentukan %(division)s yang melayani Anda.")),
    S.DISPOSED: with_words_lazy(_("%(division_head)s menunjuk petugas yang melayani Anda.")),
    S.ASSIGNED: _("Petugas menyiapkan bahan konsultasi, lalu menetapkan jadwal."),
    S.PREPARED: _("Petugas menetapkan jadwal. Hari dan jamnya tampil di halaman ini."),
    S.SCHEDULED: _("Temui petugas pada jadwal di atas. Tunjukkan kode lacak Anda."),
    S.IN_SESSION: _("Konsultasi sedang berlangsung. Sesudah itu petugas menulis laporannya."),
    S.HELD: _("Petugas menulis Laporan Hasil Konsultasi."),
    S.REPORTED: with_words_lazy(_("%(division_head)s memeriksa Laporan Hasil Konsultasi.")),
    S.COSIGNING: with_words_lazy(_("%(secretary)s memeriksa Laporan Hasil Konsultasi.")),
    S.FORWARDED: with_words_lazy(
        _("%(head)s memeriksa laporan. Sesudah diterima, laporan dapat Anda unduh di sini.")
    ),
    S.CLOSED: _("Konsultasi selesai. Bila ada persoalan lain, ajukan lagi."),
    S.DECLINED: _("Permohonan ini tidak dapat kami layani."),
    S.WITHDRAWN: _("Permohonan ini tidak dilanjutkan."),
}
_COMPLAINT: dict[State, Promise] = {
    **_CONSULTATION,
    S.SUBMITTED: with_words_lazy(
        _("%(agenda_team)s memeriksa pengaduan Anda, lalu memberinya nomor agenda.")
    ),
    S.INCOMPLETE: with_words_lazy(
        _("Sesudah Anda melengkapinya, %(agenda_team)s memeriksa pengaduan ini lagi.")
    ),
    S.ENDORSING: with_words_lazy(
        _("%(secretary)s memeriksa pengaduan Anda, lalu %(head)s menentukan %(division)s yang menangani.")
    ),
    S.REGISTERED: with_words_lazy(_("%(head)s menentukan %(division)s yang menangani pengaduan Anda.")),
    S.DISPOSED: with_words_lazy(_("%(division_head)s menunjuk petugas yang menangani pengaduan Anda.")),
    S.ASSIGNED: _("Petugas mempelajari pengaduan Anda, lalu menetapkan jadwal."),
    S.IN_SESSION: _("Pertemuan sedang berlangsung. Sesudah itu petugas menulis laporannya."),
    S.HELD: _("Petugas menulis laporan hasilnya."),
    S.REPORTED: with_words_lazy(_("%(division_head)s memeriksa laporan hasilnya.")),
    S.COSIGNING: with_words_lazy(_("%(secretary)s memeriksa laporan hasilnya.")),
    S.EXAMINING: _("Pengawas memeriksa pengaduan Anda, lalu menulis hasilnya di halaman ini."),
    S.CLOSED: _("Pengaduan ini selesai. Bila ada hal lain, sampaikan pengaduan baru."),
    S.DECLINED: _("Pengaduan ini tidak dapat kami tindak lanjuti."),
    S.WITHDRAWN: _("Pengaduan ini tidak dilanjutkan."),
}
NEXT: dict[Kind, dict[State, Promise]] = {Kind.CONSULTATION: _CONSULTATION, Kind.COMPLAINT: _COMPLAINT}
"""Next step of the office or of the applicant in each state, by kind of case."""

AT_ONCE = _("Petugas segera melayani Anda, tanpa menunggu jadwal.")
"""Next step of an urgent walk-in with an officer (step 8)."""

ONLINE = _("Buka tautan rapat pada jadwal di atas. Siapkan kode lacak Anda.")
"""Next step before a video meeting."""

CALL = _("Petugas menelepon Anda pada jadwal di atas. Siapkan kode lacak Anda.")
"""Next step before a consultation by telephone or WhatsApp call."""

BY_MODE = {Session.Mode.ONLINE: ONLINE, Session.Mode.PHONE: CALL}

WITHOUT_MEETING: dict[State, Promise] = {
    S.ASSIGNED: _("Petugas mempelajari pengaduan Anda, lalu menanggapinya."),
    S.PREPARED: _("Petugas menanggapi pengaduan Anda. Tanggapannya tampil di halaman ini."),
}
"""Next step of a complaint without a requested meeting."""

WRITTEN: dict[State, Promise] = {
    S.HELD: _("Jawaban untuk Anda sudah ditulis. Petugas menyusun laporannya."),
    S.REPORTED: with_words_lazy(_("%(division_head)s memeriksa jawaban untuk Anda.")),
    S.COSIGNING: with_words_lazy(_("%(secretary)s memeriksa jawaban untuk Anda.")),
    S.FORWARDED: with_words_lazy(
        _("%(head)s memeriksa jawaban. Sesudah diterima, jawaban tampil di halaman ini.")
    ),
}
"""Next step after an answer in writing."""

PASSED = _("Waktu jadwal sudah lewat. Hubungi kantor bila Anda belum dilayani.")
"""Advice if the scheduled time has passed without a recorded consultation."""


TIMED = frozenset({*UP_TO_SCHEDULE, S.HELD, S.REPORTED, S.COSIGNING, S.FORWARDED, S.EXAMINING})
"""States with a deadline of the office. The others wait for the applicant or the meeting."""


@dataclass(frozen=True)
class NextSteps:
    """The next step as a sentence, its deadline in words (`due`) and the working time until then (`within`).

    `schedule_by` is the latest day for a schedule. `reply_by` is the last day for the
    applicant's own answer. Unknown values are empty.
    """

    sentence: Promise
    due: str = ""
    within: str = ""
    is_late: bool = False
    schedule_by: dt.date | None = None
    reply_by: dt.date | None = None


def get_next_steps(case: Case, working: WorkingTime) -> NextSteps:
    """Return the next step of a case, with deadlines from the targets of the office."""
    state = S(case.state)
    if state == S.INCOMPLETE:
        days = ComplaintTarget.days_for(ComplaintTarget.Stage.NO_REPLY)
        return NextSteps(_sentence(case), reply_by=working.add_days(timezone.localdate(case.since), days))
    if state not in TIMED or case.due_at is None:
        return NextSteps(_sentence(case))
    return NextSteps(
        _sentence(case),
        due=_in_words(case.due_at),
        within=_working_time(case.since, case.due_at, working),
        is_late=case.is_late,
        schedule_by=_schedule_by(case, case.due_at, working),
    )


def _sentence(case: Case) -> Promise:
    if case.is_walk_in and case.state == S.ASSIGNED:
        return AT_ONCE
    if case.state == S.SCHEDULED and (session := current_session(case)):
        if session.ends_at and session.ends_at < clock.now():
            return PASSED
        if session.mode in BY_MODE:
            return BY_MODE[Session.Mode(session.mode)]
    if case.state in WITHOUT_MEETING and _needs_no_meeting(case):
        return WITHOUT_MEETING[S(case.state)]
    if case.state in WRITTEN and (session := current_session(case)) and session.is_written:
        return WRITTEN[S(case.state)]
    return NEXT[Kind(case.kind)][S(case.state)]


def _in_words(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    day = date_format(local, "l, j F Y")
    if local.time() == END_OF_DAY:
        return day
    return with_words(gettext("%(day)s pukul %(time)s %(zone)s"), day=day, time=time_format(local))


def _working_time(since: dt.datetime, until: dt.datetime, working: WorkingTime) -> str:
    """Return the working time from `since` to `until` in words: days if the deadline is a date, else hours.

    Empty if there is no working time between them.
    """
    if timezone.localtime(until).time() == END_OF_DAY:
        days = working.days_until(timezone.localdate(until), today=timezone.localdate(since))
        return (
            ngettext("%(days)d hari kerja", "%(days)d hari kerja", days) % {"days": days} if days > 0 else ""
        )
    hours = -(-working.minutes_between(since, until) // 60)
    return ngettext("%(hours)d jam kerja", "%(hours)d jam kerja", hours) % {"hours": hours} if hours else ""


def _schedule_by(case: Case, due: dt.datetime, working: WorkingTime) -> dt.date | None:
    """Return the latest day for a schedule by the targets of all steps before it.

    Return None if a target is missing, or for a complaint without a requested meeting.
    """
    if case.is_walk_in or _needs_no_meeting(case) or case.state not in UP_TO_SCHEDULE[:-1]:
        return None
    ahead = UP_TO_SCHEDULE[UP_TO_SCHEDULE.index(S(case.state)) + 1 :]
    return last_day_to_schedule(max(due, clock.now()), working, states=ahead, needs_all=True)


def _needs_no_meeting(case: Case) -> bool:
    return case.kind == Kind.COMPLAINT and case.visit_at is None
