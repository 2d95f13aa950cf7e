"""What the people of the demo do at each step: every verb of the standard, through the real services."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from consultations import services as consultations_services
from consultations.enums import Channel, ComplaintKind, Confidentiality, Kind, Urgency
from consultations.parties import Applicant
from dispositions import services as dispositions
from intake import services as intake_services
from office import clock
from reports import services as reports
from reports.follow_ups import record_follow_up
from reports.models import FollowUp
from scheduling import services as scheduling_services
from scheduling.models import Session

from . import papers
from .agencies import AGENCIES
from .applicants import applicant
from .scene import Scene
from .surveys import survey


def _details(scene: Scene) -> dict[str, Any]:
    details: dict[str, Any] = applicant(scene.number, scene.matter, scene.rng)
    if scene.plot.is_complaint:
        party = "Pegawai dinas" if "official" in scene.plot.also else "Pelaksana layanan setempat"
        identity = "CONFIDENTIAL" if "confidential" in scene.plot.also else "OPEN"
        details |= {"kind": Kind.COMPLAINT, "complained_party": party, "identity": identity}
    return details


def submit(scene: Scene) -> None:
    details = _details(scene)
    materials = papers.photo(details["subject"]) if "file" in scene.plot.also else None
    scene.case = intake_services.submit(materials=materials, visit_at=scene.wish(), **details)


def receive(scene: Scene) -> None:
    details = _details(scene)
    if scene.plot.channel == Channel.LETTER:
        sent = clock.today() - dt.timedelta(days=scene.rng.randint(1, 5))
        number = f"{scene.matter.classification}/{scene.rng.randint(11, 290)}/{sent.year}"
        details |= {"letter_number": number, "letter_date": sent}
        if "file" in scene.plot.also:
            details["letter"] = papers.letter(details, number)
    scene.case = intake_services.receive(
        by=scene.cast.sekretariat,
        channel=scene.plot.channel,
        at=clock.now() - dt.timedelta(minutes=50) if "entered_late" in scene.plot.also else None,
        visit_at=scene.wish(),
        **details,
    )


def walk_in(scene: Scene) -> None:
    now = clock.now()
    scene.case = dispositions.walk_in(
        by=scene.cast.sekretariat,
        division=scene.bureau.division,
        officer=scene.free_person(now, now + dt.timedelta(minutes=75)),
        classification=scene.matter.classification,
        visit_at=now,
        **_details(scene),
    )


def send_back(scene: Scene) -> None:
    consultations_services.send_back(scene.case, by=scene.cast.pkd, missing=scene.says("send_back"))


def complete(scene: Scene) -> None:
    intake_services.complete(scene.case, by=Applicant(scene.case.secret), note=scene.says("complete"))


def lapse(scene: Scene) -> None:
    consultations_services.lapse(scene.case, by=scene.cast.pkd, reason=scene.says("lapse"))


def withdraw(scene: Scene) -> None:
    intake_services.withdraw(scene.case, by=Applicant(scene.case.secret), reason=scene.says("withdraw"))


def register(scene: Scene) -> None:
    confidential = "confidential" in scene.plot.also
    urgency = scene.rng.choices([*Urgency], weights=[6, 3, 1])[0]
    consultations_services.register(
        scene.case,
        by=scene.cast.pkd,
        classification=scene.matter.classification,
        urgency=urgency,
        confidentiality=Confidentiality.CONFIDENTIAL if confidential else Confidentiality.NORMAL,
        complained_about=scene.bureau.officers[1] if "official" in scene.plot.also else None,
        complaint_kind=ComplaintKind.NO_SUPERVISION if scene.plot.is_complaint else "",
    )


def void(scene: Scene) -> None:
    consultations_services.void(scene.case, by=scene.cast.pkd, reason=scene.says("void"))


def name_official(scene: Scene) -> None:
    about, reason = scene.bureau.officers[1], scene.says("name_official")
    consultations_services.name_official(scene.case, by=scene.cast.pkd, complained_about=about, reason=reason)


def dispose(scene: Scene) -> None:
    others = scene.cast.others(scene.matter.division)
    scene.holder = others[0] if scene.comes_next("hand_back") else scene.bureau
    in_days = scene.rng.randint(7, 12)
    dispositions.dispose(
        scene.case,
        by=scene.cast.kadis,
        division=scene.holder.division,
        instructions=scene.rng.sample(scene.cast.instructions, 2),
        deadline=clock.today() + dt.timedelta(days=in_days) if "deadline" in scene.plot.also else None,
        copies=[bureau.division for bureau in others[1:]] if "copies" in scene.plot.also else [],
        note=scene.says("dispose"),
    )


def decline(scene: Scene) -> None:
    dispositions.decline(scene.case, by=scene.cast.kadis, reason=scene.says("decline"))


def hand_back(scene: Scene) -> None:
    dispositions.hand_back(scene.case, by=scene.holder.head, reason=scene.says("hand_back"))


def assign(scene: Scene) -> None:
    first, second = scene.bureau.officers
    officer = second if scene.number % 2 and scene.case.complained_about != second else first
    if scene.number % 9 == 4:
        officer = scene.bureau.head
    colleague = scene.cast.others(scene.matter.division)[scene.number % 3].officers[0]
    dispositions.assign(
        scene.case,
        by=scene.bureau.head,
        officer=officer,
        companions=[colleague] if "companion" in scene.plot.also else [],
        preparation=scene.says("assign"),
        needs_review="review" in scene.plot.also,
    )


def reassign(scene: Scene) -> None:
    session = scene.case.session
    start = session.starts_at if session and session.starts_at else clock.now()
    dispositions.reassign(
        scene.case,
        by=scene.bureau.head,
        officer=scene.free_person(start, start + dt.timedelta(hours=1)),
        reason=scene.says("reassign"),
    )


def prepare(scene: Scene) -> None:
    review = papers.review_sections(scene.case, scene.matter) if scene.case.needs_review else None
    dispositions.prepare(
        scene.case,
        by=scene.officer,
        administration="Daftar hadir, lembar konsultasi, salinan surat permohonan.",
        materials=f"Ringkasan ketentuan mengenai {scene.matter.subject}.",
        equipment=scene.rng.choice(["Laptop dan layar", "Proyektor", ""]),
        review=review,
    )


def ask_opinion(scene: Scene) -> None:
    agency = AGENCIES[(scene.number + scene.case.opinions.count()) % len(AGENCIES)]
    in_days = 2 if "late_answer" in scene.plot.also else scene.rng.randint(7, 10)
    dispositions.ask_opinion(
        scene.case,
        by=scene.officer,
        agency=agency.name,
        question=scene.says("ask_opinion"),
        due=clock.today() + dt.timedelta(days=in_days),
        phone=agency.phone,
        email=agency.email,
    )


def record_opinion(scene: Scene) -> None:
    opinion = scene.case.opinions.filter(recorded_at=None).earliest("pk")
    number = f"{scene.matter.classification}/{scene.rng.randint(11, 290)}/{clock.today().year}"
    answer = scene.says("record_opinion")
    dispositions.record_opinion(
        scene.case,
        by=scene.officer,
        opinion=opinion,
        answer=answer,
        answered_on=clock.today(),
        letter_number=number,
        file=papers.answer(opinion.agency, number, answer) if scene.number % 2 else None,
    )


def schedule(scene: Scene) -> None:
    scheduling_services.schedule(scene.case, by=scene.officer, **_meeting(scene))


def reschedule(scene: Scene) -> None:
    scheduling_services.reschedule(
        scene.case, by=scene.officer, reason=scene.says("reschedule"), **_meeting(scene)
    )


def ask_time(scene: Scene) -> None:
    """The same hour, some days later than it was scheduled."""
    planned = scene.case.session.starts_at if scene.case.session else None
    later = scene.free_time([scene.officer], (planned or clock.now()) + dt.timedelta(days=2))
    by = Applicant(scene.case.secret)
    scheduling_services.ask_time(scene.case, by=by, starts_at=later, reason=scene.says("ask_time"))


def keep_time(scene: Scene) -> None:
    scheduling_services.keep_time(scene.case, by=scene.officer, reason=scene.says("keep_time"))


def _meeting(scene: Scene) -> dict[str, Any]:
    starts_at, minutes = scene.time_for([scene.officer, *scene.case.companions.all()])
    where: dict[str, Any] = scene.rng.choice(
        [
            {"mode": Session.Mode.OFFICE, "place": "Ruang Konsultasi Lantai 1"},
            {"mode": Session.Mode.OFFICE, "place": "Ruang Rapat Bidang"},
            {"mode": Session.Mode.ONLINE, "link": f"https://rapat.example.id/rembuk-{scene.number}"},
        ]
    )
    return {"starts_at": starts_at, "minutes": minutes, **where}


def start(scene: Scene) -> None:
    scheduling_services.start(scene.case, by=scene.officer)


def finish(scene: Scene) -> None:
    people = [scene.case.applicant_name, *(str(p) for p in [scene.officer, *scene.case.companions.all()])]
    scheduling_services.finish(
        scene.case,
        by=scene.officer,
        attendees="\n".join(people),
        minutes=25 if "entered_late" in scene.plot.also else None,
        note=scene.says("finish"),
    )


def no_show(scene: Scene) -> None:
    scheduling_services.no_show(scene.case, by=scene.officer, note=scene.says("no_show"))


def report(scene: Scene) -> None:
    version = scene.case.reports.count() + 1
    sections = papers.report_sections(scene.case, scene.matter, version)
    reports.report(scene.case, by=scene.officer, **sections)


def revise(scene: Scene) -> None:
    considered, recommended = "Sebutkan dasar hukum setiap pertimbangan.", "Tulis siapa dan sampai kapan."
    remarks = {"considerations": considered, "recommendations": recommended}
    reports.revise(scene.case, by=scene.bureau.head, reason=scene.says("revise"), remarks=remarks)


def forward(scene: Scene) -> None:
    reports.forward(scene.case, by=scene.bureau.head, note=scene.says("forward"))


def return_report(scene: Scene) -> None:
    remarks, reason = {"conclusion": "Simpulkan juga kesediaan pemohon."}, scene.says("return")
    reports.return_report(scene.case, by=scene.cast.kadis, reason=reason, remarks=remarks)


def accept(scene: Scene) -> None:
    reports.accept(scene.case, by=scene.cast.kadis, note=scene.says("accept"))


def correct(scene: Scene) -> None:
    reports.correct(scene.case, by=scene.cast.kadis, reason=scene.says("correct"))


def follow_up(scene: Scene) -> None:
    """What comes after the standard's last step: the first open recommendation is done."""
    open_one = FollowUp.objects.filter(case=scene.case, done_at=None).earliest("pk")
    record_follow_up(open_one, by=scene.officer, outcome=scene.says("follow_up"))


def ratify(scene: Scene) -> None:
    dispositions.ratify(scene.case, by=scene.cast.kadis, note=scene.says("ratify"))


ACTS: Mapping[str, Callable[[Scene], None]] = {
    act.__name__: act
    for act in (
        submit, receive, walk_in, send_back, complete, withdraw, lapse, register, void, name_official,
        dispose, decline, hand_back, assign, reassign, prepare, ask_opinion, record_opinion, schedule,
        reschedule, ask_time, keep_time, start, finish, no_show, report, revise, forward, accept, correct,
        follow_up, ratify, survey,
    )
} | {"return": return_report}  # fmt: skip
