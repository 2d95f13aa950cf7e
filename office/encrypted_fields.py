"""Model fields that the database or the storage holds encrypted (office/encryption.py).

A text is decrypted when it is read for the first time, so a list that does not show it costs nothing.
"""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.core.files.base import ContentFile, File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from phonenumber_field.phonenumber import to_python

from office.encryption import (
    TOKEN_START,
    decrypt,
    decrypt_content,
    encrypt,
    encrypt_content,
    hash_token,
    is_encrypted,
)


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
    """A stored file: encrypted when it is saved if its row says so, decrypted when it is opened."""

    field: "EncryptedFileField"

    def save(self, name: str, content: File[bytes], save: bool = True) -> None:
        if self.field.encrypts(self.instance):
            content.open()
            content = ContentFile(encrypt_content(content.read()), name=content.name)
        super().save(name, content, save)

    def open(self, mode: str = "rb") -> "EncryptedFile":  # type: ignore[override]  # as FieldFile
        """Open the file for reading. Raise KeyMissing if none of the keys fits."""
        super().open(mode)
        start = self.file.read(len(TOKEN_START))
        self.file.seek(0)
        if is_encrypted(start):
            with self.file as stored:
                content = stored.read()
            self.file = ContentFile(decrypt_content(content), name=self.name)
        return self


class EncryptedFileField(models.FileField):
    """A file that is stored encrypted, or only if the property `encrypted_if` of its row is true."""

    attr_class = EncryptedFile

    def __init__(self, *args: Any, encrypted_if: str = "", **options: Any) -> None:
        self.encrypted_if = encrypted_if
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "encrypted_if": self.encrypted_if}

    def encrypts(self, row: models.Model) -> bool:
        """Return whether the file of a row is to be encrypted."""
        return not self.encrypted_if or bool(getattr(row, self.encrypted_if))
