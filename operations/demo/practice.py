"""The practice office (kantor latihan): prepare it, and erase it to begin anew (ADR 46).

`require_practice()` alone decides what may be erased. It asks for two things that no real office has: the
setting PRACTICE, and `Office.is_practice`, which `prepare()` writes into an empty database only.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from office.models import Office, User
from operations.backup.databases import get_database, opened_sqlite
from operations.demo.generate import fill
from operations.demo.scenarios import SCENARIOS, Scenario

NAME_LENGTH = 150
COMMAND = (sys.executable, str(settings.BASE_DIR / "manage.py"), "practice")


class NotPracticeError(CommandError):
    """This installation is no practice office. The text is for the administrator."""


def require_practice() -> None:
    """Raise NotPracticeError unless everything of this installation is invented and may be erased."""
    if not settings.PRACTICE:
        raise NotPracticeError(_("Ini bukan kantor latihan: PRACTICE tidak dipasang."))
    try:
        is_practice = Office.objects.filter(is_practice=True).exists()
    except DatabaseError:  # no such table or column
        is_practice = False
    if not is_practice:
        raise NotPracticeError(_("Basis data ini bukan milik kantor latihan. Tidak ada yang diubah."))


def require_empty_or_practice() -> None:
    """Raise NotPracticeError if the database holds anything else than a practice office."""
    has_tables = "office_user" in connection.introspection.table_names()
    is_empty = not has_tables or not (User.objects.exists() or Office.objects.exists())
    if not (settings.PRACTICE and is_empty):
        require_practice()


@transaction.atomic
def prepare(scenarios: Iterable[Scenario] = SCENARIOS) -> bool:
    """Fill an empty database. Return False if it already holds a practice office.

    Raise NotPracticeError if it holds anything else.
    """
    require_empty_or_practice()
    if User.objects.exists():
        return False
    call_command("setup_office", verbosity=0)
    office = Office.load()
    office.name = f"Kantor Latihan {office.name}"[:NAME_LENGTH]
    office.unit_code = "LATIHAN"
    office.phone = office.website = ""
    office.is_practice = True
    office.save()
    return fill(scenarios)


def start_anew() -> None:
    """Build a new practice office beside this one, and put it in its place. Takes about half a minute."""
    require_practice()
    with TemporaryDirectory(dir=settings.DATA_DIR, prefix="baru-") as folder:
        environment = {**os.environ, "REMBUK_DATA": folder}
        subprocess.run(COMMAND, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        replace(Path(folder))


def replace(folder: Path) -> None:
    """Replace database and files by those of another data folder. Raise NotPracticeError unless both may be.

    Other processes see either the old database or the new one. The new files are there before it, and the
    old ones until after it.
    """
    require_practice()
    files, database = Path(settings.MEDIA_ROOT), folder / "rembuk.sqlite3"
    with opened_sqlite(database) as new, new.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM office_office WHERE is_practice")
        if cursor.fetchone() != (1,):
            raise NotPracticeError(
                _("Basis data yang baru bukan milik kantor latihan. Tidak ada yang diubah.")
            )
    if (folder / "files").exists():
        shutil.copytree(folder / "files", files, dirs_exist_ok=True)
    kept = {path.relative_to(folder / "files") for path in (folder / "files").rglob("*")}
    get_database("sqlite").load(database)
    for path in files.rglob("*"):
        if path.is_file() and path.relative_to(files) not in kept:
            path.unlink(missing_ok=True)


def start_anew_soon() -> None:
    """Run `practice --anew` in a process of its own, unless it is running already."""
    require_practice()
    with _open_lock() as lock, (settings.DATA_DIR / "practice.log").open("a") as log:
        if _is_taken(lock):
            return
        # The process inherits the lock, and with it `is_starting_anew()`, until it ends.
        command = [*COMMAND, "--anew"]
        subprocess.Popen(  # noqa: S603
            command, stdout=log, stderr=log, pass_fds=[lock.fileno()], start_new_session=True
        )


def is_starting_anew() -> bool:
    """Return whether a new practice office is being built."""
    with _open_lock() as lock:
        return _is_taken(lock)


def _open_lock() -> IO[str]:
    return (settings.DATA_DIR / "practice.lock").open("a")


def _is_taken(lock: IO[str]) -> bool:
    """Take the lock until the file is closed. Return whether another process has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
