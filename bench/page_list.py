"""Pages that are measured, with their addresses in the database of this process."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from consultations.enums import Channel, Party, State
from consultations.models import AgendaEntry, Case
from consultations.search_index import national_number
from consultations.workflow import TURN
from documents.models import Document
from office.models import Role, User
from tests.sessions import log_in

SECRETARIAT, PKD, HEAD, DIVISION_HEAD, OFFICER = "sekretariat", "pkd", "kadis", "kabid1", "petugas1"
PAGE_40 = 39 * 25


@dataclass(frozen=True)
class Page:
    """A page and the account that opens it, None for a visitor."""

    title: str
    address: str
    username: str | None = None

    def create_client(self) -> Client:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if self.username:
            log_in(client, User.objects.get(username=self.username))
        return client


def list_pages() -> Iterator[Page]:
    """Yield all pages: desks, lists, cases, steps, public pages."""
    for name in (SECRETARIAT, PKD, HEAD, DIVISION_HEAD, OFFICER):
        yield Page(f"desk: {name}", reverse("desk"), name)
    for name in (HEAD, DIVISION_HEAD, OFFICER):
        yield from _list_case_lists(name)
    yield Page(f"cases, late: {HEAD}", reverse("cases") + "?late=on", HEAD)
    yield Page(f"cases, my turn: {OFFICER}", reverse("cases") + "?turn=on", OFFICER)
    for state, name in ((State.SUBMITTED, PKD), (State.SCHEDULED, HEAD), (State.CLOSED, HEAD)):
        yield Page(f"case, {state}: {name}", reverse("case", args=[_choose_case(state).code]), name)
    closed = _choose_case(State.CLOSED)
    officer = closed.officer.username if closed.officer else HEAD
    yield Page("case, CLOSED: its officer", reverse("case", args=[closed.code]), officer)
    for state in (State.REGISTERED, State.DISPOSED, State.HELD):
        waiting = Case.objects.filter(state=state).exclude(channel=Channel.WALK_IN).order_by("-pk")[0]
        verb = TURN[state].verb
        address = reverse("step", args=[waiting.code, verb])
        yield Page(f"step, {verb}", address, _get_actor(waiting, TURN[state].actor))
    for name in (PKD, DIVISION_HEAD, OFFICER):
        for title, url in (("agenda book", "agenda"), ("calendar", "calendar"), ("reports", "reports")):
            yield Page(f"{title}: {name}", reverse(url), name)
        for show in ("open", "late", "done"):
            yield Page(f"follow-ups, {show}: {name}", f"{reverse('follow_ups')}?show={show}", name)
    yield Page(f"agenda book, middle: {PKD}", reverse("agenda") + _agenda_middle(), PKD)
    for name in (HEAD, DIVISION_HEAD):
        yield Page(f"dashboard: {name}", reverse("dashboard"), name)
    yield Page(f"messages: {SECRETARIAT}", reverse("messages"), SECRETARIAT)
    yield Page(f"surveys: {HEAD}", reverse("surveys"), HEAD)
    yield Page(f"walk-in form: {SECRETARIAT}", reverse("walk_in"), SECRETARIAT)
    issued = Document.objects.filter(kind=Document.Kind.REPORT).order_by("pk")[0]
    yield Page("verification", reverse("verification", args=[issued.pk]))
    for title, url in (("home", "home"), ("request form", "request"), ("statistics", "statistics")):
        yield Page(title, reverse(url))
    for state in (State.SUBMITTED, State.SCHEDULED, State.CLOSED):
        yield Page(f"applicant's page, {state}", reverse("follow", args=[_choose_case(state).secret]))


def _list_case_lists(name: str) -> Iterator[Page]:
    address = reverse("cases")
    queries = {
        "page 40 or the middle": f"before={_find_page_40(name)}",
        **{str(state): f"state={state}" for state in (State.CLOSED, State.REGISTERED, State.SCHEDULED)},
        "rare word": f"q={_find_phone_word()}",
        "common word": "q=desa",
        "two common words": "q=desa+bantuan",
        "common and rare word": "q=desa+menumbing",
        "common beginning": "q=p",
        "misspelt word": "q=menumbnig",
        "no such word": "q=tidakadakatanya",
    }
    yield Page(f"cases: {name}", address, name)
    for title, query in queries.items():
        yield Page(f"cases, {title}: {name}", f"{address}?{query}", name)


def _choose_case(state: State) -> Case:
    """Return a case of OFFICER if there is one, with the fewest steps taken."""
    found = Case.objects.filter(state=state).order_by("version", "-pk")
    return found.filter(officer__username=OFFICER).first() or found[0]


def _get_actor(case: Case, party: Party) -> str:
    """Return the account that can take the case's next step."""
    if party == Party.OFFICER and case.officer:
        return case.officer.username
    if party == Party.DIVISION_HEAD:
        heads = User.objects.filter(appointments__position__role=Role.DIVISION_HEAD)
        return heads.filter(appointments__position__division=case.division)[0].username
    return HEAD


def _find_page_40(name: str) -> int:
    """Return the key before page 40 of an account's list of cases, or before its middle if it is shorter."""
    visible = Case.objects.visible_to(User.objects.get(username=name))
    keys = visible.order_by("-pk").values_list("pk", flat=True)
    return keys[min(PAGE_40, keys.count() // 2)]


def _agenda_middle() -> str:
    numbers = AgendaEntry.objects.order_by("-year", "-number").values_list("number", flat=True)
    return f"?before={max(numbers[0] // 2, 26)}"


def _find_phone_word() -> str:
    """Return the phone number of a case as a search word, which only this case has."""
    return national_number(Case.objects.exclude(phone="").order_by("-pk")[0].phone)
