"""Plans which case is copied how often, when its copy happened and which officers have it."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator

from bench.copier import Copy
from consultations.enums import ENDED
from consultations.models import Case
from consultations.models.case import CODE_LETTERS
from demo.applicants import NAMES
from office import clock
from office.models import User
from scheduling.models import Session, Slot

OFFICERS_PER_DIVISION = 10

WEEKS = 6 * 52 - 26
"""Weeks over which copies of ended cases are spread. The originals cover another half year."""

OPEN_WEEKS = 8
"""Weeks over which the past of open cases is spread."""

WEEKS_AHEAD = 26
"""Weeks within which the sessions of open cases are planned."""

RARE_WORDS = ("kerupuk", "sampan", "menumbing", "lepar", "gerhana")
"""Words in one of 500 subjects, for searches."""

type HalfHour = tuple[int, dt.date, int]
"""A slot: user, day and half hour."""


class Plan:
    """The copies of the cases in the database. They move by whole weeks, so that they keep their weekday."""

    def __init__(self, rng: random.Random, teams: list[list[User]]) -> None:
        self.rng = rng
        self.teams = [[officer.pk for officer in team] for team in teams]
        self.cases = {case.pk: case for case in Case.objects.only("state", "submitted_at")}
        self.taken: set[HalfHour] = set()
        self.slots_ahead: dict[int, list[HalfHour]] = defaultdict(list)
        for slot in Slot.objects.filter(session__starts_at__gt=clock.now()).select_related("session"):
            if slot.user_id is None:
                continue  # rooms are not copied
            half_hour = slot.user_id, slot.day, slot.half_hour
            self.slots_ahead[slot.session.case_id].append(half_hour)
            self.taken.add(half_hour)
        running = Session.objects.filter(started_at__isnull=False, finished_at=None, cancelled_at=None)
        self.running: dict[int, int] = dict(running.values_list("case", "officer"))
        self.busy = set(self.running.values())
        self.places = {case: self._list_places(case) for case in self.slots_ahead}
        self.codes: set[str] = set()

    def list_users(self) -> list[tuple[int, int, int]]:
        """Return rotation, user and user of the copy. Rotation `n` gives a case to the nth next officer."""
        users = User.objects.values_list("pk", flat=True)
        return [(n, pk, self._rotate(pk, n)) for n in range(OFFICERS_PER_DIVISION) for pk in users]

    def _rotate(self, user: int, rotation: int) -> int:
        for team in self.teams:
            if user in team:
                return team[(team.index(user) + rotation) % len(team)]
        return user

    def list_copies(self, count: int, *, open_cases: int) -> list[Copy]:
        """Return `count` copies in order of submission, so that there are `open_cases` with the originals."""
        ended = [pk for pk, case in self.cases.items() if case.state in ENDED]
        still_open = [pk for pk in self.cases if pk not in ended]
        more_open = min(max(open_cases - len(still_open), 0), count)
        moves = [self._place(still_open) for _n in range(more_open)]
        moves += [self._move_to_past(self.rng.choice(ended)) for _n in range(count - more_open)]
        moves.sort(key=lambda move: self.cases[move[0]].submitted_at + dt.timedelta(days=move[1]))
        return [Copy(number, *move, *self._details(number)) for number, move in enumerate(moves, start=1)]

    def _move_to_past(self, case: int) -> tuple[int, int, int, int]:
        days = -7 * self.rng.randint(1, WEEKS)
        return case, days, days, self.rng.randrange(OFFICERS_PER_DIVISION)

    def _place(self, cases: list[int]) -> tuple[int, int, int, int]:
        """Choose an open case, a day for its session, and officers who are free then."""
        case, rotation = self.rng.choice(cases), self.rng.randrange(OFFICERS_PER_DIVISION)
        past_days, days = -7 * self.rng.randint(0, OPEN_WEEKS), 0
        if case in self.running:
            past_days = 0
            rotations = range(rotation, rotation + OFFICERS_PER_DIVISION)
            officers = {self._rotate(self.running[case], n): n % OFFICERS_PER_DIVISION for n in rotations}
            free = next((officer for officer in officers if officer not in self.busy), None)
            if free is None:
                return self._place([other for other in cases if other != case])
            self.busy.add(free)
            rotation = officers[free]
        elif case in self.places:
            place = next(self.places[case], None)
            if place is None:
                return self._place([other for other in cases if other != case])
            days, rotation = place
        return case, past_days, days, rotation

    def _list_places(self, case: int) -> Iterator[tuple[int, int]]:
        """Yield moves of the session in days, with rotations of officers who are free then.

        Sessions stay on weekdays. The places are taken.
        """
        slots = self.slots_ahead[case]
        for days in range(7 * WEEKS_AHEAD):
            moved = [(user, day + dt.timedelta(days=days), half_hour) for user, day, half_hour in slots]
            if any(day.weekday() >= 5 for _user, day, _half_hour in moved):
                continue
            for rotation in range(OFFICERS_PER_DIVISION):
                wanted = {(self._rotate(user, rotation), day, half_hour) for user, day, half_hour in moved}
                if not wanted & self.taken:
                    self.taken |= wanted
                    yield days, rotation

    def _details(self, number: int) -> tuple[str, str, str, str]:
        """Return code, name and phone of the applicant, and the end of the subject."""
        rng = self.rng
        code = "".join(rng.choices(CODE_LETTERS, k=8))
        while code in self.codes:
            code = "".join(rng.choices(CODE_LETTERS, k=8))
        self.codes.add(code)
        suffix = f" ({rng.choice(RARE_WORDS)})" if number % 500 == 0 else ""
        return f"{code[:4]}-{code[4:]}", rng.choice(NAMES), f"+62812{rng.randrange(10**8):08}", suffix
