"""Verification of a document, never with its content or applicant; seals on the public list and elsewhere."""

import datetime as dt
import hashlib
import json
import re
import uuid
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.enums import State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from dispositions import services as dispositions_services
from documents import signing_desk
from documents.files import read_document, render_html, store_file_once
from documents.models import Document, Register
from documents.registers.printing import print_register
from documents.verification import MAX_BYTES
from kit import clock
from kit.templatetags.kit import in_groups
from office.models import Office, User
from operations.health import check_record
from tests.factories import DETAILS, Staff, case_at, walk_in_at, working_moment
from tests.print.documents import store_short_file
from tests.shared_data import each
from tests.standard.steps import CALLS
from tests.submitting import assert_says
from trust.record.heads import make_tonight
from trust.record.jobs import enqueue_verification, verify_tonight
from trust.record.models import Head, RecordCheck

K = Document.Kind


@pytest.fixture(autouse=True)
def nobody_has_tried(db: None) -> None:
    cache.clear()


def issued(case: Case, kind: str = K.RECEIPT, version: int = 1) -> Document:
    """Return a document with a file that took no time to render."""
    return store_short_file(without_file(case, kind, version))


def without_file(case: Case, kind: str, version: int = 1) -> Document:
    return Document.objects.get(case=case, kind=kind, version=version)


def page_of(document: Document) -> str:
    return f"/verifikasi/{document.pk}/"


def upload(content: bytes, name: str = "naskah.pdf") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


def said(answer: Any) -> str:
    """Return the visible text of the page on one line."""
    page = re.sub("<template.*?</template>", "", answer.text, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]*>", "", page).split())


def standing(answer: Any) -> str:
    (found,) = re.findall('class="verdict" data-standing="([a-z_]+)"', answer.text)
    return found


def test_a_document_in_force_shows_kind_issuer_and_date(client: Client, staff: Staff) -> None:
    document = issued(case_at(State.CLOSED, staff), K.REPORT)
    answer = client.get(page_of(document))
    assert (answer.status_code, standing(answer)) == (200, "in_force")
    issued_at = (
        f"{timezone.localtime(document.issued_at):%H.%M} WIB Versi 1 Tanda tangan Tidak ditandatangani"
    )
    kind = f"Jenis Laporan Hasil Konsultasi Nomor {document.number}"
    for words in (kind, "Oleh Kepala Dinas Diterbitkan", issued_at, document.sha256):
        assert words in said(answer)
    assert document.verification_url == f"https://layanan.example{page_of(document)}"
    assert client.get("/").text.count('href="/verifikasi/"') == 2
    for odd in ("0", "-1", "9" * 20, "%00", "١", ""):
        assert client.get(f"{page_of(document)}?cetakan={odd}").status_code < 500, odd


def test_a_replaced_document_leads_to_the_later_one_and_back(client: Client, staff: Staff) -> None:
    case, by = case_at(State.SCHEDULED, staff), staff.petugas
    scheduling_services.reschedule(case, by=by, starts_at=working_moment(6, 10), reason="Hujan.")
    first, second = issued(case, K.SCHEDULE), issued(case, K.SCHEDULE, 2)
    signing_desk.confirm(second, by=staff.kadis)
    for shown, other, expected, sentence in (
        (first, second, "replaced", "tetapi sudah digantikan oleh versi 2."),
        (second, first, "in_force", "Versi 2, menggantikan versi 1 tanggal"),
    ):
        answer = client.get(page_of(shown))
        assert standing(answer) == expected
        assert sentence in said(answer)
        assert f'href="{page_of(other)}"' in answer.text


def test_a_revoked_document_and_its_file_say_so_and_not_why(client: Client, staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    dispositions_services.hand_back(case, by=staff.kabid, reason="Bukan bidang kami.")
    document = issued(case, K.DISPOSITION)
    answer = client.get(page_of(document))
    checked = client.post("/verifikasi/", upload(read_document(document)))
    assert (standing(answer), standing(checked)) == ("revoked", "revoked")
    for reason in (document.revoke_reason, "Alasan", "Bukan bidang kami."):
        assert reason not in said(answer)
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division, instructions=["Teliti"])
    replaced = client.get(page_of(document))
    assert standing(replaced) == "revoked"
    assert "Digantikan oleh versi 2," in said(replaced)


def test_verification_creates_a_missing_file(client: Client, staff: Staff) -> None:
    document = without_file(case_at(State.CLOSED, staff), K.REPORT)
    assert not document.has_file
    text = said(client.get(page_of(document)))
    document.refresh_from_db()
    assert document.sha256 == hashlib.sha256(read_document(document)).hexdigest()
    assert document.sha256 in text


def test_a_document_that_cannot_be_rendered_checks_no_file(client: Client, staff: Staff) -> None:
    document = without_file(case_at(State.SUBMITTED, staff, material="x" * 20_000), K.APPLICATION)
    answer = client.get(page_of(document))
    assert answer.status_code == 200
    assert "Belum ada, karena berkas naskah ini tidak dapat dibuat. Tanyakan kepada" in said(answer)
    assert "Tidak ditandatangani secara elektronik." in said(answer)
    assert 'data-form="verify"' not in answer.text
    assert "Belum ada" in said(client.post(page_of(document), upload(b"%PDF-1.7")))


@each("means", Document.Signature)
def test_a_signed_document_names_signer_and_means(client: Client, staff: Staff, means: Any) -> None:
    document = without_file(case_at(State.CLOSED, staff), K.REPORT)
    document.signature, document.signer = means, "Kepala <Dinas> Contoh"
    store_file_once(document, b"%PDF-1.7 signed")
    answer = client.get(page_of(document))
    assert f"oleh Kepala &lt;Dinas&gt; Contoh menurut {means.label}." in said(answer)
    assert "Tidak ditandatangani" not in said(answer)


def test_the_letter_of_an_applicant_is_not_said_to_be_the_offices(client: Client, staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff)
    text = said(client.get(page_of(issued(case, K.APPLICATION))))
    assert "Naskah ini asli disampaikan pemohon kepada Dinas Contoh dan masih berlaku." in text
    assert "Oleh Pemohon" in text
    assert "Nomor Tidak bernomor" in text
    assert "Oleh Sistem layanan, secara otomatis" in said(client.get(page_of(issued(case))))
    assert "Oleh Sekretariat" in said(client.get(page_of(issued(walk_in_at(State.ASSIGNED, staff)))))


def test_a_register_is_verified_like_any_document(client: Client, staff: Staff) -> None:
    recap = print_register("RECAP", by=staff.kadis, since=clock.today(), until=clock.today())
    document = store_file_once(recap, b"%PDF-1.7 recap")
    answer = client.get(page_of(document))
    assert standing(answer) == "in_force"
    assert "Jenis Rekap Laporan" in said(answer)
    assert "Cocok." in said(client.post("/verifikasi/", upload(b"%PDF-1.7 recap")))


def test_no_page_shows_case_content_or_applicant(client: Client, staff: Staff) -> None:
    User.objects.filter(username__in=["kadis", "kabid", "petugas", "sekretariat"]).update(name="Nama Pejabat")
    case = case_at(State.CLOSED, staff)
    walk_in_at(State.ASSIGNED, staff)
    case_at(State.DECLINED, staff)
    CALLS["pass_on"](case_at(State.REGISTERED, staff), staff, staff.kadis)
    asked = case_at(State.ASSIGNED, staff)
    for verb in ("ask_opinion", "remind_agency", "call_meeting"):
        CALLS[verb](asked, staff, staff.petugas)
    with clock.set_to(working_moment(9)):
        CALLS["record_minutes"](asked, staff, staff.petugas)
    documents = {document.kind: document for document in Document.objects.all()}
    assert documents.keys() >= {*K} - {K.STAFF_REVIEW, K.SURVEY, *map(K, Register.Kind)}
    keys = ("applicant_name", "organisation", "subject", "material", "phone")
    secrets = [*(DETAILS[key] for key in keys), "81234567890", "Nama Pejabat", case.code, case.secret]
    for document in documents.values():
        page = client.post(page_of(store_short_file(document)), upload(b"%PDF-1.7 other")).text
        assert not [secret for secret in secrets if secret in page], document.kind


@each("address", ["page", "/verifikasi/"])
def test_an_issued_file_matches_and_a_changed_does_not(address: str, client: Client, staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)
    document, receipt = issued(case, K.REPORT), issued(case)
    address, content = address.replace("page", page_of(document)), read_document(document)
    right: list[dict[str, Any]] = [upload(content), {"sha256": document.sha256}]
    for sent in right:
        same = client.post(address, sent)
        assert "Cocok. Berkas ini sama persis dengan naskah yang terbit" in said(same)
        assert (same.status_code, standing(same)) == (200, "in_force")
        assert document.number in said(same)
    wrong: list[dict[str, Any]] = [upload(content.replace(b"1.7", b"1.6")), {"sha256": "0" * 64}]
    if address != "/verifikasi/":
        wrong.append(upload(read_document(receipt)))
    for sent in wrong:
        other = client.post(address, sent)
        assert other.status_code == 200
        assert "Cocok." not in said(other)
        assert ("Tidak ditemukan." if address == "/verifikasi/" else "Tidak cocok.") in said(other)


NO_HASHES = ("0" * 63, "0" * 65, "g" * 64, "0" * 64 + "\n", "\0" * 64, "٣" * 64)
NO_FILE = "Pilih berkas PDF yang ingin diperiksa."
UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({}, NO_FILE),
    "text": ({"file": "naskah.pdf"}, NO_FILE),
    "empty": (upload(b""), "Berkas ini kosong."),
    "picture": (upload(b"\xff\xd8\xff\xe0 JFIF"), "Berkas ini bukan PDF."),
    "big": (upload(b"%PDF-1.7" + bytes(MAX_BYTES - 7)), "Berkas lebih besar dari 25 MB."),
    **{f"{wrong!r} as hash": ({"sha256": wrong}, NO_FILE) for wrong in NO_HASHES},
}


@each(
    ("case", "address"),
    [*((case, "page") for case in UNREADABLE), ("big", "/verifikasi/"), ("missing", "/verifikasi/")],
)
def test_what_is_unreadable_gets_a_sentence(case: str, address: str, client: Client, staff: Staff) -> None:
    document = issued(case_at(State.SUBMITTED, staff))
    posted, sentence = UNREADABLE[case]
    for file in posted.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)
    answer = client.post(address.replace("page", page_of(document)), posted)
    assert answer.status_code == 422
    (feedback,) = re.findall(r'<p class="invalid-feedback"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert sentence in re.sub("<[^>]*>", "", feedback)


def test_an_upload_is_not_stored(client: Client, office: Office, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"  # does not exist: a temporary file would fail
    answer = client.post("/verifikasi/", upload(b"%PDF-1.7" + bytes(MAX_BYTES - 8)))
    assert_says(answer, 200, "Tidak ditemukan.")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    broken = "multipart/form-data; boundary="
    assert client.post("/verifikasi/", b"x", content_type=broken).status_code == 400
    cut = client.post("/verifikasi/", b"--x\r\nContent-Dis", content_type=f"{broken}x")
    assert cut.status_code == 422


def test_a_file_that_another_site_sends_is_refused(office: Office) -> None:
    assert Client(enforce_csrf_checks=True).post("/verifikasi/", upload(b"%PDF-1.7")).status_code == 403


def test_files_checked_are_limited_by_address(client: Client, staff: Staff, settings: Any) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["verify"] == "60/5m/ip"
    settings.ACCOUNT_RATE_LIMITS = {"verify": "5/5m/ip"}
    document = issued(case_at(State.SUBMITTED, staff))
    statuses = [client.post("/verifikasi/", {"sha256": "0" * 64}).status_code for _n in range(6)]
    assert statuses == [200] * 5 + [429]
    answer = client.post(page_of(document), upload(read_document(document)))
    assert answer.status_code == 429
    assert "Terlalu banyak berkas diperiksa" in said(answer)
    assert "Cocok." not in said(answer)
    assert client.get(page_of(document)).status_code == 200


def test_an_unknown_document_gets_a_page_of_its_own(client: Client, office: Office) -> None:
    unknown = f"/verifikasi/{uuid.uuid4()}/"
    for answer in (client.get(unknown), client.head(unknown), client.post(unknown)):
        assert (answer.status_code, answer["X-Robots-Tag"]) == (404, "noindex, nofollow")
    assert "Naskah dengan kode ini tidak dikenal" in said(client.get(unknown))
    for name in ("1", "%00", "x" * 500, "..%2F..%2Fetc"):
        assert client.get(f"/verifikasi/{name}/").status_code == 404
    for address, method in product(("/verifikasi/", unknown), ("put", "patch", "delete", "options", "trace")):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


def test_pages_are_neither_stored_nor_found(client: Client, staff: Staff) -> None:
    page = page_of(issued(case_at(State.SUBMITTED, staff)))
    checked = client.post(page, upload(b"%PDF-1.7"))
    for answer in (client.get("/verifikasi/"), client.get(page), client.head(page), checked):
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_a_page_takes_three_queries_for_any_document(client: Client, staff: Staff) -> None:
    case, by = case_at(State.SCHEDULED, staff), staff.petugas
    for day in (6, 7, 8):
        scheduling_services.reschedule(case, by=by, starts_at=working_moment(day, 10), reason="Hujan.")
    documents = list(Document.objects.filter(case=case))
    for document in documents:
        store_short_file(document)
    addresses = {page_of(document): 3 for document in documents}  # office, document and neighbours, leaf
    addresses |= {f"/verifikasi/{uuid.uuid4()}/": 2, "/verifikasi/": 1}
    client.get("/verifikasi/")  # the process remembers the office
    for address, queries in addresses.items():
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) == queries
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        client.post("/verifikasi/", {"sha256": "0" * 64})
    assert sum("reports_document" in query["sql"] for query in asked) == 1


def test_a_head_has_a_page_a_file_and_its_chain(staff: Staff, client: Client) -> None:
    address, day = "/verifikasi/catatan/", clock.today().isoformat()
    assert "Belum ada segel" in said(client.get(address))
    case_at(State.REGISTERED, staff)
    head = seal_all()
    page = said(client.get(f"{address}{day}/"))
    assert head.hash in page
    assert head.fingerprint in page
    answer = client.get(f"{address}{day}.json").json()
    assert (answer["hash"], answer["number"], answer["text"]) == (head.hash, head.number, head.text)
    lines = client.get(f"{address}{day}/rantai.jsonl").getvalue().decode().splitlines()
    assert json.loads(lines[-1])[-1] == head.hash
    assert len(lines) == head.number
    assert client.get(f"{address}2020-01-01/").status_code == 404
    assert client.get(f"{address}2020-13-41/").status_code == 404
    assert client.post(address).status_code == 405


@pytest.mark.differs_by_database
def test_the_list_of_heads_is_paged(office: Office, client: Client, at_most_queries: Any) -> None:
    Head.objects.bulk_create(
        Head(day=clock.today() - dt.timedelta(days=30 - n), number=n, hash=f"{n:064x}") for n in range(1, 31)
    )
    client.get("/verifikasi/catatan/")
    with at_most_queries(2):  # office, heads
        page = client.get("/verifikasi/catatan/")
    assert page.text.count("data-head=") == 25
    last = Head.objects.order_by("-pk")[24].pk
    assert client.get(f"/verifikasi/catatan/?before={last}").text.count("data-head=") == 5


def seal_all() -> Head:
    head = make_tonight()
    assert head
    return head


@pytest.fixture
def document(staff: Staff) -> Document:
    """Return the newest document of a request, with a file."""
    case_at(State.SUBMITTED, staff)
    return store_file_once(Document.objects.latest("issued_at"), b"%PDF-1.7")


def test_a_document_says_in_which_seal_it_is(document: Document, client: Client) -> None:
    assert "Belum disegel." in said(client.get(page_of(document)))
    head = seal_all()
    page = client.get(page_of(document))
    assert "Segel catatan" in said(page)
    assert f'href="{head.url}"' in page.text


def test_downloads_of_the_chain_are_limited(staff: Staff, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "chain": "1/5m/ip"}
    address = f"/verifikasi/catatan/{seal_all().day.isoformat()}/rantai.jsonl"
    assert [client.get(address).status_code for _time in range(2)] == [200, 429]


@each("is_missing", [True, False])
def test_a_changed_file_is_said_so(is_missing: bool, document: Document, client: Client) -> None:
    storage, name = document.file.storage, str(document.file)
    if is_missing:
        storage.delete(name)
    else:
        with open(storage.path(name), "ab") as file:
            file.write(b" ")
    page = client.get(page_of(document))
    assert standing(page) == "damaged"
    assert "berkas yang kami simpan sudah berubah atau hilang." in said(page)


def test_the_agenda_book_has_the_last_seal(staff: Staff) -> None:
    def print_book() -> str:
        day = clock.today()
        return render_html(print_register("AGENDA_BOOK", by=staff.pkd, since=day, until=day))

    assert "Segel catatan" not in print_book()
    seal = seal_all()
    html = print_book()
    assert f"Segel catatan nomor {seal.number} tanggal" in html
    assert " ".join(in_groups(seal.hash)) in html
    assert " ".join(in_groups(seal.fingerprint)) in html
    assert f"Kode QR: {seal.url}" in html


def verified(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_record", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_found_and_fails(document: Document) -> None:
    head = seal_all()
    assert "Nothing was changed, deleted, inserted or reordered." in verified()
    assert check_record().is_well
    document.file.storage.delete(str(document.file))
    out = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_record", stdout=out)
    assert f"reports_document {document.pk.hex}: the file" in out.getvalue()
    assert not check_record().is_well
    assert "no files (not checked)" in verified("--no-files", f"--head={head.number}={head.hash}")
    with pytest.raises(CommandError, match="2 findings"):
        verified(f"--head={head.number}={'0' * 64}", "--no-files", f"--head=900000={head.hash}")


def test_the_state_of_the_system_says_that_no_head_is_made(staff: Staff) -> None:
    assert check_record().is_well
    Head.objects.create(day=dt.date(2026, 11, 25), number=1, hash="x")
    found = []
    for day in (26, 27, 30):
        with clock.set_to(dt.datetime(2026, 11, day, 17, tzinfo=timezone.get_default_timezone())):
            found.append(check_record())
    assert [one.is_well for one in found] == [True, False, False]
    assert found[2].fact == "Segel terakhir 25 November 2026."


@pytest.mark.release
def test_a_file_is_read_each_month_and_a_change_of_a_row_found_each_night(document: Document) -> None:
    seal_all()
    document.file.storage.delete(str(document.file))
    Case.objects.update(subject="Lain")
    midnight, found = clock.midnight(clock.today()), []
    for night in range(30):
        with clock.set_to(midnight + dt.timedelta(days=night, hours=2)):
            found.append(verify_tonight.call(clock.today().isoformat()))
    assert {*found} <= {1, 2}
    assert 2 in found, "its own night; others are random"


def test_the_verification_is_enqueued_once_a_night(staff: Staff, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    midnight = clock.midnight(timezone.localdate())
    with clock.set_to(midnight + dt.timedelta(minutes=59)):
        assert enqueue_verification() == 0
    with clock.set_to(midnight + dt.timedelta(minutes=61)):
        assert enqueue_verification() == 1
        assert enqueue_verification() == 0
        RecordCheck.objects.create(at=clock.now(), seconds=1, entries=1, findings=0)
        assert enqueue_verification() == 0
