"""Encryption of what the database and the files must not tell: Fernet (AES-128-CBC, HMAC-SHA256).

The keys are outside of the database. The first key encrypts, all keys decrypt. `manage.py rotate_encryption`
encrypts what is stored with the first key, so that older keys can go. Without ENCRYPTION_KEYS the key is
derived from SECRET_KEY.
"""

import base64
import hashlib
from contextlib import suppress
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

TOKEN_START = "gAAAAA"  # noqa: S105 -- what each token starts with: version 0x80, then the time
"""Start of each encrypted text and file. No base32 text, no PDF and no picture starts like this."""


class KeyMissing(InvalidToken):
    """None of the keys decrypts a text or a file."""

    def __str__(self) -> str:
        return _(
            "Data ini terenkripsi, dan kuncinya tidak ada di server ini. Administrator perlu memasangnya."
        )


def encrypt(text: str) -> str:
    return encrypt_content(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the text. Raise KeyMissing if none of the keys fits."""
    return decrypt_content(encrypted.encode()).decode()


def encrypt_content(content: bytes) -> bytes:
    """Return the content of a file encrypted."""
    return _get_keys()[0].encrypt(content)


def decrypt_content(encrypted: bytes) -> bytes:
    """Return the content of an encrypted file. Raise KeyMissing if none of the keys fits."""
    try:
        return MultiFernet(_get_keys()).decrypt(encrypted)
    except InvalidToken as error:
        raise KeyMissing from error


def reencrypt(text: str) -> str:
    """Return a text encrypted with the first key, whether it is encrypted already or not.

    Raise KeyMissing if none of the keys fits.
    """
    return reencrypt_content(text.encode()).decode()


def reencrypt_content(content: bytes) -> bytes:
    """Do the same with the content of a file. What the first key has encrypted is returned as it is."""
    if not is_encrypted(content):
        return encrypt_content(content)
    with suppress(InvalidToken):
        _get_keys()[0].decrypt(content)
        return content
    return encrypt_content(decrypt_content(content))


def is_encrypted(content: bytes) -> bool:
    """Return whether a file, or the beginning of one, is encrypted."""
    return content.startswith(TOKEN_START.encode())


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token. The token is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _get_keys() -> tuple[Fernet, ...]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _build_keys(tuple(settings.ENCRYPTION_KEYS), secrets)


@lru_cache(maxsize=2)
def _build_keys(keys: tuple[str, ...], secrets: tuple[str, ...]) -> tuple[Fernet, ...]:
    return tuple(Fernet(key) for key in (*keys, *map(_derive, secrets)))


def _derive(secret: str) -> str:
    key = HKDF(SHA256(), length=32, salt=None, info=b"rembuk.encryption").derive(secret.encode())
    return base64.urlsafe_b64encode(key).decode()
