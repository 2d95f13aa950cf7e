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

OFFICER = "petugas1"
LEADERS, WORKERS = "kadis kabid1 petugas1", "pkd kabid1 petugas1"

PAGES = f"""
desk                        | /meja/                                 | sekretariat {WORKERS} kadis
cases                       | /permohonan/                           | {LEADERS}
cases, CLOSED               | /permohonan/?state=CLOSED              | {LEADERS}
cases, REGISTERED           | /permohonan/?state=REGISTERED          | {LEADERS}
cases, SCHEDULED            | /permohonan/?state=SCHEDULED           | {LEADERS}
cases, rare word            | /permohonan/?q={{rare}}                  | {LEADERS}
cases, common word          | /permohonan/?q=desa                    | {LEADERS}
cases, two common words     | /permohonan/?q=desa+bantuan            | {LEADERS}
cases, common and rare word | /permohonan/?q=desa+menumbing          | {LEADERS}
cases, common beginning     | /permohonan/?q=p                       | {LEADERS}
cases, misspelt word        | /permohonan/?q=menumbnig               | {LEADERS}
cases, no such word         | /permohonan/?q=tidakadakatanya         | {LEADERS}
cases, late                 | /permohonan/?late=on                   | kadis
cases, my turn              | /permohonan/?turn=on                   | petugas1
agenda book                 | /agenda/                               | {WORKERS}
agenda book, middle         | /agenda/?before={{middle}}               | pkd
calendar                    | /kalender/                             | {WORKERS}
reports                     | /laporan/                              | {WORKERS}
follow-ups, open            | /tindak-lanjut/?show=open              | {WORKERS}
follow-ups, late            | /tindak-lanjut/?show=late              | {WORKERS}
follow-ups, done            | /tindak-lanjut/?show=done              | {WORKERS}
dashboard                   | /dasbor/                               | kadis kabid1
messages                    | /pesan/                                | sekretariat
surveys                     | /survei/                               | kadis
walk-in form                | /datang-langsung/                      | sekretariat
home                        | /                                      |
request form                | /ajukan/                               |
statistics                  | /statistik/                            |
standard                    | /standar-layanan/                      |
"""
"""Title, address and readers of the pages that belong to no case. Everybody reads those without a reader."""


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
    numbers = AgendaEntry.objects.order_by("-year", "-number").values_list("number", flat=True)
    rare = national_number(Case.objects.exclude(phone="").order_by("-pk")[0].phone)
    for row in PAGES.format(rare=rare, middle=max(numbers[0] // 2, 26)).strip().splitlines():
        title, address, names = (cell.strip() for cell in row.split("|"))
        yield from (Page(f"{title}: {name}", address, name) for name in names.split())
        if not names:
            yield Page(title, address)
    for name in LEADERS.split():
        # The key before page 40 of the list, or before its middle if it is shorter.
        cases = Case.objects.visible_to(User.objects.get(username=name)).order_by("-pk")
        before = cases[min(39 * 25, cases.count() // 2)].pk
        yield Page(f"cases, page 40 or the middle: {name}", f"/permohonan/?before={before}", name)
    closed = _choose_case(State.CLOSED)
    officer = closed.officer.username if closed.officer else "kadis"
    readers = (
        ("pkd", State.SUBMITTED),
        ("kadis", State.SCHEDULED),
        ("kadis", State.CLOSED),
        (officer, State.CLOSED),
    )
    for name, state in readers:
        title = "its officer" if name == officer else name
        yield Page(f"case, {state}: {title}", reverse("case", args=[_choose_case(state).code]), name)
    for state in (State.REGISTERED, State.DISPOSED, State.HELD):
        waiting = Case.objects.filter(state=state).exclude(channel=Channel.WALK_IN).order_by("-pk")[0]
        verb = TURN[state].verb
        address = reverse("step", args=[waiting.code, verb])
        yield Page(f"step, {verb}", address, _get_actor(waiting, TURN[state].actor))
    issued = Document.objects.filter(kind=Document.Kind.REPORT).order_by("pk")[0]
    yield Page("verification", reverse("verification", args=[issued.pk]))
    for state in (State.SUBMITTED, State.SCHEDULED, State.CLOSED):
        yield Page(f"applicant's page, {state}", reverse("follow", args=[_choose_case(state).secret]))


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
    return "kadis"
