"""Two requests about the same matter: compared, merged into one, and taken apart again within seven days."""

import datetime as dt

import pytest
from django.test import Client

from consultations.enums import Kind, State
from consultations.intake.duplicates import list_duplicates, merge, unmerge
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from notices.models import Notice
from reports.statistics.figures import compute_figures
from tests.factories import ClientOf, Staff, case_at
from tests.shared_data import each
from tests.submitting import pdf

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
    assert link in pkd.get(f"/permohonan/{first.code}/").text
    page = pkd.get(link).text
    assert page.count('class="versus-row same"') >= 2
    assert "Kapan bantuan dibagikan?" in page
    assert "surat-warga.pdf" in page
    typed = {"other": second.code, "goes_on": first.code, "takes_files": "on"}
    assert pkd.post(f"/permohonan/{first.code}/merge/", typed).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.merged_into) == (State.SUBMITTED, State.WITHDRAWN, first)
    assert second.get_state_display() == "Digabung"
    assert [file.name for file in first.attachments.all()] == ["surat-warga.pdf"]
    for case, other in ((first, second), (second, first)):
        event = case.history.latest("pk")
        assert (event.verb, event.by, event.note) == ("merge", staff.pkd, other.code)
        assert other.code in pkd.get(f"/permohonan/{case.code}/").text
    assert [n.kind for n in Notice.objects.filter(event__verb="merge")] == ["MERGED"]
    assert client.get(f"/p/{second.secret}/")["Location"] == f"/p/{first.secret}/"
    assert client.get(f"/p/{first.secret}/").status_code == 200


def test_it_is_taken_back_within_seven_days(
    first: Case, second: Case, staff: Staff, client_of: ClientOf, client: Client
) -> None:
    merge(second, by=staff.pkd, other=first, goes_on=first.code)
    pkd = client_of(staff.pkd)
    address = f"/permohonan/{second.code}/unmerge/"
    assert pkd.post(address, {"reason": ""}).status_code == 422
    assert pkd.post(address, {"reason": "Dua urusan."}).status_code == 302
    second.refresh_from_db()
    assert (second.state, second.turn, second.merged_into) == (State.SUBMITTED, "TIM_PKD", None)
    assert client.get(f"/p/{second.secret}/").status_code == 200
    assert [*second.history.order_by("pk").values_list("verb", flat=True)] == ["submit", "merge", "unmerge"]
    merge(second, by=staff.pkd, other=first, goes_on=first.code)
    with clock.set_to(clock.now() + dt.timedelta(days=7)), pytest.raises(Refused, match="7 hari"):
        unmerge(Case.objects.get(pk=second.pk), by=staff.pkd, reason="Terlambat.")


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
        {"kind": Kind.COMPLAINT},
        {"kind": Kind.COMPLAINT, "identity": "CONFIDENTIAL"},
    ],
)
def test_only_requests_of_one_number_and_kind_are_merged(
    details: dict[str, str], first: Case, staff: Staff, client_of: ClientOf
) -> None:
    other = case_at(State.SUBMITTED, staff, **details)
    assert list_duplicates(first, staff.pkd) == []
    page = client_of(staff.pkd).get(f"/permohonan/{first.code}/merge/?other={other.code}").text
    assert "Tidak ada permohonan lain" in page
    typed = {"other": other.code, "goes_on": first.code}
    assert client_of(staff.pkd).post(f"/permohonan/{first.code}/merge/", typed).status_code == 422
    with pytest.raises(Refused):
        merge(first, by=staff.pkd, other=other, goes_on=first.code)


def test_a_complaint_that_names_somebody_is_not_merged(staff: Staff) -> None:
    complaint = {"kind": Kind.COMPLAINT, "identity": "OPEN"}
    first = case_at(State.SUBMITTED, staff, **complaint, complained_party="Petugas loket")
    second = case_at(State.SUBMITTED, staff, **complaint)
    for one, other in ((first, second), (second, first)):
        with pytest.raises(Refused, match="pihak yang diadukan"):
            merge(one, by=staff.pkd, other=other, goes_on=one.code)


def test_two_merged_requests_count_once(first: Case, second: Case, staff: Staff) -> None:
    today = Period("", clock.today(), clock.today())
    assert compute_figures(today).submitted == 2
    merge(first, by=staff.pkd, other=second, goes_on=second.code)
    figures = compute_figures(today)
    assert (figures.submitted, figures.open, figures.states) == (1, 1, {"SUBMITTED": 1})


def test_both_links_follow_when_it_is_merged_again(
    first: Case, second: Case, staff: Staff, client: Client
) -> None:
    third = case_at(State.SUBMITTED, staff, subject="Sembako lagi")
    merge(first, by=staff.pkd, other=second, goes_on=second.code)
    merge(second, by=staff.pkd, other=third, goes_on=third.code)
    assert client.get(f"/p/{first.secret}/", follow=True).redirect_chain[-1][0] == f"/p/{third.secret}/"
