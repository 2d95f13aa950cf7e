"""Roles of the office in the survey."""

from consultations.parties import LINK_SHARERS, OFFICE_WIDE
from office.models import Appointment, Role, User

READERS = frozenset(OFFICE_WIDE)
"""Roles that see the results of the survey in the office."""

ENTERING = frozenset(role for role, party in OFFICE_WIDE.items() if party in LINK_SHARERS)
"""Roles that receive paper forms and enter them."""

PLANNERS = frozenset({Role.TIM_PKD, Role.SECRETARY, Role.HEAD})
"""Roles that read comments and write the follow-up plan."""

PUBLISHERS = frozenset({Role.HEAD})
"""Roles that determine a result (Ditetapkan Kepala Dinas)."""


def get_appointment(user: User, roles: frozenset[Role]) -> Appointment | None:
    """Return the user's present appointment with one of these roles, if there is one."""
    return next((a for a in user.current_appointments if Role(a.position.role) in roles), None)
