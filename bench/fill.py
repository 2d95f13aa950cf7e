"""Fills an empty database with many cases: `bench/fill 100000`.

Works on the database of DATABASE_URL or REMBUK_DATA.
"""

import argparse
import os
import sys
import time

import django
from django.db.backends.base.base import BaseDatabaseWrapper


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/fill", description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="number of cases")
    parser.add_argument("--seed", type=int, default=47)
    arguments = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-measurements")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.case_generator import generate_cases
    from office.models import User

    call_command("migrate", interactive=False, verbosity=0)
    if User.objects.exists():
        sys.exit("bench/fill: this database is not empty.")
    began = time.monotonic()
    # Without indexes, each check of a foreign key would read the whole table.
    tune(connection, "foreign_keys=OFF", "cache_size=-1000000", "synchronous=OFF", "journal_mode=OFF")
    written = generate_cases(arguments.count, seed=arguments.seed)
    tune(connection, "foreign_keys=ON", "journal_mode=WAL")
    for table, rows in written.items():
        print(f"{rows:>10,}  {table}")
    print(f"{sum(written.values()):>10,}  rows in {time.monotonic() - began:.0f} s")


def tune(connection: BaseDatabaseWrapper, *settings: str) -> None:
    """Change settings of SQLite. A database that is half filled is of no use, so nothing needs to be safe."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for setting in settings:
                cursor.execute(f"PRAGMA {setting}")


if __name__ == "__main__":
    main()
