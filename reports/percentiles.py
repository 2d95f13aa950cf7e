"""Median and 90th percentile of measurements that are stored as counts."""

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from office.disclosure import MIN_GROUP_SIZE


def percentile(counts: Counter[int], percent: int) -> float:
    """Return a percentile of measurements that are counted as {value: count}.

    The rank is 1 + (n - 1) x percent / 100; between two ranks the value is interpolated. Excel gives the
    same result with PERCENTILE.INC (PERSENTIL), so an office can check it. Raises ValueError if the
    counter is empty.
    """
    total = counts.total()
    if not total:
        raise ValueError("no measurements")
    whole, rest = divmod((total - 1) * percent, 100)
    values = sorted(counts)
    ends = list(accumulate(counts[value] for value in values))
    below = next(value for value, end in zip(values, ends, strict=True) if whole < end)
    if not rest:
        return float(below)
    above = next(value for value, end in zip(values, ends, strict=True) if whole + 1 < end)
    return below + (above - below) * rest / 100


@dataclass(frozen=True)
class Spread:
    """Number of measurements, their median and 90th percentile (0 if there are none)."""

    n: int = 0
    median: float = 0
    p90: float = 0

    @classmethod
    def of(cls, counts: Counter[int]) -> "Spread":
        if not counts:
            return cls()
        return cls(counts.total(), percentile(counts, 50), percentile(counts, 90))

    @property
    def is_enough(self) -> bool:
        """Whether there are enough measurements to publish the percentiles."""
        return self.n >= MIN_GROUP_SIZE
