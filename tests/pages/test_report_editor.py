"""The form of the report, its draft and preview; its review: remarks, comparison with the version before."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from consultations.enums import Party, State
from consultations.models import Case, StepDraft
from consultations.parties import parties
from consultations.services import save_draft
from dispositions import services as dispositions_services
from dispositions.models import StaffReview
from kit import clock
from reports import services
from reports.models import Remark
from reports.models.report import Item
from tests.case_page import read_all
from tests.factories import SECTIONS, WAY, Staff, afresh, case_at, client_of
from tests.journeys.actor import Actor
from tests.print.reading import text_of
from tests.shared_data import each
from tests.submitting import assert_says, items

ADVICE, RECOMMENDATION = Item.Kind.ADVICE, Item.Kind.RECOMMENDATION
FOR_SCRIPT = {"accept": "application/json"}


def page_of(case: Case, rest: str = "report/") -> str:
    return f"/permohonan/{case.code}/{rest}"


def written(**typed: Any) -> dict[str, Any]:
    return {"activities": "Rapat.", "results": "Jelas.", **typed}


def texts(name: str, *texts: str) -> dict[str, Any]:
    return items(name, *({"text": text} for text in texts))


def later(days: int = 7) -> dt.date:
    return clock.today() + dt.timedelta(days=days)


@pytest.fixture
def held(staff: Staff) -> Case:
    return case_at(State.HELD, staff)


@pytest.fixture
def officer(staff: Staff) -> Client:
    return client_of(staff.petugas)


def save(case: Case, staff: Staff, **typed: str) -> StepDraft:
    """Save a draft in another window."""
    save_draft(case, "report", by=staff.petugas, typed=typed, window="b", seen=None)
    return StepDraft.objects.get()


# The form


def test_items_are_stored_one_by_one(held: Case, officer: Client) -> None:
    recommended = {"text": "Perbarui data.", "responsible": "Camat", "due": later().isoformat()}
    data = written(
        **texts("advice", "Satu\r\nbaris dua", "  ", "- Dua"),
        **items("recommendations", recommended, {"text": "Latih operator."}),
    )
    assert officer.post(page_of(held), data).status_code == 302
    recommendations = [
        Item(RECOMMENDATION, "Perbarui data.", "Camat", later()),
        Item(RECOMMENDATION, "Latih operator."),
    ]
    assert held.reports.get().product == [
        (ADVICE, [Item(ADVICE, "Satu\nbaris dua"), Item(ADVICE, "- Dua")]),
        (RECOMMENDATION, recommendations),
    ]


@each(
    ("row", "place", "sentence"),
    [
        ({"text": "", "responsible": "Camat"}, "text", "Tulis rekomendasinya"),
        ({"text": "x " * 2001}, "text", "4000 karakter"),
        ({"text": "a\0b"}, "text", "null"),
        ({"responsible": "x" * 151}, "responsible", "150 karakter"),
        ({"due": "2020-01-06"}, "due", "Tanggal ini sudah lewat."),
        ({"due": "besok"}, "due", "Tulis tanggal yang ada di kalender"),
        ({"due": "9999-12-31"}, "due", "Tulis tanggal yang ada di kalender"),
    ],
)
def test_an_item_shows_its_error(row: Any, place: str, sentence: str, held: Case, officer: Client) -> None:
    good = {"text": "Baik.", "responsible": "", "due": ""}
    answer = officer.post(page_of(held), written(**items("recommendations", good, {**good, **row})))
    assert answer.status_code == 422
    page = answer.text
    error = page.split(f'id="id_recommendations-1-{place}_error"')[1].split("</p>")[0]
    assert sentence in error
    assert 'id="id_recommendations-0-text_error"' not in page
    assert page.count("is-invalid") == 1
    assert "Baik." in page
    assert sentence in page.partition('<a href="#div_id_recommendations">')[2].partition("</a>")[0]
    assert not held.reports.exists()


def test_what_was_typed_comes_back_with_a_readable_date_for_the_picker(held: Case, officer: Client) -> None:
    typed = written(
        results="", **items("recommendations", {"text": "Ya.", "due": later().strftime("%d-%m-%Y")})
    )
    refused = officer.post(page_of(held), typed).text
    officer.post(page_of(held, "report/draf/"), typed)
    for page in (refused, officer.get(page_of(held)).text):
        assert f'name="recommendations-0-due" value="{later():%d-%m-%Y}"' in page


def test_too_many_items_are_refused_and_not_lost(held: Case, officer: Client) -> None:
    answer = officer.post(page_of(held), written(**texts("advice", *(f"Butir {n}" for n in range(51)))))
    assert_says(answer, 422, "Paling banyak 50 butir.", "Butir 50")
    many = written(**texts("advice", *["x"] * 1200))
    assert officer.post(page_of(held), many).status_code == 400
    forged = written(**{**texts("advice", "x"), "advice-TOTAL_FORMS": 10**9})
    assert officer.post(page_of(held), forged).status_code == 302


def test_a_past_due_date_of_the_version_before_is_accepted(held: Case, staff: Staff, officer: Client) -> None:
    item = Item(RECOMMENDATION, "Perbarui.", "Camat", later(-20))
    services.report(held, by=staff.petugas, **{**SECTIONS, "items": [item]})
    services.revise(held, by=staff.kabid, reason="Lengkapi.")
    for day, status in ((later(-19), 422), (later(-20), 302)):
        row = items("recommendations", {"text": "Perbarui.", "due": day.isoformat()})
        answer = officer.post(page_of(held), written(version=held.version, **row))
        assert (answer.status_code, "Tanggal ini sudah lewat." in answer.text) == (status, status == 422)


def test_a_new_version_starts_from_the_one_before_with_its_remarks(staff: Staff, officer: Client) -> None:
    case = case_at(State.REPORTED, staff)
    services.revise(case, by=staff.kabid, reason="Lengkapi hasil.", remarks={"results": "Sebut jumlahnya."})
    page = officer.get(page_of(case)).text
    shown = re.findall("Sebut jumlahnya.|Kabid, Kepala Bidang|id_results", page.split('class="remark"')[1])
    assert [*dict.fromkeys(shown)] == ["Sebut jumlahnya.", "Kabid, Kepala Bidang", "id_results"]
    assert "Pemohon memahami alur pengusulan." in page
    assert sorted({*re.findall(r'id="id_advice-(\d)-text"', page)}) == ["0", "1"]


# Draft and preview

ADDRESSES = ("report/draf/", "report/pratinjau/")


@each("address", ADDRESSES)
def test_draft_and_preview_are_private(address: str, held: Case, staff: Staff) -> None:
    for name, user in vars(staff).items():
        if Party.OFFICER not in parties(user, held):
            visible = Case.objects.visible_to(user).filter(pk=held.pk).exists()
            answer = client_of(user).post(page_of(held, address), written())
            assert answer.status_code == (403 if visible else 404), name
    assert Client().post(page_of(held, address)).headers["Location"].startswith("/masuk/")
    officer, is_draft = client_of(staff.petugas), address == ADDRESSES[0]
    opened = officer.get(page_of(held, address)).status_code
    assert opened == (302 if is_draft else 405), "the login leads to the first one"
    assert officer.post(f"/permohonan/XXXX-XXXX/{address}").status_code == 404
    reported = page_of(case_at(State.REPORTED, staff), address)
    assert officer.post(reported, written()).status_code == 409
    if is_draft:
        told = officer.post(reported, written(), headers=FOR_SCRIPT)
        assert (told.status_code, told.json()["newer"]) == (409, "")
    assert not StepDraft.objects.exists()


def test_without_javascript_a_draft_is_saved_and_discarded(held: Case, staff: Staff, officer: Client) -> None:
    actor = Actor(officer)
    form = actor.form(page_of(held), "report")
    half = {"results": "", "recommendations-0-due": "besok\0", "recommendations-0-text": "Setengah"}
    answer = officer.post(page_of(held, "report/draf/"), {**form.values, **half})
    assert answer.headers["Location"] == page_of(held)
    page = officer.get(page_of(held)).text
    saved = StepDraft.objects.get()
    assert "Konsep tersimpan pukul" in page
    assert 'value="besok"' in page
    values = actor.form(page_of(held), "report").values
    assert [values[f"recommendations-{n}-text"] for n in (0, 1)] == [["Setengah"], [""]]
    assert f'name="seen" value="{saved.saved_at.isoformat()}"' in page
    assert officer.post(page_of(held, "report/draf/"), {"buang": "Buang konsep"}).status_code == 302
    assert not StepDraft.objects.exists()
    assert "Setengah" not in officer.get(page_of(held)).text


def test_without_javascript_a_button_adds_rows(held: Case, officer: Client) -> None:
    typed = written(**texts("advice", "Satu"), tambah_advice="Tambah butir")
    answer = officer.post(page_of(held, "report/draf/"), typed)
    assert answer.headers["Location"] == f"{page_of(held)}?tambah=advice#div_id_advice"
    page = officer.get(answer.headers["Location"]).text
    names = Actor(officer).form(answer.headers["Location"], "report").names
    assert [n for n in range(9) if f"advice-{n}-text" in names] == [0, 1, 2, 3]
    assert [n for n in range(9) if f"solutions-{n}-text" in names] == [0]
    assert page.count("autofocus") == 1
    row = next(area for area in page.split("<textarea") if 'id="id_advice-1-text"' in area)
    assert "autofocus" in row.split(">")[0]
    assert officer.get(f"{page_of(held)}?tambah=%00x").status_code == 200


def test_the_second_window_gets_a_conflict(held: Case, staff: Staff, officer: Client) -> None:
    newer = save(held, staff, results="Dari jendela lain").saved_at.isoformat()
    address, mine = page_of(held, "report/draf/"), written(results="Dari sini", window="a", seen="")
    told = officer.post(address, mine, headers=FOR_SCRIPT)
    assert told.status_code == 409
    assert "jendela lain" in told.json()["message"]
    assert told.json()["newer"] == newer
    page = officer.post(address, mine)
    assert page.status_code == 409
    for shown in ("Dari sini", "jendela lain", f'name="seen" value="{newer}"'):
        assert shown in page.text
    assert "invalid-feedback" not in page.text
    for seen in ("", "x", "\0", "2026-01-01", "9" * 40, "2026-01-01T00:00:00+99:00"):
        forged = {"seen": seen, "window": "\0"}
        assert officer.post(address, forged, headers=FOR_SCRIPT).status_code == 409, seen
    assert officer.post(page_of(held, "report/pratinjau/"), {"results": "Sini"}).status_code == 200
    assert StepDraft.objects.get().content["typed"] == {"results": "Dari jendela lain"}
    again = officer.post(address, {**mine, "seen": newer}, headers=FOR_SCRIPT)
    assert again.json()["message"].startswith("Konsep tersimpan pukul ")
    assert "no-store" in again["Cache-Control"]
    draft = StepDraft.objects.get()
    assert again.json()["seen"] == draft.saved_at.isoformat()
    assert draft.content["typed"]["results"] == "Dari sini"


def test_what_is_too_long_is_refused(held: Case, officer: Client) -> None:
    draft, preview = (page_of(held, address) for address in ADDRESSES)
    much = written(results="x" * 500_001)
    told = officer.post(draft, much, headers=FOR_SCRIPT)
    assert told.status_code == 422
    assert "terlalu panjang untuk disimpan" in told.json()["message"]
    assert_says(officer.post(draft, much), 422, "x" * 500_001)
    assert officer.post(preview, much).status_code == 422
    assert_says(officer.post(preview, {"results": "x" * 20_000}), 422, "kata yang terlalu panjang")


def test_nobody_else_sees_a_draft(held: Case, staff: Staff) -> None:
    save(held, staff, results="Rahasia konsep")
    for user in (staff.kabid, staff.kadis, staff.companion, staff.pkd):
        client = client_of(user)
        assert "Rahasia konsep" not in read_all(client, held)
        assert client.get(page_of(held)).status_code == 403
    assert "Rahasia konsep" in client_of(staff.petugas).get(page_of(held)).text


def test_the_preview_is_a_pdf_of_the_typed_texts(held: Case, officer: Client) -> None:
    row = {"text": "Perbarui data.", "responsible": "Camat", "due": later().isoformat()}
    rows = items("recommendations", row, {"text": "Tanpa tanggal.", "due": "besok"})
    typed = {"activities": "", "results": "Hasil sementara.", **rows}
    answer = officer.post(page_of(held, "report/pratinjau/"), typed)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    for shown in ("DRAF", "Hasil sementara.", "Perbarui data.", "Camat", "Tanpa tanggal."):
        assert shown in text_of(answer.content)
    assert not held.reports.exists()
    assert not held.documents.filter(kind="REPORT").exists()
    assert StepDraft.objects.get().content["typed"]["results"] == "Hasil sementara."


def test_a_staff_review_has_the_same_editor(staff: Staff, officer: Client) -> None:
    case, plain = case_at(State.DISPOSED, staff), case_at(State.ASSIGNED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)
    page, preview = officer.get(page_of(case, "prepare/")).text, page_of(case, "prepare/pratinjau/")
    assert page.count('class="section-to-write"') == len(StaffReview.PARTS)
    assert f'formaction="{preview}"' in page
    typed = {"problem": "Data warga tidak sama."}
    text = text_of(officer.post(preview, typed).content)
    assert typed["problem"] in text
    assert "DRAF" in text
    assert not case.staff_reviews.exists()
    assert StepDraft.objects.get().content["typed"]["problem"] == typed["problem"]
    refused = officer.post(page_of(case, "prepare/"), typed)
    assert '<a href="#id_analysis">' in refused.text
    for address in ("prepare/pratinjau/", "start/pratinjau/"):
        assert officer.post(page_of(plain, address)).status_code == 404
    assert "Pratinjau PDF" not in officer.get(page_of(plain, "prepare/")).text


CHANGED = {**SECTIONS, "results": "Pemohon menguasai alur pengusulan.", "items": SECTIONS["items"][:1]}


def section(page: str, name: str) -> str:
    return page.split(f'data-section="{name}"')[1].split("data-section")[0]


@each(("verb", "state", "name"), [("revise", State.REPORTED, "kabid"), ("return", State.FORWARDED, "kadis")])
def test_a_remark_is_stored(verb: str, state: State, name: str, staff: Staff) -> None:
    case, client = case_at(state, staff), client_of(getattr(staff, name))
    address = page_of(case, f"{verb}/")
    refused = client.post(address, {"remark_advice": "  ", "reason": ""})
    assert_says(refused, 422, "Tulis apa yang perlu diperbaiki")
    long = client.post(address, {"remark_results": "x" * 4001, "reason": "Ya."})
    assert 'id="id_remark_results_error"' in long.text
    typed = {"remark_results": "Sebut jumlahnya.", "remark_advice": "  ", "remark_closing": "Singkatkan."}
    assert client.post(address, {**typed, "reason": ""}).status_code == 302
    kept = Remark.objects.order_by("pk").values_list("section", "text", "by__username")
    assert [*kept] == [("results", "Sebut jumlahnya.", name), ("closing", "Singkatkan.", name)]
    assert "Sebut jumlahnya." in section(read_all(client_of(staff.companion), case), "results")


def test_a_reviewer_sees_responsible_persons_and_due_dates(staff: Staff) -> None:
    case, shown = case_at(State.HELD, staff), "Penanggung jawab: Camat · Paling lambat: 5 Januari 2099"
    item = Item(RECOMMENDATION, "Perbarui data.", "Camat", dt.date(2099, 1, 5))
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": [item]})
    assert shown in client_of(staff.kabid).get(page_of(case, "forward/")).text
    services.forward(case, by=staff.kabid)
    page = client_of(staff.kadis).get(page_of(case, "accept/")).text
    assert shown in page
    assert 'id="perubahan"' not in page


def compared(client: Client, address: str) -> None:
    page = client.get(address).text
    assert "dihapus: </span>memahami " in section(page, "results")
    assert "ditambahkan: </span>menguasai " in section(page, "results")
    assert "Tidak berubah." in section(page, "activities")
    assert 'data-change="removed"' in section(page, "recommendations")


def test_a_new_version_is_compared_with_the_one_before(staff: Staff) -> None:
    case = case_at(State.REPORTED, staff)
    remarks = {"results": "Sebut jumlahnya.", "recommendations": "Siapa?"}
    services.revise(case, by=staff.kabid, reason="Lengkapi.", remarks=remarks)
    services.report(case, by=staff.petugas, **CHANGED)
    for verb in ("revise", "forward"):
        compared(client_of(staff.kabid), page_of(case, f"{verb}/"))
    services.forward(case, by=staff.kabid)
    services.accept(case, by=staff.kadis)
    client, (first, second) = client_of(staff.companion), (page_of(case, f"laporan/{n}/") for n in (1, 2))
    assert f'href="{second}"' in read_all(client, case)
    compared(client, second)
    page = client.get(first).text
    assert ('id="perubahan"' in page, "Sebut jumlahnya." in page) == (False, True)
    for version in ("0", "3", "9" * 30):
        assert client.get(page_of(case, f"laporan/{version}/")).status_code == 404
    for name, user in vars(staff).items():
        visible = Case.objects.visible_to(user).filter(pk=case.pk).exists()
        assert client_of(user).get(first).status_code == (200 if visible else 404), name
    assert client.post(first).status_code == 405


def test_a_report_that_was_sent_back_says_so_until_it_is_sent_again(staff: Staff) -> None:
    case, officer = case_at(State.REPORTED, staff), client_of(staff.petugas)
    services.revise(case, by=staff.kabid, reason="Lengkapi tabelnya.\nLalu kirim lagi.")
    pages = ("/meja/", page_of(case, ""))
    for page in (officer.get(address).text for address in pages):
        assert f"Dikembalikan oleh {staff.kabid.appointments.get().title}" in page
        assert "Lengkapi tabelnya." in page
        assert "Lalu kirim lagi" not in page.partition('id="riwayat"')[0], "the first line"
        assert f'data-verb="report" href="{page_of(case)}">Perbaiki laporan</a>' in page
    assert_says(officer.get(page_of(case)), 200, "Lalu kirim lagi", "<title>Perbaiki laporan:")
    services.report(case, by=staff.petugas, **SECTIONS)
    for address in pages:
        assert "Dikembalikan" not in officer.get(address).text.partition('id="riwayat"')[0]
    services.forward(case, by=staff.kabid)
    services.return_report(case, by=staff.kadis, remarks={"results": "Kurang jelas."})
    for address in pages:
        page = client_of(staff.kabid).get(address).text
        assert f"Dikembalikan oleh {staff.kadis.appointments.get().title}" in page, address


def test_a_report_that_was_sent_back_is_sent_unchanged_only_on_purpose(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    officer = client_of(staff.petugas)
    recommended = {"text": "Perbarui data.", "responsible": "Camat", "due": later().isoformat()}
    typed = written(**texts("advice", "Satu\r\ndua"), **items("recommendations", recommended))
    assert "Kirim perbaikan" not in officer.get(page_of(case)).text
    assert officer.post(page_of(case), typed).status_code == 302
    services.revise(afresh(case), by=staff.kabid, reason="Tulis jumlahnya.")
    form = officer.get(page_of(case)).text
    assert ("Kirim perbaikan" in form, 'name="unchanged"' in form) == (True, False)
    asked = officer.post(page_of(case), typed)
    assert_says(asked, 422, "belum diubah sejak dikembalikan", 'name="unchanged"', "Kirim tanpa perubahan")
    assert officer.post(page_of(case), {**typed, "unchanged": "on"}).status_code == 302
    services.revise(afresh(case), by=staff.kabid, reason="Tulis jumlahnya.")
    for change in (
        {"results": "Jelas: 17."},
        items("recommendations", {**recommended, "responsible": "Lurah"}),
    ):
        assert officer.post(page_of(case), {**typed, **change}).status_code == 302, change
        services.revise(afresh(case), by=staff.kabid, reason="Lagi.")


def test_the_report_of_a_division_head_who_served_says_why_it_came_back(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.kabid, companions=[])
    dispositions_services.prepare(case, by=staff.kabid, administration="Daftar hadir", materials="Pedoman")
    for state in (State.SCHEDULED, State.IN_SESSION, State.HELD, State.REPORTED):
        WAY[state](case, replace(staff, petugas=staff.kabid))
    assert case.state == State.FORWARDED
    services.return_report(case, by=staff.kadis, reason="Tulis jumlahnya.")
    form = client_of(staff.kabid).get(page_of(case)).text
    assert "Tulis jumlahnya." in form


def test_a_correction_is_compared_with_what_it_corrects(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    services.correct(case, by=staff.kadis, reason="Nama keliru.")
    assert "Nama keliru." in client_of(staff.petugas).get(page_of(case, "report/")).text
    services.report(case, by=staff.petugas, **CHANGED)
    compared(client_of(staff.kabid), page_of(case, "forward/"))


def test_items_and_remarks_cost_no_more(staff: Staff, at_most_queries: Any) -> None:
    case = case_at(State.HELD, staff)
    many = [Item(RECOMMENDATION, f"Butir {n}", "Camat", clock.today()) for n in range(40)]
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": many})
    remarks = dict.fromkeys(("general", "results", "closing"), "Perbaiki.")
    services.revise(case, by=staff.kabid, reason="Perbaiki.", remarks=remarks)
    officer, kabid = client_of(staff.petugas), client_of(staff.kabid)
    with at_most_queries(18):
        officer.get(page_of(case, "report/"))
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": many})
    for address, queries in (("revise/", 16), ("", 11), ("?buka=laporan", 13), ("laporan/2/", 9)):
        with at_most_queries(queries):
            kabid.get(page_of(case, address))


def test_a_report_that_came_back_is_forwarded_unchanged_only_on_purpose(staff: Staff) -> None:
    case, head = case_at(State.REPORTED, staff), client_of(staff.kabid)
    shown, unchanged, page = "Sebut jumlah keluarga.", 'name="unchanged"', page_of(case, "forward/")
    assert unchanged not in head.get(page).text
    assert head.post(page, {"note": ""}).status_code == 302, "one that never came back: in one tap"
    services.return_report(afresh(case), by=staff.kadis, reason=shown, remarks={"results": "Kurang jelas."})
    assert_says(head.get(page), 200, unchanged, shown, "1 catatan tertulis di bagian yang dimaksud.")
    assert_says(head.post(page, {"note": ""}), 422, "belum diubah sejak dikembalikan", shown)
    assert afresh(case).state == State.REPORTED
    assert head.post(page, {"note": "", "unchanged": "on"}).status_code == 302
    assert shown in client_of(staff.kadis).get(page_of(case, "accept/")).text
    services.return_report(afresh(case), by=staff.kadis, reason="Lagi.")
    services.revise(afresh(case), by=staff.kabid, reason="Perbaiki jumlahnya.")
    services.report(afresh(case), by=staff.petugas, **CHANGED)
    form = head.get(page).text
    assert (unchanged in form, "Perbaiki jumlahnya." in form) == (False, True)
    assert head.post(page, {"note": ""}).status_code == 302
