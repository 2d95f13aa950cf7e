"""The form of the report, its draft and its preview."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from consultations.enums import Party, State
from consultations.models import Case, StepDraft
from consultations.parties import parties
from consultations.services import save_draft
from dispositions import services as dispositions_services
from dispositions.models import StaffReview
from kit import clock
from reports import services
from reports.models.report import Item
from tests.factories import SECTIONS, ClientOf, Staff, case_at
from tests.journeys.actor import Actor
from tests.shared_data import each
from tests.submitting import items

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
def officer(staff: Staff, client_of: ClientOf) -> Client:
    return client_of(staff.petugas)


# The form


def test_items_are_stored_one_by_one(held: Case, officer: Client) -> None:
    recommended = {"text": "Perbarui data.", "responsible": "Camat", "due": later().isoformat()}
    data = written(
        **texts("advice", "Satu\r\nbaris dua", "  ", "- Dua"),
        **items("recommendations", recommended, {"text": "Latih operator."}),
    )
    assert officer.post(page_of(held), data).status_code == 302
    assert held.reports.get().product == [
        (ADVICE, [Item(ADVICE, "Satu\nbaris dua"), Item(ADVICE, "- Dua")]),
        (
            RECOMMENDATION,
            [
                Item(RECOMMENDATION, "Perbarui data.", "Camat", later()),
                Item(RECOMMENDATION, "Latih operator."),
            ],
        ),
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
def test_an_error_is_shown_at_its_item(
    row: dict[str, str], place: str, sentence: str, held: Case, officer: Client
) -> None:
    good = {"text": "Baik.", "responsible": "", "due": ""}
    answer = officer.post(page_of(held), written(**items("recommendations", good, {**good, **row})))
    assert answer.status_code == 422
    page = answer.content.decode()
    error = page.split(f'id="id_recommendations-1-{place}_error"')[1].split("</p>")[0]
    assert sentence in error
    assert 'id="id_recommendations-0-text_error"' not in page
    assert page.count("is-invalid") == 1
    assert "Baik." in page
    assert '<a href="#div_id_recommendations">Rekomendasi</a>' in page
    assert not held.reports.exists()


def test_what_was_typed_comes_back_with_a_readable_date_for_the_picker(held: Case, officer: Client) -> None:
    row = {"text": "Ya.", "due": later().strftime("%d-%m-%Y")}
    typed = written(results="", **items("recommendations", row))
    page = officer.post(page_of(held), typed).content.decode()
    assert f'name="recommendations-0-due" value="{later()}"' in page
    officer.post(page_of(held, "report/draf/"), typed)
    page = officer.get(page_of(held)).content.decode()
    assert f'name="recommendations-0-due" value="{later()}"' in page


def test_too_many_items_are_refused_and_not_lost(held: Case, officer: Client) -> None:
    answer = officer.post(page_of(held), written(**texts("advice", *(f"Butir {n}" for n in range(51)))))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Paling banyak 50 butir." in page
    assert "Butir 50" in page
    many = written(**texts("advice", *["x"] * 1200))
    assert officer.post(page_of(held), many).status_code == 400
    forged = officer.post(page_of(held), written(**{**texts("advice", "x"), "advice-TOTAL_FORMS": 10**9}))
    assert forged.status_code == 302


def test_a_past_due_date_of_the_version_before_is_accepted(staff: Staff, officer: Client) -> None:
    case, agreed = case_at(State.HELD, staff), later(-20)
    item = Item(RECOMMENDATION, "Perbarui.", "Camat", agreed)
    services.report(case, by=staff.petugas, **{**SECTIONS, "items": [item]})
    services.revise(case, by=staff.kabid, reason="Lengkapi.")

    def due(day: dt.date) -> dict[str, Any]:
        row = items("recommendations", {"text": "Perbarui.", "due": day.isoformat()})
        return written(version=case.version, **row)

    other = officer.post(page_of(case), due(later(-19)))
    assert "Tanggal ini sudah lewat." in other.content.decode()
    kept = officer.post(page_of(case), due(agreed))
    assert kept.status_code == 302


def test_a_new_version_starts_from_the_one_before_with_its_remarks(staff: Staff, officer: Client) -> None:
    case = case_at(State.REPORTED, staff)
    services.revise(case, by=staff.kabid, reason="Lengkapi hasil.", remarks={"results": "Sebut jumlahnya."})
    page = officer.get(page_of(case)).content.decode()
    assert "Lengkapi hasil." in page
    remark = page.split('class="remark"')[1]
    assert (
        remark.index("Sebut jumlahnya.") < remark.index("Kabid, Kepala Bidang") < remark.index("id_results")
    )
    assert "Pemohon memahami alur pengusulan." in page
    assert 'id="id_advice-0-text"' in page
    assert 'id="id_advice-1-text"' in page
    assert 'id="id_advice-2-text"' not in page


# Draft and preview

ADDRESSES = ("report/draf/", "report/pratinjau/")


@each("address", ADDRESSES)
def test_draft_and_preview_belong_to_the_officer_alone(
    address: str, held: Case, staff: Staff, client_of: ClientOf
) -> None:
    for name, user in vars(staff).items():
        visible = Case.objects.visible_to(user).filter(pk=held.pk).exists()
        expected = 403 if visible else 404
        if Party.OFFICER in parties(user, held):
            continue
        answer = client_of(user).post(page_of(held, address), written())
        assert answer.status_code == expected, name
    assert Client().post(page_of(held, address)).headers["Location"].startswith("/masuk/")
    opened = 302 if address == ADDRESSES[0] else 405  # the login leads to the first one
    assert client_of(staff.petugas).get(page_of(held, address)).status_code == opened
    assert client_of(staff.petugas).post(f"/permohonan/XXXX-XXXX/{address}").status_code == 404
    assert not StepDraft.objects.exists()


@each("address", ADDRESSES)
def test_after_submission_a_draft_is_refused(address: str, staff: Staff, officer: Client) -> None:
    case = case_at(State.REPORTED, staff)
    answer = officer.post(page_of(case, address), written())
    assert answer.status_code == 409
    assert "tidak dapat dilakukan" in answer.content.decode()
    if address == ADDRESSES[0]:
        told = officer.post(page_of(case, address), written(), headers=FOR_SCRIPT)
        assert told.status_code == 409
        assert told.json()["newer"] == ""
    assert not StepDraft.objects.exists()


def test_without_javascript_a_draft_is_saved_opened_and_discarded(
    held: Case, staff: Staff, officer: Client
) -> None:
    actor = Actor(officer)
    form = actor.form(page_of(held), "report")
    half = {"results": "", "recommendations-0-due": "besok\0", "recommendations-0-text": "Setengah"}
    answer = officer.post(page_of(held, "report/draf/"), {**form.values, **half})
    assert answer.headers["Location"] == page_of(held)
    page = officer.get(page_of(held)).content.decode()
    saved = StepDraft.objects.get()
    assert "Konsep tersimpan pukul" in page
    assert 'value="besok"' in page
    values = actor.form(page_of(held), "report").values
    assert [values[f"recommendations-{n}-text"] for n in (0, 1)] == [["Setengah"], [""]]
    assert f'name="seen" value="{saved.saved_at.isoformat()}"' in page
    assert officer.post(page_of(held, "report/draf/"), {"buang": "Buang konsep"}).status_code == 302
    assert not StepDraft.objects.exists()
    assert "Setengah" not in officer.get(page_of(held)).content.decode()


def test_without_javascript_a_button_adds_rows(held: Case, officer: Client) -> None:
    typed = written(**texts("advice", "Satu"), tambah_advice="Tambah butir")
    answer = officer.post(page_of(held, "report/draf/"), typed)
    assert answer.headers["Location"] == f"{page_of(held)}?tambah=advice#div_id_advice"
    page = officer.get(answer.headers["Location"]).content.decode()
    names = Actor(officer).form(answer.headers["Location"], "report").names
    assert [n for n in range(9) if f"advice-{n}-text" in names] == [0, 1, 2, 3]
    assert [n for n in range(9) if f"solutions-{n}-text" in names] == [0]
    assert page.count("autofocus") == 1
    row = next(area for area in page.split("<textarea") if 'id="id_advice-1-text"' in area)
    assert "autofocus" in row.split(">")[0]
    assert officer.get(f"{page_of(held)}?tambah=%00x").status_code == 200


def test_the_second_window_gets_a_conflict(held: Case, staff: Staff, officer: Client) -> None:
    save_draft(
        held, "report", by=staff.petugas, typed={"results": "Dari jendela lain"}, window="b", seen=None
    )
    newer = StepDraft.objects.get().saved_at.isoformat()
    mine = written(results="Dari sini", window="a", seen="")
    told = officer.post(page_of(held, "report/draf/"), mine, headers=FOR_SCRIPT)
    assert told.status_code == 409
    assert "jendela lain" in told.json()["message"]
    assert told.json()["newer"] == newer
    page = officer.post(page_of(held, "report/draf/"), mine)
    assert page.status_code == 409
    assert "Dari sini" in page.content.decode()
    assert "jendela lain" in page.content.decode()
    assert f'name="seen" value="{newer}"' in page.content.decode()
    assert "invalid-feedback" not in page.content.decode()
    assert StepDraft.objects.get().content["typed"] == {"results": "Dari jendela lain"}
    again = officer.post(page_of(held, "report/draf/"), {**mine, "seen": newer}, headers=FOR_SCRIPT)
    assert again.status_code == 200
    assert StepDraft.objects.get().content["typed"]["results"] == "Dari sini"


@each("seen", ["", "x", "\0", "2026-01-01", "9" * 40, "2026-01-01T00:00:00+99:00"])
def test_an_invalid_time_counts_as_unseen(seen: str, held: Case, staff: Staff, officer: Client) -> None:
    save_draft(held, "report", by=staff.petugas, typed={}, window="b", seen=None)
    answer = officer.post(page_of(held, "report/draf/"), {"seen": seen, "window": "\0"}, headers=FOR_SCRIPT)
    assert answer.status_code == 409


def test_the_script_gets_a_sentence_and_the_time(held: Case, officer: Client) -> None:
    answer = officer.post(page_of(held, "report/draf/"), written(window="a\0"), headers=FOR_SCRIPT)
    draft = StepDraft.objects.get()
    assert answer.json()["message"].startswith("Konsep tersimpan pukul ")
    assert answer.json()["seen"] == draft.saved_at.isoformat()
    assert "no-store" in answer["Cache-Control"]


def test_a_draft_that_is_too_long_is_refused(held: Case, officer: Client) -> None:
    much = written(results="x" * 500_001)
    told = officer.post(page_of(held, "report/draf/"), much, headers=FOR_SCRIPT)
    assert told.status_code == 422
    assert "terlalu panjang untuk disimpan" in told.json()["message"]
    page = officer.post(page_of(held, "report/draf/"), much)
    assert page.status_code == 422
    assert "x" * 500_001 in page.content.decode()
    assert officer.post(page_of(held, "report/pratinjau/"), much).status_code == 422


def test_nobody_else_sees_a_draft(held: Case, staff: Staff, client_of: ClientOf) -> None:
    save_draft(held, "report", by=staff.petugas, typed={"results": "Rahasia konsep"}, window="a", seen=None)
    for name in ("kabid", "kadis", "companion", "pkd"):
        client = client_of(getattr(staff, name))
        assert "Rahasia konsep" not in client.get(page_of(held, "")).content.decode()
        assert client.get(page_of(held)).status_code == 403
    assert "Rahasia konsep" in client_of(staff.petugas).get(page_of(held)).content.decode()


def test_the_preview_is_a_pdf_of_the_typed_texts(held: Case, officer: Client) -> None:
    typed = {
        "activities": "",
        "results": "Hasil sementara.",
        **items(
            "recommendations",
            {"text": "Perbarui data.", "responsible": "Camat", "due": later().isoformat()},
            {"text": "Tanpa tanggal.", "due": "besok"},
        ),
    }
    answer = officer.post(page_of(held, "report/pratinjau/"), typed)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages).split())
    for shown in ("DRAF", "Hasil sementara.", "Perbarui data.", "Camat", "Tanpa tanggal."):
        assert shown in text
    assert not held.reports.exists()
    assert not held.documents.filter(kind="REPORT").exists()
    assert StepDraft.objects.get().content["typed"]["results"] == "Hasil sementara."


def test_a_staff_review_has_the_same_editor(staff: Staff, officer: Client) -> None:
    case, plain = case_at(State.DISPOSED, staff), case_at(State.ASSIGNED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, needs_review=True)
    page = officer.get(page_of(case, "prepare/")).content.decode()
    assert page.count('class="section-to-write"') == len(StaffReview.PARTS)
    preview = page_of(case, "prepare/pratinjau/")
    assert f'formaction="{preview}"' in page
    answer = officer.post(preview, {"problem": "Data warga tidak sama."})
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Data warga tidak sama." in text
    assert "DRAF" in text
    assert not case.staff_reviews.exists()
    assert StepDraft.objects.get().content["typed"]["problem"] == "Data warga tidak sama."
    refused = officer.post(page_of(case, "prepare/"), {"problem": "Data warga tidak sama."})
    assert '<li><a href="#div_id_analysis">IV. Analisis</a></li>' in refused.content.decode()
    for address in ("prepare/pratinjau/", "start/pratinjau/"):
        assert officer.post(page_of(plain, address)).status_code == 404
    assert "Pratinjau PDF" not in officer.get(page_of(plain, "prepare/")).content.decode()


def test_a_preview_overwrites_no_newer_draft(held: Case, staff: Staff, officer: Client) -> None:
    save_draft(held, "report", by=staff.petugas, typed={"results": "Lain"}, window="b", seen=None)
    assert officer.post(page_of(held, "report/pratinjau/"), {"results": "Sini"}).status_code == 200
    assert StepDraft.objects.get().content["typed"] == {"results": "Lain"}


def test_a_preview_that_is_too_long_is_refused(held: Case, officer: Client) -> None:
    answer = officer.post(page_of(held, "report/pratinjau/"), {"results": "x" * 20_000})
    assert answer.status_code == 422
    assert "kata yang terlalu panjang" in answer.content.decode()
