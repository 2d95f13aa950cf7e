"""Lists of the office that forms offer, from the memory of the process."""

from kit.cache import remembered
from office.models import Division, Instruction, Position, Room


@remembered
def list_all_divisions() -> list[Division]:
    """Return all divisions, by name."""
    return list(Division.objects.all())


@remembered
def list_active_divisions() -> list[Division]:
    """Return the divisions that still exist, by name."""
    return list(Division.objects.filter(is_active=True))


@remembered
def list_positions() -> list[Position]:
    """Return all positions, the oldest first."""
    return list(Position.objects.order_by("pk"))


@remembered
def list_active_rooms() -> list[Room]:
    """Return the rooms in use, in their order."""
    return list(Room.objects.filter(is_active=True))


@remembered
def list_instructions() -> list[Instruction]:
    """Return the preset instructions of a disposition, in their order."""
    return list(Instruction.objects.filter(is_active=True))
