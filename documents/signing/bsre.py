"""Signing with the signer's certificate at BSrE, through its Esign Client Service v2 (`SIGNER=bsre`).

The client uses status, code and file of a response and never shows messages of the service. The response
must be the unchanged document with a valid signature appended. If `SIGNER_TRUST_ROOTS` is set, the
certificate must lead to one of them.
"""

import asyncio
import base64
import json
import logging
import re
from typing import Any

from aiohttp import ClientError, ClientSession, encode_basic_auth
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from pyhanko.pdf_utils.misc import PdfError

from documents.signing import (
    Signature,
    SigningFailed,
    WrongPassphrase,
    get_added_signature,
    has_trusted_signature,
)
from kit import place
from office.models import Office, User

logger = logging.getLogger(__name__)

MAX_RESPONSE_BYTES = 64 * 1024 * 1024

WRONG_PASSPHRASE = re.compile(r"\b2031\b|passphrase", re.IGNORECASE)
UNKNOWN_PERSON = re.compile(r"\b2011\b|tidak terdaftar", re.IGNORECASE)
"""Codes or words of the service in one of REASON_FIELDS."""
REASON_FIELDS = ("status_code", "error", "message")


@sensitive_variables("passphrase")
def request_signature(content: bytes, *, email: str, passphrase: str, reason: str, location: str) -> bytes:
    """Return the PDF as signed by the person with this e-mail address.

    Raise SigningFailed, after `SIGNER_TIMEOUT` seconds at most. A copy asks for no signature.
    """
    if place.is_copy():
        raise SigningFailed(place.SILENT)
    question = {
        "email": email,
        "passphrase": passphrase,
        "signatureProperties": [{"tampilan": "INVISIBLE", "reason": reason, "location": location}],
        "file": [base64.b64encode(content).decode()],
    }
    try:
        return asyncio.run(_converse(email, question))
    except TimeoutError:
        logger.error("the signing service took longer than SIGNER_TIMEOUT")
        sentence = _("Layanan BSrE terlalu lama menjawab. Coba lagi beberapa saat lagi.")
    except (ClientError, OSError) as error:
        logger.error("the signing service cannot be reached: %s", type(error).__name__)
        sentence = _(
            "Layanan BSrE tidak dapat dihubungi. Coba lagi beberapa saat lagi; "
            "bila tetap gagal, hubungi administrator."
        )
    raise SigningFailed(sentence)


async def _converse(email: str, question: dict[str, Any]) -> bytes:
    headers = {"Authorization": encode_basic_auth(settings.BSRE_USERNAME, settings.BSRE_PASSWORD)}
    async with asyncio.timeout(settings.SIGNER_TIMEOUT), ClientSession(headers=headers) as session:
        _refuse_unless_issued(await _ask(session, "user/check/status", {"email": email}))
        return _file(await _ask(session, "sign/pdf", question))


async def _ask(session: ClientSession, what: str, question: dict[str, Any]) -> dict[str, Any]:
    address = f"{settings.BSRE_URL.rstrip('/')}/api/v2/{what}"
    # No redirects: the passphrase goes to this address alone.
    async with session.post(address, json=question, allow_redirects=False) as response:
        body = bytearray()
        async for part in response.content.iter_any():
            body += part
            if len(body) > MAX_RESPONSE_BYTES:
                raise _not_understood(what, "too large")
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if response.status != 200 or (isinstance(answer, dict) and "error" in answer):
        raise _refused(what, response.status, answer)
    if not isinstance(answer, dict):
        raise _not_understood(what, "no JSON object")
    return answer


def _refused(what: str, status: int, answer: Any) -> SigningFailed:
    reasons = " ".join(str(answer.get(key, "")) for key in REASON_FIELDS) if isinstance(answer, dict) else ""
    logger.warning("the signing service refused %s with HTTP status %s", what, status)
    if WRONG_PASSPHRASE.search(reasons):
        return WrongPassphrase(
            _("Frasa sandi BSrE salah. Periksa huruf besar dan kecilnya, lalu ketik ulang.")
        )
    if UNKNOWN_PERSON.search(reasons):
        return _not_registered()
    if status in (401, 403):
        return SigningFailed(
            _("Layanan BSrE menolak akun aplikasi ini. Minta administrator memeriksa akun layanan BSrE.")
        )
    if status in (404, 405) or 300 <= status < 400:
        return _not_understood(what, f"HTTP status {status}")
    return SigningFailed(
        _(
            "Layanan BSrE sedang bermasalah. Coba lagi beberapa saat lagi; "
            "bila tetap gagal, hubungi administrator."
        )
    )


def _refuse_unless_issued(answer: dict[str, Any]) -> None:
    status = answer.get("status")
    if status == "ISSUE":
        return
    logger.warning("the signing service reports an account that is not ISSUE")
    if status == "EXPIRED":
        raise SigningFailed(
            _("Sertifikat BSrE Anda sudah kedaluwarsa. Perbarui melalui admin BSrE instansi, lalu coba lagi.")
        )
    raise _not_registered()


def _file(answer: dict[str, Any]) -> bytes:
    try:
        (encoded,) = answer["file"]
        return base64.b64decode(encoded, validate=True)
    except (KeyError, TypeError, ValueError):
        raise _not_understood("sign/pdf", "no file in it") from None


def _not_registered() -> SigningFailed:
    return SigningFailed(
        _(
            "Surel Anda belum memiliki sertifikat BSrE yang aktif. "
            "Hubungi admin BSrE instansi, atau minta administrator memeriksa surel akun Anda."
        )
    )


def _not_understood(what: str, why: str) -> SigningFailed:
    logger.error("the answer of the signing service to %s is not understood: %s", what, why)
    return SigningFailed(
        _("Jawaban layanan BSrE tidak dikenali. Minta administrator memeriksa alamat layanan BSrE.")
    )


class Bsre:
    """The signer's own certificate, stored at the Balai Besar Sertifikasi Elektronik (BSrE)."""

    name = "bsre"
    label: Promise = _("Frasa sandi (passphrase) tanda tangan elektronik BSrE Anda")
    attestation = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )

    @sensitive_variables("passphrase")
    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Implement `Adapter.sign()`."""
        if not by.email:
            raise SigningFailed(
                _("Akun Anda belum memiliki surel. Minta administrator mengisi surel yang terdaftar di BSrE.")
            )
        signed = request_signature(
            content,
            email=by.email,
            passphrase=passphrase,
            reason=f"{reason} ({title})",
            location=Office.load().city,
        )
        found = get_added_signature(content, signed)
        if found is None or found.moment is None:
            logger.error(
                "the signing service sent back something else than the document with a valid signature"
            )
            raise SigningFailed(
                _(
                    "Jawaban layanan BSrE bukan dokumen ini dengan tanda tangan yang utuh, "
                    "jadi tidak disimpan. Hubungi administrator."
                )
            )
        if settings.SIGNER_TRUST_ROOTS and not _is_trusted(signed):
            raise SigningFailed(
                _(
                    "Sertifikat pada jawaban layanan BSrE tidak dipercaya, jadi tidak disimpan. "
                    "Hubungi administrator."
                )
            )
        return Signature(adapter=self.name, content=signed, signed_at=found.moment, signer=found.signer)


def _is_trusted(signed: bytes) -> bool:
    try:
        return has_trusted_signature(signed)
    except (OSError, PdfError, ValueError):
        logger.exception("the certificate of the signing service's answer cannot be checked")
        return False
