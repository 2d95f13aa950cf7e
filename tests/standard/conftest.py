"""The Monday on which the tests of absences and holidays begin."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from kit import clock
from tests.factories import Staff

MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def monday(staff: Staff) -> Iterator[None]:
    """Set the clock to that Monday at nine; the day before was the last day of `expired`."""
    staff.expired.appointments.update(ends=MONDAY.date() - dt.timedelta(days=1))
    with clock.set_to(MONDAY):
        yield
