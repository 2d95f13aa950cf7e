"""Seals as people see them: the public list, the page of a document, the agenda book, *Keadaan sistem*."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from consultations.enums import State
from kit import clock
from office.models import Office
from operations.health import check_record
from reports.documents.files import render_html, store_file_once
from reports.documents.registers.printing import print_register
from reports.models import Document
from tests.factories import Staff, case_at
from tests.pages.test_verification import page_of, said, standing
from tests.shared_data import each
from tests.without_triggers import without_triggers
from trust.ledger.chain import append_leaves
from trust.ledger.models import RecordCheck, Seal
from trust.ledger.services import enqueue_verification, make_seal, verify_tonight


def make_seals(number: int) -> None:
    """Store seals of consecutive days."""
    today = clock.today()
    Seal.objects.bulk_create(
        Seal(day=today - dt.timedelta(days=number - n), year=2026, number=n, head=f"{n:064x}")
        for n in range(1, number + 1)
    )


def seal_all() -> Seal:
    append_leaves()
    seal = make_seal()
    assert seal
    return seal


@pytest.fixture
def document(staff: Staff) -> Document:
    """Return the newest document of a request, with a file."""
    case_at(State.SUBMITTED, staff)
    return store_file_once(Document.objects.latest("issued_at"), b"%PDF-1.7")


def test_a_seal_has_a_page_and_a_file(office: Office, client: Client) -> None:
    assert "Belum ada segel" in said(client.get("/verifikasi/catatan/"))
    make_seals(1)
    seal = Seal.objects.get()
    page = said(client.get("/verifikasi/catatan/2026/1/"))
    assert "2026/1" in page
    assert seal.head in page
    answer = client.get("/verifikasi/catatan/2026/1.json").json()
    assert (answer["head"], answer["number"]) == (seal.head, 1)
    assert answer["text"].splitlines() == ["rembuk-segel/1", seal.day.isoformat(), "2026/1", seal.head]
    assert client.get("/verifikasi/catatan/2026/2/").status_code == 404
    assert client.post("/verifikasi/catatan/").status_code == 405


@pytest.mark.differs_by_database
@each("number", [1, 30])
def test_the_list_of_seals_is_public_and_paged(
    number: int, office: Office, client: Client, django_assert_num_queries: Any
) -> None:
    make_seals(number)
    client.get("/verifikasi/catatan/")
    with django_assert_num_queries(2):  # office, seals
        page = client.get("/verifikasi/catatan/")
    assert page.text.count("data-seal=") == min(number, 25)
    if number > 25:
        last = Seal.objects.order_by("-pk")[24].pk
        assert client.get(f"/verifikasi/catatan/?before={last}").text.count("data-seal=") == 5


def test_a_document_says_in_which_seal_it_is(document: Document, client: Client) -> None:
    assert "Belum disegel." in said(client.get(page_of(document)))
    append_leaves()
    assert "Belum disegel." in said(client.get(page_of(document)))
    seal = make_seal()
    assert seal
    page = client.get(page_of(document))
    assert f"Segel {seal} tanggal" in said(page)
    assert f'href="{seal.url}"' in page.text


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
    assert f"Segel catatan {seal} tanggal" in html
    assert " ".join(seal.head_in_groups) in html
    assert f"Kode QR: {seal.url}" in html


def verified(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_record", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_found_and_fails(document: Document) -> None:
    seal = seal_all()
    assert "Nothing was changed, deleted, inserted or reordered." in verified()
    assert check_record().is_well
    document.file.storage.delete(str(document.file))
    out = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_record", stdout=out)
    assert f"reports_document {document.pk.hex}: the file" in out.getvalue()
    assert not check_record().is_well
    assert "0 files" in verified("--no-files", f"--seal={seal}={seal.head}")
    with pytest.raises(CommandError, match="2 findings"):
        verified(f"--seal={seal}={'0' * 64}", "--no-files", f"--seal=2026/900000={seal.head}")
    with pytest.raises(CommandError, match="no seal before"):
        verified("--since=2000-01-01")
    checks = RecordCheck.objects.count()
    verified("--year=2000")
    assert RecordCheck.objects.count() == checks


def test_the_state_of_the_system_says_that_no_seal_is_made(staff: Staff) -> None:
    """The last seal is of Wednesday. Thursday and Friday are working days."""
    assert check_record().is_well
    Seal.objects.create(day=dt.date(2026, 11, 25), year=2026, number=1, head="x")
    found = []
    for day in (26, 27, 30):
        with clock.set_to(dt.datetime(2026, 11, day, 17, tzinfo=timezone.get_default_timezone())):
            found.append(check_record())
    assert [one.is_well for one in found] == [True, True, False]
    assert found[2].fact == "Segel terakhir 25 November 2026."


def test_a_file_is_read_each_month_and_a_change_of_a_row_found_each_night(document: Document) -> None:
    seal_all()
    document.file.storage.delete(str(document.file))
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE consultations_event SET note = 'x' WHERE id = (SELECT max(id) FROM consultations_event)"
        )
    midnight, found = clock.midnight(clock.today()), []
    for night in range(30):
        with clock.set_to(midnight + dt.timedelta(days=night, hours=2)):
            found.append(verify_tonight.call(clock.today().isoformat()))
    assert sorted(found) == [1] * 29 + [2]


def test_the_verification_is_enqueued_once_a_night(staff: Staff, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    midnight = clock.midnight(timezone.localdate())
    with clock.set_to(midnight + dt.timedelta(minutes=59)):
        assert enqueue_verification() == 0
    with clock.set_to(midnight + dt.timedelta(minutes=61)):
        assert enqueue_verification() == 1
        assert enqueue_verification() == 0
        RecordCheck.objects.create(at=clock.now(), seconds=1, leaves=1, findings=0)
        assert enqueue_verification() == 0
