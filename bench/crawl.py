"""Opens every address of the demo as every person: `bench/crawl`.

Each pattern of addresses is filled with real objects; each link and form of each page is followed. Every
address gets a GET and a POST without content. Works on the demo in REMBUK_DATA.
"""

import argparse
import logging
import os
import sys
import time

import django

from bench.crawl_tables import PEOPLE


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/crawl", description=__doc__.splitlines()[0])
    parser.add_argument("--people", nargs="*", default=list(PEOPLE), help="logins; an empty one is a visitor")
    parser.add_argument("--every", type=int, default=1, help="only each n-th case")
    arguments = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.urls import get_resolver

    from bench.crawler import Crawl, Facts, list_addresses

    settings.ALLOWED_HOSTS, settings.DEBUG = ["*"], False
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 10**6  # seconds; the run takes longer than five minutes
    logging.disable()
    facts, began, requests, deviations = Facts(), time.monotonic(), 0, 0
    cases = list(facts.cases.values())[:: arguments.every]
    addresses = list(dict.fromkeys(list_addresses(get_resolver().url_patterns, cases)))
    print(f"{len(addresses)} addresses, {len(cases)} cases")
    for name in arguments.people:
        crawl = Crawl(name, facts)
        crawl.run(addresses)
        found = len(crawl.deviations)
        print(f"{name or 'visitor'}: {crawl.requests} requests, {found} kinds of deviation", flush=True)
        requests, deviations = requests + crawl.requests, deviations + found
    print(f"{requests} requests in {time.monotonic() - began:.0f} s, {deviations} kinds of deviation")
    return int(deviations > 0)


if __name__ == "__main__":
    sys.exit(main())
