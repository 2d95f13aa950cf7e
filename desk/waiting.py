"""What waits for a user: found with one query, sorted by urgency, shown in rows with the next steps."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from consultations.complaints import Hint
from consultations.deadlines import END_OF_DAY
from consultations.enums import Identity, Kind, State, Urgency
from consultations.models import Case, Involvement, WorkItem
from consultations.models.case import NOT_IN_ROWS
from consultations.models.case_constraints import MOST_URGENT_FIRST
from consultations.parties import Actor, parties
from consultations.returns import Return, list_returns, name_again
from consultations.scheduling.whose_work import waits_for
from consultations.step_row import earliest_start
from consultations.work import MAIN, list_duties
from consultations.workflow import STEPS, STEPS_FROM, VERBS, Step, list_open_steps, put_in_words
from kit import clock
from kit.pagination import PAGE_SIZE
from notices.models import Notice
from office.models import Appointment, Role, User

MAX_WAITING = 100
"""Cases that are read and counted. If so many wait, there may be more."""

BULK_VERBS = ("ratify", "endorse", "dispose")
"""Steps that can be taken on several cases at once."""

SESSION_SOON = dt.timedelta(minutes=30)
"""A session is urgent from this long before its planned start until this long after it."""

MARKED_SOON = dt.timedelta(hours=2)
"""A case marked Segera or Sangat Segera is urgent from this long before its deadline."""

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


class Section(TextChoices):
    """Section of the desk, in the order of the page."""

    URGENT = "urgent", gettext_lazy("Mendesak sekarang")
    LATE = "late", gettext_lazy("Terlambat")
    TODAY = "today", gettext_lazy("Hari ini")
    NEXT = "next", gettext_lazy("Berikutnya")

    @property
    def tone(self) -> str:
        """Value of `data-urgency` in the style sheet."""
        return "now" if self is Section.URGENT else str(self)

    @property
    def icon(self) -> str:
        return {"urgent": "bolt", "late": "alert", "today": "clock", "next": "calendar"}[self]


RANK = {section: rank for rank, section in enumerate(Section)}


class Words(NamedTuple):
    """The distance of a case in words (`due`), and the moment that it counts from (`detail`)."""

    due: str
    detail: str


@dataclass(frozen=True)
class Place:
    """The section of a case. Rows of a section are sorted by `at`, the earliest first.

    `words` is a function because 100 cases are sorted and only 25 of them shown.
    """

    section: Section
    at: dt.datetime
    words: Callable[[], Words]


def get_place(item: WorkItem, now: dt.datetime) -> Place:
    """Return the place of an item on the desk of the user for whom it waits."""
    zone, case, due = timezone.get_current_timezone(), item.case, item.due_at
    since, today = timezone.localtime(item.since, zone), timezone.localdate(now, zone)
    if item.kind in BESIDE:
        last = since + 365 * DAY if item.kind == "ratify" else since
        return Place(Section.TODAY, last, lambda: Words(str(BESIDE[item.kind]), _since(since)))
    if since.date() == today and case.is_walk_in and case.state == State.ASSIGNED:
        return Place(Section.URGENT, since, lambda: _waits(since, now))
    if case.state == State.IN_SESSION:
        words = _lasts if since.date() == today else _forgotten
        return Place(Section.URGENT, since, lambda: words(since, now))
    if case.state == State.SCHEDULED and case.planned_at and abs(case.planned_at - now) <= SESSION_SOON:
        start = timezone.localtime(case.planned_at)
        return Place(Section.URGENT, start, lambda: _start_soon(start, now))
    if due is None:
        return Place(Section.NEXT, since + 365 * DAY, lambda: _without_limit(since))
    due = timezone.localtime(due, zone)
    if due < now:
        planned = case.planned_although_late if item.kind in MAIN else None
        return Place(Section.LATE, due, lambda: _late(due, now, planned))
    if due.date() == today:
        is_pressing = case.urgency != Urgency.NORMAL and due - now <= MARKED_SOON and not _is_date(due)
        return Place(Section.URGENT if is_pressing else Section.TODAY, due, lambda: _today(case, due, now))
    return Place(Section.NEXT, due, lambda: _later(case, due, today))


BESIDE = {
    "ratify": gettext_lazy("Disposisi sudah dijalankan"),
    "ratify_assignment": gettext_lazy("Penugasan sudah dijalankan"),
    "answer_again": gettext_lazy("Pemohon bertanya lagi"),
    "reschedule": gettext_lazy("Pemohon minta waktu lain"),
    "record_minutes": gettext_lazy("Rapat sudah dimulai"),
    "remind_receiver": gettext_lazy("Belum dinyatakan diterima"),
    "lapse": gettext_lazy("Waktu untuk melengkapi sudah lewat"),
    "confirm_deletion": gettext_lazy("Penghapusan sudah dikabulkan"),
}
"""What has happened, for the steps beside the main path that have no deadline: they are for today."""


def in_words(span: dt.timedelta) -> str:
    """Return a time span in words, rounded down: `18 menit`, `1 jam 50 menit`, `5 jam`, `2 hari`."""
    if span >= DAY:
        return _days(span // DAY)
    hours, minutes = span // HOUR, span % HOUR // MINUTE
    in_minutes = ngettext("%(n)d menit", "%(n)d menit", minutes) % {"n": minutes}
    if not hours:
        return in_minutes
    in_hours = ngettext("%(n)d jam", "%(n)d jam", hours) % {"n": hours}
    return f"{in_hours} {in_minutes}" if hours < 3 and minutes else in_hours


def _days(number: int) -> str:
    return ngettext("%(n)d hari", "%(n)d hari", number) % {"n": number}


def _waits(since: dt.datetime, now: dt.datetime) -> Words:
    waits = _("Menunggu %(time)s") % {"time": in_words(now - since)}
    return Words(waits, _("di loket, sejak %(at)s") % {"at": time_format(since)})


def _lasts(since: dt.datetime, now: dt.datetime) -> Words:
    lasts = _("Berlangsung %(time)s") % {"time": in_words(now - since)}
    return Words(lasts, _("sejak %(at)s") % {"at": time_format(since)})


def _forgotten(since: dt.datetime, now: dt.datetime) -> Words:
    begun = _("mulai %(day)s, %(at)s") % {"day": date_format(since, "D j M"), "at": time_format(since)}
    return Words(_("Belum diselesaikan"), begun)


def _since(since: dt.datetime) -> str:
    return _("sejak %(day)s") % {"day": date_format(since, "j M")}


def _without_limit(since: dt.datetime) -> Words:
    return Words(_("Tanpa batas waktu"), _since(since))


def _start_soon(planned: dt.datetime, now: dt.datetime) -> Words:
    left = planned - now
    if left >= MINUTE:
        words = _("Mulai %(time)s lagi") % {"time": in_words(left)}
    elif left > -MINUTE:
        words = _("Mulai sekarang")
    else:
        words = _("Lewat %(time)s") % {"time": in_words(-left)}
    return Words(words, _("jadwal %(at)s") % {"at": time_format(planned)})


def _late(due: dt.datetime, now: dt.datetime, planned: dt.datetime | None) -> Words:
    days = (timezone.localdate(now) - due.date()).days
    late = _days(days) if days else in_words(now - due)
    if planned:
        start = timezone.localtime(planned)
        moment = {"day": date_format(start, "D j M"), "at": time_format(start)}
        return Words(_("Lewat janji %(time)s") % {"time": late}, _("dijadwalkan %(day)s, %(at)s") % moment)
    words = _("Terlambat %(time)s") % {"time": late}
    day = _("batas %(day)s") % {"day": date_format(due, "D j M") if days else _("hari ini")}
    return Words(words, day if _is_date(due) else f"{day}, {time_format(due)}")


def _today(case: Case, due: dt.datetime, now: dt.datetime) -> Words:
    if _is_date(due):
        return Words(_("Batas hari ini"), _("sebelum kantor tutup"))
    words = _get_session_words(case, due) or _("Sebelum %(at)s")
    left = _("%(time)s lagi") % {"time": in_words(due - now)}
    return Words(words % {"at": time_format(due)}, left)


def _later(case: Case, due: dt.datetime, today: dt.date) -> Words:
    days = (due.date() - today).days
    if days == 1:
        day, detail = _("besok"), date_format(due, "l j M")
    else:
        day = date_format(due, "l" if days < 7 else "j M")
        detail = _("%(day)s, %(time)s lagi") % {"day": date_format(due, "D j M"), "time": _days(days)}
    at = day if _is_date(due) else f"{day}, {time_format(due)}"
    is_session = bool(_get_session_words(case, due))
    return Words(capfirst(at) if is_session else _("Batas %(at)s") % {"at": at}, detail)


def _get_session_words(case: Case, due: dt.datetime) -> str:
    if case.state != State.SCHEDULED or case.planned_at != due:
        return ""
    return _("Pertemuan %(at)s") if case.kind == Kind.COMPLAINT else _("Konsultasi %(at)s")


def _is_date(due: dt.datetime) -> bool:
    return due.time() == END_OF_DAY


REVIEW = "amend"
"""The step that leads on while a prepared case waits for its staff review."""

STAND_INS = {"decide_deletion": "decide_deletion_for", "answer_again": "answer_for"}
"""The step that somebody else takes in place of one that cannot be taken."""

ONWARD = {
    state: sorted(
        (s for s in STEPS_FROM[state] if not s.off_path or s.verb in ("start", REVIEW, "pass_up")),
        key=lambda step: -step.number,
    )
    for state in State
}
"""Steps that can take the place of that of the main path in each state, the last of the standard first."""


@dataclass(frozen=True)
class Actions:
    """The step that leads on, if any, and the other open steps.

    `opens_at` is set if only the planned time is still too far away for the step that leads on. The user can
    then move the consultation to now.
    """

    main: Step | None
    others: Sequence[Step]
    opens_at: dt.datetime | None = None


def get_main_step(by: Actor, case: Case, kind: str = "") -> Step | None:
    """Return the step that leads on, if `by` can take it now. `kind` is that of one work item, else of any.

    Step 8 leads on for an urgent walk-in. While the start is too far away, a request for another time is
    answered.
    """
    mine, now = parties(by, case), clock.now()
    kinds = [kind] if kind else [item.kind for item in list_duties(case, now) if item.since <= now]
    steps = (step for one in kinds for step in _list_ways(case, one))
    main = next((step for step in steps if step.actor in mine and not step.obstacles(case, by)), None)
    if main and main.verb == "reschedule":
        main = replace(main, title=gettext_lazy("Jawab permintaan waktu"))
    return put_in_words(main, Kind(case.kind)) if main else None


def _list_ways(case: Case, kind: str) -> list[Step]:
    """Return the steps that do the work item of a kind, the usual one first."""
    state = State(case.state)
    if kind in MAIN:
        return [step for step in ONWARD[state] if step.verb != REVIEW or case.review_awaited]
    return [STEPS[verb, state] for verb in (kind, STAND_INS.get(kind, kind)) if (verb, state) in STEPS]


def get_actions(by: Actor, case: Case) -> Actions:
    steps, main = list_open_steps(by, case), get_main_step(by, case)
    waits = main is None and any(step.verb == "reschedule" for step in steps)
    opens_at = earliest_start(case.planned_at) if waits and case.planned_at else None
    return Actions(main, [step for step in steps if not main or step.verb != main.verb], opens_at)


@dataclass
class Row:
    """A work item that waits for the user.

    `is_new` is true if a notice about the case is unread. `returned` is how the case came back, if it did.
    `hints` are about the deadlines of a complaint.
    """

    user: User
    item: WorkItem
    place: Place
    is_new: bool
    returned: Return | None = None
    hints: tuple[Hint, ...] = ()

    @property
    def case(self) -> Case:
        return self.item.case

    @cached_property
    def main(self) -> Step | None:
        """The step that does it, if the user can take it now. In place of an officer, name another one."""
        main = get_main_step(self.user, self.case, self.item.kind)
        if main is None and self.is_of_absent_officer:
            open_steps = list_open_steps(self.user, self.case)
            return next((step for step in open_steps if step.verb == "reassign"), None)
        return name_again(main) if self.returned else main

    @property
    def is_of_absent_officer(self) -> bool:
        """Whether it waits for the user because the officer is away or has left."""
        return self.item.user_id is not None and self.item.user_id != self.user.pk

    @property
    def opens_at(self) -> dt.datetime | None:
        """From when the step that leads on can be taken, if it cannot yet."""
        return None if self.main else get_actions(self.user, self.case).opens_at

    @cached_property
    def appointment(self) -> Appointment | None:
        step = self.main or VERBS[self.item.kind]
        title = parties(self.user, self.case).get(step.actor)
        return next((held for held in self.user.current_appointments if held.title == title), None)

    @property
    def position(self) -> str:
        """The short title of this position, for a user with several."""
        is_one_of_several = len(self.user.current_appointments) > 1
        return get_short_title(self.appointment) if is_one_of_several and self.appointment else ""

    @property
    def is_acting(self) -> bool:
        """Whether the user holds one of several positions for somebody else, and it is this one."""
        return bool(self.position and self.appointment and self.appointment.acting)

    @property
    def is_of_served_guest(self) -> bool:
        """Whether only the ratification of a guest's disposition is missing."""
        return self.item.kind == "ratify" and self.case.is_walk_in

    @property
    def version(self) -> str:
        """Code and version of the case, so that a later change is noticed."""
        return f"{self.case.code}:{self.case.version}"

    @property
    def kind(self) -> str:
        return self.case.get_kind_display() if self.case.kind == Kind.COMPLAINT else ""

    @property
    def confidential(self) -> str:
        return str(Identity.CONFIDENTIAL.label) if self.case.identity == Identity.CONFIDENTIAL else ""

    @property
    def mark(self) -> Promise | None:
        """The label of an urgent case, but not of a walk-in, which is always urgent."""
        is_marked = self.case.urgency != Urgency.NORMAL and not self.case.is_walk_in
        return Urgency(self.case.urgency).label if is_marked else None

    @property
    def is_of_own_division(self) -> bool:
        """Whether the user, as acting head of the office, decides on a report of the user's own division."""
        if self.case.state != State.FORWARDED or not self.is_acting:
            return False
        return self.case.division_id in [division.pk for division in self.user.headed_divisions]


@dataclass(frozen=True)
class Group:
    """One section: `number` of all its items, the `rows` that the desk shows, and whether there are more.

    Several dispositions of guests who are `served` are one line: nobody waits for them.
    """

    section: Section
    number: int
    rows: Sequence[Row]
    served: Sequence[Row]
    has_uncounted: bool

    @property
    def counted(self) -> str:
        """The number as the desk shows it: "3", "99+" for many, "0+" if there may be uncounted ones."""
        number = min(self.number, MAX_WAITING - 1)
        return f"{number}+" if self.has_uncounted or number < self.number else str(number)


@dataclass
class Waiting:
    """The work items that wait for a user, up to MAX_WAITING, in the order of the desk."""

    user: User
    rows: Sequence[Row]
    has_uncounted: bool

    def narrow(self, position: str) -> list[Row]:
        return [row for row in self.rows if not position or row.position == position]

    @cached_property
    def queue(self) -> list[Row]:
        """The rows whose next step the user can take now, to be cleared one after another."""
        return [row for row in self.rows if row.main]

    @cached_property
    def bulk(self) -> list[tuple[Step, int]]:
        """The steps of BULK_VERBS that at least two cases wait for, with the number of cases."""
        numbers = Counter(row.main.verb for row in self.queue if row.main and not row.returned)
        return [(VERBS[verb], numbers[verb]) for verb in BULK_VERBS if numbers[verb] > 1]

    def list_groups(self, rows: Sequence[Row]) -> list[Group]:
        """Return the sections with the first PAGE_SIZE of `rows`.

        Cases are read in the order of their deadlines. If some were not read, the last section found and
        those after it can have more.
        """
        numbers = Counter(row.place.section for row in rows)
        last = max((RANK[row.place.section] for row in rows), default=0)
        groups = []
        for section, rank in RANK.items():
            shown = [row for row in rows[:PAGE_SIZE] if row.place.section == section]
            served = [row for row in shown if row.is_of_served_guest]
            served = served if len(served) > 1 else []
            shown = [row for row in shown if not (served and row.is_of_served_guest)]
            has_uncounted = self.has_uncounted and rank >= last
            groups.append(Group(section, numbers[section], shown, served, has_uncounted))
        return groups

    @property
    def acting(self) -> list[Appointment]:
        return [held for held in self.user.current_appointments if held.acting]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Number of cases by position. Empty for a user with one position."""
        if len(self.user.current_appointments) < 2:
            return {}
        found = dict.fromkeys(map(get_short_title, self.user.current_appointments), 0)
        return found | Counter(row.position for row in self.rows)


def get_short_title(held: Appointment) -> str:
    """Return a title that fits into a chip: `Plh. Kepala Dinas`, `Kepala Bidang Rehabilitasi Sosial`."""
    words = (held.acting, Role(held.position.role).label, held.position.division or "")
    return " ".join(str(word) for word in words if word)


def list_waiting(user: User, rule: Q | None = None) -> Waiting:
    """Return the work items that wait for the user, the most urgent first. `rule` is `waits_for(user)`."""
    now = clock.now()
    items = list(find_waiting(user, rule)[:MAX_WAITING])
    _read_involved([item.case for item in items if VERBS[item.kind].is_review])
    returns = list_returns(item.case for item in items if item.kind in MAIN)
    rows = [
        Row(user, item, get_place(item, now), vars(item)["is_new"], returns.get(item.case.pk))
        for item in items
    ]
    rows.sort(key=lambda row: (RANK[row.place.section], row.place.at, row.item.pk))
    return Waiting(user, rows, has_uncounted=len(items) >= MAX_WAITING)


def _read_involved(cases: Sequence[Case]) -> None:
    """Read who serves the cases: nobody reviews the report of a case that he or she has served."""
    rows = Involvement.objects.filter(case__in=[case.pk for case in cases]).values_list("case", "user")
    found: dict[int, set[int]] = defaultdict(set)
    for key, user in rows if cases else ():
        found[key].add(user)
    for case in cases:
        case.involved = found[case.pk]


def find_waiting(user: User, rule: Q | None = None) -> QuerySet[WorkItem]:
    """Return the items that wait for the user with their cases, marked ones first, then by deadline."""
    unread = Notice.objects.unread().filter(recipient=user, case=OuterRef("case"))
    found = WorkItem.objects.waiting().steps().filter(rule or waits_for(user)).select_related("case__agenda")
    found = found.defer(*(f"case__{column}" for column in NOT_IN_ROWS)).annotate(is_new=Exists(unread))
    return found.order_by(*MOST_URGENT_FIRST)
