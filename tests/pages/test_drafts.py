"""Drafts: the input survives errors, a closed tab and a lost response, and becomes one case."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.intake import drafts
from consultations.intake.drafts import case_for_token, new_token
from consultations.intake.models import DraftFile, RequestDraft
from consultations.intake.request_form import FILES
from consultations.models import Attachment, Case
from kit import clock
from office.models import Office
from tests.factories import Staff, wished_moment
from tests.submitting import find_draft, image, pdf, send, stored_files, typed, upload


def test_an_unfinished_form_is_saved_and_continued(staff: Staff, client: Client) -> None:
    data = typed(
        phone="", material="", applicant_name="Siti \0", letter=upload("surat.pdf", pdf()), simpan="1"
    )
    saved = client.post("/ajukan/", data)
    assert saved["Location"] == f"/ajukan/{data['submission_token']}/"
    answer = Client().get(saved["Location"])
    page = answer.content.decode()
    for words in ('value="Siti "', "surat.pdf", f">https://layanan.example{saved['Location']}<", "checked"):
        assert words in page
    assert "aria-invalid" not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert not Case.objects.exists()


def test_files_remain_after_an_error(
    staff: Staff, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    data = typed(phone="", no_letter="", letter=upload("surat.pdf", pdf()))
    page = client.post("/ajukan/", data).content.decode()
    assert "surat.pdf" in page
    assert "isian lain dan berkas Anda tetap ada" in page
    assert "Pilih berkas surat Anda" not in page
    data = typed(data["submission_token"], no_letter="", materials=upload("foto.jpg", image("JPEG")))
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, "/ajukan/", data)["Location"].endswith("/tanda-terima/")
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["foto.jpg", "surat.pdf"]
    assert not RequestDraft.objects.exists()
    assert not DraftFile.objects.exists()
    assert len(stored_files(settings)) == 2


def test_the_link_of_a_draft_has_128_random_bits() -> None:
    """A version-4 UUID has 122. The hexadecimal digits at 12 and 16 would tell."""
    tokens = [new_token().hex for _number in range(64)]
    assert {token[12] for token in tokens} > {"4"}
    assert {token[16] for token in tokens} - set("89ab")
    assert tokens[0] != tokens[1]


def test_files_are_deleted_replaced_and_never_stored_twice(
    staff: Staff, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    token = uuid4()
    first, second = pdf(1), pdf(2)
    with django_capture_on_commit_callbacks(execute=True):
        for content in (first, first, second):
            client.post("/ajukan/", typed(token, letter=upload("surat.pdf", content)))
        for name in ("lama.jpg", "baru.jpg"):
            client.post("/ajukan/", typed(token, materials=upload(name, image("JPEG", (9, len(name))))))
    kept = DraftFile.objects.order_by("pk")
    assert [file.name for file in kept] == ["surat.pdf", "surat.pdf", "baru.jpg"]
    others = RequestDraft.objects.create(token_hash=uuid4(), kind="CONSULTATION").files.create(
        field="letter", size=1, content_type="application/pdf"
    )
    ticked = [str(kept[0].pk), str(others.pk), "9" * 30, "x"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/ajukan/", typed(token, remove=ticked))
    assert [file.name for file in kept.exclude(pk=others.pk)] == ["surat.pdf", "baru.jpg"]
    assert len(stored_files(settings)) == 2


def test_a_refused_file_is_named_when_the_form_is_saved_for_later(staff: Staff, client: Client) -> None:
    data = typed(phone="", letter=[upload("satu.pdf", pdf()), upload("dua.exe", b"MZ")], simpan="1")
    answer = client.post("/ajukan/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tersimpan, kecuali berkas yang ditolak." in page
    assert "dua.exe: Berkas ini bukan PDF" in page
    assert list(answer.context["form"].errors) == ["letter"], "an unfinished form has no other errors"
    assert DraftFile.objects.get().name == "satu.pdf"


def test_a_field_holds_five_files(staff: Staff, client: Client) -> None:
    def pages(*numbers: int) -> list[Any]:
        return [upload(f"{number}.png", image("PNG", (9, 9 + number))) for number in numbers]

    answer = client.post("/ajukan/", typed(letter=pages(*range(6))))
    assert "Paling banyak 5 berkas" in answer.content.decode()
    assert not DraftFile.objects.exists()
    token = uuid4()
    client.post("/ajukan/", typed(token, letter=pages(0, 1, 2)))
    answer = client.post("/ajukan/", typed(token, letter=pages(3, 4, 5)))
    assert "Paling banyak 5 berkas" in answer.content.decode()
    assert DraftFile.objects.count() == 3


def test_the_form_is_protected_against_other_sites(staff: Staff) -> None:
    stranger, data = Client(enforce_csrf_checks=True), typed()
    assert stranger.post("/ajukan/", data).status_code == 403
    Client().post("/ajukan/", data)
    assert stranger.post(f"/ajukan/{data['submission_token']}/periksa/").status_code == 403
    assert not Case.objects.exists()


def test_a_form_without_its_token_gets_a_new_one(staff: Staff, client: Client) -> None:
    for broken in ("", "bukan-uuid"):
        assert client.post("/ajukan/", typed(submission_token=broken)).status_code == 302
    token = uuid4()
    client.post("/pengaduan/", typed(token))
    assert str(token) not in client.post("/ajukan/", typed(token))["Location"]
    assert RequestDraft.objects.count() == 4


def test_an_unknown_draft_is_explained(staff: Staff, client: Client) -> None:
    client.post("/pengaduan/", typed(token := uuid4()))
    for path in (
        f"/ajukan/{uuid4()}/",
        f"/ajukan/{uuid4()}/periksa/",
        f"/ajukan/{token}/",
        f"/ajukan/{token}/periksa/",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Isian ini tidak ada lagi" in answer.content.decode()


def test_a_sent_form_with_another_text_is_another_request(staff: Staff, client: Client) -> None:
    data = typed()
    first = send(client, "/ajukan/", data)["Location"]
    assert client.post("/ajukan/", data)["Location"] == first

    second = send(client, "/ajukan/", {**data, "material": "Bagaimana dengan bantuan sekolah?"})["Location"]
    assert second != first
    assert second.endswith("/tanda-terima/")
    assert Case.objects.count() == 2


def test_a_draft_is_deleted_on_request(
    staff: Staff, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    data = typed(letter=upload("surat.pdf", pdf()))
    client.post("/ajukan/", data)
    assert len(stored_files(settings)) == 1
    for _press in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/ajukan/", {**data, "hapus": "1"})
        assert "Isian sudah dihapus." in answer.content.decode()
        assert not RequestDraft.objects.exists()
        assert not stored_files(settings)


def test_a_time_taken_meanwhile_is_reported_beside_the_field(staff: Staff, client: Client) -> None:
    Office.objects.update(visitors_at_once=1)
    late, soon = typed(applicant_name="Siti Terlambat"), typed()
    check = client.post("/ajukan/", late)["Location"]
    send(client, "/ajukan/", soon)
    answers = [client.post(check)]
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        answers += [client.get(check), client.post(check)]
    for answer, sentence in zip(
        answers, ("baru saja terisi", *["sudah penuh. Waktu kosong terdekat: "] * 2), strict=True
    ):
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f"Waktu ini {sentence}" in page
        assert 'value="Siti Terlambat"' in page
    assert Case.objects.count() == 1


def sent_by(answer: Any, **changes: str) -> dict[str, Any]:
    """Return what a browser sends for the form in this response, with changes."""
    shown = {field.name: field.value() for field in answer.context["form"] if field.name not in FILES}
    return {name: value for name, value in {**shown, **changes}.items() if value}


def test_the_form_that_comes_back_from_the_check_page_is_still_the_same_draft(
    staff: Staff, client: Client
) -> None:
    """It has its letter and its time stamp, so it is not held."""
    Office.objects.update(visitors_at_once=1)
    data = typed(no_letter="", letter=upload("surat.pdf", pdf()))
    check = client.post("/ajukan/", data)["Location"]
    send(client, "/ajukan/", typed())
    back = client.post(check)
    other = f"{wished_moment(6):%Y-%m-%dT%H:%M}"
    again = client.post("/ajukan/", sent_by(back, visit_at=other))
    assert again["Location"] == check
    receipt = client.post(check)["Location"]
    assert receipt.endswith("/tanda-terima/")
    case = case_for_token(UUID(data["submission_token"]))
    assert case
    assert case.attachments.get().name == "surat.pdf"
    assert not RequestDraft.objects.exists()

    unfinished = client.post("/ajukan/", typed(phone="", simpan="1"))["Location"]
    back = client.get(f"{unfinished}periksa/")
    assert back.status_code == 422
    client.post("/ajukan/", {**sent_by(back), "hapus": "1"})
    assert not RequestDraft.objects.exists()


def test_a_file_that_this_machine_cannot_find_is_not_given_up(
    staff: Staff, client: Client, settings: Any
) -> None:
    check = client.post("/ajukan/", typed(no_letter="", letter=upload("surat.pdf", pdf())))["Location"]
    (path,) = stored_files(settings)
    elsewhere = path.rename(path.with_suffix(".di-mesin-lain"))
    answer = client.post(check)
    assert answer.status_code == 422
    assert "Berkas surat.pdf belum dapat dibaca dari penyimpanan." in answer.content.decode()
    elsewhere.rename(path)
    assert client.post(check)["Location"].endswith("/tanda-terima/")
    assert Attachment.objects.get().name == "surat.pdf"


def test_the_language_of_the_applicant_is_stored(staff: Staff, client: Client) -> None:
    client.cookies["language"] = "en"
    send(client, "/ajukan/", typed())
    assert Case.objects.get().language == "en"


@pytest.mark.differs_by_database
def test_expired_drafts_are_deleted_with_their_files(
    staff: Staff, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    week, number = dt.timedelta(days=7), 5
    with clock.set_to(clock.now() - week - dt.timedelta(hours=1)):
        for _draft in range(number):
            client.post("/ajukan/", typed(letter=upload("surat.pdf", pdf())))
        client.post("/ajukan/", typed(doubtful := uuid4()))
        drafts.hold(find_draft(doubtful), "Uji")
    client.post("/ajukan/", typed(young := uuid4()))
    with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection) as asked:
        assert drafts.delete_expired() == number
    assert len(asked) == 5  # as many for two drafts as for five
    assert {*RequestDraft.objects.all()} == {find_draft(doubtful), find_draft(young)}
    assert not stored_files(settings)
    assert drafts.delete_expired() == 0


def test_queries_of_form_and_check_page(staff: Staff, client: Client) -> None:
    data = typed(letter=upload("surat.pdf", pdf()))
    check = client.post("/ajukan/", data)["Location"]
    for path in (check.removesuffix("periksa/"), check):
        with clock.set_to(clock.now()):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
        assert len(asked) == 3  # draft, files, stamp
