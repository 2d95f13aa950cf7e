"""Two installations, each with processes, database and files of its own, are witnesses of each other."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings as project

from bench.web_server import WebServer, environment

pytestmark = [pytest.mark.release, pytest.mark.same_on_every_database]

MAKE = """
import django; django.setup()
from consultations.enums import State
from kit import clock
from tests.factories import case_at, make_office, make_staff
make_office()
make_staff()
"""

WORK = """
import datetime as dt, sys
import django; django.setup()
from consultations.enums import State
from kit import clock
from office.models import User
from documents.files import store_file_once
from documents.models import Document
from tests.factories import case_at
from trust.ledger.chain import append_leaves
from trust.ledger.services import make_seal
with clock.set_to(clock.now() - dt.timedelta(days=int(sys.argv[1]))):
    case_at(State.SUBMITTED, None)
    for document in Document.objects.filter(sha256=""):
        store_file_once(document, f"%PDF-1.7 {document.pk}".encode())
    append_leaves()
    make_seal()
    append_leaves()
"""


class Installation:
    """An installation of one office in a folder. Its web server runs from `with` to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.data.mkdir(parents=True)
        self.env = environment(
            REMBUK_DATA=str(self.data), DEBUG="true", WEBHOOK_NETWORKS="127.0.0.0/8", WEB_CONCURRENCY="1"
        )
        self.server = WebServer(self.env)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.env["PUBLIC_URL"] = self.server.env["PUBLIC_URL"] = self.url

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run Python in this installation; return status and output."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=project.BASE_DIR,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def manage(self, *arguments: str) -> tuple[int, str]:
        return self.run("manage.py", *arguments)

    def work(self, days_ago: int) -> None:
        """Take steps and seal them on an earlier day."""
        status, output = self.run("-c", WORK, str(days_ago))
        assert status == 0, output

    def be_watched_by(self, other: "Installation") -> None:
        self.env["WITNESSES"] = other.env["WITNESS_OF"] = ""
        self.env["WITNESSES"], other.env["WITNESS_OF"] = other.url, self.url

    def read(self, path: str) -> Any:
        with urlopen(self.url + path) as answer:  # noqa: S310
            return json.load(answer)

    def copy_to(self, target: Path) -> None:
        """Copy database and files."""
        shutil.copytree(self.data, target)

    def roll_back_to(self, copy: Path) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(copy, self.data)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    first, second = (Installation(tmp_path / name) for name in ("a", "b"))
    first.be_watched_by(second)
    second.be_watched_by(first)
    for one in (first, second):
        for step in (("manage.py", "migrate", "-v0"), ("-c", MAKE)):
            status, output = one.run(*step)
            assert status == 0, output
        one.work(3)
    with first.server, second.server:
        yield first, second


def test_a_rolled_back_installation_and_a_fork_are_found_by_the_witness(
    pair: tuple[Installation, Installation], tmp_path: Path
) -> None:
    first, second = pair
    first.copy_to(tmp_path / "copy")
    first.work(2)
    for one in pair:
        status, output = one.manage("witness")
        assert status == 0, output
        assert "FOLLOWS" in output
    for one in pair:
        status, output = one.manage("verify_record")
        assert status == 0, output
        assert "Compared with the witness" in output
    newest = first.read("/verifikasi/catatan/segel.json")["seals"][-1]
    day = newest.splitlines()[1]

    first.roll_back_to(tmp_path / "copy")
    del first.env["WITNESSES"]
    status, output = first.manage("verify_record")
    assert (status, "Nothing was changed" in output) == (0, True), "the record agrees with itself"
    status, output = first.manage("verify_record", f"--witness={second.url}")
    assert status == 1
    assert f"seal of {day} that {second.url} remembers" in output
    assert "the chain has no such leaf" in output
    status, output = second.manage("witness")
    assert (status, "MISSING" in output) == (1, True)

    first.work(2)  # another day of the same number of leaves
    fork = first.read("/verifikasi/catatan/segel.json")["seals"][-1]
    assert (fork.splitlines()[2], fork != newest) == (newest.splitlines()[2], True)
    status, output = first.manage("verify_record")
    assert status == 0, "the fork agrees with itself"
    status, output = second.manage("witness")
    assert (status, "CHANGED" in output) == (1, True)
    status, output = first.manage("verify_record", f"--witness={second.url}")
    assert (status, "the chain has another head" in output) == (1, True)

    second.server.process.terminate()
    second.server.process.wait(15)
    status, output = first.manage("verify_record", f"--witness={second.url}")
    assert status == 2
    assert "NOT compared" in output
    assert "Nothing was changed" not in output
