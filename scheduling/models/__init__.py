"""Models of the schedule: sessions and the half hours that they reserve, absences and delegations, feeds."""

from .absence import Absence, Delegation
from .feed import CalendarFeed
from .sessions import Session, Slot

__all__ = ["Absence", "CalendarFeed", "Delegation", "Session", "Slot"]
