"""The offices of a province: some answer, others are dead, refuse the token or answer nonsense."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from environ import Env
from pytest_django import DjangoAssertNumQueries

from config.environment import read_province
from consultations.enums import State
from desk.navigation import list_all_pages
from exchange.models import OfficeAnswer
from exchange.province import MAX_AGE, MAX_BYTES, enqueue_readings, list_periods_read, read_office
from exchange.systems import revoke
from kit import clock
from office.models import Office
from operations.health import check_offices
from tests.exchange.conftest import Caller, CallerOf
from tests.factories import ClientOf, Staff, case_at, publish_standard
from tests.signing.servers import Reply, Request, as_json, serving

ENTRY = {"kind": "Dinas", "region": "Kabupaten Uji", "token": "rbk_rahasia", "villages": ["Air Putih"]}
DEAD = "http://127.0.0.1:9"
"""An address where nothing listens."""

type Answers = dict[str, Reply]
type Serve = Callable[..., "Stand"]


class Stand:
    """An office on this machine. `answers` replaces the answer of a path, or of all with `*`."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.asked, self.url = answers, list[Request](), ""

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        path = urlsplit(request.path).path
        return self.answers.get("*") or self.answers.get(path) or Reply(b"", 404)


def record(caller: Caller) -> Answers:
    """Return what this installation itself answers to the token."""
    paths = ("office", "standard", "statistics")
    found = {path: caller.get(f"/{path}") for path in paths}
    return {f"/api/v1/{path}": Reply(answer.content, answer.status_code) for path, answer in found.items()}


def change_figures(answers: Answers, **values: float | str | None) -> Answers:
    """Return the answers with other figures (`__` is a point of a key)."""
    path = "/api/v1/statistics"
    content = json.loads(answers[path].body)
    new = {name.replace("__", "."): value for name, value in values.items()}
    for figure in content["figures"]:
        figure["value"] = new.get(figure["key"], figure["value"])
    return {**answers, path: as_json(content)}


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Start an office with these answers, and list it in PROVINCE."""
    settings.WEBHOOK_NETWORKS, settings.PROVINCE = ["127.0.0.0/8"], []
    with ExitStack() as stack:

        def start(answers: Answers, **listed: Any) -> Stand:
            stand = Stand(answers)
            stand.url = stack.enter_context(serving(stand))
            settings.PROVINCE.append({**ENTRY, "name": "Dinas Uji", "site": stand.url, **listed})
            return stand

        yield start


@pytest.fixture
def answers(staff: Staff, caller_of: CallerOf) -> Answers:
    """Return true answers of an office with a closed case and a published standard."""
    publish_standard()
    case_at(State.CLOSED, staff)
    return record(caller_of(reads_statistics=True))


def read_all(settings: Any) -> None:
    for office in settings.PROVINCE:
        read_office.func(office["site"])


def read_rows(client: Client, **params: str) -> dict[str, dict[str, str]]:
    text = client.get("/provinsi.csv", params).content.decode("utf-8-sig")
    return {row["Kantor"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def test_three_offices_one_dead_and_one_with_a_revoked_token(
    answers: Answers, staff: Staff, caller_of: CallerOf, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    revoked = caller_of(name="Lama", reads_statistics=True)
    revoke(revoked.system, by=staff.admin)
    serve(change_figures(answers, cases__submitted=41.0, consultation__within_percent=None), name="Hidup")
    serve(record(revoked), name="Dicabut")
    settings.PROVINCE.append({**ENTRY, "name": "Mati", "site": DEAD})
    read_all(settings)
    page = client_of(staff.kadis).get("/provinsi/")
    current, silent = (page.context[name].rows for name in ("current", "silent"))
    assert [row.cells[0].text for row in current] == ["Hidup"]
    assert [row.cells[0].text for row in silent] == ["Dicabut", "Mati"]
    assert "awal" in [cell.text for cell in silent[1].cells]
    rows = read_rows(client_of(staff.kadis))
    assert rows["Hidup"]["Permohonan masuk"] == "41"
    assert rows["Hidup"]["Sesuai waktu standar (%)"] == "tidak ditampilkan"
    assert rows["Hidup"]["Keadaan"] == "menjawab"
    assert rows["Dicabut"]["Keadaan"] == "tokennya ditolak"
    assert rows["Mati"]["Keadaan"].startswith("tidak terhubung")
    assert {rows[name]["Permohonan masuk"] for name in ("Dicabut", "Mati")} == {""}
    assert len(rows) == 3, "no sum that would undo the suppression"


def test_each_office_gets_its_own_token_and_no_page_has_one(
    answers: Answers, staff: Staff, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    stands = [serve(answers, name=name, token=f"rbk_{name}") for name in ("satu", "dua")]
    read_all(settings)
    for stand, name in zip(stands, ("satu", "dua"), strict=True):
        assert {request.headers["Authorization"] for request in stand.asked} == {f"Bearer rbk_{name}"}
        assert not any("cases" in request.path for request in stand.asked)
    client = client_of(staff.kadis)
    texts = [client.get(url).content.decode() for url in ("/provinsi/", "/provinsi.csv", "/cari-kantor/")]
    assert not any("rbk_" in text for text in texts)


def test_the_state_of_the_system_names_the_silent_offices_since_when(
    answers: Answers, staff: Staff, serve: Serve, settings: Any
) -> None:
    stand = serve(answers, name="Kadang")
    settings.PROVINCE.append({**ENTRY, "name": "Baru", "site": DEAD})
    assert check_offices().is_well, "nobody was asked yet"
    settings.PROVINCE.pop()
    now = clock.now()
    with clock.set_to(now - MAX_AGE + dt.timedelta(minutes=1)):
        read_all(settings)
    stand.answers = {"*": Reply(b"", 500)}
    read_all(settings)
    assert check_offices().is_well, "one failed reading is no silence"
    with clock.set_to(now + dt.timedelta(minutes=1)):
        found = check_offices()
    assert not found.is_well
    answered_at = OfficeAnswer.objects.get().answered_at
    assert answered_at
    since = clock.format_moment(answered_at)
    assert found.fact == f"Kadang: tidak menjawab sejak {since} (jawabannya bukan yang diharapkan)"
    for number in range(6):
        settings.PROVINCE.append({**ENTRY, "name": f"Mati {number}", "site": f"{DEAD}/{number}"})
    read_all(settings)
    fact = check_offices().fact
    assert "Mati 0: belum pernah menjawab (tidak terhubung" in fact
    assert fact.endswith("dan 1 lainnya")
    with clock.set_to(now + dt.timedelta(minutes=1)):
        assert check_offices().fact.endswith("dan 2 lainnya")


def test_a_command_reads_all_offices_at_once(answers: Answers, serve: Serve, settings: Any) -> None:
    def call() -> str:
        call_command("read_offices", stdout=(output := io.StringIO()))
        return output.getvalue()

    serve(answers, name="Hidup")
    assert call() == "Hidup: ok\n"
    assert OfficeAnswer.objects.get().profile["is_open"]
    settings.PROVINCE.append({**ENTRY, "name": "Mati", "site": DEAD})
    with pytest.raises(CommandError, match="1 of 2 offices did not answer"):
        call()
    settings.PROVINCE = []
    with pytest.raises(CommandError, match="PROVINCE names no office"):
        call()


def test_an_office_that_falls_silent_keeps_its_last_answer_apart_with_its_time(
    answers: Answers, staff: Staff, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    stand = serve(change_figures(answers, cases__submitted=41.0), name="Kadang")
    then = clock.now() - dt.timedelta(days=2)
    with clock.set_to(then):
        read_all(settings)
    stand.answers = {"*": Reply(b"", 500)}
    read_all(settings)
    page = client_of(staff.kadis).get("/provinsi/")
    assert not page.context["current"].rows
    (row,) = page.context["silent"].rows
    found = {str(cell.heading): cell.text for cell in row.cells}
    assert found["Permohonan masuk"] == "41"
    assert found["Sebab"] == "jawabannya bukan yang diharapkan"
    assert found["Tidak menjawab sejak"].startswith(f"{timezone.localdate(then).day} ")
    assert OfficeAnswer.objects.get().answered_at == then
    assert "Kantor ini tidak menjawab sejak" in Client().get("/cari-kantor/").text
    stand.answers = answers
    read_all(settings)
    assert client_of(staff.kadis).get("/provinsi/").context["current"].rows
    stand.answers = {"*": Reply(b"", 500)}
    read_all(settings)
    assert not client_of(staff.kadis).get("/provinsi/").context["current"].rows, "at once, not hours later"


def test_an_old_answer_is_not_current_although_nobody_asked_again(
    answers: Answers, staff: Staff, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    serve(answers)
    with clock.set_to(clock.now() - MAX_AGE):
        read_all(settings)
    page = client_of(staff.kadis).get("/provinsi/")
    assert not page.context["current"].rows
    assert page.context["silent"].rows


HTML = b"<!doctype html><title>Masuk</title>"
OFFICE, STANDARD, STATISTICS = (f"/api/v1/{name}" for name in ("office", "standard", "statistics"))


@pytest.mark.release
@pytest.mark.parametrize(
    ("path", "reply", "failure"),
    [
        ("*", Reply(b"[" + b'"x",' * (MAX_BYTES // 4) + b"0]"), "UNREACHED"),
        ("*", Reply(HTML), "UNREADABLE"),
        ("*", Reply(b"", 302, {"Location": "http://127.0.0.1:9/"}), "UNREADABLE"),
        ("*", Reply(b"[" * 100_000), "UNREADABLE"),
        ("*", Reply(b"\xff\xfe"), "UNREADABLE"),
        (OFFICE, Reply(b'{"name": ["x"]}'), "UNREADABLE"),
        (STANDARD, Reply(b'{"number": 5}'), "UNREADABLE"),
        (STATISTICS, Reply(b'{"figures": [{"key": "cases.submitted", "value": NaN}]}'), "UNREADABLE"),
        (STATISTICS, Reply(b'{"figures": [{"key": "cases.submitted", "value": -1}]}'), "UNREADABLE"),
        (STATISTICS, Reply(b'{"figures": [{"key": "cases.submitted", "value": 1e300}]}'), "UNREADABLE"),
        (STATISTICS, Reply(b"", 403), "TOKEN"),
    ],
)
def test_a_hostile_answer_is_not_stored(
    path: str, reply: Reply, failure: str, answers: Answers, serve: Serve, settings: Any
) -> None:
    serve({**answers, path: reply})
    read_all(settings)
    stored = OfficeAnswer.objects.get()
    assert (stored.failure, stored.profile, stored.figures) == (failure, {}, {})


def test_a_figure_that_is_a_text_and_an_unknown_one_are_left_out(
    answers: Answers, serve: Serve, settings: Any
) -> None:
    figures = [{"key": "cases.submitted", "value": "<b>"}, {"key": "x", "value": 1}]
    serve({**answers, STATISTICS: as_json({"figures": figures})})
    read_all(settings)
    assert {str(found) for found in OfficeAnswer.objects.get().figures.values()} == {"{}"}


def test_texts_of_an_office_are_only_texts(answers: Answers, serve: Serve, settings: Any) -> None:
    evil = {"address": "<script>alert(1)</script>", "link": "javascript:alert(1)", "map_url": "javascript:x"}
    serve({**answers, OFFICE: as_json({**json.loads(answers[OFFICE].body), **evil})})
    read_all(settings)
    text = Client().get("/cari-kantor/").text
    assert "&lt;script&gt;alert(1)" in text
    assert "javascript:" not in text


def test_a_private_address_is_not_asked(answers: Answers, serve: Serve, settings: Any) -> None:
    stand = serve(answers)
    settings.WEBHOOK_NETWORKS = []
    read_all(settings)
    assert not stand.asked
    assert OfficeAnswer.objects.get().failure == "ADDRESS"


def test_a_period_without_figures_yet_is_empty_and_the_others_are_read(
    staff: Staff, caller_of: CallerOf, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    """An office answers 404 for a period before its first case."""
    answers = record(caller_of(reads_statistics=True))
    del answers[STATISTICS]
    serve(answers, name="Baru")
    read_all(settings)
    row = read_rows(client_of(staff.kadis))["Baru"]
    assert (row["Keadaan"], row["Permohonan masuk"]) == ("menjawab", "")


def test_the_table_is_sorted_by_a_figure_and_shows_the_chosen_period(
    answers: Answers, staff: Staff, serve: Serve, client_of: ClientOf, settings: Any
) -> None:
    for name, number in (("A", 6.0), ("B", None), ("C", 60.5)):
        serve(change_figures(answers, cases__submitted=number), name=name)
    read_all(settings)
    OfficeAnswer.objects.filter(site=settings.PROVINCE[0]["site"]).update(
        figures={period.key: {"cases.submitted": 7} for period in list_periods_read()[1:2]}
    )
    client = client_of(staff.kadis)
    assert [*read_rows(client)] == ["A", "B", "C"]
    assert [*read_rows(client, urut="cases.submitted")] == ["C", "A", "B"]
    year = read_rows(client, periode=list_periods_read()[1].key)
    assert (year["A"]["Permohonan masuk"], year["C"]["Permohonan masuk"]) == ("7", "60,5")
    assert read_rows(client, periode="1800", urut="x").keys() == year.keys()


def test_an_office_is_found_by_service_village_and_region(
    answers: Answers, serve: Serve, settings: Any
) -> None:
    serve(answers, name="Dinas Satu")
    serve(answers, name="Dinas Dua", region="Kota Lain", villages=[])
    settings.PROVINCE.append({**ENTRY, "name": "Kecamatan Tiga", "site": DEAD, "villages": []})
    read_all(settings)

    def find(text: str) -> list[str]:
        page = Client().get("/cari-kantor/", {"q": text})
        return [row.name for row in page.context["rows"]]

    assert find("") == ["Dinas Dua", "Dinas Satu", "Kecamatan Tiga"]
    assert find("air PUTIH") == ["Dinas Satu"]
    assert find("kota lain") == ["Dinas Dua"]
    assert find("laporan") == ["Dinas Dua", "Dinas Satu"], "the product of the published standard"
    assert find("urusan desa kabupaten") == ["Dinas Satu"]
    assert find("tidak-ada") == []
    text = Client().get("/cari-kantor/").text
    for part in ("Jl. Contoh No. 1", "Senin-Kamis 07.30-16.00", settings.PROVINCE[0]["site"]):
        assert part in text
    assert "Alamat dan jam layanannya belum terbaca." in text


@pytest.mark.parametrize("number", [1, 30])
def test_both_pages_cost_the_same_for_one_office_and_for_thirty(
    number: int,
    staff: Staff,
    client_of: ClientOf,
    settings: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sites = [f"https://{each}.example" for each in range(number)]
    settings.PROVINCE = [{**ENTRY, "name": site, "site": site} for site in sites]
    OfficeAnswer.objects.bulk_create(OfficeAnswer(site=site, answered_at=clock.now()) for site in sites)
    head, citizen = client_of(staff.kadis), Client()
    for client, url, most in ((head, "/provinsi/", 5), (citizen, "/cari-kantor/", 2)):
        with django_assert_num_queries(most):
            assert client.get(url).text.count(".example</") >= number


def test_without_the_setting_both_pages_and_their_links_do_not_exist(
    office: Office, staff: Staff, client_of: ClientOf, settings: Any
) -> None:
    client = client_of(staff.kadis)
    for listed, status in ([], 404), ([{**ENTRY, "name": "Satu", "site": DEAD}], 200):
        settings.PROVINCE = listed
        for url in ("/provinsi/", "/provinsi.csv", "/cari-kantor/"):
            assert client.get(url).status_code == status, url
        links = {link.url for group in list_all_pages(staff.kadis) for link in group.links}
        assert ("/provinsi/" in links) is (status == 200)
    assert client_of(staff.admin).get("/provinsi/").status_code == 200
    assert client_of(staff.petugas).get("/provinsi/").status_code == 404


def test_each_office_is_read_once_an_hour_and_an_unlisted_one_is_forgotten(
    office: Office, settings: Any
) -> None:
    settings.PROVINCE = []
    assert enqueue_readings() == 0
    OfficeAnswer.objects.create(site="https://pergi.example", failure="TOKEN")
    settings.PROVINCE = [{**ENTRY, "name": name, "site": f"https://{name}.example"} for name in "ab"]
    assert enqueue_readings() == 2
    assert not OfficeAnswer.objects.exists()
    read_office.func("https://pergi.example")
    assert not OfficeAnswer.objects.exists()


def read(text: str) -> list[dict[str, Any]]:
    env = Env()
    env.ENVIRON = {"PROVINCE": text}
    return read_province(env)


def test_the_list_is_checked_at_the_start_and_no_message_has_a_token() -> None:
    entry = {**ENTRY, "name": "Satu", "site": "https://satu.example/"}
    assert read("") == []
    assert read(json.dumps([entry]))[0]["site"] == "https://satu.example"
    without = {name: value for name, value in entry.items() if name != "region"}
    for wrong in ("{", "3", '["x"]', json.dumps([without]), json.dumps([{**entry, "villages": 3}])):
        with pytest.raises(ImproperlyConfigured, match="no JSON list"):
            read(wrong)
    for unsound in ([entry, entry], [{**entry, "name": ""}], [{**entry, "site": "x" * 201}]):
        with pytest.raises(ImproperlyConfigured, match="lacks a value or is there twice") as error:
            read(json.dumps(unsound))
        assert "rahasia" not in str(error.value)
