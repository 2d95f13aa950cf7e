"""What an applicant reads about a case: the next step of each state in a sentence, and its deadline."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from consultations.deadlines import END_OF_DAY, last_day_to_complete, last_day_to_schedule
from consultations.enums import UP_TO_SCHEDULE, Kind, State
from consultations.models import Case
from consultations.parties import get_present_turn
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from consultations.wording import speak_of_complaint_lazy
from kit import clock
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime

_CONSULTATION: dict[State, Promise] = {
    State.SUBMITTED: with_words_lazy(
        _("%(agenda_team)s memeriksa permohonan Anda, lalu memberinya nomor agenda.")
    ),
    State.INCOMPLETE: with_words_lazy(
        _("Sesudah Anda melengkapinya, %(agenda_team)s memeriksa permohonan ini lagi.")
    ),
    State.ENDORSING: with_words_lazy(
        _("%(secretary)s memeriksa permohonan Anda, lalu %(head)s menentukan %(division)s yang melayani.")
    ),
    State.REGISTERED: with_words_lazy(_("%(head)s menentukan %(division)s yang melayani Anda.")),
    State.DISPOSED: with_words_lazy(_("%(division_head)s menunjuk petugas yang melayani Anda.")),
    State.ASSIGNED: _("Petugas menyiapkan bahan konsultasi, lalu menetapkan jadwal."),
    State.PREPARED: _("Petugas menetapkan jadwal. Hari dan jamnya tampil di halaman ini."),
    State.SCHEDULED: _("Temui petugas pada jadwal di atas. Tunjukkan kode lacak Anda."),
    State.IN_SESSION: _("Konsultasi sedang berlangsung. Sesudah itu petugas menulis laporannya."),
    State.HELD: _("Petugas menulis Laporan Hasil Konsultasi."),
    State.REPORTED: with_words_lazy(_("%(division_head)s memeriksa Laporan Hasil Konsultasi.")),
    State.COSIGNING: with_words_lazy(_("%(secretary)s memeriksa Laporan Hasil Konsultasi.")),
    State.FORWARDED: with_words_lazy(
        _("%(head)s memeriksa hasilnya. Sesudah itu surat hasil ditandatangani dan tampil di halaman ini.")
    ),
    State.CLOSED: _("Konsultasi selesai. Bila ada persoalan lain, ajukan lagi."),
    State.DECLINED: _("Permohonan ini tidak dapat kami layani."),
    State.WITHDRAWN: _("Permohonan ini tidak dilanjutkan."),
}
_COMPLAINT: dict[State, Promise] = {
    **{state: speak_of_complaint_lazy(sentence) for state, sentence in _CONSULTATION.items()},
    State.ENDORSING: with_words_lazy(
        _("%(secretary)s memeriksa pengaduan Anda, lalu %(head)s menentukan %(division)s yang menangani.")
    ),
    State.REGISTERED: with_words_lazy(_("%(head)s menentukan %(division)s yang menangani pengaduan Anda.")),
    State.DISPOSED: with_words_lazy(_("%(division_head)s menunjuk petugas yang menangani pengaduan Anda.")),
    State.ASSIGNED: _("Petugas mempelajari pengaduan Anda, lalu menetapkan jadwal."),
    State.IN_SESSION: _("Pertemuan sedang berlangsung. Sesudah itu petugas menulis laporannya."),
    State.EXAMINING: _("Pengawas memeriksa pengaduan Anda, lalu menulis hasilnya di halaman ini."),
    State.CLOSED: _("Pengaduan ini selesai. Bila ada hal lain, sampaikan pengaduan baru."),
    State.DECLINED: _("Pengaduan ini tidak dapat kami tindak lanjuti."),
    State.WITHDRAWN: _("Pengaduan ini tidak dilanjutkan."),
}
NEXT: dict[Kind, dict[State, Promise]] = {Kind.CONSULTATION: _CONSULTATION, Kind.COMPLAINT: _COMPLAINT}
"""Next step of the office or of the applicant in each state, by kind of case."""

MERGED = _("Urusan ini sudah Anda ajukan juga, jadi keduanya kami gabung. Kabarnya ada di yang lain.")
"""Next step of a case that was merged into another one."""

AT_ONCE = _("Petugas segera melayani Anda, tanpa menunggu jadwal.")
"""Next step of an urgent walk-in with an officer (step 8)."""

BY_MODE = {
    Session.Mode.ONLINE: _("Buka tautan rapat pada jadwal di atas. Siapkan kode lacak Anda."),
    Session.Mode.PHONE: _("Petugas menelepon Anda pada jadwal di atas. Siapkan kode lacak Anda."),
}
"""Next step before a consultation by video meeting, or by telephone or WhatsApp call."""

WITHOUT_MEETING: dict[State, Promise] = {
    State.ASSIGNED: _("Petugas mempelajari pengaduan Anda, lalu menanggapinya."),
    State.PREPARED: _("Petugas menanggapi pengaduan Anda. Tanggapannya tampil di halaman ini."),
}
"""Next step of a complaint without a requested meeting."""

WRITTEN: dict[State, Promise] = {
    State.HELD: _("Jawaban untuk Anda sudah ditulis. Petugas menyusun laporannya."),
    State.REPORTED: with_words_lazy(_("%(division_head)s memeriksa jawaban untuk Anda.")),
    State.COSIGNING: with_words_lazy(_("%(secretary)s memeriksa jawaban untuk Anda.")),
    State.FORWARDED: with_words_lazy(
        _("%(head)s memeriksa jawaban. Sesudah itu suratnya ditandatangani dan tampil di halaman ini.")
    ),
}
"""Next step after an answer in writing."""

PASSED_ON = with_words_lazy(
    _(
        "Pengaduan ini mengenai %(head)s, jadi tidak dibaca dan tidak diputuskan olehnya. Kantor "
        "meneruskannya kepada Sekretaris Daerah atau Inspektorat Daerah, lalu memberi tahu Anda."
    )
)
"""Next step of a complaint that nobody in the office may decide."""

SENT_ON = _("Permohonan ini diteruskan ke instansi lain.")
"""Next step of a request that another institution answers."""

PASSED = _("Waktu jadwal sudah lewat. Hubungi kantor bila Anda belum dilayani.")
"""Advice if the scheduled time has passed without a recorded consultation."""


TIMED = frozenset(
    {*UP_TO_SCHEDULE, State.HELD, State.REPORTED, State.COSIGNING, State.FORWARDED, State.EXAMINING}
)
"""States with a deadline of the office. Other states wait for the applicant or the meeting."""

ACKNOWLEDGEMENTS: dict[str, Promise] = {
    "complete": _("Kelengkapan Anda sudah kami terima."),
    "ask_deletion": _("Permintaan penghapusan data sudah kami terima. Jawabannya tampil di halaman ini."),
    "ask_time": _("Permintaan waktu lain sudah kami terima."),
    "ask_again": _("Pertanyaan Anda sudah kami terima. Jawabannya tampil di halaman ini."),
    "correct_contact": _("Nama dan nomor Anda sudah diperbaiki."),
    "stop_deletion": _("Penghapusan dihentikan. Data Anda tetap disimpan."),
    "withdraw": _("Penarikan Anda sudah kami terima."),
}
"""Acknowledgement of each step of the applicant, which the page shows for some minutes."""


@dataclass(frozen=True)
class NextSteps:
    """The next step as a sentence, its deadline in words (`due`) and the working time until then (`within`).

    `schedule_by` is the latest day for a schedule, and `wish` says what that means for the time that the
    applicant chose. `reply_by` is the last day for the applicant's own answer. `is_passed_on`: nobody in the
    office decides it. Unknown values are empty.
    """

    sentence: Promise
    due: str = ""
    within: str = ""
    is_late: bool = False
    schedule_by: dt.date | None = None
    wish: str = ""
    reply_by: dt.date | None = None
    is_passed_on: bool = False


def get_next_steps(case: Case, working: WorkingTime) -> NextSteps:
    """Return the next step of a case, with deadlines from the targets of the office."""
    state = State(case.state)
    if get_present_turn(case) != case.turn:
        return NextSteps(PASSED_ON, is_passed_on=True)
    if case.passed_to:
        return NextSteps(speak_of_complaint_lazy(SENT_ON) if case.kind == Kind.COMPLAINT else SENT_ON)
    if state == State.INCOMPLETE:
        return NextSteps(_sentence(case), reply_by=last_day_to_complete(case))
    if state not in TIMED or case.due_at is None:
        return NextSteps(_sentence(case), wish=_speak_of_wish(case, None))
    schedule_by = _schedule_by(case, case.due_at, working)
    is_own_limit = state == State.PREPARED and not case.is_late
    return NextSteps(
        _sentence(case),
        due=_in_words(case.due_at),
        within=_working_time(case.since, case.due_at, working),
        is_late=case.is_late,
        schedule_by=schedule_by,
        wish=_speak_of_wish(case, timezone.localdate(case.due_at) if is_own_limit else schedule_by),
    )


def _sentence(case: Case) -> Promise:
    if case.merged_into_id:
        return MERGED
    if case.is_walk_in and case.state == State.ASSIGNED:
        return AT_ONCE
    if case.state == State.SCHEDULED and (session := current_session(case)):
        if session.ends_at and session.ends_at < clock.now():
            return PASSED
        if session.mode in BY_MODE:
            return BY_MODE[Session.Mode(session.mode)]
    if case.state in WITHOUT_MEETING and _needs_no_meeting(case):
        return WITHOUT_MEETING[State(case.state)]
    if case.state in WRITTEN and (session := current_session(case)) and session.is_written:
        return WRITTEN[State(case.state)]
    return NEXT[Kind(case.kind)][State(case.state)]


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
    ahead = UP_TO_SCHEDULE[UP_TO_SCHEDULE.index(State(case.state)) + 1 :]
    return last_day_to_schedule(max(due, clock.now()), working, states=ahead, needs_all=True)


def _speak_of_wish(case: Case, by: dt.date | None) -> str:
    """Return a sentence: the chosen time is not confirmed yet, and will be until the day `by`.

    Return an empty string if no time was chosen, or it is no longer open.
    """
    wish = case.visit_at
    if wish is None or case.state not in UP_TO_SCHEDULE:
        return ""
    words = {"wish": _in_words(wish), "day": date_format(by, "l, j F Y") if by else ""}
    if wish < clock.now():
        passed = gettext("Waktu yang Anda minta, %(wish)s, sudah lewat.")
        new = gettext("Jadwal lain kami tetapkan paling lambat %(day)s.") if by else ""
        return f"{passed} {new}".strip() % words
    open_wish = gettext("Anda minta %(wish)s; waktu itu belum pasti.")
    if by and by < timezone.localdate(wish):
        limit = gettext("Kami memastikannya paling lambat %(day)s.")
    elif by:
        limit = gettext(
            "Jadwal ditetapkan paling lambat %(day)s, mungkin sesudah waktu itu. "
            "Tunggu kabar kami sebelum datang."
        )
    else:
        limit = gettext("Tunggu kabar kami sebelum datang.")
    return f"{open_wish} {limit}" % words


def _needs_no_meeting(case: Case) -> bool:
    return case.kind == Kind.COMPLAINT and case.visit_at is None
