"""B-LT: time stamp and proofs of validity, from small authorities of this machine, well and ill.

The time-stamp authority is pyHanko's DummyTimeStamper behind HTTP: it stamps whatever it is asked to.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, PdfSignatureStatus, validate_pdf_signature

from office.models import User
from reports.documents.signing import SigningFailed, list_signatures
from tests.signing import certificates
from tests.signing.certificates import Identity
from tests.signing.conftest import WriteKey
from tests.signing.reading import pdfsig_accepts
from tests.signing.servers import Reply, Request, serving, serving_too_late
from tests.signing.test_pkcs12 import sign

pytestmark = pytest.mark.same_on_every_database

type StampAt = Callable[[str], None]

STAMP = {"Content-Type": "application/timestamp-reply"}


def stamping_by(identity: Identity) -> Callable[[Request], Reply]:
    stamper = DummyTimeStamper(*identity.for_pyhanko())

    def stamp(request: Request) -> Reply:
        return Reply(stamper.request_tsa_response(TimeStampReq.load(request.body)).dump(), headers=STAMP)

    return stamp


@pytest.fixture(scope="module")
def time_stamper(authority: Identity) -> Identity:
    return certificates.time_stamper(authority)


@pytest.fixture(scope="module")
def stamping(time_stamper: Identity) -> Iterator[str]:
    """The address of a time-stamp authority."""
    with serving(stamping_by(time_stamper)) as address:
        yield address


@pytest.fixture
def revoked() -> list[Identity]:
    """Certificates that the authority has revoked: none by default."""
    return []


@pytest.fixture
def revocations(authority: Identity, revoked: list[Identity]) -> Iterator[str]:
    """The address of the authority's list of revoked certificates."""
    with serving(lambda request: Reply(certificates.revocation_list(authority, *revoked))) as address:
        yield f"{address}/uji.crl"


@pytest.fixture
def officer(authority: Identity, revocations: str, key_in_file: WriteKey) -> Identity:
    """Return a signer whose certificate names a revocation list."""
    identity = certificates.person(authority, revocations=revocations)
    key_in_file(identity)
    return identity


@pytest.fixture
def stamp_at(settings: Any, authority: Identity, tmp_path: Path) -> StampAt:
    """Set the URL of the time-stamp authority and the trusted root certificates."""

    def set_to(address: str) -> None:
        roots = tmp_path / "akar.pem"
        roots.write_bytes(authority.pem)
        settings.SIGNER_TIMESTAMP_URL, settings.SIGNER_TRUST_ROOTS = address, str(roots)

    return set_to


@pytest.fixture
def stamped(stamp_at: StampAt, stamping: str) -> None:
    """Let the time-stamp authority stamp the office's signatures."""
    stamp_at(stamping)


def in_ten_years(content: bytes, root: Identity) -> PdfSignatureStatus:
    """Validate with the file and the root certificate alone, without network."""
    reader = PdfFileReader(BytesIO(content))
    trusted = Certificate.load(root.certificate.public_bytes(Encoding.DER))
    proofs = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [trusted], "allow_fetching": False, "revocation_mode": "hard-fail"}
    )
    (signature,) = reader.embedded_signatures
    return validate_pdf_signature(signature, proofs)


@pytest.mark.usefixtures("officer", "stamped")
def test_the_file_holds_all_that_proves_it(
    paper: bytes, head: User, authority: Identity, tmp_path: Path
) -> None:
    signed = sign(paper, head)
    status = in_ten_years(signed.content, authority)
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity
    assert status.timestamp_validity.trusted
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(signed.content)))
    assert len(store.crls) == 1
    assert [(seal.intact, seal.covers_all) for seal in list_signatures(signed.content)] == [(True, True)]
    assert pdfsig_accepts(signed.content, tmp_path)


def test_a_dead_time_stamp_authority_signs_nothing_and_says_so(
    paper: bytes, head: User, officer: Identity, stamp_at: StampAt, dead_address: str
) -> None:
    stamp_at(dead_address)
    with pytest.raises(SigningFailed, match=r"Layanan stempel waktu \(TSA\) tidak dapat dihubungi"):
        sign(paper, head)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"sedang rusak", 500),
        Reply(b"<html>masuk dulu</html>", headers={"Content-Type": "text/html"}),
        Reply(b"bukan ASN.1", headers=STAMP),
        Reply(b"", headers=STAMP),
    ],
    ids=["error", "page", "garbage", "nothing"],
)
def test_a_time_stamp_authority_that_answers_nonsense_signs_nothing(
    paper: bytes, head: User, officer: Identity, stamp_at: StampAt, reply: Reply
) -> None:
    with serving(lambda request: reply) as address:
        stamp_at(address)
        with pytest.raises(SigningFailed, match=r"stempel waktu|tidak berhasil ditandatangani"):
            sign(paper, head)


@pytest.mark.parametrize("redirected", ["stamps", "revocations"])
def test_no_redirect_is_followed(
    redirected: str,
    paper: bytes,
    head: User,
    authority: Identity,
    key_in_file: WriteKey,
    stamp_at: StampAt,
    stamping: str,
    revocations: str,
) -> None:
    """Both work at the address where the redirect leads."""
    targets = {"stamps": stamping, "revocations": revocations}
    moved = Reply(b"", 307, {"Location": targets[redirected]})
    with serving(lambda request: moved) as address:
        found = {**targets, redirected: f"{address}/uji.crl"}
        key_in_file(certificates.person(authority, revocations=found["revocations"]))
        stamp_at(found["stamps"])
        with pytest.raises(SigningFailed, match=r"tidak dapat (dihubungi|diperiksa)"):
            sign(paper, head)


def test_a_time_stamp_authority_that_is_not_trusted_signs_nothing(
    paper: bytes, head: User, officer: Identity, stamp_at: StampAt
) -> None:
    stranger = certificates.time_stamper(certificates.authority("Asing"))
    with serving(stamping_by(stranger)) as address:
        stamp_at(address)
        with pytest.raises(SigningFailed, match="tidak dipercaya"):
            sign(paper, head)


def test_a_slow_time_stamp_authority_is_not_waited_for(
    settings: Any, paper: bytes, head: User, officer: Identity, stamp_at: StampAt
) -> None:
    settings.SIGNER_TIMEOUT = 0.2
    with serving_too_late(lambda request: Reply(b"", headers=STAMP)) as address:
        stamp_at(address)
        with pytest.raises(SigningFailed, match=r"Layanan stempel waktu \(TSA\)"):
            sign(paper, head)


@pytest.mark.usefixtures("stamped")
def test_a_revoked_certificate_signs_nothing(
    paper: bytes, head: User, officer: Identity, revoked: list[Identity]
) -> None:
    revoked.append(officer)
    with pytest.raises(SigningFailed, match="telah dicabut"):
        sign(paper, head)


@pytest.mark.usefixtures("stamped")
def test_proofs_that_cannot_be_had_sign_nothing(
    paper: bytes, head: User, authority: Identity, key_in_file: WriteKey, dead_address: str
) -> None:
    key_in_file(certificates.person(authority, revocations=f"{dead_address}/uji.crl"))
    with pytest.raises(SigningFailed, match="tidak dapat diperiksa"):
        sign(paper, head)
