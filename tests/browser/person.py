"""A person at a real browser: looks, clicks by verb, types, sends; and whatever goes wrong is kept."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from office.models import User
from tests import sessions
from tests.factories import PASSWORD, wished_moment

MATTER = "Bagaimana cara mengusulkan warga desa kami?"


def new_request(**more: Any) -> dict[str, Any]:
    """Return what a citizen types into the form of a request."""
    who = {"applicant_name": "Siti Contoh", "phone": "0812-3456-7890"}
    return {"material": MATTER, "visit_at": f"{wished_moment():%Y-%m-%dT%H:%M}", **who, **more}


def chosen(name: str, content: bytes) -> Any:
    """Return a file as a person chooses it for a field."""
    kinds = {"pdf": "application/pdf", "jpg": "image/jpeg", "wav": "audio/wav"}
    return {"name": name, "mimeType": kinds[name.rpartition(".")[2]], "buffer": content}


class Person:
    """One person with one browser of his or her own (`context`), at the address of the test's server.

    `faults` are what a visitor never sees but must not happen: errors on the console, requests to another
    host, files that fail to load, pages that crash.
    """

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context, self.server = context, server
        self.faults: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)
        self.page = context.new_page()

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def log_in(self, username: str) -> None:
        """Open the desk with the session of a user; the login form itself is used in the main journey."""
        session = Client()
        user = User.objects.get(username=username)
        sessions.log_in(session, user)
        cookie = session.cookies["sessionid"]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.server}])
        self.open("/meja/")

    def type_password(self, username: str) -> None:
        """Log in with the login form."""
        self.open("/masuk/")
        self.send("login", login=username, password=PASSWORD)
        assert urlsplit(self.page.url).path == "/meja/", self.said()

    def confirm_password(self) -> None:
        """Enter the password again, which some pages ask for."""
        self.page.locator('[name="password"]').fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator('main form button[type="submit"]').first.click()

    def take(self, verb: str, code: str, **typed: Any) -> None:
        """Take a step on a case, found on the desk where its page is not open yet: click, fill in, send."""
        if self.code != code or not self.offers(verb):
            self.open("/meja/")
            self.page.locator(f'[data-case="{code}"] a').first.click()
        self.follow(verb)
        self.send(verb, **typed)
        self.page.locator('[data-message="success"]').wait_for()

    def ask(self, **more: Any) -> None:
        """Send a request without a letter from the form that is open, by way of the check page."""
        self.send("submit", **new_request(no_letter=True, **more))
        assert "Periksa sebelum dikirim" in self.said()
        self.send("submit")
        assert "sudah kami terima" in self.said()

    def follow(self, verb: str) -> None:
        """Click what leads to a step, in its menu if it is folded."""
        link = self.page.locator(f'[data-verb="{verb}"]').first
        for folded in link.locator("xpath=ancestor::details[not(@open)]/summary").all():
            folded.click()
        link.click()

    def offers(self, verb: str) -> bool:
        return self.page.locator(f'[data-verb="{verb}"]').count() > 0

    def form(self, name: str) -> Locator:
        return self.page.locator(f'form[data-form="{name}"]')

    def send(self, name: str, /, **typed: Any) -> None:
        self.fill(name, **typed)
        with self.page.expect_navigation():
            self.press(name)

    def fill(self, name: str, /, **typed: Any) -> None:
        """Fill in the fields of a form by name: a text, True to tick a box, or the value of a choice."""
        for field, value in typed.items():
            self._fill_field(self.form(name).locator(f'[name="{field}"]'), value)

    def _fill_field(self, field: Locator, value: Any) -> None:
        kind = field.first.get_attribute("type")
        folded = field.locator("xpath=ancestor::details[not(@open)]/summary")
        while folded.count():
            folded.first.click()
        if kind == "file":
            field.set_input_files(value)
        elif value is True:
            field.check()
        elif field.first.locator("xpath=ancestor::*[@class='when']").count():
            self._choose_time(field, value)
        elif kind in ("checkbox", "radio"):
            field.and_(self.page.locator(f'[value="{value}"]')).check()
        elif field.locator("option").count():
            field.select_option(value)
        else:
            field.fill(value)

    def _choose_time(self, hours: Locator, value: str) -> None:
        """Choose a day, then one of its hours; or type the time if it is none of them."""
        name = hours.first.get_attribute("name")
        hour = hours.and_(self.page.locator(f'[value="{value}"]'))
        if hour.count():
            self.page.locator(f'[name="{name}_day"][value="{value[:10]}"]').check()
            hour.check()
        else:
            self._fill_field(self.page.locator(f'[name="{name}_other"]'), value)

    def errors(self, field: str) -> str:
        """The sentences beside a field."""
        return " ".join(self.page.locator(f"#div_id_{field} .invalid-feedback").all_inner_texts()).strip()

    @property
    def state(self) -> str:
        return self.page.locator("main").get_attribute("data-state") or ""

    @property
    def code(self) -> str:
        return self.page.locator("main").get_attribute("data-case") or ""

    def press(self, name: str) -> None:
        """Press the button of a form, and do not wait for what comes of it."""
        self.form(name).locator("button[type=submit]:not([name])").click()

    def said(self) -> str:
        """Return the text of the page."""
        return self.page.locator("main").inner_text()

    def reads(self, language: str) -> None:
        """Choose the language of the pages, as the link in their header does."""
        self.context.add_cookies([{"name": "language", "value": language, "url": self.server}])

    def is_too_wide(self, width: int | None = None) -> bool:
        """Return whether the page must be scrolled sideways, at `width` px if it is given."""
        if width:
            self.page.set_viewport_size({"width": width, "height": 800})
        wide: bool = self.page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
        return wide

    def _on_console(self, message: ConsoleMessage) -> None:
        # That a page answers 404, 409 or 422 is no fault; a file that does is one, seen at its response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if _is_foreign(request.url, self.server):
            self.faults.append(f"foreign: {request.url}")

    def _on_response(self, response: Response) -> None:
        is_page = _is_page(response.request)
        if response.status >= (500 if is_page else 400):
            self.faults.append(f"{response.status}: {response.url}")

    def _on_failure(self, request: Request) -> None:
        # "Aborted" is what was still loading when the person went on, or a page that became a download. If
        # the service worker fetched the page, it is called "failed".
        ended = ("net::ERR_ABORTED", *(["net::ERR_FAILED"] if _is_page(request) else []))
        if request.failure not in ended:
            self.faults.append(f"failed: {request.url} {request.failure}")


def _is_page(request: Request) -> bool:
    """Return whether a request opens a page. The service worker asks for it on its behalf."""
    return request.service_worker is not None or request.is_navigation_request()


def _is_foreign(url: str, server: str) -> bool:
    """Whether a request goes to another host. Chromium's own viewer of PDF is part of the browser."""
    return url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith(f"{server}/")


def problems(people: Iterable[Person]) -> list[str]:
    return [fault for person in people for fault in person.faults]
