"""Signing through BSrE's service (`esign_stand_in`), and every error."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.pdf import render_pdf
from office.models import Office, User
from reports.documents.signing import SigningFailed, adapter, list_signatures
from tests.signing import certificates
from tests.signing.certificates import PASSPHRASE, Identity
from tests.signing.conftest import PAPER
from tests.signing.esign_stand_in import EsignStandIn
from tests.signing.reading import everything_in, pdfsig_accepts, pyhanko_accepts
from tests.signing.servers import Reply, as_json, serving, serving_too_late
from tests.signing.test_pkcs12 import sign

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


def test_the_signed_document_comes_back_and_validates(
    paper: bytes, head: User, authority: Identity, tmp_path: Path
) -> None:
    signed = sign(paper, head)
    assert (signed.adapter, signed.signer) == ("bsre", "Kepala Dinas Uji")
    assert signed.content.startswith(paper)
    assert pyhanko_accepts(signed.content, authority)
    assert pdfsig_accepts(signed.content, tmp_path)
    assert [seal.moment for seal in list_signatures(signed.content)] == [signed.signed_at]


def test_the_service_is_asked_for_the_status_first_and_then_as_it_is_published(
    paper: bytes, head: User, office: Office, service: EsignStandIn
) -> None:
    sign(paper, head)
    assert service.asked == [
        (STATUS, {"email": head.email}),
        (
            SIGN,
            {
                "email": head.email,
                "passphrase": PASSPHRASE,
                "signatureProperties": [
                    {
                        "tampilan": "INVISIBLE",
                        "reason": "Laporan diterima (Kepala Dinas)",
                        "location": office.city,
                    }
                ],
                "file": [base64.b64encode(paper).decode()],
            },
        ),
    ]


def test_a_wrong_passphrase_has_its_sentence(paper: bytes, head: User, subtests: pytest.Subtests) -> None:
    for typed in ("salah", "", PASSPHRASE.lower(), "\ud800"):
        with subtests.test(typed=typed), pytest.raises(SigningFailed, match="Frasa sandi BSrE salah"):
            sign(paper, head, typed)


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
    paper: bytes, head: User, service: EsignStandIn, status: str, sentence: str
) -> None:
    service.status = status
    with pytest.raises(SigningFailed, match=sentence) as failure:
        sign(paper, head)
    assert status not in str(failure.value)
    assert [path for path, _ in service.asked] == [STATUS], "the passphrase was not sent"


def test_an_account_unknown_to_the_service(paper: bytes, head: User) -> None:
    head.email = "lain@example.go.id"
    with pytest.raises(SigningFailed, match="Surel Anda belum memiliki sertifikat"):
        sign(paper, head)


def test_an_account_without_e_mail_address_sends_nothing(
    paper: bytes, head: User, service: EsignStandIn
) -> None:
    head.email = ""
    with pytest.raises(SigningFailed, match="Akun Anda belum memiliki surel"):
        sign(paper, head)
    assert service.asked == []


def test_the_wrong_account_of_the_application(settings: Any, paper: bytes, head: User) -> None:
    settings.BSRE_PASSWORD = "lain"
    with pytest.raises(SigningFailed, match="menolak akun aplikasi ini"):
        sign(paper, head)


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
    paper: bytes, head: User, service: EsignStandIn, path: str, reply: Reply, sentence: str
) -> None:
    service.instead[path] = reply
    with pytest.raises(SigningFailed, match=sentence) as failure:
        sign(paper, head)
    assert not any(word in str(failure.value) for word in ("java", "html", "aneh", "Error"))


def test_an_answer_without_one_file(
    paper: bytes, head: User, service: EsignStandIn, subtests: pytest.Subtests
) -> None:
    for file in (None, [], ["!!"], [1], "JVBERi0=", ["JVBERi0=", "JVBERi0="]):
        with subtests.test(file=file):
            service.instead[SIGN] = as_json({"file": file})
            with pytest.raises(SigningFailed, match="BSrE"):
                sign(paper, head)


def another_paper(service: EsignStandIn, paper: bytes) -> bytes:
    properties = {"reason": "Laporan diterima", "location": "Pangkalpinang"}
    return service.signed(render_pdf(PAPER.replace("Isi", "Isi lain"), archival=True), properties)


def cut(service: EsignStandIn, paper: bytes) -> bytes:
    return service.signed(paper, {"reason": "", "location": ""})[:-50]


def unsigned(service: EsignStandIn, paper: bytes) -> bytes:
    return paper


def longer(service: EsignStandIn, paper: bytes) -> bytes:
    return service.signed(paper, {"reason": "", "location": ""}) + b"\n%%EOF\n"


def test_a_response_without_this_document_and_a_valid_signature_is_discarded(
    paper: bytes, head: User, service: EsignStandIn, subtests: pytest.Subtests
) -> None:
    for file in (another_paper, cut, unsigned, longer):
        with subtests.test(file=file):
            service.instead[SIGN] = as_json({"file": [base64.b64encode(file(service, paper)).decode()]})
            with pytest.raises(SigningFailed, match="bukan dokumen ini dengan tanda tangan yang utuh"):
                sign(paper, head)


def test_the_certificate_must_lead_to_a_trusted_root(
    settings: Any, paper: bytes, head: User, authority: Identity, tmp_path: Path
) -> None:
    roots = tmp_path / "akar.pem"
    settings.SIGNER_TRUST_ROOTS = str(roots)
    for content in (certificates.authority("Asing").pem, b"bukan sertifikat", b""):
        roots.write_bytes(content)
        with pytest.raises(SigningFailed, match="tidak dipercaya, jadi tidak disimpan"):
            sign(paper, head)
    roots.write_bytes(authority.pem)
    assert sign(paper, head).content


def test_a_service_that_is_not_there(settings: Any, paper: bytes, head: User, dead_address: str) -> None:
    for nowhere in (dead_address, "http://127.0.0.1:99999", "bukan alamat"):
        settings.BSRE_URL = nowhere
        with pytest.raises(SigningFailed, match="Layanan BSrE tidak dapat dihubungi"):
            sign(paper, head)


def test_a_slow_service_is_not_waited_for(settings: Any, paper: bytes, head: User) -> None:
    settings.SIGNER_TIMEOUT = 0.2
    with serving_too_late(lambda request: as_json({"status": "ISSUE"})) as slow:
        settings.BSRE_URL = slow
        with pytest.raises(SigningFailed, match="terlalu lama menjawab"):
            sign(paper, head)


def test_the_passphrase_goes_to_the_service_alone(
    settings: Any, paper: bytes, head: User, caplog: pytest.LogCaptureFixture, dead_address: str
) -> None:
    secret = "frasa-yang-salah-9f3"
    with caplog.at_level(logging.DEBUG):
        told = repr(sign(paper, head)) + repr(adapter())
        for url in (settings.BSRE_URL, dead_address):
            settings.BSRE_URL = url
            with pytest.raises(SigningFailed) as failure:
                sign(paper, head, secret)
            told += everything_in(failure.value)
    told += caplog.text
    assert caplog.records, "something was logged"
    assert secret not in told
    assert PASSPHRASE not in told
    assert settings.BSRE_PASSWORD not in told


def test_the_attestation_is_the_sentence_of_bsre(settings: Any) -> None:
    settings.SIGNER = "bsre"
    signing = adapter()
    assert signing
    assert signing.attestation == (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )
