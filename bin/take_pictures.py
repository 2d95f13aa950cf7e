"""Takes the pictures of the guides: one Chromium walks the demo as `operations/demo/pictures.py` says.

Clock and random numbers are fixed, so that the same code gives the same pictures. With REMBUK_DATA, a demo
that is already in that folder is used.
"""

import datetime as dt
import os
import random
import secrets
import sys
import tempfile
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import django
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
MOMENT = dt.datetime(2026, 10, 14, 3, tzinfo=dt.UTC)
"""The present moment of the pictures: Wednesday, 10.00 WIB."""

COLOURS = 48
TOLERANCE = 24
"""Difference in brightness (0-255) from which two pictures count as different."""

RINGS = """
(element, number) => {
  const box = element.getBoundingClientRect();
  const ring = document.createElement("div"), mark = document.createElement("b");
  Object.assign(ring.style, {position: "absolute", zIndex: 9999, pointerEvents: "none",
    left: `${box.left + scrollX - 5}px`, top: `${box.top + scrollY - 5}px`, width: `${box.width + 10}px`,
    height: `${box.height + 10}px`, border: "3px solid #c2410c", borderRadius: "8px"});
  Object.assign(mark.style, {position: "absolute", right: "-12px", top: "-14px", width: "24px",
    height: "24px",
    borderRadius: "50%", background: "#c2410c", color: "#fff", font: "bold 14px/24px sans-serif",
    textAlign: "center"});
  mark.textContent = number;
  ring.append(mark);
  document.body.append(ring);
}
"""


DATES = """
() => {
  // Shows fields of dates as an Indonesian browser does. This Chromium has English texts only.
  const dates = "input[type=date], input[type=datetime-local], input[type=time]";
  for (const field of document.querySelectorAll(dates)) {
    const [day, time] = field.type == "time" ? ["", field.value] : field.value.split("T");
    const empty = {date: "hh/bb/tttt", time: "--.--", "datetime-local": "hh/bb/tttt, --.--"}[field.type];
    const shown = [day && day.split("-").reverse().join("/"), time && time.replace(":", ".")];
    field.type = "text";
    field.value = shown.filter(part => part).join(", ") || empty;
  }
}
"""


class FixedClock:
    """A WSGI application that answers each request at MOMENT."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        from kit import clock

        with clock.set_to(MOMENT):
            response = self.application(environ, start_response)
            try:
                return [b"".join(response)]
            finally:
                if hasattr(response, "close"):
                    response.close()


def start_demo(folder: str) -> str:
    """Create the demo in a folder and serve it from a thread. Return its address."""
    os.environ |= {
        "DEBUG": "true",
        "SECRET_KEY": "only-for-pictures",
        "REMBUK_DATA": folder,
        "DATABASE_URL": f"sqlite:///{folder}/rembuk.sqlite3",
        "PUBLIC_URL": "https://konsultasi.example.go.id",
        "EMAIL_URL": f"filemail:///{folder}/surat",
        "FORM_SECONDS": "0",
        "REQUESTS_OF_PHONE": "120/d/key",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright runs an event loop in this thread
        "LOG_LEVEL": "CRITICAL",
    }
    sys.path.insert(0, str(ROOT))
    fixed = random.Random(16)  # noqa: S311 -- codes of invented cases
    secrets.choice = fixed.choice
    secrets.token_urlsafe = lambda nbytes=24: urlsafe_b64encode(fixed.randbytes(nbytes or 24)).decode()
    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db.models import F

    from kit import clock
    from notices.models import Message
    from office.models import User
    from operations.demo.generate import fill

    class QuietHandler(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name in the base class
            pass

    with clock.set_to(MOMENT):
        call_command("migrate", verbosity=0)
        fill()
    # No worker runs. Its last message counts as sent.
    waiting = Message.objects.filter(status=Message.Status.WAITING, by_hand=False)
    waiting.update(status=Message.Status.SENT, sent_at=F("due_at"), attempts=1)
    # The desk is shown as on any day but the first.
    User.objects.update(introduced_at=MOMENT)
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(FixedClock(StaticFilesHandler(get_wsgi_application())))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def open_page(browser: Browser, site: str, who: str, width: int) -> Page:
    """Open a window of the reader `who`, logged in, in the time and the language of the office."""
    from django.test import Client

    from kit import clock
    from kit.jobs import beat
    from kit.models import Heartbeat
    from office.models import User
    from tests.sessions import log_in

    for kind in Heartbeat.Kind:
        beat(kind, kind)
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 900}, locale="id-ID", timezone_id="Asia/Jakarta"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.clock.set_fixed_time(MOMENT)
    if who:
        client = Client()
        with clock.set_to(MOMENT):
            log_in(client, User.objects.get(username=who))
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    return page


def fill_in(field: Locator, text: str) -> None:
    """Type or choose a value, also in a folded part of the form."""
    for folded in field.first.locator("xpath=ancestor::details[not(@open)]/summary").all():
        folded.click()
    if text == "on":
        field.check(force=True)
    elif field.first.get_attribute("type") in ("radio", "checkbox"):
        field.and_(field.page.locator(f'[value="{text}"]')).first.check(force=True)
    elif field.first.evaluate("field => field.tagName") == "SELECT":
        field.select_option(label=text)
    else:
        field.first.fill(text)


def take(page: Page, picture: Any, path: str) -> bytes:
    """Return a picture as PNG with few colours."""
    page.goto(path)
    for name, text in picture.typed.items():
        fill_in(page.locator(f'main [name="{name}"]'), text)
    for selector in picture.pressed:
        with page.expect_navigation():
            page.locator(selector).first.click()
    page.evaluate("() => document.activeElement && document.activeElement.blur()")
    page.evaluate(DATES)
    # Bars that stick to the lower edge of the screen must not hide what is above it.
    page.set_viewport_size({"width": picture.width, "height": page.evaluate("document.body.scrollHeight")})
    page.evaluate("() => scrollTo(0, 0)")
    for number, selector in enumerate(picture.ringed, start=1):
        page.locator(selector).first.evaluate(RINGS, str(number))
    part = page.locator(picture.part).first
    box = part.bounding_box()
    if not box:
        raise LookupError(f"{picture.name}: {picture.part} is not visible")
    margin = 0 if picture.part == "main" else 14
    left, top = max(box["x"] - margin, 0), max(box["y"] - margin, 0)
    shot = page.screenshot(
        full_page=True,
        animations="disabled",
        clip={
            "x": left,
            "y": top,
            "width": min(box["x"] + box["width"] + margin, picture.width) - left,
            "height": min(box["height"] + 2 * margin, picture.height),
        },
    )
    file = BytesIO()
    coloured = Image.open(BytesIO(shot)).convert("RGB")
    coloured.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def differs(old: bytes, new: bytes) -> bool:
    """Return whether somebody would see a difference."""
    before, after = (Image.open(BytesIO(content)).convert("RGB") for content in (old, new))
    if before.size != after.size:
        return True
    return any(ImageChops.difference(before, after).convert("L").histogram()[TOLERANCE:])


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        site = start_demo(os.environ.get("REMBUK_DATA", temporary))
        from kit import clock
        from operations.demo.pictures import FOLDER, PICTURES, get_path

        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell",
            args=["--no-sandbox", "--disable-gpu"],
        )
        changed = []
        for picture in PICTURES:
            if sys.argv[1:] and picture.name not in sys.argv[1:]:
                continue
            with clock.set_to(MOMENT):
                path = get_path(picture)
            page = open_page(browser, site, picture.who, picture.width)
            new = take(page, picture, path)
            page.context.close()
            file = FOLDER / f"{picture.name}.png"
            if not file.exists() or differs(file.read_bytes(), new):
                file.write_bytes(new)
                changed.append(picture.name)
                print(f"{picture.name}: {len(new) // 1000} kB")
        browser.close()
        sys.exit(f"{len(changed)} pictures changed." if changed else 0)


main()
