"""Measures pages, a step and a submission over HTTP on the database of DATABASE_URL. Prints one JSON line."""

import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from http import HTTPStatus
from itertools import count
from urllib.parse import urlencode

import django

from bench.load import RUNS, WARM_UP, Act, Connection, Cost, measure, open_page
from bench.web_server import WebServer

STEPS_OF_A_RUN, SUBMISSIONS_OF_A_RUN = 100, 60
"""Actions of one run that use up a waiting case, or add one."""

STEP, SUBMISSION = "one step: dispose, POST alone", "submit: form, save, check, send"

STAFF = ("pkd", "kadis", "kabid1", "petugas1")
READS = ("desk: ", "cases: ", "cases, CLOSED", "cases, common word", "case, ", "agenda book", "calendar")
"""Beginnings of the titles of the measured pages."""

TOKEN = "a" * 32
"""CSRF token. Django accepts any that the cookie and the form share."""


def measure_site(only: Sequence[str]) -> tuple[dict[str, Cost], float]:
    """Return the costs of the actions whose title begins with one of `only`, all without it.

    Return also the memory of the web processes (PSS, MiB) after them.
    """
    from bench.site_users import log_in

    def is_chosen(title: str) -> bool:
        return not only or title.startswith(tuple(only))

    costs: dict[str, Cost] = {}
    with WebServer({}) as server:
        sessions = log_in(STAFF)
        for title, path, username in list_reads():
            if not is_chosen(title):
                continue
            costs[title] = measure(server, open_page(path), cookies=_cookies(sessions.get(username, "")))
            print(title, costs[title], file=sys.stderr, flush=True)
        if is_chosen(STEP):
            head = _cookies(sessions["kadis"])
            steps = prepare_steps(Connection(server, head))
            costs[STEP] = measure(server, steps, cookies=head, actions=STEPS_OF_A_RUN)
        if is_chosen(SUBMISSION):
            costs[SUBMISSION] = measure(
                server, submission(), cookies=_cookies(), actions=SUBMISSIONS_OF_A_RUN
            )
        return costs, server.get_memory()


def list_reads() -> Iterator[tuple[str, str, str]]:
    """Yield title, address and account of each page, "" for a visitor."""
    from bench.page_list import list_pages

    for page in list_pages():
        if page.title.startswith(READS) and page.username in STAFF:
            yield page.title, page.address, page.username
    for title, path in (("home", "/"), ("public form", "/ajukan/"), ("standard", "/standar-layanan/")):
        yield title, path, ""


def _cookies(session: str = "") -> str:
    return f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")


def prepare_steps(head: Connection) -> Act:
    """Open the forms of waiting cases, and return the action that sends the next one."""
    from tinyhtml5 import parse  # type: ignore[import-untyped]  # ships no types

    from bench.site_users import Form, who_takes
    from consultations.enums import Channel, State
    from consultations.models import Case

    waiting = Case.objects.filter(state=State.REGISTERED).exclude(channel=Channel.WALK_IN).order_by("pk")
    forms = []
    for case in waiting[: (STEPS_OF_A_RUN + WARM_UP) * RUNS]:
        path = f"/permohonan/{case.code}/dispose/"
        page = parse(head.get(path).decode(), namespace_html_elements=False)
        form = next(form for form in page.iter("form") if form.get("data-form") == "dispose")
        typed = {**Form(path, form).values, **who_takes("dispose", case)[1], "csrfmiddlewaretoken": TOKEN}
        forms.append((path, urlencode(typed, doseq=True)))
    unsent = iter(forms)

    def act(browser: Connection) -> None:
        path, body = next(unsent)
        browser.ask("POST", path, HTTPStatus.FOUND, body)

    return act


def submission() -> Act:
    """Return the action of an applicant who opens the form, saves it, reads the check page and sends it.

    The office gets room for all of them: a time that was taken meanwhile would be refused.
    """
    from office.models import Office, Room

    Office.objects.update(visitors_at_once=10_000)
    Room.objects.update(is_active=False)
    numbers = count(1)

    def act(browser: Connection) -> None:
        number = next(numbers)
        typed = {
            "applicant_name": f"Pemohon {number}",
            "phone": f"0812{number:08}",
            "email": f"pemohon{number}@contoh.id",
            "material": f"Bagaimana cara mengusulkan warga nomor {number}?",
            "no_letter": "on",
        }
        form = browser.get("/ajukan/").decode()
        typed["visit_at"] = random.choice(re.findall(r'value="(\d{4}-\d\d-\d\dT[^"]*)"', form) or [""])  # noqa: S311
        check = _send(browser, "/ajukan/", form, typed, number)
        _send(browser, check, browser.get(check).decode(), {}, number)

    return act


def _send(browser: Connection, path: str, page: str, typed: dict[str, str], number: int) -> str:
    """Send the form of a page with its hidden fields. Return where the answer leads to."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    body = urlencode({**hidden, **typed, "csrfmiddlewaretoken": TOKEN})
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return browser.ask("POST", path, HTTPStatus.FOUND, body, address)[0]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from reports.daily_figures import refresh_days

    refresh_days()  # the scheduler lets a worker do this
    costs, memory = measure_site(sys.argv[1:])
    print(json.dumps({"costs": {title: asdict(cost) for title, cost in costs.items()}, "memory": memory}))


if __name__ == "__main__":
    main()
