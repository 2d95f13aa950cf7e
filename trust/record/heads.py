"""The head of the chain of each night: made, signed with the office's key, and mailed to the witnesses."""

import base64
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.db import transaction
from django.tasks import task
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kit import clock, place
from kit.clock import format_moment
from kit.jobs import enqueue_missing
from notices.mail import NotSent, Unreachable, has_mail_server, has_sender, is_address, send
from office.models import Office
from office.words import with_words
from trust.record.entries import chain_entries, lock_chain
from trust.record.models import START, Entry, Head, RecordCheck

logger = logging.getLogger(__name__)


def get_latest(until: Any) -> Head | None:
    """Return the last head at a moment."""
    return Head.objects.filter(at__lte=until).order_by("day").last()


def get_first_after(moment: Any) -> Head | None:
    """Return the first head from a moment on: it covers what was recorded until then."""
    return Head.objects.filter(at__gte=moment).order_by("day").first()


def get_last_check() -> RecordCheck | None:
    return RecordCheck.objects.order_by("pk").last()


def get_late_head() -> Head | None:
    """Return the last head if it is older than yesterday, or None."""
    last = Head.objects.order_by("day").last()
    return last if last and (clock.today() - last.day).days > 1 else None


def make_tonight() -> Head | None:
    """Make the head of this day; return None if it exists. A copy of the installation makes none."""
    if place.is_copy() or Head.objects.filter(day=clock.today()).exists():
        return None
    chain_entries()
    return make_head()


@transaction.atomic
def make_head() -> Head | None:
    """Store the present head of the chain for today, signed if the office has a key."""
    lock_chain()
    last = Entry.objects.exclude(number=None).order_by("-number").first()
    before = Head.objects.order_by("day").last()
    if last is None or last.number is None or last.hash is None or (before and before.day >= clock.today()):
        return None
    head = Head(day=clock.today(), number=last.number, hash=last.hash, at=clock.now())
    head.previous = before.fingerprint if before else START
    try:
        head.signature, head.certificate = sign(head.text) if settings.SEAL_PKCS12 else ("", "")
    except (OSError, ValueError) as error:
        logger.error("the head of %s cannot be signed: %s", head.day, error)
    head.save()
    return head


def sign(text: str) -> tuple[str, str]:
    """Return signature (base64) and certificate (PEM). Raise OSError or ValueError without a usable key."""
    key, certificate = _open_key()
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    else:
        raise ValueError("SEAL_PKCS12 needs a key of RSA or of an elliptic curve")
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return base64.b64encode(signature).decode(), pem


def _open_key() -> tuple[Any, x509.Certificate]:
    content = Path(settings.SEAL_PKCS12).read_bytes()
    key, certificate, _others = pkcs12.load_key_and_certificates(content, settings.SEAL_PASSPHRASE.encode())
    if key is None or certificate is None:
        raise ValueError("SEAL_PKCS12 has no key with its certificate")
    return key, certificate


def is_signed(head: Head, trusted: str = "") -> bool:
    """Return whether the signature is one of the text, made with the certificate `trusted` (PEM) if given."""
    try:
        key: Any = x509.load_pem_x509_certificate(head.certificate.encode()).public_key()
        signature, text = base64.b64decode(head.signature), head.text.encode()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, AttributeError):
        return False
    return not trusted or head.certificate == trusted


def enqueue_unmailed() -> int:
    """Enqueue the mail of the last head if nobody has it yet. A copy mails none."""
    last = Head.objects.order_by("day").last()
    if place.is_copy() or last is None or last.mailed_at or not settings.SEAL_RECIPIENTS:
        return 0
    return enqueue_missing(mail_head, [last.pk]) if has_mail_server() else 0


@task()
def mail_head(pk: int) -> None:
    """Mail a head to the witnesses. Safe to run twice; what fails is tried again."""
    head = Head.objects.filter(pk=pk, mailed_at=None).first()
    if head is None or place.is_copy():
        return
    try:
        send(compose(head))
    except NotSent as error:
        logger.error("the head of %s cannot be mailed: %s", head.day, error)
    else:
        Head.objects.filter(pk=pk).update(mailed_at=clock.now())


def compose(head: Head) -> EmailMessage:
    """Return the mail of a head. Raise Unreachable if the office has no address to send from."""
    if not has_sender():
        raise Unreachable("DEFAULT_FROM_EMAIL is no address")
    office = Office.load()
    with translation.override("id"):
        words = {"office": office.name, "day": date_format(head.day), "text": head.text, "url": head.url}
        subject = _("Segel catatan %(office)s, %(day)s") % words
        text = _(
            "Simpan surel ini. Segel di bawah ini membuktikan isi catatan layanan %(office)s sampai malam "
            "ini.\n"
            "Jika catatan itu kelak diubah atau dihapus, segelnya tidak lagi cocok.\n\n"
            "%(text)s\nCara memeriksa: %(url)s\n"
        )
        text = f"{text % words}\n{describe_last_check()}\n"
    mail = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, settings.SEAL_RECIPIENTS)
    mail.attach(f"segel-{head.day:%Y-%m-%d}.json", json.dumps(head.to_json(), indent=2), "application/json")
    return mail


def describe_last_check() -> str:
    """Return what the last verification found, for readers outside: an administrator may be the insider."""
    last = get_last_check()
    if last is None:
        return _("Catatan belum pernah diperiksa.")
    if not last.findings:
        return _("Pemeriksaan catatan terakhir, %(moment)s: utuh.") % {"moment": format_moment(last.at)}
    return with_words(
        _(
            "PERHATIAN: pemeriksaan catatan terakhir, %(moment)s, menemukan %(findings)s kejanggalan."
            " Tanyakan kepada %(head)s dan minta hasil lengkapnya."
        ),
        moment=format_moment(last.at),
        findings=last.findings,
    )


MIN_BITS = {rsa.RSAPublicKey: 3072, ec.EllipticCurvePublicKey: 256}
"""Sizes of keys with 128 bits of security (NIST SP 800-57 part 1, table 2)."""


def check_heads(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check that the key file exists and that the addresses are valid."""
    return list(_list_messages())


def _list_messages() -> Iterator[checks.CheckMessage]:
    if settings.SEAL_PKCS12 and not Path(settings.SEAL_PKCS12).is_file():
        yield checks.Error("SEAL_PKCS12 names no file.", id="record.E001")
    for address in settings.SEAL_RECIPIENTS:
        if not is_address(address):
            yield checks.Error(f"SEAL_RECIPIENTS holds {address!r}, which is no address.", id="record.E002")


def check_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn in production if the key has less than 128 bits of security (ASVS 11.2.3), or has expired."""
    if not Path(settings.SEAL_PKCS12 or "?").is_file():
        return []
    try:
        _key, certificate = _open_key()
    except (OSError, ValueError) as error:
        return [checks.Error(f"SEAL_PKCS12 cannot be used: {error}", id="record.E003")]
    public: Any = certificate.public_key()
    least = next((bits for kind, bits in MIN_BITS.items() if isinstance(public, kind)), 0)
    problems = []
    if public.key_size < least:
        problems.append(f"The key of SEAL_PKCS12 has {public.key_size} bits, less than {least}.")
    if certificate.not_valid_after_utc < timezone.now():
        problems.append("The certificate of SEAL_PKCS12 has expired.")
    return [checks.Warning(text, id="record.W001") for text in problems]
