"""The life of one case, step by step as the table says, as the records that the services would leave."""

import datetime as dt
import random
from collections import defaultdict
from typing import Any

from bench import texts
from bench.calendar import Calendar
from bench.people import Bureau, Holder, Staff
from bench.plan import DAY, Plan, working
from bench.records import ASSIGNED_COMPANION, COMPANION, COPY, Records
from bench.requests import requested, words_of
from consultations.deadlines import due_at
from consultations.enums import Channel, Confidentiality, Party, State, Urgency
from consultations.models import AgendaEntry, Event
from consultations.workflow import STEPS
from dispositions.models import Assignment, Disposition, Preparation, StaffReview
from office.models import Office, User
from reports.items import Item
from reports.models import Report
from scheduling.models import Session, Slot

HOUR = dt.timedelta(hours=1)
INSTRUCTIONS = ("Tindak Lanjuti", "Tanggapan dan Saran", "Proses Lebih Lanjut", "Koordinasi/Konfirmasi")
MAIN_WAY = [*State][: [*State].index(State.CLOSED) + 1]


class Lives:
    """Lives one case after the other, in an office where people and half hours are scarce."""

    def __init__(self, rng: random.Random, staff: Staff, records: Records, *, until: dt.datetime) -> None:
        self.rng, self.staff, self.records, self.until = rng, staff, records, until
        self.calendar = Calendar()
        self.in_session: set[int] = set()
        self.reports: dict[int, int] = defaultdict(int)
        self.office = Office.load()

    def live(self, plan: Plan) -> None:
        """Make all records of one case."""
        Life(self, plan).live()


class Life:
    """One case, from its submission to where its plan says that it stands today."""

    def __init__(self, lives: Lives, plan: Plan) -> None:
        self.all, self.plan, self.rng, self.add = lives, plan, lives.rng, lives.records.add
        self.now = plan.submitted
        self.case = requested(lives.records, self.rng, plan)
        self.bureau: Bureau = self.rng.choices(lives.staff.bureaus, [4, 2, 2, 3])[0]
        self.officer: Holder = self.rng.choice(self.bureau.officers)
        self.companions: list[User] = []
        self.entry: AgendaEntry
        self.session: Session
        self.session_at: dt.datetime

    def live(self) -> None:
        self.begin()
        if self.plan.state == State.DECLINED:
            self.pass_time(0.5)
            self.take(
                "decline",
                self.all.staff.head,
                note=self.end("Bukan kewenangan dinas; silakan ke dinas kabupaten."),
            )
        elif self.plan.state == State.WITHDRAWN:
            self.pass_time(1)
            self.take("withdraw", None, note=self.end("Persoalannya sudah selesai di tingkat desa."))
        elif self.plan.state in MAIN_WAY:
            self.follow_main_way()
        case = self.case
        if case.due_at is None:
            case.due_at = due_at(case, case.state, since=case.since) if case.is_open else None
        self.all.records.words += words_of(case, self.plan)

    def end(self, reason: str) -> str:
        self.case.end_reason = reason
        return reason

    def follow_main_way(self) -> None:
        for state, do in (
            (State.DISPOSED, self.dispose),
            (State.ASSIGNED, self.assign),
            (State.PREPARED, self.prepare),
            (State.SCHEDULED, self.schedule),
            (State.IN_SESSION, self.start),
            (State.HELD, self.finish),
            (State.REPORTED, self.report),
            (State.FORWARDED, self.forward),
            (State.CLOSED, self.accept),
        ):
            if MAIN_WAY.index(state) > MAIN_WAY.index(self.plan.state):
                return
            if MAIN_WAY.index(State(self.case.state)) < MAIN_WAY.index(state):
                do()

    # Time and history

    def pass_time(self, most: float) -> None:
        """Let some working time pass: at most `most` days, and not beyond today."""
        self.now = min(working(self.now + self.rng.uniform(0.1, 1) * most * DAY), self.all.until)

    def take(self, verb: str, by: Holder | None, note: str = "") -> None:
        """Move the case along a row of the table and log it, as `transition()` does."""
        case, source = self.case, State(self.case.state) if self.case.state else None
        step = STEPS[verb, source]
        if source is not None:
            case.version += 1
        if step.target != source:
            case.state, case.since = step.target, self.now
        self.add(
            Event,
            case_id=case.pk,
            number=step.number,
            verb=verb,
            by_id=by.user.pk if by else None,
            title=by.title if by else str(Party.APPLICANT.label),
            source=source or "",
            target=step.target,
            happened_at=self.now,
            entered_at=self.now,
            note=note,
        )

    # Steps 1, 2 and 8

    def begin(self) -> None:
        staff, plan = self.all.staff, self.plan
        if plan.is_walk_in:
            return self.walk_in()
        if plan.channel == Channel.ONLINE:
            self.take("submit", None)
        else:
            self.take("receive", staff.secretariat)
        if plan.sent_back:
            end = plan.registered[0] if plan.registered else self.all.until
            third = min((end - plan.submitted) / 3, 6 * HOUR)
            self.now += third
            self.case.missing = "Lampirkan surat permohonan resmi yang ditandatangani kepala desa."
            self.take("send_back", staff.pkd, note=self.case.missing)
            if plan.state == State.INCOMPLETE:
                return None
            self.now += third
            self.case.missing = ""
            self.take("complete", None)
        for moment, number in zip(plan.registered, plan.numbers, strict=True):
            if self.case.agenda_id:
                self.void(at=max(self.now, moment - 0.1 * HOUR))
            self.now = moment
            self.enter(number)
            self.take("register", staff.pkd)
        return None

    def enter(self, number: tuple[int, int]) -> None:
        self.case.agenda = self.entry = self.add(
            AgendaEntry, year=number[0], number=number[1], registered_at=self.now
        )
        self.case.classification = self.rng.choice(["400.9", "400.10", "463", "465"])
        if not self.plan.is_walk_in:
            self.case.urgency = self.rng.choices([*Urgency], [80, 15, 5])[0]
            self.case.confidentiality = self.rng.choices([*Confidentiality], [90, 5, 4, 1])[0]

    def void(self, at: dt.datetime) -> None:
        entry, pkd, self.now = self.entry, self.all.staff.pkd, at
        entry.voided_case_id, entry.voided_by, entry.voided_at = self.case.pk, pkd.user, self.now
        entry.void_reason = "Salah memasukkan perihal."
        self.case.agenda = None
        self.take("void", pkd, note=entry.void_reason)

    def walk_in(self) -> None:
        case, secretariat = self.case, self.all.staff.secretariat
        case.urgency, case.awaits_ratification = Urgency.VERY_URGENT, True
        case.division, case.officer = self.bureau.division, self.officer.user
        self.enter(self.plan.numbers[0])
        self.take("walk_in", secretariat)
        self.disposition = self.add(
            Disposition,
            case_id=case.pk,
            by=secretariat.user,
            title=secretariat.title,
            at=self.now,
            division=self.bureau.division,
            note="Datang langsung karena mendesak.",
        )

    # Steps 3 and 4

    def dispose(self) -> None:
        case, head, rng = self.case, self.all.staff.head, self.rng
        self.pass_time(0.8)
        case.division = self.bureau.division
        case.deadline = (self.now + 14 * DAY).date() if rng.random() < 0.5 else None
        others = [b.division for b in self.all.staff.bureaus if b is not self.bureau]
        copies = [rng.choice(others)] if rng.random() < 0.15 else []
        for division in copies:
            self.add(COPY, case_id=case.pk, division_id=division.pk)
        self.add(
            Disposition,
            case_id=case.pk,
            by=head.user,
            title=head.title,
            at=self.now,
            division=case.division,
            instructions=[rng.choice(INSTRUCTIONS)],
            deadline=case.deadline,
            copies=[division.name for division in copies],
            note=texts.text(rng, 0, 1),
        )
        self.take("dispose", head)

    def assign(self) -> None:
        case, by, rng = self.case, self.bureau.head, self.rng
        self.pass_time(1.2)
        case.officer = self.officer.user
        case.needs_review = rng.random() < 0.1
        if rng.random() < 0.6:
            self.companions = [rng.choice([h for h in self.bureau.officers if h is not self.officer]).user]
        assignment = self.add(
            Assignment,
            case_id=case.pk,
            by=by.user,
            title=by.title,
            at=self.now,
            officer=case.officer,
            preparation=texts.text(rng, 1, 2),
        )
        for user in self.companions:
            self.add(COMPANION, case_id=case.pk, user_id=user.pk)
            self.add(ASSIGNED_COMPANION, assignment_id=assignment.pk, user_id=user.pk)
        self.take("assign", by)

    # Steps 5 to 7

    def prepare(self) -> None:
        case, rng = self.case, self.rng
        if self.plan.is_walk_in:
            return
        self.pass_time(2)
        about: dict[str, Any] = {"case_id": case.pk, "by": self.officer.user, "at": self.now}
        self.add(
            Preparation,
            **about,
            administration="Daftar hadir, surat permohonan, lembar disposisi, dan formulir laporan.",
            materials=texts.text(rng, 1, 3),
            equipment="Ruang rapat, laptop, proyektor, dan jaringan internet.",
        )
        if case.needs_review:
            parts = ("problem", "assumptions", "facts", "analysis", "conclusion", "advice")
            self.add(
                StaffReview,
                **about,
                title=self.officer.title,
                **{part: texts.text(rng, 1, 4) for part in parts},
            )
        self.take("prepare", self.officer)

    def schedule(self) -> None:
        if self.plan.is_walk_in:
            return
        self.pass_time(0.3)
        self.plan_session()
        self.take("schedule", self.officer)
        if self.rng.random() < 0.08 and self.session_at + 2 * DAY < self.all.until:
            if self.rng.random() < 0.3:
                self.now = self.session_at + 0.5 * HOUR
                self.cancel("Pemohon tidak hadir")
                self.take("no_show", self.officer)
                self.plan_session()
                self.take("schedule", self.officer)
            else:
                self.cancel("Pemohon meminta waktu lain.")
                self.plan_session()
                self.take("reschedule", self.officer, note="Pemohon meminta waktu lain.")

    def plan_session(self) -> None:
        """Take the half hours after a day or more; after today for what is still ahead."""
        rng, people = self.rng, [self.officer.user, *self.companions]
        after = self.now + rng.uniform(1, 4) * DAY
        if self.plan.state == State.SCHEDULED:
            after = self.all.until + rng.uniform(0.1, 10) * DAY
        starts_at = self.all.calendar.take(people, after)
        mode = rng.choices([*Session.Mode], [80, 15, 5])[0]
        online = mode == Session.Mode.ONLINE
        self.session = session = self.add(
            Session,
            case_id=self.case.pk,
            officer=self.officer.user,
            starts_at=starts_at,
            ends_at=starts_at + 0.5 * HOUR,
            mode=mode,
            place="" if online else "Ruang Konsultasi Dinas",
            link=f"https://rapat.contoh.invalid/{rng.randint(10_000, 99_999)}" if online else "",
        )
        day, half = self.all.calendar.half_hour(starts_at)
        self.slots = [
            self.add(Slot, session_id=session.pk, user_id=user.pk, day=day, half_hour=half) for user in people
        ]
        self.session_at = self.case.due_at = starts_at

    def cancel(self, reason: str) -> None:
        """Off the calendar, and its half hours are free again."""
        rows = self.all.records.rows[Slot]
        del rows[-len(self.slots) :]
        self.all.calendar.give_back([self.officer.user, *self.companions], self.session_at)
        self.session.cancelled_at, self.session.cancel_reason = self.now, reason

    def start(self) -> None:
        case, officer = self.case, self.officer.user
        if self.plan.state == State.IN_SESSION:
            if officer.pk in self.all.in_session:
                return
            self.all.in_session.add(officer.pk)
        case.due_at = None
        if self.plan.is_walk_in:
            self.now = min(self.now + 0.2 * HOUR, self.all.until)
            self.session = self.add(Session, case_id=case.pk, officer=officer, started_at=self.now)
        else:
            late = dt.timedelta(minutes=self.rng.randint(0, 10))
            self.now = min(self.session_at + late, self.all.until)
            self.session.started_at = self.now
        self.take("start", self.officer)

    def finish(self) -> None:
        session = self.session
        self.now = min(self.now + dt.timedelta(minutes=self.rng.randint(12, 45)), self.all.until)
        session.finished_at = self.now
        session.attendees = f"{self.case.applicant_name}\n{self.officer.user.name}"
        self.take("finish", self.officer)

    # Step 9

    def report(self) -> None:
        self.write_report(1)
        if self.rng.random() < 0.08:
            self.pass_time(0.5)
            self.take("revise", self.bureau.head, note="Lengkapi dasar hukum dan saran tindak lanjutnya.")
            self.write_report(2)

    def write_report(self, version: int) -> None:
        rng = self.rng
        self.pass_time(2)
        self.written: Report = self.add(
            Report,
            case_id=self.case.pk,
            version=version,
            by=self.officer.user,
            title=self.officer.title,
            at=self.now,
            general=texts.text(rng, 1, 3),
            purpose=texts.text(rng, 1, 2),
            basis=texts.text(rng, 1, 2),
            activities=texts.text(rng, 2, 5),
            results=texts.text(rng, 3, 8),
            conclusion=texts.text(rng, 1, 3),
            items=[Item(kind, texts.text(rng, 1, 2)).to_json() for kind in Item.Kind],
            closing=texts.text(rng, 1, 1),
        )
        self.take("report", self.officer)

    def forward(self) -> None:
        self.pass_time(1)
        self.written.forwarded_by, self.written.forwarded_at = self.bureau.head.user, self.now
        self.take("forward", self.bureau.head)

    def accept(self) -> None:
        case, head = self.case, self.all.staff.head
        self.pass_time(1.5)
        if case.awaits_ratification:
            self.disposition.ratified_by, self.disposition.ratified_at = head.user, self.now
            self.disposition.ratified_title = head.title
            case.awaits_ratification = False
        year = working(self.now).year
        self.all.reports[year] += 1
        office = self.all.office
        number = f"{office.report_classification}/{self.all.reports[year]}/{office.unit_code}/{year}"
        self.written.accepted_by, self.written.accepted_at = head.user, self.now
        self.written.accepted_title, self.written.number = head.title, number
        case.report_number, case.closed_at, case.first_closed_at = number, self.now, self.now
        self.take("accept", head)
