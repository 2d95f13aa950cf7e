"""How few people or cases are too few to show."""

from collections.abc import Mapping

ENOUGH = 5
"""Fewer than this point at single people and tell nothing of the service: no figure is made of them."""


def told(count: int) -> int | None:
    """A count as it may be told; None for one that points at single people. That there is nobody is told."""
    return None if 0 < count < ENOUGH else count


def untold[Group](counts: Mapping[Group, int]) -> list[Group]:
    """Of the groups of a whole that is told: those whose counts are not, smallest first.

    They are the groups of fewer than ENOUGH, and the next smallest until they are ENOUGH together: one that
    is missing alone is found by subtraction.
    """
    found = sorted((group for group in counts if counts[group]), key=lambda group: counts[group])
    hidden = [group for group in found if counts[group] < ENOUGH]
    for group in found[len(hidden) :]:
        if not 0 < sum(counts[small] for small in hidden) < ENOUGH:
            break
        hidden.append(group)
    return hidden
