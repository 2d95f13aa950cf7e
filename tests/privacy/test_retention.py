"""The retention schedule: what the privacy page promises becomes due; who proposes and decides."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.enums import State
from consultations.models import Case
from documents.files import create_file
from documents.registers.printing import print_register
from kit import clock
from kit.records import ERASED
from kit.refusal import Refused
from office.models import RetentionRule, Role, User
from office.models.retention import find_retention
from tests.archive.conftest import destroy, take_up_to
from tests.factories import ClientOf, Staff, appoint, case_at
from tests.privacy.conftest import SIX_YEARS
from tests.record.conftest import list_findings, store_approval
from tests.shared_data import each
from trust.archive.destruction import Verb, decide, propose
from trust.privacy.erasure import list_approved, repeat_all, store_missing
from trust.privacy.models import Disposal, DisposalAct
from trust.privacy.schedule import get_due, get_first_kept_day

pytestmark = pytest.mark.same_on_every_database

Kind = RetentionRule.Kind


def test_a_changed_period_changes_the_promise_and_what_is_due(staff: Staff) -> None:
    case_at(State.CLOSED, staff)
    with clock.set_to(clock.now() + dt.timedelta(days=3 * 366)):
        text = Client().get("/privasi/").text
        assert all(f"{kind.label}: 5 tahun (2 tahun aktif, 3 tahun inaktif)" in text for kind in Kind)
        for promised in ("Sekretariat, Tim PKD", "sesudah 7 hari", "sesudah 90 hari", "dalam 72 jam"):
            assert promised in text, promised
        assert get_due(find_retention(Kind.REQUEST)).number == 0
        RetentionRule.objects.create(kind=Kind.REQUEST, active_years=1, inactive_years=1)
        changed = "Permohonan konsultasi: 2 tahun (1 tahun aktif, 1 tahun inaktif)"
        assert changed in Client().get("/privasi/").text
        assert get_due(find_retention(Kind.REQUEST)).number == 1
        assert get_due(find_retention(Kind.COMPLAINT)).number == 0


def test_years_are_counted_by_the_calendar() -> None:
    for today, day in (("2026-11-26", "2021-11-26"), ("2028-02-29", "2023-02-28")):
        with clock.set_to(dt.datetime.fromisoformat(f"{today}T12:00+07:00")):
            assert get_first_kept_day(5).isoformat() == day


def test_the_head_decides_at_once_on_what_is_no_archive(
    staff: Staff, six_years_later: Case, client_of: ClientOf
) -> None:
    proposer, head = client_of(staff.pkd), client_of(staff.kadis)
    button = 'action="/arsip/MESSAGES/usulkan/"'
    assert button in proposer.get("/arsip/").text
    assert button not in head.get("/arsip/").text
    assert "Belum ada yang jatuh tempo." in proposer.post("/arsip/COMPLAINT/usulkan/", follow=True).text
    assert proposer.post("/arsip/LAIN/usulkan/").status_code == 404
    address = proposer.post("/arsip/MESSAGES/usulkan/")["Location"]
    disposal = Disposal.objects.get()
    assert address == f"/arsip/usul/{disposal.pk}/"
    assert 'data-disposals="1"' in head.get("/meja/").text
    assert "data-disposals" not in proposer.get("/meja/").text
    assert 'data-form="disposal"' not in proposer.get(address).text
    for is_approved, status in (("no", 422), ("yes", 302), ("yes", 409)):
        assert head.post(address, {"is_approved": is_approved, "reason": ""}).status_code == status
    disposal.refresh_from_db()
    assert (disposal.decided_by, disposal.decided_title) == (staff.kadis, "Kepala Dinas")
    assert (disposal.proposed_by, disposal.years, disposal.codes) == (staff.pkd, 5, [])
    assert "sedang dihapus" in proposer.get("/arsip/").text


def test_only_the_roles_propose_and_decide_and_nobody_an_own_proposal(
    staff: Staff, six_years_later: Case, client_of: ClientOf
) -> None:
    """Tim PKD may be acting head. Somebody else decides, or the regular head."""
    with pytest.raises(PermissionDenied):
        propose(Kind.MESSAGES, by=staff.kadis)
    disposal = propose(Kind.MESSAGES, by=staff.pkd)
    with pytest.raises(PermissionDenied):
        decide(disposal, by=staff.pkd, is_approved=True, reason="")
    for kind in (Kind.MESSAGES, Kind.COMPLAINT):
        with pytest.raises(Refused):
            propose(kind, by=staff.sekretariat)
    appoint(staff.pkd, Role.HEAD, acting="Plh.")
    acting = User.objects.get(pk=staff.pkd.pk)
    with pytest.raises(Refused, match="Anda sendiri"):
        decide(disposal, by=acting, is_approved=True, reason="")
    page = client_of(acting).get(f"/arsip/usul/{disposal.pk}/").text
    assert 'data-form="disposal"' not in page
    assert "Anda sendiri yang mengusulkannya" in page
    decide(disposal, by=staff.kadis, is_approved=True, reason="")


def test_a_complaint_about_the_head_waits_for_another_head(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff, kind="COMPLAINT")
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kadis)
    with clock.set_to(clock.now() + SIX_YEARS):
        assert get_due(find_retention(Kind.COMPLAINT)).number == 0
        Case.objects.filter(pk=case.pk).update(complained_about=staff.petugas)
        assert get_due(find_retention(Kind.COMPLAINT)).number == 1


def test_printed_registers_are_erased(staff: Staff) -> None:
    case_at(State.CLOSED, staff)
    today = clock.today()
    document = create_file(print_register("AGENDA_BOOK", by=staff.pkd, since=today, until=today))
    with clock.set_to(clock.now() + SIX_YEARS):
        disposal = propose(Kind.REGISTERS, by=staff.pkd)
        assert disposal.codes == [str(document.pk)]
        destroy(disposal, staff)
    assert not document.file.storage.exists(str(document.file))
    assert list_findings() == []


def test_erasures_are_repeated_after_a_restore(staff: Staff, six_years_later: Case, tmp_path: Path) -> None:
    """The backup is older than the approval: rows and files are back, and the approval is lost."""
    stored = Case.objects.filter(pk=six_years_later.pk).values().get()
    disposal = propose(Kind.REQUEST, by=staff.pkd)
    take_up_to("execute", disposal, staff)
    listed = StringIO()
    call_command("list_erasures", stdout=listed)
    assert stored["applicant_name"] not in listed.getvalue()
    (tmp_path / "list.json").write_text(listed.getvalue())
    disposal.refresh_from_db()
    DisposalAct.objects.all().delete()
    Disposal.objects.all().delete()
    out = StringIO()
    call_command("repeat_erasures", str(tmp_path / "list.json"), stdout=out)
    assert out.getvalue() == "1 approvals or stops stored again, 1 erasures repeated.\n"
    six_years_later.refresh_from_db()
    assert six_years_later.applicant_name == ERASED
    again = Disposal.objects.get()
    assert (again.decided_by, again.decided_at) == (staff.kadis, disposal.decided_at)
    assert list(again.acts.values_list("verb", flat=True)) == list(Verb)[:5]


def test_a_restore_does_not_undo_a_stop(staff: Staff, case: Case) -> None:
    """The backup is from between the approval and the stop: the data would be erased after seven days."""
    store_approval("REQUESTED", staff.kadis, codes=[case.code], proposed_title="Pemohon")
    with transaction.atomic():
        backup = transaction.savepoint_create()
        Disposal.objects.update(stopped_at=clock.now())
        listed = list(list_approved())
        transaction.savepoint_rollback(backup)
    with clock.set_to(clock.now() + dt.timedelta(days=8)):
        assert (store_missing(listed), store_missing(listed), repeat_all()) == (1, 0, 0)
    case.refresh_from_db()
    assert case.applicant_name != ERASED


def test_a_list_from_before_the_acts_is_repeated_as_it_was(staff: Staff, six_years_later: Case) -> None:
    """The office was upgraded between the approval and the restore."""
    store_approval("REQUEST", staff.kadis, proposed_by=staff.pkd, codes=[six_years_later.code])
    (listed,) = list_approved()
    for name in ("acts", "classification", "is_of_old_rule"):
        del listed[name]
    Disposal.objects.all().delete()
    assert (store_missing([listed]), store_missing([listed])) == (1, 0)
    assert repeat_all() == 1
    assert Disposal.objects.get().is_of_old_rule
    six_years_later.refresh_from_db()
    assert six_years_later.applicant_name == ERASED


@each("content", ["", "bukan daftar", None])
def test_a_file_that_is_no_list_erases_nothing(content: str | None, case: Case, tmp_path: Path) -> None:
    listed = tmp_path / "list.json"
    if content is not None:
        listed.write_text(content)
    with pytest.raises(CommandError, match=r"list\.json is no list of erasures"):
        call_command("repeat_erasures", str(listed))
    case.refresh_from_db()
    assert case.applicant_name != ERASED


def test_what_a_repetition_leaves_out_is_named(staff: Staff, case: Case) -> None:
    """The backup is from before the case ended, so nothing may erase it yet."""
    store_approval("REQUESTED", staff.kadis, codes=[case.code], proposed_title="Pemohon")
    Case.objects.filter(pk=case.pk).update(retained_because="Gugatan")
    out = StringIO()
    with clock.set_to(clock.now() + dt.timedelta(days=8)):  # the applicant has not stopped it
        call_command("repeat_erasures", stdout=out)
    assert f"Not erased yet (open, retained, or not answered): {case.code}" in out.getvalue()


def test_the_queries_of_the_page(
    staff: Staff, client_of: ClientOf, at_most_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(staff.pkd)
    for number, shown in ((1, 1), (29, 25)):
        for _ in range(number):
            store_approval("FILES", staff.kadis)
        client.get(reverse("archive"))
        # session, user with stamp, office, what is due of six kinds, waiting, all lists and their acts
        with at_most_queries(12):
            page = client.get(reverse("archive"))
        assert page.text.count("data-disposal=") == shown


@each(
    ("rule", "is_approved", "says"),
    [
        ("REQUEST", False, "Ditolak"),
        ("REQUESTED", True, "Permintaan pemohon (UU 27/2022)"),
        ("AUDIT", True, "rembuk delete_audit_log"),
    ],
)
def test_a_decided_proposal_says_who_decided_and_what_follows(
    rule: str, is_approved: bool, says: str, staff: Staff, case: Case, client_of: ClientOf
) -> None:
    more = {} if rule == "REQUESTED" else {"years": 5, "proposed_by": staff.pkd}
    decision = {"is_approved": is_approved, "reason": "Menurut jadwal retensi arsip."}
    decided = store_approval(rule, staff.kadis, codes=[case.code], **decision, **more)
    page = client_of(staff.kadis).get(f"/arsip/usul/{decided.pk}/").text
    for text in (says, case.code, f"{staff.kadis}, Kepala Dinas", "Menurut jadwal retensi arsip."):
        assert text in page
    assert 'data-form="disposal"' not in page
