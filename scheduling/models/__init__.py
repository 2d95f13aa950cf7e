"""Models of the schedule: sessions and the half hours that they reserve, absences and delegations."""

from .absence import Absence, Delegation
from .sessions import Session, Slot

__all__ = ["Absence", "Delegation", "Session", "Slot"]
