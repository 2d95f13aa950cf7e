"""The independent channel and personal data: the office neither sees nor erases its complaints."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations import services as consultations_services
from consultations.enums import State
from consultations.models import Case
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from office.models import Office, RetentionRule, User
from office.models.retention import find_retention
from tests.factories import ClientOf, Staff, applicant, case_at, independent_case
from tests.pages.test_independent_channel import STORY, with_file
from tests.privacy.conftest import SIX_YEARS
from tests.privacy.test_breach import details
from tests.record.conftest import store_approval
from tests.shared_data import each
from trust.privacy.breach import notify_concerned, report_breach
from trust.privacy.deletion import ask_deletion, retain
from trust.privacy.erasure import erase_approved
from trust.privacy.schedule import get_due


@pytest.fixture
def complaint(staff: Staff) -> Case:
    """A complaint about the Kepala Dinas with a file, closed by the Pengawas."""
    case = with_file()
    consultations_services.conclude(case, by=staff.pengawas, outcome="Terbukti.")
    return case


def test_it_is_due_for_nobody_of_the_office(complaint: Case, staff: Staff, client_of: ClientOf) -> None:
    assert Notice.objects.filter(case=complaint).exists()
    with clock.set_to(clock.now() + SIX_YEARS):
        kinds = [kind for kind in RetentionRule.Kind if kind != RetentionRule.Kind.AUDIT]
        assert {kind: get_due(find_retention(kind)).number for kind in kinds} == dict.fromkeys(kinds, 0)
        assert "usulkan/" not in client_of(staff.pkd).get("/arsip/").text.split("AUDIT")[0]


@pytest.mark.differs_by_database
@each("rule", ["COMPLAINT", "FILES", "REQUESTED"])
def test_no_approval_of_the_office_erases_it(rule: str, complaint: Case, staff: Staff) -> None:
    """Somebody who knows its code has put it on a list."""
    erase_approved.func(store_approval(rule, staff.kadis, codes=[complaint.code]).pk)
    complaint.refresh_from_db()
    assert (complaint.subject, complaint.outcome) == (STORY["subject"], "Terbukti.")
    assert complaint.attachments.get().file


def test_the_complainant_reads_to_whom_to_write(complaint: Case, client: Client) -> None:
    with pytest.raises(Refused, match="Pengawas"):
        ask_deletion(complaint, by=applicant(complaint), reason="Sudah selesai.")
    address = f"/p/{complaint.secret}/data-saya/"
    page = client.get(address).text
    assert 'data-verb="correct_contact"' in page
    assert "jadwal retensi kantor" in page
    assert "lapor.go.id" in page
    assert not [words for words in ('data-verb="ask_deletion"', "Kepala Dinas menjawab") if words in page]
    Office.objects.update(higher_office="Inspektorat Provinsi", higher_office_address="Jl. Contoh 9")
    assert "Inspektorat Provinsi, Jl. Contoh 9" in client.get(address).text


def test_nobody_of_the_office_retains_it(complaint: Case) -> None:
    for user in User.objects.all():
        with pytest.raises(PermissionDenied):
            retain(complaint, by=user, reason="Gugatan")


def test_a_notice_of_a_breach_does_not_tell_that_it_exists(staff: Staff) -> None:
    """The refusal for a day without requests is the same; with others it is told as they are."""
    independent_case(email="marsinah@contoh.id")
    with pytest.raises(Refused, match="Tidak ada permohonan"):
        report_breach(by=staff.kadis, recipients=1, **details())
    case_at(State.SUBMITTED, staff, email="siti@example.id")
    breach = report_breach(by=staff.kadis, recipients=1, **details())
    assert notify_concerned.func(breach.pk) == 2
