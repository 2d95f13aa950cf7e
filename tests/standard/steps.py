"""Every verb of the standard as one call to its real service, for the tests that try them all."""

import datetime as dt
from collections.abc import Callable
from itertools import chain
from typing import Any, cast

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from consultations.enums import Kind, Party, State
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from consultations.parties import Actor, Applicant, CodeHolder
from consultations.steps import PAGES
from consultations.workflow import STEPS, TAKE_BACK, VERBS, Step, transition
from dispositions.models import Opinion
from kit import clock
from office.models import User
from tests.factories import (
    DETAILS,
    SECTIONS,
    WAY,
    Staff,
    case_at,
    come_due,
    independent_case,
    pass_on,
    relayed_at,
    walk_in,
    walk_in_at,
    wished_moment,
    working_moment,
)
from tests.submitting import items, pdf
from tests.world import repeat
from trust.privacy.deletion import decide_deletion

SCAN = CheckedFile(pdf(), "application/pdf", "keputusan.pdf")

MINUTE = dt.timedelta(minutes=1)
"""Time since the consultation of `case_at` began."""

type Call = Callable[[Case, Staff, Any], object]


def submit_as(case: Case, staff: Staff, by: Actor) -> None:
    """Submitting asks nobody who he or she is; here somebody tries to submit as an applicant does."""
    with transition("submit", Case(submitted_at=clock.now(), **DETAILS), by=by):
        pass


def split_off(case: Case, staff: Staff, by: Actor) -> None:
    """Only `split` takes this step, in its own transaction."""
    with transition("split_off", Case(submitted_at=clock.now(), split_from=case, **DETAILS), by=by):
        pass


def get_awaited(case: Case | None) -> Opinion:
    """Return the opinion that a case waits for, or one that nobody asked for."""
    waiting = Opinion.objects.filter(recorded_at=None, **({"case": case} if case else {}))
    return waiting.first() or Opinion(agency="Dinas lain")


def get_duplicate(case: Case) -> Case:
    """Return the other request of the same telephone number that `case_before` made, or the case itself."""
    others = Case.objects.filter(state=State.SUBMITTED, phone=case.phone).exclude(pk=case.pk)
    return others.order_by("pk").first() or case


def merge(case: Case, staff: Staff, by: Actor) -> None:
    PAGES["merge"].service(case, by=by, other=get_duplicate(case), goes_on=case.code)


REASONED = (
    *("void", "lapse", "hand_back", "keep_time", "revise", "refer_back", "return", "correct"),
    *("ask_deletion", "retain", "release", "dismiss", "refuse_disposition", "refuse_assignment", "recall"),
)
"""Steps that need a reason and nothing else."""


RECEIPT = {
    "receipt_number": "700/12",
    "receiver_name": "Rina Contoh",
    "receiver_position": "Sekretaris",
    "receipt_note": "Diperiksa bulan ini.",
}


def values(verb: str, staff: Staff, case: Case | None = None) -> dict[str, Any]:
    """Return sample arguments of the service of a verb: those without which it cannot be called."""
    soon = working_moment(4)
    samples: dict[str, dict[str, Any]] = {
        **{verb: {"reason": "Ada alasannya."} for verb in REASONED},
        "register": {"classification": "400.9"},
        "send_back": {"missing": "Lampirkan surat resmi."},
        "complete": {"material": "Materi yang lebih jelas."},
        "name_official": {"complained_about": staff.elsewhere, "reason": "Diketahui dari bukti pelapor."},
        "endorse": {"division": staff.division},
        "dispose": {"division": staff.division},
        "dispose_for": {"division": staff.division, "given_by": staff.kadis, "way": "TELEPHONE"},
        "assign_for": {"officer": staff.petugas, "given_by": staff.kabid, "way": "WORD"},
        "decline": {
            "reason": "Bukan kewenangan dinas.",
            "missing": "Bukti." if case and case.kind == Kind.COMPLAINT else "",
        },
        "pass_on": {"institution": "Inspektorat Daerah", "reason": "Bukan kewenangan dinas."},
        "pass_up": {"institution": "Inspektorat Daerah", "reason": "Mengenai Kepala Dinas."},
        "record_receipt": {**RECEIPT, "received_on": clock.today()},
        "remind_receiver": {"note": "Telepon kepada Budi, bagian umum."},
        "to_complaint": {"reason": "Tentang pungutan.", "complaint_kind": "ASPIRATION"},
        "to_consultation": {"reason": "Hanya bertanya."},
        "split": {
            "subject": "Kartu yang hilang",
            "material": "Bagaimana menggantinya?",
            "reason": "Dua urusan.",
            "kind": "CONSULTATION",
        },
        "assign": {"officer": staff.petugas},
        "reassign": {"officer": staff.other_petugas, "reason": "Petugas cuti."},
        "prepare": {"administration": "Daftar hadir", "materials": "Pedoman"},
        "amend": {"administration": "Daftar hadir", "materials": "Pedoman terbaru"},
        "ask_opinion": {"agency": "Dinas Contoh", "question": "Adakah beasiswa?", "due": soon.date()},
        "record_opinion": {"opinion": get_awaited(case), "answer": "Ada.", "answered_on": clock.today()},
        "remind_agency": {"opinion": get_awaited(case), "due": soon.date()},
        "call_meeting": {
            "starts_at": wished_moment(),
            "place": "Aula",
            "agenda": "Data",
            "invited": "Dinas Contoh",
        },
        "record_minutes": {
            "led_by": staff.kabid,
            "ended_at": timezone.localtime(clock.now()),
            "attendees": "Siti",
            "discussion": "Dibahas.",
            "conclusion": "Dipadankan.",
        },
        "schedule": {"starts_at": soon},
        "reschedule": {"starts_at": working_moment(5), "reason": "Permintaan pemohon."},
        "ask_time": {"starts_at": working_moment(6), "reason": "Ada musyawarah desa."},
        "answer": {"answer": "Sudah kami perbaiki."},
        "finish": {"attendees": "Siti Contoh"},
        "record_attendance": {"attendees": "Siti Contoh"},
        "report": SECTIONS,
        "ask_again": {"question": "Ke kantor mana KTP dibawa?"},
        "answer_again": {"answer": "Ke kantor camat."},
        "answer_for": {"answer": "Ke kantor camat."},
        "renew_link": {"checked_with": "IDENTITY_CARD"},
        "correct_data": {"applicant_name": "Siti Contoh Benar", "reason": "Menurut suratnya."},
        "correct_contact": {"applicant_name": "Siti Contoh Baru", "phone": "+6281234567891"},
        "decide_deletion": {"decision": "REFUSED", "reason": "Wajib disimpan menurut jadwal retensi."},
        "decide_deletion_for": {"decision": "REFUSED", "reason": "Wajib disimpan."},
        "confirm_deletion": {"decision": "REFUSED", "reason": "Pengaduan ini masih diperiksa."},
        "ask_deletion_for": {"checked_with": "OFFICE_CARD", "reason": "Urusannya sudah selesai."},
        "conclude": {"outcome": "Terbukti; sudah ditegur."},
        "refer_up": {"office": "Inspektorat Daerah", "reason": "Mengenai Kepala Dinas."},
        "withdraw": {"reason": "Sudah selesai di desa."},
        "withdraw_for": {
            "requested_by": "TELEPHONE",
            "checked_with": "CALL",
            "reason": "Sudah selesai di desa.",
        },
    }
    return samples.get(verb, {})


def call(verb: str) -> Call:
    """Return a function that calls the service of a verb with its sample arguments."""
    return lambda case, staff, by: PAGES[verb].service(case, by=by, **values(verb, staff, case))


CALLS: dict[str, Call] = {verb: call(verb) for verb in VERBS} | {
    "submit": submit_as,
    "receive": lambda c, s, by: intake_services.receive(
        by=cast(User, by), visit_at=working_moment(3), **DETAILS
    ),
    "walk_in": lambda c, s, by: walk_in(s, by=by),
    "split_off": split_off,
    "merge": merge,
}

TYPED = "%Y-%m-%dT%H:%M"


def typed(verb: str, staff: Staff, case: Case | None = None) -> dict[str, Any]:
    """Return what a person types into the form of a step: its sample arguments, and what it asks besides."""
    session = {"minutes": "30", "mode": "OFFICE", "place": "Aula"}
    kinds = {"urgency": "NORMAL", "confidentiality": "NORMAL", "complaint_kind": "ASPIRATION"}
    given = {"given_at": f"{timezone.localtime(clock.now()):{TYPED}}"}
    began = timezone.localtime(clock.now() - MINUTE)
    besides: dict[str, dict[str, Any]] = {
        "dispose_for": given,
        "assign_for": given,
        "register": {"subject": "Penyaluran bantuan sosial", **kinds},
        "schedule": session,
        "reschedule": session,
        "no_show": {"note": "Pemohon sakit."},
        "renew_link": {"is_entitled": "on"},
        "withdraw_for": {"is_entitled": "on"},
        "ask_deletion_for": {"is_entitled": "on"},
        "correct_data": {"subject": "Penyaluran bantuan sosial", "phone": "+6281234567890"},
        "finish": {"day": f"{began.date()}", "started_at": f"{began:%H:%M}"},
        "record_attendance": {"attendees": "Siti; Kepala Desa; Desa Contoh"},
        "report": {"activities": "Rapat.", "results": "Jelas.", **items("advice", {"text": "Usulkan."})},
    }
    if verb == "merge" and case:
        besides["merge"] = {"other": get_duplicate(case).code, "goes_on": case.code}
    fields = {**values(verb, staff, case), **besides.get(verb, {})}
    return {name: as_typed(value) for name, value in fields.items() if name != "items"}


def as_typed(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk or ""
    if isinstance(value, dt.datetime):
        return value.strftime(TYPED)
    return value.isoformat() if isinstance(value, dt.date) else value


PEOPLE = (
    {Party.SECRETARIAT: "sekretariat", Party.TIM_PKD: "pkd", Party.SECRETARY: "sekretaris"}
    | {Party.HEAD: "kadis", Party.DIVISION_HEAD: "kabid", Party.OFFICER: "petugas"}
    | {Party.SUPERVISOR: "pengawas"}
)
"""The person of each party in the cases of `case_at` and `walk_in_at`."""


def right_actor(party: Party, case: Case, staff: Staff) -> Actor:
    """Whose step it is in the cases of `case_at` and `walk_in_at`."""
    if party == Party.APPLICANT:
        return Applicant(case.secret)
    if party == Party.CODE_HOLDER:
        return CodeHolder(case.pk, "~")
    by: User = getattr(staff, PEOPLE[party])
    return by


def right_taker(step: Step, case: Case, staff: Staff) -> Actor:
    """Whose step it is, or who took the last one."""
    if step.is_own and case.before_last:
        return User.objects.get(pk=case.before_last["by"])
    return right_actor(step.actor, case, staff)


MET = (
    *("schedule", "answer", "withdraw_for", "renew_link", "correct", "correct_contact", "retain"),
    *(
        "ask_deletion",
        "ask_deletion_for",
        "ask_again",
        "to_complaint",
        "correct_data",
        "recall",
    ),
)
"""Steps whose preconditions every case of `case_at` meets."""

ANSWERS = ("refuse_disposition", "ratify_assignment", "refuse_assignment")
"""Steps that answer what the secretariat has entered for an official."""

TAKEN_BACK_FROM = {
    State.REGISTERED: ("endorse", State.ENDORSING),
    State.CLOSED: ("conclude", State.EXAMINING),
    State.WITHDRAWN: ("lapse", State.INCOMPLETE),
}
"""The step to take back in states whose `case_at` ends with a step of another way back."""

BEFOREHAND = {
    **dict.fromkeys(("decide_deletion", "stop_deletion"), "ask_deletion"),
    "release": "retain",
    "keep_time": "ask_time",
    "answer_again": "ask_again",
    "answer_for": "ask_again",
} | dict.fromkeys(("record_opinion", "remind_agency"), "ask_opinion")
"""Steps that answer an earlier one."""


def case_before(step: Step, staff: Staff) -> Case:
    """Return a case in a state that allows the step. A step that creates a case gets any other case."""
    return repeat(("before", step.verb, step.source), lambda: make_case_before(step, staff))


def leave(case: Case) -> None:
    """Let the officer of a case have left the division yesterday."""
    assert case.officer
    case.officer.appointments.update(ends=clock.today() - dt.timedelta(days=1))


def make_case_before(step: Step, staff: Staff) -> Case:
    state = step.source or State.SUBMITTED
    if step.verb == "merge":
        case_at(State.SUBMITTED, staff)
        return case_at(state, staff)
    if step.verb == TAKE_BACK and state in TAKEN_BACK_FROM:
        last = STEPS[TAKEN_BACK_FROM[state]]
        case = independent_case() if last.source == State.EXAMINING else case_before(last, staff)
        CALLS[last.verb](case, staff, right_actor(last.actor, case, staff))
        return case
    if not step.preconditions or step.verb in (*MET, TAKE_BACK):
        return case_at(state, staff)
    if step.verb in ("decide_deletion_for", "confirm_deletion"):
        about_head = {"complained_about": staff.kadis} if step.verb == "decide_deletion_for" else {}
        kind = Kind.CONSULTATION if state == State.WITHDRAWN and not about_head else Kind.COMPLAINT
        case = case_at(state, staff, kind=kind)
        Case.objects.filter(pk=case.pk).update(**about_head)
        case = Case.objects.get(pk=case.pk)
        CALLS["ask_deletion"](case, staff, Applicant(case.secret))
        if about_head:
            return case
        decide_deletion(case, by=staff.kadis, decision="GRANTED", reason="Diminta pelapor.")
        return case
    if step.verb in ANSWERS or (step.verb, state) == ("ratify", State.DISPOSED):
        return relayed_at(state, staff)
    if step.verb in BEFOREHAND:
        case = case_at(state, staff)
        verb = BEFOREHAND[step.verb]
        CALLS[verb](case, staff, right_actor(VERBS[verb].actor, case, staff))
        if step.verb == "answer_for":
            leave(case)
        return case
    if (step.verb, state) == ("start", State.SCHEDULED):
        return come_due(case_at(state, staff))
    if step.verb == "record_minutes":
        case = case_at(State.ASSIGNED, staff)
        CALLS["call_meeting"](case, staff, staff.petugas)
        case.meeting_at = clock.now()
        case.save(update_fields=["meeting_at"])
        case.meetings.update(starts_at=clock.now() - dt.timedelta(hours=1))
        for reached in list(WAY)[list(WAY).index(State.PREPARED) :]:
            if case.state == state:
                break
            WAY[reached](case, staff)
        return case
    if step.verb in ("name_official", "pass_on", "to_consultation"):
        return case_at(state, staff, kind=Kind.COMPLAINT)
    if step.verb == "pass_up":
        case = case_at(state, staff, kind=Kind.COMPLAINT)
        case.complained_about = staff.kadis
        case.save(update_fields=["complained_about"])
        return case
    if step.verb in ("record_receipt", "remind_receiver"):
        case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
        pass_on(case, by=staff.kadis)
        return case
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


def records() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the service, to see that nothing was written."""
    configs = [apps.get_app_config(app) for app in ("consultations", "dispositions", "documents", "reports")]
    rows = {}
    with connection.cursor() as cursor:
        for model in chain(*(config.get_models(include_auto_created=True) for config in configs)):
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")  # noqa: S608
            rows[model._meta.label] = cursor.fetchall()
    return rows
