"""Models of the office: people, changes of access, profile and published standard, rooms, second factors,
working time, background data.
"""

from office.models.access_change import AccessChange, StaffCheck
from office.models.codes import ClassificationCode
from office.models.people import (
    Appointment,
    Division,
    FactorRequirement,
    Position,
    Role,
    User,
    list_appointments,
    list_current_appointments,
    list_current_holders,
    list_holders,
)
from office.models.profile import Instruction, MenuLevel, Office
from office.models.publication import Requirement, StandardComponent, StandardPublication, StandardStep
from office.models.retention import RetentionRule
from office.models.worktime import ClosedDay, OpeningHours, Room, Season
