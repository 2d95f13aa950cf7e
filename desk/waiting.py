"""What waits for a user: found with one query, sorted by urgency, shown in rows with the next steps."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from consultations.complaints import Hint
from consultations.deadlines import END_OF_DAY, earliest
from consultations.enums import Identity, Kind, State, Urgency
from consultations.models import Case, Involvement
from consultations.models.case_constraints import MOST_URGENT_FIRST
from consultations.parties import Actor, parties
from consultations.queries import first_waiting_for
from consultations.step_row import earliest_start
from consultations.workflow import STEPS_FROM, TURN, VERBS, Step, list_open_steps, put_in_words
from kit import clock
from kit.pagination import PAGE_SIZE
from notices.models import Notice
from office.models import Appointment, Role, User
from trust.privacy.deletion import get_deletion_due

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


def get_place(case: Case, now: dt.datetime) -> Place:
    """Return the place of a case on the desk of the user who has the turn."""
    zone = timezone.get_current_timezone()
    since, due, today = timezone.localtime(case.since, zone), get_due(case), timezone.localdate(now, zone)
    if since.date() == today and case.is_walk_in and case.state == State.ASSIGNED:
        return Place(Section.URGENT, since, lambda: _waits(since, now))
    if case.state == State.IN_SESSION:
        words = _lasts if since.date() == today else _forgotten
        return Place(Section.URGENT, since, lambda: words(since, now))
    if case.state == State.SCHEDULED and case.planned_at and abs(case.planned_at - now) <= SESSION_SOON:
        start = timezone.localtime(case.planned_at)
        return Place(Section.URGENT, start, lambda: _start_soon(start, now))
    if case.asked_again_at and not case.deletion_asked_at:
        asked = timezone.localtime(case.asked_again_at, zone)
        return Place(Section.TODAY, asked, lambda: _asks(asked))
    if due is None:
        return Place(Section.NEXT, since + 365 * DAY, lambda: _without_limit(since))
    due = timezone.localtime(due, zone)
    if due < now:
        planned = case.planned_although_late
        return Place(Section.LATE, due, lambda: _late(due, now, planned))
    if due.date() == today:
        is_pressing = case.urgency != Urgency.NORMAL and due - now <= MARKED_SOON and not _is_date(due)
        return Place(Section.URGENT if is_pressing else Section.TODAY, due, lambda: _today(case, due, now))
    return Place(Section.NEXT, due, lambda: _later(case, due, today))


def get_due(case: Case) -> dt.datetime | None:
    return get_deletion_due(case) or earliest(case.due_at, case.objection_due)


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


def _asks(at: dt.datetime) -> Words:
    return Words(_("Pemohon bertanya lagi"), _("sejak %(day)s") % {"day": date_format(at, "j M")})


def _without_limit(since: dt.datetime) -> Words:
    return Words(_("Tanpa batas waktu"), _("sejak %(day)s") % {"day": date_format(since, "j M")})


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


WALK_IN_STEP = 8

DECISIONS = (
    *("decide_deletion", "decide_deletion_for", "confirm_deletion", "decide_objection", "record_objection"),
    *("ratify_assignment", "answer_again", "answer_for", "pass_up"),
)
"""Steps that a case may wait for beside its turn, also after its end."""

REVIEW = "amend"
"""The step that leads on while a prepared case waits for its staff review."""

ONWARD = {
    state: sorted(
        (
            s
            for s in STEPS_FROM[state]
            if not s.off_path or s.number == WALK_IN_STEP or s.verb in (*DECISIONS, REVIEW)
        ),
        key=lambda step: -step.number,
    )
    for state in State
}
"""Steps that can lead on from each state, the last of the standard first."""


@dataclass(frozen=True)
class Actions:
    """The step that leads on, if any, and the other open steps.

    `opens_at` is set if only the planned time is still too far away for the step that leads on. The user can
    then move the consultation to now.
    """

    main: Step | None
    others: Sequence[Step]
    opens_at: dt.datetime | None = None


ANSWER_TIME = "reschedule"
"""The step that answers a request for another time. Its page also leads to the answer that it stays."""


def get_main_step(by: Actor, case: Case) -> Step | None:
    """Return the step that leads on, if `by` can take it now. Step 8 leads on for an urgent walk-in.

    While the start is too far away, a request for another time is answered.
    """
    mine = parties(by, case)
    onward = ONWARD[State(case.state)]
    steps = (step for step in onward if step.verb != REVIEW or case.review_awaited)
    main = next((step for step in steps if step.actor in mine and not step.obstacles(case, by)), None)
    if main is None and case.other_time:
        answer = next(step for step in STEPS_FROM[State(case.state)] if step.verb == ANSWER_TIME)
        if answer.actor in mine and not answer.obstacles(case, by):
            main = replace(answer, title=gettext_lazy("Jawab permintaan waktu"))
    return put_in_words(main, Kind(case.kind)) if main else None


def get_actions(by: Actor, case: Case) -> Actions:
    steps, main = list_open_steps(by, case), get_main_step(by, case)
    waits = main is None and any(step.verb == "reschedule" for step in steps)
    opens_at = earliest_start(case.planned_at) if waits and case.planned_at else None
    return Actions(main, [step for step in steps if not main or step.verb != main.verb], opens_at)


@dataclass
class Row:
    """A case that waits for the user.

    `is_new` is true if a notice about the case is unread. `hints` are about the deadlines of a complaint.
    """

    user: User
    case: Case
    place: Place
    is_new: bool
    hints: tuple[Hint, ...] = ()

    @cached_property
    def main(self) -> Step | None:
        """The step that leads on, if the user can take it now."""
        return get_main_step(self.user, self.case)

    @property
    def opens_at(self) -> dt.datetime | None:
        """From when the step that leads on can be taken, if it cannot yet."""
        return None if self.main else get_actions(self.user, self.case).opens_at

    @cached_property
    def appointment(self) -> Appointment | None:
        step = self.main or TURN[State(self.case.state)]
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
    """One section: `number` of all its cases, the `rows` that the desk shows, and whether there are more."""

    section: Section
    number: int
    rows: Sequence[Row]
    has_uncounted: bool

    @property
    def counted(self) -> str:
        """The number as the desk shows it: "3", "99+" for many, "0+" if there may be uncounted ones."""
        number = min(self.number, MAX_WAITING - 1)
        return f"{number}+" if self.has_uncounted or number < self.number else str(number)


@dataclass
class Waiting:
    """The cases that wait for a user, up to MAX_WAITING, in the order of the desk."""

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
        numbers = Counter(row.main.verb for row in self.queue if row.main)
        return [(VERBS[verb], numbers[verb]) for verb in BULK_VERBS if numbers[verb] > 1]

    def list_groups(self, rows: Sequence[Row]) -> list[Group]:
        """Return the sections with the first PAGE_SIZE of `rows`.

        Cases are read in the order of their deadlines. If some were not read, the last section found and
        those after it can have more.
        """
        numbers = Counter(row.place.section for row in rows)
        last = max((RANK[row.place.section] for row in rows), default=0)
        return [
            Group(
                section,
                numbers[section],
                [row for row in rows[:PAGE_SIZE] if row.place.section == section],
                has_uncounted=self.has_uncounted and rank >= last,
            )
            for section, rank in RANK.items()
        ]

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


def list_waiting(user: User) -> Waiting:
    """Return the cases that wait for the user, the most urgent first."""
    now = clock.now()
    cases = list(find_waiting(user)[:MAX_WAITING])
    reviewed = [case for case in cases if case.is_open and TURN[State(case.state)].is_review]
    _read_involved(reviewed)
    rows = [Row(user, case, get_place(case, now), is_new=vars(case)["is_new"]) for case in cases]
    rows.sort(key=lambda row: (RANK[row.place.section], row.place.at, row.case.pk))
    return Waiting(user, rows, has_uncounted=len(cases) >= MAX_WAITING)


def _read_involved(cases: Sequence[Case]) -> None:
    """Read who serves the cases: nobody reviews the report of a case that he or she has served."""
    rows = Involvement.objects.filter(case__in=[case.pk for case in cases]).values_list("case", "user")
    found: dict[int, set[int]] = defaultdict(set)
    for key, user in rows if cases else ():
        found[key].add(user)
    for case in cases:
        case.involved = found[case.pk]


def find_waiting(user: User) -> QuerySet[Case]:
    """Return the cases that wait for the user, marked ones first, then by deadline."""
    unread = Notice.objects.unread().filter(recipient=user, case=OuterRef("pk"))
    found = first_waiting_for(user).as_rows().select_related("agenda").annotate(is_new=Exists(unread))
    return found.order_by(*MOST_URGENT_FIRST)
