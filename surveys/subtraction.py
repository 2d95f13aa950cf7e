"""Which periods are told: none from which a shorter one could be taken away to leave what few answered."""

from collections.abc import Sequence

from office.few import ENOUGH


def is_told(quarters: Sequence[int]) -> bool:
    """Whether figures are made of a quarter, half-year or year; `quarters` are how many answered in each.

    Enough must have answered, and those who answered outside of its told parts must be none, or enough.
    """
    return sum(quarters) >= ENOUGH and (_alone(quarters) == 0 or _alone(quarters) >= ENOUGH)


def _alone(quarters: Sequence[int]) -> int:
    """How many answered in no told part: what is left when all told parts are taken away."""
    if len(quarters) == 1:
        return quarters[0]
    middle = len(quarters) // 2
    return sum(0 if is_told(half) else _alone(half) for half in (quarters[:middle], quarters[middle:]))
