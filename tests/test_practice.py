"""The practice office: nothing leaves it, it is recognised on every page, and nothing else can be erased."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from environ import Env

from config.environment import read_practice
from consultations.enums import State
from notices.models import SEND_BY_HAND, Message
from notices.queries import delivery_alarm
from notices.services.delivery import deliver
from office.models import Office, User
from operations.demo import practice
from operations.demo.management.commands.practice import Command
from operations.demo.practice import NotPracticeError
from operations.demo.scenarios import SCENARIOS
from operations.demo.views import ACCOUNTS
from tests.factories import ClientOf, Staff, case_at
from tests.print.documents import html_of

FEW = SCENARIOS[:12]
SHARED = {"DATABASE_URL": "postgresql:///rembuk"}
OUTGOING = (
    {"EMAIL_URL": "smtp://mail.example", "WHATSAPP": "cloud", "OIDC_ISSUER": "https://sso.example"}
    | {"SIGNER": "bsre", "BSRE_URL": "https://bsre.example", "SENTRY_DSN": "https://sentry.example/1"}
    | {"SEAL_PKCS12": "/segel.p12", "SEAL_RECIPIENTS": "inspektorat@example.go.id"}
    | {"SIGNER_TIMESTAMP_URL": "https://tsa.example"}
)


def environment(**values: str) -> Env:
    env = Env()
    env.ENVIRON = values
    return env


def test_a_practice_office_ignores_where_things_are_sent_and_another_does_not() -> None:
    env = environment(PRACTICE="true", REMBUK_DATA="/tmp/latihan", **OUTGOING)  # noqa: S108
    assert read_practice(env)
    assert env.ENVIRON == {"PRACTICE": "true", "REMBUK_DATA": "/tmp/latihan"}  # noqa: S108
    another = environment(**OUTGOING, **SHARED)
    assert not read_practice(another)
    assert another.ENVIRON == OUTGOING | SHARED


@pytest.mark.parametrize(
    "values",
    [
        {"REMBUK_DATA": "/data", "DATABASE_URL": "postgresql:///rembuk"},
        {"REMBUK_DATA": "/data", "STORAGE_URL": "s3://rembuk"},
        {"REMBUK_DATA": "/data", "CACHE_URL": "valkey://localhost"},
        {},
    ],
)
def test_a_practice_office_shares_nothing_with_another(values: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="PRACTICE=true"):
        read_practice(environment(PRACTICE="true", **values))


@pytest.mark.only_on("sqlite", reason="practice offices run on SQLite")
def test_the_database_of_a_real_office_stops_the_start(folders: dict[str, Path], tmp_path: Path) -> None:
    """Also that of an older version, which has no mark. An empty database is no office yet."""

    def read(folder: Path) -> bool:
        return read_practice(environment(PRACTICE="true", REMBUK_DATA=str(folder)))

    assert read(folders["old"])
    assert read(tmp_path)
    (tmp_path / "rembuk.sqlite3").touch()
    assert read(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="that of a real office"):
        read(folders["real"])
    with closing(sqlite3.connect(folders["old"] / "rembuk.sqlite3")) as database:
        database.execute("ALTER TABLE office_office RENAME COLUMN is_practice TO is_open")
    with pytest.raises(ImproperlyConfigured, match="that of a real office"):
        read(folders["old"])


# What may be erased.


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that were started."""
    found: list[Any] = []
    monkeypatch.setattr(subprocess, "run", lambda *args, **_more: found.append(args))
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_more: found.append(args))
    return found


WAYS: dict[str, Callable[[], object]] = {
    "anew": practice.start_anew,
    "anew soon": practice.start_anew_soon,
    "replace": lambda: practice.replace(Path("/nowhere")),
    "prepare": practice.prepare,
    "practice": lambda: call_command(Command()),
    "practice --anew": lambda: call_command(Command(), "--anew"),
}


@pytest.fixture(params=[(False, False), (True, False), (False, True)], ids=["real", "set", "marked"])
def real_office(request: pytest.FixtureRequest, office: Office, settings: Any) -> None:
    """The setting alone makes no practice office, and neither does the mark in the database."""
    settings.PRACTICE, is_marked = request.param
    Office.objects.update(is_practice=is_marked)


@pytest.mark.usefixtures("real_office")
def test_a_real_office_is_never_erased(staff: Staff, started: list[Any], subtests: pytest.Subtests) -> None:
    before = (Office.objects.get(), User.objects.count())
    for name, way in WAYS.items():
        with subtests.test(name), pytest.raises((NotPracticeError, CommandError)):
            way()
        assert (Office.objects.get(), User.objects.count(), started) == (*before, [])


@pytest.mark.usefixtures("real_office")
def test_the_pages_of_a_real_office_answer_404(
    staff: Staff, client_of: ClientOf, settings: Any, started: list[Any]
) -> None:
    settings.ROOT_URLCONF = "tests.practice_urls"
    client = client_of(staff.admin)
    assert client.post("/latihan/mulai-dari-awal/").status_code == 404
    assert client.post("/latihan/masuk/", {"username": ACCOUNTS[0]}).status_code == 404
    assert client.get("/latihan/disiapkan/").status_code == 404
    assert client.get("/masuk/").status_code == 404
    assert started == []


def test_without_the_setting_there_are_no_such_addresses(staff: Staff, client_of: ClientOf) -> None:
    assert client_of(staff.admin).post("/latihan/mulai-dari-awal/").status_code == 404
    assert "demo" not in project.INSTALLED_APPS
    assert not Office._meta.get_field("is_practice").editable, "no form can mark an office"


@pytest.fixture
def folders(transactional_db: None, office: Office, tmp_path: Path) -> dict[str, Path]:
    """Data folders of two practice offices and a real one, each with a file."""
    found = {}
    for name, is_practice in (("old", True), ("new", True), ("real", False)):
        office.name, office.is_practice = name, is_practice
        office.save()
        folder = tmp_path / name
        (folder / "files").mkdir(parents=True)
        (folder / "files" / f"{name}.pdf").touch()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "rembuk.sqlite3")])
        found[name] = folder
    return found


def replace(target: Path, source: Path) -> str:
    """Replace `target` by `source` in a process of its own. Return the last line of its errors."""
    code = "from pathlib import Path; from operations.demo.practice import replace; "
    code += f"replace(Path({str(source)!r}))"
    command = [sys.executable, str(project.BASE_DIR / "manage.py"), "shell", "--no-imports", "-c", code]
    values = {"PRACTICE": "true", "REMBUK_DATA": str(target), "SECRET_KEY": "only-for-tests"}
    done = subprocess.run(command, env=values, capture_output=True, text=True)  # noqa: S603
    return done.stderr.strip().rpartition("\n")[2]


def read(folder: Path) -> tuple[str, set[str]]:
    """Return the office's name and the files of a data folder."""
    with sqlite3.connect(folder / "rembuk.sqlite3") as database:
        (name,) = database.execute("SELECT name FROM office_office").fetchone()
    database.close()
    return name, {path.name for path in (folder / "files").iterdir()}


@pytest.mark.release
@pytest.mark.only_on("sqlite", reason="practice offices run on SQLite")
@pytest.mark.parametrize(
    ("target", "source", "remains"), [("old", "new", "new"), ("real", "new", "real"), ("old", "real", "old")]
)
def test_database_and_files_are_replaced_only_between_practice_offices(
    target: str, source: str, remains: str, folders: dict[str, Path]
) -> None:
    other = sqlite3.connect(folders[target] / "rembuk.sqlite3")  # open all the time, as in a web process
    other.execute("SELECT COUNT(*) FROM office_user").fetchall()
    error = replace(folders[target], folders[source])
    refusal = "that of a real office" if target == "real" else "NotPracticeError"
    assert (refusal in error) == (remains == target), error
    assert other.execute("SELECT name FROM office_office").fetchall() == [(remains,)]
    other.close()
    assert read(folders[target]) == (remains, {f"{remains}.pdf"})


# The pages of a practice office say that it is one.


@pytest.fixture
def practising(db: None, settings: Any) -> None:
    settings.PRACTICE, settings.ROOT_URLCONF = True, "tests.practice_urls"
    assert practice.prepare(FEW)


@pytest.mark.release
def test_a_practice_office(practising: None, subtests: pytest.Subtests, started: list[Any]) -> None:
    for check in (
        its_name_is_that_of_no_real_office_and_it_can_be_prepared_again,
        each_role_logs_in_with_a_click,
        only_the_accounts_of_the_page_open,
        every_page_says_so,
        messages_wait_and_alarm_nobody,
        whatsapp_is_not_opened,
        a_new_start_is_one_click_and_a_confirmation,
    ):
        with subtests.test(check.__name__):
            check(started)


def its_name_is_that_of_no_real_office_and_it_can_be_prepared_again(_started: list[Any]) -> None:
    office, before = Office.load(), User.objects.count()
    assert office.name.startswith("Kantor Latihan Dinas")
    assert office.is_practice
    assert (office.phone, office.email, office.unit_code) == ("", "layanan@dinas.example", "LATIHAN")
    assert practice.prepare(FEW) is False
    assert User.objects.count() == before


def each_role_logs_in_with_a_click(_started: list[Any]) -> None:
    page = Client().get("/masuk/?next=/permohonan/").text
    assert page.count('data-form="practice_login"') == len(ACCOUNTS) == 7
    for name in ACCOUNTS:
        client = Client()
        typed = {"username": name, "next": "https://luar.example/"}
        desk = client.post("/latihan/masuk/", typed, follow=True)
        assert desk.request["PATH_INFO"] == "/meja/"
        assert desk.context["user"].username == name
        assert "Perkenalan 1 dari 4" in desk.text
    target = Client().post("/latihan/masuk/", {"username": "pkd", "next": "/permohonan/"})
    assert target["Location"] == "/permohonan/"


def logged_in(username: str) -> Client:
    client = Client()
    client.post("/latihan/masuk/", {"username": username})
    return client


def only_the_accounts_of_the_page_open(_started: list[Any]) -> None:
    User.objects.filter(username="pengawas").update(is_active=False)
    for name in ("kabid1", "pengawas", "", "\0"):
        assert Client().post("/latihan/masuk/", {"username": name}).status_code == 404
    assert Client().get("/latihan/masuk/").status_code == 405


def every_page_says_so(_started: list[Any]) -> None:
    staff = logged_in("admin")
    pages = [Client().get(address).text for address in ("/", "/ajukan/", "/masuk/", "/papan/", "/tidak-ada/")]
    pages += [staff.get(address).text for address in ("/meja/", "/pengaturan/", "/akun/email/")]
    for page in [*pages, render_to_string("500.html"), render_to_string("503.html", {"sentence": ""})]:
        assert page.count('class="practice"') == 1
        assert "<title>LATIHAN · " in page.replace("<title>\n", "<title>")


def messages_wait_and_alarm_nobody(_started: list[Any]) -> None:
    waiting = Message.objects.filter(status=Message.Status.WAITING, by_hand=False)
    assert (waiting.exists(), deliver(), delivery_alarm()) == (True, 0, None)
    message = waiting.first()
    assert message
    assert message.get_status_display() == "akan terkirim (latihan: tidak dikirim)"


def whatsapp_is_not_opened(_started: list[Any]) -> None:
    message = Message.objects.filter(SEND_BY_HAND).earliest("pk")
    client = logged_in("sekretariat")
    page = client.get("/pesan/").text
    assert "Di kantor latihan tidak ada yang dikirim" in page
    address = reverse("open_message", args=[message.pk])
    assert address not in page
    assert client.get(address).status_code == 404


def a_new_start_is_one_click_and_a_confirmation(started: list[Any]) -> None:
    assert Client().post("/latihan/mulai-dari-awal/")["Location"].startswith("/masuk/")
    client = logged_in("petugas7")
    assert "Hapus semua dan mulai dari awal" in client.get("/latihan/mulai-dari-awal/").text
    assert started == []
    assert client.post("/latihan/mulai-dari-awal/")["Location"] == "/latihan/disiapkan/"
    assert [command[0][-2:] for command in started] == [["practice", "--anew"]]
    # No process has inherited the lock, so the page counts the new office as ready.
    assert client.get("/latihan/disiapkan/")["Location"] == "/masuk/"
    with practice._open_lock() as lock:
        assert not practice._is_taken(lock)
        assert "sedang disiapkan" in client.get("/latihan/disiapkan/").text
        assert client.get("/masuk/")["Location"] == "/latihan/disiapkan/"
        client.post("/latihan/mulai-dari-awal/")
    assert len(started) == 1


def test_a_paper_of_a_practice_office_says_so(staff: Staff, settings: Any) -> None:
    case = case_at(State.HELD, staff)
    assert "LATIHAN" not in html_of("lembar-disposisi", case)
    settings.PRACTICE = True
    assert "LATIHAN<small>bukan naskah resmi</small>" in html_of("lembar-disposisi", case)


def test_every_paper_has_the_base_that_says_so() -> None:
    folder = project.BASE_DIR / "templates" / "print"
    whole = [path for path in folder.glob("*.html") if "{% block content %}" in path.read_text("utf-8")]
    assert len(whole) > 15
    for path in whole:
        start = path.read_text("utf-8")
        assert path.name in ("base.html", "unavailable.html") or '{% extends "print/' in start, path


def test_search_engines_are_asked_to_stay_away(settings: Any) -> None:
    assert "X-Robots-Tag" not in Client().get("/healthz/live")
    settings.PRACTICE = True
    assert Client().get("/healthz/live")["X-Robots-Tag"] == "noindex, nofollow"


def test_a_real_office_links_to_its_practice_office(staff: Staff, client_of: ClientOf, settings: Any) -> None:
    client = client_of(staff.pkd)
    assert "kantor latihan" not in client.get("/meja/?perkenalan=4").text + Client().get("/masuk/").text
    settings.PRACTICE_URL = "https://latihan.example"
    for page in (client.get("/meja/?perkenalan=4").text, Client().get("/masuk/").text):
        assert 'href="https://latihan.example"' in page
