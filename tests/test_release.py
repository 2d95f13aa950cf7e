"""The wheel runs without the repository, and runs the commands of docs/operations.md as they are written."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import textwrap
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.utils import translation
from django.utils.text import slugify

from bench.web_server import ROOT, WebServer
from config.environment import SECRETS
from operations.conditions import CHECKS
from operations.management.commands.settings_doc import list_variables
from tests.shared_data import each

pytestmark = pytest.mark.same_on_every_database

PAGES = [ROOT / "docs" / name for name in ("operations.md", "panduan/operasional.md")]
TRANSLATED = {
    "secrets": "rahasia",
    "backup": "cadangan",
    "upgrading": "peningkatan",
    "capacity": "kapasitas",
    "settings": "pengaturan-server",
}
"""The other pages for the people who run the server, in English and in Indonesian."""

FOR_OPERATORS = [
    *PAGES,
    *(ROOT / "docs" / f"{name}.md" for name in TRANSLATED),
    *(ROOT / "docs" / "panduan" / f"{name}.md" for name in TRANSLATED.values()),
]


def list_blocks(page: Path, language: str = "sh") -> list[str]:
    found = re.findall(rf"(?ms)^( *)```{language}\n(.*?)^ *```", page.read_text(encoding="utf-8"))
    return [textwrap.dedent(block) for _spaces, block in found]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel in `venv`, which sees the installed libraries, not the repository."""
    place = tmp_path_factory.mktemp("release")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True)  # noqa: S603
    venv.create(place / "venv", symlinks=True)
    libraries = next(place.glob("venv/lib/*/site-packages"))
    (libraries / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    install = [str(place / "venv/bin/python"), "-m", "installer", *map(str, place.glob("*.whl"))]
    subprocess.run(install, cwd=place, check=True)  # noqa: S603
    return place


@pytest.fixture(scope="module")
def settings_of(place: Path) -> Callable[[str], dict[str, str]]:
    """Return the environment of a site whose data are in a folder of that name."""
    foreign = {*list_variables(), "PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    others = {name: value for name, value in os.environ.items() if name not in foreign}
    others |= {"BACKUP_DIR": str(place / "backup")}
    others |= {"SECRET_KEY": "only-for-tests", "PATH": f"{place / 'venv/bin'}:{os.environ['PATH']}"}
    return lambda name: {**others, "REMBUK_DATA": str(place / name)}


@pytest.fixture(scope="module")
def run(place: Path, settings_of: Callable[[str], dict[str, str]]) -> Callable[[str, str], str]:
    def run(line: str, site: str) -> str:
        line = line.replace("/var/backups/rembuk", str(place / "backup"))
        return subprocess.check_output(  # noqa: S602
            line, shell=True, cwd=place, env=settings_of(site), text=True, stdin=subprocess.DEVNULL
        )

    return run


@pytest.fixture(scope="module")
def site(run: Callable[[str, str], str]) -> str:
    """A site that the commands of the installation made."""
    for line in "".join(list_blocks(PAGES[0])[:5]).splitlines():
        if line.startswith("rembuk "):
            run(line, "office")
    return "office"


@pytest.mark.release
def test_the_installed_wheel_serves_pages(
    place: Path, site: str, settings_of: Callable[[str], dict[str, str]]
) -> None:
    """DEBUG spares the test the compression of the static files. The page contains its own styles."""
    command = [str(place / "venv/bin/rembuk"), "run_web"]
    with WebServer({**settings_of(site), "DEBUG": "true"}, command, folder=place) as server:
        address = f"http://127.0.0.1:{server.port}/"
        english = urllib.request.Request(address, headers={"Cookie": "language=en"})
        page = urllib.request.urlopen(english).read().decode()  # noqa: S310
    assert '<html lang="en"' in page
    assert "<style nonce=" in page


@pytest.mark.release
def test_documented_backups_are_restored(place: Path, site: str, run: Callable[[str, str], str]) -> None:
    blocks = list_blocks(PAGES[0])
    backup = next(block for block in blocks if "verify_backup" in block)
    restore = next(block for block in blocks if "rembuk restore" in block)
    run("rembuk setup_office", site)
    for line in backup.splitlines():
        run(line, site)
    for line in restore.splitlines():
        if line.startswith("rembuk "):
            run(line, "other")
    with contextlib.closing(sqlite3.connect(place / "other/rembuk.sqlite3")) as database:
        assert database.execute("SELECT unit_code FROM office_office").fetchall() == [("DINSOSPMD",)]


def test_both_languages_have_the_same_commands() -> None:
    english, indonesian = map(list_blocks, PAGES)
    assert english == indonesian
    for language in ("sh", "text"):
        of_operations = set(list_blocks(PAGES[0], language))
        for name, translated in TRANSLATED.items():
            blocks = set(list_blocks(ROOT / "docs" / f"{name}.md", language))
            others = set(list_blocks(ROOT / "docs" / "panduan" / f"{translated}.md", language))
            assert blocks <= others <= blocks | of_operations, name


@each("page", FOR_OPERATORS)
def test_settings_commands_and_pages_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text))
    assert named <= {*list_variables(), *OF_OTHERS}
    for link, anchor in re.findall(r"\]\((?!https:)([^)#]*)(?:#([^)]+))?\)", text):
        target = (page.parent / link) if link else page
        assert target.exists(), link
        assert not anchor or anchor in list_anchors(target), anchor
    for line in [*re.findall(r"`(rembuk [a-z][^`]*)`", text), *"".join(list_blocks(page)).splitlines()]:
        words = [word for word in line.split() if not word.startswith("@")]
        if words[0] == "rembuk" and words[1] not in OF_SHELL:
            options = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
            assert options <= list_options(words[1]), line


OF_SHELL = {"restic", "offices", "add_office", "upgrade"}
"""Commands of contrib/rembuk.sh and contrib/offices.sh, which tests/test_offices.py runs."""

OF_OTHERS = {
    "POSTGRES_PASSWORD",
    "RESTIC_PASSWORD",
    "CREDENTIALS_DIRECTORY",
    "SECRET_KEY_FILE",
}
"""Names of Rembuk's containers, of restic and of secrets."""


def list_anchors(page: Path) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.+)", page.read_text(encoding="utf-8"))
    return {slugify(title) for title in titles}


def list_options(command: str) -> set[str]:
    """Return the options of a command. Raise KeyError if there is none of that name."""
    parser = load_command_class(get_commands()[command], command).create_parser("rembuk", command)
    return set(parser._option_string_actions)


@each("page", PAGES)
def test_the_page_names_each_condition_that_monitoring_reads(page: Path) -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| \*(.+)\* \| .+ \| `(\w+)` \|$", page.read_text(encoding="utf-8"))
    with translation.override("id"):
        assert rows == [(check.name, str(check.label), check.failed.value) for check in CHECKS]


def test_the_indonesian_page_explains_sentences_that_commands_say() -> None:
    sources = [ROOT / "trust/record/management/commands/verify_record.py", *ROOT.glob("operations/*/*.py")]
    sources += ROOT.glob("operations/management/commands/*.py")
    said = "".join(source.read_text(encoding="utf-8") for source in sources)
    quoted = re.findall(r"(?m)^\| [^|]*\| `([^`]+)` \| [^|]+ \|$", PAGES[1].read_text(encoding="utf-8"))
    assert len(quoted) == 17
    assert [sentence for sentence in quoted if sentence not in said] == []


def test_indonesian_pages_name_each_secret_and_the_figures_of_the_english_ones() -> None:
    def read(name: str) -> str:
        return (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert set(SECRETS) <= set(re.findall(r"`(\w+)`", read("panduan/rahasia.md")))
    figures = set(re.findall(r"\d[\d,.]*\d|\d", read("capacity.md") + read("operations.md")))
    named = re.findall(r"\d[\d,.]*\d|\d", read("panduan/kapasitas.md"))
    assert len(named) > 30
    assert {number.translate(str.maketrans(",.", ".,")) for number in named} <= figures


def test_proxies_accept_the_largest_body_of_the_site(settings: Any) -> None:
    megabytes = settings.MAX_BODY_LIMIT // 1024**2
    contrib = ROOT / "contrib"
    assert f"client_max_body_size {megabytes}m;" in (contrib / "nginx.conf").read_text(encoding="utf-8")
    assert f"max_size {megabytes}MiB\n" in (contrib / "Caddyfile").read_text(encoding="utf-8")


@each(
    ("unit", "office"), [("rembuk-backup", "setiap malam:"), ("rembuk-backup@", "kantor bernama bergiliran")]
)
def test_the_installer_names_the_hours_of_the_backup(unit: str, office: str) -> None:
    timer = (ROOT / "contrib" / "systemd" / f"{unit}.timer").read_text(encoding="utf-8")
    begins = re.search(r"OnCalendar=\*-\*-\* (\d\d):(\d\d)", timer)
    delay = re.search(r"RandomizedDelaySec=(\d+)(min|h)", timer)
    assert begins
    assert delay
    minutes = int(begins[1]) * 60 + int(begins[2])
    until = minutes + int(delay[1]) * (60 if delay[2] == "h" else 1)
    hours = [f"{moment // 60:02}.{moment % 60:02}" for moment in (minutes, until)]
    said = (ROOT / "bin" / "install-server").read_text(encoding="utf-8")
    assert f"{office} antara {' dan '.join(hours)}" in said


@pytest.mark.release
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    units = shutil.copytree(ROOT / "contrib" / "systemd", tmp_path / "units")
    for unit in units.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        for program in ("/opt/rembuk/current/bin", "/opt/rembuk/offices/%i/bin", "/usr/local/bin"):
            text = text.replace(f"{program}/rembuk", "/bin/true")
        unit.write_text(text, encoding="utf-8")
    # bin/install-server copies these, because a prefix fits only one of the two units of an office.
    shutil.copy(units / "rembuk-.service.d/common.conf", units / "rembuk@.service.d")
    shutil.copytree(units / "rembuk@.service.d", units / "rembuk-backup@.service.d")
    names = [str(unit).replace("@.", "@1.") for unit in units.iterdir() if unit.is_file()]
    checked = subprocess.run(  # noqa: S603
        ["systemd-analyze", "verify", *names],  # noqa: S607
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_release_carries_nothing_without_a_hash() -> None:
    downloads = re.findall(r"pip download (?:.*\\\n)*.*", (ROOT / "bin/release").read_text(encoding="utf-8"))
    assert len(downloads) == 2
    assert all("--require-hashes" in line for line in downloads)


def test_a_release_needs_a_clean_commit_that_says_its_version(tmp_path: Path) -> None:
    """Each refusal in turn; nothing is built and nothing tagged."""

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, check=False)  # noqa: S603
        return done.stdout + done.stderr

    for name in ("pyproject.toml", "publiccode.yml", "bin/release", "docs/upgrading.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 9.9.9 (not yet released)\n")
    run("git", "init", "-q")
    assert "git status" in run("bin/release")

    def commit() -> None:
        run("git", "add", "--all")
        run("git", "-c", "user.name=Uji", "-c", "user.email=uji@example", "commit", "-qm", "Uji")

    for name, old, new, refusal in (
        ("pyproject.toml", r'(?m)^version = ".*"', 'version = "9.9.9"', "CHANGELOG.md has no section"),
        ("CHANGELOG.md", "not yet released", "2030-01-31", "another softwareVersion"),
        ("publiccode.yml", 'softwareVersion: ".*"', 'softwareVersion: "9.9.9"', "upgrading.md does not name"),
        ("docs/upgrading.md", "## Notes", "## Notes\n\n9.9.9", "the tag v9.9.9 exists"),
    ):
        page = tmp_path / name
        page.write_text(re.sub(old, new, page.read_text(encoding="utf-8")), encoding="utf-8")
        commit()
        if "tag" in refusal:
            run("git", "-c", "user.name=Uji", "-c", "user.email=uji@example", "tag", "-am", "Uji", "v9.9.9")
        assert refusal in run("bin/release"), refusal
    assert not (tmp_path / "dist").exists()
