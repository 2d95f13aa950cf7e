"""The place of this database. A copy sends nothing (ADR 65).

The place is computed and not stored in the database. On PostgreSQL it follows from the server and the number
of the database, on SQLite from this machine and the inode of the file. A database may send if its table
`Place` names its own place. A backup contains no row of that table. A database copied to another place
contains the row of the original. An older state restored in the same place is not detected.
"""

import hashlib
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered
from kit.models import Place

SILENT: Promise = _("Salinan ini tidak mengirim apa pun. Hubungi administrator.")
"""Why something was not sent. A sentence for staff."""

MACHINE = Path("/etc/machine-id")
POSTGRESQL = (
    "SELECT system_identifier, pg_database.oid FROM pg_control_system(), pg_database "
    "WHERE datname = current_database()"
)


def read_identity(database: BaseDatabaseWrapper | None = None) -> str:
    """Return a hash that is different for each place. `database` replaces the default connection."""
    database = database or connection
    if database.vendor == "sqlite":
        machine = MACHINE.read_text(encoding="ascii").strip() if MACHINE.exists() else ""
        found: tuple[object, ...] = (machine, Path(str(database.settings_dict["NAME"])).stat().st_ino)
    else:
        with database.cursor() as cursor:
            cursor.execute(POSTGRESQL)
            found = tuple(cursor.fetchone())
    return hashlib.sha256(":".join(map(str, found)).encode()).hexdigest()


def is_copy() -> bool:
    """Return whether this database is a restored or moved copy, which must not send. Check before sending."""
    return not settings.PRACTICE and not Place.objects.filter(pk=read_identity()).exists()


def may_send() -> bool:
    """Return whether this database may send: it is neither a copy nor an installation for practice."""
    return not settings.PRACTICE and not is_copy()


@remembered
def _is_unknown() -> bool:
    return not Place.objects.filter(pk=read_identity()).exists()


def is_shown_as_copy() -> bool:
    """Return the same as `is_copy` for pages, without a query for each of them."""
    return not settings.PRACTICE and _is_unknown()


@transaction.atomic
def take_place(name: str) -> None:
    """Let this place send from now on, and no other place with a copy of this database."""
    Place.objects.all().delete()
    Place.objects.create(identity=read_identity(), name=name)
