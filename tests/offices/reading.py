"""People who read every page that they are shown, in both languages, and look for foreign words."""

import re
from collections.abc import Iterable
from typing import Any

from django.test import Client

from office.models import User
from tests.factories import Staff
from tests.journeys.actor import Actor
from tests.sessions import log_in

SHOWN = re.compile(r'\b(?:aria-label|title|placeholder|alt|content|value|label)="([^"]*)"')
"""Attributes that a reader sees or hears."""

COMMON = ("Dinas luar", "dinas luar")
"""Words of every office: official travel."""


class ReadingClient(Client):
    """A client that collects the text of each page it is answered with."""

    def __init__(self, read: dict[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.read = read

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        kind = answer.headers.get("Content-Type", "")
        if not answer.streaming and kind.startswith("text/"):
            language = self.cookies.get("language")
            key = f"{request['PATH_INFO']} {language.value if language else 'id'} {len(self.read)}"
            self.read[key] = words_of(answer.content.decode())
        return answer


class Readers:
    """The staff and one applicant, each with a browser. `read` holds the text of all their pages."""

    def __init__(self, staff: Staff) -> None:
        self.read: dict[str, str] = {}
        self.staff = staff
        self.applicant = Actor(ReadingClient(self.read))

    def actor(self, user: User, language: str = "id") -> Actor:
        client = ReadingClient(self.read)
        log_in(client, user)
        client.cookies["language"] = language
        return Actor(client)


def words_of(page: str) -> str:
    """Return what a page shows: without scripts, styles and tags, with the attributes that are read out."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    page = re.sub(r'<input type="hidden"[^>]*>', " ", page)
    heard = " ".join(SHOWN.findall(page))
    return " ".join(f"{re.sub('<[^>]*>', ' ', page)} {heard}".replace("&nbsp;", " ").split())


def find_foreign(texts: dict[str, str], foreign: Iterable[str]) -> list[str]:
    """Return each foreign word with the name of the text and the words around it."""
    pattern = re.compile(rf"\b(?:{'|'.join(foreign) or '(?!)'})\b")
    found = []
    for name, text in texts.items():
        for common in COMMON:
            text = text.replace(common, "")
        for match in pattern.finditer(text):
            found.append(f"{name}: …{text[max(0, match.start() - 50) : match.end() + 30]}…")
    return found
