"""Chromium for all browser tests, a fresh office for each, and people who sit at it."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from office.models import Instruction
from tests import factories
from tests.browser.person import Person, problems

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
TYPING_ORDER = "en_US"
"""Language of Chromium. It sets the order of a date (month, day, year) on every machine."""

PHONE = 360
DESKTOP = 1280
HEIGHT = 800

type Arrive = Callable[..., Person]

WITH_AND_WITHOUT = [
    pytest.param(True, id="with_javascript"),
    pytest.param(False, id="without_javascript", marks=pytest.mark.release),
]
"""Values of `javascript` for a journey that `bin/test --release` repeats without it."""


@pytest.fixture(autouse=True)
def now(running_clock: None) -> None:
    """Chromium reads the machine's clock."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium. Playwright runs an event loop in this thread, beside which Django must be let work."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        path, language = "/usr/bin/chromium-headless-shell", {"LANGUAGE": TYPING_ORDER}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env={**os.environ, **language})
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the running server.

    Not pytest-django's `live_server`: with it the database is set up before `shared_database` can put the
    guard of the history aside for the cleaning afterwards.
    """
    running = LiveServer("localhost")
    yield running.url
    running.stop()


@pytest.fixture
def office(shared_database: None) -> object:
    return factories.make_office()


@pytest.fixture
def instruction(office: object) -> Instruction:
    return Instruction.objects.create(text="Tindak Lanjuti")


@pytest.fixture
def arrive(chromium: Browser, server: str, office: object) -> Iterator[Arrive]:
    """Somebody sits down at a browser; afterwards nothing may have gone wrong in any of them."""
    people: list[Person] = []

    def sit_down(username: str = "", *, width: int = PHONE, javascript: bool = True) -> Person:
        context = chromium.new_context(
            base_url=server,
            viewport={"width": width, "height": HEIGHT},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        person = Person(context, server)
        people.append(person)
        if username:
            person.log_in(username)
        return person

    yield sit_down
    for person in people:
        person.context.close()
    assert problems(people) == []
