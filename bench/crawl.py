"""Open every address of the demo in REMBUK_DATA as every person: `bench/crawl`.

Each pattern of addresses is filled with real objects; each link and form of each page is followed. Every
address gets a GET and a POST without content, and the answers are compared with `crawl_tables`. Each request
is rolled back, and what it set in the browser is forgotten, so that the tables stay true.
"""

import argparse
import contextlib
import copy
import html
import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from bench.crawl_tables import ACTORS, ANSWERS, PEOPLE, SEES, TELLS, get_relation, may_act
from consultations.intake.models import RequestDraft
from consultations.models import Attachment, Case
from consultations.scheduling.models import Absence
from documents.models import Document
from exchange.models import System
from notices.models import Message, Notice
from office.models import AccessChange, User
from operations.demo.people import PASSWORD
from reports.models import FollowUp
from reports.models.report import ReusableAdvice
from reports.surveys.models import Publication
from trust.ledger.models import ArchiveTransfer, Disposal, DisposalAct
from trust.privacy.models import Breach

SECRET = re.compile(r"/[\w-]{32}/")
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")
LINK = re.compile(r'<(?:a|form|button|iframe)\b[^>]*?\s(?:href|action|formaction|hx-get)="(/[^"#]*)')
VERBS = [*ACTORS, "ask_time", "withdraw", "complete", "correct_contact", "ask_deletion", "nonsense"]
type Statuses = set[int | str]

UNSEEN: Statuses = {404, 405}
REFUSED: Statuses = {403, 404, 405}
WORKS: Statuses = {200, 204, 302, 404, 405, 409, 410, 422}
MOST = 400
"""Objects with which a pattern is filled at most."""
ROWS: dict[str, Any] = {
    "attachment": Attachment,
    "document": Document,
    "verification": Document,
    "handover": Document,
    "letter": Document,
    "follow_up": FollowUp,
    "message": Message,
    "open_message": Message,
    "notice_read": Notice,
    "absence": Absence,
    "absence_end": Absence,
    "access_change": AccessChange,
    "review_advice": ReusableAdvice,
    "disposal": Disposal,
    "disposal_pdf": Disposal,
    "act_scan": DisposalAct,
    **dict.fromkeys(
        ("transfer", "cancel_transfer", "transfer_pdf", "transfer_scan", "transfer_package"), ArchiveTransfer
    ),
    "system_access": System,
    "issue_token": System,
    "revoke_system": System,
    "webhook": System,
    "breach_pdf": Breach,
    "own_breach": Breach,
    "survey_result": Publication,
    "survey_result_pdf": Publication,
}
"""The model whose keys an address takes as `pk`."""
LONG = ["register", "dispose", "assign", "prepare", "report", "accept", "conclude", "nonsense"]
SLUGS: dict[str, list[Any]] = {
    "verb": VERBS,
    "slug": ["tanda-terima", "lembar-disposisi", "laporan", "telaahan-staf", "surat-tugas", "nonsense"],
    "kind": ["CONSULTATION", "COMPLAINT", "AUDIT", "nonsense"],
    "name": ["jabatan", "akhir", "administrator", "akun", "sandi", "surel", "nip", "verifikasi", "nonsense"],
    "what": ["kirim", "nonsense"],
    "version": [1],
}


class Facts:
    """The rows of the demo that the tables speak of, read once."""

    def __init__(self) -> None:
        found = Case.objects.select_related("division").prefetch_related("copied_to", "companions")
        self.cases = {case.code: case for case in found}
        for case in self.cases.values():
            case.copied_codes = {division.code for division in case.copied_to.all()}  # type: ignore[attr-defined]
            case.companion_keys = {person.pk for person in case.companions.all()}  # type: ignore[attr-defined]
        self.codes = {case.pk: code for code, case in self.cases.items()}
        self.people = {user.username: user for user in User.objects.all()}

    def find_case(self, name: str, values: dict[str, Any]) -> Case | None:
        """Return the case of an address, by its code, its secret or the object that it names."""
        if "code" in values:
            return self.cases.get(values["code"])
        row = ROWS[name].objects.filter(pk=values.get("pk")).first() if name in ROWS else None
        return self.cases.get(self.codes.get(getattr(getattr(row, "notice", row), "case_id", 0) or 0, ""))


class Crawl:
    """The addresses that one person opens."""

    def __init__(self, name: str, facts: Facts) -> None:
        self.name, self.role, self.facts = name, PEOPLE[name], facts
        self.person = facts.people.get(name)
        self.client, self.seen, self.requests = Client(raise_request_exception=False), set[str](), 0
        self.deviations, self.followed = Counter[str](), Counter[object]()
        if name:
            self.client.post("/masuk/", {"login": name, "password": PASSWORD})
            self.client.post("/akun/reauthenticate/", {"password": PASSWORD})
        self.cookies = copy.deepcopy(self.client.cookies)

    def relate(self, case: Case) -> tuple[str, bool]:
        relation = get_relation(case, self.person, self.name)
        return relation, SEES[relation][self.role] == "yes"

    def run(self, addresses: list[str]) -> None:
        queue = [(address, "") for address in addresses]
        while queue:
            address, page = queue.pop()
            path = address.split("?")[0]
            if address in self.seen:
                continue
            self.seen.add(address)
            answer = self.ask("get", address)
            if page and answer.status_code in (403, 404):
                self.note(f"offered on {page}, answers {answer.status_code}", path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                text = answer.content.decode()
                self.check_codes(path, text)
                queue += [
                    (link, path) for link in map(html.unescape, LINK.findall(text)) if self.is_new(link)
                ]
            self.ask("post", path)

    def is_new(self, link: str) -> bool:
        """Return whether few addresses of this kind were followed: the pages of all cases offer the same."""
        try:
            match = resolve(link.split("?")[0])
        except Resolver404:
            return not link.startswith("/static/")
        kind = (match.view_name, match.kwargs.get("verb"), "?" in link)
        self.followed[kind] += 1
        return self.followed[kind] <= 40

    def ask(self, method: str, address: str) -> Any:
        """Send a request, undo what it wrote, and compare its status."""
        with transaction.atomic():
            answer = getattr(self.client, method)(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
            answer.close()
            transaction.set_rollback(True)
        self.client.cookies = copy.deepcopy(self.cookies)  # what the answer set was undone, too
        self.requests += 1
        expected = self.expect(method, address.split("?")[0])
        place = answer.headers.get("Location", "").split("?")[0]
        if answer.status_code == 302 and place == "/masuk/":
            status: int | str = "login"
        else:
            status = answer.status_code
        if answer.status_code >= 500 or (expected is not None and status not in expected):
            self.note(f"{status} instead of {sorted(map(str, expected or ()))}", f"{method} {address}")
        return answer

    def expect(self, method: str, path: str) -> Statuses | None:
        """Return the statuses that the tables allow, or None if they say nothing."""
        try:
            match = resolve(path)
        except Resolver404:
            return {404}
        name, values = match.view_name or "", match.kwargs
        if path.startswith("/pengaturan/") and name != "system":
            return {200, 302, 403, 404, 405, 409, 422} if self.role == "ADM" else {302, 403, "login", 405}
        if not getattr(match.func, "login_required", True):
            return None
        if not self.name:
            return {"login"}
        if name == "notice_read":
            return {302, 405}  # back to the list, whoever the notice is to
        if case := self.facts.find_case(name, values):
            return self.expect_of_case(method, name, values, case)
        row = f"{name}:post" if method == "post" and f"{name}:post" in ANSWERS else name
        if row not in ANSWERS:
            return None
        status = int(ANSWERS[row][self.role])
        if status == 200:
            return WORKS if values else WORKS - {404}
        return {status, 404, 405} if values else {status, 405}

    def expect_of_case(self, method: str, name: str, values: dict[str, Any], case: Case) -> Statuses:
        relation, sees = self.relate(case)
        if name in ("message", "open_message", "verification", "access_change"):
            return WORKS | REFUSED if sees or name == "verification" else UNSEEN
        if not sees:
            return UNSEEN if name != "review_advice" else REFUSED
        if name == "case":
            return {200} if method == "get" else {405}
        if name in ("step", "step_draft", "step_preview"):
            if may_act(values["verb"], self.role, relation):
                return WORKS - {404} if name == "step" else WORKS
            if name == "step_draft" and method == "get":
                return REFUSED | {302}  # back to the page of the step, which refuses
            return REFUSED if values["verb"] in ACTORS or name != "step" else {404}
        if values.get("slug") == "tanda-terima" and self.role not in ("SEK", "PKD"):
            return UNSEEN
        return WORKS | {403}

    def check_codes(self, path: str, text: str) -> None:
        """Note codes of cases that the person must not know of."""
        name = resolve(path).view_name or ""
        if self.role in TELLS.get(name, "").split() or SECRET.search(path):
            return  # whoever has the secret link reads the case
        for code in set(CODE.findall(text)) & self.facts.cases.keys():
            relation, sees = self.relate(self.facts.cases[code])
            if not sees and self.name:
                self.note(f"names a case ({relation})", path)

    def note(self, what: str, where: str) -> None:
        generic = re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f-]{36}|[\w-]{32}|\d+", "…", where)
        self.deviations[f"{what}: {generic}"] += 1
        if self.deviations[f"{what}: {generic}"] == 1:
            print(f"  {self.name or 'visitor'}: {what}: {where}", flush=True)


def list_addresses(patterns: list[URLPattern | URLResolver], cases: list[Case]) -> Iterator[str]:
    """Yield the address of each pattern of the project with each object that may fill it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from list_addresses(pattern.url_patterns, cases)
        elif pattern.name:
            for values in _fill(pattern.name, list(pattern.pattern.converters), cases):
                with contextlib.suppress(NoReverseMatch):
                    yield reverse(pattern.name, kwargs=values)


def _fill(name: str, parameters: list[str], cases: list[Case]) -> Iterator[dict[str, Any]]:
    filled: list[dict[str, Any]] = [{}]
    for parameter in parameters:
        choices: list[Any] = [1]
        if parameter == "code":
            choices = [*(case.code for case in cases), "AAAA-AAAA"]
        elif parameter in ("secret", "token"):
            choices = [*(case.secret for case in cases), "s" * 32]
        elif parameter == "pk":
            choices = [*(_list_keys(name, cases) if name in ROWS else ()), 1]
        elif parameter == "key":
            choices = list(RequestDraft.objects.values_list("held_key", flat=True))
        elif parameter in SLUGS:
            choices = LONG if name in ("step_draft", "step_preview", "fitting_advice") else SLUGS[parameter]
        filled = [{**values, parameter: choice} for values in filled for choice in choices]
    return iter(filled)


def _list_keys(name: str, cases: list[Case]) -> Iterator[Any]:
    """Return the keys of the rows of a pattern: those of the chosen cases, or all if they belong to none."""
    rows, keys = ROWS[name].objects.all(), [case.pk for case in cases]
    if ROWS[name] is Message:
        rows = rows.filter(notice__case__in=keys)
    elif name == "verification":
        rows = rows[:5]  # public
    elif "case" in {field.name for field in rows.model._meta.fields}:
        rows = rows.filter(Q(case__in=keys) | Q(case=None))
    return iter([row.pk for row in rows[:MOST]])


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/crawl", description=__doc__)
    parser.add_argument("--people", nargs="*", default=list(PEOPLE), help="logins; an empty one is a visitor")
    parser.add_argument("--every", type=int, default=1, help="only each n-th case")
    arguments = parser.parse_args()
    settings.ALLOWED_HOSTS, settings.DEBUG = ["*"], False
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 10**6  # seconds; the run takes longer than five minutes
    logging.disable()
    facts, began, requests, deviations = Facts(), time.monotonic(), 0, 0
    cases = list(facts.cases.values())[:: arguments.every]
    addresses = list(dict.fromkeys(list_addresses(get_resolver().url_patterns, cases)))
    print(f"{len(addresses)} addresses, {len(cases)} cases")
    for name in arguments.people:
        crawl = Crawl(name, facts)
        crawl.run(addresses)
        found = len(crawl.deviations)
        print(f"{name or 'visitor'}: {crawl.requests} requests, {found} kinds of deviation", flush=True)
        requests, deviations = requests + crawl.requests, deviations + found
    print(f"{requests} requests in {time.monotonic() - began:.0f} s, {deviations} kinds of deviation")
    return int(deviations > 0)
