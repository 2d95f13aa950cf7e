"""What published results tell together: by subtraction, also of answers that stand in none of them alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, pairwise, product

from office.few import told

type Days = tuple[dt.date, dt.date]
"""First and last day of a period."""


def gives_away(days: Days, n: int, published: Iterable[tuple[Days, int]]) -> list[Days]:
    """The published periods beside which a result of `n` answers gives away those of fewer than ENOUGH.

    Empty where there are none. `published` are the results of the same year with their numbers of answers, in
    all versions: who has read one of them keeps it. What can be found is the difference to another version
    of the same period, and what a whole has more (or, published earlier, less) than some of its parts.
    """
    counts: dict[Days, set[int]] = defaultdict(set)
    for period, count in published:
        counts[period].add(count)
    if any(_is_few(n - count) for count in counts[days]):
        return [days]
    counts[days] = {n}
    for whole, parts in _compositions(counts):
        if days in (whole, *parts):
            for all_of_it, *of_parts in product(counts[whole], *(counts[part] for part in parts)):
                if _is_few(all_of_it - sum(of_parts)):
                    return [period for period in (whole, *parts) if period != days]
    return []


def _is_few(difference: int) -> bool:
    return told(abs(difference)) is None


def _compositions(periods: Collection[Days]) -> Iterator[tuple[Days, tuple[Days, ...]]]:
    """Each period with each choice of others that lie in it and have no day in common."""
    for whole in periods:
        inside = sorted(p for p in periods if p != whole and whole[0] <= p[0] and p[1] <= whole[1])
        for size in range(1, len(inside) + 1):
            for parts in combinations(inside, size):
                if all(before[1] < after[0] for before, after in pairwise(parts)):
                    yield whole, parts
