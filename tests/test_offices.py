"""Commands for several offices on one machine, run in a folder instead of /."""

import datetime as dt
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from bench.web_server import ROOT, WebServer, environment, run as run_module
from kit.models import Heartbeat
from operations.management.commands.run_office import Group

pytestmark = pytest.mark.same_on_every_database

STAND_INS = {
    "id": 'case $1 in -u) echo 0 ;; -un) echo root ;; *) grep -qx "$1" MACHINE/users ;; esac',
    "useradd": 'shift 5; [ "$1" != /usr/sbin/nologin ] || shift; echo "$1" >>MACHINE/users',
    "setpriv": 'while case $1 in --*) ;; *) false ;; esac; do shift; done; exec "$@"',
    "install": "shift; while case $1 in -[mog]) ;; *) false ;; esac; do shift 2; done; mkdir -p $*",
    "chgrp": "",
    "chown": "echo chown $* >>MACHINE/log",
    "systemctl": "case $1 in is-*) [ -e MACHINE/enabled/$3 ] || [ -e MACHINE/$1/$3 ] ;; "
    "*) echo $* >>MACHINE/log ;; esac",
    "curl": "for address; do :; done; port=${address#*:*:}; cat MACHINE/answers/${port%%/*} 2>/dev/null",
    "psql": "case $* in *REVOKE*) echo $* >>MACHINE/log ;; *size*) echo 21 ;; *count*) echo 3 ;; "
    "*) [ ! -e MACHINE/no-server ] ;; esac",
    "createuser": "echo createuser $* >>MACHINE/log",
    "createdb": "echo createdb $* >>MACHINE/log",
}
PROGRAM = """#!/bin/sh
echo "$(basename "$(readlink -f "$(dirname "$0")/..")") $DATABASE_URL $*" >>MACHINE/log
[ "$1" != backup ] || touch "$2/manifest.json"
[ ! -e "MACHINE/fails/$1-${DATABASE_URL##*/}" ]
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("machines")


@pytest.fixture
def machine(machines: Path) -> Path:
    """A folder with an installed Rembuk 1.0.0. `bin` has stand-ins for programs that change the system."""
    tmp_path = machines / "machine"
    shutil.rmtree(tmp_path, ignore_errors=True)

    def put(path: str, text: str, mode: int = 0o644) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("MACHINE", str(tmp_path)), encoding="utf-8")
        file.chmod(mode)

    for name, body in STAND_INS.items():
        put(f"bin/{name}", f"#!/bin/sh\n{body}\n", 0o755)
    for name, path in {"rembuk.sh": "bin/rembuk", "offices.sh": "usr/local/lib/rembuk/offices"}.items():
        script = (ROOT / "contrib" / name).read_text(encoding="utf-8")
        folders = r"(?<![\w$}])/(etc|opt|var|usr/local/lib)/"
        put(path, "", 0o755)
        (tmp_path / path).write_text(re.sub(folders, rf"{tmp_path}/\1/", script), encoding="utf-8")
    for name in ("rembuk.env", "restic.env", "nginx.conf"):
        text = (ROOT / "contrib" / name).read_text(encoding="utf-8")
        put(f"opt/rembuk/1.0.0/contrib/{name}", re.sub("/(etc|opt|var)/", rf"{tmp_path}/\1/", text))
    put("opt/rembuk/1.0.0/bin/rembuk", PROGRAM, 0o755)
    put("opt/rembuk/1.0.1/bin/rembuk", PROGRAM, 0o755)
    put("etc/rembuk/rembuk.env", "DATABASE_URL=postgresql:///rembuk\nREMBUK_DATA=MACHINE/var/lib/rembuk\n")
    put("users", "rembuk\n")
    put("log", "")
    (tmp_path / "opt/rembuk/current").symlink_to("1.0.0")
    for folder in ("var/lib/rembuk", "answers", "fails", "enabled"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


type Call = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def call(machine: Path) -> Call:
    def call(line: str) -> subprocess.CompletedProcess[str]:
        environ = {
            "TZ": os.environ.get("TZ", "UTC"),
            "PATH": f"{machine / 'bin'}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", line], cwd=machine, env=environ, text=True, capture_output=True, check=False
        )

    return call


def read_log(machine: Path) -> list[str]:
    """Return and delete the lines of the stand-ins."""
    lines = (machine / "log").read_text(encoding="utf-8").replace(str(machine), "").splitlines()
    (machine / "log").write_text("", encoding="utf-8")
    return lines


@pytest.fixture
def offices(machine: Path, call: Call) -> Path:
    """The machine with three running offices. They have version 1.0.0, and 1.0.1 is installed."""
    kept = machine.with_name("kept")
    if kept.exists():
        shutil.rmtree(machine)
        return shutil.copytree(kept, machine, symlinks=True)
    for number, name in enumerate(("dinsos", "dukcapil", "kominfo")):
        done = call(f"rembuk add_office {name} {name}.example.go.id")
        assert done.returncode == 0, done.stderr
        (machine / "enabled" / f"rembuk@{name}").touch()
        (machine / "answers" / str(8010 + number)).write_text('{"state": "ok"}', encoding="utf-8")
    (machine / "opt/rembuk/current").unlink()
    (machine / "opt/rembuk/current").symlink_to("1.0.1")
    read_log(machine)
    return shutil.copytree(machine, kept, symlinks=True) and machine


def test_an_added_office_shares_nothing_but_the_version(machine: Path, call: Call) -> None:
    for name in ("dinsos", "kominfo"):
        done = call(f"rembuk add_office {name} {name}.example.go.id")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"systemctl enable --now rembuk@{name} rembuk-backup@{name}.timer" in done.stdout
    assert (machine / "users").read_text().split() == ["rembuk", "rembuk-dinsos", "rembuk-kominfo"]
    assert [re.sub(" --.* ", " ", line) for line in read_log(machine)[:4]] == [
        "chown -R rembuk-dinsos:rembuk-dinsos /var/backups/rembuk-dinsos /var/backups/rembuk-dinsos-restic",
        "createuser rembuk-dinsos",
        "createdb rembuk-dinsos",
        '-qAtc REVOKE CONNECT ON DATABASE "rembuk-dinsos" FROM PUBLIC postgres',
    ]
    places = [machine / "etc/rembuk/offices" / name for name in ("dinsos", "kominfo")]
    secrets = [f"secrets/{name}" for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "RESTIC_PASSWORD")]
    for kept in ("rembuk.env", "restic.env", "nginx.conf", *secrets):
        one, other = ((place / kept).read_text(encoding="utf-8") for place in places)
        assert one != other, kept
    texts = [(place / "rembuk.env").read_text(encoding="utf-8") for place in places]
    settings = [dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", text)) for text in texts]
    same = {name for name in settings[0] if settings[0][name] == settings[1][name]}
    assert same == {"HTTPS", "BEHIND_PROXY", "WEB_CONCURRENCY"}
    assert [found["PORT"] for found in settings] == ["8010", "8011"]
    assert settings[0]["PUBLIC_URL"] == "https://dinsos.example.go.id"
    assert "konsultasi@example.go.id" in texts[0], "an example of a mail address, not of the site"
    assert (places[0] / "tls").is_dir()
    sites = [(place / "nginx.conf").read_text(encoding="utf-8") for place in places]
    # nginx knows these once for all sites.
    names = r"(?:upstream|log_format|zone=|map \$uri|shared:|access_log|error_log|server_name) *([^\s:;]+)"
    found, others = (set(re.findall(names, site)) - {"off"} for site in sites)
    assert (len(found), found & others) == (6, set())
    mine = {f"{machine}/{path}" for path in ("etc/rembuk/tls", "opt/rembuk/current", "var/lib/rembuk/")}
    assert not [path for path in mine if path in texts[0] + sites[0]], "these belong to the first office"
    of_another = r"etc/rembuk/(?!offices/dinsos/).*|backups/rembuk(?!-dinsos).*|.*rembuk\.target"
    assert re.findall(of_another, texts[0]) == [], "the comments too"


def test_adding_an_office_again_changes_no_setting_and_no_secret(machine: Path, call: Call) -> None:
    call("rembuk add_office dinsos dinsos.example.go.id")
    place = machine / "etc/rembuk/offices/dinsos"
    (place / "rembuk.env").write_text((place / "rembuk.env").read_text() + "LOG_FORMAT=json\n")
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    (machine / "opt/rembuk/current").unlink()
    (machine / "opt/rembuk/current").symlink_to("1.0.1")
    done = call("rembuk add_office dinsos")
    assert done.returncode == 0
    assert "sudah ada: versi 1.0.0, port 8010." in done.stdout
    assert "JANGAN jalankan migrate" in done.stdout
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    "line",
    [
        *("", "Dinsos x.id", "1a x.id", "a-b x.id", "practice x.id", "before x.id", f"{'a' * 21} x.id"),
        *("dinsos", "dinsos 'x;y'", "dinsos 'x|y'"),
    ],
)
def test_a_name_or_an_address_that_cannot_be_used_is_refused(machine: Path, call: Call, line: str) -> None:
    done = call(f"rembuk add_office {line}")
    assert done.returncode == 1
    assert done.stderr.startswith("rembuk: ")
    assert not list((machine / "etc/rembuk").glob("offices/*/*"))


def test_without_a_local_postgresql_the_database_is_left_to_the_administrator(
    machine: Path, call: Call
) -> None:
    (machine / "no-server").touch()
    done = call("rembuk add_office dinsos dinsos.example.go.id")
    assert done.returncode == 0
    assert "basis data tidak dibuat" in done.stdout
    assert not [line for line in read_log(machine) if line.startswith("create")]


def test_a_command_names_its_office(offices: Path, call: Call) -> None:
    assert call("rembuk migrate; rembuk @dinsos migrate --check").returncode == 0
    assert read_log(offices) == [
        "1.0.1 postgresql:///rembuk migrate",
        "1.0.0 postgresql:///rembuk-dinsos migrate --check",
    ]
    done = call("rembuk @dinkes migrate")
    assert (done.returncode, read_log(offices)) == (2, [])
    assert "tidak ada kantor “dinkes”" in done.stderr


def test_the_list_says_what_was_not_checked(offices: Path, call: Call) -> None:
    (offices / "var/lib/rembuk-dinsos/last-backup").touch()
    (offices / "enabled/rembuk@dukcapil").unlink()
    settings = offices / "etc/rembuk/offices/kominfo/rembuk.env"
    settings.write_text(
        settings.read_text().replace("postgresql:///rembuk-kominfo", "postgresql://a:secret@db/kominfo")
    )
    (offices / "answers/8012").write_text('{"state": "attention"}', encoding="utf-8")
    head, *rows = (re.split("  +", line) for line in call("rembuk offices").stdout.splitlines())
    assert head == ["Kantor", "Keadaan", "Versi", "Antrean", "Cadangan", "Ruang"]
    made = dt.datetime.fromtimestamp((offices / "var/lib/rembuk-dinsos/last-backup").stat().st_mtime)
    assert rows[0][:4] == ["dinsos", "baik", "1.0.0", "3"]
    assert rows[0][4] == made.strftime("%Y-%m-%d %H.%M")
    assert rows[0][5].endswith(" MB berkas, 21 MB basis data")
    assert rows[1][:5] == ["dukcapil", "mati", "1.0.0", "3", "belum ada"]
    assert rows[2][:4] == ["kominfo", "perlu ditangani", "1.0.0", "tidak diperiksa"]
    assert rows[2][5].endswith(" MB berkas")


def test_an_upgrade_of_all_stops_at_the_first_that_fails_and_goes_on_there(offices: Path, call: Call) -> None:
    (offices / "fails/migrate-rembuk-dukcapil").touch()
    done = call("rembuk upgrade --all")
    assert done.returncode == 1
    assert "rembuk: dukcapil: migrate gagal" in done.stderr
    assert "ln -sfn ../1.0.0" in done.stderr
    assert 'rembuk @dukcapil resume_sending "$(hostname)" --waiting=drop' in done.stderr

    def expected(name: str) -> list[str]:
        url, before = f"postgresql:///rembuk-{name}", f"/var/backups/rembuk-{name}-before-1.0.1"
        backup, migrate = f"1.0.0 {url} backup {before}", f"1.0.1 {url} migrate --verbosity 0"
        return [backup, f"stop rembuk@{name}", migrate, f"start rembuk@{name}"]

    assert read_log(offices) == [*expected("dinsos"), *expected("dukcapil")[:3]]
    links = [os.readlink(offices / "opt/rembuk/offices" / name) for name in ("dinsos", "dukcapil", "kominfo")]
    assert links == ["../1.0.1", "../1.0.1", "../1.0.0"]

    (offices / "fails/migrate-rembuk-dukcapil").unlink()
    (offices / "answers/8012").unlink()  # kominfo starts, but does not answer
    done = call("rembuk upgrade --all")
    assert "dinsos: sudah memakai 1.0.1" in done.stdout
    assert "rembuk: kominfo: http://127.0.0.1:8012/healthz/ready tidak menjawab" in done.stderr
    # No new backup: it would replace the one from before the failed `migrate`.
    assert read_log(offices) == [*expected("dukcapil")[1:], *expected("kominfo")]

    (offices / "answers/8012").touch()
    done = call("rembuk upgrade --all")
    assert done.returncode == 0
    assert "Semua kantor memakai Rembuk 1.0.1." in done.stdout
    assert read_log(offices) == expected("kominfo")[1:]


@pytest.mark.parametrize(
    ("name", "link", "target"),
    [("dinsos", "opt/rembuk/offices/dinsos", "../"), ("rembuk", "opt/rembuk/current", "")],
)
def test_an_office_that_went_back_and_worked_is_backed_up_again(
    offices: Path, call: Call, name: str, link: str, target: str
) -> None:
    def point(version: str) -> None:
        (offices / link).unlink()
        (offices / link).symlink_to(f"{target}{version}")

    def upgrade() -> bool:
        assert call(f"rembuk upgrade @{name}").returncode == 1
        return any(" backup " in line for line in read_log(offices))

    database = {"rembuk": "rembuk"}.get(name, f"rembuk-{name}")
    (offices / f"fails/migrate-{database}").touch()
    assert upgrade()
    assert not upgrade()
    point("1.0.0")
    if name == "rembuk":  # bin/install server again
        point("1.0.1")
    assert upgrade()


def test_a_file_that_was_missing_before_stops_no_upgrade(offices: Path, call: Call) -> None:
    """Then `rembuk backup` ends with 1, but has made its backup."""
    (offices / "fails/backup-rembuk-dinsos").touch()
    assert call("rembuk upgrade @dinsos").returncode == 0


def test_an_office_whose_settings_were_not_written_does_not_exist(machine: Path, call: Call) -> None:
    template = machine / "opt/rembuk/1.0.0/contrib/nginx.conf"
    text = template.read_text(encoding="utf-8")
    template.unlink()
    assert call("rembuk add_office dinsos dinsos.example.go.id").returncode != 0
    template.write_text(text, encoding="utf-8")
    assert "kantor dinsos siap diisi" in call("rembuk add_office dinsos dinsos.example.go.id").stdout


def test_a_version_that_an_office_is_running_is_not_installed_again(offices: Path, call: Call) -> None:
    folder = offices / "rembuk-1.0.0"
    (folder / "bin").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('version = "1.0.0"\n')
    script = (ROOT / "bin/install-server").read_text(encoding="utf-8")
    script = re.sub(r"(?<![\w$}/])/opt/", f"{offices}/opt/", script)
    (folder / "bin/install-server").write_text(script, encoding="utf-8")
    done = call("sh rembuk-1.0.0/bin/install-server")
    assert done.returncode == 1
    assert "rembuk@dinsos sedang berjalan dengan Rembuk 1.0.0" in done.stderr


@pytest.mark.parametrize("state", ["enabled", "is-active"])
def test_the_office_without_a_name_is_upgraded_with_the_others(state: str, offices: Path, call: Call) -> None:
    """Also if it runs but does not start with the machine."""
    (offices / state).mkdir(exist_ok=True)
    (offices / state / "rembuk.target").touch()
    (offices / "answers/8000").touch()
    assert "\nrembuk " in call("rembuk offices").stdout
    assert call("rembuk upgrade --all").returncode == 0
    stop, start = "stop rembuk.target rembuk-web rembuk-worker@* rembuk-scheduler", "start rembuk.target"
    assert [line for line in read_log(offices)[:4] if line[0] == "s"] == [stop, start]


@pytest.mark.parametrize(("name", "unit"), [("dinsos", "rembuk@dinsos"), ("rembuk", "rembuk.target")])
def test_an_office_that_ran_before_a_failed_upgrade_runs_after_its_repetition(
    offices: Path, call: Call, name: str, unit: str
) -> None:
    """The first attempt has stopped it, and it does not start with the machine."""
    (offices / "enabled/rembuk@dinsos").unlink()
    (offices / "is-active").mkdir()
    (offices / "is-active" / unit).touch()
    (offices / "answers/8000").touch()
    failure = offices / "fails" / {"rembuk": "migrate-rembuk"}.get(name, f"migrate-rembuk-{name}")
    failure.touch()
    assert call("rembuk upgrade --all").returncode == 1
    (offices / "is-active" / unit).unlink()
    failure.unlink()
    read_log(offices)
    assert call("rembuk upgrade --all").returncode == 0
    assert f"start {unit}" in read_log(offices)
    assert not list((offices / "etc/rembuk").rglob("was-running"))


def test_who_went_back_from_a_working_version_is_told_the_way_back_again(offices: Path, call: Call) -> None:
    assert call("rembuk upgrade @dinsos").returncode == 0
    link = offices / "opt/rembuk/offices/dinsos"
    link.unlink()
    link.symlink_to("../1.0.0")
    (offices / "fails/migrate-rembuk-dinsos").touch()
    for _ in range(2):
        done = call("rembuk upgrade @dinsos")
        assert done.returncode == 1
        assert f"ln -sfn ../1.0.0 {link}" in done.stderr


@pytest.mark.parametrize(
    ("line", "last"), [("upgrade @dinsos", ["start rembuk@dinsos"]), ("@dinsos migrate --verbosity 0", [])]
)
def test_migrate_gives_the_second_role_of_the_database_its_rights(
    offices: Path, call: Call, line: str, last: list[str]
) -> None:
    """Otherwise the running office and its backup cannot read a new table."""
    (offices / "etc/rembuk/offices/dinsos/owner.env").write_text(
        "DATABASE_URL=postgresql://owner@db/dinsos\n"
    )
    (offices / "fails/grants-dinsos").touch()
    assert call(f"rembuk {line}").returncode == 1
    assert "start rembuk@dinsos" not in read_log(offices)

    (offices / "fails/grants-dinsos").unlink()
    assert call(f"rembuk {line}").returncode == 0
    assert [row.partition(" postgresql://owner@db/dinsos ")[2] or row for row in read_log(offices)][
        -3 - len(last) :
    ] == ["migrate --verbosity 0", "grants rembuk-dinsos", "dbshell -- --quiet -v ON_ERROR_STOP=1", *last]


def test_an_office_may_wait_with_its_upgrade_and_one_that_is_off_stays_off(offices: Path, call: Call) -> None:
    (offices / "enabled/rembuk@dinsos").unlink()
    assert call("rembuk upgrade @dinsos").returncode == 0
    assert "start rembuk@dinsos" not in read_log(offices)
    links = [os.readlink(offices / "opt/rembuk/offices" / name) for name in ("dinsos", "dukcapil")]
    assert links == ["../1.0.1", "../1.0.0"]


def start_office(folder: Path, **more: str) -> WebServer:
    env = environment(REMBUK_DATA=str(folder), DEBUG="true", WEB_CONCURRENCY="1", **more)
    run_module("manage", "migrate", "--no-input", "-v0", env=env)
    return WebServer(env, [sys.executable, "manage.py", "run_office"])


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.release
def test_the_processes_of_an_office_are_replaced_and_end_together(tmp_path: Path) -> None:
    with start_office(tmp_path) as office:
        before = office.list_workers()
        assert len(before) == 2
        for process in before:
            os.kill(process, signal.SIGKILL)
        # The orphan of the killed web server may still answer the first visitor.
        wait_until(lambda: office.wait() >= 0 and len({*office.list_workers()} - {*before}) == 2)
        after = office.list_workers()
        office.process.terminate()
        assert office.process.wait(30) == 0
    assert not [pid for pid in after if Path(f"/proc/{pid}").exists()]


@pytest.mark.release
def test_an_office_without_visitors_sleeps_does_its_jobs_and_wakes_for_the_next_one(tmp_path: Path) -> None:
    table = Heartbeat._meta.db_table

    def list_heartbeats() -> dict[str, float]:
        with closing(sqlite3.connect(tmp_path / "rembuk.sqlite3")) as database:
            rows = database.execute(f"SELECT kind, max(julianday(seen_at)) FROM {table} GROUP BY 1")  # noqa: S608
            return dict(rows)

    with start_office(tmp_path, SLEEP_AFTER="3", METRICS_TOKEN="rahasia") as office:
        wait_until(lambda: not office.list_workers())
        asleep = list_heartbeats()
        wait_until(lambda: all(seen > asleep[kind] for kind, seen in list_heartbeats().items()))
        wait_until(lambda: not office.list_workers())
        assert office.get("/healthz", timeout=30) == 200
        status = office.get("/tidak-ada/", timeout=30)
        scrape = Request(  # the web server that fell asleep has deleted its counts
            f"http://127.0.0.1:{office.port}/metrics", headers={"Authorization": "Bearer rahasia"}
        )
        with urlopen(scrape) as response:  # noqa: S310
            count = f'rembuk_request_seconds_count{{status="{status}",view="none"}} 1.0'
            assert count in response.read().decode()
        wait_until(lambda: len(office.list_workers()) == 2)


@pytest.mark.release
def test_an_office_that_never_sleeps_keeps_its_processes(tmp_path: Path) -> None:
    with start_office(tmp_path, SLEEP_AFTER="0") as office:
        before = office.list_workers()
        time.sleep(5)
        assert office.list_workers() == before != []


ASKED = """
import pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
def note(*_signal):
    with (folder / "asked").open("a") as file:
        file.write("x")
signal.signal(signal.SIGTERM, note)
(folder / "ready").touch()
while not (folder / "end").exists():
    time.sleep(0.01)
"""
"""A worker in the middle of a task."""


def run_python(*arguments: str) -> int:
    command = [sys.executable, "-c", *arguments]
    return os.posix_spawn(sys.executable, command, os.environ)


def test_a_worker_is_asked_to_end_once_however_often_the_web_server_ends(tmp_path: Path) -> None:
    """A worker that is asked twice aborts its task."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        group = Group(listener)
        group.worker = run_python(ASKED, str(tmp_path))

        def is_buried() -> bool:
            group.bury()
            return not group.web

        wait_until((tmp_path / "ready").exists)
        for _ in range(2):
            group.web = run_python("")
            wait_until(is_buried)
            wait_until((tmp_path / "asked").exists)
        (tmp_path / "end").touch()
        group.stop()
    assert (tmp_path / "asked").read_text() == "x"


@pytest.mark.release
def test_a_round_that_is_ended_finishes_its_jobs_and_begins_no_task(tmp_path: Path) -> None:
    code = f"""
import django, os, signal
django.setup()
from kit import jobs
from kit.models import Heartbeat
from operations.management.commands.run_office import work_once
@jobs.register
def end():
    os.kill(os.getpid(), signal.SIGTERM)
    open({str(tmp_path / "done")!r}, "w").close()
work_once("round")
assert {{*Heartbeat.objects.values_list("kind", flat=True)}} == {{Heartbeat.Kind.SCHEDULER}}
"""
    env = environment(REMBUK_DATA=str(tmp_path), DEBUG="true", DJANGO_SETTINGS_MODULE="config.settings")
    run_module("manage", "migrate", "--no-input", "-v0", env=env)
    run_code = [sys.executable, "-c", code]
    subprocess.run(run_code, env=env, cwd=ROOT, timeout=120, check=True)  # noqa: S603
    assert (tmp_path / "done").exists()
