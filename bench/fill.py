"""Fills a database with cases of the shape that the services make: `bench/fill 100000`.

Works on the database of DATABASE_URL or REMBUK_DATA, in bulk and with a fixed seed. Left out, because they
are files: uploaded letters (attachments), and the bytes of the issued papers.
"""

import argparse
import gc
import os
import random
import sys
import time

import django

BATCH = 2_500


def fill(count: int, *, seed: int = 47, open_share: float = 0.04, show: bool = True) -> dict[str, int]:
    """Make `count` cases; returns how many rows each table got.

    `open_share` of them are still open, as in a real office after years.
    """
    from django.db import connection, transaction
    from tqdm import tqdm

    from bench.issued import issue_papers
    from bench.lives import Lives
    from bench.people import hire
    from bench.plan import keep_book, make_plans
    from bench.records import Records
    from consultations.models import Case, NumberBook
    from office import clock

    rng, until = random.Random(f"{seed}-{Case.objects.count()}"), clock.now()  # noqa: S311 -- made-up data
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-400000")
    with transaction.atomic():
        staff, plans = hire(rng), make_plans(rng, count, until=until, open_share=open_share)
    records = Records()
    lives = Lives(rng, staff, records, until=until)
    gc.disable()  # looking for garbage among so many rows takes a third of the time
    with tqdm(total=count, unit=" cases", disable=not show) as progress:
        for first in range(0, count, BATCH):
            batch = plans[first : first + BATCH]
            for plan in batch:
                lives.live(plan)
            records.write()
            gc.collect()
            progress.update(len(batch))
    gc.enable()
    keep_book(NumberBook.Series.REPORT, lives.reports)
    with transaction.atomic():
        issued = issue_papers()
    records.finish()
    return {**records.written, **issued}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/fill", description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="how many cases to make")
    parser.add_argument("--add", action="store_true", help="also where there are cases already")
    parser.add_argument("--seed", type=int, default=47)
    arguments = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-measurements")
    django.setup()
    from django.core.management import call_command

    from consultations.models import Case

    call_command("migrate", interactive=False, verbosity=0)
    if Case.objects.exists() and not arguments.add:
        sys.exit("bench/fill: this database has cases already. Use --add to add to them.")
    began = time.monotonic()
    written = fill(arguments.count, seed=arguments.seed)
    for table, rows in written.items():
        print(f"{rows:>10,}  {table}")
    print(f"{sum(written.values()):>10,}  rows in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
