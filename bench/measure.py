"""Measures every page on the filled database of DATABASE_URL or REMBUK_DATA. Prints one JSON line.

Arguments limit the pages to those whose title contains one of them.
"""

import json
import os
import sys

import django


def main(only: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-measurements")
    django.setup()
    from django.db import connection

    from bench.page_list import list_pages
    from bench.timing import time_page
    from reports.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    costs = {}
    for page in list_pages():
        if not only or any(part in page.title for part in only):
            costs[page.title] = time_page(page.create_client(), page.address, connection).as_dict()
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(json.dumps(costs))


if __name__ == "__main__":
    main(sys.argv[1:])
