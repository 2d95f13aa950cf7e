"""Every verb of the standard as one call to its real service, for the tests that try them all."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.apps import apps

from consultations import services as consultations_services
from consultations.enums import Kind, Party, State
from consultations.models import Case
from consultations.parties import Actor, Applicant
from consultations.workflow import VERBS, Step, transition
from dispositions import services as dispositions_services
from dispositions.models import Opinion
from intake import services as intake_services
from office import clock
from privacy import services as privacy_services
from reports import services as report_services
from reports.attendance import record_attendance
from scheduling import services as scheduling_services
from tests.factories import (
    DETAILS,
    SECTIONS,
    WAY,
    Staff,
    case_at,
    come_due,
    decline,
    free_moment,
    walk_in,
    walk_in_at,
    working_moment,
)
from tests.recorded import repeat

type Call = Callable[[Case, Staff, Any], object]


def submit_as(case: Case, staff: Staff, by: Actor) -> None:
    """Submitting asks nobody who he or she is; here somebody tries to submit as an applicant does."""
    with transition("submit", Case(submitted_at=clock.now(), **DETAILS), by=by):
        pass


def awaited(case: Case) -> Opinion:
    """The opinion that a case waits for; one that nobody asked for where it waits for none."""
    return case.opinions.filter(recorded_at=None).first() or Opinion(agency="Dinas lain")


CALLS: dict[str, Call] = {
    "submit": submit_as,
    "receive": lambda c, s, by: intake_services.receive(by=by, visit_at=working_moment(3), **DETAILS),
    "walk_in": lambda c, s, by: walk_in(s, by=by),
    "register": lambda c, s, by: consultations_services.register(c, by=by, classification="400.9"),
    "send_back": lambda c, s, by: consultations_services.send_back(
        c, by=by, missing="Lampirkan surat resmi."
    ),
    "complete": lambda c, s, by: intake_services.complete(c, by=by, material="Materi yang lebih jelas."),
    "void": lambda c, s, by: consultations_services.void(c, by=by, reason="Diagendakan dua kali."),
    "name_official": lambda c, s, by: consultations_services.name_official(
        c, by=by, complained_about=s.elsewhere, reason="Diketahui dari bukti pelapor."
    ),
    "endorse": lambda c, s, by: dispositions_services.endorse(c, by=by, division=s.division),
    "dispose": lambda c, s, by: dispositions_services.dispose(c, by=by, division=s.division),
    "decline": lambda c, s, by: decline(c, by=by),
    "assign": lambda c, s, by: dispositions_services.assign(c, by=by, officer=s.petugas),
    "hand_back": lambda c, s, by: dispositions_services.hand_back(c, by=by, reason="Bukan bidang kami."),
    "reassign": lambda c, s, by: dispositions_services.reassign(
        c, by=by, officer=s.other_petugas, reason="Petugas cuti."
    ),
    "prepare": lambda c, s, by: dispositions_services.prepare(
        c, by=by, administration="Daftar hadir", materials="Pedoman"
    ),
    "amend": lambda c, s, by: dispositions_services.amend(
        c, by=by, administration="Daftar hadir", materials="Pedoman terbaru"
    ),
    "ask_opinion": lambda c, s, by: dispositions_services.ask_opinion(
        c, by=by, agency="Dinas Pendidikan Contoh", question="Adakah beasiswa?", due=clock.today()
    ),
    "record_opinion": lambda c, s, by: dispositions_services.record_opinion(
        c, by=by, opinion=awaited(c), answer="Ada, mulai Januari.", answered_on=clock.today()
    ),
    "remind_agency": lambda c, s, by: dispositions_services.remind_agency(
        c, by=by, opinion=awaited(c), due=clock.today()
    ),
    "call_meeting": lambda c, s, by: dispositions_services.call_meeting(
        c,
        by=by,
        starts_at=working_moment(2),
        place="Aula",
        agenda="Data penerima bantuan",
        invited="Kepala Dinas Pendidikan Contoh",
    ),
    "record_minutes": lambda c, s, by: dispositions_services.record_minutes(
        c, by=by, attendees="Siti Contoh", discussion="Data dibandingkan.", conclusion="Data dipadankan."
    ),
    "schedule": lambda c, s, by: scheduling_services.schedule(c, by=by, starts_at=free_moment(s.petugas)),
    "reschedule": lambda c, s, by: scheduling_services.reschedule(
        c, by=by, starts_at=working_moment(5), reason="Permintaan pemohon."
    ),
    "ask_time": lambda c, s, by: scheduling_services.ask_time(
        c, by=by, starts_at=working_moment(6), reason="Ada musyawarah desa."
    ),
    "keep_time": lambda c, s, by: scheduling_services.keep_time(c, by=by, reason="Ruang rapat penuh."),
    "lapse": lambda c, s, by: consultations_services.lapse(c, by=by, reason="Tidak dilengkapi."),
    "start": lambda c, s, by: scheduling_services.start(c, by=by),
    "undo_start": lambda c, s, by: scheduling_services.undo_start(c, by=by),
    "answer": lambda c, s, by: scheduling_services.answer(c, by=by, answer="Sudah kami perbaiki."),
    "no_show": lambda c, s, by: scheduling_services.no_show(c, by=by),
    "finish": lambda c, s, by: scheduling_services.finish(c, by=by, attendees="Siti Contoh"),
    "record_attendance": lambda c, s, by: record_attendance(c, by=by, attendees="Siti Contoh"),
    "report": lambda c, s, by: report_services.report(c, by=by, **SECTIONS),
    "revise": lambda c, s, by: report_services.revise(c, by=by, reason="Lengkapi sarannya."),
    "forward": lambda c, s, by: report_services.forward(c, by=by),
    "cosign": lambda c, s, by: report_services.cosign(c, by=by),
    "refer_back": lambda c, s, by: report_services.refer_back(c, by=by, reason="Perjelas dasarnya."),
    "return": lambda c, s, by: report_services.return_report(c, by=by, reason="Perjelas solusinya."),
    "accept": lambda c, s, by: report_services.accept(c, by=by),
    "correct": lambda c, s, by: report_services.correct(c, by=by, reason="Nama desa keliru."),
    "renew_link": lambda c, s, by: consultations_services.renew_link(c, by=by, checked_with="IDENTITY_CARD"),
    "correct_contact": lambda c, s, by: privacy_services.correct_contact(
        c, by=by, applicant_name="Siti Contoh Baru", phone="+6281234567891"
    ),
    "ask_deletion": lambda c, s, by: privacy_services.ask_deletion(c, by=by, reason="Sudah selesai."),
    "decide_deletion": lambda c, s, by: privacy_services.decide_deletion(
        c, by=by, decision="REFUSED", reason="Wajib disimpan menurut jadwal retensi."
    ),
    "retain": lambda c, s, by: privacy_services.retain(c, by=by, reason="Sengketa."),
    "release": lambda c, s, by: privacy_services.release(c, by=by, reason="Sengketa selesai."),
    "ratify": lambda c, s, by: dispositions_services.ratify(c, by=by),
    "conclude": lambda c, s, by: consultations_services.conclude(
        c, by=by, outcome="Terbukti; sudah ditegur."
    ),
    "dismiss": lambda c, s, by: consultations_services.dismiss(
        c, by=by, reason="Sudah diperiksa tahun lalu."
    ),
    "refer_up": lambda c, s, by: consultations_services.refer_up(
        c, by=by, office="Inspektorat Daerah", reason="Mengenai Kepala Dinas."
    ),
    "withdraw": lambda c, s, by: intake_services.withdraw(c, by=by, reason="Sudah selesai di desa."),
    "withdraw_for": lambda c, s, by: intake_services.withdraw_for(
        c, by=by, requested_by="TELEPHONE", reason="Sudah selesai di desa."
    ),
}


def right_actor(party: Party, case: Case, staff: Staff) -> Actor:
    """Whose step it is in the cases of `case_at` and `walk_in_at`."""
    if party == Party.APPLICANT:
        return Applicant(case.secret)
    people = {
        Party.SECRETARIAT: staff.sekretariat,
        Party.TIM_PKD: staff.pkd,
        Party.SECRETARY: staff.sekretaris,
        Party.HEAD: staff.kadis,
        Party.DIVISION_HEAD: staff.kabid,
        Party.OFFICER: staff.petugas,
        Party.SUPERVISOR: staff.pengawas,
    }
    return people[party]


MET = ("withdraw_for", "renew_link", "correct", "correct_contact", "ask_deletion", "retain")
"""Steps whose preconditions every case of `case_at` meets."""

BEFOREHAND = {"decide_deletion": "ask_deletion", "release": "retain"}
"""Steps that answer an earlier one."""


def case_before(step: Step, staff: Staff) -> Case:
    """Return a case in a state that allows the step. A step that creates a case gets any other case."""
    return repeat(("before", step.verb, step.source), lambda: make_case_before(step, staff))


def make_case_before(step: Step, staff: Staff) -> Case:
    state = step.source or State.SUBMITTED
    if not step.preconditions or step.verb in MET:
        return case_at(state, staff)
    if step.verb in BEFOREHAND:
        case = case_at(state, staff)
        verb = BEFOREHAND[step.verb]
        CALLS[verb](case, staff, right_actor(VERBS[verb].actor, case, staff))
        return case
    if (step.verb, state) == ("start", State.SCHEDULED):
        return come_due(case_at(state, staff))
    if step.verb == "undo_start":
        return case_at(state, staff)
    if step.verb in ("record_opinion", "remind_agency"):
        case = case_at(state, staff)
        CALLS["ask_opinion"](case, staff, staff.petugas)
        return case
    if step.verb == "record_minutes":
        case = case_at(State.ASSIGNED, staff)
        CALLS["call_meeting"](case, staff, staff.petugas)
        Case.objects.filter(pk=case.pk).update(meeting_at=clock.now())
        case.meeting_at = clock.now()
        for reached in list(WAY)[list(WAY).index(State.PREPARED) :]:
            if case.state == state:
                break
            WAY[reached](case, staff)
        return case
    if step.verb == "keep_time":
        case = case_at(state, staff)
        CALLS["ask_time"](case, staff, Applicant(case.secret))
        return case
    if step.verb == "name_official":
        return case_at(state, staff, kind=Kind.COMPLAINT)
    if step.verb == "lapse":
        with clock.set_to(clock.now() - dt.timedelta(days=40)):
            return case_at(state, staff)
    if state not in (State.PREPARED, State.SCHEDULED):
        return walk_in_at(state, staff)
    case = walk_in_at(State.ASSIGNED, staff)
    for reached in (State.PREPARED, State.SCHEDULED):
        if case.state != state:
            WAY[reached](case, staff)
    return case


def stored(case: Case) -> Case:
    """Return the case as the next request finds it."""
    return Case.objects.get(pk=case.pk)


def records() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the service, to see that nothing was written."""
    models = [
        model
        for app in ("consultations", "dispositions", "reports")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in models}
