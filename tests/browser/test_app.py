"""The installed app: the last desk without a connection, nothing of it after logging out, push messages."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from consultations.enums import State
from notices.models import PushSubscription
from notices.push import create_key
from notices.services.subscriptions import subscribe
from tests.browser.accessibility import objections, seen
from tests.browser.conftest import Arrive
from tests.browser.person import Person
from tests.factories import Staff, case_at
from tests.notices.push_stand_in import Browser

pytestmark = pytest.mark.browser

STORED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) {
      const answer = await caches.match(request, { cacheName: name, ignoreVary: true });
      found.push([new URL(request.url).pathname, await answer.text()]);
    }
  return found;
}"""
"""Return the path and the text of all that the service worker has stored."""

READY = "navigator.serviceWorker.ready.then(() => true)"


STANDALONE = """
const asked = window.matchMedia.bind(window);
window.matchMedia = (query) => query.includes("standalone") ? { matches: true } : asked(query);
"""
"""Let a page see the display mode of an installed app, which the protocol of Chromium cannot set."""


def install(person: Person) -> None:
    """Open the desk as an installed app, until the service worker has stored it."""
    person.context.add_init_script(STANDALONE)
    person.open("/meja/")
    assert person.page.evaluate(READY)
    person.open("/meja/")


def wait_until(person: Person, condition: str) -> None:
    """Wait for an asynchronous condition of the page, 10 seconds at most."""
    script = f"""async () => {{
      for (let tried = 0; tried < 200; tried += 1) {{
        if (await {condition}) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }}
      return false;
    }}"""
    assert person.page.evaluate(script), condition


def log_out(person: Person, endpoint: str = "") -> None:
    """Log out, in a browser with the address `endpoint` at its push service."""
    with person.page.expect_navigation():
        leave = "(form, endpoint) => { form.endpoint.value = endpoint; form.requestSubmit(); }"
        person.page.locator("#keluar").evaluate(leave, endpoint)


def stored(person: Person) -> dict[str, str]:
    found: list[tuple[str, str]] = person.page.evaluate(STORED)
    return dict(found)


def disconnect(person: Person, *, is_off: bool = True) -> None:
    person.context.set_offline(is_off)


def forgive_disconnection(person: Person) -> None:
    """Forget the requests that failed because the test disconnected the browser."""
    person.faults[:] = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_the_last_seen_desk_is_read_without_a_connection(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.ASSIGNED, staff)
    officer = arrive("petugas")
    install(officer)
    officer.open(f"/permohonan/{case.code}/")
    disconnect(officer)
    officer.open("/meja/")
    assert "Tidak terhubung: keadaan pukul" in officer.said()
    assert case.subject in officer.said()
    assert officer.page.locator("main .btn:visible, main button:not([disabled])").count() == 0
    officer.open(f"/permohonan/{case.code}/")
    assert "Perangkat ini sedang tidak terhubung" in officer.said()
    assert "Meja kerja terakhir" in officer.said()
    disconnect(officer, is_off=False)
    officer.open("/meja/")
    assert "Tidak terhubung" not in officer.said()
    forgive_disconnection(officer)


def test_only_the_desk_is_stored_and_nothing_of_it_after_logging_out(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.ASSIGNED, staff)
    officer = arrive("petugas")
    install(officer)
    officer.open(f"/permohonan/{case.code}/")
    pages = {path for path, text in stored(officer).items() if case.subject in text}
    assert pages == {"/meja/"}
    log_out(officer)
    wait_until(officer, "caches.has('meja').then((has) => !has)")
    assert not any(case.subject in text or "Petugas" in text for text in stored(officer).values())
    disconnect(officer)
    officer.open("/meja/")
    assert "Perangkat ini sedang tidak terhubung" in officer.said()
    assert "Meja kerja terakhir" not in officer.said()
    assert case.subject not in officer.page.content()
    disconnect(officer, is_off=False)
    forgive_disconnection(officer)


def test_a_session_that_is_over_leaves_nothing(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.ASSIGNED, staff)
    officer = arrive("petugas")
    install(officer)
    officer.context.clear_cookies()
    officer.open("/meja/")
    wait_until(officer, "caches.has('meja').then((has) => !has)")
    assert not any(case.subject in text for text in stored(officer).values())


def test_a_browser_that_did_not_install_the_app_stores_no_desk(staff: Staff, arrive: Arrive) -> None:
    case = case_at(State.ASSIGNED, staff)
    officer = arrive("petugas")
    assert officer.page.evaluate(READY)
    officer.open("/meja/")
    assert not any(case.subject in text for text in stored(officer).values())


SHOW = """
registration.showNotification = async (title, options) => {
  self.shown = [title, options.body, options.data, options.tag];
};
clients.openWindow = async (path) => { self.opened = path; };
"""
"""Note what the service worker lets the system show and open: a Chromium without a screen can do neither."""

CLICK = """(path) => {
  const event = new ExtendableEvent("notificationclick");
  dispatchEvent(Object.assign(event, { notification: { data: path, close() {} } }));
}"""


def test_a_push_message_is_shown_and_opens_its_page(staff: Staff, arrive: Arrive, server: str) -> None:
    officer = arrive("petugas")
    install(officer)
    (worker,) = officer.context.service_workers
    worker.evaluate(SHOW)
    protocol = officer.context.new_cdp_session(officer.page)
    registrations: list[dict[str, Any]] = []
    registered = "ServiceWorker.workerRegistrationUpdated"
    protocol.on(registered, lambda event: registrations.extend(event["registrations"]))
    protocol.send("ServiceWorker.enable")
    officer.page.wait_for_timeout(200)
    payload = {"title": "Dinas Contoh", "body": "Ada yang menunggu Anda.", "path": "/permohonan/AAAA-AAAA/"}
    target = {"origin": server, "registrationId": registrations[0]["registrationId"]}
    protocol.send("ServiceWorker.deliverPushMessage", {**target, "data": json.dumps(payload)})
    for _tried in range(100):
        if shown := worker.evaluate("self.shown"):
            break
        officer.page.wait_for_timeout(50)
    assert shown == [*payload.values(), "/meja/"]
    worker.evaluate(CLICK, payload["path"])
    assert worker.evaluate("self.opened") == payload["path"]


def test_logging_out_ends_the_push_messages_to_the_browser(
    staff: Staff, arrive: Arrive, settings: Settings
) -> None:
    settings.VAPID_PRIVATE_KEY = create_key()
    browser = Browser("https://push.example")
    subscribe(staff.petugas, **browser.values)
    subscribe(staff.kabid, **browser.values)
    officer = arrive("petugas")
    officer.page.wait_for_load_state("networkidle")
    log_out(officer, browser.values["endpoint"])
    assert PushSubscription.objects.get().user == staff.kabid


def test_the_button_is_offered_where_the_browser_can(
    staff: Staff, arrive: Arrive, settings: Settings
) -> None:
    settings.VAPID_PRIVATE_KEY = create_key()
    case = case_at(State.SCHEDULED, staff)
    citizen = arrive()
    citizen.open(f"/p/{case.secret}/")
    assert citizen.page.locator('[data-switch="on"]').is_visible()
    assert objections(citizen) == []
    officer = arrive("petugas")
    assert seen(officer, "/pemberitahuan/", "/tidak-terhubung/") == []
    without = arrive(javascript=False)
    without.open(f"/p/{case.secret}/")
    assert not without.page.locator('[data-switch="on"]').is_visible()
