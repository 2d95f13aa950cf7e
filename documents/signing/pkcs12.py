"""Signing with the office's certificate in a PKCS#12 file (`SIGNER=pkcs12`).

Makes PAdES signatures: B-B, or B-LT with a time stamp if `SIGNER_TIMESTAMP_URL` is set. The signature field
is appended without breaking the PDF/A and PDF/UA conformance of the document.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import certifi
from aiohttp import ClientError, ClientSession, TCPConnector, TraceConfig, TraceRequestRedirectParams
from asn1crypto.pkcs12 import Pfx
from asn1crypto.x509 import Certificate
from django.conf import settings
from django.core.cache import cache
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, async_sign_pdf
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from documents.signing import (
    Signature,
    SigningFailed,
    WrongPassphrase,
    get_added_signature,
    load_trust_roots,
)
from kit import clock
from office.models import Office, User

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
            raise WrongPassphrase(
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


FIELD = "TandaTangan"
READABLE = "Tanda tangan elektronik"
"""Name of the field, and its name for screen readers. The field is invisible."""


class MetadataPreservingWriter(IncrementalPdfFileWriter):
    """Appends to a PDF without rewriting its metadata, which declare PDF/A and PDF/UA conformance."""

    def _update_meta(self) -> None:
        pass


def add_signature_field(content: bytes) -> MetadataPreservingWriter:
    """Return a writer of the PDF with an empty signature field on its last page."""
    writer = MetadataPreservingWriter(BytesIO(content))
    append_signature_field(writer, SigFieldSpec(FIELD, on_page=-1, readable_field_name=READABLE))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    if "/StructTreeRoot" in writer.root:
        _add_to_structure_tree(writer, field)
    return writer


def _add_to_structure_tree(writer: MetadataPreservingWriter, field: IndirectObject) -> None:
    """Add the field at the end of the structure tree (PDF/UA-1, 7.18.4)."""
    root = writer.root["/StructTreeRoot"]
    document = root["/K"].raw_get(0) if isinstance(root["/K"], ArrayObject) else root.raw_get("/K")
    page = field.get_object().raw_get("/P")
    numbers = root["/ParentTree"]["/Nums"]
    key = max(list(numbers)[::2], default=-1) + 1
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document,
                pdf_name("/Pg"): page,
                pdf_name("/K"): DictionaryObject(
                    {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): page}
                ),
            }
        )
    )
    numbers += [NumberObject(key), element]
    document.get_object()["/K"].append(element)
    field.get_object()["/StructParent"] = NumberObject(key)
    for changed in (numbers, document.get_object()["/K"], field.get_object()):
        writer.update_container(changed)


# Certificates and revocation lists precede the signature, so that it covers the whole file.
VALIDATION_DATA_COVERED = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)


def sign_pdf(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    """Return the PDF with a signature. Raise SigningFailed, after `SIGNER_TIMEOUT` seconds at most."""
    try:
        return asyncio.run(_sign(content, metadata, signer))
    except TimestampRequestError:
        logger.exception("the time-stamp authority gave no time stamp")
        sentence = _(
            "Layanan stempel waktu (TSA) tidak dapat dihubungi atau menolak permintaan. "
            "Coba lagi beberapa saat lagi; bila tetap gagal, hubungi administrator."
        )
    except TimeoutError:
        logger.exception("signing took longer than SIGNER_TIMEOUT")
        sentence = _(
            "Layanan stempel waktu (TSA) atau penerbit sertifikat terlalu lama menjawab. "
            "Coba lagi beberapa saat lagi; bila tetap gagal, hubungi administrator."
        )
    except (SigningError, PathError, ValidationError):
        logger.exception("a certificate cannot be validated up to SIGNER_TRUST_ROOTS")
        sentence = _(
            "Sertifikat kantor atau sertifikat stempel waktu tidak dipercaya, telah dicabut, "
            "atau tidak dapat diperiksa. Hubungi administrator."
        )
    except (PdfError, ValueError, TypeError, KeyError, OSError):
        logger.exception("a document cannot be signed")
        sentence = FAILED
    raise SigningFailed(sentence)


FAILED = _("Dokumen ini tidak berhasil ditandatangani. Coba lagi; bila tetap gagal, hubungi administrator.")


async def _sign(content: bytes, metadata: PdfSignatureMetadata, signer: SimpleSigner) -> bytes:
    writer = add_signature_field(content)
    async with asyncio.timeout(settings.SIGNER_TIMEOUT):
        if not settings.SIGNER_TIMESTAMP_URL:
            return (await async_sign_pdf(writer, metadata, signer, existing_fields_only=True)).getvalue()
        async with direct_session() as session:
            long_term = dataclasses.replace(
                metadata,
                embed_validation_info=True,
                validation_context=_validation_context(session),
                dss_settings=VALIDATION_DATA_COVERED,
            )
            stamps = HTTPTimeStamper(
                settings.SIGNER_TIMESTAMP_URL, timeout=settings.SIGNER_TIMEOUT, session=session
            )
            output = await async_sign_pdf(
                writer, long_term, signer, timestamper=stamps, existing_fields_only=True
            )
            return output.getvalue()


def _validation_context(session: ClientSession) -> ValidationContext:
    """Return a context that fetches chains and revocation lists, which B-LT requires."""
    return ValidationContext(
        trust_roots=load_trust_roots(),
        allow_fetching=True,
        revocation_mode="hard-fail",
        fetcher_backend=AIOHttpFetcherBackend(session),
    )


@asynccontextmanager
async def direct_session() -> AsyncIterator[ClientSession]:
    """Yield a session for time stamps, certificates and revocation lists.

    It raises ClientError if a server answers with a redirect (ASVS 15.3.2).
    """
    trace = TraceConfig()
    trace.on_request_redirect.append(_refuse)
    tls = ssl.create_default_context(cafile=certifi.where())
    async with ClientSession(connector=TCPConnector(ssl=tls), trace_configs=[trace]) as session:
        yield session


async def _refuse(
    session: ClientSession, _context: SimpleNamespace, asked: TraceRequestRedirectParams
) -> None:
    raise ClientError(f"{asked.url} answers with a redirect")


MAX_WRONG, WRONG_FOR = 10, 15 * 60
"""Wrong passphrases of one user, and seconds after the last one in which no other is tried."""


class Pkcs12:
    """The office's certificate, which everyone with the passphrase shares."""

    name = "pkcs12"
    label: Promise = _("Frasa sandi (passphrase) sertifikat kantor")
    attestation = (
        "Dokumen ini telah ditandatangani secara elektronik. "
        "Perubahan apa pun setelahnya membatalkan tanda tangan itu."
    )

    @sensitive_variables("passphrase")
    def sign(self, content: bytes, *, by: User, title: str, reason: str, passphrase: str) -> Signature:
        """Implement `Adapter.sign()`. The signature names the person and the position.

        Nobody guesses the passphrase in the session of another: after MAX_WRONG wrong ones, none is tried.
        """
        key = f"wrong_passphrases_{by.pk}"
        if (wrong := cache.get(key, 0)) >= MAX_WRONG:
            raise SigningFailed(_("Frasa sandi salah terlalu sering. Coba lagi sesudah 15 menit."))
        try:
            signer = open_key_file(passphrase)
        except WrongPassphrase:
            cache.set(key, wrong + 1, WRONG_FOR)
            raise
        cache.delete(key)
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            name=f"{by.name}, {title}",
            reason=reason,
            location=Office.load().city or None,
            subfilter=SigSeedSubFilter.PADES,
        )
        signed = sign_pdf(content, metadata, signer)
        found = get_added_signature(content, signed)
        if found is None or found.moment is None:
            logger.error("a signature that was just made does not validate")
            raise SigningFailed(FAILED)
        return Signature(adapter=self.name, content=signed, signed_at=found.moment, signer=found.signer)
