"""The draft of a report: stored as typed, visible to its officer only, never silently overwritten."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import State
from consultations.models import Case, StepDraft
from consultations.services import MAX_CHARACTERS, DraftConflict, DraftTooLong, discard_draft, save_draft
from kit import clock
from kit.refusal import Refused
from reports import services
from tests.factories import SECTIONS, Staff, afresh, case_at
from tests.shared_data import each

TYPED: dict[str, Any] = {"results": "Setengah jadi", "advice": [{"text": "x", "responsible": "", "due": "y"}]}


def save(case: Case, staff: Staff, *, window: str = "a", seen: dt.datetime | None = None) -> StepDraft:
    return save_draft(case, "report", by=staff.petugas, typed=TYPED, window=window, seen=seen)


def test_typed_texts_are_stored_unchanged_until_they_are_discarded(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    first = save(case, staff)
    draft = StepDraft.objects.get()
    assert (draft.case, draft.by, draft.content["typed"]) == (case, staff.petugas, TYPED)
    assert not case.reports.exists()
    assert afresh(case).version == case.version
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        second = save(case, staff)  # the same window saves again, also when an answer was lost
    assert second.saved_at > first.saved_at
    save(case, staff, window="b", seen=second.saved_at)  # another one goes on from what it has seen
    assert StepDraft.objects.get().content["window"] == "b"
    discard_draft(case, "report", by=staff.petugas)
    assert not StepDraft.objects.exists()


@pytest.mark.differs_by_database
@each("lag", [None, dt.timedelta(seconds=1)])
def test_a_newer_draft_of_another_window_is_not_overwritten(lag: dt.timedelta | None, staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    newer = save(case, staff)
    seen = newer.saved_at - lag if lag else None
    other = {**TYPED, "results": "Lain."}
    with pytest.raises(DraftConflict, match="jendela lain pukul") as caught:
        save_draft(case, "report", by=staff.petugas, typed=other, window="b", seen=seen)
    assert caught.value.draft == newer
    assert StepDraft.objects.get().content["window"] == "a"
    save(case, staff, window="b", seen=seen)
    assert StepDraft.objects.get().content["window"] == "b", "the same text is no conflict"


def test_only_the_officer_of_the_case_has_a_draft(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    for name in ("other_petugas", "companion", "kabid", "kadis", "pkd", "admin"):
        with pytest.raises(PermissionDenied):
            save_draft(case, "report", by=getattr(staff, name), typed=TYPED, window="a", seen=None)
        with pytest.raises(PermissionDenied):
            discard_draft(case, "report", by=getattr(staff, name))
    assert not StepDraft.objects.exists()


@each("state", [State.IN_SESSION, State.REPORTED, State.CLOSED])
def test_a_draft_needs_a_case_that_waits_for_its_report(state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    with pytest.raises(Refused, match="tidak dapat dilakukan"):
        save(case, staff)
    with pytest.raises(Refused, match="tidak dapat dilakukan"):
        discard_draft(case, "report", by=staff.petugas)


def test_submission_deletes_the_draft_for_good(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    save(case, staff)
    late = Case.objects.get(pk=case.pk)
    services.report(case, by=staff.petugas, **SECTIONS)
    assert not StepDraft.objects.exists()
    with pytest.raises(Refused, match="baru saja berubah"):
        save(late, staff)
    assert not StepDraft.objects.exists()


@each("make", [lambda text: {"results": text}, lambda text: {"advice": [{"text": text}]}])
def test_a_draft_has_a_maximum_length(make: Callable[[str], dict[str, Any]], staff: Staff) -> None:
    case, longest = case_at(State.HELD, staff), "x" * MAX_CHARACTERS
    store = partial(save_draft, case, "report", by=staff.petugas, window="a", seen=None)
    store(typed=make(longest))
    with pytest.raises(DraftTooLong, match="terlalu panjang"):
        store(typed=make(longest + "x"))
    assert StepDraft.objects.get().content["typed"] == make(longest)
