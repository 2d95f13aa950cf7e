"""The review of a report: remarks on sections, comparison with the version before, queries."""

import datetime as dt
from typing import Any

from consultations.enums import State
from consultations.models import Case
from kit import clock
from reports import services
from reports.items import Item
from reports.models import Remark
from tests.factories import SECTIONS, ClientOf, Staff, case_at
from tests.pages.test_report_editor import RECOMMENDATION, page_of
from tests.shared_data import each


def rewritten(case: Case, staff: Staff, **sections: Any) -> None:
    """Return the report as Kepala Bidang and submit a new version as officer."""
    remarks = {"results": "Sebut jumlahnya.", "recommendations": "Siapa?"}
    services.revise(case, by=staff.kabid, reason="Lengkapi.", remarks=remarks)
    services.report(case, by=staff.petugas, **{**SECTIONS, **sections})


@each(("verb", "state", "name"), [("revise", State.REPORTED, "kabid"), ("return", State.FORWARDED, "kadis")])
def test_a_remark_is_stored_with_its_section(
    verb: str, state: State, name: str, staff: Staff, client_of: ClientOf
) -> None:
    case, client = case_at(state, staff), client_of(getattr(staff, name))
    typed = {"remark_results": "Sebut jumlahnya.", "remark_advice": "  ", "remark_closing": "Singkatkan."}
    refused = client.post(page_of(case, f"{verb}/"), {"remark_advice": "  ", "reason": ""})
    assert refused.status_code == 422
    assert "Tulis apa yang perlu diperbaiki" in refused.text
    long = client.post(page_of(case, f"{verb}/"), {"remark_results": "x" * 4001, "reason": "Ya."})
    assert 'id="id_remark_results_error"' in long.text
    assert client.post(page_of(case, f"{verb}/"), {**typed, "reason": ""}).status_code == 302
    kept = Remark.objects.order_by("pk").values_list("section", "text", "by__username")
    assert [*kept] == [("results", "Sebut jumlahnya.", name), ("closing", "Singkatkan.", name)]
    page = client_of(staff.companion).get(page_of(case, "")).text
    section = page.split('data-section="results"')[1].split("data-section")[0]
    assert "Sebut jumlahnya." in section


def test_a_reviewer_sees_responsible_persons_and_due_dates(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.HELD, staff)
    item = Item(RECOMMENDATION, "Perbarui data.", "Camat", dt.date(2099, 1, 5))
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": [item]})
    page = client_of(staff.kabid).get(page_of(case, "forward/")).text
    assert "Penanggung jawab: Camat · Paling lambat: 5 Januari 2099" in page
    services.forward(case, by=staff.kabid)
    page = client_of(staff.kadis).get(page_of(case, "accept/")).text
    assert "Penanggung jawab: Camat · Paling lambat: 5 Januari 2099" in page
    assert 'id="perubahan"' not in page


def compared(page: str) -> None:
    results = page.split('data-section="results"')[1].split("data-section")[0]
    assert "dihapus: </span>memahami " in results
    assert "ditambahkan: </span>menguasai " in results
    assert "Tidak berubah." in page.split('data-section="activities"')[1].split("data-section")[0]
    assert 'data-change="removed"' in page.split('data-section="recommendations"')[1]


def test_a_new_version_is_compared_with_the_one_before(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REPORTED, staff)
    changed = {"results": "Pemohon menguasai alur pengusulan.", "items": SECTIONS["items"][:1]}
    rewritten(case, staff, **changed)
    for verb in ("revise", "forward"):
        compared(client_of(staff.kabid).get(page_of(case, f"{verb}/")).text)
    services.forward(case, by=staff.kabid)
    services.accept(case, by=staff.kadis)
    client = client_of(staff.companion)
    assert f'href="{page_of(case, "laporan/2/")}"' in client.get(page_of(case, "")).text
    compared(client.get(page_of(case, "laporan/2/")).text)
    first = client.get(page_of(case, "laporan/1/")).text
    assert 'id="perubahan"' not in first
    assert "Sebut jumlahnya." in first


def test_a_correction_is_compared_with_what_it_corrects(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.CLOSED, staff)
    services.correct(case, by=staff.kadis, reason="Nama keliru.")
    assert "Nama keliru." in client_of(staff.petugas).get(page_of(case, "report/")).text
    changed = {"results": "Pemohon menguasai alur pengusulan.", "items": SECTIONS["items"][:1]}
    services.report(case, by=staff.petugas, **{**SECTIONS, **changed})
    compared(client_of(staff.kabid).get(page_of(case, "forward/")).text)


@each("version", ["0", "3", "9" * 30])
def test_an_unknown_version_is_404(version: str, staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REPORTED, staff)
    assert client_of(staff.kabid).get(page_of(case, f"laporan/{version}/")).status_code == 404


def test_a_version_is_visible_with_its_case(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.REPORTED, staff)
    for name, user in vars(staff).items():
        visible = Case.objects.visible_to(user).filter(pk=case.pk).exists()
        answer = client_of(user).get(page_of(case, "laporan/1/"))
        assert answer.status_code == (200 if visible else 404), name
    assert client_of(staff.kabid).post(page_of(case, "laporan/1/")).status_code == 405


@each("many", [1, 40])
def test_queries_stay_the_same_with_many_items_and_remarks(
    many: int, staff: Staff, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    case = case_at(State.HELD, staff)
    items = [Item(RECOMMENDATION, f"Butir {n}", "Camat", clock.today()) for n in range(many)]
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": items})
    remarks = dict.fromkeys(("general", "results", "closing")[: 1 + many // 20], "Perbaiki.")
    services.revise(case, by=staff.kabid, reason="Perbaiki.", remarks=remarks)
    officer, kabid = client_of(staff.petugas), client_of(staff.kabid)
    with django_assert_num_queries(18):
        officer.get(page_of(case, "report/"))
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": items})
    with django_assert_num_queries(15):
        kabid.get(page_of(case, "revise/"))
    with django_assert_num_queries(8):
        kabid.get(page_of(case, ""))
    with django_assert_num_queries(9):
        kabid.get(page_of(case, "laporan/2/"))
