"""The place of this database. A copy sends nothing (ADR 65).

A copy does not contain its place: on PostgreSQL it is the server and the number of the database, on SQLite
this machine and the inode of the file. A database may send if its table `Place` names its own place. Backups
leave the table empty. Copies in another place have the row of the first one. An older state that is put in
the place of the database itself is not noticed.
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
    """Return a hash that is different for each place. `database` is that of a migration, or the default."""
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
    """Return whether nobody has let this place send: it is a restored or moved copy. Ask before sending."""
    return not settings.PRACTICE and not Place.objects.filter(pk=read_identity()).exists()


def may_send() -> bool:
    """Return whether something may leave: neither a copy nor an installation for practice sends."""
    return not settings.PRACTICE and not is_copy()


@remembered
def _is_unknown() -> bool:
    return not Place.objects.filter(pk=read_identity()).exists()


def is_shown_as_copy() -> bool:
    """Return the same as `is_copy` for pages, without a query for each of them."""
    return not settings.PRACTICE and _is_unknown()


@transaction.atomic
def take_place(name: str) -> None:
    """Let this place send from now on, and no other one that has this database."""
    Place.objects.all().delete()
    Place.objects.create(identity=read_identity(), name=name)
