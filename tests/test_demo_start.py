"""The command `demo` works in an empty database on any date, and only with DEBUG."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from consultations.models import Case
from demo.management.commands.demo import Command
from demo.scenarios import SCENARIOS
from notices.models import SEND_BY_HAND, Message
from notices.queries import delivery_alarm
from office import clock
from office.models import User
from tests.test_demo import ending, run

pytestmark = pytest.mark.same_on_every_database  # test_demo.py creates it on both


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2027, 1, 4, 0, 31, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 12, 6, 0, tzinfo=dt.UTC),
    ],
    ids=["first minute of a year", "after a long holiday"],
)
def test_demo_starts_on_any_date(db: None, moment: dt.datetime) -> None:
    with clock.set_to(moment):
        run()
        assert Counter(Case.objects.values_list("state", flat=True)) == Counter(
            ending(scenario.verbs) for scenario in SCENARIOS
        )
        assert delivery_alarm() is None
        assert Message.objects.filter(SEND_BY_HAND).exists()


def test_demo_requires_debug(db: None) -> None:
    with pytest.raises(CommandError, match="DEBUG=true"):
        call_command(Command())
    assert not User.objects.exists()
