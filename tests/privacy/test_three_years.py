"""Three years of an office: what a retention run takes and what it leaves, and the citizen's own file."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from consultations.enums import Kind, State
from consultations.models import AgendaEntry, Case, Event, HiddenIdentity
from documents.models import Document
from kit import clock
from kit.periods import Period
from kit.records import ERASED
from kit.refusal import Refused
from office.models import Office, RetentionRule
from reports.statistics.figures import compute_figures
from tests.archive.conftest import SCAN, destroy, take
from tests.factories import DETAILS, Staff, case_at, make_staff
from tests.pages.test_hidden_identity import hidden_at
from tests.print.test_documents import store_short_files
from tests.record.conftest import list_findings
from trust.archive import transfers
from trust.archive.destruction import Verb, propose
from trust.privacy.deletion import retain
from trust.privacy.erasure import erase_approved
from trust.privacy.models import ArchiveTransfer, Disposal
from trust.record.heads import make_tonight

YEARS = (2023, 2024, 2025)
NOW = dt.datetime(2026, 6, 15, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def three_years(office: Office) -> Iterator[Staff]:
    """Cases of each year: closed, declined, withdrawn, a hidden complaint; one that is still open."""
    with clock.set_to(NOW.replace(year=YEARS[0], month=1)):
        staff = make_staff()
    for year in YEARS:
        with clock.set_to(NOW.replace(year=year, month=3, day=3)):
            for state in (State.CLOSED, State.DECLINED, State.WITHDRAWN):
                case_at(state, staff)
            hidden_at(State.CLOSED, staff)
            store_short_files(Document.objects.filter(sha256=""))
            assert make_tonight()
    with clock.set_to(NOW):
        case_at(State.SCHEDULED, staff)
        yield staff


def get_figures() -> tuple[object, ...]:
    """Return the public statistics of each year, the steps with their times, and the agenda numbers."""
    steps = Event.objects.order_by("pk").values_list("case", "verb", "source", "target", "happened_at")
    numbers = AgendaEntry.objects.order_by("year", "number").values_list("year", "number", "case__code")
    public = [compute_figures(Period.year_of(dt.date(year, 1, 1))) for year in YEARS]
    return public, list(steps), list(numbers)


def test_three_years_are_moved_handed_over_and_destroyed(three_years: Staff) -> None:
    """Complaints are permanent, requests are destroyed. The record verifies after each act."""
    RetentionRule.objects.create(kind="COMPLAINT", active_years=1, inactive_years=1, fate="PERMANENT")
    RetentionRule.objects.create(kind="REQUEST", active_years=1, inactive_years=1)
    RetentionRule.objects.create(
        kind="REQUEST", classification="400.9", active_years=1, inactive_years=1, fate="REVIEW"
    )
    for kind, number in ((ArchiveTransfer.Kind.MOVE, 12), (ArchiveTransfer.Kind.HAND_OVER, 2)):
        transfer = transfers.prepare(kind, by=three_years.pkd)
        assert (transfer.rows, bool(transfers.make_package.func(transfer.pk))) == (
            number,
            kind == "HAND_OVER",
        )
        received = {"letter": "1/BA/2026", "received_by": "Fitri", "received_title": "Arsiparis"}
        transfers.finish(transfer, by=three_years.pkd, dated=clock.today(), scan=SCAN, **received)
        assert list_findings() == []
    for refused in (("COMPLAINT", ""), ("REQUEST", "400.9")):
        with pytest.raises(Refused):
            propose(*refused, by=three_years.pkd)
    disposal = propose("REQUEST", by=three_years.pkd)
    destroyed = Case.objects.filter(kind=Kind.CONSULTATION, classification="", submitted_at__year__lt=2025)
    assert disposal.codes == list(destroyed.order_by("pk").values_list("code", flat=True))
    for verb in list(Verb)[:5]:
        take(verb, disposal, three_years)
        assert list_findings() == []
    assert erase_approved.func(disposal.pk)
    take(Verb.CONCLUDE, disposal, three_years)
    assert list_findings() == []
    erased = Case.objects.exclude(anonymised_at=None)
    assert list(erased.order_by("pk")) == list(destroyed.order_by("pk"))


@pytest.mark.release
@pytest.mark.differs_by_database
def test_a_run_takes_two_years_and_leaves_one(three_years: Staff) -> None:
    RetentionRule.objects.create(kind="REQUEST", active_years=1, inactive_years=1)
    RetentionRule.objects.create(kind="COMPLAINT", active_years=2, inactive_years=1)
    held = Case.objects.filter(state=State.DECLINED).earliest("pk")
    retain(held, by=three_years.pkd, reason="Sengketa informasi")
    figures, files = get_figures(), Document.objects.exclude(sha256="").count()
    for kind in ("REQUEST", "COMPLAINT"):
        destroy(propose(kind, by=three_years.pkd), three_years)
    erased = Case.objects.exclude(anonymised_at=None)
    assert [erased.filter(kind=kind).count() for kind in Kind] == [5, 1]  # 2023 and 2024; 2023
    assert set(erased.values_list("applicant_name", "subject", "material")) == {(ERASED,) * 3}
    assert HiddenIdentity.objects.count() == 2
    assert get_figures() == figures
    names = Document.objects.exclude(sha256="").values_list("file", flat=True)
    stored = sum(map(default_storage.exists, names))
    gone = Document.objects.exclude(sha256="").exclude(erased_at=None).count()
    assert (stored + gone, gone > 0) == (files, True)
    assert list_findings() == []
    assert Disposal.objects.exclude(done_at=None).count() == 2
    held.refresh_from_db()
    assert held.applicant_name == DETAILS["applicant_name"]
