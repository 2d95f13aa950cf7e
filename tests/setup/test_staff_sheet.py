"""People from a spreadsheet: an error per cell, nothing before approval, safe to repeat, hostile files."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from kit import clock
from office.models import AccessChange, Appointment, Division, Office, Position, Role, User
from office.worktime import in_office
from operations.setup.models import StaffSheet
from operations.setup.staff import import_staff
from operations.setup.staff_rows import StaffRow, check_rows, find_role
from operations.setup.staff_sheet import KEYS, MAX_BYTES, MAX_ROWS, SheetError, read_sheet, write_template
from tests.factories import ORDER, Staff
from tests.setup.conftest import HEADER, PEOPLE, send_sheet, upload, workbook
from tests.shared_data import each

PAGE = "/pengaturan/mulai/pegawai/"


@pytest.fixture
def division(db: None) -> Division:
    return Division.objects.create(name="Sosial", code="BID")


def row(**cells: str) -> dict[str, str]:
    good = {"name": "Eka Petugas", "email": "eka@kantor.example", "role": "Petugas", "division": "Sosial"}
    return {**good, **cells}


def check(*rows: dict[str, str]) -> list[StaffRow]:
    return check_rows(rows)


@each(
    ("cells", "key", "sentence"),
    [
        ({"name": ""}, "name", "Nama kosong."),
        ({"name": "x" * 151}, "name", "Paling banyak 150 huruf."),
        ({"name": "x" * 251}, "name", "Terlalu panjang."),
        ({"name": '=HYPERLINK("http://x")'}, "name", "berisi rumus"),
        ({"nip": "123"}, "nip", "18 angka"),
        ({"nip": "1.96904E+17"}, "nip", "18 angka"),
        ({"nip": "196904121994031000"}, "nip", "18 angka"),
        ({"nip": "١" * 18}, "nip", "18 angka"),
        ({"email": "bukan surel"}, "email", "tidak sah"),
        ({"email": "", "nip": ""}, "email", "Isi NIP atau surel"),
        ({"role": ""}, "role", "Peran kosong."),
        ({"role": "Tukang"}, "role", "tidak dikenal"),
        ({"division": ""}, "division", "Unit kerja kosong."),
        ({"division": "Pemdes"}, "division", "Unit kerja “Pemdes” tidak dikenal."),
        ({"acting": "Plx"}, "acting", "Plt., Plh., atau Pj."),
        ({"acting": "Plt.", "ends": "31-12-2099"}, "order_number", "nomor dan tanggal Surat Perintah"),
        ({"acting": "Plt.", "ends": "31-12-2099", "order_number": "7"}, "order_number", "Surat Perintah"),
        ({"starts": "besok"}, "starts", "31-01-2026"),
        ({"starts": "2026-02-01", "ends": "31-01-2026"}, "ends", "sebelum tanggal mulai"),
        ({"title": "x" * 201}, "title", "Paling banyak 200 huruf."),
    ],
)
def test_a_wrong_cell_is_reported(cells: dict[str, str], key: str, sentence: str, division: Division) -> None:
    (checked,) = check(row(**cells))
    assert list(checked.errors) == [key]
    assert sentence in checked.errors[key][0]


def test_what_a_cell_may_say(division: Division) -> None:
    told = {"nip": "19690412 199403 1 004", "role": "KABID", "division": "bidang  sosial", "acting": "plt"}
    told |= {"order_number": "800/7/SP/2026", "order_date": "5/1/2026"}
    (checked,) = check(row(**told, starts="1/2/2026", ends="2026-12-31 00:00:00"))
    assert checked.errors == {}
    expected = {"nip": "196904121994031004", "role": "DIVISION_HEAD", "division": division, "acting": "Plt."}
    expected |= {"starts": dt.date(2026, 2, 1), "ends": dt.date(2026, 12, 31), **ORDER}
    assert {name: checked.cleaned_data[name] for name in expected} == expected


def test_two_people_do_not_share_a_nip_or_an_address(division: Division, staff: Staff) -> None:
    User.objects.filter(pk=staff.pkd.pk).update(email="pkd@kantor.example", nip="1" * 18)
    User.objects.filter(pk=staff.kabid.pk).update(is_active=False, email="kabid@kantor.example")
    first, same, other, taken, closed = check(
        row(),
        row(role="Tim PKD", division=""),
        row(name="Orang Lain"),
        row(name="Orang Lain", nip="2" * 18, email="pkd@kantor.example"),
        row(name="Kabid", email="KABID@kantor.example"),
    )
    assert first.errors == same.errors == {}
    assert other.errors == {"email": ["Sudah dipakai Eka Petugas (baris 1)."]}
    assert taken.errors == {"email": ["Sudah dipakai akun Pkd."]}
    assert "tertutup" in closed.errors["name"][0]


def test_nothing_is_stored_before_wrong_cells_are_mended_in_place(client: Client, division: Division) -> None:
    rows = [*PEOPLE, ("Fani", "", "", "fani@kantor.example", "", "Petugas", "Pemdes")]
    send_sheet(client, *rows)
    page = client.get(PAGE).text
    assert "1 baris perlu diperbaiki" in page
    assert "Unit kerja “Pemdes” tidak dikenal." in page
    assert not Position.objects.exists()
    strange = {"cell-99-name": "x", "cell-6-password": "x", "cell-x-name": ""}
    client.post(PAGE, {"cell-6-division": "Bukan", **strange})
    assert "Unit kerja “Bukan” tidak dikenal." in client.get(PAGE).text
    assert "Semua baris siap" in client.post(PAGE, {"cell-6-division": "Sosial"}, follow=True).text
    assert User.objects.count() == 1
    answer = client.post(PAGE, {"import": "1"}, follow=True)
    assert "6 akun baru" in answer.text
    assert not StaffSheet.objects.exists()
    assert Appointment.objects.current().count() == 6
    fani = User.objects.get(username="fani")
    assert fani.roles == {Role.OFFICER}
    assert not fani.has_usable_password()


def test_good_rows_are_imported_alone(client: Client, division: Division) -> None:
    send_sheet(client, PEOPLE[0], ("Tanpa Peran", "", "", "x@kantor.example"))
    answer = client.post(PAGE, {"import": "1"}, follow=True)
    assert "1 baris yang belum benar masih menunggu" in answer.text
    assert [one["name"] for one in StaffSheet.objects.get().rows] == ["Tanpa Peran"]
    client.post(PAGE, {"discard": "1"})
    assert not StaffSheet.objects.exists()
    assert User.objects.count() == 2


def test_the_same_sheet_twice_changes_nothing(client: Client, division: Division) -> None:
    for _ in range(2):
        send_sheet(client, *PEOPLE)
        assert "Sudah terdaftar" in client.get(PAGE).text or User.objects.count() == 1
        client.post(PAGE, {"import": "1"})
    assert (User.objects.count(), Appointment.objects.count(), Position.objects.count()) == (6, 5, 5)


def test_a_known_person_is_matched_by_nip_else_by_address(admin: User, division: Division) -> None:
    import_staff([row(nip="1" * 18), row(name="Fani", email="fani@kantor.example")], by=admin)
    changed = row(nip="1" * 18, email="lain@kantor.example")
    done = import_staff([changed, row(name="Fani, S.E.", email="FANI@kantor.example")], by=admin)
    assert (done.created, done.updated) == (0, 1)
    (renamed,) = check(row(nip="1" * 18, name="Orang Lain"))
    assert renamed.warnings["name"] == "Sudah terdaftar sebagai Eka Petugas; namanya diganti."
    assert set(User.objects.exclude(pk=admin.pk).values_list("name", "email")) == {
        ("Eka Petugas", "lain@kantor.example"),
        ("Fani, S.E.", "FANI@kantor.example"),
    }


def test_after_the_opening_a_second_person_confirms_each_appointment(staff: Staff) -> None:
    held = Appointment.objects.count()
    pkd = row(name="Pkd", email="pkd@kantor.example", role="Kepala Dinas", division="")
    rows = [row(division="SOS"), pkd]
    done = import_staff(rows, by=staff.admin)
    assert (done.created, done.changes, done.waiting) == (2, 2, 2)
    assert Appointment.objects.count() == held
    assert AccessChange.objects.filter(outcome="").count() == 2
    done = import_staff(rows, by=staff.admin)
    assert (done.created, done.changes) == (0, 0)  # proposed already
    with pytest.raises(PermissionDenied):
        import_staff(rows, by=staff.pkd)


def test_before_the_opening_appointments_take_effect_at_once(staff: Staff) -> None:
    Office.objects.update(opened_at=None)
    order = {"order_number": "800/7/SP/2026", "order_date": "05-01-2026"}
    acting = row(division="SOS", acting="Plt.", ends="31-12-2099", **order)
    done = import_staff([acting], by=staff.admin)
    assert (done.changes, done.waiting) == (1, 0)
    change = AccessChange.objects.get()
    assert change.took_effect_alone
    assert Appointment.objects.get(user__username="eka").title == "Plt. Petugas Rehabilitasi Sosial"


def test_a_csv_file_is_read_too_and_numbers_and_dates_of_a_workbook_become_text(db: None) -> None:
    text = "Daftar pegawai\n\nNama;Email;PERAN:\nAni;ani@kantor.example;Petugas\n;;\n"
    plain, ani = text.encode(), {"line": "4", "name": "Ani", "email": "ani@kantor.example", "role": "Petugas"}
    for content in (plain, b"\xef\xbb\xbf" + plain, plain.replace(b";", b","), text.encode("cp1252")):
        assert read_sheet(upload(content, "x.csv")) == [ani]
    days = (dt.datetime(2026, 1, 31), dt.date(2026, 2, 1))
    content = workbook(("Ani", 196904121994031, "", "", "", "Petugas", "", "", *days))
    (read,) = read_sheet(upload(content))
    assert (read["nip"], read["starts"], read["ends"]) == ("196904121994031", "2026-01-31", "2026-02-01")


@each("number", [196904121994031004, 196904121994031000, 1.96904121994031e17])
def test_a_nip_that_is_a_number_is_refused_there(number: float, client: Client, division: Division) -> None:
    """A spreadsheet stores 15 digits of a number, so the last three of the NIP are lost."""
    send_sheet(client, PEOPLE[1], ("Ani", number, "", "", "", "Tim PKD"))
    page = client.get(PAGE).text
    assert "Baris 3, Ani: NIP terdiri dari 18 angka. Atur kolomnya sebagai teks" in page
    assert re.search('<label[^>]* for="cell-2-nip">NIP baris 3</label>', page)
    field = re.search('<input[^>]* id="cell-2-nip"[^>]*>', page)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="cell-2-nip_error"' in field[0]


def test_the_template_is_read_by_the_import(client: Client, division: Division) -> None:
    Division.objects.create(name="=1+1", code="X")
    book = load_workbook(BytesIO(client.get(f"{PAGE}contoh.xlsx").content))
    assert [cell.value for cell in book["Pegawai"][1]] == [
        *HEADER,
        "Nomor Surat Perintah",
        "Tanggal Surat Perintah",
    ]
    choices = [(cell.value, cell.data_type) for cell in book["Pilihan"]["B"]]
    assert {*choices} >= {("Bidang", "s"), ("Sosial", "s"), ("=1+1", "s")}, "it is no formula"
    book["Pegawai"].append(PEOPLE[0])
    output = BytesIO()
    book.save(output)
    assert read_sheet(upload(output.getvalue()))[0]["name"] == PEOPLE[0][0]
    with pytest.raises(SheetError, match="belum berisi pegawai"):
        read_sheet(upload(write_template()))


def test_the_words_of_the_office_go_before_usual_spellings(office: Office) -> None:
    office.word_secretariat, office.word_division_head = "Petugas Loket", "Kepala"
    office.save()
    with in_office():
        assert (find_role("kepala"), find_role("Kepala Dinas")) == (Role.DIVISION_HEAD, Role.HEAD)


def test_a_position_that_exists_twice_gets_its_holder(admin: User, division: Division) -> None:
    for _number in range(2):
        Position.objects.create(title="Pekerja", role=Role.OFFICER, division=division)
    import_staff([row(title="Pekerja")], by=admin)
    assert Appointment.objects.get().position == Position.objects.earliest("pk")


def repack(change: Any) -> bytes:
    """Return a good workbook whose archive `change` has altered."""
    output = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(*PEOPLE))) as source,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry)))
        for name, data in change("", b"") or ():
            target.writestr(name, data)
    return output.getvalue()


def add(*entries: tuple[str, bytes]) -> bytes:
    return repack(lambda name, data: data if name else entries)


with zipfile.ZipFile(BytesIO(workbook(*PEOPLE))) as good:
    SHEET = good.read("xl/worksheets/sheet1.xml")


def declare(sheet: bytes) -> bytes:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return lol + sheet.removeprefix(b"<?xml version='1.0' encoding='UTF-8'?>")


def change_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """Return a good workbook with its sheet changed."""
    return repack(lambda name, data: (change(data) if name.endswith("sheet1.xml") else data) if name else ())


def add_styles(name: str, data: bytes) -> Any:
    """Give the workbook 50,000 cell formats, which cost a minute of one processor."""
    return data.replace(b"</cellXfs>", b"<xf/>" * 50_000 + b"</cellXfs>") if name else ()


def rename_sheet(name: str, data: bytes) -> Any:
    """Declare entities in a sheet whose name does not end with .xml. The library finds it by its type."""
    if not name:
        return [("xl/worksheets/sheet1.txt", declare(SHEET))]
    return data.replace(b"sheet1.xml", b"sheet1.txt")


def repeat_sheet(name: str, data: bytes) -> Any:
    """Name the same sheet 50 times. The library reads it as often."""
    again = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(2, 52))
    return data.replace(b"</sheets>", again + b"</sheets>") if name else ()


def damage(content: bytes) -> bytes:
    """Return a workbook with a byte in the compressed data of its first entry that no stream has."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        first = archive.infolist()[0]
    start = first.header_offset + 30 + len(first.filename)
    return content[:start] + b"\xff" + content[start + 1 :]


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "too large": (b"x" * (MAX_BYTES + 1), "lebih besar dari 1 MB"),
    "bomb": (lambda: add(("xl/worksheets/sheet2.xml", bytes(20 * 1024 * 1024))), "terlalu besar"),
    "many styles": (lambda: repack(add_styles), "terlalu besar"),
    "many links": (lambda: add(("xl/worksheets/_rels/sheet1.xml.rels", bytes(2**20))), "terlalu besar"),
    "many sheets": (lambda: repack(repeat_sheet), "terlalu besar"),
    "many entries": (lambda: add(*((f"x{n}", b"") for n in range(200))), "terlalu besar"),
    "macros": (lambda: add(("xl/vbaProject.bin", b"x")), "makro"),
    "links": (lambda: add(("xl/externalLinks/externalLink1.xml", b"<x/>")), "makro"),
    "entities": (lambda: change_sheet(declare), "rusak"),
    "entities in another file": (lambda: repack(rename_sheet), "rusak"),
    "utf-16": (lambda: change_sheet(lambda sheet: sheet.decode().encode("utf-16")), "rusak"),
    "broken xml": (lambda: change_sheet(lambda sheet: sheet[:99]), "rusak"),
    "damaged": (lambda: damage(workbook(*PEOPLE)), "rusak"),
    "a document": (lambda: add(("word/document.xml", b"<x/>"))[:500], "rusak"),
    "old excel": (b"\xd0\xcf\x11\xe0" + bytes(99), ".xls"),
    "pdf": (b"%PDF-1.4", "bukan lembar kerja"),
    "html": (b"<table><tr><td>Nama", "bukan lembar kerja"),
    "nul": (b"Nama;Peran\n\0", "bukan lembar kerja"),
    "no header": (b"a;b\nc;d\n", "tidak ditemukan"),
    "header twice": (b"Nama;Peran;Peran\nA;B;C", "ada dua"),
    "no rows": (b"Nama;Peran\n", "belum berisi pegawai"),
    "many rows": (b"Nama;Peran\n" + b"A;Petugas\n" * (MAX_ROWS + 5), "Paling banyak 200 baris"),
    "huge field": (b"Nama;Peran\n" + b"A" * 200_000 + b";Petugas\n", "rusak"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # An office has no defusedxml, which the library uses if a tool of the developers has installed it.
    monkeypatch.setattr("openpyxl.worksheet._reader.iterparse", ElementTree.iterparse)
    content, sentence = HOSTILE[name]
    content = content() if callable(content) else content
    answer = client.post(PAGE, {"upload": "1", "file": upload(content)})
    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text[-1500:]
    assert not StaffSheet.objects.exists()


def test_a_formula_is_not_computed(client: Client, division: Division) -> None:
    assert "Pilih berkasnya dahulu." in client.post(PAGE, {"upload": "1"}).text
    send_sheet(client, ("=1+1", "", "", "x@kantor.example", "", "Tim PKD"))
    assert "Sel ini berisi rumus" in client.get(PAGE).text


@given(st.lists(st.fixed_dictionaries({key: st.text(max_size=30) for key in KEYS}), max_size=5))
def test_any_text_gets_a_result(rows: list[dict[str, str]]) -> None:
    for number, one in enumerate(rows, start=1):
        assert StaffRow(number, one, {}).errors


def test_usernames_are_free_and_plain_and_today_is_the_first_day(admin: User, division: Division) -> None:
    people = (row(name="Lain", email="Admin@lain.example"), row(name="Élan", email="", nip="3" * 18))
    import_staff(people, by=admin)
    names = User.objects.exclude(pk=admin.pk).values_list("username", flat=True)
    assert set(names) == {"admin2", "3" * 18}
    assert {held.starts for held in Appointment.objects.all()} == {clock.today()}


def test_the_row_of_an_administrator_cannot_be_that_of_a_pengawas(staff: Staff) -> None:
    User.objects.filter(pk=staff.admin.pk).update(email="admin@kantor.example", is_staff=True)
    (checked,) = check(row(name="Admin", email="admin@kantor.example", role="Pengawas", division=""))
    assert "Administrator tidak dapat menjadi Pengawas" in str(checked.errors["role"])


def test_rows_keep_their_numbers_after_the_others_were_imported(client: Client, division: Division) -> None:
    """They are those of the spreadsheet: the heading is row 1, and empty rows count."""
    twice = ("Ani", "", "", PEOPLE[1][3], "", "Tim PKD")
    send_sheet(client, ("", "", "", "", "", ""), PEOPLE[1], ("", "123", "", "", "", "Tim PKD"), twice)
    assert f"Sudah dipakai {PEOPLE[1][0]} (baris 3)" in client.get(PAGE).text
    client.post(PAGE, {"import": ""})
    page = client.get(PAGE).text
    assert "Baris 4" in page
    assert "Baris 5" not in page
