"""The published figures: page, sheet, home and standard; kept, refreshed once, and silent about few cases."""

import csv
import datetime as dt
import gzip
import io
from collections.abc import Callable
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.db import connection
from django.tasks import default_task_backend
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.models import Case, Session
from consultations.workflow import State
from office import clock
from office.models import Division, Office, StandardComponent, User
from reports.kept_figures import FRESH_FOR, FRESH_FOR_OVER, SMALL, kept, refresh
from reports.models import Figures
from reports.periods import Period
from reports.tasks import refresh_figures
from surveys import periods
from tests.factories import Staff, case_at, walk_in_at
from tests.surveys.answering import enough
from tests.surveys.test_results import publish, running

pytestmark = pytest.mark.differs_by_database

type ClientOf = Callable[[User], Client]

TOO_FEW = "belum cukup data"
NOT_TOLD = "tidak ditampilkan"
KEY = "12-bulan"


class Text(HTMLParser):
    """The words of a page, without its markup."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words(page: str) -> str:
    return " ".join(Text(page).words)


def period(key: str = KEY) -> Period:
    found = Period.of(key)
    assert found
    return found


def held(staff: Staff, *minutes: int) -> None:
    """Urgent walk-ins whose consultation took so many minutes, and ended just now."""
    for took in minutes:
        case = walk_in_at(State.HELD, staff)
        now = clock.now()
        Session.objects.filter(case=case).update(started_at=now - dt.timedelta(minutes=took), finished_at=now)


def enqueued() -> list[str]:
    """The periods of which a refresh was asked for; forgets them."""
    results = default_task_backend.results  # type: ignore[attr-defined]  # the backend of the tests keeps them
    keys = [str(result.args[0]) for result in results if result.task == refresh_figures]
    default_task_backend.clear()  # type: ignore[attr-defined]
    return keys


@pytest.fixture(autouse=True)
def no_tasks_yet() -> None:
    enqueued()


def test_the_page_says_what_was_measured(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31, 60)
    for _number in range(5):
        case_at(State.SUBMITTED, staff, kind=Case.Kind.COMPLAINT)

    page = words(client.get("/statistik/").content.decode())

    for said in (
        "Lama konsultasi, median 27,5 menit",
        "Selesai dalam 30 menit 66,7 %",
        "90 dari 100 selesai dalam 45,5 menit",
        "Konsultasi terlaksana 6",
        "Permohonan masuk 11",
        "Sesuai janji 4",
        "Lebih lama 2",
        "Konsultasi 6 Pengaduan 5",
        "8. Datang langsung karena mendesak Petugas – 0 0 6",
        "2. Permohonan diagendakan Tim PKD Tim PKD 8 belum cukup data belum cukup data 0",
        "Rehabilitasi Sosial 6",
    ):
        assert said in page


def test_few_cases_are_counted_but_not_measured_in_public(client: Client, staff: Staff) -> None:
    held(staff, 13, 14, 15, 16)
    page = words(client.get("/statistik/").content.decode())
    assert f"Lama konsultasi, median {TOO_FEW}" in page
    assert f"Selesai dalam 30 menit {TOO_FEW}" in page
    assert "Konsultasi terlaksana kurang dari 5" in page
    assert "Sesuai janji" not in page
    assert f"8. Datang langsung karena mendesak Petugas – {TOO_FEW} {TOO_FEW} kurang dari 5" in page
    home = words(client.get("/").content.decode())
    assert "Konsultasi terlaksana kurang dari 5" in home
    assert "Lama konsultasi, median" not in home
    rows = sheet(client)
    assert rows["Ringkasan", "Lama konsultasi, median"] == ("", "menit", "")
    assert rows["Ringkasan", "Konsultasi terlaksana"] == ("", "", "")
    assert rows["Waktu tunggu", "8. Datang langsung karena mendesak: median"] == ("", "jam kerja", "")
    assert rows["Menurut jenis", "Konsultasi"] == ("", "", "")

    held(staff, 17)
    Figures.objects.all().delete()
    assert "Lama konsultasi, median 15 menit" in words(client.get("/statistik/").content.decode())


def test_page_and_sheet_leave_out_the_same_parts(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31, 60)
    case_at(State.SUBMITTED, staff, kind=Case.Kind.COMPLAINT)
    page = words(client.get("/statistik/").content.decode())
    assert "Permohonan masuk 7" in page
    assert f"Konsultasi {NOT_TOLD} Pengaduan {NOT_TOLD}" in page
    assert f"Rehabilitasi Sosial {NOT_TOLD}" in page
    rows = sheet(client)
    assert rows["Menurut jenis", "Konsultasi"] == rows["Menurut jenis", "Pengaduan"] == ("", "", "")


def sheet(client: Client, query: str = "") -> dict[tuple[str, ...], tuple[str, ...]]:
    """The CSV as a spreadsheet reads it: value, unit and number by part and name."""
    answer = client.get(f"/statistik.csv{query}")
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert head == ["Bagian", "Keterangan", "Nilai", "Satuan", "Banyaknya data"]
    return {(part, name): tuple(values) for part, name, *values in rows}


def test_the_sheet_holds_the_figures_of_the_page(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31, 60)
    client.cookies["django_language"] = "en"  # headings stay, so that a sheet can be compared with the last

    rows = sheet(client)

    assert rows["Ringkasan", "Lama konsultasi, median"] == ("27,5", "menit", "6")
    assert rows["Ringkasan", "Selesai dalam 30 menit"] == ("66,67", "%", "6")
    assert rows["Ringkasan", "Konsultasi terlaksana"] == ("6", "", "")
    assert rows["Waktu tunggu", "9. Laporan disampaikan: target"] == ("8", "jam kerja", "")
    assert rows["Menurut jenis", "Konsultasi"] == ("6", "", "")
    assert rows["Periode", "Nama"] == ("12 bulan terakhir", "", "")
    assert rows["Periode", "Sampai tanggal"] == (clock.today().isoformat(), "", "")
    assert client.get("/statistik.csv?periode=x").status_code == 404


@pytest.mark.parametrize("name", ["=1+1", "+62", "-1", "@SUM(A1)", "\t=1", "a;b", 'a"b', "Bidang\nSatu"])
def test_no_name_becomes_a_formula_or_another_cell(name: str, client: Client, staff: Staff) -> None:
    Division.objects.filter(code="SOS").update(name=name)
    held(staff, *[10] * 5)
    marked = f"'{name}" if name[0] in "=+-@\t" else name
    assert sheet(client)["Menurut bidang", marked] == ("5", "", "")


def test_any_period_gets_figures_or_a_page_that_helps(client: Client, staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    today = clock.today()
    quarter = (today.month + 2) // 3
    for key in (str(today.year), f"{today.year}-Q{quarter}", f"{today:%Y-%m}", KEY):
        assert "Permohonan masuk kurang dari 5" in words(
            client.get("/statistik/", {"periode": key}).content.decode()
        )
    for key in ("", "x", "1999", "\0", f"{today.year + 1}", "2026" * 100):
        assert client.get("/statistik/", {"periode": key}).status_code == 404
    assert client.post("/statistik/").status_code == 405
    assert Figures.objects.count() == 4


@pytest.mark.parametrize("cases", [1, 30])
def test_pages_ask_the_same_whatever_lies_in_the_office(cases: int, client: Client, staff: Staff) -> None:
    for _number in range(cases):
        walk_in_at(State.HELD, staff)
    refresh(period())
    for path, queries in (
        ("/statistik/", 5),  # first event, figures, survey, targets, office
        ("/statistik.csv", 4),
        ("/standar-layanan/", 5),  # components, office, figures, survey, targets
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) == queries, path
    assert enqueued() == []


def test_pages_are_light(client: Client, staff: Staff) -> None:
    held(staff, *range(10, 40))
    for state in set(State) - {State.IN_SESSION}:
        case_at(state, staff)
    for path in ("/statistik/", "/standar-layanan/", "/"):
        page = client.get(path).content
        assert len(gzip.compress(page)) < 15_000, path
        content = page[page.index(b"<main") :]
        assert len(gzip.compress(content)) < 3_500, path


def test_an_office_that_has_entered_nothing_has_pages_too(client: Client, db: None) -> None:
    page = words(client.get("/statistik/").content.decode())
    assert "Permohonan masuk 0" in page
    assert "Belum ada permohonan." in page
    assert sheet(client)["Ringkasan", "Permohonan masuk"] == ("0", "", "")
    assert "Belum ada konsultasi yang selesai." in words(client.get("/standar-layanan/").content.decode())


def test_home_tells_of_real_consultations(client: Client, staff: Staff) -> None:
    assert "Belum ada konsultasi yang selesai." in words(client.get("/").content.decode())
    held(staff, 10, 20, 25, 30, 31, 60)
    for key in enqueued():
        refresh_figures.call(key)

    page = words(client.get("/").content.decode())

    assert "Lama konsultasi, median 27,5 menit" in page
    assert "Selesai dalam 30 menit 66,7 %" in page
    assert "Konsultasi terlaksana 6" in page


def test_the_published_index_stands_beside_the_figures(client: Client, staff: Staff) -> None:
    enough(staff, **{f"u{number}": 4 for number in range(1, 10)})
    quarter, year = running(3), running(12)
    publish(staff.kadis)
    publish(staff.kadis, length=12)
    latest = max((until, -since.toordinal(), (since, until)) for since, until in (quarter, year))[2]
    asked = f"/statistik/?periode={quarter[0].year}-Q{quarter[1].month // 3}"
    shown = {"/": latest, "/standar-layanan/": latest, "/statistik/": latest, asked: quarter}
    for path, days in shown.items():
        page = client.get(path).content.decode()
        assert f"IKM {periods.name(*days)} 100,00 (A)" in words(page)
        assert 'href="/survei/hasil/' in page
    name = "Indeks Kepuasan Masyarakat, " + periods.name(*latest)
    client.cookies["django_language"] = "en"  # the sheet stays Indonesian
    assert sheet(client)["Ringkasan", name] == ("100", "", "5")


def test_the_standard_stands_beside_what_is_real(client: Client, staff: Staff) -> None:
    StandardComponent.objects.create(
        number=1, part=StandardComponent.Part.DELIVERY, title="Persyaratan", text="Materi yang jelas"
    )
    held(staff, 10, 20, 25, 30, 31, 60)
    refresh(period())
    answer = client.get("/standar-layanan/").content.decode()
    page = words(answer)
    assert "Waktu konsultasi yang dijanjikan 30 menit" in page
    assert "Lama konsultasi, median 27,5 menit" in page
    assert "Kepala Dinas mendisposisikan ke Kepala Bidang Kepala Dinas · target 8 jam" in page
    assert "Datang langsung karena mendesak Petugas · nyatanya 0 jam" in page
    assert 'data-component="1" lang="id"' in answer


def test_staff_find_the_page_in_their_navigation(staff: Staff, client_of: ClientOf) -> None:
    page = client_of(staff.petugas).get("/statistik/").content.decode()
    assert '<a href="/statistik/" aria-current="page">Statistik</a>' in page


def test_old_figures_are_shown_and_refreshed_once_in_the_background(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31)
    client.get("/statistik/")
    assert enqueued() == []
    held(staff, 90)
    with clock.set_to(clock.now() + FRESH_FOR + dt.timedelta(seconds=1)):
        for _time in range(3):
            assert "Lama konsultasi, median 25 menit" in words(client.get("/statistik/").content.decode())
        client.get("/")
        assert enqueued() == [KEY]
        refresh_figures.call(KEY)
        assert "Lama konsultasi, median 27,5 menit" in words(client.get("/statistik/").content.decode())
        assert enqueued() == []


def test_the_last_twelve_months_are_those_of_the_figures(client: Client, office: Office) -> None:
    refresh(period())
    until = clock.today()
    with clock.set_to(clock.now() + dt.timedelta(days=3)):
        found = kept(period())
        assert found
        assert found.period.until == until
        assert sheet(client)["Periode", "Sampai tanggal"] == (until.isoformat(), "", "")


def test_a_refresh_that_was_lost_is_asked_for_again(office: Office) -> None:
    now = clock.now()
    assert kept(period()) is None
    assert kept(period()) is None
    assert enqueued() == [KEY]
    with clock.set_to(now + FRESH_FOR + dt.timedelta(seconds=1)):
        kept(period())
    assert enqueued() == [KEY]


def test_of_a_period_that_is_over_the_figures_last_a_day(office: Office) -> None:
    over, now = period(str(clock.today().year - 1)), clock.now()
    refresh(over)
    with clock.set_to(now + FRESH_FOR_OVER - dt.timedelta(minutes=1)):
        assert kept(over)
        assert enqueued() == []
    with clock.set_to(now + FRESH_FOR_OVER + dt.timedelta(minutes=1)):
        assert kept(over)
        assert enqueued() == [over.key]


def test_a_large_office_waits_for_a_worker(client: Client, staff: Staff) -> None:
    columns = Case.objects.filter(pk=case_at(State.SUBMITTED, staff).pk).values().get()
    Case.objects.bulk_create(
        Case(**columns | {"id": None, "code": f"L{n:08}", "secret": f"{n:032}", "submission_token": uuid4()})
        for n in range(SMALL)
    )
    assert "sedang dihitung" in words(client.get("/statistik/").content.decode())
    answer = client.get("/statistik.csv")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert enqueued() == [KEY]
    refresh_figures.call(KEY)
    assert "sedang dihitung" not in words(client.get("/statistik/").content.decode())


def test_figures_in_another_shape_are_computed_anew(office: Office) -> None:
    Figures.objects.create(period=KEY, data={"older": 1}, computed_at=clock.now())
    found = kept(period(), wait=True)
    assert found
    assert found.figures.submitted == 0


def test_a_task_for_no_period_does_nothing(db: None) -> None:
    refresh_figures.call("x")
    assert not Figures.objects.exists()
