"""Pages behind the secret link of a case: receipt, the case with its next step, and the applicant's steps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.csrf import csrf_exempt

from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.complaints import can_escalate
from consultations.deadlines import END_OF_DAY, last_day_to_complete, last_day_to_schedule
from consultations.enums import UP_TO_SCHEDULE, Identity, Kind, Party, State
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Case, Event
from consultations.parties import CodeHolder, get_present_turn, has_private_link, parties
from consultations.progress import ending, progress
from consultations.queries import find_conversion, list_siblings
from consultations.scheduling.arrivals import can_confirm, confirm
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session, list_remarks, upcoming_session
from consultations.secret_link import behind_secret, get_holder, get_reader, refuse_code
from consultations.step_row import Step
from consultations.steps import PAGES
from consultations.wording import speak_of_complaint_lazy
from consultations.workflow import VERBS, list_open_steps
from desk.views.steps import Audience, handle_step
from documents.contexts.letters import name_result
from documents.models import Document
from kit import clock
from kit.form_view import handle_button
from kit.limits import body_limit
from kit.urls import get_public_url
from notices.push import get_offer
from office.models import Office
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime
from reports.enquiries import awaits_answer, list_dates
from reports.report_view import get_accepted_report
from reports.surveys.queries import has_open_survey
from reports.transfers import get_transfer_status
from trust.privacy.breach import list_breaches_of
from trust.privacy.deletion import get_deletion_due
from trust.privacy.rights import OWN_DATA_STEPS

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
        _("%(head)s memeriksa hasilnya. Sesudah itu surat hasil ditandatangani dan tampil di halaman ini.")
    ),
    S.CLOSED: _("Konsultasi selesai. Bila ada persoalan lain, ajukan lagi."),
    S.DECLINED: _("Permohonan ini tidak dapat kami layani."),
    S.WITHDRAWN: _("Permohonan ini tidak dilanjutkan."),
}
_COMPLAINT: dict[State, Promise] = {
    **{state: speak_of_complaint_lazy(sentence) for state, sentence in _CONSULTATION.items()},
    S.ENDORSING: with_words_lazy(
        _("%(secretary)s memeriksa pengaduan Anda, lalu %(head)s menentukan %(division)s yang menangani.")
    ),
    S.REGISTERED: with_words_lazy(_("%(head)s menentukan %(division)s yang menangani pengaduan Anda.")),
    S.DISPOSED: with_words_lazy(_("%(division_head)s menunjuk petugas yang menangani pengaduan Anda.")),
    S.ASSIGNED: _("Petugas mempelajari pengaduan Anda, lalu menetapkan jadwal."),
    S.IN_SESSION: _("Pertemuan sedang berlangsung. Sesudah itu petugas menulis laporannya."),
    S.EXAMINING: _("Pengawas memeriksa pengaduan Anda, lalu menulis hasilnya di halaman ini."),
    S.CLOSED: _("Pengaduan ini selesai. Bila ada hal lain, sampaikan pengaduan baru."),
    S.DECLINED: _("Pengaduan ini tidak dapat kami tindak lanjuti."),
    S.WITHDRAWN: _("Pengaduan ini tidak dilanjutkan."),
}
NEXT: dict[Kind, dict[State, Promise]] = {Kind.CONSULTATION: _CONSULTATION, Kind.COMPLAINT: _COMPLAINT}
"""Next step of the office or of the applicant in each state, by kind of case."""

MERGED = _("Urusan ini sudah Anda ajukan juga, jadi keduanya kami gabung. Kabarnya ada di yang lain.")
"""What follows for a case that was merged into another one."""

AT_ONCE = _("Petugas segera melayani Anda, tanpa menunggu jadwal.")
"""Next step of an urgent walk-in with an officer (step 8)."""

BY_MODE = {
    Session.Mode.ONLINE: _("Buka tautan rapat pada jadwal di atas. Siapkan kode lacak Anda."),
    Session.Mode.PHONE: _("Petugas menelepon Anda pada jadwal di atas. Siapkan kode lacak Anda."),
}
"""Next step before a video meeting, and before a consultation by telephone or WhatsApp call."""

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
"""The next step of a request that was passed on."""

PASSED = _("Waktu jadwal sudah lewat. Hubungi kantor bila Anda belum dilayani.")
"""Advice if the scheduled time has passed without a recorded consultation."""


TIMED = frozenset({*UP_TO_SCHEDULE, S.HELD, S.REPORTED, S.COSIGNING, S.FORWARDED, S.EXAMINING})
"""States with a deadline of the office. The others wait for the applicant or the meeting."""


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
    state = S(case.state)
    if get_present_turn(case) != case.turn:
        return NextSteps(PASSED_ON, is_passed_on=True)
    if case.passed_to:
        return NextSteps(speak_of_complaint_lazy(SENT_ON) if case.kind == Kind.COMPLAINT else SENT_ON)
    if state == S.INCOMPLETE:
        return NextSteps(_sentence(case), reply_by=last_day_to_complete(case))
    if state not in TIMED or case.due_at is None:
        return NextSteps(_sentence(case), wish=_speak_of_wish(case, None))
    schedule_by = _schedule_by(case, case.due_at, working)
    is_own_limit = state == S.PREPARED and not case.is_late
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


def _speak_of_wish(case: Case, by: dt.date | None) -> str:
    """Return that the chosen time is not confirmed yet, and the day until which it is (`by`).

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


ACKNOWLEDGEMENTS: dict[str, Promise] = {
    "complete": _("Kelengkapan Anda sudah kami terima."),
    "ask_deletion": _("Permintaan penghapusan data sudah kami terima. Jawabannya tampil di halaman ini."),
    "object": _("Keberatan Anda sudah kami terima. Keputusannya tampil di halaman ini."),
    "ask_time": _("Permintaan waktu lain sudah kami terima."),
    "ask_again": _("Pertanyaan Anda sudah kami terima. Jawabannya tampil di halaman ini."),
    "correct_contact": _("Nama dan nomor Anda sudah diperbaiki."),
    "stop_deletion": _("Penghapusan dihentikan. Data Anda tetap disimpan."),
    "withdraw": _("Penarikan Anda sudah kami terima."),
}
"""Acknowledgement of each step of the applicant, shown for the newest event if it happened JUST_NOW."""

JUST_NOW = dt.timedelta(minutes=10)

RESULTS = ("laporan", "surat-penolakan", "surat-penerusan", "keputusan-keberatan")
"""Documents with the result of a case, beside the letter that tells it."""

TIME_STEP = "ask_time"
"""Step that is shown with the schedule. The others are apart."""

ASK_STEP = "ask_again"
"""Step that is shown with the answer."""

OBJECT_STEP = "object"
"""Step that is shown with the refusal."""

STOP_STEP = "stop_deletion"
"""Step that is shown with a deletion that is under way."""

APART = (TIME_STEP, ASK_STEP, OBJECT_STEP, *OWN_DATA_STEPS)


@behind_secret(opens_by_code=False)
def receipt(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the receipt (Tanda Terima): tracking code, secret link with QR code, and next step."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="tanda terima")
    link = get_public_url("follow", case.secret)
    qr = segno.make(link, error="m", micro=False)
    return render(
        request,
        "desk/receipt.html",
        {
            "case": case,
            "link": link,
            "qr": qr.svg_inline(title=str(_("Kode QR tautan Anda")), omitsize=True),
            "documents": case.documents.for_applicant(),
            "next_steps": get_next_steps(case, WorkingTime.load()),
            "can_be_looked_up": case.identity == Identity.OPEN,
        },
    )


@behind_secret(opens_by_code=True)
def follow(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the case to its applicant: result, next step, and open steps. A logged-in user gets no steps."""
    record(Act.CASE, by=get_reader(request, case), case=case, target="halaman pemohon")
    is_applicant = not request.user.is_authenticated
    history = list(case.history.order_by("pk"))
    is_new = clock.now() - history[-1].entered_at < JUST_NOW
    holder = get_holder(case)
    is_by_code = isinstance(holder, CodeHolder)
    documents = list(case.documents.for_holder(holder))
    steps = list_open_steps(holder, case) if is_applicant else []
    working, session = WorkingTime.load(), upcoming_session(case)
    result = _get_result(case, documents)
    has_answer = bool(result["results"]) or not result["letter_waits"]
    return render(
        request,
        "desk/applicant_case.html",
        {
            "case": case,
            "next_steps": get_next_steps(case, working),
            "can_escalate": can_escalate(case),
            "breaches": list_breaches_of(case),
            "session": session,
            "can_confirm": is_applicant and session is not None and can_confirm(case, session),
            "companions": list(case.companions.all()) if session else [],
            "remarks": list_remarks(history),
            "progress": progress(case, history),
            "ending": ending(case, history),
            "referral": next((event for event in reversed(history) if event.verb == "refer_up"), None),
            "passed_on": get_transfer_status(case),
            "corrected": _find_correction(case, history),
            "is_applicant": is_applicant,
            "is_by_code": is_by_code,
            "is_logged": not (is_applicant or has_private_link(case)),
            "has_open_survey": is_applicant and has_answer and has_open_survey(case),
            "acknowledgement": ACKNOWLEDGEMENTS.get(history[-1].verb, "") if is_new else "",
            **result,
            "awaited": case.documents.awaited_by_applicant().exclude(kind=Document.Kind.RESULT),
            "attachments": list(case.attachments.filter(added_by=None).order_by("pk")),
            "own_steps": [step for step in steps if not step.off_path],
            "ask_steps": [step for step in steps if has_answer and step.verb == ASK_STEP],
            "enquiries": list(case.enquiries.order_by("pk")) if case.ask_until else [],
            "is_term_over": has_answer and case.ask_until is not None and clock.today() > case.ask_until,
            "siblings": _list_own_siblings(case, history) if is_applicant and not is_by_code else [],
            "conversion": find_conversion(history),
            **_get_objections(case, steps),
            "deletion_due": get_deletion_due(case),
            "stop_steps": [step for step in steps if step.verb == STOP_STEP],
            "time_steps": [step for step in steps if step.verb == TIME_STEP],
            "other_steps": [step for step in steps if step.off_path and step.verb not in APART],
            "withdraw_steps": [step for step in steps if step.verb == "withdraw"],
            "can_object": case.state == State.DECLINED and not case.passed_to,
            "names_others": case.kind == Kind.COMPLAINT and not case.is_open,
            "again": None if case.is_open else reverse(case.wording.form_page),
            "hours": working.sentence(),
            "office_answers": not case.is_independent,
            "push": get_offer(case) if is_applicant and not is_by_code else None,
        },
    )


def _list_own_siblings(case: Case, history: list[Event]) -> list[Case]:
    """Return the other matters of the request, whose secret links the page shows.

    Officials who print the receipt read the link of this case. So a complaint is neither listed nor lists
    others, unless nobody in the office has its link.
    """
    siblings = list_siblings(case, history)
    if has_private_link(case):
        return siblings
    return [one for one in siblings if case.kind == one.kind == Kind.CONSULTATION]


def _find_correction(case: Case, history: Sequence[Event]) -> Event | None:
    """Return the last correction of more than the code, which is the office's own."""
    events = [event for event in history if event.verb == "correct_data"]
    corrected = case.data_corrections.order_by("pk").values_list("corrected", flat=True) if events else ()
    told = [event for event, columns in zip(events, corrected, strict=True) if columns != "classification"]
    return told[-1] if told else None


def _get_objections(case: Case, actions: list[Step]) -> dict[str, object]:
    """Return the objections, the step to object, and whether the refusal holds or it is too late."""
    objections = list(case.objections.order_by("pk"))
    is_refused = case.state == State.DECLINED
    return {
        "objections": objections,
        "object_steps": [step for step in actions if step.verb == OBJECT_STEP],
        "is_too_late": case.object_until is not None and clock.today() > case.object_until,
        "is_confirmed": is_refused and any(one.is_granted is False for one in objections[-1:]),
    }


def _get_result(case: Case, documents: list[Document]) -> dict[str, object]:
    """Return the signed letter with the result, or else the report if the applicant gets it.

    `letter_waits` is true while nobody has signed the letter.
    """
    results = [document for document in documents if document.slug in RESULTS]
    letter = next((document for document in documents if document.kind == Document.Kind.RESULT), None)
    gets_report = letter is None and any(document.kind == Document.Kind.REPORT for document in results)
    report = get_accepted_report(case) if gets_report else None
    session = current_session(case) if report else None
    return {
        "letter": letter,
        "letter_name": name_result(case) if letter else "",
        "has_dates": letter is not None and bool(list_dates(case, office=Office.load())),
        "letter_waits": letter is None and awaits_answer(case),
        "advice": report.product if report else [],
        "answer": report.results if report and session and session.is_written else "",
        "results": results,
        "documents": [document for document in documents if document not in (letter, *results)],
    }


@body_limit(files=MAX_FILES * MAX_BYTES)
@behind_secret(opens_by_code=True, has_steps=True)
def follow_step(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    """Show or take a step of the applicant. Raise PermissionDenied for a step of the staff."""
    if verb not in PAGES:
        raise Http404
    if VERBS[verb].actor != Party.APPLICANT:
        raise PermissionDenied
    title = case.wording.speak(VERBS[verb].title)
    by = get_holder(case)
    if VERBS[verb].find_taker(parties(by, case)) is None:
        return refuse_code(request, case)
    response = handle_step(request, case, verb, by=by, title=title, audience=APPLICANT)
    if request.method != "HEAD" and response.status_code != HTTPStatus.FOUND:  # also after a refused POST
        with translation.override("id"):  # the title goes on record
            record(Act.CASE, by=None, case=case, target=str(title))
    return response


@csrf_exempt  # the secret in the address proves as much, and the page sends no origin
@behind_secret(opens_by_code=True, has_steps=True)
def confirm_coming(request: HttpRequest, case: Case) -> HttpResponse:
    """Note that the applicant will come."""
    if request.method != "POST":
        return redirect("follow", secret=get_holder(case).key)
    thanks = gettext("Terima kasih. Sampai jumpa.")
    return handle_button(request, lambda: confirm(case), thanks, "follow", get_holder(case).key)


def _redirect_after(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    return redirect("follow", secret=get_holder(case).key)


APPLICANT = Audience(
    "desk/applicant_step.html",
    "ui/refused_public.html",
    lambda request, case, verb, by: {"session": upcoming_session(case)},
    _redirect_after,
)
