"""The command `demo`: an office at work, with cases in every state."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from consultations.enums import OF_SECRETARY, Channel, Kind, Party, State
from consultations.models import AgendaEntry, Case, Event
from consultations.scheduling.models import Session
from consultations.workflow import STEPS, VERBS
from dispositions.models import Disposition, Minutes, Opinion
from documents.models import Document
from kit import clock
from notices.queries import delivery_alarm, messages_to_handle
from office.models import Appointment, FactorRequirement, Office, User
from office.models.codes import list_codes
from operations.demo.management.commands.demo import Command
from operations.demo.scenarios import SCENARIOS
from reports.models import FollowUp, Remark, Report
from tests.sessions import log_in

pytestmark = pytest.mark.release

MOMENT = dt.datetime(2027, 1, 4, 0, 31, tzinfo=dt.UTC)
"""The first minute of work in a year. tests/test_demo_start.py tries two other moments."""


def run() -> str:
    output = StringIO()
    with override_settings(DEBUG=True):
        call_command(Command(), stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The output of one run for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.set_to(MOMENT):
            output = run()
        yield output
        transaction.set_rollback(True)


@pytest.fixture
def output(made_once: str, db: None) -> Iterator[str]:
    """Set the clock to the moment of the run."""
    with clock.set_to(MOMENT):
        yield made_once


def records() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Appointment, Case, Event, AgendaEntry, Session))


def ending(verbs: tuple[str, ...]) -> State:
    state = None
    for verb in verbs:
        # The demo merges a case into one that was sent again.
        state = STEPS[verb, state].targets[-1 if verb == "merge" else 0] if verb in VERBS else state
    assert state
    return state


def test_cases_are_in_every_state_as_their_scenarios_say(output: str) -> None:
    cases = Case.objects.values_list("state", flat=True)
    found = Counter(cases.filter(is_independent=False))
    others = sum(scenario.verbs.count(verb) for scenario in SCENARIOS for verb in ("split", "merge"))
    expected = Counter(ending(scenario.verbs) for scenario in SCENARIOS)
    assert found == expected + Counter({State.SUBMITTED: others})
    assert {*cases} == {*State} - {*OF_SECRETARY}
    assert f"{len(SCENARIOS) + others + 2} permohonan" in output


def test_every_step_of_the_standard_was_taken(output: str) -> None:
    # `answer_for` needs an officer who has left. The others need a complaint about the head, one that was
    # passed on, or a Sekretaris.
    others = {
        *("pass_up", "record_receipt", "remind_receiver", "decide_deletion_for"),
        "dismiss",
        "refer_up",
        "answer_for",
        *(verb for verb in VERBS if VERBS[verb].actor == Party.SECRETARY),
    }
    assert set(Event.objects.values_list("verb", flat=True)) == {*VERBS} - others


def test_agenda_numbers_have_no_gap_and_rise_with_time(output: str) -> None:
    entries = AgendaEntry.objects.order_by("year", "number")
    for year in set(entries.values_list("year", flat=True)):
        numbers = list(entries.filter(year=year).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    moments = list(entries.values_list("registered_at", flat=True))
    assert moments == sorted(moments)
    assert entries.filter(voided_at__isnull=False).count() == 3


def test_each_paper_has_the_code_of_its_kind_or_of_its_case(output: str) -> None:
    papers = Document.objects.exclude(number="").select_related("case")
    assert papers.filter(kind="REPORT").count() >= 20
    wrong = [
        paper.number
        for paper in papers
        if paper.case
        and (
            paper.classification not in (paper.case.classification, "000.1.2.3", "000.1.5")
            or not paper.number.startswith(f"{paper.classification}/")
            or ((paper.kind == "REPORT") and paper.classification != paper.case.classification)
        )
    ]
    assert wrong == []
    used = set(Case.objects.exclude(classification="").values_list("classification", flat=True))
    assert used == {"400.9.3", "400.9.11", "400.9.14", "400.10.2", "400.10.7"}, "full codes of the list"
    assert used <= set(list_codes())


def test_there_is_something_of_everything(output: str) -> None:
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


def test_opinions_are_answered_awaited_and_late(output: str) -> None:
    answered = Opinion.objects.filter(recorded_at__isnull=False)
    awaited = Opinion.objects.filter(recorded_at=None)
    assert answered.count() >= 4
    assert answered.filter(letter__isnull=False).exists()
    assert {opinion.is_late for opinion in awaited} == {True, False}
    assert Case.objects.filter(opinions_awaited__gt=0).count() == 3


def test_a_meeting_has_minutes_and_another_is_ahead(output: str) -> None:
    assert Minutes.objects.exists()
    assert Case.objects.filter(minutes_awaited=True, meeting_at__gt=clock.now()).exists()


def test_recommendations_are_done_late_ahead_and_without_a_day(output: str) -> None:
    awaited = FollowUp.objects.filter(done_at=None)
    assert FollowUp.objects.filter(done_at__isnull=False).count() >= 10
    assert {follow_up.is_late for follow_up in awaited} == {True, False}
    assert awaited.filter(due=None).exists()
    assert awaited.filter(due__gte=clock.today()).exists()


def test_reports_were_remarked_on_and_one_was_corrected(output: str) -> None:
    assert Remark.objects.values("report").distinct().count() >= 4
    corrected = Report.objects.filter(corrected_at__isnull=False)
    assert {report.case.state for report in corrected} == {State.CLOSED}
    accepted = Report.objects.filter(accepted_at__isnull=False, corrected_at=None)
    assert accepted.filter(case__state=State.HELD).exists()


def test_everybody_can_log_in(output: str) -> None:
    accounts = {user.username: user for user in User.objects.all()}
    heads, officers = [f"kabid{n}" for n in range(1, 5)], [f"petugas{n}" for n in range(1, 9)]
    assert set(accounts) == {"sekretariat", "pkd", "kadis", "pengawas", "admin", *heads, *officers}
    assert accounts["pkd"].check_password("rembuk-demo-2026")
    assert [row.is_required for row in FactorRequirement.objects.all()] == [False] * 3
    assert not accounts["admin"].current_appointments


def test_every_link_of_the_desk_and_of_the_menu_opens(output: str) -> None:
    """The pages of the demo have what tests of single pages rarely have: months of work, all mixed."""
    for name in ("sekretariat", "pkd", "kadis", "kabid1", "petugas1"):
        client = Client()
        log_in(client, User.objects.get(username=name))
        pages = {link: client.get(link) for link in links_of(client.get("/meja/").text)}
        more = links_of("".join(page.text for page in pages.values())) - pages.keys()
        pages |= {link: client.get(link) for link in sorted(more)[:15]}
        assert len(pages) > 20
        assert {link: page.status_code for link, page in pages.items() if page.status_code != 200} == {}


def links_of(page: str) -> set[str]:
    """Return the addresses of pages that a page links to: not of files."""
    links = re.findall(r'href="(/(?!berkas/|akun/|bahasa/|meja/berikutnya/)(?:[^"#]*/)?(?:\?[^"#]*)?)"', page)
    return {unescape(link) for link in links}


def test_a_second_run_says_so_and_changes_nothing(output: str) -> None:
    before = records()
    assert "Tidak ada yang diubah" in run()
    assert records() == before


def test_messages_wait_to_be_sent(output: str) -> None:
    assert delivery_alarm() is None
    assert messages_to_handle(User.objects.get(username="sekretariat")).exists()
