"""One case of the demo while it is played: who takes part, and when the next step comes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from django.db.models import Q

from consultations.enums import Channel
from consultations.models import Case
from office import clock
from office.models import User
from office.worktime import WorkingTime
from scheduling.models import Session, Slot
from scheduling.queries import current_session

from .matters import Matter
from .people import Bureau, Cast
from .plots import Plot
from .words import SAYINGS
from .worktime import HALF_HOUR, after, before, half_hour_of

MINUTES = {
    "send_back": (60, 240), "complete": (400, 900), "withdraw": (120, 400), "register": (20, 180),
    "name_official": (300, 600),
    "void": (15, 90), "dispose": (60, 300), "decline": (90, 300), "hand_back": (40, 200), "assign": (30, 240),
    "reassign": (60, 200), "prepare": (150, 600), "ask_opinion": (40, 160),
    "record_opinion": (700, 1500), "schedule": (20, 90), "reschedule": (60, 240),
    "no_show": (700, 1300), "start": (700, 1300), "ratify": (30, 200), "finish": (14, 29),
    "report": (120, 700), "revise": (60, 300), "forward": (60, 300), "return": (60, 300), "accept": (60, 300),
    "ask_time": (30, 200), "keep_time": (30, 120), "lapse": (5000, 5600),
    "correct": (900, 1800), "survey": (200, 1800), "follow_up": (1500, 3000),
}  # fmt: skip
"""How many working minutes pass before each step: at least, at most."""

OVERRUN = (34, 52)
NOTICE = (4, 15)
"""Minutes until an urgent visitor is served."""

MEETINGS = ("start", "no_show")


@dataclass
class Scene:
    """A case on its way through its plot. The same number gives the same scene."""

    number: int
    plot: Plot
    matter: Matter
    cast: Cast
    work: WorkingTime
    present: dt.datetime
    case: Case = field(default_factory=Case)

    def __post_init__(self) -> None:
        self.rng = Random(f"rembuk {self.number}")  # noqa: S311 -- the same demo each time, nothing secret
        self.ahead = [(verb, self._minutes_before(verb)) for verb in self.plot.verbs[1:]]
        total = int(self.plot.ago * 60) + sum(minutes for _verb, minutes in self.ahead)
        self.opens_at = before(self.present, total, self.work)
        self.bureau: Bureau = self.cast.bureaus[self.matter.division]
        self.holder = self.bureau
        """Who has the disposition: the right bureau, or a wrong one that will hand it back."""

    def _minutes_before(self, verb: str) -> int:
        if verb == "start" and self.plot.channel == Channel.WALK_IN:
            return self.rng.randint(*NOTICE)
        return self.rng.randint(
            *(OVERRUN if verb == "finish" and "overrun" in self.plot.also else MINUTES[verb])
        )

    def next_step(self) -> tuple[dt.datetime, str]:
        """Turn to the next step: when it is taken, and which it is."""
        verb, minutes = self.ahead.pop(0)
        if verb in MEETINGS and self.planned_start:
            waited = 0 if self.ends_in_session else 20 if verb == "no_show" else self.number % 4
            return self.planned_start + dt.timedelta(minutes=waited), verb
        if verb == "finish":
            entered_later = 40 if "entered_late" in self.plot.also else 0
            return clock.now() + dt.timedelta(minutes=minutes + entered_later), verb
        return after(clock.now(), minutes, self.work), verb

    @property
    def planned_start(self) -> dt.datetime | None:
        """The planned start of the case's consultation."""
        session = current_session(self.case)
        return session.starts_at if session else None

    @property
    def ends_in_session(self) -> bool:
        return self.plot.verbs[-1] == "start"

    @property
    def officer(self) -> User:
        if self.case.officer is None:
            raise LookupError("a step of the officer stands in a plot before the officer is named")
        return self.case.officer

    def comes_next(self, verb: str) -> bool:
        return bool(self.ahead) and self.ahead[0][0] == verb

    def wish(self) -> dt.datetime:
        """The visit time that the applicant asks for: a half hour near the one that it will be."""
        minutes = sum(minutes for verb, minutes in self.ahead if verb not in ("finish", "report"))
        return self._first_free([], after(clock.now(), max(minutes, 1500), self.work), HALF_HOUR)

    def time_for(self, people: Iterable[User]) -> tuple[dt.datetime, int]:
        """When the consultation can be, and for how many minutes the people are booked."""
        length = HALF_HOUR * (2 if "overrun" in self.plot.also else 1)
        meeting = next((minutes for verb, minutes in self.ahead if verb in MEETINGS), None)
        if self.ends_in_session:
            earliest = half_hour_of(before(self.present, 5, self.work))
        elif meeting is None and not any(verb == "withdraw" for verb, _minutes in self.ahead):
            earliest = after(self.present, 150 + self.number % 7 * 190, self.work)
        else:
            earliest = after(clock.now(), meeting or 900, self.work)
        return self._first_free(list(people), earliest, length), int(length.total_seconds() // 60)

    def free_time(self, people: list[User], earliest: dt.datetime) -> dt.datetime:
        """The first half hour from `earliest` on in which the people have time."""
        return self._first_free(people, earliest, HALF_HOUR)

    def _first_free(self, people: list[User], earliest: dt.datetime, length: dt.timedelta) -> dt.datetime:
        moment = half_hour_of(earliest)
        while not self._is_free(people, moment, length):
            moment += HALF_HOUR
        return moment

    def _is_free(self, people: list[User], moment: dt.datetime, length: dt.timedelta) -> bool:
        end = moment + length
        # The present is left to those who are just now in a consultation.
        at_present = end > self.present - 3 * HALF_HOUR and moment < self.present + HALF_HOUR
        if (at_present and not self.ends_in_session) or not self.work.includes(moment, end):
            return False
        return not busy(people, moment, end)

    def free_person(self, start: dt.datetime, end: dt.datetime) -> User:
        """Somebody of the bureau, not yet on this case, who has time then; the head where nobody has."""
        officers = self.bureau.officers[self.number % 2 :] + self.bureau.officers[: self.number % 2]
        free = [
            person for person in officers if person != self.case.officer and not busy([person], start, end)
        ]
        return [*free, self.bureau.head][0]

    def says(self, verb: str) -> str:
        return self.rng.choice(SAYINGS[verb])


def busy(people: list[User], start: dt.datetime, end: dt.datetime) -> bool:
    """Whether one of the people has a session planned between the two moments, or is still in one."""
    planned = Slot.objects.filter(user__in=people, session__starts_at__lt=end, session__ends_at__gt=start)
    running = Session.objects.filter(
        Q(officer__in=people), started_at__isnull=False, finished_at__isnull=True, started_at__lt=end
    )
    return planned.exists() or (start <= clock.now() and running.exists())
