"""Signing with the office's certificate: the signed document, and every error."""

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, PrivateFormat, pkcs12
from django.core.cache import cache
from django.utils import timezone
from pyhanko.sign.signers import PdfSignatureMetadata

from documents.signing import Signature, adapter, get_added_signature, list_signatures
from documents.signing.pkcs12 import FIELD, MAX_WRONG, open_key_file, sign_pdf
from office.models import Office
from tests.print.reading import damage, findings
from tests.signing import certificates
from tests.signing.certificates import DAY, PASSPHRASE, Identity
from tests.signing.conftest import Sign, SigningFails, WriteKey
from tests.signing.reading import pdfsig_accepts, pdfsig_says, pyhanko_accepts, pyhanko_says

pytestmark = pytest.mark.same_on_every_database


@pytest.fixture
def signed(sign: Sign, key_file: Path) -> Signature:
    return sign()


def test_the_signature_validates_in_two_programs(
    signed: Signature, authority: Identity, tmp_path: Path
) -> None:
    status = pyhanko_says(signed.content, authority)
    assert status.bottom_line, status.pretty_print_details()
    assert pdfsig_accepts(signed.content, tmp_path)
    assert "ETSI.CAdES.detached" in pdfsig_says(signed.content, tmp_path)


def test_the_signature_names_signer_time_reason_and_place(signed: Signature, office: Office) -> None:
    assert (signed.adapter, signed.signer) == ("pkcs12", "Kepala Dinas Uji")
    assert abs(timezone.now() - signed.signed_at) < dt.timedelta(minutes=5)
    (seal,) = list_signatures(signed.content)
    assert seal.intact
    assert seal.covers_all
    assert (seal.signer, seal.moment) == (signed.signer, signed.signed_at)
    with pikepdf.open(BytesIO(signed.content)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert list(field.Rect) == [0, 0, 0, 0], "it is invisible"
        assert field.TU == "Tanda tangan elektronik"
        assert field.V.Name == "Dr. Uji Coba, M.Si., Kepala Dinas"
        assert field.V.Reason == "Laporan diterima"
        assert field.V.Location == office.city


def test_signing_leaves_the_document_unchanged(signed: Signature, paper: bytes, tmp_path: Path) -> None:
    """Its bytes, its metadata, its conformance to PDF/UA and the declared one to PDF/A-3a."""
    assert signed.content.startswith(paper)
    with pikepdf.open(BytesIO(paper)) as before, pikepdf.open(BytesIO(signed.content)) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)
        assert len(after.pages) == len(before.pages)
        with after.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert findings(signed.content, tmp_path) == []
    assert damage(signed.content, tmp_path) == ""


def test_one_changed_byte_is_seen_by_all(signed: Signature, authority: Identity, tmp_path: Path) -> None:
    """In the head, the language, the metadata, the text of the page, the signature and the end."""
    places = b"%PDF-", b"/Lang", b"/Metadata", b"stream\n", b"/Name", b"/ByteRange", b"/Contents", b"%%"
    for where in places:
        changed = bytearray(signed.content)
        changed[signed.content.rindex(where) + len(where) + 1] ^= 1
        assert not pyhanko_accepts(bytes(changed), authority), where
        assert not pdfsig_accepts(bytes(changed), tmp_path), where
        assert not any(seal.intact and seal.covers_all for seal in list_signatures(bytes(changed))), where


def test_what_is_added_or_cut_off_is_seen(signed: Signature, paper: bytes, tmp_path: Path) -> None:
    for added in (b"\n", b" ", b"\n%%EOF\n", b"\0" * 5000):
        assert not pdfsig_accepts(signed.content + added, tmp_path)
        assert not any(seal.covers_all for seal in list_signatures(signed.content + added))
    for length in (0, 5, len(signed.content) // 2, len(signed.content) - 1):
        assert not any(seal.intact and seal.covers_all for seal in list_signatures(signed.content[:length]))
    for content in (paper, b"", b"bukan PDF", b"%PDF-1.7\n%%EOF", bytes(range(256)) * 40):
        assert list_signatures(content) == []


@pytest.mark.usefixtures("key_file")
def test_a_wrong_passphrase_signs_nothing_and_says_so(signing_fails: SigningFails) -> None:
    for typed in ("salah", "", PASSPHRASE.upper(), PASSPHRASE + " ", "\ud800", "x" * 5000):
        signing_fails("Frasa sandi sertifikat salah", typed)
    signing_fails("tidak berhasil ditandatangani", content=b"bukan PDF")


@pytest.mark.usefixtures("key_file")
def test_nobody_guesses_the_passphrase(sign: Sign, signing_fails: SigningFails) -> None:
    for number in range(MAX_WRONG):
        signing_fails("Frasa sandi sertifikat salah", f"salah {number}")
    signing_fails("terlalu sering", PASSPHRASE)
    cache.clear()  # as it is after WRONG_FOR seconds
    assert sign()


def test_a_certificate_that_is_not_valid_today_signs_nothing(
    signing_fails: SigningFails, authority: Identity, key_in_file: WriteKey
) -> None:
    key_in_file(certificates.person(authority, begins=-30 * DAY, ends=-DAY))
    signing_fails("Sertifikat kantor sudah kedaluwarsa sejak .* 20")
    key_in_file(certificates.person(authority, begins=DAY, ends=30 * DAY))
    signing_fails("Sertifikat kantor baru berlaku mulai .* 20")


def test_a_key_file_that_is_missing_broken_or_empty_of_keys_says_so(
    signing_fails: SigningFails, holder: Identity, key_file: Path
) -> None:
    whole = key_file.read_bytes()
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    without_key = pkcs12.serialize_key_and_certificates(b"", None, holder.certificate, None, encryption)
    for content in (b"", b"bukan PKCS#12", whole[:-1], whole[: len(whole) // 2], holder.pem, without_key):
        key_file.write_bytes(content)
        signing_fails("Berkas sertifikat kantor tidak dapat dibaca")
    key_file.unlink()
    signing_fails("Berkas sertifikat kantor tidak dapat dibaca")


def test_a_key_of_the_older_kind_in_a_file_of_the_older_kind_signs_too(
    sign: Sign, authority: Identity, key_in_file: WriteKey
) -> None:
    """RSA, and the encryption with which Windows long exported keys."""
    signer = certificates.person(authority, key=certificates.rsa_key())
    old = PrivateFormat.PKCS12.encryption_builder()
    encryption = old.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(PASSPHRASE.encode())
    key_in_file(signer).write_bytes(
        pkcs12.serialize_key_and_certificates(b"", signer.key, signer.certificate, None, encryption)
    )
    assert pyhanko_accepts(sign().content, authority)


@pytest.mark.usefixtures("key_file")
def test_many_sign_at_once(paper: bytes) -> None:
    """Each thread opens the key for its own signature, as in a web server."""
    metadata = PdfSignatureMetadata(field_name=FIELD)
    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda _: sign_pdf(paper, metadata, open_key_file(PASSPHRASE)), range(12)))
    assert all(get_added_signature(paper, content) for content in signed)


def test_the_passphrase_is_not_disclosed(
    sign: Sign, signing_fails: SigningFails, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "frasa-yang-salah-9f3"
    with caplog.at_level(logging.DEBUG):
        told = repr(sign()) + repr(adapter()) + signing_fails("salah", secret)
        key_file.write_bytes(b"rusak")
        told += signing_fails("tidak dapat dibaca", secret) + caplog.text
    assert secret not in told
    assert PASSPHRASE not in told
    assert caplog.records, "something was logged"
