"""Cases generated in bulk (`bench/`) are complete and numbered, and every measured page shows them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bench.case_generator import generate_cases
from bench.copier import list_owned_models
from bench.page_list import list_pages
from consultations.enums import OF_SECRETARY, Channel, State
from consultations.models import AgendaEntry, Case, Event, NumberBook, SearchText
from consultations.scheduling.models import Session, Slot
from consultations.search_index import get_texts
from documents.models import Document, ReportNumber
from kit import clock
from operations.demo.scenarios import SCENARIOS, Scenario
from reports.models import FollowUp, Report
from tests.test_demo import ending
from trust.record import subjects
from trust.record.entries import list_without_entry

pytestmark = pytest.mark.release

COPIES = 48


def choose_originals() -> list[Scenario]:
    """Return the shortest scenario of each state, and three of special cases."""
    shortest: dict[State, Scenario] = {}
    for scenario in sorted(SCENARIOS, key=lambda scenario: len(scenario.verbs)):
        if scenario.channel != Channel.WALK_IN:
            shortest.setdefault(ending(scenario.verbs), scenario)
    voided = next(scenario for scenario in SCENARIOS if "void" in scenario.verbs)
    hidden = next(scenario for scenario in SCENARIOS if "confidential" in scenario.options)
    walk_in = next(scenario for scenario in SCENARIOS if scenario.steps == "walk_in start")
    return [*shortest.values(), voided, hidden, walk_in]


@pytest.fixture(scope="module")
def module_cases(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """Cases for all tests of this file, two thirds of them open."""
    with django_db_blocker.unblock(), transaction.atomic():
        originals = choose_originals()
        yield generate_cases(len(originals) + COPIES, originals=originals, open_share=0.66)
        transaction.set_rollback(True)


@pytest.fixture
def written(module_cases: dict[str, int], db: None) -> dict[str, int]:
    """Rows by table."""
    return module_cases


def test_every_copy_has_all_rows_of_its_original(written: dict[str, int]) -> None:
    copies = Case.objects.order_by("-pk")[:COPIES]
    originals = [case.pk for case in Case.objects.order_by("pk")[: Case.objects.count() - COPIES]]
    low, span = originals[0], originals[-1] - originals[0] + 1
    for model, (lookup, *_others) in list_owned_models().items():
        if model not in (Slot, AgendaEntry):
            rows = Counter(model._base_manager.values_list(lookup, flat=True))
            for case in copies:
                assert rows[case.pk] == rows[(case.pk - low) % span + low], model


def test_cases_of_every_state_keep_all_constraints(written: dict[str, int]) -> None:
    connection.check_constraints()
    for case in Case.objects.all():
        case.validate_constraints()
    assert written["consultations_case"] == COPIES
    assert Case.objects.count() == len(choose_originals()) + COPIES
    assert set(Case.objects.values_list("state", flat=True)) == {*State} - {*OF_SECRETARY, State.EXAMINING}
    assert Case.objects.open().count() == round(0.66 * Case.objects.count())


def test_history_is_a_chain_up_to_the_state(written: dict[str, int]) -> None:
    events = Event.objects.order_by("case", "pk")
    states = dict(Case.objects.values_list("pk", "state"))
    for case, steps in groupby(events, key=lambda event: event.case_id):
        history = [*steps]
        assert history[0].source == ""
        assert all(after.source == before.target for before, after in pairwise(history))
        assert all(after.entered_at >= before.entered_at for before, after in pairwise(history))
        assert history[-1].target == states.pop(case)
    assert not states


def test_agenda_numbers_are_consecutive_in_each_year(written: dict[str, int]) -> None:
    numbers = defaultdict(list)
    for entry in AgendaEntry.objects.order_by("number"):
        assert entry.year == timezone.localdate(entry.registered_at).year
        numbers[entry.year].append(entry.number)
    for book in NumberBook.objects.filter(series=NumberBook.Series.AGENDA):
        assert numbers.pop(book.year) == [*range(1, book.taken + 1)]
    assert not numbers


def test_document_numbers_are_consecutive_in_each_year(written: dict[str, int]) -> None:
    """Reports share the series of the letters: the pattern does not name the kind of paper."""
    numbers = set(ReportNumber.objects.values_list("number", flat=True))
    numbers |= set(Document.objects.exclude(number="").values_list("number", flat=True))
    serials = defaultdict(list)
    for number in numbers:
        parts = number.split("/")
        serials[int(parts[-1])].append(int(parts[1]))
    for book in NumberBook.objects.filter(series=NumberBook.Series.LETTER):
        assert sorted(serials.pop(book.year)) == [*range(1, book.taken + 1)]
    assert not serials


def test_one_report_number_in_all_records_of_a_case(written: dict[str, int]) -> None:
    for case in Case.objects.filter(state=State.CLOSED):
        assert ReportNumber.objects.get(case=case).number == case.report_number
        assert Report.objects.get(case=case, accepted_at__isnull=False).number == case.report_number
        assert FollowUp.objects.filter(report__case=case).exists()


def test_documents_refer_to_sources_of_their_case(written: dict[str, int]) -> None:
    models_by_kind = {Document.Kind.REPORT: Report, Document.Kind.SCHEDULE: Session}
    for document in Document.objects.filter(kind__in=models_by_kind):
        record = models_by_kind[Document.Kind(document.kind)]._default_manager.get(pk=document.source_pk)
        assert record.case_id == document.case_id  # type: ignore[attr-defined]


def test_future_sessions_have_their_slots(written: dict[str, int]) -> None:
    ahead = Session.objects.filter(starts_at__gt=clock.now(), cancelled_at=None)
    assert ahead.exists()
    for session in ahead:
        officer_slots = session.slots.filter(user=session.officer).order_by("day", "half_hour")
        assert [*officer_slots.values_list("day", "half_hour")] == session.half_hours()


def test_found_by_the_words_of_the_product(written: dict[str, int]) -> None:
    for case in Case.objects.select_related("agenda"):
        stored = SearchText.objects.filter(case=case).values("names", "subject", "body").get()
        assert stored == get_texts(case)


def test_every_measured_page_opens(written: dict[str, int]) -> None:
    for page in list_pages():
        assert page.create_client().get(page.address).status_code == 200, page.title


def test_each_copied_row_has_its_entry(written: dict[str, int]) -> None:
    for model, which, kind in subjects.list_all():
        rows = model._base_manager.filter(which)
        assert not list_without_entry(rows, kind), model
