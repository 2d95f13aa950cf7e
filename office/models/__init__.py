"""Models of the office: people, profile, published standard, rooms, working time, heartbeats, stamp."""

from .heartbeat import Heartbeat
from .people import Appointment, Division, Position, Role, User
from .profile import Instruction, Office, StandardComponent
from .publication import StandardPublication
from .rooms import Room
from .stamp import Stamp
from .worktime import ClosedDay, OpeningHours, Season

__all__ = [
    "Appointment",
    "ClosedDay",
    "Division",
    "Heartbeat",
    "Instruction",
    "Office",
    "OpeningHours",
    "Position",
    "Role",
    "Room",
    "Season",
    "Stamp",
    "StandardComponent",
    "StandardPublication",
    "User",
]
