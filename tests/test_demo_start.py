"""The command `demo` works in an empty database on any date, and only with DEBUG."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from consultations.enums import State
from consultations.models import Case
from kit import clock
from notices.models import SEND_BY_HAND, Message
from notices.queries import delivery_alarm
from office.models import User
from operations.demo.generate import fill
from operations.demo.management.commands.demo import Command
from operations.demo.scenarios import SCENARIOS, Scenario
from tests.test_demo import ending

pytestmark = pytest.mark.same_on_every_database

EARLY = dt.datetime(2026, 11, 22, 23, 45, tzinfo=dt.UTC)
LATE = dt.datetime(2027, 3, 12, 6, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "few"),
    [
        (EARLY, SCENARIOS[::12]),
        pytest.param(EARLY, SCENARIOS[::4], marks=pytest.mark.release),
        pytest.param(LATE, SCENARIOS[::4], marks=pytest.mark.release),
    ],
    ids=["before the week's first hour", "with more cases", "after a long holiday"],
)
def test_it_can_be_started_at_any_time(moment: dt.datetime, few: tuple[Scenario, ...], db: None) -> None:
    """With some of the scenarios. test_demo.py runs them all, in the first minute of work in a year."""
    with clock.set_to(moment):
        assert fill(few)
        found = Counter(Case.objects.filter(is_independent=False).values_list("state", flat=True))
        others = sum(scenario.verbs.count(verb) for scenario in few for verb in ("split", "merge"))
        expected = Counter(ending(scenario.verbs) for scenario in few)
        assert found == expected + Counter({State.SUBMITTED: others})
        assert delivery_alarm() is None
        assert Message.objects.filter(SEND_BY_HAND).exists()


def test_demo_requires_debug(db: None) -> None:
    with pytest.raises(CommandError, match="DEBUG=true"):
        call_command(Command())
    assert not User.objects.exists()
