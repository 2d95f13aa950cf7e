"""Models of the office: people and positions, profile and published standard, rooms, working time."""

from .people import Appointment, Division, Position, Role, User
from .profile import Instruction, Office, StandardComponent
from .rooms import Room
from .worktime import ClosedDay, OpeningHours, Season

__all__ = [
    "Appointment",
    "ClosedDay",
    "Division",
    "Instruction",
    "Office",
    "OpeningHours",
    "Position",
    "Role",
    "Room",
    "Season",
    "StandardComponent",
    "User",
]
