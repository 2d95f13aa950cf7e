"""Rotation of keys (`manage.py rotate_encryption`), and checks that stored values are bound and unchanged.

A rotation encrypts all values with the first key that are not yet, so that older keys can be removed. It also
binds Fernet tokens of earlier versions to their places. After an interruption, start it again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models import Field, Model
from django.db.models.functions import Cast

from kit.encryption import (
    TOKEN_START,
    EncryptedField,
    EncryptedFileField,
    NotAsStored,
    Unreadable,
    join_place,
    list_unreadable,
    name_place,
    reencrypt,
    reencrypt_content,
)
from kit.models import BoundSince

BATCH = 1000
"""Rows of one transaction."""

MFA_SECRETS = ("secret", "seed")
"""Keys of `Authenticator.data` that hold a secret: of a TOTP app, of recovery codes."""


def name_factor(row: Authenticator) -> str:
    """Return the place of the secrets of a second factor. A user has at most one row of each type."""
    return join_place(Authenticator, "data", row.user_id, row.type)


class Rotation:
    """One run. `changed` is the number of texts and files that it encrypted.

    `unreadable` counts, by table, the values that no key decrypts, that have another place, or whose file is
    missing. `unbound` counts the tokens of earlier versions that could not be replaced, and missing files.
    """

    def __init__(self) -> None:
        self.changed = self.unbound = 0
        self.unreadable: Counter[str] = Counter()

    def run(self) -> None:
        self._rotate_factors()
        for model, fields in list_encrypted(EncryptedField):
            self._rotate_texts(model, fields)
        for model, files in list_encrypted(EncryptedFileField):
            self._rotate_files(model, files)
        if not self.unbound and not BoundSince.objects.exists():
            BoundSince.objects.create()

    @transaction.atomic
    def _rotate_factors(self) -> None:
        for row in Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN):
            old = dict(row.data)
            row.data |= {
                name: self._reencrypt(reencrypt, Authenticator, old[name], name_factor(row))
                for name in MFA_SECRETS
                if name in old
            }
            if row.data != old:
                row.save(update_fields=["data"])

    def _rotate_texts(self, model: type[Model], fields: Sequence[EncryptedField]) -> None:
        for keys in _list_keys(model):
            with transaction.atomic():
                changes = []
                for row in model._base_manager.filter(pk__in=keys).select_for_update(no_key=True):
                    old = {field: vars(row)[field.attname] for field in fields}
                    new = [
                        text and self._reencrypt(reencrypt, model, text, name_place(row, str(field.column)))
                        for field, text in old.items()
                    ]
                    if new != [*old.values()]:
                        changes.append((*new, row.pk))
                update_texts(model, fields, changes)

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
                        self._rotate_file(model, storage, name, name_place(row, "files"))

    def _rotate_file(self, model: type[Model], storage: Storage, name: str, place: str) -> None:
        try:
            with storage.open(name) as file:
                old = file.read()
        except FileNotFoundError:
            self.unreadable[model._meta.db_table] += 1
            self.unbound += 1  # it may come back, e.g. with its network folder
            return
        new = self._reencrypt(reencrypt_content, model, old, place)
        if new != old:
            replace_file(storage, name, new)

    def _reencrypt[T: (str, bytes)](
        self, reencrypt: Callable[[T, str], T], model: type[Model], old: T, place: str
    ) -> T:
        try:
            new = reencrypt(old, place)
        except Unreadable:
            self.unreadable[model._meta.db_table] += 1
            stored = old.encode() if isinstance(old, str) else old
            self.unbound += stored.startswith(TOKEN_START.encode())
            return old
        self.changed += new != old
        return new


def list_encrypted[F: Field[Any, Any]](kind: type[F]) -> Iterator[tuple[type[Model], list[F]]]:
    """Yield the models with encrypted fields of a kind, with these fields."""
    for model in apps.get_models():
        if fields := [field for field in model._meta.concrete_fields if isinstance(field, kind)]:
            yield model, fields


def list_misplaced() -> Iterator[str]:
    """Yield a finding for each text that is not as it was stored, or was copied from another place."""
    for model, _fields in list_encrypted(EncryptedField):
        for row in model._base_manager.order_by("pk").iterator(chunk_size=BATCH):
            for field, error in list_unreadable(row):
                if isinstance(error, NotAsStored):
                    place = name_place(row, str(field.column))
                    yield f"{place}: the encrypted value was changed, or copied from elsewhere"


def count_unbound() -> int:
    """Return the number of texts of earlier versions that a rotation has not bound yet."""
    if BoundSince.objects.exists():
        return 0
    return sum(
        model._base_manager.annotate(stored=Cast(field.attname, models.TextField()))
        .filter(stored__startswith=TOKEN_START)
        .count()
        for model, fields in list_encrypted(EncryptedField)
        for field in fields
    )


def _list_keys(model: type[Model]) -> Iterator[list[Any]]:
    rows = model._base_manager.order_by("pk").values_list("pk", flat=True)
    keys = list(rows[:BATCH])
    while keys:
        yield keys
        keys = list(rows.filter(pk__gt=keys[-1])[:BATCH])


def update_texts(
    model: type[Model], fields: Sequence[EncryptedField], changes: Sequence[tuple[Any, ...]]
) -> None:
    """Store texts that are already encrypted. A change is a text for each field, then the primary key."""
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
