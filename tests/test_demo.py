"""The command `demo`: cases in every state, created once and only with DEBUG."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from consultations.enums import Channel, Kind, State
from consultations.models import AgendaEntry, Case, Event
from consultations.workflow import STEPS, VERBS
from demo.management.commands.demo import Command
from demo.scenarios import SCENARIOS
from dispositions.models import Disposition, Opinion
from office import clock
from office.models import Appointment, Office, User
from reports.models import FollowUp, Remark, Report
from scheduling.models import Session


def run() -> str:
    output = StringIO()
    with override_settings(DEBUG=True):
        call_command(Command(), stdout=output)
    return output.getvalue()


def records() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Appointment, Case, Event, AgendaEntry, Session))


def ending(verbs: tuple[str, ...]) -> State:
    state = None
    for verb in verbs:
        state = STEPS[verb, state].target if verb in VERBS else state
    assert state
    return state


@pytest.fixture(scope="module")
def generated(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The demo for all tests of this file, rolled back afterwards. It takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


@pytest.fixture
def demo(generated: str, db: None) -> str:
    """Output of the command, with all that it created."""
    return generated


def test_cases_stand_in_every_state_as_their_scenarios_say(demo: str) -> None:
    found = Counter(Case.objects.values_list("state", flat=True))
    assert found == Counter(ending(scenario.verbs) for scenario in SCENARIOS)
    assert set(found) == {state.value for state in State}
    assert f"{len(SCENARIOS)} permohonan" in demo


def test_every_step_of_the_standard_was_taken(demo: str) -> None:
    assert set(Event.objects.values_list("verb", flat=True)) == set(VERBS)


def test_agenda_numbers_have_no_gap_and_rise_with_the_time(demo: str) -> None:
    entries = AgendaEntry.objects.order_by("year", "number")
    for year in set(entries.values_list("year", flat=True)):
        numbers = list(entries.filter(year=year).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    moments = list(entries.values_list("registered_at", flat=True))
    assert moments == sorted(moments)
    assert entries.filter(voided_at__isnull=False).count() == 3


def test_there_is_something_of_everything(demo: str) -> None:
    assert {*Case.objects.values_list("kind", flat=True)} == {*Kind}
    assert {*Case.objects.values_list("channel", flat=True)} == {*Channel}
    assert Case.objects.values("subject").distinct().count() >= 25
    assert Case.objects.filter(awaits_ratification=True).exists()
    assert Case.objects.filter(due_at__lt=clock.now(), closed_at__isnull=True).exists()
    assert Session.objects.filter(starts_at__gt=clock.now(), cancelled_at__isnull=True).count() >= 4
    assert Disposition.objects.filter(deadline__isnull=False).exists()
    assert Appointment.objects.current().filter(acting="Plt.").exists()
    assert all(case.phone.is_valid() for case in Case.objects.exclude(phone=""))
    assert Office.load().unit_code == "DINSOSPMD"


def test_opinions_are_answered_awaited_and_late(demo: str) -> None:
    answered = Opinion.objects.filter(recorded_at__isnull=False)
    awaited = Opinion.objects.filter(recorded_at=None)
    assert answered.count() >= 4
    assert answered.filter(letter__isnull=False).exists()
    assert {opinion.is_late for opinion in awaited} == {True, False}
    assert Case.objects.filter(opinions_awaited__gt=0).count() == 3


def test_recommendations_are_done_late_ahead_and_without_a_day(demo: str) -> None:
    awaited = FollowUp.objects.filter(done_at=None)
    assert FollowUp.objects.filter(done_at__isnull=False).count() >= 10
    assert {follow_up.is_late for follow_up in awaited} == {True, False}
    assert awaited.filter(due=None).exists()
    assert awaited.filter(due__gte=clock.today()).exists()


def test_reports_were_remarked_on_and_one_was_corrected(demo: str) -> None:
    assert Remark.objects.values("report").distinct().count() >= 4
    corrected = Report.objects.filter(corrected_at__isnull=False)
    assert {report.case.state for report in corrected} == {State.CLOSED, State.HELD}


def test_everybody_can_log_in(demo: str) -> None:
    accounts = {user.username: user for user in User.objects.all()}
    heads, officers = [f"kabid{n}" for n in range(1, 5)], [f"petugas{n}" for n in range(1, 9)]
    assert set(accounts) == {"sekretariat", "pkd", "kadis", "admin", *heads, *officers}
    assert accounts["pkd"].check_password("rembuk-demo-2026")
    assert not accounts["admin"].current_appointments


def test_a_second_run_says_so_and_changes_nothing(demo: str) -> None:
    before = records()
    assert "Tidak ada yang diubah" in run()
    assert records() == before
