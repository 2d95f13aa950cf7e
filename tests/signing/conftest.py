"""Fixtures of the signature tests: a document, its signer, key files, a dead address."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.tsp import TimeStampReq
from pyhanko.sign.timestamps import DummyTimeStamper

from documents.signing import Signature, SigningFailed, adapter
from kit.pdf import render_pdf
from office.models import Office, User
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE, Identity
from tests.signing.servers import Reply, Request, serving

type WriteKey = Callable[[Identity], Path]
type Sign = Callable[..., Signature]
type SigningFails = Callable[..., str]

PAPER = (
    '<html lang="id"><head><title>Laporan Uji</title><meta name="author" content="Dinas Uji"></head>'
    "<body><h1>Laporan</h1><p>Isi laporan yang ditandatangani.</p></body></html>"
)


@pytest.fixture(autouse=True)
def now(running_clock: None) -> None:
    """Certificates and time stamps are checked against the machine's clock."""


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


STAMP = {"Content-Type": "application/timestamp-reply"}


def stamping_by(identity: Identity) -> Callable[[Request], Reply]:
    stamper = DummyTimeStamper(*identity.for_pyhanko())

    def stamp(request: Request) -> Reply:
        return Reply(stamper.request_tsa_response(TimeStampReq.load(request.body)).dump(), headers=STAMP)

    return stamp


@pytest.fixture(scope="session")
def stamping(authority: Identity) -> Iterator[str]:
    """The address of a time-stamp authority."""
    with serving(stamping_by(certificates.time_stamper(authority))) as address:
        yield address


@pytest.fixture
def head(office: Office) -> User:
    """Return the signer."""
    return User.objects.create(username="kadis", name="Dr. Uji Coba, M.Si.", email="kadis@example.go.id")


@pytest.fixture
def sign(paper: bytes, head: User) -> Sign:
    """Sign the document, or other content, as its signer."""

    def signed(passphrase: str = PASSPHRASE, *, content: bytes = paper) -> Signature:
        signing = adapter()
        assert signing
        reason = "Laporan diterima"
        return signing.sign(content, by=head, title="Kepala Dinas", reason=reason, passphrase=passphrase)

    return signed


@pytest.fixture
def signing_fails(sign: Sign) -> SigningFails:
    """Expect a sentence instead of a signature, and return all that the error tells."""

    def failed(sentence: str, *passphrase: str, **content: bytes) -> str:
        with pytest.raises(SigningFailed, match=sentence) as failure:
            sign(*passphrase, **content)
        return everything_in(failure.value)

    return failed


def everything_in(failure: BaseException | None) -> str:
    """Return the texts and attributes of an error and of those that caused it."""
    text = ""
    while failure:
        text += repr(failure) + str(failure.__dict__)
        failure = failure.__cause__ or failure.__context__
    return text


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
