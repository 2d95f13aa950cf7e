"""A change of access is decided once, also if two people decide at the same moment."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from kit import clock
from kit.refusal import Refused
from office.access.changes import Kind, confirm, propose, refuse
from office.models import AccessChange, Appointment, Position, Role
from tests.factories import Staff, make_user
from tests.threads import run_at_once

pytestmark = [pytest.mark.differs_by_database, pytest.mark.usefixtures("shared_database")]


@pytest.mark.parametrize("second", [confirm, refuse])
def test_two_decisions_at_once_are_one(second: Any, staff: Staff) -> None:
    other = make_user("admin2")
    other.is_staff = True
    other.save()
    what: dict[str, Any] = {"position": Position.objects.get(role=Role.TIM_PKD), "starts": clock.today()}
    change = propose(Kind.APPOINT, staff.petugas, by=staff.admin, **what)

    def decide(decision: Any, by: Any) -> str:
        try:
            return str(decision(change, by=by).outcome)
        except Refused:
            return "overtaken"

    answers = Counter(run_at_once([partial(decide, confirm, staff.kadis), partial(decide, second, other)]))
    change.refresh_from_db()
    assert answers == {"overtaken": 1, change.outcome: 1}
    appointed = Appointment.objects.filter(user=staff.petugas, position=what["position"]).count()
    assert appointed == (change.outcome == AccessChange.Outcome.CONFIRMED)
