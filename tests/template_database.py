"""A migrated database, made once for each state of the models and copied by every run of the tests.

Migrating takes six seconds, a copy takes none. The copies are in pytest's own temporary folder, which differs
for each run, so two runs never share one. On PostgreSQL the template is another database of the same server.
"""

import fcntl
import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from kit import place

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / ".test-data"
"""Ignored by git. Delete it, or use `--create-db`, to migrate again."""

DECLARES = re.compile(rb"class Meta|TRIGGER|post_migrate|is_append_only|is_remembered")
"""Code outside of the migrations that changes their result: models, triggers, content types."""


def compute_key() -> str:
    """Return a hash of all migrations, of modules that declare tables or triggers, and of the packages."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    packages = {app.parent for app in ROOT.glob("*/__init__.py")} - {ROOT / "tests", ROOT / "bench"}
    for file in sorted(path for package in packages for path in package.rglob("*.py")):
        text = file.read_bytes()
        if file.parent.name == "migrations" or DECLARES.search(text):
            found.update(str(file.relative_to(ROOT)).encode() + text)
    return found.hexdigest()[:16]


def use_copy(folder: Path, suffix: str, *, renew: bool = False) -> None:
    """Let this process use a new copy of the template: a file in `folder`, or a database with `suffix`."""
    name = f"rembuk_{compute_key()}"
    FOLDER.mkdir(exist_ok=True)
    with locked(FOLDER / "lock"):
        if connection.vendor == "sqlite":
            template = FOLDER / f"{name}.sqlite3"
            if renew or not template.exists():
                make_file(template)
            point_to(str(shutil.copy(template, folder / "test.sqlite3")))
        else:
            copy = f"{name}_{suffix}"
            if renew or not exists(name):
                drop(name)
                migrate(f"{name}_new")
                execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
            drop(copy)
            execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
            point_to(copy)
    place.take_place("tests")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let one process at a time make or copy the template."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def make_file(template: Path) -> None:
    """Migrate a new file, and delete the templates of other states of the models."""
    for old in FOLDER.glob("rembuk_*"):
        old.unlink()
    new = template.with_suffix(".new")
    migrate(str(new))
    new.rename(template)


def migrate(name: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()


def point_to(name: str) -> None:
    """Let all connections of this process use the database `name`."""
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def exists(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def drop(name: str) -> None:
    execute(f'DROP DATABASE IF EXISTS "{name}"')


def execute(statement: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
