"""A recommendation is followed up once, by its officer or Kepala Bidang, also during a correction."""

import pytest
from django.core.exceptions import PermissionDenied

from consultations.enums import State
from consultations.parties import serves
from kit.refusal import Refused
from office.models import User
from reports import services
from reports.follow_ups import record_follow_up
from reports.models import FollowUp
from tests.factories import Staff, case_at
from tests.recorded import undone


@pytest.fixture
def awaited(staff: Staff) -> FollowUp:
    """The recommendation of a closed case."""
    return FollowUp.objects.select_related("case").get(case=case_at(State.CLOSED, staff))


def test_officer_and_division_head_record_it_in_their_position(
    awaited: FollowUp, staff: Staff, subtests: pytest.Subtests
) -> None:
    for name, title in (("petugas", "Petugas"), ("kabid", "Kepala Bidang")):
        with subtests.test(name=name, title=title), undone():
            record_follow_up(awaited, by=getattr(staff, name), outcome="Data sudah diperbarui.")
            stored = FollowUp.objects.get()
            assert stored.outcome == "Data sudah diperbarui."
            assert stored.done_by == getattr(staff, name)
            assert stored.done_title.startswith(title)
            assert stored.done_at is not None
            assert awaited.done_at == stored.done_at


def test_nobody_else_does(awaited: FollowUp, staff: Staff, subtests: pytest.Subtests) -> None:
    for name in (
        "sekretariat",
        "pkd",
        "kadis",
        "other_kabid",
        "other_petugas",
        "companion",
        "elsewhere",
        "admin",
    ):
        with subtests.test(name=name), undone():
            by: User = getattr(staff, name)
            assert not serves(by, awaited.case)
            with pytest.raises(PermissionDenied):
                record_follow_up(awaited, by=by, outcome="Sudah.")
            assert FollowUp.objects.get().done_at is None


def test_the_second_of_two_is_refused(awaited: FollowUp, staff: Staff) -> None:
    stale = FollowUp.objects.select_related("case").get()
    record_follow_up(awaited, by=staff.petugas, outcome="Yang pertama.")
    with pytest.raises(Refused, match="sudah selesai"):
        record_follow_up(stale, by=staff.kabid, outcome="Yang kedua.")
    assert FollowUp.objects.get().outcome == "Yang pertama."


def test_what_is_recommended_is_followed_up_while_its_report_is_corrected(
    awaited: FollowUp, staff: Staff
) -> None:
    services.correct(awaited.case, by=staff.kadis, reason="Nama desa keliru.")
    record_follow_up(FollowUp.objects.get(pk=awaited.pk), by=staff.petugas, outcome="Sudah.")
    assert FollowUp.objects.get().outcome == "Sudah."
