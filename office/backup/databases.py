"""The database of this installation: which module copies it, and whether it may be copied or filled."""

from types import ModuleType

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from office.backup import postgresql, sqlite
from office.backup.manifest import BackupError

MODULES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def get_database(kind: str = "") -> ModuleType:
    """Return the module for a kind of database: that of this installation, or of a backup."""
    kind = kind or connection.vendor
    if kind not in MODULES:
        raise BackupError(f"Backups of {kind} are not supported.")
    return MODULES[kind]


def list_known_migrations() -> set[str]:
    """Return the migrations of this version of Rembuk and its libraries, e.g. `office.0001_initial`."""
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def require_filled() -> None:
    """Raise BackupError if the database has no tables: e.g. SQLite creates a missing file anew."""
    if "django_migrations" not in connection.introspection.table_names():
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} has no tables. "
            "Check DATABASE_URL and REMBUK_DATA."
        )


def require_empty_place() -> None:
    """Raise BackupError if the database or the storage of this installation holds anything."""
    database = connection.settings_dict["NAME"]
    if connection.introspection.table_names():
        raise BackupError(
            f"The database {database} already has tables. Nothing was changed. Restore into a new, empty "
            "database: move the SQLite file away, or create another database for DATABASE_URL."
        )
    if not is_storage_empty():
        raise BackupError(
            f"The folder of the files ({settings.MEDIA_ROOT}, or the bucket) is not empty. Nothing was "
            "changed. Move what it holds away, and restore again."
        )


def is_storage_empty() -> bool:
    """Return whether the storage holds neither folders nor files."""
    try:
        return not any(default_storage.listdir(""))
    except FileNotFoundError:
        return True
