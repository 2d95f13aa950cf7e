"""An office full of people, and cases brought to any state by the real services."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, partial
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db.models import F, Model
from django.test import Client
from django.utils import timezone

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.intake import services as intake_services
from consultations.intake.uploads import CheckedFile
from consultations.models import Case, StateTarget
from consultations.parties import Applicant
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.absences import record_absence
from consultations.scheduling.models import Absence, Session
from consultations.step_row import WAY_BACK
from dispositions import relayed_orders, services as dispositions_services, transfers
from dispositions.models import RelayedOrder, StaffReview
from documents import signing_desk
from documents.models import Document
from documents.models.document import LETTERS, UNSIGNED
from kit import clock
from kit.cache import caching_per_request
from kit.records import leave_entry
from notices.models import Message
from notices.services.delivery import deliver
from office.models import (
    Appointment,
    Division,
    Office,
    OpeningHours,
    Position,
    Requirement,
    Role,
    StandardComponent,
    StandardPublication,
    StandardStep,
    User,
)
from office.models.publication import STAGES
from office.worktime import WorkingTime
from reports import services as report_services
from reports.models.report import Item
from tests.sessions import log_in
from tests.world import repeat, unnoticed

type ClientOf = Callable[[User], Client]

PASSWORD = "sandi-untuk-uji-2026"


PATTERN = "{code}/{number}/{type}/{unit}/{year}"
"""The pattern of numbers of the office, which tells each kind of paper."""


def make_office() -> Office:
    """An office with its letterhead, working hours and targets."""
    hours = {"opens": dt.time(7, 30), "break_ends": dt.time(13)}
    friday = {"break_starts": dt.time(11, 30), "closes": dt.time(16, 30)}
    ordinary = {"break_starts": dt.time(12), "closes": dt.time(16)}
    opening_hours = OpeningHours.objects.bulk_create(
        OpeningHours(weekday=day, **hours, **(friday if day == 4 else ordinary)) for day in range(5)
    )
    states = (State.SUBMITTED, State.REGISTERED, State.DISPOSED, State.HELD)
    targets = StateTarget.objects.bulk_create(StateTarget(state=state, hours=8) for state in states)
    leave_entry(*opening_hours, *targets)
    identity = {"government": "Pemerintah Provinsi Contoh", "name": "Dinas Contoh", "unit_code": "DINCONTOH"}
    contact = {"address": "Jl. Contoh No. 1", "city": "Kotacontoh", "phone": "0717000000"}
    more = {"standard_number": "188.4/1/CONTOH/2026", "opened_at": clock.midnight(first_day())}
    return Office.objects.create(
        pk=1, **identity, **contact, **more, counts_letters=True, number_pattern=PATTERN
    )


def publish_standard() -> None:
    """Publish a standard with a decreed and another component, and a pledge that is signed."""
    add = partial(StandardComponent.objects.create, part=StandardComponent.Part.DELIVERY)
    add(number=1, title="Persyaratan")
    add(number=2, title="Sistem, Mekanisme, dan Prosedur")
    for number, text in ((1, "Materi"), (2, "Kontak")):
        Requirement.objects.create(number=number, text=text)
    for stage in STAGES:
        StandardStep.objects.create(number=stage, text=f"Langkah {stage} dalam SK", stage=stage)
    add(number=5, title="Produk Pelayanan", text="Laporan")
    add(number=7, title="Dasar Hukum", is_decreed=False, part=StandardComponent.Part.MANUFACTURING)
    StandardPublication.objects.create(
        pk=1,
        pledge_file=ContentFile(b"%PDF-1.4", "maklumat.pdf"),
        pledge_signer="Ani Uji, S.Sos.",
        pledge_title="Kepala Dinas Contoh",
        pledge_on=dt.date(2026, 1, 5),
    )


@cache
def password_hash() -> str:
    return make_password(PASSWORD)


def new_user(username: str, name: str = "") -> User:
    """Return a user that is not saved yet and has closed the introduction."""
    name = name or username.replace("_", " ").title()
    return User(username=username, name=name, password=password_hash(), introduced_at=clock.now())


def client_of(user: User) -> Client:
    """Return a client with a logged-in user."""
    client = Client()
    with unnoticed():
        log_in(client, user)
    return client


def make_user(username: str, name: str = "") -> User:
    user = new_user(username, name)
    user.save()
    return user


def first_day() -> dt.date:
    """Return the day on which positions begin unless another is given. Some tests set the clock to 2026."""
    return min(clock.today().replace(month=1, day=1) - dt.timedelta(days=365), dt.date(2025, 1, 1))


ORDER: dict[str, Any] = {"order_number": "800/7/SP/2026", "order_date": dt.date(2026, 1, 5)}
"""The order (Surat Perintah) of an acting holder."""


def position_title(role: Role, division: Division | None = None) -> str:
    return f"{role.label} {division}" if division else str(role.label)


def appoint(user: User, role: Role, division: Division | None = None, **more: Any) -> Appointment:
    """Let a user hold a position; it is created if the office does not have it."""
    title = position_title(role, division)
    position, _made = Position.objects.get_or_create(title=title, role=role, division=division)
    return Appointment.objects.create(user=user, position=position, **{"starts": first_day(), **more})


@dataclass
class Staff:
    """One person for each part in the standard, and the *other* ones of the permission matrix."""

    sekretariat: User
    pkd: User
    sekretaris: User
    kadis: User
    kabid: User
    other_kabid: User
    petugas: User
    other_petugas: User
    companion: User
    elsewhere: User
    admin: User
    expired: User
    pengawas: User

    @property
    def division(self) -> Division:
        return Division.objects.get(code="SOS")

    @property
    def other_division(self) -> Division:
        return Division.objects.get(code="DESA")


def make_staff() -> Staff:
    """Everybody of a small office; the cases of `case_at` belong to `kabid` and `petugas`.

    `other_petugas` is of the same division, `elsewhere` and `other_kabid` are of another one, `companion`
    comes from there too; `expired` was Kepala Dinas until yesterday; `admin` holds no position;
    `pengawas` (Inspektorat) reads the audit log and has the independent channel.
    """
    staff = Staff(**{field.name: new_user(field.name) for field in fields(Staff)})
    staff.admin.is_staff = staff.admin.is_superuser = True
    User.objects.bulk_create(vars(staff).values())
    names = {"SOS": "Rehabilitasi Sosial", "DESA": "Pemberdayaan Masyarakat Desa"}
    division, other = Division.objects.bulk_create(Division(name=names[code], code=code) for code in names)
    parts: list[tuple[Role, Division | None, list[User]]] = [
        (Role.SECRETARIAT, None, [staff.sekretariat]),
        (Role.TIM_PKD, None, [staff.pkd]),
        (Role.HEAD, None, [staff.kadis, staff.expired]),
        (Role.DIVISION_HEAD, division, [staff.kabid]),
        (Role.DIVISION_HEAD, other, [staff.other_kabid]),
        (Role.OFFICER, division, [staff.petugas, staff.other_petugas]),
        (Role.OFFICER, other, [staff.companion, staff.elsewhere]),
        (Role.SECRETARY, None, [staff.sekretaris]),
        (Role.SUPERVISOR, None, [staff.pengawas]),
    ]
    positions = Position.objects.bulk_create(
        Position(title=position_title(role, division), role=role, division=division)
        for role, division, _holders in parts
    )
    starts, yesterday = first_day(), clock.today() - dt.timedelta(days=1)
    Appointment.objects.bulk_create(
        Appointment(user=u, position=held, starts=starts, ends=yesterday if u is staff.expired else None)
        for held, (_role, _division, holders) in zip(positions, parts, strict=True)
        for u in holders
    )
    _sekretariat, _pkd, kadis, kabid, other_kabid, *_officers = positions
    stand_in = Position.stand_ins.through
    named = ((kadis, kabid), (kadis, other_kabid), (kabid, other_kabid), (other_kabid, kabid))
    stand_in.objects.bulk_create(stand_in(from_position=held, to_position=other) for held, other in named)
    leave_entry(*vars(staff).values(), division, other, *positions)
    return staff


DETAILS: dict[str, Any] = {
    "applicant_name": "Siti Contoh",
    "organisation": "Desa Contoh",
    "phone": "+6281234567890",
    "subject": "Penyaluran bantuan sosial",
    "material": "Bagaimana cara mengusulkan warga ke data penerima bantuan?",
}

CHECKLIST = {"administration": "Daftar hadir", "materials": "Pedoman"}

REVIEW = dict.fromkeys(StaffReview.PARTS, "Isi.")
"""The six parts of a staff review."""

SECTIONS: dict[str, Any] = {
    "activities": "Konsultasi tatap muka di ruang rapat.",
    "results": "Pemohon memahami alur pengusulan.",
    "items": [
        Item(Item.Kind.ADVICE, "Usulkan melalui musyawarah desa."),
        Item(Item.Kind.RECOMMENDATION, "Perbarui data setiap triwulan."),
    ],
}


WEEK = WorkingTime({weekday: OpeningHours() for weekday in range(5)}, {})


def working_moment(days: int = 1, hour: int = 9) -> dt.datetime:
    """The first time of day `hour` (WIB) at least `days` ahead on a weekday that is no holiday."""
    moment = timezone.localtime(clock.now()).replace(hour=hour, minute=0, second=0, microsecond=0)
    moment += dt.timedelta(days=days)
    while not WEEK.is_open(moment.date()):
        moment += dt.timedelta(days=1)
    return moment


def wished_moment(days: int = 5) -> dt.datetime:
    """Return 09.00 (WIB) on the working day `days` ahead. An applicant may wish any day from the fifth on.

    The targets of the tests' office take 24 working hours up to a schedule.
    """
    day = WEEK.add_days(clock.today(), days)
    assert day
    return dt.datetime.combine(day, dt.time(9), timezone.get_default_timezone())


def applicant(case: Case) -> Applicant:
    return Applicant(case.secret)


def afresh[Row: Model](row: Row) -> Row:
    """Return a record as the next request finds it."""
    return type(row)._default_manager.get(pk=row.pk)


def away(person: User, first: int = 1, last: int | None = None, by: User | None = None) -> Absence:
    """Let a person be on leave from one day to another, counted from today."""
    days = (first, (first if last is None else last) + 1)
    starts_at, ends_at = (clock.midnight(clock.today() + dt.timedelta(days=day)) for day in days)
    reason = Absence.Reason.LEAVE
    return record_absence(by=by or person, person=person, starts_at=starts_at, ends_at=ends_at, reason=reason)


def decline(case: Case, *, by: User, reason: str = "Bukan kewenangan dinas.") -> None:
    """Decline a case. A complaint says what is missing."""
    missing = "Bukti pembayaran." if case.kind == Kind.COMPLAINT else ""
    dispositions_services.decline(case, by=by, reason=reason, missing=missing, is_no_letter=True)


def pass_on(case: Case, *, by: User, institution: str = "Inspektorat Daerah") -> None:
    """Pass a complaint on to another institution."""
    transfers.pass_on(case, by=by, institution=institution, reason="Bukan kewenangan dinas.")


type Take = Callable[[Case, Staff], object]

WAY: dict[State, Take] = {
    State.REGISTERED: lambda c, s: consultations_services.register(c, by=s.pkd, classification="400.9"),
    State.DISPOSED: lambda c, s: dispositions_services.dispose(
        c, by=s.kadis, division=s.division, instructions=["Tindak Lanjuti"]
    ),
    State.ASSIGNED: lambda c, s: dispositions_services.assign(
        c, by=s.kabid, officer=s.petugas, companions=[s.companion]
    ),
    State.PREPARED: lambda c, s: dispositions_services.prepare(
        c, by=s.petugas, review=REVIEW if c.needs_review else None, **CHECKLIST
    ),
    State.SCHEDULED: lambda c, s: scheduling_services.schedule(
        c, by=s.petugas, starts_at=free_moment(s.petugas)
    ),
    State.IN_SESSION: lambda c, s: begin(c, s),
    State.HELD: lambda c, s: scheduling_services.finish(c, by=s.petugas, attendees="Siti Contoh"),
    State.REPORTED: lambda c, s: report_services.report(c, by=s.petugas, **SECTIONS),
    State.FORWARDED: lambda c, s: report_services.forward(c, by=s.kabid),
    State.CLOSED: lambda c, s: report_services.accept(c, by=s.kadis),
}
"""The main way of the standard: how a case enters each state."""

BEFORE = {state: before for before, state in pairwise((State.SUBMITTED, *WAY))}
"""The state before each of them."""


def past_secretary(take: Take) -> Take:
    """Take a step in an office with a Sekretaris, for a case that then waits there."""

    def taken(case: Case, staff: Staff) -> None:
        Office.objects.update(has_secretary=True)
        take(case, staff)
        Office.objects.update(has_secretary=False)

    return taken


ASIDE: dict[State, tuple[State, Take]] = {
    State.ENDORSING: (State.SUBMITTED, past_secretary(WAY[State.REGISTERED])),
    State.COSIGNING: (State.REPORTED, past_secretary(WAY[State.FORWARDED])),
    State.INCOMPLETE: (
        State.SUBMITTED,
        lambda c, s: consultations_services.send_back(
            c, by=s.pkd, missing="Lampirkan surat resmi.", is_no_letter=True
        ),
    ),
    State.DECLINED: (State.REGISTERED, lambda c, s: decline(c, by=s.kadis)),
    State.WITHDRAWN: (
        State.SUBMITTED,
        lambda c, s: intake_services.withdraw(c, by=applicant(c), reason="Sudah selesai di desa."),
    ),
}
"""The states beside the main way: from where and how."""


def free_moment(officer: User) -> dt.datetime:
    """Return the start of a half hour ahead. The officer has no session then."""
    return working_moment() + dt.timedelta(minutes=30) * officer.slots.count()


def come_due(case: Case) -> Case:
    """Let the planned time of a case come, as if somebody had waited for it; a walk-in has none."""
    now = clock.now()
    times = {"starts_at": now, "ends_at": now + dt.timedelta(minutes=30), "outside_hours": True}
    if Session.objects.filter(case=case, cancelled_at=None, starts_at__isnull=False).update(**times):
        Case.objects.filter(pk=case.pk).update(planned_at=now, due_at=now)
        case.planned_at = case.due_at = now
    return case


def begin(case: Case, staff: Staff) -> None:
    """Let the consultation begin, a minute ago."""
    scheduling_services.start(come_due(case), by=staff.petugas)
    take_a_minute(case)


def take_a_minute(case: Case) -> Case:
    """Let the running consultation of a case last a minute, under a clock that stands.

    In the first minute of a day it stays as it is: a consultation ends on the day on which it began.
    """
    minute = dt.timedelta(minutes=1)
    running = Session.objects.filter(case=case, finished_at=None, cancelled_at=None)
    running.filter(started_at__gte=clock.midnight(clock.today()) + minute).update(
        started_at=F("started_at") - minute
    )
    return case


def deliver_now() -> int:
    """Deliver what waits, as if the minutes had passed in which a step can be taken back."""
    now = clock.now()
    Message.objects.filter(due_at__gt=now, due_at__lte=now + WAY_BACK).update(due_at=now)
    return deliver()


def independent_case(**details: Any) -> Case:
    """Return a complaint about the head of the office, which the Pengawas examines."""
    about = {"kind": Kind.COMPLAINT, "complained_party": "Kepala Dinas", "is_independent": True}
    return intake_services.submit(**{**DETAILS, **about, **details})


def case_at(state: State, staff: Staff, **details: Any) -> Case:
    """A case in `state`, brought there by the real services; `details` are columns of the request."""

    def make() -> Case:
        if state == State.EXAMINING:
            return independent_case(**details)
        if state == State.SUBMITTED:
            return intake_services.submit(**{"visit_at": working_moment(3), **DETAILS, **details})
        source, take = ASIDE.get(state) or (BEFORE[state], WAY[state])
        case = case_at(source, staff, **details)
        with caching_per_request():
            take(case, staff)
        assert case.state == state
        return case

    return repeat_unless_varying((state, "case"), details, make)


def relayed_at(state: State, staff: Staff) -> Case:
    """A case in `state` whose disposition and assignment the secretariat entered, and nobody has answered."""
    return repeat((state, "relayed"), lambda: make_relayed_at(state, staff))


def make_relayed_at(state: State, staff: Staff) -> Case:
    case = case_at(State.REGISTERED, staff)
    by, telephone = staff.sekretariat, RelayedOrder.Way.TELEPHONE
    relayed_orders.dispose_for(case, by=by, given_by=staff.kadis, way=telephone, division=staff.division)
    if state != State.DISPOSED:
        relayed_orders.assign_for(case, by=by, given_by=staff.kabid, way=telephone, officer=staff.petugas)
    for reached in list(WAY)[list(WAY).index(State.PREPARED) :]:
        if case.state == state:
            break
        if reached == State.FORWARDED and state == State.COSIGNING:
            past_secretary(WAY[reached])(case, staff)
            break
        WAY[reached](case, staff)
    assert case.state == state
    return case


def repeat_unless_varying(
    step: tuple[object, ...], details: dict[str, Any], make: Callable[[], Case]
) -> Case:
    """Repeat `make`, unless an argument is a moment, a file or a row, which differs from test to test."""
    if all(isinstance(value, str | bool) for value in details.values()):
        return repeat((*step, *sorted(details.items())), make)
    return make()


def prepared_by(officer: User, staff: Staff, *companions: User) -> Case:
    """Return a case that its officer, without companions if none are named, can schedule."""
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=officer, companions=companions)
    dispositions_services.prepare(case, by=officer, administration="Daftar hadir", materials="Pedoman")
    return case


def walk_in(staff: Staff, **more: Any) -> Case:
    """Take in an urgent visitor for `petugas`; `more` replaces arguments of the service."""
    by, division, officer = staff.sekretariat, staff.division, staff.petugas
    sound = {"by": by, "division": division, "officer": officer, "classification": "400.9", **DETAILS}
    return dispositions_services.walk_in(**{**sound, **more})


def walk_in_at(state: State, staff: Staff, **details: Any) -> Case:
    """An urgent walk-in in `state` (ASSIGNED, or IN_SESSION and later)."""

    def make() -> Case:
        if state in ASIDE:
            source, leave = ASIDE[state]
            leave(case := walk_in_at(source, staff, **details), staff)
            return case
        case = walk_in(staff, **details)
        way = [s for s in WAY if s not in (State.REGISTERED, State.DISPOSED, State.PREPARED, State.SCHEDULED)]
        for reached in way[1:]:
            if case.state == state:
                break
            WAY[reached](case, staff)
        return case

    return repeat_unless_varying((state, "walk-in"), details, make)


def sign_papers(case: Case, staff: Staff, **which: Any) -> None:
    """Let the papers of a case be submitted, initialled, printed, signed by hand, and scanned."""
    holders = {Role.HEAD: staff.kadis, Role.SECRETARY: staff.sekretaris, Role.DIVISION_HEAD: staff.kabid}
    for paper in (
        Document.objects.in_force().filter(case=case, state__in=UNSIGNED, **which).order_by("issued_at")
    ):
        if paper.state == Document.State.DRAFT:
            signing_desk.submit(paper, by=paper.drafted_by, text=paper.text)
        while paper.state == Document.State.INITIALS:
            signing_desk.initial(paper, by=holders[Role(paper.turn)])
        scan = CheckedFile(
            signing_desk.print_original(paper, by=staff.sekretariat), "application/pdf", "surat.pdf"
        )
        signing_desk.record_scan(paper, by=staff.sekretariat, pages=[scan])


def give_orders(staff: Staff, signer: Role) -> None:
    """Let another official sign all kinds of letters in the name of the Kepala Dinas."""
    for kind in LETTERS:
        signing_desk.give_order(
            by=staff.kadis, kind=kind, signer=signer, number="800/1/CONTOH/2026", dated=clock.today()
        )
