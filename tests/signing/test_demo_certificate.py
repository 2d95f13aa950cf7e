"""`manage.py demo_certificate`: with it the demo signs, and nobody takes it for a real one."""

import datetime as dt
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command

from documents.checks import check_signing
from kit import clock
from operations.demo.management.commands.demo_certificate import KEY_FILE, ROOTS_FILE, Command
from operations.demo.people import PASSWORD
from tests.signing.certificates import Identity
from tests.signing.conftest import Sign
from tests.signing.reading import pyhanko_says

pytestmark = pytest.mark.same_on_every_database


@pytest.fixture
def made(settings: Any, tmp_path: Path) -> str:
    settings.DEBUG, settings.DATA_DIR = True, tmp_path
    settings.SIGNER, settings.SIGNER_PKCS12 = "pkcs12", str(tmp_path / KEY_FILE)
    return run()


def run() -> str:
    output = StringIO()
    call_command(Command(), stdout=output)
    return output.getvalue()


def test_the_demo_signs_with_it(made: str, sign: Sign, authority: Identity, tmp_path: Path) -> None:
    assert KEY_FILE in made
    assert PASSWORD in made
    assert check_signing(None) == []
    signed = sign(PASSWORD)
    assert "CONTOH" in signed.signer
    root = x509.load_pem_x509_certificate((tmp_path / ROOTS_FILE).read_bytes())
    assert pyhanko_says(signed.content, replace(authority, certificate=root)).bottom_line
    with clock.set_to(clock.now() - dt.timedelta(days=365)):
        assert sign(PASSWORD).content
    file = tmp_path / KEY_FILE
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    assert "sudah ada" in run()
    assert file.read_bytes() == before


def test_an_office_in_earnest_gets_none(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match="DEBUG"):
        run()
    assert list(tmp_path.iterdir()) == []
