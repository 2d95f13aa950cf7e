"""Encryption of secrets that the database stores: Fernet (AES-128-CBC, HMAC-SHA256) with keys outside of it.

The first key encrypts, all keys decrypt. `manage.py rotate_encryption` encrypts what is stored with the first
key, so that older keys can go. Without ENCRYPTION_KEYS the key is derived from SECRET_KEY.
"""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

TOKEN_START = "gAAAAA"  # noqa: S105 -- what each token starts with: version 0x80, then the time
"""Start of each encrypted text. No text in base32 or hexadecimal digits starts like this."""


def encrypt(text: str) -> str:
    return _get_keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the text. Raise cryptography.fernet.InvalidToken if none of the keys fits."""
    return _get_keys().decrypt(encrypted.encode()).decode()


def reencrypt(text: str) -> str:
    """Return a text encrypted with the first key, whether it is encrypted already or not."""
    if text.startswith(TOKEN_START):
        return _get_keys().rotate(text.encode()).decode()
    return encrypt(text)


def _get_keys() -> MultiFernet:
    derived = [_derive(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(key) for key in (*settings.ENCRYPTION_KEYS, *derived)])


def _derive(secret: str) -> bytes:
    key = HKDF(SHA256(), length=32, salt=None, info=b"rembuk.encryption").derive(secret.encode())
    return base64.urlsafe_b64encode(key)
