"""The middle and the upper end of many measurements, which are kept as counts and not one by one."""

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from office.disclosure import MIN_GROUP_SIZE


def percentile(counts: Counter[int], percent: int) -> float:
    """The value below which `percent` of the measurements lie, counted as {value: how often}.

    Between two measurements it is interpolated: with n sorted values it lies at rank 1 + (n - 1) x percent
    / 100, so that 50 is the median as everybody knows it. It is PERSENTIL (PERCENTILE.INC) of Excel, with
    which an office can check it. Raises ValueError where nothing was counted.
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
    """How many measurements, and their median and 90th percentile (0 where there are none)."""

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
        """Whether there are so many measurements that their spread may be published."""
        return self.n >= MIN_GROUP_SIZE
