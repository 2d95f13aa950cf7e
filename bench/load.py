"""People who use a site over HTTP, and what their requests cost it.

Whoever calls a function that asks for cases or users has set up Django for the database of the site.
"""

import http.client
import math
import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

BROWSERS, SECONDS, RUNS, WARM_UP = 8, 3.0, 3, 4
"""Browsers that repeat an action for some seconds, how often that is done, and actions before it."""

STAFF = ("pkd", "kadis", "kabid1", "petugas1")

APPLICANTS, OFFICIALS = 3, 2
"""People who use the site while it is disturbed."""

STEPS = {"SUBMITTED": "register", "REGISTERED": "dispose", "DISPOSED": "assign", "ASSIGNED": "prepare"}
"""The steps that the staff take, by state."""

READ = {"/": "", "/permohonan/": "kadis", "/meja/": "kadis"}
"""Pages that readers open twice a second, with the account of the reader."""

TOKEN = "a" * 32
"""CSRF token. Django accepts any that the cookie and the form share."""


class Server(Protocol):
    """What listens on a port of this machine, and the processor time that it has used."""

    port: int

    def get_cpu_seconds(self) -> float: ...


class AnswerError(Exception):
    """The server answered with another status than the action needs."""


@dataclass(frozen=True)
class Answer:
    """An answer of the site. `status` is 0 if there was none; times are those of the monotonic clock."""

    status: int = 0
    location: str = ""
    content: bytes = b""
    asked_at: float = 0
    seconds: float = 0


type Data = Mapping[str, Any] | None


@dataclass
class Browser:
    """A browser with a network address of its own, and a login session if it has the key of one.

    It adds its answers to `noted`. `connection` is kept open between requests if there is one.
    """

    server: Server
    session: str = ""
    noted: list[Answer] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def __post_init__(self) -> None:
        self.address = f"10.{random.randrange(256)}.{random.randrange(256)}.9"  # noqa: S311

    def ask(self, path: str, data: Data = None, letter: bytes = b"") -> Answer:
        """Send one request. Raise OSError or HTTPException if the server breaks the connection."""
        began, answer = time.monotonic(), Answer()
        try:
            answer = self._send(path, data, letter)
            return answer
        finally:
            self.noted.append(replace(answer, asked_at=began, seconds=time.monotonic() - began))

    def require(self, status: HTTPStatus, path: str, data: Data = None) -> Answer:
        """Send one request. Raise AnswerError if the answer has another status."""
        answer = self._send(path, data)
        if answer.status != status:
            raise AnswerError(f"{path}: {answer.status} instead of {status}")
        return answer

    def _send(self, path: str, data: Data = None, letter: bytes = b"") -> Answer:
        headers = {
            "Cookie": f"csrftoken={TOKEN}; sessionid={self.session}",
            "X-Forwarded-For": self.address,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body: bytes | None = None
        if data is not None:
            data = {**data, "csrfmiddlewaretoken": TOKEN}
            body = urlencode(data, doseq=True).encode()
            if letter:
                headers["Content-Type"] = MULTIPART_CONTENT
                file = SimpleUploadedFile("surat.pdf", letter, "application/pdf")
                body = encode_multipart(BOUNDARY, {**data, "letter": file})
        kept = self.connection
        connection = kept or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location", ""), answer.read())
        finally:
            if not kept:
                connection.close()


@dataclass(frozen=True)
class Cost:
    """Medians of RUNS: CPU milliseconds of the web processes for each action, and actions per second."""

    cpu: float
    rate: float


type Act = Callable[[Browser], object]


def measure(
    server: Server, act: Act, *, session: str = "", actions: float = math.inf, seconds: float = SECONDS
) -> Cost:
    """Let BROWSERS repeat an action for some seconds, RUNS times.

    `actions` limits the number of one run, for actions that use something up. Raise AnswerError.
    """
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=60) for _n in range(BROWSERS)]
    browsers = [Browser(server, session, connection=connection) for connection in connections]
    for browser in browsers[:WARM_UP]:
        act(browser)
    runs = [_measure_once(server, act, browsers, actions, seconds) for _n in range(RUNS)]
    for connection in connections:
        connection.close()
    cpu, rate = (round(statistics.median(figures), 1) for figures in zip(*runs, strict=True))
    return Cost(cpu, rate)


def _measure_once(
    server: Server, act: Act, browsers: list[Browser], actions: float, seconds: float
) -> tuple[float, float]:
    """Return CPU milliseconds for each action, and actions per second."""
    began, cpu, numbers = time.perf_counter(), server.get_cpu_seconds(), count()

    def repeat(browser: Browser) -> int:
        for done in count():
            if time.perf_counter() > began + seconds or next(numbers) >= actions:
                return done
            act(browser)
        raise AssertionError

    with ThreadPoolExecutor(BROWSERS) as pool:
        done = sum(pool.map(repeat, browsers))
    return (server.get_cpu_seconds() - cpu) * 1000 / done, done / (time.perf_counter() - began)


def open_page(path: str) -> Act:
    return lambda browser: browser.require(HTTPStatus.OK, path)


def submit(browser: Browser, number: int, letter: bytes = b"") -> str:
    """Open the request form, save it, read the check page and send it.

    Return the secret of the case once the site has confirmed it, or nothing.
    """
    typed = {
        "applicant_name": f"Pemohon {number}",
        "phone": f"0812{number:08}",
        "email": f"pemohon{number}@contoh.id",
        "material": f"Bagaimana cara mengusulkan warga nomor {number}?",
        **({} if letter else {"no_letter": "on"}),
    }
    form = browser.ask("/ajukan/").content.decode()
    typed["visit_at"] = random.choice(re.findall(r'value="(\d{4}-\d\d-\d\dT[^"]*)"', form) or [""])  # noqa: S311
    answer = browser.ask("/ajukan/", {**_read_hidden(form), **typed}, letter)
    if answer.status == HTTPStatus.FOUND:
        check = browser.ask(answer.location).content.decode()
        answer = browser.ask(answer.location, _read_hidden(check))
    confirmed = re.match(r"/p/([^/]+)", answer.location) if answer.status == HTTPStatus.FOUND else None
    return confirmed[1] if confirmed else ""


def _read_hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def fill_form(browser: Browser, path: str, name: str, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the form of a page would send, or None if the page does not have it."""
    from tests.journeys.actor import Form, parsed

    answer = browser.ask(path)
    if answer.status != HTTPStatus.OK:
        return None
    forms = [form for form in parsed(answer).iter("form") if form.get("data-form") == name]
    return {**Form(path, forms[0]).values, **typed} if forms else None


def get_actor(verb: str) -> tuple[str, dict[str, Any]]:
    """Return the username of the actor of a step, and what the actor types."""
    from office.models import User

    head, officer = User.objects.get(username="kabid1"), User.objects.get(username="petugas1")
    return {
        "register": ("pkd", {"classification": "400.9.3", "urgency": "NORMAL", "confidentiality": "NORMAL"}),
        "dispose": ("kadis", {"division": head.current_appointments[0].position.division_id}),
        "assign": ("kabid1", {"officer": officer.pk}),
        "prepare": ("petugas1", {"administration": "Daftar hadir", "materials": "Pedoman"}),
    }[verb]


def log_in(usernames: Iterable[str]) -> dict[str, str]:
    """Return the key of a login session for each user."""
    from django.test import Client

    from office.models import User
    from tests import sessions as test_sessions

    sessions = {}
    for username in usernames:
        client = Client()
        test_sessions.log_in(client, User.objects.get(username=username))
        sessions[username] = client.cookies["sessionid"].value
    return sessions


@dataclass
class Acknowledged:
    """Confirmed requests (secrets of cases) and steps (key of a case, verb), and all answers."""

    submitted: list[str] = field(default_factory=list)
    steps: list[tuple[int, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def count_lost(self) -> int:
        """Count the confirmed requests without a case, and the confirmed steps without an event."""
        from consultations.models import Case, Event
        from kit.encryption import hash_token

        cases = set(Case.objects.values_list("secret_hash", flat=True))
        events = set(Event.objects.values_list("case", "verb"))
        return len({hash_token(secret) for secret in self.submitted} - cases) + len({*self.steps} - events)


@contextmanager
def used(
    server: Server, sessions: Mapping[str, str], first: int = 0, letter: bytes = b""
) -> Iterator[Acknowledged]:
    """Let applicants (with a letter each if there is one), staff and readers use the site within the block.

    `first` makes the applicants' numbers differ from those of other runs.
    """
    stopped, found, numbers = threading.Event(), Acknowledged(), count(first)

    def repeat(pause: float, act: Callable[[], object]) -> None:
        while not stopped.wait(pause):
            with suppress(OSError, http.client.HTTPException):
                act()

    def apply() -> None:
        if secret := submit(Browser(server, noted=found.answers), next(numbers), letter):
            found.submitted.append(secret)

    def read(path: str, user: str) -> None:
        Browser(server, sessions.get(user, ""), found.answers).ask(path)

    people = [(1, apply)] * APPLICANTS + [(0.3, partial(_take_step, server, sessions, found))] * OFFICIALS
    people += [(0.5, partial(read, path, user)) for path, user in READ.items()]
    with ThreadPoolExecutor(len(people)) as pool:
        running = [pool.submit(repeat, *person) for person in people]
        try:
            yield found
        finally:
            stopped.set()
        for ended in running:
            ended.result()  # or its error would be lost


def _take_step(server: Server, sessions: Mapping[str, str], found: Acknowledged) -> None:
    """Take the next step of an open case."""
    from django.db import OperationalError, connection

    from consultations.models import Case

    try:
        case = Case.objects.filter(state__in=STEPS).order_by("?").first()
        if case is None:
            return
        verb = STEPS[case.state]
        username, typed = get_actor(verb)
    except OperationalError:  # this program cannot reach the database
        with suppress(OperationalError):
            connection.close()
        return
    browser, path = Browser(server, sessions[username], found.answers), f"/permohonan/{case.code}/{verb}/"
    filled = fill_form(browser, path, verb, typed)
    if filled and browser.ask(path, filled).status == HTTPStatus.FOUND:
        found.steps.append((case.pk, verb))
