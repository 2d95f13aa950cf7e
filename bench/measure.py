"""Measures every page on the filled database of DATABASE_URL or REMBUK_DATA. Prints one JSON line."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial

import django

from consultations.enums import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "only-for-measurements")
django.setup()

from django.db import connection  # noqa: E402 -- the apps must be loaded first
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from bench.timing import time_page  # noqa: E402
from consultations.enums import Party, State  # noqa: E402
from consultations.models import AgendaEntry, Case, SearchWord  # noqa: E402
from consultations.workflow import TURN  # noqa: E402
from office.models import Role, User  # noqa: E402
from reports.models import Document  # noqa: E402

type Row = tuple[str, str | None, Callable[[], str]]
"""Title of the page, who looks at it (None: everybody), and what gives its address."""

SECRETARIAT, PKD, HEAD, DIVISION_HEAD, OFFICER = "sekretariat", "pkd", "kadis", "kabid1", "petugas1"
EVERYBODY = (SECRETARIAT, PKD, HEAD, DIVISION_HEAD, OFFICER)
PAGE_40 = 39 * 25


def user(name: str) -> User:
    return User.objects.get(username=f"bench-{name}")


def code(state: State, officer: str = OFFICER) -> str:
    """A case in a state, one with an ordinary number of events; the officer's own where it has an officer."""
    found = Case.objects.filter(state=state).order_by("version", "-pk")
    own = found.filter(officer=user(officer))
    return str((own.first() or found[0]).code)


def cases(query: Callable[[str], str], about: str) -> str:
    return reverse("cases") + query(about)


def case(state: State) -> str:
    return reverse("case", args=[code(state)])


def follow(state: State) -> str:
    return reverse("follow", args=[Case.objects.get(code=code(state)).secret])


def before(name: str) -> str:
    """The 40th page of somebody's list of cases, by the key before which it begins."""
    keys = Case.objects.visible_to(user(name)).order_by("-pk").values_list("pk", flat=True)
    return f"?before={keys[min(PAGE_40, keys.count() // 2)]}"


def agenda_before() -> str:
    numbers = AgendaEntry.objects.order_by("-year", "-number").values_list("number", flat=True)
    return f"?before={max(numbers[0] // 2, 26)}"


def rare_word() -> str:
    """The telephone number of a case: a word of one case."""
    return str(
        SearchWord.objects.filter(word__startswith="0812").order_by("pk").values_list("word", flat=True)[0]
    )


def rows() -> Iterator[Row]:
    """All pages that are measured."""
    for name in EVERYBODY:
        yield f"desk: {name}", name, partial(reverse, "desk")
    for name in (HEAD, DIVISION_HEAD, OFFICER):
        yield f"cases: {name}", name, partial(reverse, "cases")
        yield f"cases, page 40: {name}", name, partial(cases, before, name)
        for state in (State.CLOSED, State.REGISTERED, State.SCHEDULED):
            yield f"cases, {state}: {name}", name, partial(cases, "?state={}".format, state)
        for title, words in (
            ("rare word", rare_word()),
            ("common word", "desa"),
            ("two common words", "desa+bantuan"),
            ("common and rare word", "desa+menumbing"),
            ("common beginning", "p"),
            ("no such word", "tidakadakatanya"),
        ):
            yield f"cases, {title}: {name}", name, partial(cases, "?q={}".format, words)
    yield f"cases, late: {HEAD}", HEAD, lambda: reverse("cases") + "?late=on"
    yield f"cases, my turn: {OFFICER}", OFFICER, lambda: reverse("cases") + "?turn=on"
    for state, name in (
        (State.SUBMITTED, PKD),
        (State.SCHEDULED, HEAD),
        (State.CLOSED, HEAD),
        (State.CLOSED, OFFICER),
    ):
        yield f"case, {state}: {name}", name, partial(case, state)
    for state in (State.REGISTERED, State.DISPOSED, State.HELD):
        waiting = Case.objects.filter(state=state).exclude(channel=Channel.WALK_IN).order_by("-pk")[0]
        verb, party = TURN[state].verb, TURN[state].actor
        yield (
            f"step, {verb}",
            whose_turn(waiting, party),
            partial(reverse, "step", args=[waiting.code, verb]),
        )
    for name in (PKD, DIVISION_HEAD, OFFICER):
        yield f"agenda book: {name}", name, partial(reverse, "agenda")
        yield f"calendar: {name}", name, partial(reverse, "calendar")
        yield f"reports: {name}", name, partial(reverse, "reports")
        for show in ("open", "late", "done"):
            address = partial("{}?show={}".format, reverse("follow_ups"), show)
            yield f"follow-ups, {show}: {name}", name, address
    yield f"agenda book, middle: {PKD}", PKD, lambda: reverse("agenda") + agenda_before()
    yield f"walk-in form: {SECRETARIAT}", SECRETARIAT, partial(reverse, "walk_in")
    issued = Document.objects.filter(kind=Document.Kind.REPORT).order_by("pk")[0]
    yield "verification", None, partial(reverse, "verification", args=[issued.pk])
    yield "home", None, partial(reverse, "home")
    yield "request form", None, partial(reverse, "request")
    for state in (State.SUBMITTED, State.SCHEDULED, State.CLOSED):
        yield (
            f"applicant's page, {state}",
            None,
            partial(follow, state),
        )


def whose_turn(case: Case, party: Party) -> str:
    """The account that can take the case's next step."""
    if party == Party.OFFICER and case.officer:
        return case.officer.username.removeprefix("bench-")
    if party == Party.DIVISION_HEAD:
        head = User.objects.filter(
            appointments__position__role=Role.DIVISION_HEAD, appointments__position__division=case.division
        )
        return head.filter(username__startswith="bench-")[0].username.removeprefix("bench-")
    return HEAD


def main() -> None:
    only = sys.argv[1:]
    figures = {}
    for title, name, address in rows():
        if only and not any(part in title for part in only):
            continue
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if name:
            client.force_login(user(name), backend="allauth.account.auth_backends.AuthenticationBackend")
        try:
            figures[title] = time_page(client, address(), connection).as_dict()
        except NoReverseMatch:
            figures[title] = {"status": "not there yet"}
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
