"""Finds half hours in which nobody concerned has another session."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from bench.plan import DAY, working
from office.models import User
from scheduling.models import Slot

HALF_HOURS = (*range(16, 24), *range(26, 32))  # 08.00-12.00 and 13.00-16.00


class Calendar:
    """The half hours that are taken, as the unique constraint on `Slot` sees them."""

    def __init__(self) -> None:
        self.taken = set(Slot.objects.values_list("user", "day", "half_hour"))

    def take(self, people: Iterable[User], after: dt.datetime) -> dt.datetime:
        """The first half hour after `after` in which all of them are free; it is theirs from now on."""
        ids = [person.pk for person in people]
        moment = working(after)
        day, first = moment.date(), moment.hour * 2 + 1 + (moment.minute >= 30)
        while True:
            for half in HALF_HOURS:
                if half >= first and not any((pk, day, half) in self.taken for pk in ids):
                    self.taken.update((pk, day, half) for pk in ids)
                    return self.moment(day, half)
            moment = working(moment.replace(hour=8) + DAY)
            day, first = moment.date(), 0

    def give_back(self, people: Iterable[User], starts_at: dt.datetime) -> None:
        day, half = self.half_hour(starts_at)
        self.taken.difference_update((person.pk, day, half) for person in people)

    @staticmethod
    def half_hour(starts_at: dt.datetime) -> tuple[dt.date, int]:
        local = timezone.localtime(starts_at)
        return local.date(), local.hour * 2 + local.minute // 30

    @staticmethod
    def moment(day: dt.date, half: int) -> dt.datetime:
        zone = timezone.get_default_timezone()
        return dt.datetime.combine(day, dt.time(half // 2, half % 2 * 30), zone)
