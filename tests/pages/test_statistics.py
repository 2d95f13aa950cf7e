"""The published statistics: page, CSV, home and standard; cached, refreshed once, small counts suppressed."""

import csv
import datetime as dt
import gzip
import io
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.tasks import default_task_backend
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling.models import Session
from kit import clock
from kit.periods import Period
from office.models import Division, Office
from reports.statistics import public
from reports.statistics.public import get_figures, lock_key, refresh, refresh_figures
from tests.conftest import remember_all
from tests.factories import Staff, case_at, make_office, publish_standard, walk_in_at
from tests.many_cases import copies_of
from tests.print.documents import words_in
from tests.shared_data import each
from tests.standard.test_concurrency import at_once
from tests.surveys.answering import answers, last_quarter, on, publish, this_quarter

TOO_FEW = "belum cukup data"
SUPPRESSED = "tidak ditampilkan"
KEY = "12-bulan"


def words(client: Client, path: str = "/statistik/") -> str:
    return words_in(client.get(path).text.replace("&nbsp;", " "))


def period(key: str = KEY) -> Period:
    found = Period.of(key)
    assert found
    return found


def held(staff: Staff, *minutes: int) -> None:
    """Create urgent walk-ins whose consultations took the given minutes and have just ended."""
    for took in minutes:
        case = walk_in_at(State.HELD, staff)
        now = clock.now()
        Session.objects.filter(case=case).update(started_at=now - dt.timedelta(minutes=took), finished_at=now)


def enqueued() -> list[str]:
    """Return and forget the periods for which a refresh task was started."""
    results = default_task_backend.results  # type: ignore[attr-defined]  # the dummy backend
    keys = [str(result.args[0]) for result in results if result.task == refresh_figures]
    default_task_backend.clear()  # type: ignore[attr-defined]
    return keys


@pytest.fixture(autouse=True)
def no_tasks_yet() -> None:
    enqueued()


SHOWN = """
Lama konsultasi, median 27,5 menit
Selesai dalam 30 menit 66,7 %
Konsultasi terlaksana 6
90% selesai dalam 45,5 menit
Permohonan masuk 11
Sesuai standar 4
Lebih lama 2
Konsultasi 6 Pengaduan 5
8. Datang langsung karena mendesak Petugas – 0 0 6
Rehabilitasi Sosial 6
Naskah cetak besar 5
"""


@pytest.mark.differs_by_database
def test_page_home_and_csv_show_the_measurements(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31, 60)
    for number in range(5):
        help_needed = {"needs_large_print": True, "needs_visit": number == 0}
        case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT, **help_needed)
    page, lines = words(client), SHOWN.strip().splitlines()
    assert [line for line in lines if line not in page] == []
    assert not [
        few
        for few in (SUPPRESSED, "Petugas datang ke", "2. Permohonan dicatat")
        if few in page.split("Cara menghitung")[0]
    ]
    home = words(client, "/")
    assert [line for line in ("Capaian 12 bulan terakhir", *lines[:3]) if line not in home] == []

    client.cookies["django_language"] = "en"  # the headings stay Indonesian
    rows = sheet(client)
    assert rows["Ringkasan", "Lama konsultasi, median"] == ("27,5", "menit", "6")
    assert rows["Ringkasan", "Selesai dalam 30 menit"] == ("66,67", "%", "6")
    assert rows["Ringkasan", "Konsultasi terlaksana"] == ("6", "", "")
    assert rows["Waktu tunggu", "9. Laporan disampaikan: target internal"] == ("8", "jam kerja", "")
    assert rows["Menurut jenis", "Konsultasi"] == ("6", "", "")
    assert rows["Periode", "Nama"] == ("12 bulan terakhir", "", "")
    assert rows["Periode", "Sampai tanggal"] == (clock.today().isoformat(), "", "")
    assert client.get("/statistik.csv?periode=x").status_code == 404


@pytest.mark.differs_by_database
def test_small_counts_and_their_durations_are_suppressed(client: Client, staff: Staff) -> None:
    """The rule is that of `kit/disclosure.py`: page, home and CSV follow it."""
    held(staff, 13, 14, 15, 16)
    page, home, rows = words(client), words(client, "/"), sheet(client)
    assert f"Lama konsultasi, median {TOO_FEW}" in page
    for shown in (page, home):
        assert "Konsultasi terlaksana kurang dari 5" in shown
    for hidden in ("8. Datang langsung karena mendesak", "Sesuai standar"):
        assert hidden not in page
    assert "Lama konsultasi, median" not in home
    for name, unit in (
        (("Ringkasan", "Lama konsultasi, median"), "menit"),
        (("Waktu tunggu", "8. Datang langsung karena mendesak: median"), "jam kerja"),
        (("Menurut jenis", "Konsultasi"), ""),
    ):
        assert rows[name] == ("", unit, "")
    held(staff, 17)
    case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    refresh(period())
    page, rows = words(client), sheet(client)
    assert "Lama konsultasi, median 15 menit" in page
    assert "Menurut jenis Terlalu sedikit untuk ditampilkan." in page
    assert "Rehabilitasi Sosial" not in page
    assert rows["Menurut jenis", "Konsultasi"] == rows["Menurut jenis", "Pengaduan"] == ("", "", "")


def sheet(client: Client) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Read the CSV as a spreadsheet does: value, unit and number by section and name."""
    answer = client.get("/statistik.csv")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert head == ["Bagian", "Keterangan", "Nilai", "Satuan", "Banyaknya data"]
    return {(part, name): tuple(values) for part, name, *values in rows}


@each(
    ("name", "marked"),
    [
        *((name, f"'{name}") for name in ("=1+1", "+62", "-1", "@SUM(A1)")),
        *((name, name) for name in ("a;b", 'a"b', "Bidang\nSatu")),
        ("\t=1", "'\t'=1"),
        ("Satu;=1", "Satu;'=1"),
    ],
)
def test_a_name_is_no_formula_or_second_cell(name: str, marked: str, client: Client, staff: Staff) -> None:
    Division.objects.filter(code="SOS").update(name=name)
    held(staff, *[10] * 5)
    assert sheet(client)["Menurut bidang", marked] == ("5", "", "")


def test_a_period_has_figures_or_is_404(client: Client, staff: Staff) -> None:
    case_at(State.SUBMITTED, staff)
    today = clock.today()
    for key in (str(today.year), f"{today.year}-Q{(today.month + 2) // 3}", f"{today:%Y-%m}", KEY):
        assert "Permohonan masuk kurang dari 5" in words(client, f"/statistik/?periode={key}")
    for key in ("", "x", "1999", "\0", f"{today.year + 1}", "2026" * 100):
        assert client.get("/statistik/", {"periode": key}).status_code == 404
    assert client.post("/statistik/").status_code == 405


@pytest.mark.differs_by_database
@each("cases", [1, 30])
def test_queries_do_not_depend_on_the_number_of_cases(cases: int, client: Client, staff: Staff) -> None:
    copies_of(walk_in_at(State.HELD, staff), cases - 1)
    refresh(period())
    for path in ("/statistik/", "/statistik.csv"):
        remember_all()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) == 5, path  # first event, figures, survey, targets, version
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


def test_pages_work_in_an_empty_office(client: Client, db: None) -> None:
    page = words(client)
    assert "Permohonan masuk 0" in page
    assert sheet(client)["Ringkasan", "Permohonan masuk"] == ("0", "", "")
    assert client.get("/").status_code == 200


def test_the_published_index_is_shown_with_the_figures(client: Client, staff: Staff) -> None:
    earlier, latest = last_quarter(), this_quarter()
    for quarter in (earlier, latest):
        with on(quarter.since):
            answers(sheet=[(4,) * 9] * 5)
        publish(staff.kadis, quarter)
    asked = f"/statistik/?periode={earlier.key}"
    now = dict.fromkeys(("/", "/standar-layanan/", "/statistik/"), latest)
    for path, shown in {**now, asked: earlier}.items():
        assert f"IKM {shown.title} 100,00 (A)" in words(client, path)
        assert 'href="/survei/hasil/' in client.get(path).text
    assert f"12 bulan terakhir Tahun {latest.year}" in words(client, asked)
    client.cookies["django_language"] = "en"  # the CSV stays Indonesian
    assert sheet(client)["Ringkasan", f"Indeks Kepuasan Masyarakat, {latest.title}"] == ("100", "", "5")


def test_the_standard_shows_promise_and_measurements(client: Client, staff: Staff) -> None:
    publish_standard()
    held(staff, 10, 20, 25, 30, 31, 60)
    refresh(period())
    page = words(client, "/standar-layanan/")
    for shown in (
        "Waktu konsultasi menurut standar 30 menit",
        "Lama konsultasi, median 27,5 menit",
        "Kepala Dinas mendisposisikan ke Kepala Bidang Kepala Dinas · target internal 8 jam",
        "Datang langsung karena mendesak Petugas · realisasi 0 jam",
    ):
        assert shown in page
    assert 'data-component="1" lang="id"' in client.get("/standar-layanan/").text


def test_old_figures_are_shown_while_one_task_refreshes_them(client: Client, staff: Staff) -> None:
    held(staff, 10, 20, 25, 30, 31)
    client.get("/statistik/")
    assert enqueued() == []
    held(staff, 90)
    with clock.set_to(clock.now() + public.FRESH_FOR + dt.timedelta(seconds=1)):
        for _time in range(3):
            assert "Lama konsultasi, median 25 menit" in words(client)
        client.get("/")
        assert enqueued() == [KEY]
        refresh_figures.call(KEY)
        assert "Lama konsultasi, median 27,5 menit" in words(client)
        assert enqueued() == []


def test_the_last_twelve_months_end_when_the_figures_were_computed(client: Client, office: Office) -> None:
    until = refresh(period()).period.until
    with clock.set_to(clock.now() + dt.timedelta(days=3)):
        found = get_figures(period())
        assert found
        assert found.period.until == until
        assert sheet(client)["Periode", "Sampai tanggal"] == (until.isoformat(), "", "")


@pytest.mark.differs_by_database
def test_a_lost_refresh_is_started_again(office: Office) -> None:
    refresh(period())
    with clock.set_to(clock.now() + public.FRESH_FOR + dt.timedelta(seconds=1)):
        get_figures(period())
        get_figures(period())
        assert enqueued() == [KEY]
        with connection.cursor() as cursor:
            cursor.execute("SELECT expires FROM rembuk_cache WHERE cache_key LIKE '%%:lock'")
            (expires,) = cursor.fetchone()
        expiry = dt.datetime.fromisoformat(str(expires)[:19])
        assert expiry <= dt.datetime.now(dt.UTC).replace(tzinfo=None) + public.FRESH_FOR
        cache.touch(lock_key(period()), -1)  # expired
        get_figures(period())
        assert enqueued() == [KEY]


def test_figures_of_a_past_period_are_fresh_for_a_day(office: Office) -> None:
    past, now = period(str(clock.today().year - 1)), clock.now()
    refresh(past)
    with clock.set_to(now + public.FRESH_FOR_PAST - dt.timedelta(minutes=1)):
        assert get_figures(past)
        assert enqueued() == []
    with clock.set_to(now + public.FRESH_FOR_PAST + dt.timedelta(minutes=1)):
        assert get_figures(past)
        assert enqueued() == [past.key]


def test_a_large_office_waits_for_a_worker(client: Client, staff: Staff) -> None:
    columns = Case.objects.filter(pk=case_at(State.SUBMITTED, staff).pk).values().get()
    Case.objects.bulk_create(
        Case(
            **columns
            | {"id": 100_000 + n, "code": f"L{n:08}", "secret": f"{n:032}", "submission_hash": uuid4()}
        )
        for n in range(public.SMALL_OFFICE)
    )
    for path in ("/statistik/", "/", "/standar-layanan/"):
        assert "sedang dihitung" in words(client, path)
    answer = client.get("/statistik.csv")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert enqueued() == [KEY]
    refresh_figures.call(KEY)
    assert "sedang dihitung" not in words(client)


def test_figures_of_another_version_are_computed_again_by_one_process(office: Office) -> None:
    refresh(period())
    cache.set(f"figures:{KEY}", {"figures": {"older": 1}, "computed_at": clock.now()})
    found = get_figures(period())
    assert found
    assert found.figures.submitted == 0
    cache.delete(f"figures:{KEY}")
    cache.add(lock_key(period()), True)
    assert get_figures(period()) is None
    assert enqueued() == []
    refresh_figures.call("x")  # an unknown period
    assert cache.get("figures:x") is None


@pytest.mark.usefixtures("shared_database")
def test_many_readers_at_once_start_one_refresh(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # shared by all threads
    make_office()
    try:
        with clock.set_to(clock.now() - public.FRESH_FOR - dt.timedelta(seconds=1)):
            refresh(period())
        assert at_once([partial(get_figures, period()) for _ in range(8)]) == {"done": 8}
        assert DBTaskResult.objects.get().args_kwargs["args"] == [KEY]
    finally:
        cache.clear()  # the cache table is not emptied after the test
