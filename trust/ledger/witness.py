"""The witness (saksi): this installation remembers seals of others, and others remember its seals.

Whoever rolls an installation back, or makes another chain, must reach its witnesses too. A witness reads
the public seals of an installation each hour, checks that each names the one before, and stores the newest.
"""

import datetime as dt
import json
import logging
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.tasks import task
from django.urls import reverse

from documents.signing import SigningFailed
from kit import clock, place
from kit.jobs import enqueue_missing
from kit.outgoing import NotReached, send_request
from kit.refusal import Refused
from trust.ledger.models import Seal, WitnessedSeal

logger = logging.getLogger(__name__)

R = WitnessedSeal.Result

PAGE_SIZE = 100
"""Seals in one answer, on both sides."""

MAX_PAGES = 50
"""Answers that are read at a time: seals of twenty years."""

MAX_BYTES = 1_000_000
TIMEOUT = 20
"""Seconds for one answer."""

INTERVAL = dt.timedelta(hours=1)

MAX_SILENCE = dt.timedelta(days=14)
"""Time after which an installation without a new seal needs attention. Holidays are shorter."""

NOTICED = dt.timedelta(days=30)
"""Time for which a finding needs attention, even if the seals follow again."""

HASH = "[0-9a-f]{64}"
TEXT = re.compile(
    rf"rembuk-segel/[12]\n([0-9-]{{10}})\n([0-9]{{1,4}})/([0-9]{{1,9}})\n({HASH})\n(?:({HASH})\n({HASH})\n)?"
)


class Read(NamedTuple):
    """A seal as its text says it. Texts of version 1 name no seal before."""

    year: int
    number: int
    day: dt.date
    head: str
    previous: str
    text: str


def parse(text: object) -> Read:
    """Return the facts of a seal's text. Raise NotReached if it is none."""
    found = TEXT.fullmatch(text) if isinstance(text, str) else None
    try:
        if not found or found[0].startswith("rembuk-segel/2") != bool(found[6]):
            raise ValueError
        day = dt.date.fromisoformat(found[1])
    except ValueError:
        raise NotReached("a seal has no such text") from None
    return Read(int(found[2]), int(found[3]), day, found[4], found[6] or "", found[0])


def fetch(url: str, name: str, **query: object) -> dict[str, Any]:
    """Return the JSON object at a page of another installation. Raise NotReached or Refused."""
    address = f"{url}{reverse(name)}?{urlencode(query)}"
    status, content = send_request("GET", address, timeout=TIMEOUT, max_bytes=MAX_BYTES)
    try:
        answer = json.loads(content) if status == 200 else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("seals"), list):
        raise NotReached(f"status {status}, and no seals")
    return answer


def list_after(place: str) -> dict[str, Any] | None:
    """Return the texts of the seal at a place (`2026/17`) and of those after it, or None if it is no place.

    Without a place, begin with the first seal.
    """
    later, after = Seal.objects.order_by("year", "number"), None
    if place:
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,9})", place)
        if not found:
            return None
        year, number = int(found[1]), int(found[2])
        after = Seal.objects.filter(year=year, number=number).first()
        later = later.filter(Q(year=year, number__gt=number) | Q(year__gt=year))
    return {"after": after.text if after else None, "seals": [seal.text for seal in later[:PAGE_SIZE]]}


def get_remembered(origin: str) -> WitnessedSeal | None:
    """Return the newest seal of an installation that follows from those before."""
    return WitnessedSeal.objects.filter(origin=origin, result__in=R.good()).order_by("pk").last()


def watch(origin: str, *, is_new: bool = False) -> WitnessedSeal | None:
    """Read the seals after the remembered one. Return the new row: the newest seal, or what is wrong.

    With `is_new`, begin anew with the newest seal, after its operator has said why the installation went
    back. What was remembered before stays, and is published. Raise NotReached or Refused.
    """
    remembered = None if is_new else get_remembered(origin)
    before = known = parse(remembered.text) if remembered else None
    for _page in range(MAX_PAGES):
        answer = fetch(origin, "seals_after", sesudah=f"{before.year}/{before.number}" if before else "")
        if before and answer.get("after") is None:
            return _store(origin, before, R.MISSING)
        if before and answer["after"] != before.text:
            return _store(origin, parse(answer["after"]), R.CHANGED)
        for text in answer["seals"]:
            seal = parse(text)
            if before and not is_new and not _follows(before, seal):
                return _store(origin, seal, R.NOT_NEXT)
            before = seal
        if len(answer["seals"]) < PAGE_SIZE:
            break
    return _store(origin, before, R.ACCEPTED if is_new else R.FOLLOWS) if before and before != known else None


def _follows(before: Read, seal: Read) -> bool:
    """Return whether a seal is later and names the one before. Seals of an old release name none."""
    if seal[:2] <= before[:2] or seal.day <= before.day:
        return False
    if not seal.previous:
        return not before.previous
    return seal.previous == sha256(before.text.encode()).hexdigest()


def _store(origin: str, seal: Read, result: str) -> WitnessedSeal:
    """Store a row, signed if this office has a key. A finding is stored once after each good seal."""
    facts, last = {"origin": origin, "text": seal.text, "result": result}, get_remembered(origin)
    same = WitnessedSeal.objects.filter(**facts, pk__gt=last.pk if last else 0).first()
    if same and result not in R.good():
        return same
    row = WitnessedSeal(
        **facts, day=seal.day, year=seal.year, number=seal.number, head=seal.head, at=clock.now()
    )
    if settings.SEAL_PKCS12:
        from trust.ledger.certificates import sign  # pyHanko takes half a second and 15 MB

        try:
            row.signature = sign(row)
        except SigningFailed as error:
            logger.error("the witnessed seal %s cannot be signed: %s", row, error)
    row.save()
    return row


def enqueue_watch() -> int:
    """Enqueue a task for each installation that this one watches, once an hour; return how many.

    A copy watches nobody: the office does.
    """
    if place.is_copy():
        return 0
    return enqueue_missing(watch_origin, settings.WITNESS_OF, retry_after=INTERVAL)


@task()
def watch_origin(origin: str) -> None:
    """Watch one installation. Log what is wrong, each time."""
    try:
        row = watch(origin)
    except (NotReached, Refused) as error:
        logger.warning("the seals of %s cannot be read: %s", origin, error)
        return
    if row and row.result not in R.good():
        logger.error("the seals of %s do not follow from those before: %s %s", origin, row.result, row)


def list_findings(origins: list[str]) -> QuerySet[WitnessedSeal]:
    """Return the findings that need attention: recent ones, and those after which no seal followed."""
    wrong = WitnessedSeal.objects.filter(origin__in=origins).exclude(result__in=R.good())
    is_open = Q(at__gte=clock.now() - NOTICED)
    for origin in origins:
        last = get_remembered(origin)
        is_open |= Q(origin=origin, pk__gt=last.pk if last else 0)
    return wrong.filter(is_open).order_by("-pk")


def get_memory(origin: str, after: int) -> dict[str, Any]:
    """Return a page of the seals that are remembered of an installation, oldest first."""
    rows = WitnessedSeal.objects.filter(origin=origin, pk__gt=after).order_by("pk")[: PAGE_SIZE + 1]
    seals = [
        {"text": row.text, "result": row.result, "at": row.at.isoformat(), "signature": row.signature}
        for row in rows[:PAGE_SIZE]
    ]
    return {"origin": origin, "seals": seals, "next": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else 0}


class Remembered(NamedTuple):
    """A seal of this installation, as a witness remembers it."""

    seal: Read
    result: str


def ask(witness: str) -> list[Remembered]:
    """Return what a witness remembers of this installation since it last began anew.

    Raise NotReached or Refused: nothing is compared then.
    """
    found: list[Remembered] = []
    after: object = ""
    for _page in range(MAX_PAGES):
        answer = fetch(witness, "witnessed_json", asal=settings.PUBLIC_URL, sesudah=after)
        found += _read_rows(answer["seals"])
        after = answer.get("next")
        if not after:
            break
    begins = [place for place, row in enumerate(found) if row.result == R.ACCEPTED]
    if not found:
        raise NotReached("it remembers no seal of this installation")
    return found[begins[-1] if begins else 0 :]


def _read_rows(rows: list[Any]) -> Iterator[Remembered]:
    for row in rows:
        if not isinstance(row, dict) or row.get("result") not in R.values:
            raise NotReached("a row has no such form")
        yield Remembered(parse(row.get("text")), row["result"])
