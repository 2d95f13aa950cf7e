"""People who use the cluster while something is killed, and what the site answered them."""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException

import pikepdf

from bench.load import Server
from bench.site_users import Acknowledged, Answer, Browser, submit_until, take_steps_until

APPLICANTS, STAFF = 3, 2
PAGES = {"/": "", "/permohonan/": "kadis", "/meja/": "kadis"}
"""Pages that readers open twice a second, with the account of the reader."""

SENTENCE = b"Layanan sedang terganggu"


def make_letter() -> bytes:
    """Return a PDF of one empty page."""
    stream = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(stream)
    return stream.getvalue()


@contextmanager
def using(server: Server, sessions: Mapping[str, str], first: int) -> Iterator[Acknowledged]:
    """Let applicants (with a letter each), staff and readers use the site within the block.

    `first` makes the applicants' numbers differ from those of other runs.
    """
    stopped, found, letter = threading.Event(), Acknowledged(), make_letter()
    people = [
        threading.Thread(target=submit_until, args=(stopped, server, first + 1000 * number, found, letter))
        for number in range(APPLICANTS)
    ]
    people += [
        threading.Thread(target=take_steps_until, args=(stopped, server, sessions, found))
        for _number in range(STAFF)
    ]
    people += [
        threading.Thread(target=_read_until, args=(stopped, server, path, sessions.get(user, ""), found))
        for path, user in PAGES.items()
    ]
    for person in people:
        person.start()
    try:
        yield found
    finally:
        stopped.set()
        for person in people:
            person.join()


def _read_until(
    stopped: threading.Event, server: Server, path: str, session: str, found: Acknowledged
) -> None:
    while not stopped.wait(0.5):
        with suppress(OSError, HTTPException):
            Browser(server, session, found.answers).ask(path)


@dataclass(frozen=True)
class Disturbance:
    """What people noticed: answers, failed ones, seconds from the first of them to the last, longest wait."""

    answers: int
    failed: int
    unexplained: int
    seconds: float
    longest: float


def find_disturbance(answers: list[Answer]) -> Disturbance:
    """Find the answers that failed: none, or a status of 500 and above. "Unexplained" have no sentence."""
    failed = [answer for answer in answers if answer.status == 0 or answer.status >= 500]
    ends = [answer.asked_at + answer.seconds for answer in failed]
    return Disturbance(
        len(answers),
        len(failed),
        len([answer for answer in failed if answer.status and SENTENCE not in answer.content]),
        max(ends) - min(ends) if ends else 0,
        max((answer.seconds for answer in answers), default=0),
    )
