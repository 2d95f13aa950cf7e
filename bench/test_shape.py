"""The cases of `bench/fill` have the shape of those that the services make: `pytest bench`."""

from typing import Any

import pytest
from django.db import models
from pytest_django import DjangoDbBlocker

from bench.fill import fill
from bench.records import MODELS
from consultations.enums import State
from consultations.models import AgendaEntry, Case, NumberBook, SearchWord
from consultations.search_index import index_case
from office.models import Division
from reports.models import Report
from tests import factories

# What people may leave empty, so that it says nothing about the shape.
OPTIONAL = {
    "Case": {"organisation", "address", "email", "submission_token", "complained_party", "deadline"}
    | {"letter_number", "letter_date", "needs_review"},
    "Event": {"note"},
    "Disposition": {"deadline", "copies", "note", "instructions"},
    "Assignment": {"preparation"},
    "Preparation": {"equipment"},
    "Session": {"place", "link"},
    "Report": {"general", "purpose", "scope", "basis", "conclusion", "closing"},
}
# Rows that a case has or has not by somebody's choice.
CHOSEN = {"StaffReview", "Case_copied_to", "Case_companions", "Assignment_companions", "Slot", "SearchWord"}


def columns(row: models.Model) -> frozenset[str]:
    """The columns of a row in which something stands."""
    name = type(row).__name__
    filled = {
        field.name for field in row._meta.concrete_fields if getattr(row, field.attname) not in (None, "")
    }
    return frozenset(filled - OPTIONAL.get(name, set()))


def shape(case: Case) -> dict[str, Any]:
    """Which columns are set in the case and each related row, and which steps were taken."""
    rows: dict[str, Any] = {"Case": columns(case), "verbs": list(case.history.values_list("verb", flat=True))}
    for model in MODELS:
        if model.__name__ not in CHOSEN and any(field.name == "case" for field in model._meta.fields):
            found = model._default_manager.filter(case=case).order_by("pk")
            rows[model.__name__] = [columns(row) for row in found]
    rows["steps"] = list(case.history.order_by("pk").values_list("number", "verb", "source", "target"))
    rows["version"] = case.version
    papers = case.documents.order_by("kind", "version")
    rows["papers"] = [(p.kind, p.version, bool(p.number), bool(p.issued_by_id)) for p in papers]
    rows["follow-ups"] = case.follow_ups.exists()
    return rows


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    """900 cases of `bench/fill` for all tests of this file, taken back afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield fill(900, open_share=0.5, show=False)
        transaction.set_rollback(True)


@pytest.fixture
def staff(filled: dict[str, int], db: None) -> factories.Staff:
    for division in Division.objects.all():  # make_staff() has a division of the same name
        division.name = f"Bidang {division.name}"
        division.save()
    return factories.make_staff()


def same_way(real: Case) -> Case:
    """A filled case that took the same steps."""
    verbs = shape(real)["verbs"]
    for case in Case.objects.filter(state=real.state).exclude(pk=real.pk):
        if shape(case)["verbs"] == verbs:
            return case
    raise AssertionError(f"no filled case took {verbs}")


@pytest.mark.parametrize("state", State)
def test_as_the_services_make_it(staff: factories.Staff, state: State) -> None:
    real = factories.case_at(state, staff)
    assert shape(same_way(real)) == shape(real)


def test_walk_in_as_the_services_make_it(staff: factories.Staff) -> None:
    real = factories.walk_in_at(State.CLOSED, staff)
    assert shape(same_way(real)) == shape(real)


def test_agenda_numbers_have_no_gap(staff: factories.Staff) -> None:
    for book in NumberBook.objects.filter(series=NumberBook.Series.AGENDA):
        entries = AgendaEntry.objects.filter(year=book.year).order_by("number")
        assert [entry.number for entry in entries] == list(range(1, book.taken + 1))
        assert [*entries] == sorted(entries, key=lambda entry: entry.registered_at)


def test_report_numbers_have_no_gap(staff: factories.Staff) -> None:
    for book in NumberBook.objects.filter(series=NumberBook.Series.REPORT):
        numbers = Report.objects.filter(accepted_at__year=book.year).values_list("number", flat=True)
        assert sorted(int(str(number).split("/")[1]) for number in numbers) == list(range(1, book.taken + 1))


def test_found_by_the_same_words(staff: factories.Staff) -> None:
    for case in Case.objects.select_related("agenda").order_by("-pk")[:100:7]:
        words = set(case.search_words.values_list("word", flat=True))
        case.search_words.all().delete()
        index_case(case)
        numbers = [entry.number for entry in [*case.voided_entries.all(), case.agenda] if entry]
        SearchWord.add(case, *map(str, numbers))
        assert set(case.search_words.values_list("word", flat=True)) == words
