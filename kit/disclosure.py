"""Statistical disclosure control: suppress counts so small that they point at single people."""

from collections.abc import Mapping

MIN_GROUP_SIZE = 5
"""The smallest count that is published."""


def publishable(count: int) -> int | None:
    """Return the count, or None if it must be suppressed. Zero is published."""
    return None if 0 < count < MIN_GROUP_SIZE else count


def suppressed[Group](counts: Mapping[Group, int]) -> set[Group]:
    """Return the groups whose counts must be suppressed if their total is published.

    If only one count is too small, the next smallest is suppressed as well. Otherwise a reader could compute
    it from the total.
    """
    by_size = sorted((group for group in counts if counts[group]), key=lambda group: counts[group])
    small = [group for group in by_size if publishable(counts[group]) is None]
    return set(by_size[:2] if len(small) == 1 else small)
