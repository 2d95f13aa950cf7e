"""The public form: required fields, error messages, what is stored, and a draft in two windows."""

import datetime as dt
import io
import re
from functools import partial
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from consultations import services as consultations_services
from consultations.enums import Channel, Identity, Kind, State
from consultations.intake import drafts, services as intake_services, submission
from consultations.intake.models import RequestDraft
from consultations.intake.request_form import ComplaintForm, RequestForm, first_words, form_for_draft
from consultations.models import Attachment, Case, StateTarget
from kit import clock
from office.models import Appointment, Office, OpeningHours
from tests.factories import WAY, Staff, applicant, client_of, wished_moment
from tests.print.documents import words_in, words_of
from tests.shared_data import each
from tests.submitting import assert_says, image, pdf, send, stored_files, typed, upload

pytestmark = pytest.mark.usefixtures("staff")

MONDAY = dt.datetime(2026, 11, 23, 8, 0, tzinfo=timezone.get_default_timezone())


@each(
    ("path", "kind", "visit_at"),
    [
        ("/ajukan/", "CONSULTATION", wished_moment()),
        ("/pengaduan/", "COMPLAINT", wished_moment()),
        ("/pengaduan/", "COMPLAINT", None),
    ],
)
def test_the_required_fields_are_enough(client: Client, path: str, kind: str, visit_at: Any) -> None:
    answer = send(client, path, typed(visit_at=f"{visit_at:%Y-%m-%dT%H:%M}" if visit_at else ""))
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/p/{case.secret}/tanda-terima/")
    assert (case.kind, case.state, case.channel) == (kind, State.SUBMITTED, Channel.ONLINE)
    assert str(case.phone) == "+6281234567890"
    assert case.subject == (case.wording.neutral_subject or case.material)
    assert case.visit_at == visit_at


@pytest.mark.parametrize("path", ["/ajukan/", "/pengaduan/"])
def test_who_has_no_letter_need_not_say_so(client: Client, path: str) -> None:
    assert re.search(r'<input[^>]* name="no_letter"[^>]* checked', client.get(path).text)


def test_unknown_fields_are_ignored(client: Client) -> None:
    send(client, "/ajukan/", typed(state="CLOSED", code="AAAA-AAAA", kind="COMPLAINT", channel="WALK_IN"))
    case = Case.objects.get()
    assert (case.state, case.kind, case.channel) == (State.SUBMITTED, "CONSULTATION", "ONLINE")
    assert case.code != "AAAA-AAAA"


def test_a_hidden_complaint_stores_no_contact_or_the_name_apart(client: Client) -> None:
    data = typed(identity="ANONYMOUS", email="bukan surel", phone="123", address="Jl. Contoh")
    check = client.post("/pengaduan/", data)["Location"]
    assert not {"phone", "email", "applicant_name", "address"} & RequestDraft.objects.get().typed.keys()
    assert "Anonim: nama dan kontak tidak disimpan" in client.get(check).text
    client.post(check)
    anonymous = Case.objects.get()
    stored = (anonymous.identity, anonymous.phone, anonymous.email, anonymous.address)
    assert stored == ("ANONYMOUS", "", "", "")
    send(client, "/pengaduan/", typed(identity="CONFIDENTIAL"))
    confidential = Case.objects.latest("pk")
    assert "Siti" not in anonymous.applicant_name + confidential.applicant_name
    assert confidential.hidden_identity.name == "Siti Contoh"


def test_help_that_is_needed_reaches_who_serves(client: Client, staff: Staff) -> None:
    draft = client.post("/ajukan/", typed(needs_sign_language="on", needs_visit="on"))["Location"]
    shown = "Juru bahasa isyarat Ya Petugas datang ke desa atau kelurahan Ya"
    assert shown in words_in(client.get(draft).text)
    client.post(draft)
    case, asked = Case.objects.get(), "Juru bahasa isyarat; Petugas datang ke desa atau kelurahan"
    for state in (State.REGISTERED, State.DISPOSED, State.ASSIGNED, State.PREPARED, State.SCHEDULED):
        WAY[state](case, staff)
    for rest in ("", "reschedule/"):
        assert asked in client_of(staff.petugas).get(f"/permohonan/{case.code}/{rest}").text
    assert asked in client.get(f"/p/{case.secret}/").text
    for slug in ("surat-tugas", "pemberitahuan-jadwal"):
        assert asked.lower() in words_of(slug, case)


def test_optional_fields_are_checked_and_stored(client: Client) -> None:
    texts = {"organisation": "Desa Contoh", "address": "Jl. Contoh No. 2", "email": "siti@contoh.example"}
    texts |= {"subject": "Data", "letter_number": "140/1/2026", "complained_party": "Loket satu"}
    files = {"letter": upload("surat.pdf", pdf()), "materials": upload("foto.jpeg", image("JPEG"))}
    data = typed(letter_date=f"{clock.today():%d-%m-%Y}", **texts, **files)
    check = client.post("/pengaduan/", data)["Location"]
    shown = client.get(check).text
    words = (data["material"], "0812-3456-7890", *texts.values(), "surat.pdf", "09.00 WIB", "UU 27/2022")
    assert [word for word in words if word not in shown] == []
    assert shown.count(f"/pengaduan/{data['submission_token']}/#") == 5
    assert not Case.objects.exists()
    client.post(check)
    case = Case.objects.get()
    assert case.letter_date == clock.today()
    assert {name: getattr(case, name) for name in texts} == texts
    kept = case.attachments.order_by("pk").values_list("purpose", "name", "content_type")
    assert list(kept) == [
        (Attachment.Purpose.LETTER, "surat.pdf", "application/pdf"),
        (Attachment.Purpose.MATERIAL, "foto.jpg", "image/jpeg"),
    ]


@pytest.mark.same_on_every_database  # PostgreSQL also waits for a lock
def test_a_submission_costs_as_many_queries(client: Client, at_most_queries: Any) -> None:
    with clock.set_to(clock.now()):
        client.get("/ajukan/")
        with at_most_queries(32):
            client.get("/ajukan/")
            check = client.post("/ajukan/", typed())["Location"]
            client.get(check)
            assert client.post(check)["Location"].endswith("/tanda-terima/")


def test_sending_twice_gives_the_same_case(client: Client) -> None:
    tokens = {client.get("/ajukan/").context["hidden"]["submission_token"] for _ in range(2)}
    assert len(tokens) == 2
    assert "no-store" in client.get("/ajukan/")["Cache-Control"]
    data = typed()
    first, draft = send(client, "/ajukan/", data), f"/ajukan/{data['submission_token']}/"
    check = f"{draft}periksa/"
    again = [client.post("/ajukan/", data), client.get(draft), client.get(check), client.post(check)]
    assert {answer["Location"] for answer in again} == {first["Location"]}
    assert Case.objects.count() == 1


def test_what_one_browser_sends_again_within_a_day_is_one_request(client: Client) -> None:
    """Back leads to the filled form with a new token. With any change it is another request."""
    texts, files = {"email": ""}, {"letter": pdf()}

    def send_now() -> str:
        chosen = {name: upload("surat.pdf", content) for name, content in files.items()}
        return str(send(client, "/ajukan/", typed(**texts, **chosen))["Location"])

    first = send_now()
    assert send_now() == first
    assert "Permohonan yang sama sudah kami terima." in client.get(first).text
    assert not RequestDraft.objects.exists()
    for number, correct in enumerate(
        (
            partial(texts.update, email="siti@contoh.example"),
            partial(texts.update, visit_at=f"{wished_moment(6):%Y-%m-%dT%H:%M}"),
            partial(files.update, letter=pdf(2)),
            partial(files.update, materials=pdf()),
        ),
        start=2,
    ):
        correct()
        send_now()
        assert Case.objects.count() == number


def test_on_the_next_day_it_is_another_request(client: Client) -> None:
    for days in (0, 0, 1):
        with clock.set_to(clock.now() + dt.timedelta(days=days, minutes=days)):
            send(client, "/ajukan/", typed())
    assert Case.objects.count() == 2


@each("path", ["/ajukan/", "/pengaduan/"])
def test_another_browser_never_gets_the_secret_link(client: Client, path: str) -> None:
    mine, others = send(client, path, typed())["Location"], send(Client(), path, typed())["Location"]
    assert mine != others
    assert Case.objects.count() == 2


def test_a_browser_remembers_no_hidden_complaint(client: Client) -> None:
    for identity in (Identity.CONFIDENTIAL, Identity.ANONYMOUS):
        send(client, "/pengaduan/", typed(identity=identity))
        assert submission.SENT not in client.cookies
    send(client, "/pengaduan/", typed())
    assert client.cookies[submission.SENT]["httponly"]


def test_a_sent_form_with_a_correction_is_another_request(client: Client) -> None:
    token, letter = uuid4(), pdf()

    def post(**changes: Any) -> Any:
        return send(client, "/ajukan/", {**typed(token, letter=upload("surat.pdf", letter)), **changes})

    first = post()["Location"]
    assert post()["Location"] == first
    client.cookies["language"] = "en"
    for corrected in ({"email": "siti@contoh.example"}, {"letter": upload("surat.pdf", pdf(2))}):
        assert post(**corrected)["Location"] != first
    assert_says(post(materials=upload("foto.exe", b"MZ")), 422, "foto.exe: ")
    assert [case.language for case in Case.objects.order_by("pk")] == ["id", "en", "en"]


def test_a_browser_does_not_send_a_stored_file_again(client: Client) -> None:
    token = uuid4()
    assert (
        client.post("/ajukan/", typed(token, phone="", letter=upload("surat.pdf", pdf()))).status_code == 422
    )
    receipt = send(client, "/ajukan/", typed(token))["Location"]
    assert client.post("/ajukan/", typed(token))["Location"] == receipt
    assert client.post("/ajukan/", typed(token, remove="letter"))["Location"] != receipt
    assert Case.objects.get().attachments.count() == 1


def test_a_second_press_after_a_lost_answer_makes_no_second_case(client: Client) -> None:
    check = client.post("/pengaduan/", typed())["Location"]
    client.post(check)
    client.cookies.clear()
    receipt = client.post(check)["Location"]
    assert send(client, "/pengaduan/", typed())["Location"] == receipt
    assert "Pengaduan yang sama sudah kami terima." in client.get(receipt).text
    assert Case.objects.count() == 1


def test_a_request_that_the_office_made_a_complaint_leads_to_its_receipt(client: Client) -> None:
    data = typed()
    receipt = send(client, "/ajukan/", data)["Location"]
    Case.objects.update(kind=Kind.COMPLAINT, complaint_kind="SUPERVISION")
    assert client.post("/ajukan/", data)["Location"] == receipt


def test_a_guessed_complainant_is_not_confirmed_by_the_mark_of_what_was_sent(
    client: Client, settings: Any
) -> None:
    marks = []
    for key in ("satu", "dua"):
        settings.SECRET_KEY = key * 20
        marks.append(drafts.fingerprint("COMPLAINT", {"applicant_name": "Siti"}, {}))
    assert marks[0] != marks[1]


LONG_WORD = f"Tanya {'x' * 501}"
UNUSABLE = {
    "applicant_name": ("😀", "", " \t ", "x" * 151, "Siti\0"),
    "phone": ("", "123", "nomor saya"),
    "material": ("x", "", "x" * 10_001, "a\0b", LONG_WORD),
    "visit_at": ("", "besok pagi", "0001-01-01T00:00"),
    "email": ("siti@",),
    "subject": ("x" * 201,),
    "organisation": ("x" * 151,),
    "address": ("x" * 251,),
    "letter_number": ("x" * 101,),
    "letter_date": ("31-02-2026", "2099-01-01"),
    "no_letter": ("",),
}


def test_an_error_is_shown_and_the_rest_kept(client: Client) -> None:
    for field, value in ((field, value) for field, values in UNUSABLE.items() for value in values):
        answer = client.post(
            "/ajukan/", typed(**{"complained_party": "", "address": "Jl. Contoh", field: value})
        )
        shown_at = "letter" if field == "no_letter" else field
        assert (answer.status_code, [*answer.context["form"].errors]) == (422, [shown_at]), (field, value)
        assert field == "address" or 'value="Jl. Contoh"' in answer.text
    assert not Case.objects.exists()


@each(
    ("visit_at", "sentence"),
    [
        (
            "2026-11-23T07:59",
            "Waktu ini sudah lewat. Waktu kosong terdekat: Selasa, 24 November 2026, 07.30 WIB; ",
        ),
        ("2026-11-23T09:00", "Waktu ini terlalu dekat atau sudah penuh."),
        ("2026-11-29T09:00", "pada waktu ini. Waktu kosong terdekat: Senin, 30 November 2026, 07.30 WIB"),
        ("2026-11-24T09:10", "Waktu ini sudah penuh."),
        ("2027-11-01T09:00", "Waktu ini terlalu jauh atau sudah penuh."),
    ],
)
def test_a_visit_is_one_of_the_free_times(client: Client, visit_at: str, sentence: str) -> None:
    StateTarget.objects.all().delete()
    with clock.set_to(MONDAY):
        page = client.post("/ajukan/", typed(visit_at=visit_at)).text
    assert sentence in page
    assert f'data-unavailable="{visit_at}"' in page


def test_a_day_needs_its_hour_and_a_visit_may_be_typed(client: Client) -> None:
    day = f"{wished_moment():%Y-%m-%d}"
    answer = client.post("/ajukan/", typed(visit_at="2026-11-24T09:00", visit_at_day=day))
    assert answer.context["form"].errors["visit_at"] == ["Pilih juga jamnya."]
    assert re.search(rf'value="{day}" data-day="\d+" checked', answer.text)
    send(client, "/ajukan/", typed(visit_at_day=day))
    assert Case.objects.get().visit_at == wished_moment()
    StateTarget.objects.all().delete()
    with clock.set_to(MONDAY):
        send(client, "/ajukan/", typed(visit_at="24-11-2026 09.30"))
    assert Case.objects.latest("pk").visit_at == MONDAY.replace(day=24, hour=9, minute=30)


@each("without", ["hours", "officers"])
def test_an_office_without_hours_or_officers_accepts_a_typed_time(client: Client, without: str) -> None:
    if without == "hours":
        OpeningHours.objects.all().delete()
    else:
        Appointment.objects.update(ends=MONDAY.date() - dt.timedelta(days=1))
    with clock.set_to(MONDAY):
        assert 'placeholder="contoh: 24-11-2026 09.30"' in client.get("/ajukan/").text
        for day, sentence in (("2026-11-22", "Waktu ini sudah lewat."), ("2027-12-01", "dalam satu tahun")):
            assert sentence in client.post("/ajukan/", typed(visit_at=f"{day}T09:00")).text
        send(client, "/ajukan/", typed(visit_at="2026-11-30T09:10"))
    assert Case.objects.get().visit_at == MONDAY.replace(day=30, hour=9, minute=10)


NO_FILE = "bukan PDF, JPEG, PNG"
LOCKED = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
BAD_FILES = {
    "renamed program": ("surat.pdf", b"MZ\x90\x00" + b"\0" * 200, NO_FILE),
    "page as PDF": ("surat.pdf", b"<html><script>alert(1)</script></html>", NO_FILE),
    "half a PDF": ("surat.pdf", b"%PDF-1.7\n<html>", NO_FILE),
    "half a picture": ("foto.png", image("PNG")[:40], NO_FILE),
    "another picture": ("foto.png", image("GIF"), NO_FILE),
    "drawing": ("gambar.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_FILE),
    "empty": ("surat.pdf", b"", "kosong"),
    "6 MB": ("surat.pdf", b"%PDF-1.7" + b"0" * 6 * 1024 * 1024, "lebih besar dari 5 MB"),
    "locked": ("surat.pdf", LOCKED, "dikunci kata sandi"),
}


@each(("field", "bad"), [*(("letter", bad) for bad in BAD_FILES), ("materials", "page as PDF")])
def test_a_bad_file_leaves_nothing(client: Client, settings: Any, field: str, bad: str) -> None:
    name, content, sentence = BAD_FILES[bad]
    answer = client.post("/ajukan/", typed(**{field: upload(name, content)}))
    assert_says(answer, 422, sentence)
    assert "isian lain tetap ada" in answer.text, "the box does not mention stored files"
    assert not Case.objects.exists()
    assert not stored_files(settings)


@each(
    ("name", "kept"),
    [
        *(("../../../etc/surat.pdf", "surat.pdf"), ("..\\..\\surat.pdf", "surat.pdf")),
        *(("surat.pdf.exe", "surat_pdf.pdf"), ("foto.html", "foto.pdf"), ("...pdf", "berkas.pdf")),
        *(("!!!.pdf", "berkas.pdf"), ('"><script>.pdf', "script.pdf")),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(client: Client, name: str, kept: str) -> None:
    file = io.BytesIO(pdf())
    file.name = name
    assert send(client, "/ajukan/", typed(letter=file)).status_code == 302
    attachment = Attachment.objects.get()
    assert attachment.name == kept
    assert kept not in str(attachment.file)


def test_input_is_escaped(client: Client) -> None:
    attack = '"><script>alert(1)</script>'
    data = {"applicant_name": attack, "material": attack, "organisation": attack}
    assert "<script>" not in client.post("/ajukan/", typed(phone=attack, **data)).text
    send(client, "/ajukan/", typed(**data))
    case = Case.objects.get()
    for rest in ("", "tanda-terima/", "withdraw/"):
        assert "<script>" not in client.get(f"/p/{case.secret}/{rest}").text


def test_no_field_takes_more_than_its_column() -> None:
    for name, field in ComplaintForm().fields.items():
        length = getattr(field, "max_length", None)
        if length and name in {column.name for column in Case._meta.get_fields()}:
            assert length <= Case._meta.get_field(name).max_length, name  # type: ignore[union-attr]


def test_a_subject_is_the_beginning_of_the_material() -> None:
    assert first_words("Satu\n dua") == "Satu dua"
    assert first_words("kata " * 40) == ("kata " * 16).strip() + "…"
    assert len(first_words("x" * 500)) == 81
    assert RequestForm(data={}).errors["material"]


def send_draft(draft: RequestDraft) -> Case:
    """Send a draft as another window does."""
    form = form_for_draft(draft)
    assert form.is_valid()
    return drafts.create_case(draft, form.cleaned_data)


def version_on(page: Any) -> str:
    (found,) = re.findall(r'name="version" value="([^"]+)"', page.text)
    return found


def test_a_draft_changed_in_another_window_is_shown_again(client: Client) -> None:
    data = typed()
    check = client.post("/ajukan/", data)["Location"]
    version, stale = version_on(client.get(check)), RequestDraft.objects.get()
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        client.post("/ajukan/", data)
        assert version_on(client.get(check)) != version
    with clock.set_to(clock.now() + dt.timedelta(minutes=2)):
        client.post("/ajukan/", {**data, "material": "Isi dari tab kedua"})
    with pytest.raises(drafts.Overtaken):
        send_draft(stale)
    with pytest.raises(drafts.Overtaken):
        drafts.hold(stale, "Uji")
    assert RequestDraft.objects.get().held_at is None
    answer = client.post(check, {"version": version})
    assert_says(answer, 422, "isian ini berubah sesudah halaman tadi dibuka", "Isi dari tab kedua")
    assert not Case.objects.exists()
    client.post(check, {"version": version_on(answer)})
    assert Case.objects.get().material == "Isi dari tab kedua"


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_draft_gone_meanwhile_stays_gone(
    client: Client, is_sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = typed(identity="CONFIDENTIAL")
    client.post("/pengaduan/", data)
    draft, address = RequestDraft.objects.get(), f"/pengaduan/{data['submission_token']}/"

    def meanwhile(*_: object) -> None:
        """Act as another window between reading and saving."""
        if is_sent:
            send_draft(draft)
        else:
            drafts.hold(draft, "Uji")

    monkeypatch.setattr("consultations.intake.submission.check_saving", meanwhile)
    answer = client.post("/pengaduan/", {**data, "applicant_name": "Nama Baru"})
    assert answer["Location"] == f"{address}periksa/"
    shown = client.get(f"{address}periksa/")["Location"]
    assert shown.endswith("/tanda-terima/") if is_sent else shown == address
    assert [stored.typed for stored in RequestDraft.objects.all()] == ([] if is_sent else [draft.typed])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_draft_sent_meanwhile_does_not_say_that_its_own_time_is_full(
    client: Client, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Office.objects.update(visitors_at_once=1)
    check, opened = client.post("/ajukan/", typed())["Location"], clock.now()

    def meanwhile(draft: RequestDraft) -> RequestForm:
        """Send the draft from another window between reading it and validating its form."""
        with clock.set_to(opened):
            send_draft(draft)
        return form_for_draft(draft)

    monkeypatch.setattr("consultations.intake.views.form_for_draft", meanwhile)
    with clock.set_to(opened + dt.timedelta(minutes=1)):
        answer = client.generic(method, check)
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/{Case.objects.get().secret}/tanda-terima/"


def test_a_ticked_file_is_deleted_and_a_date_shown_in_words(client: Client) -> None:
    data = typed(no_letter="", letter=upload("surat.pdf", pdf()), letter_date="2026-01-05")
    page = client.get(client.post("/ajukan/", data)["Location"]).text
    assert "5 Januari 2026" in page
    assert "2026-01-05" not in page
    file = RequestDraft.objects.get().files.get()
    answer = client.post("/ajukan/", typed(data["submission_token"], no_letter="", remove=str(file.pk)))
    assert_says(answer, 422, "Pilih berkas surat Anda")
    assert not RequestDraft.objects.get().files.exists()


def test_the_original_form_is_the_same_request_after_a_completion(staff: Staff, client: Client) -> None:
    data = typed(material="Bagaimana caranya?\r\n\r\n Mohon petunjuk. ")
    receipt = send(client, "/ajukan/", data)["Location"]
    case, completed = Case.objects.get(), "Uraian yang lengkap."
    consultations_services.send_back(case, by=staff.pkd, missing="Uraian")
    intake_services.complete(case, by=applicant(case), material=completed)
    for material, is_same in ((data["material"], True), (completed, False)):
        again = client.post("/ajukan/", {**data, "material": material})["Location"]
        assert (again == receipt) is is_same
    assert Case.objects.count() == 1
