"""Check a page with axe (WCAG 2.2 AA) and at several widths of the screen."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.person import Person

OPTIONS: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},  # 24 px; axe does not check it by default
    "resultTypes": ["violations"],
    "iframes": False,
}

INDONESIAN = ("id",)
BOTH = ("id", "en")
"""Languages of the public pages, the pages of a secret link and the lists. Other pages are checked in one
language, because a translation changes texts and not the markup."""

WIDTHS = (320, 640, 768, 1024, DESKTOP, PHONE)
"""The narrowest screen that counts (WCAG 1.4.10), a laptop's at 200 %, a tablet's on its short and its long
side, a laptop's, and the telephone's."""


ROUTES: set[str] = set()
"""Routes of the pages that axe has read in this run."""

VERSIONS: set[str] = set()
"""Versions of axe-core."""


def run_axe(page: Page) -> Any:
    """Return the result of axe. The browser loads axe into all further pages of the person by itself.

    The bar with the buttons is read at its own place, where it covers no other target.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.context.add_init_script(AXE_SCRIPT)
        page.evaluate(f"() => {{ {AXE_SCRIPT}\n }}")
    page.evaluate(
        "() => document.querySelector('.act, .bulk') && scrollTo(0, document.documentElement.scrollHeight)"
    )
    return page.evaluate("options => axe.run(options)", OPTIONS)


def objections(person: Person) -> list[str]:
    """Return the faults of the page that a person looks at."""
    answer = run_axe(person.page)
    found = answer["violations"]
    VERSIONS.add(answer["testEngine"]["version"])
    where = person.page.url.removeprefix(person.server)
    with suppress(Resolver404):
        ROUTES.add(resolve(urlsplit(where).path).route)
    wide = [f"{where}: wider than {width} px" for width in WIDTHS if person.is_too_wide(width)]
    return wide + [
        f"{where}: {violation['id']} at {', '.join(str(node['target']) for node in violation['nodes'])}"
        for violation in found
    ]


def seen(
    person: Person, *paths: str, status: int = 200, languages: tuple[str, ...] = INDONESIAN
) -> list[str]:
    """Return what is wrong with the pages in these languages. Each must answer with `status`."""
    found = []
    for language in languages:
        person.reads(language)
        for path in paths:
            answer = person.page.goto(path)
            assert answer
            assert answer.status == status, f"{path}: {answer.status}"
            assert person.page.locator("html").get_attribute("lang") == language
            found += objections(person)
    person.reads(INDONESIAN[0])
    return found


def sent_empty(person: Person, name: str, path: str, **typed: Any) -> list[str]:
    """Return the faults of a form's page after the form was sent with errors."""
    if person.page.url != f"{person.server}{path}":
        person.open(path)
    person.send(name, **typed)
    errors = person.page.locator(".invalid-feedback, .error-box, .note[data-urgency='late']")
    assert errors.count(), f"{path} says no error"
    # The sticky bar covers a part of what stands behind it until the page is scrolled.
    person.page.evaluate("document.querySelectorAll('.act').forEach(bar => bar.style.position = 'static')")
    return objections(person)
