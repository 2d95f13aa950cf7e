"""The office's certificate with its private key (PKCS#12 file)."""

import datetime as dt
import logging
from pathlib import Path

from asn1crypto.pkcs12 import Pfx
from asn1crypto.x509 import Certificate
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from pyhanko.sign.signers import SimpleSigner

from office import clock
from reports.signing.signature import SigningFailed

logger = logging.getLogger(__name__)


@sensitive_variables("passphrase")
def open_key_file(passphrase: str, *, path: str = "") -> SimpleSigner:
    """Return a signer with the key in the file `SIGNER_PKCS12`, or in another one.

    Raise SigningFailed if the file cannot be opened or its certificate is not valid today.
    """
    content = _content(path or settings.SIGNER_PKCS12)
    try:
        signer = SimpleSigner.load_pkcs12_data(content, [], passphrase.encode(errors="replace"))
    except ValueError as error:
        # A ValueError as cause means a wrong passphrase; any other, an unknown file format.
        if isinstance(error.__cause__, ValueError):
            raise SigningFailed(
                _("Frasa sandi sertifikat salah. Periksa huruf besar dan kecilnya, lalu ketik ulang.")
            ) from None
        raise _unreadable("of an unknown format") from None
    except (AttributeError, TypeError):
        raise _unreadable("without a key and its certificate") from None
    _check_validity(signer.signing_cert)
    return signer


def _content(path: str) -> bytes:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise _unreadable(type(error).__name__) from None
    try:
        Pfx.load(content, strict=True)["version"].native  # noqa: B018 -- raises if it cannot be parsed
    except (ValueError, TypeError):
        raise _unreadable("no PKCS#12") from None
    return content


def _unreadable(why: str) -> SigningFailed:
    logger.error("the key file cannot be used: %s", why)
    return SigningFailed(
        _("Berkas sertifikat kantor tidak dapat dibaca. Hubungi administrator agar berkasnya diperiksa.")
    )


def _check_validity(certificate: Certificate) -> None:
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    now = clock.now()
    if now > ends:
        raise SigningFailed(
            _(
                "Sertifikat kantor sudah kedaluwarsa sejak %(day)s. "
                "Hubungi administrator untuk memperbaruinya."
            )
            % {"day": _day(ends)}
        )
    if now < begins:
        raise SigningFailed(
            _(
                "Sertifikat kantor baru berlaku mulai %(day)s. "
                "Tunggu sampai saat itu, atau hubungi administrator."
            )
            % {"day": _day(begins)}
        )


def _day(moment: dt.datetime) -> str:
    return date_format(localtime(moment), "j F Y")
