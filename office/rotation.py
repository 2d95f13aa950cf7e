"""Encrypts what is stored with the first of ENCRYPTION_KEYS, also what is not encrypted yet.

Texts and files that the first key has encrypted already are left alone, so an interrupted run is repeated.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, transaction
from django.db.models import Field, Model

from office.encrypted_fields import EncryptedField, EncryptedFileField
from office.encryption import KeyMissing, reencrypt, reencrypt_content

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
    """Yield the primary keys of all rows in batches."""
    rows = model._base_manager.order_by("pk").values_list("pk", flat=True)
    keys = list(rows[:BATCH])
    while keys:
        yield keys
        keys = list(rows.filter(pk__gt=keys[-1])[:BATCH])


def _update(model: type[Model], fields: Sequence[EncryptedField], changes: Sequence[tuple[Any, ...]]) -> None:
    """Write new texts by primary key, the last value of each row."""
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
