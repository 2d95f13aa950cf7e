"""Fixtures of the signature tests: a document, its signer, key files, a dead address."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.pdf import render_pdf
from office.models import Office, User
from tests.signing import certificates
from tests.signing.certificates import Identity

type WriteKey = Callable[[Identity], Path]

PAPER = (
    '<html lang="id"><head><title>Laporan Uji</title><meta name="author" content="Dinas Uji"></head>'
    "<body><h1>Laporan</h1><p>Isi laporan yang ditandatangani.</p></body></html>"
)


@pytest.fixture(scope="session")
def paper() -> bytes:
    """Return a document as the service issues it, before it is signed."""
    return render_pdf(PAPER, archival=True)


@pytest.fixture(scope="session")
def authority() -> Identity:
    return certificates.authority()


@pytest.fixture(scope="session")
def holder(authority: Identity) -> Identity:
    """Whose certificate signs."""
    return certificates.person(authority)


@pytest.fixture
def head(office: Office) -> User:
    """Return the signer."""
    return User.objects.create(username="kadis", name="Dr. Uji Coba, M.Si.", email="kadis@example.go.id")


@pytest.fixture
def key_in_file(settings: Any, tmp_path: Path) -> WriteKey:
    """Makes a key the office's: writes its file and names it in the settings."""

    def write(identity: Identity) -> Path:
        file = tmp_path / "kantor.p12"
        file.write_bytes(identity.key_file())
        settings.SIGNER, settings.SIGNER_PKCS12 = "pkcs12", str(file)
        return file

    return write


@pytest.fixture
def key_file(key_in_file: WriteKey, holder: Identity) -> Path:
    """Make the holder's key the office's and return its file."""
    return key_in_file(holder)


@pytest.fixture
def dead_address() -> str:
    """Return the URL of a port without a server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
