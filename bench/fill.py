"""Fill the empty database of DATABASE_URL or REMBUK_DATA with many cases: `bench/fill 100000`."""

import argparse
import os
import sys
import time

import django

from bench.web_server import SETTINGS


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/fill", description=__doc__)
    parser.add_argument("count", type=int, help="number of cases")
    arguments = parser.parse_args()

    os.environ |= SETTINGS | dict(os.environ)
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.case_generator import generate_cases
    from office.models import User

    call_command("migrate", interactive=False, verbosity=0)
    if User.objects.exists():
        sys.exit("bench/fill: this database is not empty.")
    began = time.monotonic()
    # Without indexes, each check of a foreign key would read the whole table. A half filled database is of no
    # use, so nothing has to be safe.
    settings = ("foreign_keys=OFF", "cache_size=-1000000", "synchronous=OFF", "journal_mode=OFF")
    for setting in settings if connection.vendor == "sqlite" else ():
        connection.cursor().execute(f"PRAGMA {setting}")
    written = generate_cases(arguments.count)
    for table, rows in written.items():
        print(f"{rows:>10,}  {table}")
    print(f"{sum(written.values()):>10,}  rows in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
