"""Two requests about the same matter: compared, and merged into one."""

import datetime as dt

import pytest
from django.test import Client

from consultations import services
from consultations.enums import ComplaintKind, Kind, State
from consultations.intake.duplicates import list_duplicates, merge
from consultations.intake.sorting import to_complaint
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from consultations.parties import parties
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from notices.models import Notice
from office.models import Role
from reports.statistics.figures import compute_figures
from tests.case_page import read_all
from tests.factories import (
    WAY,
    ClientOf,
    Staff,
    afresh,
    applicant,
    appoint,
    case_at,
    decline,
    make_user,
)
from tests.shared_data import each
from tests.submitting import pdf
from trust.privacy.deletion import Decision, ask_deletion, confirm_deletion, decide_deletion, release, retain
from trust.privacy.erasure import erase_approved
from trust.privacy.models import Disposal
from trust.privacy.schedule import list_erasable

MATTER = {"subject": "Bantuan sembako", "material": "Kapan bantuan dibagikan?"}


@pytest.fixture
def first(staff: Staff) -> Case:
    return case_at(State.SUBMITTED, staff)


@pytest.fixture
def second(staff: Staff, first: Case) -> Case:
    return case_at(State.SUBMITTED, staff, **MATTER)


def has_letter(case: Case) -> None:
    file = CheckedFile(pdf(), "application/pdf", "surat-warga.pdf")
    attach(case, file, purpose=Attachment.Purpose.LETTER, by=None)


def test_tim_pkd_compares_and_merges_them(
    first: Case, second: Case, staff: Staff, client_of: ClientOf, client: Client
) -> None:
    has_letter(second)
    pkd = client_of(staff.pkd)
    link = f"/permohonan/{first.code}/merge/?other={second.code}"
    assert link in read_all(pkd, first)
    page = pkd.get(link).text
    assert page.count('class="versus-row same"') >= 2
    assert "Kapan bantuan dibagikan?" in page
    assert "surat-warga.pdf" in page
    typed = {"other": second.code, "goes_on": first.code}
    assert pkd.post(f"/permohonan/{first.code}/merge/", typed).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.merged_into) == (State.SUBMITTED, State.WITHDRAWN, first)
    assert second.get_state_display() == "Digabung"
    assert not first.attachments.exists()
    for case, other in ((first, second), (second, first)):
        event = case.history.latest("pk")
        assert (event.verb, event.by, event.note) == ("merge", staff.pkd, "")
        assert other.code in read_all(pkd, case)
    assert [n.kind for n in Notice.objects.filter(event__verb="merge")] == ["MERGED"]
    page = client.get(f"/p/{second.secret}/").text
    assert "keduanya kami gabung" in page
    assert first.secret not in page, "a telephone number proves nobody"
    assert first.code not in page
    assert client.get(f"/p/{first.secret}/").status_code == 200


def test_the_one_with_an_agenda_number_goes_on(first: Case, second: Case, staff: Staff) -> None:
    disposed = case_at(State.DISPOSED, staff, phone=str(first.phone))
    with pytest.raises(Refused):
        merge(disposed, by=staff.pkd, other=first, goes_on=first.code)
    merge(disposed, by=staff.pkd, other=first, goes_on=disposed.code)
    disposed.refresh_from_db()
    assert (disposed.state, Case.objects.get(pk=first.pk).merged_into) == (State.DISPOSED, disposed)


def test_two_with_agenda_numbers_are_not_merged(staff: Staff) -> None:
    cases = [case_at(State.REGISTERED, staff) for _ in range(2)]
    assert list_duplicates(cases[0], staff.pkd) == []
    with pytest.raises(Refused):
        merge(cases[0], by=staff.pkd, other=cases[1], goes_on=cases[0].code)


@each(
    "details",
    [
        {"phone": "+6281299990000"},
        {"applicant_name": "Orang Lain"},
        {"kind": Kind.COMPLAINT},
        {"kind": Kind.COMPLAINT, "identity": "CONFIDENTIAL"},
    ],
)
def test_only_consultations_of_one_number_and_name_are_merged(
    details: dict[str, str], first: Case, staff: Staff, client_of: ClientOf
) -> None:
    other = case_at(State.SUBMITTED, staff, **details)
    assert list_duplicates(first, staff.pkd) == []
    page = client_of(staff.pkd).get(f"/permohonan/{first.code}/merge/?other={other.code}").text
    assert "Tidak ada kasus lain" in page
    typed = {"other": other.code, "goes_on": first.code}
    assert client_of(staff.pkd).post(f"/permohonan/{first.code}/merge/", typed).status_code == 422
    with pytest.raises(Refused):
        merge(first, by=staff.pkd, other=other, goes_on=first.code)


def test_two_complaints_are_not_merged(staff: Staff) -> None:
    """The term of each begins with its own receipt, and each may be about another official."""
    first, second = (case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, identity="OPEN") for _ in range(2))
    with pytest.raises(Refused):
        merge(first, by=staff.pkd, other=second, goes_on=second.code)


def test_two_merged_requests_count_once(first: Case, second: Case, staff: Staff) -> None:
    today = Period("", clock.today(), clock.today())
    assert compute_figures(today).submitted == 2
    merge(first, by=staff.pkd, other=second, goes_on=second.code)
    figures = compute_figures(today)
    assert (figures.submitted, figures.open, figures.states) == (1, 1, {"SUBMITTED": 1})


def test_what_others_were_merged_into_goes_on(first: Case, second: Case, staff: Staff) -> None:
    third = case_at(State.SUBMITTED, staff, subject="Sembako lagi")
    merge(first, by=staff.pkd, other=second, goes_on=second.code)
    with pytest.raises(Refused, match="sudah digabung yang lain"):
        merge(afresh(second), by=staff.pkd, other=third, goes_on=third.code)
    merge(afresh(second), by=staff.pkd, other=third, goes_on=second.code)
    assert set(second.merged.all()) == {first, third}


def test_a_merged_request_is_read_by_tim_pkd_alone_and_not_by_whom_it_turns_out_to_be_about(
    first: Case, second: Case, staff: Staff, client_of: ClientOf
) -> None:
    """The one that goes on becomes a complaint about a member of Tim PKD."""
    merge(first, by=staff.pkd, other=second, goes_on=first.code)
    for reader in (staff.kadis, staff.sekretariat, staff.kabid):
        assert client_of(reader).get(f"/permohonan/{second.code}/").status_code == 404
    meant = make_user("pkd_kedua")
    appoint(meant, Role.TIM_PKD)
    assert client_of(meant).get(f"/permohonan/{second.code}/").status_code == 200
    first = afresh(first)
    services.register(first, by=staff.pkd, classification="400.9")
    assert second.code in read_all(client_of(meant), first)
    of_head = client_of(staff.kadis).get(f"/permohonan/{first.code}/")
    assert (of_head.status_code, second.code in of_head.text) == (200, False)
    kind = ComplaintKind.SUPERVISION
    to_complaint(first, by=staff.pkd, reason="Pejabat.", complaint_kind=kind, complained_about=meant)
    for code in (first.code, second.code):
        assert client_of(meant).get(f"/permohonan/{code}/").status_code == 404
    assert "Kapan bantuan" not in client_of(meant).get("/permohonan/?q=bantuan").text
    assert parties(meant, afresh(second)) == {}


def test_a_granted_deletion_and_a_legal_hold_cover_what_was_merged(
    first: Case, second: Case, staff: Staff
) -> None:
    WAY[State.REGISTERED](first, staff)
    merge(second, by=staff.pkd, other=first, goes_on=first.code)
    first = afresh(first)
    decline(first, by=staff.kadis)
    retain(first, by=staff.pkd, reason="Sengketa.")
    assert not list_erasable().filter(pk=second.pk).exists()
    release(first, by=staff.pkd, reason="Selesai.")
    assert list_erasable().filter(pk=second.pk).exists()
    ask_deletion(first, by=applicant(first), reason="Sudah selesai.")
    decide_deletion(first, by=staff.kadis, decision=Decision.GRANTED, reason="Diminta.")
    confirm_deletion(first, by=staff.pengawas, decision=Decision.GRANTED, reason="Benar.")
    disposal = Disposal.objects.latest("pk")
    assert (sorted(disposal.codes), disposal.rows) == (sorted([first.code, second.code]), 2)
    with clock.set_to(clock.now() + dt.timedelta(days=8)):
        erase_approved.func(disposal.pk)
    assert afresh(second).anonymised_at
    assert afresh(second).material != MATTER["material"]
