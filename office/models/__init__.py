"""Models of the office: people, changes of access, profile and published standard, rooms, second factors,
working time, background data.
"""

from .access_change import AccessChange
from .people import (
    Appointment,
    User,
    list_appointments,
    list_current_appointments,
    list_holders,
)
from .positions import Division, Position
from .profile import Instruction, Office
from .publication import StandardComponent, StandardPublication
from .retention import RetentionRule
from .role import Role
from .rooms import Room
from .second_factor import FactorRequirement
from .worktime import ClosedDay, OpeningHours, Season

__all__ = [
    "AccessChange",
    "Appointment",
    "ClosedDay",
    "Division",
    "FactorRequirement",
    "Instruction",
    "Office",
    "OpeningHours",
    "Position",
    "RetentionRule",
    "Role",
    "Room",
    "Season",
    "StandardComponent",
    "StandardPublication",
    "User",
    "list_appointments",
    "list_current_appointments",
    "list_holders",
]
