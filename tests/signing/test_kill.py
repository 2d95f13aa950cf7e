"""A process that signs many letters is killed in the middle: each letter is signed, or as it was."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from consultations.enums import State
from documents import signing_desk
from documents.files import read_document
from documents.life import TURNS, list_papers
from documents.models import Document, PaperEvent
from documents.models.document import PaperState
from tests.factories import case_at, make_office, make_staff
from tests.signing.certificates import PASSPHRASE

pytestmark = [pytest.mark.differs_by_database, pytest.mark.release]

LETTERS, KILLS = 8, 3

SIGNER = """
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.MEDIA_ROOT, settings.SIGNER, settings.SIGNER_PKCS12 = {files!r}, "pkcs12", {key!r}
django.setup()
from office.models import User
from documents import signing_desk
from documents.life import TURNS, list_papers
head = User.objects.get(username="kadis")
for _result in signing_desk.sign_all(list_papers(head, *TURNS), by=head, passphrase={passphrase!r}):
    pass
"""


def start_signing(files: Path, key: Path) -> subprocess.Popen[bytes]:
    """Start another process that signs all that waits for the Kepala Dinas in the test database."""
    database = str(connection.settings_dict["NAME"])
    code = SIGNER.format(database=database, files=str(files), key=str(key), passphrase=PASSPHRASE)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment)  # noqa: S603


def count_signed() -> int:
    return Document.objects.exclude(signed_at=None).count()


def test_a_killed_batch_leaves_no_letter_half_signed(
    shared_database: None, tmp_path: Path, key_file: Path
) -> None:
    make_office()
    staff = make_staff()
    for _case in range(LETTERS // 2):
        case_at(State.SCHEDULED, staff)
    for paper in Document.objects.filter(state=PaperState.INITIALS):
        signing_desk.initial(paper, by=staff.kabid)
    assert list_papers(staff.kadis, *TURNS).count() == LETTERS
    for kill in range(KILLS):
        process, before = start_signing(tmp_path, key_file), count_signed()
        until = time.monotonic() + 90
        while count_signed() == before and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.15 * kill)  # each time at another place in the next letter
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert count_signed() > before
        check_letters(tmp_path)
    left = list(list_papers(staff.kadis, *TURNS))
    assert not [
        refused
        for _paper, refused in signing_desk.sign_all(left, by=staff.kadis, passphrase=PASSPHRASE)
        if refused
    ]
    check_letters(tmp_path)
    assert count_signed() == LETTERS


def check_letters(files: Path) -> None:
    """Check that each letter is signed with its whole file, or waits without one; no number is used twice."""
    papers = list(Document.objects.exclude(signer_role=""))
    numbers = Counter(paper.number for paper in papers if paper.number)
    assert set(numbers.values()) <= {1}
    for paper in papers:
        events = PaperEvent.objects.filter(document=paper, verb="sign").count()
        if paper.signed_at:
            assert (paper.state, events, bool(paper.number)) == (PaperState.SENT, 1, True)
            assert hashlib.sha256(read_document(paper)).hexdigest() == paper.sha256
        else:
            assert (paper.state, events, paper.file.name) == (PaperState.SIGNATURE, 0, "")
