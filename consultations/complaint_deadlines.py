"""What the days of a complaint ask of the office: how many are left, and whom one turns to as they run out.

The stages and their days: PermenPANRB 62/2018, or what the office has entered (`ComplaintTarget`).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.complainant_identity import MAY_LOOK
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, Kind, Party, State
from consultations.models import Case, ComplaintTarget
from consultations.models.targets import REGULATION
from consultations.parties import parties
from consultations.workflow import TURN
from office import clock
from office.models import Appointment, Role, User
from office.models.people import AppointmentQuerySet
from office.worktime import WorkingTime

SOON = 2
"""From how many working days before a day on it is brought to mind."""

HEADS_TURN = [state for state, step in TURN.items() if step.actor == Party.HEAD]

WHEN_LATE: dict[Party, Promise] = {
    Party.OFFICER: gettext_lazy("Sampaikan sebab keterlambatan kepada Kepala Bidang."),
    Party.DIVISION_HEAD: gettext_lazy("Sampaikan sebab keterlambatan kepada Kepala Dinas."),
    Party.TIM_PKD: gettext_lazy("Sampaikan keterlambatan ini kepada Kepala Dinas dan beri tahu pelapor."),
    Party.HEAD: gettext_lazy(
        "Tentukan siapa yang menyelesaikannya sekarang. Bila tidak dapat diselesaikan di dinas, "
        "mintalah bantuan Inspektorat Daerah."
    ),
}
"""What each party does once a day has passed: one level up, from the Kepala Dinas to the Inspektorat."""


@dataclass(frozen=True)
class Hint:
    """What to do about a complaint now, in sentences, and which day of it has passed or is near, if any."""

    text: str
    is_late: bool
    day: dt.date | None = None


def complaint_days() -> dict[str, int]:
    """The working days of every stage: those of the regulation, but for what the office has entered."""
    return {**REGULATION, **dict(ComplaintTarget.objects.values_list("stage", "days"))}


def count_down(cases: Iterable[Case]) -> None:
    """Tell each open complaint how many working days are left to answer it: `Case.days_left`."""
    running = [(case, case.answer_due) for case in cases if case.answer_due and case.is_open]
    working, today = WorkingTime.load() if running else None, clock.today()
    for case, day in running:
        case.days_left = working.days_until(day, today=today) if working else None


def list_hints(user: User, cases: Sequence[Case], working: WorkingTime) -> list[list[Hint]]:
    """For each case what the user should do about it, as its days have passed or soon will.

    Soon is within two working days. Nothing for who does not handle the case.
    """
    mine = [_handling(user, case) for case in cases]
    if not any(mine):
        return [[] for _case in cases]
    heads = set(list_heads().values_list("user_id", flat=True))
    return [
        [*_without_head(case, heads), *_hints(case, held, working)] if held else []
        for case, held in zip(cases, mine, strict=True)
    ]


def _handling(user: User, case: Case) -> list[Party]:
    """As which parties the user handles a complaint; none for a consultation."""
    if case.kind != Kind.COMPLAINT:
        return []
    held = parties(user, case)
    return [party for party in MAY_LOOK if party in held]


def _hints(case: Case, mine: Sequence[Party], working: WorkingTime) -> Iterator[Hint]:
    for label, day in _days_of(case):
        left = working.days_until(day, today=clock.today())
        if day < clock.today():
            yield Hint(f"{_passed(label, day)} {WHEN_LATE[mine[0]]}", is_late=True, day=day)
        elif left <= SOON:
            yield Hint(f"{_near(label, day, left)} {_who_goes_on(case, mine)}", is_late=False, day=day)


def _days_of(case: Case) -> list[tuple[str, dt.date]]:
    days = []
    if case.state in BEFORE_FOLLOW_UP and case.follow_up_due:
        days.append((_("Tindak lanjut pertama"), case.follow_up_due))
    if case.state in ANSWERING and case.answer_due:
        days.append((_("Penyelesaian pengaduan"), case.answer_due))
    return days


def _passed(label: str, day: dt.date) -> str:
    return _("%(what)s sudah lewat batas waktu %(day)s.") % {"what": label, "day": date_format(day)}


def _near(label: str, day: dt.date, left: int) -> str:
    if left <= 0:
        return _("%(what)s paling lambat hari ini.") % {"what": label}
    return _("%(what)s paling lambat %(day)s, %(left)s hari kerja lagi.") % {
        "what": label,
        "day": date_format(day),
        "left": left,
    }


def _who_goes_on(case: Case, mine: Sequence[Party]) -> str:
    step = TURN[State(case.state)]
    if step.actor in mine:
        return _("Giliran Anda: %(step)s.") % {"step": step.title}
    return _("Ingatkan %(who)s, yang sekarang mendapat giliran.") % {"who": step.actor.label}


def list_heads() -> AppointmentQuerySet:
    """Who is Kepala Dinas today, also in an acting way."""
    return Appointment.objects.current().filter(position__role=Role.HEAD)


def _without_head(case: Case, heads: set[int]) -> Iterator[Hint]:
    """Where the head has the turn, and who is complained about is the only head: the case would lie still."""
    step = TURN.get(State(case.state))
    if step and step.actor == Party.HEAD and heads == {case.complained_about_id}:
        text = _(
            "Pengaduan ini mengenai Kepala Dinas, yang karena itu tidak melihatnya. Mintalah administrator "
            "menunjuk Plh. Kepala Dinas, dan sampaikan pengaduan ini kepada Inspektorat Daerah."
        )
        yield Hint(text, is_late=True)


def may_turn_elsewhere(case: Case) -> bool:
    """Whether the office has let a day of the complaint pass, so that its applicant may go further.

    To SP4N-LAPOR! (lapor.go.id, SMS 1708) or the Ombudsman (UU 25/2009). Nobody needs to wait for it.
    """
    if case.kind != Kind.COMPLAINT:
        return False
    unread = case.state == State.SUBMITTED and case.is_late
    return unread or any(day < clock.today() for _label, day in _days_of(case))
