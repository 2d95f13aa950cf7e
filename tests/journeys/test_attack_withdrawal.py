"""Attacks on what cannot be taken back: one official alone ends a complaint."""

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import Identity, Kind, State
from consultations.intake import services
from consultations.steps import PAGES
from kit.refusal import Refused
from tests.factories import DETAILS, Staff, afresh, case_at


def test_a_clerk_does_not_withdraw_a_complaint_that_may_be_about_him(staff: Staff) -> None:
    """The Sekretariat took it in at the counter, and nobody knows yet whom it is about."""
    case = services.receive(by=staff.sekretariat, kind=Kind.COMPLAINT, **DETAILS)
    assert (case.state, case.agenda) == (State.SUBMITTED, None)
    how = {"requested_by": "TELEPHONE", "checked_with": "CALL", "reason": "Selesai."}
    with pytest.raises((PermissionDenied, Refused)):
        PAGES["withdraw_for"].service(afresh(case), by=staff.sekretariat, **how)


def test_a_withdrawal_at_the_counter_checks_the_identity(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT, identity=Identity.OPEN)
    with pytest.raises((PermissionDenied, Refused, TypeError)):
        PAGES["withdraw_for"].service(case, by=staff.sekretariat, requested_by="TELEPHONE", reason="Selesai.")
