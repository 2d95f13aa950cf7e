"""Steps of a demo case: each verb of the standard, taken by the right person through the real services."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from consultations import corrections, services as cases
from consultations.enums import Channel, ComplaintKind, IdentityCheck, Kind, RequestedBy, State, Urgency
from consultations.intake import duplicates, refusals, services as intake, sorting
from consultations.scheduling import services as scheduling
from consultations.scheduling.models import Session
from consultations.scheduling.services import list_free_rooms
from consultations.taking_back import take_back
from dispositions import meetings, relayed_orders, services as dispositions, transfers
from dispositions.models import MEETING, RelayedOrder
from kit import clock
from operations.demo import case_run, texts
from operations.demo.case_run import HALF_HOUR, CaseRun, add_minutes
from operations.demo.people import AGENCIES, get_applicant
from operations.demo.surveys import survey
from reports import enquiries, services as reports
from reports.follow_ups import record_follow_up
from reports.models import FollowUp


def _details(run: CaseRun) -> dict[str, Any]:
    details: dict[str, Any] = get_applicant(run.number, run.topic, run.rng)
    details |= {"needs_large_print": run.number % 8 == 3, "needs_companion": run.number % 11 == 5}
    if run.scenario.is_complaint:
        party = "Pegawai dinas" if run.has("official") else "Pelaksana layanan setempat"
        details |= {
            "kind": Kind.COMPLAINT,
            "complained_party": "" if run.has_step("to_consultation") else party,
            "identity": next((i for i in ("CONFIDENTIAL", "ANONYMOUS") if run.has(i.lower())), "OPEN"),
        }
    return details


def submit(run: CaseRun) -> dict[str, Any]:
    details = _details(run)
    materials = [case_run.photo(details["subject"])] if run.has("file") else []
    visit_at = None if run.has("anonymous") else run.find_visit_time()
    return {**details, "materials": materials, "visit_at": visit_at}


def receive(run: CaseRun) -> dict[str, Any]:
    details = _details(run)
    if run.scenario.channel == Channel.LAPOR:
        details["lapor_number"] = f"{7_300_000 + run.number}"
    if run.scenario.channel == Channel.FORWARD:
        details["forwarded_by"] = "Inspektorat Daerah"
    if run.has("by_post"):
        details |= {"phone": "", "email": ""}
    if run.scenario.channel in (Channel.LETTER, Channel.FORWARD):
        sent = clock.today() - dt.timedelta(days=run.rng.randint(1, 5))
        number = run.new_letter_number(sent)
        details |= {"letter_number": number, "letter_date": sent}
        if run.has("file"):
            details["letter"] = case_run.request_letter(details, number)
    return {
        **details,
        "channel": run.scenario.channel,
        "at": clock.now() - dt.timedelta(minutes=50) if run.has("entered_late") else None,
        "visit_at": run.find_visit_time(),
    }


def walk_in(run: CaseRun) -> dict[str, Any]:
    now = clock.now()
    return {
        **_details(run),
        "division": run.team.division,
        "officer": run.find_officer(now, now + dt.timedelta(minutes=75)),
        "classification": run.topic.classification,
        "visit_at": now,
    }


def register(run: CaseRun) -> dict[str, Any]:
    return {
        "classification": run.topic.classification,
        "urgency": run.rng.choices([*Urgency], weights=[6, 3, 1])[0],
        "confidentiality": "CONFIDENTIAL" if run.has("confidential") else "NORMAL",
        "complained_about": run.team.officers[1] if run.has("official") else None,
        "complaint_kind": ComplaintKind.NO_SUPERVISION if run.scenario.is_complaint else "",
    }


def merge(run: CaseRun) -> None:
    """Let the applicant send the same request again, and merge the older one into that one."""
    earlier = run.case
    same = ("applicant_name", "organisation", "phone", "email", "subject")
    details: dict[str, Any] = {name: getattr(earlier, name) for name in same}
    later = intake.submit(**details, material=f"{earlier.material}\n\nSaya kirim sekali lagi.")
    duplicates.merge(earlier, by=run.staff.pkd, other=later, goes_on=later.code)


REMARKS = {
    "revise": {
        "considerations": "Sebutkan dasar hukum setiap pertimbangan.",
        "recommendations": "Tulis siapa dan sampai kapan.",
    },
    "return": {"conclusion": "Simpulkan juga kesediaan pemohon."},
}
"""Remarks on sections of the report, by step."""


REVIEWED = {"revise", "return"}
"""Verbs with a review by the division head, who then may not serve the case."""


def dispose(run: CaseRun) -> dict[str, Any]:
    others = run.staff.other_teams(run.topic.division)
    comes_back = run.comes_next("hand_back") or run.comes_next("recall")
    run.disposed_to = others[0] if comes_back else run.team
    in_days = run.rng.randint(7, 12)
    return {
        "division": run.disposed_to.division,
        "instructions": run.rng.sample(run.staff.instructions, 2) + [MEETING] * run.has_step("call_meeting"),
        "deadline": clock.today() + dt.timedelta(days=in_days) if run.has("deadline") else None,
        "copies": [team.division for team in others[1:]] if run.has("copies") else [],
        "note": run.phrase("dispose"),
    }


def assign(run: CaseRun) -> dict[str, Any]:
    first, second = run.team.officers[:2]
    officer = second if run.number % 2 and run.case.complained_about != second else first
    if run.number % 9 == 4 and not REVIEWED & set(run.scenario.verbs) and not run.ends_with("report"):
        officer = run.team.head
    colleague = run.staff.other_teams(run.topic.division)[run.number % 3].officers[0]
    return {
        "officer": officer,
        "companions": [colleague] if run.has("companion") else [],
        "preparation": run.phrase("assign"),
        "needs_review": run.has("review"),
    }


def dispose_for(run: CaseRun) -> dict[str, Any]:
    is_paper = run.has("paper")
    return {
        "given_by": run.staff.head,
        "way": RelayedOrder.Way.PAPER if is_paper else RelayedOrder.Way.TELEPHONE,
        "given_at": clock.now() - dt.timedelta(minutes=12),
        "proof": case_run.photo("lembar disposisi") if is_paper else case_run.voice_note(),
        "division": run.team.division,
        "instructions": run.rng.sample(run.staff.instructions, 1),
        "note": run.phrase("dispose"),
    }


def assign_for(run: CaseRun) -> dict[str, Any]:
    officer, preparation = run.team.officers[0], run.phrase("assign")
    way = RelayedOrder.Way.WORD
    return {"given_by": run.team.head, "way": way, "officer": officer, "preparation": preparation}


def reassign(run: CaseRun) -> dict[str, Any]:
    start = run.planned_start or clock.now()
    officer = run.find_officer(start, start + dt.timedelta(hours=1))
    return {"officer": officer, "reason": run.phrase("reassign")}


def prepare(run: CaseRun) -> dict[str, Any]:
    return {
        "administration": "Daftar hadir, lembar konsultasi, salinan surat permohonan.",
        "materials": f"Ringkasan ketentuan mengenai {run.topic.subject}.",
        "equipment": run.rng.choice(["Laptop dan layar", "Proyektor", ""]),
        "review": texts.review_sections(run.case, run.topic) if run.case.needs_review else None,
    }


def ask_opinion(run: CaseRun) -> dict[str, Any]:
    agency = AGENCIES[(run.number + run.case.opinions.count()) % len(AGENCIES)]
    in_days = 2 if run.has("late_answer") else run.rng.randint(7, 10)
    due = clock.today() + dt.timedelta(days=in_days)
    asked = {"agency": agency.name, "phone": agency.phone, "email": agency.email}
    return {**asked, "question": run.phrase("ask_opinion"), "due": due}


def record_opinion(run: CaseRun) -> dict[str, Any]:
    opinion = run.case.opinions.filter(recorded_at=None).earliest("pk")
    number, answer = run.new_letter_number(clock.today()), run.phrase("record_opinion")
    return {
        "opinion": opinion,
        "answer": answer,
        "answered_on": clock.today(),
        "letter_number": number,
        "file": case_run.answer_letter(opinion.agency, number, answer) if run.number % 2 else None,
    }


def remind_agency(run: CaseRun) -> dict[str, Any]:
    opinion = run.case.opinions.filter(recorded_at=None).earliest("pk")
    return {"opinion": opinion, "due": clock.today() + dt.timedelta(days=5)}


def call_meeting(run: CaseRun) -> dict[str, Any]:
    """Call a meeting about two working days ahead with two agencies, with the reason of the short notice."""
    guests = [AGENCIES[(run.number + offset) % len(AGENCIES)].name for offset in range(2)]
    return {
        "starts_at": run.find_time([], add_minutes(clock.now(), 900, run.work)),
        "place": "Ruang rapat Dinas",
        "agenda": f"{run.topic.subject}\nPembagian tugas antarinstansi",
        "invited": "\n".join(["Kepala Bidang terkait", *guests]),
        "short_notice_reason": "Hasil rapat diperlukan sebelum batas waktu disposisi.",
    }


def record_minutes(run: CaseRun) -> dict[str, Any]:
    meeting = run.case.meetings.latest("pk")
    people = [f"{run.officer}; Petugas", *(f"Perwakilan; ; {guest}" for guest in meeting.guests[1:])]
    return {
        "led_by": run.team.head,
        "ended_at": min(clock.now(), meeting.starts_at + dt.timedelta(minutes=100)),
        "attendees": "\n".join(people),
        "discussion": run.phrase("record_minutes"),
        "conclusion": "Data dipadankan bersama.\nDinas menyampaikan hasilnya kepada pemohon.",
    }


def ask_time(run: CaseRun) -> dict[str, Any]:
    """Ask for the same hour some days later."""
    later = run.find_time([run.officer], (run.planned_start or clock.now()) + dt.timedelta(days=2))
    while run.is_full(later):
        later = run.find_time([run.officer], later + HALF_HOUR)
    return {"starts_at": later, "reason": run.phrase("ask_time")}


def schedule(run: CaseRun) -> dict[str, Any]:
    starts_at, minutes = run.find_session_time([run.officer, *run.case.companions.all()])
    planned = Session(starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=minutes))
    rooms = list_free_rooms(planned)
    link = f"https://rapat.example.id/rembuk-{run.number}"
    where: dict[str, Any] = {"mode": Session.Mode.ONLINE, "link": link}
    if run.has("phone"):
        where = {"mode": Session.Mode.PHONE}
    elif rooms and run.rng.randrange(3):
        where = {"room": rooms[run.number % len(rooms)]}
    return {"starts_at": starts_at, "minutes": minutes, **where}


def answer(run: CaseRun) -> dict[str, Any]:
    text = f"{run.topic.result} {run.topic.solution}\n\n{run.topic.advice}"
    return {"answer": text, "minutes": run.rng.choice([None, 40])}


def finish(run: CaseRun) -> dict[str, Any]:
    people = [run.case.applicant_name, *(str(p) for p in [run.officer, *run.case.companions.all()])]
    return {
        "attendees": "\n".join(people),
        "finished_at": clock.now() - dt.timedelta(minutes=40) if run.has("entered_late") else None,
        "overrun_reason": "Pemohon membawa beberapa pertanyaan sekaligus.",
        "note": run.phrase("finish"),
    }


def record_attendance(run: CaseRun) -> dict[str, Any]:
    """The position and organisation of the applicant, and two photographs."""
    who = f"{run.case.applicant_name}; Pemohon; {run.case.organisation}"
    photos = [case_run.photo(f"{run.case.subject} ({number})") for number in (1, 2)]
    return {"attendees": who, "photos": photos}


def report(run: CaseRun) -> dict[str, Any]:
    sections = texts.report_sections(run.case, run.topic, run.case.reports.count() + 1)
    if "answer" in run.scenario.verbs:
        sections["activities"] = "Keterangan dikumpulkan dan ditelaah, lalu dijawab tertulis tanpa pertemuan."
    return sections


def forward(run: CaseRun) -> None:
    """Forward the report, unless the head has served the case and it was forwarded past the head."""
    if run.case.state == State.REPORTED:
        reports.forward(run.case, by=run.disposed_to.head, note=run.phrase("forward"))


def follow_up(run: CaseRun) -> None:
    """Record the first open recommendation as done."""
    first_open = FollowUp.objects.filter(case=run.case, done_at=None).earliest("pk")
    record_follow_up(first_open, by=run.officer, outcome=run.phrase("follow_up"))


def decline(run: CaseRun) -> None:
    """Decline the request. A complaint is passed on."""
    reason = run.phrase("decline")
    if run.scenario.is_complaint:
        transfers.pass_on(run.case, by=run.staff.head, institution="Inspektorat Daerah", reason=reason)
    else:
        dispositions.decline(run.case, by=run.staff.head, reason=reason)


def complain(run: CaseRun) -> None:
    """Complain about the refusal, as the applicant does on the page of the case."""
    refusals.complain(run.case, reason=run.phrase("complain"))


class Row(NamedTuple):
    """The service of a step, its actor (an attribute of the run), and what the actor enters.

    The actor may enter nothing but a phrase: then the name of its argument.
    """

    service: Callable[..., Any]
    actor: str
    entered: str | Callable[[CaseRun], dict[str, Any]]


PKD, HEAD, SECRETARIAT = "staff.pkd", "staff.head", "staff.secretariat"
DIVISION_HEAD, OFFICER, APPLICANT = "disposed_to.head", "officer", "applicant"

OPENING = {
    "submit": Row(intake.submit, "", submit),
    "receive": Row(intake.receive, SECRETARIAT, receive),
    "walk_in": Row(dispositions.walk_in, SECRETARIAT, walk_in),
}
"""Steps that make a case."""

SECOND: dict[str, Any] = {
    "subject": "Perbaikan data keluarga",
    "material": "Bagaimana memperbaiki nama yang keliru?",
}
"""The matter that is split off. It stays without further steps."""

STEPS: Mapping[str, Row] = OPENING | {
    "register": Row(cases.register, PKD, register),
    "send_back": Row(cases.send_back, PKD, "missing"),
    "complete": Row(intake.complete, APPLICANT, "note"),
    "lapse": Row(cases.lapse, PKD, "reason"),
    "withdraw": Row(intake.withdraw, APPLICANT, "reason"),
    "withdraw_for": Row(
        partial(intake.withdraw_for, requested_by=RequestedBy.TELEPHONE, checked_with="CALL"), PKD, "reason"
    ),
    "void": Row(cases.void, PKD, "reason"),
    "split": Row(partial(sorting.split, **SECOND), PKD, "reason"),
    "to_complaint": Row(sorting.to_complaint, PKD, "reason"),
    "to_consultation": Row(sorting.to_consultation, PKD, "reason"),
    "name_official": Row(
        cases.name_official,
        PKD,
        lambda run: {"complained_about": run.team.officers[1], "reason": run.phrase("name_official")},
    ),
    "correct_data": Row(
        partial(corrections.correct_data, reason="Menurut surat aslinya."),
        PKD,
        lambda run: {"applicant_name": f"{run.case.applicant_name}, S.Sos."},
    ),
    "renew_link": Row(
        cases.renew_link, SECRETARIAT, lambda run: {"checked_with": IdentityCheck.IDENTITY_CARD}
    ),
    "dispose": Row(dispositions.dispose, HEAD, dispose),
    "dispose_for": Row(relayed_orders.dispose_for, SECRETARIAT, dispose_for),
    "ratify": Row(relayed_orders.ratify, HEAD, "note"),
    "refuse_disposition": Row(relayed_orders.refuse_disposition, HEAD, "reason"),
    "hand_back": Row(dispositions.hand_back, DIVISION_HEAD, "reason"),
    "recall": Row(dispositions.recall, HEAD, "reason"),
    "take_back": Row(take_back, DIVISION_HEAD, lambda run: {}),
    "assign": Row(dispositions.assign, "team.head", assign),
    "assign_for": Row(relayed_orders.assign_for, SECRETARIAT, assign_for),
    "ratify_assignment": Row(relayed_orders.ratify_assignment, DIVISION_HEAD, "note"),
    "refuse_assignment": Row(relayed_orders.refuse_assignment, DIVISION_HEAD, "reason"),
    "reassign": Row(dispositions.reassign, "team.head", reassign),
    "prepare": Row(dispositions.prepare, OFFICER, prepare),
    "amend": Row(
        dispositions.amend, OFFICER, lambda run: {**prepare(run), "equipment": "Ruang rapat dan laptop."}
    ),
    "ask_opinion": Row(dispositions.ask_opinion, OFFICER, ask_opinion),
    "record_opinion": Row(dispositions.record_opinion, OFFICER, record_opinion),
    "remind_agency": Row(dispositions.remind_agency, OFFICER, remind_agency),
    "call_meeting": Row(meetings.call_meeting, OFFICER, call_meeting),
    "record_minutes": Row(meetings.record_minutes, OFFICER, record_minutes),
    "schedule": Row(scheduling.schedule, OFFICER, schedule),
    "reschedule": Row(
        scheduling.reschedule, OFFICER, lambda run: {"reason": run.phrase("reschedule"), **schedule(run)}
    ),
    "ask_time": Row(scheduling.ask_time, APPLICANT, ask_time),
    "keep_time": Row(scheduling.keep_time, OFFICER, "reason"),
    "no_show": Row(scheduling.no_show, OFFICER, "note"),
    "start": Row(scheduling.start, OFFICER, lambda run: {}),
    "undo_start": Row(scheduling.undo_start, OFFICER, "note"),
    "answer": Row(scheduling.answer, OFFICER, answer),
    "finish": Row(scheduling.finish, OFFICER, finish),
    "record_attendance": Row(reports.record_attendance, OFFICER, record_attendance),
    "report": Row(reports.report, OFFICER, report),
    "revise": Row(partial(reports.revise, remarks=REMARKS["revise"]), DIVISION_HEAD, "reason"),
    "return": Row(partial(reports.return_report, remarks=REMARKS["return"]), HEAD, "reason"),
    "accept": Row(reports.accept, HEAD, "note"),
    "correct": Row(reports.correct, HEAD, "reason"),
    "ask_again": Row(enquiries.ask_again, APPLICANT, "question"),
    "answer_again": Row(enquiries.answer_again, OFFICER, "answer"),
}

OTHERS = {
    "merge": merge,
    "decline": decline,
    "complain": complain,
    "forward": forward,
    "follow_up": follow_up,
    "survey": survey,
}
"""Steps that need more than one service, or none of the standard."""


def take(run: CaseRun, verb: str) -> None:
    """Take a step of a case: through its service, as its actor, with what the actor enters."""
    if verb in OTHERS:
        return OTHERS[verb](run)
    service, actor, entered = STEPS[verb]
    arguments = {entered: run.phrase(verb)} if isinstance(entered, str) else entered(run)
    if actor:
        arguments["by"] = attrgetter(actor)(run)
    if verb in OPENING:
        run.case = service(**arguments)
    else:
        service(run.case, **arguments)
    return None
