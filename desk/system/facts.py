"""Versions and sizes for the page *Keadaan sistem*."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import django
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from desk.system.checks import in_time
from office.backup.manifest import get_version

SECONDS = 2
"""Seconds for the measurement of the folder of files. One with more files is not measured to its end."""


def list_facts() -> Iterator[tuple[str, str]]:
    """Yield labels and values."""
    database, size = _ask_database()
    yield "Rembuk", get_version()
    yield "Django", django.get_version()
    yield "Python", platform.python_version()
    yield _("Basis data"), database
    yield _("Ukuran basis data"), filesizeformat(size)
    yield _("Ukuran berkas"), _measure_files()


def _ask_database() -> tuple[str, int]:
    """Return name and version of the database, and its size in bytes."""
    if connection.vendor == "sqlite":
        name = f"SQLite {sqlite3.sqlite_version}"
        return name, Path(connection.settings_dict["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return f"PostgreSQL {version}", size


def _measure_files() -> str:
    if not isinstance(default_storage, FileSystemStorage):
        return _("tidak diukur (STORAGE_URL)")
    try:
        size, is_whole = in_time(_sum_sizes)
    except TimeoutError:
        return _("folder tidak menjawab")
    text = filesizeformat(size)
    return text if is_whole else _("lebih dari %(size)s") % {"size": text}


def _sum_sizes() -> tuple[int, bool]:
    """Return the size of the files in the folder, and whether all were measured."""
    until, total = monotonic() + SECONDS, 0
    for folder, _folders, names in os.walk(settings.MEDIA_ROOT):
        for name in names:
            with suppress(FileNotFoundError):  # deleted meanwhile
                total += Path(folder, name).lstat().st_size
        if monotonic() > until:
            return total, False
    return total, True
