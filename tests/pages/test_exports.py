"""Exports: the same rows as the pages, typed cells, nothing hidden or computed, progress, log."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.tasks import default_task_backend
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from consultations import services as consultations_services
from consultations.enums import Confidentiality, Kind, State
from consultations.models import Case
from consultations.scheduling.queries import service_minutes
from desk import exports
from desk.exports import create_export_file, delete_old_files, enqueue_missing_files
from kit import clock
from reports.models import Export, FollowUp
from tests.factories import Staff, case_at, client_of
from tests.many_cases import cases_at
from tests.pages.test_follow_ups import recommended
from tests.pages.test_hidden_identity import FILES, HIDDEN, hidden_at
from tests.pages.test_office_lists import rows
from tests.shared_data import each
from tests.surveys.answering import answers, last_quarter

TODAY = clock.today().isoformat()
LAST_QUARTER = f"?since={last_quarter().since}&until={last_quarter().until}"
BOOKS = (
    *("buku-agenda", "register-konsultasi", "register-pengaduan"),
    *("buku-surat-keluar", "buku-ekspedisi", "rekap-laporan"),
)
EVERYTHING = {
    "permohonan": "/permohonan/",
    "agenda": "/agenda/",
    "tindak-lanjut": "/tindak-lanjut/",
    **dict.fromkeys(BOOKS, f"?since={TODAY}&until={TODAY}"),
    "survei": LAST_QUARTER,
}
"""Each list with its page, or with the filters that it needs."""


def content(client: Client, table: str, query: str = "", **data: str) -> bytes:
    """Return the file that a press of the button downloads."""
    name, _dot, file_format = table.partition(".")
    response = client.post(f"/ekspor/{name}.{file_format or 'xlsx'}{query}", data, follow=True)
    assert "attachment" in response.headers["Content-Disposition"], response.text
    return response.getvalue()


def cells(client: Client, table: str, query: str = "", **data: str) -> list[list[Cell]]:
    """Return the cells of an XLSX file below the headings."""
    sheet = load_workbook(io.BytesIO(content(client, table, query, **data))).active
    return [list(row) for row in sheet.iter_rows(min_row=2)]


@pytest.mark.differs_by_database
def test_the_file_equals_the_list_and_its_cells_have_types(staff: Staff) -> None:
    odd = {"applicant_name": "=1+1", "organisation": "+62", "subject": "@SUM(A1) \x07\n_x0041_,=1"}
    case = case_at(State.CLOSED, staff, **odd)
    cases_at(State.DISPOSED, staff, 2)
    client = client_of(staff.pkd)
    for query in ("", "?state=CLOSED", "?q=siti", "?late=on", "?before=1"):
        shown = rows(client, f"/permohonan/{'' if 'before' in query else query}")
        found = [row[1].value for row in cells(client, "permohonan", query)]
        # The page lists what a search finds by its rank, the file newest first.
        assert (sorted(found) == sorted(shown)) if "q=" in query else (found == shown), query
    (row,) = cells(client, "permohonan", "?state=CLOSED")
    case.refresh_from_db()
    assert [cell.data_type for cell in row] == [*"ssss", "d", *"ssss", *"n", *"ss", *"nns", "d", "n"]
    assert [cell.value for cell in row[:4]] == [str(case.agenda), case.code, "Konsultasi", "Daring"]
    submitted = timezone.make_naive(case.submitted_at)
    assert abs(row[4].value - submitted) < dt.timedelta(milliseconds=2)
    assert [cell.value for cell in row[5:7]] == ["=1+1", "+62"]
    assert row[8].value == "Selesai"
    text = content(client, "permohonan.csv", "?state=CLOSED").decode("utf-8-sig")
    _head, line = csv.reader(io.StringIO(text), delimiter=";")
    subject = "'" + case.subject.replace("=", "'=")
    assert line[4:8] == [f"{submitted:%Y-%m-%d %H:%M}", "'=1+1", "'+62", subject]


def test_the_book_the_summary_the_follow_ups_and_the_answers(staff: Staff) -> None:
    client, day = client_of(staff.pkd), clock.today() + dt.timedelta(days=3)
    case = recommended(staff, 3, letter_number="1/X", letter_date=clock.today())
    voided = case_at(State.REGISTERED, staff)
    consultations_services.void(voided, by=staff.pkd, reason="Dobel")
    assert [row[3].value for row in cells(client, "agenda")] == rows(client, "/agenda/")
    first, second = cells(client, "agenda", f"?year={day.year}")
    case.refresh_from_db()
    assert first[12].value == "Dibatalkan: Dobel"
    midnight = dt.datetime.combine(clock.today(), dt.time())
    assert [second[1].value, second[3].value] == [str(case.agenda), case.code]
    assert (second[6].value, second[7].value) == (midnight, "1/X")
    printed = cells(client, "buku-agenda", since=TODAY, until=TODAY)
    assert [[c.value for c in row] for row in printed] == [[c.value for c in row] for row in (second, first)]

    (line,) = cells(client, "rekap-laporan", since=TODAY, until=TODAY)
    assert (line[0].value, line[2].value) == (case.report_number, case.code)
    assert [cell.value for cell in line[-4:]] == [service_minutes([case.pk])[case.pk], 1, 0, 0]

    (line,) = cells(client, "tindak-lanjut")
    assert (line[1].value, line[3].value) == (case.code, "Perbarui data.")
    assert line[5].value == dt.datetime.combine(day, dt.time())
    assert cells(client, "tindak-lanjut", "?show=done") == []

    answers(5, day=last_quarter().until)
    assert [[cell.value for cell in row] for row in cells(client, "survei", LAST_QUARTER)] == [[3] * 9] * 5


# fmt: off -- a table is read in columns
MATRIX = """
               sekretariat pkd kadis kabid other_kabid petugas other_petugas companion elsewhere admin expired
permohonan           1      1    1     1       0          1         0           1         0      403   403
agenda               1      1    1     1       0          1         0           1         0      403   403
buku-agenda          1      1    1    403     403        403       403         403       403     403   403
register-konsultasi  1      1    1     1       0         403       403         403       403     403   403
register-pengaduan   1      1    1     1       0         403       403         403       403     403   403
buku-surat-keluar    1      1    1    403     403        403       403         403       403     403   403
buku-ekspedisi       1      1    1    403     403        403       403         403       403     403   403
tindak-lanjut        1      1    1     1       0          1         0           1         0      403   403
rekap-laporan        1      1    1     1       0         403       403         403       403     403   403
survei               5      5    5    403     403        403       403         403       403     403   403
"""
# fmt: on


def test_who_may_export_what(staff: Staff, subtests: pytest.Subtests) -> None:
    recommended(staff, 3, kind=Kind.COMPLAINT)
    answers(5, day=last_quarter().until)
    names, *lines = (line.split() for line in MATRIX.strip().splitlines())
    clients = {name: client_of(getattr(staff, name)) for name in names}
    for table, *expected in lines:
        query = EVERYTHING[table] if "?" in EVERYTHING[table] else "?state=CLOSED"
        with subtests.test(table):
            for (name, client), wanted in zip(clients.items(), expected, strict=True):
                if wanted == "403":
                    assert client.post(f"/ekspor/{table}.xlsx{query}").status_code == 403, name
                else:
                    assert len(cells(client, table, query)) == int(wanted), name


def test_nobody_hidden_and_no_complaint_about_the_reader(staff: Staff) -> None:
    hidden = hidden_at(State.CLOSED, staff, **FILES)
    recommended(staff, 3, applicant_name="Nama Rahasia")
    Case.objects.exclude(pk=hidden.pk).update(confidentiality=Confidentiality.CONFIDENTIAL)
    about = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=about.pk).update(complained_about=staff.kadis)
    client = client_of(staff.kadis)
    for table in EVERYTHING.keys() - {"survei"}:
        query = EVERYTHING[table] if "?" in EVERYTHING[table] else ""
        text = content(client, f"{table}.csv", query).decode("utf-8-sig")
        assert hidden.code in text or table in ("tindak-lanjut",)
        told = [word for word in (*HIDDEN, "Nama Rahasia", about.code) if word in text]
        assert told == [], table


@pytest.mark.release
@each("count", [1, 30])
@each(
    ("table", "queries"),
    [
        *(("permohonan", 6), ("agenda", 8), ("tindak-lanjut", 6), ("rekap-laporan", 8), ("buku-agenda", 6)),
        *(("register-konsultasi", 6), ("buku-surat-keluar", 9), ("buku-ekspedisi", 10)),
    ],
)
def test_a_file_costs_the_same_for_one_row_and_for_thirty(
    table: str, queries: int, count: int, staff: Staff, at_most_queries: Any
) -> None:
    cases_at(State.CLOSED, staff, count)
    client = client_of(staff.kadis)
    with at_most_queries(queries):
        client.post(f"/ekspor/{table}.xlsx", {"since": TODAY, "until": TODAY})
    assert Export.objects.get().rows == count
    assert FollowUp.objects.count() == count


def test_an_export_is_logged_and_not_for_who_left_the_office(staff: Staff) -> None:
    cases_at(State.SUBMITTED, staff, 2)
    client = client_of(staff.pkd)
    address = client.post("/ekspor/permohonan.xlsx?q=siti&before=99")["Location"]
    export = Export.objects.get()
    logged = (export.table, export.params, export.by, export.title, export.rows, export.is_cut)
    assert logged == ("permohonan", "q=siti", staff.pkd, "Tim PKD", 2, False)
    staff.pkd.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    assert client.get(address).status_code == 403


@pytest.mark.differs_by_database
def test_a_long_export_is_made_in_the_background(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    cases_at(State.SUBMITTED, staff, 3)
    for name, value in {"MAX_WAIT": -1.0, "PROGRESS_AFTER": 2, "MAX_ROWS": 2}.items():
        monkeypatch.setattr(exports, name, value)
    client = client_of(staff.pkd)
    page = client.post("/ekspor/permohonan.xlsx", follow=True)
    (address, _status), export = page.redirect_chain[0], Export.objects.get()
    assert address == f"/ekspor/{export.pk}/hasil/"
    assert 'data-hx-trigger="every 2s"' in page.text
    assert client.get(f"/ekspor/{export.pk}/berkas/")["Location"] == address

    tasks = len(default_task_backend.results)  # type: ignore[attr-defined]
    assert enqueue_missing_files() == 0
    with clock.set_to(clock.now() + dt.timedelta(minutes=2)):
        assert enqueue_missing_files() == 1  # as if the first task had been lost
    assert len(default_task_backend.results) == tasks + 1  # type: ignore[attr-defined]
    create_export_file.call(str(export.pk))
    create_export_file.call(str(export.pk))  # every task may run twice
    page_text = client.get(address).text
    assert "data-hx-trigger" not in page_text
    file = load_workbook(io.BytesIO(client.get(f"/ekspor/{export.pk}/berkas/").getvalue())).active
    assert "Daftar dipotong: hanya 2 baris pertama" in str([*file.values][-1][0])
    for other in (staff.kadis, staff.admin):
        for part in ("hasil", "berkas"):
            assert client_of(other).get(f"/ekspor/{export.pk}/{part}/").status_code == 404

    for hours, deleted in ((23, 0), (25, 1)):
        with clock.set_to(clock.now() + dt.timedelta(hours=hours)):
            assert delete_old_files() == deleted
    assert "sudah dihapus" in client.get(f"/ekspor/{export.pk}/berkas/", follow=True).text


def test_an_export_that_fails_says_so(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    case_at(State.CLOSED, staff)
    monkeypatch.setattr(exports, "MAX_WAIT", -1.0)
    monkeypatch.setattr(exports, "PROGRESS_AFTER", 1)
    client = client_of(staff.kabid)
    address = client.post(f"/ekspor/rekap-laporan.xlsx{EVERYTHING['rekap-laporan']}")["Location"]
    staff.kabid.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    with pytest.raises(PermissionDenied):
        create_export_file.call(str(Export.objects.get().pk))
    assert "Berkas tidak dapat dibuat" in client.get(address).text


def test_what_is_not_offered_and_answers_that_are_not_shown(staff: Staff) -> None:
    client = client_of(staff.kadis)
    answers(4, day=last_quarter().until)
    answers(5)
    for query, why in ((LAST_QUARTER, "Jawaban belum cukup"), ("", "sesudah survei periode ini ditutup")):
        response = client.post(f"/ekspor/survei.xlsx{query}")
        assert response["Location"].startswith("/survei/?")
        assert why in str([*get_messages(response.wsgi_request)][-1])
    wrong = {"lain.xlsx": 404, "permohonan.xls": 404, "rekap-laporan.xlsx?since=x": 302}
    for name, status in wrong.items():
        assert client.post(f"/ekspor/{name}").status_code == status
        assert client.get(f"/ekspor/{name}").status_code == 405
    assert not Export.objects.exists()
