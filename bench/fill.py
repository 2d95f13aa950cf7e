"""Fills an empty database with many cases: `bench/fill 100000`.

Works on the database of DATABASE_URL or REMBUK_DATA.
"""

import argparse
import os
import sys
import time

import django


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
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-400000")
    began = time.monotonic()
    written = generate_cases(arguments.count, seed=arguments.seed)
    for table, rows in written.items():
        print(f"{rows:>10,}  {table}")
    print(f"{sum(written.values()):>10,}  rows in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
