"""Encryption at rest: keys, encrypted fields of models, rotation of keys.

Fernet encrypts (AES-128-CBC, HMAC-SHA256). The keys are outside of the database. The first key encrypts, all
keys decrypt. Without ENCRYPTION_KEYS the key is derived from SECRET_KEY. A text is decrypted when it is read
for the first time, so a list that does not show it costs nothing.

`manage.py rotate_encryption` encrypts with the first key what another key or no key has encrypted, so that
older keys can go. An interrupted run is repeated.
"""

import base64
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models import Field, Model
from django.db.models.fields.files import FieldFile
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

TOKEN_START = "gAAAAA"  # noqa: S105 -- what each token starts with: version 0x80, then the time
"""Start of each encrypted text and file. No base32 text, no PDF and no picture starts like this."""


logger = logging.getLogger(__name__)


class Unreadable(Exception):  # noqa: N818 -- the text is a sentence for the user
    """A stored text or file cannot be read."""


class KeyMissing(Unreadable):
    """None of the keys decrypts a text or a file."""

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


class Encrypted(str):
    """A text as the database stores it."""

    __slots__ = ()


class OnlyEmpty(Exact):
    """Compare with an empty text only: each encryption of the same text is another one."""

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
            value = self.field.to_value(decrypt(value))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


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
        if isinstance(value, Encrypted):
            return str(value)
        return encrypt(self.to_text(value)) if value not in (None, "") else value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        return vars(instance).get(self.attname)  # as it was read, if it was not decrypted

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": OnlyEmpty, "isnull": IsNull}.get(lookup_name)


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

    It follows each save. `QuerySet.update()` must set both.
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


class EncryptedFile(FieldFile):
    """A stored file: encrypted when it is saved if its row says so; decrypted and checked when opened."""

    field: "EncryptedFileField"

    def save(self, name: str, content: File[bytes], save: bool = True) -> None:
        if self.field.encrypts(self.instance):
            content.open()
            content = ContentFile(encrypt_content(content.read()), name=content.name)
        super().save(name, content, save)

    def open(self, mode: str = "rb") -> "EncryptedFile":  # type: ignore[override]  # as FieldFile
        """Open the file for reading.

        Raise KeyMissing if none of the keys fits, NotAsStored if the file has another hash than its row says.
        """
        super().open(mode)
        with self.file as stored:
            content = stored.read()
        if is_encrypted(content):
            content = decrypt_content(content)
        if hashed_in := self.field.hashed_in:
            check_hash(content, getattr(self.instance, hashed_in), str(self.name))
        self.file = ContentFile(content, name=self.name)
        return self


def check_hash(content: bytes, sha256: str, name: str) -> None:
    """Raise NotAsStored if a file has another hash than its row says, and log the finding."""
    if hashlib.sha256(content).hexdigest() != sha256:
        logger.error("finding: the file %s is not as it was stored", name)
        raise NotAsStored


class EncryptedFileField(models.FileField):
    """A file that is stored encrypted, or only if the property `encrypted_if` of its row is true.

    The column `hashed_in` of the row has the SHA-256 of what was encrypted.
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


BATCH = 1000
"""Rows of one transaction."""

MFA_SECRETS = ("secret", "seed")
"""Keys of `Authenticator.data` that hold a secret: of a TOTP app, of recovery codes."""


class Rotation:
    """One run. `changed` is the number of texts and files that were encrypted.

    `unreadable` counts those that none of the keys decrypts, by table.
    """

    def __init__(self) -> None:
        self.changed = 0
        self.unreadable: Counter[str] = Counter()

    def run(self) -> None:
        self._rotate_factors()
        for model, fields in list_encrypted(EncryptedField):
            self._rotate_texts(model, fields)
        for model, files in list_encrypted(EncryptedFileField):
            self._rotate_files(model, files)

    @transaction.atomic
    def _rotate_factors(self) -> None:
        for row in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
            old = dict(row.data)
            row.data |= {
                name: self._reencrypt(reencrypt, Authenticator, old[name])
                for name in MFA_SECRETS
                if name in old
            }
            if row.data != old:
                row.save(update_fields=["data"])

    def _rotate_texts(self, model: type[Model], fields: Sequence[EncryptedField]) -> None:
        columns = [field.attname for field in fields]
        for keys in _list_keys(model):
            with transaction.atomic():
                rows = model._base_manager.filter(pk__in=keys).select_for_update(no_key=True)
                changes = []
                for pk, *old in rows.values_list("pk", *columns):
                    new = [self._reencrypt(reencrypt, model, text) if text else text for text in old]
                    if new != old:
                        changes.append((*new, pk))
                _update(model, fields, changes)

    def _rotate_files(self, model: type[Model], fields: Sequence[EncryptedFileField]) -> None:
        rows, columns = model._base_manager.all(), model._meta.concrete_fields
        if parents := [column.name for column in columns if column.many_to_one and not column.null]:
            rows = rows.select_related(*parents)  # a case says whether its files are encrypted
        for keys in _list_keys(model):
            for row in rows.filter(pk__in=keys):
                if getattr(row, "erased_at", None):
                    continue  # the name is left, the file is gone
                encrypted = [field for field in fields if field.encrypts(row)]
                names = {getattr(row, field.attname).name: field.storage for field in encrypted}
                for name, storage in names.items():
                    if name:
                        self._rotate_file(model, storage, name)

    def _rotate_file(self, model: type[Model], storage: Storage, name: str) -> None:
        try:
            with storage.open(name) as file:
                old = file.read()
        except FileNotFoundError:
            self.unreadable[model._meta.db_table] += 1
            return
        new = self._reencrypt(reencrypt_content, model, old)
        if new != old:
            replace_file(storage, name, new)

    def _reencrypt[T](self, reencrypt: Callable[[T], T], model: type[Model], old: T) -> T:
        try:
            new = reencrypt(old)
        except KeyMissing:
            self.unreadable[model._meta.db_table] += 1
            return old
        self.changed += new != old
        return new


def list_encrypted[F: Field[Any, Any]](kind: type[F]) -> Iterator[tuple[type[Model], list[F]]]:
    """Yield the models with encrypted fields of a kind, with these fields."""
    for model in apps.get_models():
        if fields := [field for field in model._meta.concrete_fields if isinstance(field, kind)]:
            yield model, fields


def _list_keys(model: type[Model]) -> Iterator[list[Any]]:
    rows = model._base_manager.order_by("pk").values_list("pk", flat=True)
    keys = list(rows[:BATCH])
    while keys:
        yield keys
        keys = list(rows.filter(pk__gt=keys[-1])[:BATCH])


def _update(model: type[Model], fields: Sequence[EncryptedField], changes: Sequence[tuple[Any, ...]]) -> None:
    quote, key = connection.ops.quote_name, model._meta.pk
    assignments = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    table, column = quote(model._meta.db_table), quote(str(key.column))
    rows = [(*map(str, texts), key.get_db_prep_value(pk, connection)) for *texts, pk in changes]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {assignments} WHERE {column} = %s", rows)  # noqa: S608


def replace_file(storage: Storage, name: str, content: bytes) -> None:
    """Replace a stored file. Until the new one is complete, the storage has its content as `<name>.new`."""
    copy = storage.save(f"{name}.new", ContentFile(content))
    try:
        Path(storage.path(copy)).replace(storage.path(name))
    except NotImplementedError:  # an object store has no paths
        storage.delete(name)
        storage.save(name, ContentFile(content))
        storage.delete(copy)
