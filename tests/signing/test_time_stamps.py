"""B-LT: time stamp and proofs of validity, from small authorities of this machine, well and ill.

The time-stamp authority is pyHanko's DummyTimeStamper behind HTTP: it stamps whatever it is asked to.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, PdfSignatureStatus, validate_pdf_signature

from documents.signing import list_signatures
from tests.signing import certificates
from tests.signing.certificates import Identity
from tests.signing.conftest import STAMP, Sign, SigningFails, WriteKey, stamping_by
from tests.signing.reading import pdfsig_accepts
from tests.signing.servers import Reply, serving, serving_too_late

pytestmark = pytest.mark.same_on_every_database

type StampAt = Callable[[str], None]


@pytest.fixture
def revoked() -> list[Identity]:
    """Certificates on the authority's list: none by default."""
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


def in_ten_years(content: bytes, root: Identity) -> PdfSignatureStatus:
    """Validate with the file and the root certificate alone, without network."""
    reader = PdfFileReader(BytesIO(content))
    trusted = Certificate.load(root.certificate.public_bytes(Encoding.DER))
    proofs = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [trusted], "allow_fetching": False, "revocation_mode": "hard-fail"}
    )
    (signature,) = reader.embedded_signatures
    return validate_pdf_signature(signature, proofs)


@pytest.mark.usefixtures("officer")
def test_the_file_holds_all_that_proves_it(
    sign: Sign, stamp_at: StampAt, stamping: str, authority: Identity, tmp_path: Path
) -> None:
    stamp_at(stamping)
    content = sign().content
    status = in_ten_years(content, authority)
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity
    assert status.timestamp_validity.trusted
    assert len(DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(content))).crls) == 1
    assert [(seal.intact, seal.covers_all) for seal in list_signatures(content)] == [(True, True)]
    assert pdfsig_accepts(content, tmp_path)


@pytest.mark.usefixtures("officer")
def test_an_ill_time_stamp_authority_signs_nothing(signing_fails: SigningFails, stamp_at: StampAt) -> None:
    for reply in (
        Reply(b"sedang rusak", 500),
        Reply(b"<html>masuk dulu</html>", headers={"Content-Type": "text/html"}),
        Reply(b"bukan ASN.1", headers=STAMP),
        Reply(b"", headers=STAMP),
    ):
        with serving(lambda request, reply=reply: reply) as address:  # type: ignore[misc]
            stamp_at(address)
            signing_fails("stempel waktu|tidak berhasil ditandatangani")


@pytest.mark.parametrize("redirected", ["stamps", "revocations"])
def test_no_redirect_is_followed(
    redirected: str,
    signing_fails: SigningFails,
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
        signing_fails("tidak dapat (dihubungi|diperiksa)")


@pytest.mark.usefixtures("officer")
def test_a_time_stamp_authority_that_is_dead_slow_or_not_trusted_signs_nothing(
    settings: Any, signing_fails: SigningFails, stamp_at: StampAt, dead_address: str
) -> None:
    stamp_at(dead_address)
    signing_fails(r"Layanan stempel waktu \(TSA\) tidak dapat dihubungi")
    with serving(stamping_by(certificates.time_stamper(certificates.authority("Asing")))) as address:
        stamp_at(address)
        signing_fails("tidak dipercaya")
    settings.SIGNER_TIMEOUT = 0.2
    with serving_too_late(lambda request: Reply(b"", headers=STAMP)) as address:
        stamp_at(address)
        signing_fails(r"Layanan stempel waktu \(TSA\)")


def test_certificates_that_are_revoked_or_cannot_be_checked_sign_nothing(
    signing_fails: SigningFails,
    officer: Identity,
    revoked: list[Identity],
    authority: Identity,
    key_in_file: WriteKey,
    stamp_at: StampAt,
    stamping: str,
    dead_address: str,
) -> None:
    stamp_at(stamping)
    revoked.append(officer)
    signing_fails("telah dicabut")
    key_in_file(certificates.person(authority, revocations=f"{dead_address}/uji.crl"))
    signing_fails("tidak dapat diperiksa")
