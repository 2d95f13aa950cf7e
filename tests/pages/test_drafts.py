"""Drafts: the input survives errors, a closed tab and a lost response, and becomes one case, also at once."""

import datetime as dt
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from consultations.enums import State
from consultations.intake import drafts, submission
from consultations.intake.drafts import case_for_token, hash_submission, new_token
from consultations.intake.models import DraftFile, RequestDraft
from consultations.intake.request_form import FILES
from consultations.models import Attachment, Case
from consultations.scheduling import services as scheduling_services
from kit import clock
from kit.refusal import Refused
from office.models import Office
from tests.factories import Staff, applicant, case_at, make_office, make_staff, wished_moment
from tests.submitting import accept, find_draft, image, pdf, send, stored_files, typed, upload
from tests.threads import run_at_once


def test_an_unfinished_form_is_saved_and_continued(staff: Staff, client: Client) -> None:
    data = typed(
        phone="", material="", applicant_name="Siti \0", letter=upload("surat.pdf", pdf()), simpan="1"
    )
    saved = client.post("/ajukan/", data)
    assert saved["Location"] == f"/ajukan/{data['submission_token']}/"
    answer = Client().get(saved["Location"])
    page = answer.text
    for words in ('value="Siti "', "surat.pdf", f">https://layanan.example{saved['Location']}<", "checked"):
        assert words in page
    assert "aria-invalid" not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert not Case.objects.exists()


def test_files_remain_after_an_error_and_a_refused_one_is_named(
    staff: Staff, client: Client, settings: Any
) -> None:
    data = typed(phone="", no_letter="", letter=upload("surat.pdf", pdf()))
    page = client.post("/ajukan/", data).text
    assert "surat.pdf" in page
    assert "Pilih berkas surat Anda" not in page
    data = typed(data["submission_token"], no_letter="", materials=upload("foto.jpg", image("JPEG")))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert send(client, "/ajukan/", data)["Location"].endswith("/tanda-terima/")
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["foto.jpg", "surat.pdf"]
    assert not RequestDraft.objects.exists()
    assert not DraftFile.objects.exists()
    assert len(stored_files(settings)) == 2

    data = typed(phone="", letter=[upload("satu.pdf", pdf()), upload("dua.exe", b"MZ")], simpan="1")
    answer = client.post("/ajukan/", data)
    assertContains(answer, "Tersimpan, kecuali berkas yang ditolak.", status_code=422)
    assert "dua.exe: Berkas ini bukan PDF" in answer.text
    assert list(answer.context["form"].errors) == ["letter"], "an unfinished form has no other errors"
    assert DraftFile.objects.get().name == "satu.pdf"


def test_the_link_of_a_draft_has_128_random_bits() -> None:
    """A version-4 UUID has 122. The hexadecimal digits at 12 and 16 would tell."""
    tokens = [new_token().hex for _number in range(512)]
    assert {token[12] for token in tokens} > {"4"}
    assert {token[16] for token in tokens} - set("89ab")
    assert tokens[0] != tokens[1]


def test_files_are_deleted_replaced_and_never_stored_twice(
    staff: Staff, client: Client, settings: Any
) -> None:
    token = uuid4()
    first, second = pdf(1), pdf(2)
    with TestCase.captureOnCommitCallbacks(execute=True):
        for content in (first, first, second):
            client.post("/ajukan/", typed(token, letter=upload("surat.pdf", content)))
        for height, name in enumerate(("lama.jpg", "baru.jpg"), start=8):
            client.post("/ajukan/", typed(token, materials=upload(name, image("JPEG", (9, height)))))
    kept = DraftFile.objects.order_by("pk")
    assert [file.name for file in kept] == ["surat.pdf", "surat.pdf", "lama.jpg", "baru.jpg"]
    other = RequestDraft.objects.create(token_hash=uuid4(), kind="CONSULTATION")
    others = other.files.create(field="letter", size=1, content_type="application/pdf")
    ticked = [str(kept[0].pk), str(others.pk), "9" * 30, "x"]
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post("/ajukan/", typed(token, remove=ticked))
    assert [file.name for file in kept.exclude(pk=others.pk)] == ["surat.pdf", "lama.jpg", "baru.jpg"]
    assert len(stored_files(settings)) == 3


def test_a_field_holds_five_files(staff: Staff, client: Client) -> None:
    def pages(*numbers: int) -> list[Any]:
        return [upload(f"{number}.png", image("PNG", (9, 9 + number))) for number in numbers]

    assert "Paling banyak 5 berkas" in client.post("/ajukan/", typed(letter=pages(*range(6)))).text
    assert not DraftFile.objects.exists()
    token = uuid4()
    for _again in range(2):  # the same files are no more files
        assert client.post("/ajukan/", typed(token, letter=pages(0, 1, 2))).status_code == 302
    assert "Paling banyak 5 berkas" in client.post("/ajukan/", typed(token, letter=pages(3, 4, 5))).text
    assert [file.name for file in DraftFile.objects.order_by("pk")] == ["0.png", "1.png", "2.png"]


def test_the_form_is_protected_against_other_sites(staff: Staff) -> None:
    stranger, data = Client(enforce_csrf_checks=True), typed()
    assert stranger.post("/ajukan/", data).status_code == 403
    Client().post("/ajukan/", data)
    assert stranger.post(f"/ajukan/{data['submission_token']}/periksa/").status_code == 403
    assert not Case.objects.exists()


def test_a_form_without_its_token_gets_a_new_one_and_an_unknown_draft_is_explained(
    staff: Staff, client: Client
) -> None:
    for broken in ("", "bukan-uuid"):
        assert client.post("/ajukan/", typed(submission_token=broken)).status_code == 302
    client.post("/pengaduan/", typed(token := uuid4()))
    assert str(token) not in client.post("/ajukan/", typed(token))["Location"]
    assert RequestDraft.objects.count() == 4
    for unknown in (token, uuid4()):
        for path in (f"/ajukan/{unknown}/", f"/ajukan/{unknown}/periksa/"):
            assertContains(client.get(path), "Isian ini tidak ada lagi", status_code=404)


def test_a_draft_is_deleted_on_request(staff: Staff, client: Client, settings: Any) -> None:
    data = typed(letter=upload("surat.pdf", pdf()))
    client.post("/ajukan/", data)
    assert len(stored_files(settings)) == 1
    for _press in range(2):
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.post("/ajukan/", {**data, "hapus": "1"})
        assert "Isian sudah dihapus." in answer.text
        assert not RequestDraft.objects.exists()
        assert not stored_files(settings)


def sent_by(answer: Any, **changes: str) -> dict[str, Any]:
    """Return what a browser sends for the form in this response, with changes."""
    shown = {field.name: field.value() for field in answer.context["form"] if field.name not in FILES}
    return {name: value for name, value in {**shown, **changes}.items() if value}


def test_the_form_that_comes_back_from_the_check_page_is_still_the_same_draft(
    staff: Staff, client: Client
) -> None:
    """A time taken meanwhile is reported. The draft has its letter and its time stamp, so it is not held."""
    Office.objects.update(visitors_at_once=1)
    data = typed(applicant_name="Siti Terlambat", no_letter="", letter=upload("surat.pdf", pdf()))
    check = client.post("/ajukan/", data)["Location"]
    send(client, "/ajukan/", typed())
    back = client.post(check)
    answers = {back: "baru saja terisi"}
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        for answer in (client.get(check), client.post(check)):
            answers[answer] = "sudah penuh. Waktu kosong terdekat: "
    for answer, sentence in answers.items():
        assertContains(answer, f"Waktu ini {sentence}", status_code=422)
        assert 'value="Siti Terlambat"' in answer.text
    assert Case.objects.count() == 1

    again = client.post("/ajukan/", sent_by(back, visit_at=f"{wished_moment(6):%Y-%m-%dT%H:%M}"))
    assert again["Location"] == check
    assert client.post(check)["Location"].endswith("/tanda-terima/")
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
    assertContains(answer, "Berkas surat.pdf belum dapat dibaca dari penyimpanan.", status_code=422)
    elsewhere.rename(path)
    assert client.post(check)["Location"].endswith("/tanda-terima/")
    assert Attachment.objects.get().name == "surat.pdf"


@pytest.mark.differs_by_database
def test_expired_drafts_are_deleted_with_their_files(staff: Staff, client: Client, settings: Any) -> None:
    week, number = dt.timedelta(days=7), 5
    with clock.set_to(clock.now() - week - dt.timedelta(hours=1)):
        for _draft in range(number):
            client.post("/ajukan/", typed(letter=upload("surat.pdf", pdf())))
        client.post("/ajukan/", typed(doubtful := uuid4()))
        drafts.hold(find_draft(doubtful), "Uji")
    client.post("/ajukan/", typed(young := uuid4()))
    with TestCase.captureOnCommitCallbacks(execute=True), CaptureQueriesContext(connection) as asked:
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


# At the same moment

UNLIMITED = dict.fromkeys(("submit_address", "draft_address", "draft_files_address"), "100000/h/ip")


@pytest.fixture
def crew(shared_database: None, settings: Any) -> Staff:
    """Office and staff committed for every thread, without rate limits."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **UNLIMITED, "submit_phone": "1000/d/key"}
    make_office()
    Office.objects.update(visitors_at_once=1000)
    return make_staff()


def test_one_request_sent_from_eight_places_at_once_makes_one_case(crew: Staff) -> None:
    for number in range(3):
        data = typed(material=f"Kartu BPJS warga nomor {number}.", letter=upload("surat.pdf", pdf()))
        check = Client().post("/ajukan/", data)["Location"]
        answers = run_at_once([partial(Client().post, check) for _place in range(8)])
        assert len({answer["Location"] for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {302}
    assert Case.objects.count() == Attachment.objects.count() == 3


def test_the_last_place_is_given_once(crew: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    phones = [f"0812-3456-789{visitor}" for visitor in range(4)]
    checks = [Client().post("/ajukan/", typed(phone=phone))["Location"] for phone in phones]
    answers = run_at_once([partial(Client().post, check) for check in checks])
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]
    assert Case.objects.get().visit_at == wished_moment()


def test_accepted_and_rejected_at_once_is_one_of_the_two(crew: Staff) -> None:
    Client().post("/ajukan/", typed(token := uuid4()))
    drafts.hold(RequestDraft.objects.get(), "Uji")
    draft = find_draft(token)

    def is_accepted() -> bool:
        with suppress(Refused):
            return bool(accept(draft, crew.pkd))
        return False

    rejected = partial(submission.reject, [draft.held_key], by=crew.pkd)
    answers = run_at_once([is_accepted, is_accepted, rejected])
    assert answers == ([True, True, 0] if Case.objects.exists() else [False, False, 1])
    assert Case.objects.count() <= 1
    assert not RequestDraft.objects.exists()


def test_the_last_place_is_given_once_whoever_asks_for_it(crew: Staff) -> None:
    Office.objects.update(visitors_at_once=1)
    scheduled = [case_at(State.SCHEDULED, crew) for _case in range(3)]
    check = Client().post("/ajukan/", typed(visit_at=f"{wished_moment(9):%Y-%m-%dT%H:%M}"))["Location"]

    def ask(case: Case) -> bool:
        when = wished_moment(9)
        with suppress(Refused):
            scheduling_services.ask_time(case, by=applicant(case), starts_at=when, reason="Acara desa.")
            return True
        return False

    def new_request() -> bool:
        return Client().post(check).status_code == 302

    got = run_at_once([*[partial(ask, case) for case in scheduled], new_request])
    assert got.count(True) == 1


def test_saved_and_sent_at_once_leaves_no_draft_behind_a_case(crew: Staff) -> None:
    for _round in range(4):
        data = typed(identity="CONFIDENTIAL")
        check = Client().post("/pengaduan/", data)["Location"]
        run_at_once([partial(Client().post, check), partial(Client().post, "/pengaduan/", data)])
        key = hash_submission(UUID(data["submission_token"]))
        sent = Case.objects.filter(submission_hash=key).exists()
        assert RequestDraft.objects.filter(pk=key).exists() != sent


def test_several_supporting_files_are_kept(staff: Staff, client: Client) -> None:
    data = typed(materials=[upload(f"foto-{n}.jpg", image("JPEG", (9, n))) for n in (8, 9, 10)])
    send(client, "/ajukan/", data)
    files = Case.objects.get().attachments.filter(purpose="MATERIAL")
    assert sorted(files.values_list("name", flat=True)) == ["foto-10.jpg", "foto-8.jpg", "foto-9.jpg"]
