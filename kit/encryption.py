"""Encryption at rest: keys, and encrypted fields of models.

Values are encrypted with AES-256-GCM. The place of a value is authenticated with it: table, column, primary
key, and the keys of the rows that `encrypted_for` of the model names. A value copied to another place is
refused. Nonces are random (96 bits): NIST SP 800-38D allows 2**32 values per key, which is never reached. A
value names its key by 24 bits of a hash.

The keys are outside of the database. The first key encrypts, all keys decrypt. Without ENCRYPTION_KEYS the
key is derived from SECRET_KEY. A text is decrypted when it is read for the first time, so a list that does
not show it costs nothing.

Fernet tokens of earlier versions have no place. They are accepted until a rotation (kit/rotation.py) has
replaced all of them (`BoundSince`), and refused from then on.
"""

import base64
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.files.base import ContentFile, File
from django.db import connections, models
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

from kit.models import BoundSince

MARK, KEY_ID, NONCE = b"rbk2:", 4, 12
"""Start of each encrypted text and file, number of characters that name its key, bytes of the nonce."""

TOKEN_START = "gAAAAA"  # noqa: S105 -- what each token starts with: version 0x80, then the time
"""Start of a Fernet token of earlier versions. No base32 text, no PDF and no picture starts like this."""


logger = logging.getLogger(__name__)


class Unreadable(Exception):  # noqa: N818 -- the text is a sentence for the user
    """A stored text or file cannot be read."""


class KeyMissing(Unreadable):
    """No key decrypts a text or a file."""

    def __str__(self) -> str:
        return _(
            "Data ini terenkripsi, dan kuncinya tidak ada di server ini. Administrator perlu memasangnya."
        )


class NotAsStored(Unreadable):
    """A text or a file was changed after it was stored."""

    def __str__(self) -> str:
        return _(
            "Isi ini tidak sama dengan yang pernah disimpan, jadi tidak ditampilkan. Hubungi administrator."
        )


def encrypt(text: str, place: str) -> str:
    """Return a text encrypted for a place."""
    return encrypt_content(text.encode(), place).decode()


def decrypt(encrypted: str, place: str) -> str:
    """Return the decrypted text. Raise KeyMissing if no key fits, NotAsStored if it has another place."""
    return decrypt_content(encrypted.encode(), place).decode()


def encrypt_content(content: bytes, place: str) -> bytes:
    """Return the content of a file encrypted for a place."""
    start, key = next(iter(_get_keys()[0].items()))
    nonce = os.urandom(NONCE)
    return start + base64.urlsafe_b64encode(nonce + key.encrypt(nonce, content, place.encode()))


def decrypt_content(encrypted: bytes, place: str) -> bytes:
    """Return the content of an encrypted file. Raise KeyMissing or NotAsStored as `decrypt()` does."""
    keys, of_before = _get_keys()
    key = keys.get(encrypted[: len(MARK) + KEY_ID])
    try:
        if key is None:
            content = of_before.decrypt(encrypted)
            refuse_unbound(place)
            return content
        stored = base64.urlsafe_b64decode(encrypted[len(MARK) + KEY_ID :])
        return key.decrypt(stored[:NONCE], stored[NONCE:], place.encode())
    except InvalidToken as error:
        raise KeyMissing from error
    except (InvalidTag, ValueError) as error:
        logger.error("finding: the encrypted value of %s was changed, or copied from elsewhere", place)
        raise NotAsStored from error


def refuse_unbound(place: str) -> None:
    """Raise NotAsStored for a value without a place if a rotation has already bound all values to places."""
    if BoundSince.objects.exists():
        logger.error("finding: the value of %s is bound to no place", place)
        raise NotAsStored


def reencrypt(text: str, place: str) -> str:
    """Return a text encrypted with the first key, whether it is encrypted already or not.

    Raise KeyMissing if none of the keys fits, NotAsStored if it has another place.
    """
    return reencrypt_content(text.encode(), place).decode()


def reencrypt_content(content: bytes, place: str) -> bytes:
    """Return the content of a file encrypted with the first key, unchanged if that key encrypted it already.
    Raise KeyMissing or NotAsStored as `reencrypt()` does.
    """
    if not is_encrypted(content):
        refuse_unbound(place)
        return encrypt_content(content, place)
    decrypted = decrypt_content(content, place)
    is_current = content.startswith(next(iter(_get_keys()[0])))
    return content if is_current else encrypt_content(decrypted, place)


def is_encrypted(content: bytes) -> bool:
    """Return whether a file, or the beginning of one, is encrypted."""
    return content.startswith((MARK, TOKEN_START.encode()))


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token. The token is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _get_keys() -> tuple[dict[bytes, AESGCM], MultiFernet]:
    """Return the keys by the start of the values they encrypt, current key first, and the keys for Fernet."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _build_keys(tuple(settings.ENCRYPTION_KEYS), secrets)


@lru_cache(maxsize=2)
def _build_keys(keys: tuple[str, ...], secrets: tuple[str, ...]) -> tuple[dict[bytes, AESGCM], MultiFernet]:
    built, encoded = {}, (*keys, *map(_derive, secrets))
    for secret in map(base64.urlsafe_b64decode, encoded):
        key = HKDF(SHA256(), length=32, salt=None, info=b"rembuk.encryption.bound").derive(secret)
        built[MARK + base64.urlsafe_b64encode(hashlib.sha256(key).digest())[:KEY_ID]] = AESGCM(key)
    return built, MultiFernet([Fernet(key) for key in encoded])


def _derive(secret: str) -> str:
    key = HKDF(SHA256(), length=32, salt=None, info=b"rembuk.encryption").derive(secret.encode())
    return base64.urlsafe_b64encode(key).decode()


class Encrypted(str):
    """A text as the database stores it."""

    __slots__ = ()


class OnlyEmpty(Exact):
    """Lookup that compares with an empty text only: the same text is encrypted differently each time."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError("Encrypted texts cannot be searched. Search by a hash.")
        return self.rhs


class DecryptedAttribute(DeferredAttribute):
    """Decrypt the text when it is read for the first time. Raise KeyMissing if none of the keys fits."""

    field: "EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = instance.__dict__.get(self.field.attname) if instance else None
        if value is None:
            value = super().__get__(instance, cls)
        if isinstance(value, Encrypted):
            value = self.field.to_value(decrypt(value, name_place(instance, str(self.field.column))))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def name_place(row: Model, column: str) -> str:
    """Return the place of a value. All files of a row have one place, because two columns may name one file.

    A migration that renames a table or a column must encrypt its values again. Raise ValueError if the row
    has no primary key yet: `bulk_create()` cannot encrypt for keys that the database gives.
    """
    if row.pk is None:
        raise ValueError("A row without a primary key has no place.")
    owners = [getattr(row, name) for name in getattr(row, "encrypted_for", ())]
    return join_place(type(row), column, row.pk, *owners)


def join_place(model: type[Model], *names: Any) -> str:
    return "/".join([model._meta.db_table, *map(str, names)])


@receiver(pre_save)
def take_key(sender: type[Model], instance: Model, using: str, **_signal: Any) -> None:
    """Give a new row its primary key before it is inserted if it has something to encrypt."""
    kinds = (EncryptedField, EncryptedFileField)
    if instance.pk is None and any(
        isinstance(field, kinds) and vars(instance).get(field.attname)
        for field in sender._meta.concrete_fields
    ):
        table, key = sender._meta.db_table, sender._meta.pk
        with connections[using].cursor() as cursor:
            if cursor.db.vendor == "postgresql":
                cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [table, key.column])
            else:
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0 "
                    "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                    [table, table],
                )
                cursor.execute(
                    "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = %s RETURNING seq", [table]
                )
            (instance.pk,) = cursor.fetchone()


class EncryptedField(models.TextField):
    """A text that is stored encrypted. An empty text is stored as it is."""

    descriptor_class = DecryptedAttribute

    def to_value(self, text: str) -> Any:
        """Return the value of a decrypted text."""
        return text

    def to_text(self, value: Any) -> str:
        """Return the text of a value, to be encrypted."""
        return str(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return Encrypted(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, "") or isinstance(value, Encrypted):
            return value and str(value)
        raise TypeError("A text is encrypted for its row: save the row, or call `encrypt()` of the field.")

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        return self.encrypt(instance, vars(instance).get(self.attname))

    def encrypt(self, row: Model, value: Any) -> Any:
        """Return a value encrypted for a row. Return a value unchanged that was read and not decrypted."""
        if value in (None, "") or isinstance(value, Encrypted):
            return value
        return Encrypted(encrypt(self.to_text(value), name_place(row, str(self.column))))

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": OnlyEmpty, "isnull": IsNull}.get(lookup_name)


def list_unreadable(row: Model) -> Iterator[tuple[EncryptedField, Unreadable]]:
    """Yield the encrypted fields of a row that cannot be read, each with the reason."""
    for field in row._meta.concrete_fields:
        if isinstance(field, EncryptedField):
            try:
                getattr(row, field.attname)
            except Unreadable as error:
                yield field, error


def make_legible[Row: Model](rows: Iterable[Row]) -> list[Row]:
    """Return the rows with a sentence in place of each text that cannot be read. Do not save these rows."""
    listed = list(rows)
    for row in listed:
        vars(row).update((field.attname, str(sentence)) for field, sentence in list_unreadable(row))
    return listed


class EncryptedPhoneField(EncryptedField):
    """A telephone number that is stored encrypted."""

    _pyi_private_set_type: Any  # for type checkers, as in django-stubs
    _pyi_private_get_type: Any

    def to_value(self, text: str) -> Any:
        return to_python(text)


class EncryptedJSONField(EncryptedField):
    """A dictionary or a list that is stored as encrypted JSON."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def to_value(self, text: str) -> Any:
        return json.loads(text)

    def to_text(self, value: Any) -> str:
        return json.dumps(value)


class HashField(models.CharField):
    """The SHA-256 of the encrypted token in the field `of` (64 hexadecimal digits), for searching by it.

    Each save updates the hash. `QuerySet.update()` must set both fields.
    """

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": 64, "editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        token = vars(instance).get(self.of)
        if token and not isinstance(token, Encrypted):
            setattr(instance, self.attname, hash_token(token))
        return getattr(instance, self.attname)


class Decrypted(ContentFile[bytes]):
    """The content of a stored file after it was decrypted and checked."""


class EncryptedFile(FieldFile):
    """A stored file. Saving encrypts it if its row requires that; opening decrypts and checks it."""

    field: "EncryptedFileField"

    def save(self, name: str, content: File[bytes], save: bool = True) -> None:
        if self.field.encrypts(self.instance):
            content.open()
            encrypted = encrypt_content(content.read(), name_place(self.instance, "files"))
            content = ContentFile(encrypted, name=content.name)
        super().save(name, content, save)

    def open(self, mode: str = "rb") -> "EncryptedFile":  # type: ignore[override]  # as FieldFile
        """Open the file for reading.

        Raise KeyMissing if none of the keys fits, NotAsStored if the file has another hash than its row says.
        """
        super().open(mode)
        if isinstance(self.file, Decrypted):
            return self
        with self.file as stored:
            content = stored.read()
        place = name_place(self.instance, "files")
        if is_encrypted(content):
            content = decrypt_content(content, place)
        elif self.field.encrypts(self.instance):
            refuse_unbound(place)
        if hashed_in := self.field.hashed_in:
            check_hash(content, getattr(self.instance, hashed_in), str(self.name))
        self.file = Decrypted(content, name=self.name)
        return self


def check_hash(content: bytes, sha256: str, name: str) -> None:
    """Raise NotAsStored if a file has another hash than its row says, and log the finding."""
    if hashlib.sha256(content).hexdigest() != sha256:
        logger.error("finding: the file %s is not as it was stored", name)
        raise NotAsStored


class EncryptedFileField(models.FileField):
    """A file that is stored encrypted. With `encrypted_if`, only if that property of its row is true.

    The column `hashed_in` of the row holds the SHA-256 of the content before encryption.
    """

    attr_class = EncryptedFile

    def __init__(self, *args: Any, encrypted_if: str = "", hashed_in: str = "", **options: Any) -> None:
        self.encrypted_if, self.hashed_in = encrypted_if, hashed_in
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "encrypted_if": self.encrypted_if}

    def encrypts(self, row: models.Model) -> bool:
        """Return whether the file of a row is to be encrypted."""
        return not self.encrypted_if or bool(getattr(row, self.encrypted_if))
