"""The command `demo` in an empty database: at any time of the year, and only with DEBUG."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from consultations.models import Case
from demo.management.commands.demo import Command
from demo.scenarios import SCENARIOS
from notices.held_back import held_back
from notices.models import Message
from notices.queue import TO_BE_SENT
from office import clock
from office.models import User
from tests.test_demo import ending, run

pytestmark = pytest.mark.same_on_every_database  # test_demo.py runs on both


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 11, 22, 23, 45, tzinfo=dt.UTC),
        dt.datetime(2027, 1, 4, 0, 31, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 12, 6, 0, tzinfo=dt.UTC),
    ],
    ids=["Sunday night", "first minute of a year", "after a long holiday"],
)
def test_it_can_be_started_at_any_time(db: None, moment: dt.datetime) -> None:
    with clock.set_to(moment):
        run()
        assert Counter(Case.objects.values_list("state", flat=True)) == Counter(
            ending(scenario.verbs) for scenario in SCENARIOS
        )
        assert held_back() is None
        assert Message.objects.filter(TO_BE_SENT).exists()


def test_it_refuses_outside_debug(db: None) -> None:
    with pytest.raises(CommandError, match="DEBUG=true"):
        call_command(Command())
    assert not User.objects.exists()
