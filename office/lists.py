"""Lists of the office that forms offer, cached in the process."""

from kit.cache import remembered
from office.models import Division, Instruction, Position, Room, StandardStep
from office.models.publication import STAGES, list_standard_steps


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


def list_published_steps() -> list[tuple[StandardStep, list[int]]]:
    """Return each published step with the stages that it covers.

    A step covers its own stage and the following stages that have no step. The first step also covers the
    stages before its own.
    """
    steps = list_standard_steps()
    tied = sorted({step.stage for step in steps if step.stage})
    covered: dict[int, list[int]] = {stage: [] for stage in tied}
    for number in STAGES if tied else ():
        covered[max((stage for stage in tied if stage <= number), default=tied[0])].append(number)
    return [(step, covered.get(step.stage or 0, [])) for step in steps]


def get_step_number(stage: int) -> int:
    """Return the number of the published step that covers a stage, or the stage itself if none does."""
    return next((step.number for step, covered in list_published_steps() if stage in covered), stage)
