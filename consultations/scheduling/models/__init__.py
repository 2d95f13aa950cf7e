"""Models of the schedule: sessions and the half hours that they reserve, absences and delegations, feeds."""

from consultations.scheduling.models.absence import Absence, Delegation
from consultations.scheduling.models.sessions import CalendarFeed, Session, Slot

__all__ = ["Absence", "CalendarFeed", "Delegation", "Session", "Slot"]
