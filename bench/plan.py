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
        case, first = self.rng.choice(cases), self.rng.randrange(OFFICERS_PER_DIVISION)
        rotations = [(first + n) % OFFICERS_PER_DIVISION for n in range(OFFICERS_PER_DIVISION)]
        if case in self.running:
            free = [n for n in rotations if self._rotate(self.running[case], n) not in self.busy]
            if not free:
                return self._place([other for other in cases if other != case])
            self.busy.add(self._rotate(self.running[case], free[0]))
            return case, 0, 0, free[0]
        past_days = -7 * self.rng.randint(0, OPEN_WEEKS)
        for days, rotation in ((days, rotation) for days in self._days_ahead(case) for rotation in rotations):
            wanted = {
                (self._rotate(user, rotation), day + dt.timedelta(days=days), half_hour)
                for user, day, half_hour in self.slots_ahead[case]
            }
            if not wanted & self.taken:
                break
        self.taken |= wanted
        return case, past_days, days, rotation

    def _days_ahead(self, case: int) -> Iterator[int]:
        """Yield possible moves of the session in days. It stays on weekdays."""
        for days in range(10_000):
            if all(
                (day + dt.timedelta(days=days)).weekday() < 5 for _user, day, _n in self.slots_ahead[case]
            ):
                yield days

    def _details(self, number: int) -> tuple[str, str, str, str]:
        """Return code, name and phone of the applicant, and the end of the subject."""
        rng = self.rng
        code = "".join(rng.choices(CODE_LETTERS, k=8))
        while code in self.codes:
            code = "".join(rng.choices(CODE_LETTERS, k=8))
        self.codes.add(code)
        suffix = f" ({rng.choice(RARE_WORDS)})" if number % 500 == 0 else ""
        return f"{code[:4]}-{code[4:]}", rng.choice(NAMES), f"+62812{rng.randrange(10**8):08}", suffix
