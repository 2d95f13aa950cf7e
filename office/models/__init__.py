"""Models of the office: people and positions, profile and published standard, working time, heartbeats."""

from .heartbeat import Heartbeat
from .people import Appointment, Division, Position, Role, User
from .profile import Instruction, Office, StandardComponent
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
    "Season",
    "StandardComponent",
    "User",
]
