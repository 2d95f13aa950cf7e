"""The destruction of archives: each act in its order, by its person, with its letter, or not at all."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdfium2 import PdfDocument

from consultations.corrections import correct_data
from consultations.enums import State
from consultations.models import Case
from kit import clock
from kit.records import ERASED, leave_entry
from kit.refusal import Refused
from office.models import Office, RetentionRule, Role, User
from office.models.retention import find_retention
from tests.archive.conftest import SCAN, WITNESSES, destroy, facts_of, take, take_up_to
from tests.factories import DETAILS, ORDER, ClientOf, Staff, afresh, appoint, case_at, walk_in_at
from tests.record.conftest import list_findings
from tests.shared_data import each
from tests.submitting import upload
from trust.archive.destruction import ACTS, Verb, decide, find_next, get_approver, propose
from trust.archive.transfers import list_due_cases
from trust.privacy.deletion import retain
from trust.privacy.erasure import erase_approved
from trust.privacy.models import ArchiveTransfer, ArchiveTransferItem, Disposal
from trust.privacy.schedule import get_due, list_codes

Kind = RetentionRule.Kind


@pytest.fixture
def disposal(staff: Staff, six_years_later: Case) -> Disposal:
    """The list of one closed case, six years after it ended."""
    return propose(Kind.REQUEST, by=staff.pkd)


def read(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in PdfDocument(BytesIO(pdf)))


def test_the_acts_lead_to_the_destruction(
    staff: Staff, disposal: Disposal, six_years_later: Case, client_of: ClientOf
) -> None:
    clients = {Role.HEAD: client_of(staff.kadis), Role.SECRETARIAT: client_of(staff.sekretariat)}
    page = f"/arsip/usul/{disposal.pk}/"
    for verb in Verb:
        client = clients[Role.HEAD if verb == Verb.DECIDE else Role.SECRETARIAT]
        assert six_years_later.applicant_name == DETAILS["applicant_name"]
        assert f'href="{page}{verb}/"' in client.get(page).text
        assert client.post(f"{page}{verb}/", {}).status_code == 422
        facts = facts_of(verb)
        if "scan" in facts:
            facts["scan"] = upload("surat.pdf", SCAN[0].content)
        answer = client.post(f"{page}{verb}/", facts)
        assert (answer.status_code, answer["Location"]) == (302, page), verb
        assert list_findings() == [], verb
        if verb == Verb.EXECUTE:
            assert erase_approved.func(disposal.pk)
            six_years_later.refresh_from_db()
            break
    take(Verb.CONCLUDE, disposal, staff)
    disposal.refresh_from_db()
    assert six_years_later.applicant_name == ERASED
    assert (disposal.decided_by, disposal.decided_title) == (staff.kadis, "Kepala Dinas")
    assert find_next(disposal) is None
    assert list_findings() == []
    text = client_of(staff.kadis).get(page).text
    for shown in ("000.5.6.2/approve/2026", "Kepala Daerah", *WITNESSES.values()):
        assert shown in text
    scan = client_of(staff.pkd).get(f"/arsip/tindakan/{disposal.acts.latest('pk').pk}.pdf")
    assert b"".join(scan).startswith(b"%PDF")
    act = disposal.acts.latest("pk")
    Path(act.file.path).write_bytes(SCAN[0].content + b" ")
    assert client_of(staff.pkd).get(f"/arsip/tindakan/{act.pk}.pdf").status_code == 409


def test_a_walk_in_without_a_code_waits_for_it_while_codes_have_rules(staff: Staff) -> None:
    case = walk_in_at(State.CLOSED, staff, classification="")
    with clock.set_to(clock.now() + dt.timedelta(days=6 * 366)):
        rule = find_retention(Kind.REQUEST)
        assert list_codes(rule, get_due(rule).before) == [case.code]
        of_code = {"active_years": 2, "inactive_years": 3, "fate": "PERMANENT", "basis": "JRA"}
        RetentionRule.objects.create(kind=Kind.REQUEST, classification="400.9.3", **of_code)
        with pytest.raises(Refused, match="Belum ada yang jatuh tempo"):
            propose(Kind.REQUEST, by=staff.pkd)
        assert not list_due_cases(ArchiveTransfer.Kind.HAND_OVER).exists()
        correct_data(case, by=staff.pkd, reason="Kode.", classification="400.9.1")
        assert propose(Kind.REQUEST, by=staff.pkd).codes == [case.code]


def test_the_minutes_name_acts_witnesses_and_hashes(
    staff: Staff, disposal: Disposal, six_years_later: Case, client_of: ClientOf
) -> None:
    client = client_of(staff.pkd)
    listed = read(client.get(f"/arsip/usul/{disposal.pk}/daftar.pdf").content)
    hashes = [*six_years_later.attachments.values_list("sha256", flat=True)]
    hashes += six_years_later.documents.exclude(sha256="").values_list("sha256", flat=True)
    destroy(disposal, staff)
    minutes = read(client.get(f"/arsip/usul/{disposal.pk}/daftar.pdf").content)
    assert "Daftar Arsip Usul Musnah".upper() in listed.upper()
    assert "Berita Acara Pemusnahan Arsip".upper() in minutes.upper()
    for text in (listed, minutes):
        joined = "".join(text.split())
        assert six_years_later.code in joined
        assert all(sha256 in joined for sha256 in hashes)
        assert "surat-siti" not in text
        assert DETAILS["applicant_name"] not in text
    for named in ("000.5.6.2/consider/2026", "000.5.6.2/execute/2026", *WITNESSES.values(), staff.kadis.name):
        assert named in " ".join(minutes.split()), named
    assert "musnah" in minutes


@pytest.mark.release
@each("verb", list(Verb))
def test_no_act_is_taken_before_the_one_before_it_or_twice(
    verb: str, staff: Staff, disposal: Disposal
) -> None:
    place = list(Verb).index(Verb(verb))
    if place:
        for done in [None, *list(Verb)[: place - 1]]:
            if done:
                take(done, disposal, staff)
            with pytest.raises(Refused, match="belum gilirannya"):
                take(verb, disposal, staff)
        take(list(Verb)[place - 1], disposal, staff)
    take(verb, disposal, staff)
    with pytest.raises(Refused, match="sudah dicatat"):
        take(verb, disposal, staff)


def test_each_act_is_for_its_people(staff: Staff, disposal: Disposal, client_of: ClientOf) -> None:
    for verb in Verb:
        right = {staff.kadis} if verb == Verb.DECIDE else {staff.sekretariat, staff.pkd}
        for person in {*vars(staff).values()} - right:
            with pytest.raises(PermissionDenied):
                take(verb, disposal, staff, by=person)
        page = f"/arsip/usul/{disposal.pk}/{verb}/"
        assert client_of(staff.petugas).get(page).status_code == 404
        wrong = staff.sekretariat if verb == Verb.DECIDE else staff.kadis
        assert client_of(wrong).get(page).status_code == 403
        take(verb, disposal, staff)


def test_nobody_decides_on_an_own_list_and_who_decided_does_not_execute(
    staff: Staff, disposal: Disposal
) -> None:
    appoint(staff.pkd, Role.HEAD, acting="Plh.")
    appoint(staff.kadis, Role.SECRETARIAT)
    acting, both = (User.objects.get(pk=user.pk) for user in (staff.pkd, staff.kadis))
    take_up_to(Verb.APPROVE, disposal, staff)
    with pytest.raises(Refused, match="Anda sendiri yang mengusulkan"):
        take(Verb.DECIDE, disposal, staff, by=acting)
    take(Verb.DECIDE, disposal, staff)
    with pytest.raises(Refused, match="Anda sendiri yang menetapkan"):
        take(Verb.EXECUTE, disposal, staff, by=both)
    with pytest.raises(Refused, match="satu keputusan"):
        decide(disposal, by=both, is_approved=True, reason="")
    disposal.refresh_from_db()
    assert disposal.is_approved is None


@pytest.mark.release
@each(
    ("verb", "changed", "sentence"),
    [
        ("appoint", {"dated": dt.date(2099, 1, 1)}, "belum tiba"),
        ("consider", {"dated": dt.date(2020, 1, 1)}, "mendahului"),
        ("approve", {"dated": dt.date(2020, 1, 1)}, "mendahului"),
        ("execute", {"supervision_witness": " dewi  HUKUM"}, "dua orang"),
    ],
)
def test_wrong_dates_and_witnesses_are_refused(
    verb: str, changed: dict[str, Any], sentence: str, staff: Staff, disposal: Disposal
) -> None:
    if place := list(Verb).index(Verb(verb)):
        take_up_to(list(Verb)[place - 1], disposal, staff)
    with pytest.raises(Refused, match=sentence):
        take(verb, disposal, staff, **changed)
    assert disposal.acts.count() == place


def test_the_panel_may_have_been_appointed_before(staff: Staff, disposal: Disposal) -> None:
    take(Verb.APPOINT, disposal, staff, dated=clock.today() - dt.timedelta(days=200))
    assert find_next(disposal) == ACTS[Verb.CONSIDER]


def test_who_approves_follows_from_the_years(staff: Staff, case: Case) -> None:
    Office.objects.update(destruction_approver="Gubernur Contoh")
    for years, approver in ((9, "Gubernur Contoh"), (10, "Kepala ANRI")):
        RetentionRule.objects.update_or_create(
            kind=Kind.REQUEST, defaults={"active_years": 2, "inactive_years": years - 2}
        )
        with clock.set_to(clock.now() + dt.timedelta(days=11 * 366)):
            disposal = propose(Kind.REQUEST, by=staff.pkd)
            assert get_approver(disposal) == approver
            take_up_to(Verb.APPROVE, disposal, staff)
            assert disposal.acts.get(verb="approve").issuer == approver
            decide(disposal, by=staff.kadis, is_approved=False, reason="Tahun lain.")


def test_a_rejected_list_goes_no_further(staff: Staff, disposal: Disposal, client_of: ClientOf) -> None:
    take(Verb.APPOINT, disposal, staff)
    page, head = f"/arsip/usul/{disposal.pk}/", client_of(staff.kadis)
    assert head.post(page, {"reason": ""}).status_code == 422
    assert head.post(page, {"reason": "Masih dipakai."}).status_code == 302
    disposal.refresh_from_db()
    assert (disposal.is_approved, disposal.reason, find_next(disposal)) == (False, "Masih dipakai.", None)
    with pytest.raises(Refused):
        take(Verb.CONSIDER, disposal, staff)
    assert propose(Kind.REQUEST, by=staff.pkd).pk != disposal.pk


@pytest.mark.release
def test_a_case_that_is_suspended_meanwhile_is_left_out(
    staff: Staff, disposal: Disposal, six_years_later: Case, client_of: ClientOf
) -> None:
    retain(six_years_later, by=staff.pkd, reason="Gugatan")
    destroy(disposal, staff)
    six_years_later.refresh_from_db()
    assert six_years_later.applicant_name == DETAILS["applicant_name"]
    minutes = read(client_of(staff.pkd).get(f"/arsip/usul/{disposal.pk}/daftar.pdf").content)
    assert "ditangguhkan" in minutes


@each("kind", [Kind.REQUEST, Kind.FILES])
def test_nobody_destroys_a_complaint_about_oneself_or_what_was_handed_over(
    kind: str, staff: Staff, six_years_later: Case
) -> None:
    file = six_years_later.attachments.get()
    for spared in ("complaint", "handed over"):
        found = propose(kind, by=staff.pkd)
        take_up_to(Verb.APPROVE, found, staff)
        if spared == "complaint":
            Case.objects.filter(pk=six_years_later.pk).update(complained_about=staff.kabid)
            appoint(staff.kabid, Role.HEAD, starts=clock.today(), **ORDER, acting="Plh.")
            leave_entry(six_years_later)
        else:
            transfer = ArchiveTransfer.objects.create(
                kind="HAND_OVER", rows=1, receiver="Dinas Arsip", by=staff.pkd, title="Tim PKD"
            )
            ArchiveTransferItem.objects.create(transfer=transfer, kind=transfer.kind, case=six_years_later)
            leave_entry(six_years_later)
        take(Verb.DECIDE, found, staff, by=afresh(staff.kabid))
        take(Verb.EXECUTE, found, staff)
        assert erase_approved.func(found.pk)
        six_years_later.refresh_from_db()
        file.refresh_from_db()
        assert six_years_later.anonymised_at is None, spared
        assert file.file, spared
        assert list_findings() == []
        Case.objects.filter(pk=six_years_later.pk).update(complained_about=None)
        leave_entry(six_years_later)


def test_the_desk_of_the_head_counts_what_waits_for_the_head(
    staff: Staff, disposal: Disposal, client_of: ClientOf
) -> None:
    head = client_of(staff.kadis)
    for verb in list(Verb)[:5]:
        assert ('data-disposals="1"' in head.get("/meja/").text) == (verb == Verb.DECIDE), verb
        take(verb, disposal, staff)
    assert "data-disposals" not in head.get("/meja/").text


# Records that may be destroyed


@each("fate", ["PERMANENT", "REVIEW"])
def test_permanent_and_reviewed_records_are_in_no_list(
    fate: str, staff: Staff, six_years_later: Case, client_of: ClientOf
) -> None:
    rule = {"kind": Kind.REQUEST, "active_years": 1, "inactive_years": 1, "fate": fate}
    RetentionRule.objects.create(classification="400", **rule)
    assert six_years_later.classification == "400.9"
    for kind, code in ((Kind.REQUEST, ""), (Kind.REQUEST, "400"), (Kind.FILES, "")):
        with pytest.raises(Refused):
            propose(kind, code, by=staff.pkd)
    page = client_of(staff.pkd).get("/arsip/").text
    assert f'data-fate="{fate}"' in page
    assert 'name="classification" value="400"' not in page


@pytest.mark.release
@each(
    ("changed", "years", "fate"),
    [("", 5, "PERMANENT"), ("", 6, "DESTROY"), ("400.9", 5, "DESTROY"), ("400", 9, "REVIEW")],
)
def test_a_changed_schedule_stops_a_list(
    changed: str, years: int, fate: str, staff: Staff, disposal: Disposal
) -> None:
    take_up_to(Verb.DECIDE, disposal, staff)
    rule = {"active_years": 1, "inactive_years": years - 1, "fate": fate}
    RetentionRule.objects.create(kind=Kind.REQUEST, classification=changed, **rule)
    with pytest.raises(Refused, match="sudah berubah"):
        take(Verb.EXECUTE, disposal, staff)


def test_a_permanent_case_has_no_day_of_its_end(six_years_later: Case) -> None:
    link = f"/p/{six_years_later.secret}/data-saya/"
    assert "paling sedikit sampai" in Client().get(link).text
    RetentionRule.objects.create(kind=Kind.REQUEST, active_years=2, inactive_years=3, fate="PERMANENT")
    assert "paling sedikit sampai" not in Client().get(link).text
    assert "Permohonan konsultasi: 5 tahun (2 tahun aktif, 3 tahun inaktif), permanen" in (
        Client().get("/privasi/").text
    )


def test_a_class_has_its_own_years(staff: Staff) -> None:
    first, second = case_at(State.CLOSED, staff), case_at(State.CLOSED, staff)
    Case.objects.filter(pk=second.pk).update(classification="400.90")
    for code, years in (("400", 3), ("400.9", 1)):
        RetentionRule.objects.create(
            kind=Kind.REQUEST, classification=code, active_years=1, inactive_years=years - 1
        )
    with clock.set_to(clock.now() + dt.timedelta(days=2 * 366)):
        assert propose(Kind.REQUEST, "400.9", by=staff.pkd).codes == [first.code]
        with pytest.raises(Refused):
            propose(Kind.REQUEST, "400", by=staff.pkd)
    with clock.set_to(clock.now() + dt.timedelta(days=4 * 366)):
        assert propose(Kind.REQUEST, "400", by=staff.pkd).codes == [second.code]
        with pytest.raises(Refused, match="jatuh tempo"):
            propose(Kind.REQUEST, "400.9.3", by=staff.pkd)


# The database
