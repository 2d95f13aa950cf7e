"""Signing through BSrE's service (`esign_stand_in`), and every error."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from documents.signing import SigningFailed, adapter, list_signatures
from kit.pdf import render_pdf
from office.models import Office, User
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE, Identity
from tests.signing.conftest import PAPER, Sign, SigningFails
from tests.signing.esign_stand_in import EsignStandIn
from tests.signing.reading import pdfsig_accepts, pyhanko_accepts
from tests.signing.servers import Reply, as_json, serving, serving_too_late

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.usefixtures("address")]

STATUS, SIGN = "/api/v2/user/check/status", "/api/v2/sign/pdf"


@pytest.fixture
def service(holder: Identity, head: User) -> EsignStandIn:
    return EsignStandIn(holder, head.email, PASSPHRASE)


@pytest.fixture
def address(settings: Any, service: EsignStandIn) -> Iterator[str]:
    """Let the office sign through the local server."""
    settings.SIGNER = "bsre"
    settings.BSRE_USERNAME, settings.BSRE_PASSWORD = service.account
    with serving(service) as at:
        settings.BSRE_URL = f"{at}/"
        yield at


def test_the_signed_document_validates(sign: Sign, paper: bytes, authority: Identity, tmp_path: Path) -> None:
    signed = sign()
    assert (signed.adapter, signed.signer) == ("bsre", "Kepala Dinas Uji")
    assert signed.content.startswith(paper)
    assert pyhanko_accepts(signed.content, authority)
    assert pdfsig_accepts(signed.content, tmp_path)
    assert [seal.moment for seal in list_signatures(signed.content)] == [signed.signed_at]


def test_the_service_is_asked_for_the_status_first_and_then_as_it_is_published(
    sign: Sign, paper: bytes, head: User, office: Office, service: EsignStandIn
) -> None:
    sign()
    (status, who), (path, question) = service.asked
    assert (status, who, path) == (STATUS, {"email": head.email}, SIGN)
    shown = {"tampilan": "INVISIBLE", "reason": "Laporan diterima (Kepala Dinas)", "location": office.city}
    assert question == {
        "email": head.email,
        "passphrase": PASSPHRASE,
        "signatureProperties": [shown],
        "file": [base64.b64encode(paper).decode()],
    }


def test_a_wrong_passphrase_has_its_sentence(signing_fails: SigningFails) -> None:
    for typed in ("salah", "", PASSPHRASE.lower(), "\ud800"):
        signing_fails("Frasa sandi BSrE salah", typed)


def test_an_answer_without_one_file(signing_fails: SigningFails, service: EsignStandIn) -> None:
    for file in (None, [], ["!!"], [1], "JVBERi0=", ["JVBERi0=", "JVBERi0="]):
        service.instead[SIGN] = as_json({"file": file})
        signing_fails("BSrE")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("EXPIRED", "Sertifikat BSrE Anda sudah kedaluwarsa"),
        ("NO_CERTIFICATE", "belum memiliki sertifikat BSrE yang aktif"),
        ("SUSPEND", "belum memiliki sertifikat BSrE yang aktif"),
        ("<b>aneh</b>", "belum memiliki sertifikat BSrE yang aktif"),
    ],
)
def test_only_an_account_that_is_issued_may_sign(
    signing_fails: SigningFails, service: EsignStandIn, status: str, sentence: str
) -> None:
    service.status = status
    assert status not in signing_fails(sentence)
    assert [path for path, _ in service.asked] == [STATUS], "the passphrase was not sent"


def test_accounts_that_the_service_does_not_know(
    settings: Any, signing_fails: SigningFails, head: User, service: EsignStandIn
) -> None:
    head.email = ""
    signing_fails("Akun Anda belum memiliki surel")
    assert service.asked == []
    head.email = "lain@example.go.id"
    signing_fails("Surel Anda belum memiliki sertifikat")
    settings.BSRE_PASSWORD = "lain"
    signing_fails("menolak akun aplikasi ini")


@pytest.mark.parametrize("path", [STATUS, SIGN])
@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(b"Internal Server Error", 500), "Layanan BSrE sedang bermasalah"),
        (as_json({"error": "java.lang.NullPointerException"}, 500), "Layanan BSrE sedang bermasalah"),
        (as_json({"error": "aneh"}), "Layanan BSrE sedang bermasalah"),
        (Reply(b"<html>Not Found</html>", 404), "Jawaban layanan BSrE tidak dikenali"),
        (Reply(b"<html>Selamat datang</html>"), "Jawaban layanan BSrE tidak dikenali"),
        (Reply(b"", 302, {"Location": "http://127.0.0.1:9/masuk"}), "Jawaban layanan BSrE tidak dikenali"),
        (Reply(b""), "Jawaban layanan BSrE tidak dikenali"),
        (as_json(["ISSUE"]), "Jawaban layanan BSrE tidak dikenali"),
        (Reply(b"\xff\xfe{"), "Jawaban layanan BSrE tidak dikenali"),
    ],
)
def test_a_service_that_is_ill_or_another_one(
    sign: Sign, service: EsignStandIn, path: str, reply: Reply, sentence: str
) -> None:
    service.instead[path] = reply
    with pytest.raises(SigningFailed, match=sentence) as failure:
        sign()
    assert not any(word in str(failure.value) for word in ("java", "html", "aneh", "Error"))


def test_a_response_without_this_document_and_a_valid_signature_is_discarded(
    signing_fails: SigningFails, paper: bytes, service: EsignStandIn
) -> None:
    properties = {"reason": "Laporan diterima", "location": "Pangkalpinang"}
    another = render_pdf(PAPER.replace("Isi", "Isi lain"), archival=True)
    signed = service.signed(paper, properties)
    for file in (service.signed(another, properties), signed[:-50], paper, signed + b"\n%%EOF\n"):
        service.instead[SIGN] = as_json({"file": [base64.b64encode(file).decode()]})
        signing_fails("bukan dokumen ini dengan tanda tangan yang utuh")


def test_the_certificate_must_lead_to_a_trusted_root(
    settings: Any, sign: Sign, signing_fails: SigningFails, authority: Identity, tmp_path: Path
) -> None:
    roots = tmp_path / "akar.pem"
    settings.SIGNER_TRUST_ROOTS = str(roots)
    for content in (certificates.authority("Asing").pem, b"bukan sertifikat", b""):
        roots.write_bytes(content)
        signing_fails("tidak dipercaya, jadi tidak disimpan")
    roots.write_bytes(authority.pem)
    assert sign().content


def test_a_service_absent_or_slow(settings: Any, signing_fails: SigningFails, dead_address: str) -> None:
    for nowhere in (dead_address, "http://127.0.0.1:99999", "bukan alamat"):
        settings.BSRE_URL = nowhere
        signing_fails("Layanan BSrE tidak dapat dihubungi")
    settings.SIGNER_TIMEOUT = 0.2
    with serving_too_late(lambda request: as_json({"status": "ISSUE"})) as slow:
        settings.BSRE_URL = slow
        signing_fails("terlalu lama menjawab")


def test_the_passphrase_goes_to_the_service_alone(
    settings: Any,
    sign: Sign,
    signing_fails: SigningFails,
    caplog: pytest.LogCaptureFixture,
    dead_address: str,
) -> None:
    secret = "frasa-yang-salah-9f3"
    with caplog.at_level(logging.DEBUG):
        told = repr(sign()) + repr(adapter()) + signing_fails("BSrE", secret)
        settings.BSRE_URL = dead_address
        told += signing_fails("BSrE", secret) + caplog.text
    assert caplog.records, "something was logged"
    assert secret not in told
    assert PASSPHRASE not in told
    assert settings.BSRE_PASSWORD not in told


def test_the_attestation_is_the_sentence_of_bsre() -> None:
    signing = adapter()
    assert signing
    assert signing.attestation == (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )
