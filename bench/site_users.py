"""People who use the site over HTTP: applicants who submit requests, and staff who take steps."""

import http.client
import random
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from bench.load import Server
from consultations.enums import State
from consultations.models import Case
from office.models import User
from tests.journeys.actor import Form, parsed

STEPS = {
    State.SUBMITTED: "register",
    State.REGISTERED: "dispose",
    State.DISPOSED: "assign",
    State.ASSIGNED: "prepare",
}
"""The steps that the staff take."""

ANY = object()
"""A value to be picked from the choices of a field."""

TOKEN = "a" * 32
"""CSRF token. Django accepts any that the cookie and the form share."""


@dataclass
class Acknowledged:
    """Confirmed requests (secrets of cases) and steps (key of a case, verb), and broken connections.

    `answers` are those of people who note each one.
    """

    submitted: list[str] = field(default_factory=list)
    steps: list[tuple[int, str]] = field(default_factory=list)
    failed: int = 0
    answers: list["Answer"] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """An answer of the site. `status` is 0 if there was none; times are those of the monotonic clock."""

    status: int
    location: str
    content: bytes
    asked_at: float = 0
    seconds: float = 0


@dataclass
class Browser:
    """A browser with its own network address, and a login session if it has the key of one.

    It adds its answers to `noted`.
    """

    server: Server
    session: str = ""
    noted: list[Answer] = field(default_factory=list)

    def ask(self, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send one request. Raise OSError or HTTPException if the server breaks the connection."""
        began, answer = time.monotonic(), Answer(0, "", b"")
        try:
            answer = self._send(path, None if data is None else {**data, "csrfmiddlewaretoken": TOKEN})
            return answer
        finally:
            self.noted.append(replace(answer, asked_at=began, seconds=time.monotonic() - began))

    def _send(self, path: str, data: Mapping[str, Any] | None) -> Answer:
        has_file = data is not None and any(isinstance(value, SimpleUploadedFile) for value in data.values())
        headers = {
            "Cookie": f"csrftoken={TOKEN}; sessionid={self.session}",
            "X-Forwarded-For": f"10.{random.randrange(256)}.{random.randrange(256)}.9",  # noqa: S311
            "Content-Type": MULTIPART_CONTENT if has_file else "application/x-www-form-urlencoded",
        }
        body: bytes | str | None = None
        if data is not None:
            body = encode_multipart(BOUNDARY, dict(data)) if has_file else urlencode(data, doseq=True)
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)) as connection:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location", ""), answer.read())

    def send_form(self, path: str, name: str, **typed: Any) -> Answer:
        """Open a page, fill in its form, and send it."""
        answer = self.ask(path)
        if answer.status != HTTPStatus.OK:
            return answer
        forms = [form for form in parsed(answer).iter("form") if form.get("data-form") == name]
        if not forms:
            return answer
        form = Form(path, forms[0])
        chosen = {name: pick(forms[0], name) for name, value in typed.items() if value is ANY}
        return self.ask(form.address, {**form.values, **typed, **chosen})


def pick(form: Element, name: str) -> str:
    """Return one of the choices of a field, or nothing if it offers none."""
    values = [
        option.get("value", "")
        for select in form.iter("select")
        if select.get("name") == name
        for option in select.iter("option")
    ]
    return random.choice([value for value in values if value] or [""])  # noqa: S311


def submit(browser: Browser, number: int, **more: Any) -> str | None:
    """Submit a request; return the secret of its case once the site has confirmed it."""
    answer = browser.send_form(
        "/ajukan/",
        "submit",
        applicant_name=f"Pemohon {number}",
        phone=f"0812{number:08}",
        email=f"pemohon{number}@contoh.id",
        material=f"Bagaimana cara mengusulkan warga nomor {number}?",
        no_letter="on",
        visit_at=ANY,
        **more,
    )
    if answer.status == HTTPStatus.FOUND:
        answer = browser.send_form(answer.location, "submit")
    _redirect, _p, secret, *_rest = (*answer.location.split("/"), "", "", "")
    return secret if answer.status == HTTPStatus.FOUND and answer.location.startswith("/p/") else None


def submit_until(
    stopped: threading.Event, server: Server, first: int, found: Acknowledged, letter: bytes = b""
) -> None:
    """Submit one request after the other, each with a letter (PDF) if there is one."""
    number = first
    while not stopped.wait(1):
        more = {"letter": SimpleUploadedFile("surat.pdf", letter, "application/pdf")} if letter else {}
        try:
            if secret := submit(Browser(server, noted=found.answers), number, **more):
                found.submitted.append(secret)
        except (OSError, http.client.HTTPException):
            found.failed += 1
        number += 1


def take_steps_until(
    stopped: threading.Event, server: Server, sessions: Mapping[str, str], found: Acknowledged
) -> None:
    """Take the next step of an open case, one after the other."""
    while not stopped.wait(0.3):
        try:
            case = Case.objects.filter(state__in=STEPS).order_by("?").first()
            if case is None:
                continue
            verb = STEPS[State(case.state)]
            username, typed = who_takes(verb, case)
            browser = Browser(server, sessions[username], found.answers)
            answer = browser.send_form(f"/permohonan/{case.code}/{verb}/", verb, **typed)
        except (OSError, http.client.HTTPException):
            found.failed += 1
            continue
        except OperationalError:  # this program cannot reach the database
            connection.close()
            continue
        if answer.status == HTTPStatus.FOUND:
            found.steps.append((case.pk, verb))


def who_takes(verb: str, case: Case) -> tuple[str, dict[str, Any]]:
    """Return the username of the actor of a step, and what the actor types."""
    head, officer = User.objects.get(username="kabid1"), User.objects.get(username="petugas1")
    return {
        "register": ("pkd", {"classification": "400.9", "urgency": "NORMAL", "confidentiality": "NORMAL"}),
        "dispose": ("kadis", {"division": head.current_appointments[0].position.division_id}),
        "assign": ("kabid1", {"officer": officer.pk}),
        "prepare": ("petugas1", {"administration": "Daftar hadir", "materials": "Pedoman"}),
    }[verb]


def log_in(usernames: Iterable[str]) -> dict[str, str]:
    """Return the key of a login session for each user."""
    from django.test import Client

    sessions = {}
    for username in usernames:
        client = Client()
        client.force_login(User.objects.get(username=username), "office.backend.StaffBackend")
        sessions[username] = client.cookies["sessionid"].value
    return sessions
