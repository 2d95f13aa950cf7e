"""Steps of a demo case: each verb of the standard, taken by the right person through the real services."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from consultations import corrections, services as cases
from consultations.enums import (
    Channel,
    ComplaintKind,
    Confidentiality,
    IdentityCheck,
    Kind,
    RequestedBy,
    State,
    Urgency,
)
from consultations.intake import duplicates, services as intake, sorting
from consultations.parties import Applicant
from consultations.scheduling import services as scheduling
from consultations.scheduling.models import Session
from consultations.scheduling.services import list_free_rooms
from dispositions import meetings, objections, relayed_orders, services as dispositions, transfers
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


def submit(run: CaseRun) -> None:
    details = _details(run)
    materials = [case_run.photo(details["subject"])] if run.has("file") else []
    visit_at = None if run.has("anonymous") else run.find_visit_time()
    run.case = intake.submit(materials=materials, visit_at=visit_at, **details)


def receive(run: CaseRun) -> None:
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
    run.case = intake.receive(
        by=run.staff.secretariat,
        channel=run.scenario.channel,
        at=clock.now() - dt.timedelta(minutes=50) if run.has("entered_late") else None,
        visit_at=run.find_visit_time(),
        **details,
    )


def walk_in(run: CaseRun) -> None:
    now = clock.now()
    run.case = dispositions.walk_in(
        by=run.staff.secretariat,
        division=run.team.division,
        officer=run.find_officer(now, now + dt.timedelta(minutes=75)),
        classification=run.topic.classification,
        visit_at=now,
        **_details(run),
    )


def register(run: CaseRun) -> None:
    confidentiality = Confidentiality.CONFIDENTIAL if run.has("confidential") else Confidentiality.NORMAL
    cases.register(
        run.case,
        by=run.staff.pkd,
        classification=run.topic.classification,
        urgency=run.rng.choices([*Urgency], weights=[6, 3, 1])[0],
        confidentiality=confidentiality,
        complained_about=run.team.officers[1] if run.has("official") else None,
        complaint_kind=ComplaintKind.NO_SUPERVISION if run.scenario.is_complaint else "",
    )


def split(run: CaseRun) -> None:
    """Split off a second matter, which stays without further steps."""
    second = {"subject": "Perbaikan data keluarga", "material": "Bagaimana memperbaiki nama yang keliru?"}
    sorting.split(run.case, by=run.staff.pkd, reason=run.phrase("split"), **second)


def merge(run: CaseRun) -> None:
    """Let the applicant send the same request again, and merge the older one into that one."""
    earlier = run.case
    details: dict[str, Any] = {
        name: getattr(earlier, name) for name in ("applicant_name", "organisation", "phone", "email")
    }
    details |= {"subject": earlier.subject, "material": f"{earlier.material}\n\nSaya kirim sekali lagi."}
    later = intake.submit(**details)
    duplicates.merge(earlier, by=run.staff.pkd, other=later, goes_on=later.code)


def name_official(run: CaseRun) -> None:
    reason = run.phrase("name_official")
    cases.name_official(run.case, by=run.staff.pkd, complained_about=run.team.officers[1], reason=reason)


def withdraw_for(run: CaseRun) -> None:
    reason = run.phrase("withdraw")
    how = {"requested_by": RequestedBy.TELEPHONE, "checked_with": "CALL"}
    intake.withdraw_for(run.case, by=run.staff.pkd, reason=reason, **how)


def correct_data(run: CaseRun) -> None:
    reason = "Menurut surat aslinya."
    name = f"{run.case.applicant_name}, S.Sos."
    corrections.correct_data(run.case, by=run.staff.pkd, applicant_name=name, reason=reason)


def renew_link(run: CaseRun) -> None:
    cases.renew_link(run.case, by=run.staff.secretariat, checked_with=IdentityCheck.IDENTITY_CARD)


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


def dispose(run: CaseRun) -> None:
    others = run.staff.other_teams(run.topic.division)
    run.disposed_to = others[0] if run.comes_next("hand_back") else run.team
    in_days = run.rng.randint(7, 12)
    dispositions.dispose(
        run.case,
        by=run.staff.head,
        division=run.disposed_to.division,
        instructions=run.rng.sample(run.staff.instructions, 2) + [MEETING] * run.has_step("call_meeting"),
        deadline=clock.today() + dt.timedelta(days=in_days) if run.has("deadline") else None,
        copies=[team.division for team in others[1:]] if run.has("copies") else [],
        note=run.phrase("dispose"),
    )


def assign(run: CaseRun) -> None:
    first, second = run.team.officers[:2]
    officer = second if run.number % 2 and run.case.complained_about != second else first
    if run.number % 9 == 4 and not REVIEWED & set(run.scenario.verbs) and not run.ends_with("report"):
        officer = run.team.head
    colleague = run.staff.other_teams(run.topic.division)[run.number % 3].officers[0]
    dispositions.assign(
        run.case,
        by=run.team.head,
        officer=officer,
        companions=[colleague] if run.has("companion") else [],
        preparation=run.phrase("assign"),
        needs_review=run.has("review"),
    )


def dispose_for(run: CaseRun) -> None:
    is_paper = run.has("paper")
    relayed_orders.dispose_for(
        run.case,
        by=run.staff.secretariat,
        given_by=run.staff.head,
        way=RelayedOrder.Way.PAPER if is_paper else RelayedOrder.Way.TELEPHONE,
        given_at=clock.now() - dt.timedelta(minutes=12),
        proof=case_run.photo("lembar disposisi") if is_paper else case_run.voice_note(),
        division=run.team.division,
        instructions=run.rng.sample(run.staff.instructions, 1),
        note=run.phrase("dispose"),
    )


def assign_for(run: CaseRun) -> None:
    relayed_orders.assign_for(
        run.case,
        by=run.staff.secretariat,
        given_by=run.team.head,
        way=RelayedOrder.Way.WORD,
        officer=run.team.officers[0],
        preparation=run.phrase("assign"),
    )


def reassign(run: CaseRun) -> None:
    start = run.planned_start or clock.now()
    officer = run.find_officer(start, start + dt.timedelta(hours=1))
    dispositions.reassign(run.case, by=run.team.head, officer=officer, reason=run.phrase("reassign"))


def _preparation(run: CaseRun) -> dict[str, Any]:
    return {
        "administration": "Daftar hadir, lembar konsultasi, salinan surat permohonan.",
        "materials": f"Ringkasan ketentuan mengenai {run.topic.subject}.",
        "equipment": run.rng.choice(["Laptop dan layar", "Proyektor", ""]),
        "review": texts.review_sections(run.case, run.topic) if run.case.needs_review else None,
    }


def prepare(run: CaseRun) -> None:
    dispositions.prepare(run.case, by=run.officer, **_preparation(run))


def amend(run: CaseRun) -> None:
    changed = {"equipment": "Ruang rapat, laptop, dan layar."}
    dispositions.amend(run.case, by=run.officer, **_preparation(run) | changed)


def ask_opinion(run: CaseRun) -> None:
    agency = AGENCIES[(run.number + run.case.opinions.count()) % len(AGENCIES)]
    in_days = 2 if run.has("late_answer") else run.rng.randint(7, 10)
    dispositions.ask_opinion(
        run.case,
        by=run.officer,
        agency=agency.name,
        question=run.phrase("ask_opinion"),
        due=clock.today() + dt.timedelta(days=in_days),
        phone=agency.phone,
        email=agency.email,
    )


def record_opinion(run: CaseRun) -> None:
    opinion = run.case.opinions.filter(recorded_at=None).earliest("pk")
    number, answer = run.new_letter_number(clock.today()), run.phrase("record_opinion")
    dispositions.record_opinion(
        run.case,
        by=run.officer,
        opinion=opinion,
        answer=answer,
        answered_on=clock.today(),
        letter_number=number,
        file=case_run.answer_letter(opinion.agency, number, answer) if run.number % 2 else None,
    )


def remind_agency(run: CaseRun) -> None:
    opinion = run.case.opinions.filter(recorded_at=None).earliest("pk")
    due = clock.today() + dt.timedelta(days=5)
    dispositions.remind_agency(run.case, by=run.officer, opinion=opinion, due=due)


def call_meeting(run: CaseRun) -> None:
    """Call a meeting about two working days ahead with two agencies, with the reason of the short notice."""
    guests = [AGENCIES[(run.number + offset) % len(AGENCIES)].name for offset in range(2)]
    meetings.call_meeting(
        run.case,
        by=run.officer,
        starts_at=run.find_time([], add_minutes(clock.now(), 900, run.work)),
        place="Ruang rapat Dinas",
        agenda=f"{run.topic.subject}\nPembagian tugas antarinstansi",
        invited="\n".join(["Kepala Bidang terkait", *guests]),
        short_notice_reason="Hasil rapat diperlukan sebelum batas waktu disposisi.",
    )


def record_minutes(run: CaseRun) -> None:
    meeting = run.case.meetings.latest("pk")
    people = [f"{run.officer}; Petugas", *(f"Perwakilan; ; {guest}" for guest in meeting.guests[1:])]
    meetings.record_minutes(
        run.case,
        by=run.officer,
        led_by=run.team.head,
        ended_at=min(clock.now(), meeting.starts_at + dt.timedelta(minutes=100)),
        attendees="\n".join(people),
        discussion=run.phrase("record_minutes"),
        conclusion="Data dipadankan bersama.\nDinas menyampaikan hasilnya kepada pemohon dalam konsultasi.",
    )


def schedule(run: CaseRun) -> None:
    scheduling.schedule(run.case, by=run.officer, **_meeting(run))


def reschedule(run: CaseRun) -> None:
    scheduling.reschedule(run.case, by=run.officer, reason=run.phrase("reschedule"), **_meeting(run))


def ask_time(run: CaseRun) -> None:
    """Ask for the same hour some days later."""
    later = run.find_time([run.officer], (run.planned_start or clock.now()) + dt.timedelta(days=2))
    while run.is_full(later):
        later = run.find_time([run.officer], later + HALF_HOUR)
    scheduling.ask_time(run.case, by=_applicant(run), starts_at=later, reason=run.phrase("ask_time"))


def _meeting(run: CaseRun) -> dict[str, Any]:
    starts_at, minutes = run.find_session_time([run.officer, *run.case.companions.all()])
    planned = Session(starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=minutes))
    rooms = list_free_rooms(planned)
    where: dict[str, Any] = {
        "mode": Session.Mode.ONLINE,
        "link": f"https://rapat.example.id/rembuk-{run.number}",
    }
    if run.has("phone"):
        where = {"mode": Session.Mode.PHONE}
    elif rooms and run.rng.randrange(3):
        where = {"room": rooms[run.number % len(rooms)]}
    return {"starts_at": starts_at, "minutes": minutes, **where}


def answer(run: CaseRun) -> None:
    text = f"{run.topic.result} {run.topic.solution}\n\n{run.topic.advice}"
    scheduling.answer(run.case, by=run.officer, answer=text, minutes=run.rng.choice([None, 40]))


def finish(run: CaseRun) -> None:
    people = [run.case.applicant_name, *(str(p) for p in [run.officer, *run.case.companions.all()])]
    scheduling.finish(
        run.case,
        by=run.officer,
        attendees="\n".join(people),
        finished_at=clock.now() - dt.timedelta(minutes=40) if run.has("entered_late") else None,
        overrun_reason="Pemohon membawa beberapa pertanyaan sekaligus.",
        note=run.phrase("finish"),
    )


def record_attendance(run: CaseRun) -> None:
    """Record the position and organisation of the applicant, and two photographs."""
    who = f"{run.case.applicant_name}; Pemohon; {run.case.organisation}"
    photos = [case_run.photo(f"{run.case.subject} ({number})") for number in (1, 2)]
    reports.record_attendance(run.case, by=run.officer, attendees=who, photos=photos)


def report(run: CaseRun) -> None:
    version = run.case.reports.count() + 1
    sections = texts.report_sections(run.case, run.topic, version)
    if "answer" in run.scenario.verbs:
        sections["activities"] = "Keterangan dikumpulkan dan ditelaah, lalu dijawab tertulis tanpa pertemuan."
    reports.report(run.case, by=run.officer, **sections)


def forward(run: CaseRun) -> None:
    """Forward the report, unless the head has served the case and it was forwarded past the head."""
    if run.case.state == State.REPORTED:
        reports.forward(run.case, by=run.disposed_to.head, note=run.phrase("forward"))


def follow_up(run: CaseRun) -> None:
    """Record the first open recommendation as done."""
    first_open = FollowUp.objects.filter(case=run.case, done_at=None).earliest("pk")
    record_follow_up(first_open, by=run.officer, outcome=run.phrase("follow_up"))


type Service = Callable[..., Any]


def _with_text(service: Service, actor: Callable[[CaseRun], Any], argument: str, verb: str) -> Service:
    """Return the step that calls a service with the actor, a phrase, and remarks on the report, if any."""

    def step(run: CaseRun) -> None:
        remarks = {"remarks": REMARKS[verb]} if verb in REMARKS else {}
        service(run.case, by=actor(run), **{argument: run.phrase(verb)}, **remarks)

    return step


def _applicant(run: CaseRun) -> Applicant:
    return Applicant(run.case.secret)


def decline(run: CaseRun) -> None:
    """Decline the request. A complaint is passed on."""
    reason = run.phrase("decline")
    if run.scenario.is_complaint:
        transfers.pass_on(run.case, by=_head(run), institution="Inspektorat Daerah", reason=reason)
    else:
        dispositions.decline(run.case, by=_head(run), reason=reason)


_tim_pkd, _head = attrgetter("staff.pkd"), attrgetter("staff.head")
_secretariat = attrgetter("staff.secretariat")
_division_head, _officer = attrgetter("disposed_to.head"), attrgetter("officer")

WITH_TEXT: Mapping[str, tuple[Service, Callable[[CaseRun], Any], str]] = {
    "send_back": (cases.send_back, _tim_pkd, "missing"),
    "complete": (intake.complete, _applicant, "note"),
    "lapse": (cases.lapse, _tim_pkd, "reason"),
    "withdraw": (intake.withdraw, _applicant, "reason"),
    "void": (cases.void, _tim_pkd, "reason"),
    "hand_back": (dispositions.hand_back, _division_head, "reason"),
    "keep_time": (scheduling.keep_time, _officer, "reason"),
    "undo_start": (scheduling.undo_start, _officer, "note"),
    "no_show": (scheduling.no_show, _officer, "note"),
    "revise": (reports.revise, _division_head, "reason"),
    "return": (reports.return_report, _head, "reason"),
    "accept": (reports.accept, _head, "note"),
    "correct": (reports.correct, _head, "reason"),
    "ratify": (relayed_orders.ratify, _head, "note"),
    "refuse_disposition": (relayed_orders.refuse_disposition, _head, "reason"),
    "ratify_assignment": (relayed_orders.ratify_assignment, _division_head, "note"),
    "refuse_assignment": (relayed_orders.refuse_assignment, _division_head, "reason"),
    "to_complaint": (sorting.to_complaint, _tim_pkd, "reason"),
    "to_consultation": (sorting.to_consultation, _tim_pkd, "reason"),
    "object": (objections.file_objection, _applicant, "reason"),
    "object_for": (objections.file_objection_for, _secretariat, "reason"),
    "decide_objection": (partial(objections.decide_objection, is_granted=False), _head, "decision"),
    "ask_again": (enquiries.ask_again, _applicant, "question"),
    "answer_again": (enquiries.answer_again, _officer, "answer"),
}
"""Steps that need nothing but a text: service, actor and name of the text's argument."""

STEPS: Mapping[str, Callable[[CaseRun], None]] = {
    **{verb: _with_text(*row, verb) for verb, row in WITH_TEXT.items()},
    **{
        step.__name__: step
        for step in (
            submit, receive, walk_in, register, name_official, dispose, dispose_for, decline, assign,
            assign_for, reassign, prepare, amend, ask_opinion, remind_agency, record_opinion,
            record_attendance, renew_link, correct_data, call_meeting, record_minutes,
            schedule, reschedule, ask_time, answer, finish, report, forward, follow_up,
            survey, withdraw_for, split, merge,
        )
    },
    "start": lambda run: scheduling.start(run.case, by=run.officer),
}  # fmt: skip
