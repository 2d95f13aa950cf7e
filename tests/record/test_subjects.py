"""What is recorded of a case, a person and other rows. Each act leaves an entry of what it changed."""

import pytest
from django.apps import apps
from django.conf import settings

from consultations.enums import Kind, State
from consultations.workflow import VERBS
from kit.records import leave_entry
from tests.factories import Staff, case_at
from tests.record.conftest import list_findings
from tests.standard.steps import CALLS, case_before, right_taker
from tests.world import undone
from trust.record import subjects
from trust.record.entries import leave
from trust.record.models import Entry
from trust.record.verification import Verification

NOT_RECORDED = """
consultations.CaseNote consultations.IdentityReveal consultations.KnownWord consultations.LinkAccess
consultations.NumberBook consultations.SearchText consultations.StepDraft consultations.WorkItem
exchange.SubmittedCase exchange.WebhookEvent intake.DraftFile intake.RequestDraft
notices.Message notices.Notice notices.PushSubscription office.ClassificationCode
record.Entry record.Head record.RecordCheck reports.DailyFigures reports.Export
scheduling.CalendarFeed scheduling.SchedulingPace scheduling.Slot surveys.AnswerBox surveys.Participation
"""
"""Models of which nothing is recorded. Each says why."""

SOME_COLUMNS = {
    "consultations.Attachment": ("file", "inert_copy", "pictures"),
    "consultations.Case": ("version", "before_last"),
    "exchange.System": ("last_used_at", "notified_at"),
    "exchange.Webhook": ("failing_since", "stopped_at"),
    "faq.Question": ("helped",),
    "office.User": ("last_login", "factor_asked_at", "factor_open_until", "introduced_at", "invited_at"),
}
"""Columns that are not recorded: derived, of the running of the site, or compared in another way."""

WITHOUT_RECORD = {"kit", "operations"}
"""Rooms whose tables hold nothing of the service: heartbeats, limits, sheets of the set-up."""


def test_each_model_is_recorded_or_was_decided_on() -> None:
    ours = [model for model in apps.get_models() if not model.__module__.startswith(("django", "allauth"))]
    rooms = {model.__module__.partition(".")[0] for model in ours}
    own = {name for name in rooms if (settings.BASE_DIR / name).is_dir()}
    assert own == {*subjects.FOLDERS} | WITHOUT_RECORD
    found = {model: getattr(model, "not_recorded", ()) for model in apps.get_models()}
    assert sorted(m._meta.label for m, columns in found.items() if columns is True) == NOT_RECORDED.split()
    assert {
        m._meta.label: columns for m, columns in found.items() if columns not in (True, ())
    } == SOME_COLUMNS


def test_each_recorded_model_is_in_one_kind_of_subject() -> None:
    kinds = {kind for _model, _which, kind in subjects.list_all()}
    grouped = [group.model for kind in kinds for group in subjects.list_groups(kind)]
    assert set(subjects.list_recorded()) == set(grouped)


def test_a_case_is_read_in_one_query(staff: Staff, django_assert_num_queries: object) -> None:
    case = case_at(State.CLOSED, staff)
    with django_assert_num_queries(2):  # type: ignore[operator]
        leave("case", [str(case.pk)])
    rows = subjects.read("case", [str(case.pk)])[str(case.pk)]
    assert {"consultations.Case", "consultations.Event", "reports.Report", "documents.Document"} <= {*rows}


@pytest.mark.differs_by_database
def test_values_are_the_same_after_a_second_reading_and_without_secrets(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
    (first,), (again,) = (subjects.read("case", [str(case.pk)]).values() for _time in range(2))
    assert first == again
    assert str(case.secret) not in str(first)


def test_a_short_text_cannot_be_guessed_from_a_digest(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    leave_entry(case)
    leave_entry(case)
    entries = Entry.objects.filter(kind="case", key=str(case.pk)).order_by("-pk")[:2]
    assert entries[0].digest != entries[1].digest


def test_each_step_leaves_what_it_has_changed(staff: Staff, subtests: pytest.Subtests) -> None:
    for verb, step in VERBS.items():
        with subtests.test(verb), undone():
            case = case_before(step, staff)
            if step.source is not None:
                leave_entry(case)
                CALLS[verb](case, staff, right_taker(step, case, staff))
            verification = Verification(reads_files=False)
            found = [text for text in verification.run() if text.startswith("case ")]
            assert [text for text in found if text.startswith(f"case {case.pk}:")] == []


@pytest.mark.differs_by_database
def test_nothing_is_found_in_each_state(staff: Staff) -> None:
    for state in (State.REGISTERED, State.DECLINED, State.SCHEDULED, State.CLOSED):
        case_at(state, staff)
    assert list_findings() == []
