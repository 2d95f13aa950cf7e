"""Random walks of cases: nobody reads a word of a case that he may not see, and each turn has its person.

A walk takes steps, splits, merges, converts, changes positions and absences. After each, two laws are
compared for everybody: who may see a case is a party to it or reads it, and what waits for him is his turn.
Between, somebody opens a page. Each text of a case has a word of its own, so that any text that a reader
should not see is found, whichever page, search, list, download, notice or mail has it.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, settings as effort, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from consultations.enums import REGISTRY, Channel, Kind, PaperTurn, Party, State
from consultations.intake.duplicates import list_duplicates
from consultations.models import Case, WorkItem
from consultations.parties import (
    SERVING,
    Actor,
    Applicant,
    CodeHolder,
    excluding_complaints_about,
    get_present_turn,
    is_hidden_from_head,
    is_party,
    is_second_awaited,
    is_supervisor,
    parties,
    subject_unknown,
)
from consultations.scheduling.models import Absence
from consultations.scheduling.whose_work import list_people, waiting_for, waits_for
from consultations.step_row import list_officers
from consultations.steps import PAGES
from consultations.work import list_duties
from consultations.workflow import list_open_steps
from documents.life import list_items, list_papers, list_waiting
from kit import clock
from kit.refusal import Refused
from kit.rules import holds
from notices.models import GIVEN_UP, Message, Notice
from notices.queries import is_still_needed, unread_notices
from notices.texts import render_to_staff
from office.models import Office, Role, User
from tests.factories import DETAILS, Staff, appoint, away, case_at, client_of, independent_case
from tests.pages.test_access import DOCUMENT, SECRET, addresses
from tests.shared_data import each
from tests.standard.steps import values
from tests.world import undone

PEOPLE = (
    *("sekretariat", "pkd", "sekretaris", "kadis", "kabid", "other_kabid", "petugas", "other_petugas"),
    *("companion", "elsewhere", "admin", "pengawas"),
)
MAX_CASES = 4
STEPS_OF_WALK = 14

compared: Counter[str] = Counter()
"""Number of walks, steps, decisions of a person on a case, pages and notices that the run has compared."""

OUTSIDE = (
    *("/akun/", "/api/", "/p/", "/survei/", "/pengaturan/", "/bahasa/", "/keluar/", "/undangan/"),
    "/kalender/langganan/",
)
PAGES_OF_STAFF = sorted(
    {
        address
        for address in addresses(get_resolver().url_patterns)
        if not address.startswith(OUTSIDE)
        and not re.search(r"\.pdf|/1/|/1\.|/ekspor/|/berkas/", address)
        and SECRET not in address
        and DOCUMENT not in address
    }
)
"""Each address of the office with a list or a case in it."""

LISTS = [address for address in PAGES_OF_STAFF if "AAAA-AAAA" not in address]
OF_CASE = [address for address in PAGES_OF_STAFF if "AAAA-AAAA" in address]

WRITTEN = {
    *("reason", "subject", "material", "missing", "note", "question", "answer", "outcome", "agenda"),
    *("decision", "discussion", "administration", "materials"),
}
"""Arguments of services that somebody writes. Each gets a word of its case."""


OF_PAPERS = (*REGISTRY, *PaperTurn.values)

ITEM = ("kind", "party", "division_id", "user_id", "urgency", "due_at")
"""Columns of a work item that the case alone decides."""


def may_read(user: User, case: Case) -> bool:
    """Return whether somebody is a party to the case, or accompanies it, has a copy or served it."""
    if parties(user, case):
        return True
    if case.is_independent or not user.current_appointments or is_supervisor(user):
        return False
    copied = {division.pk for division in case.copied_to.all()}
    reads = case.companions.contains(user) or case.officer_id == user.pk
    reads = reads or any(division.pk in copied for division in user.headed_divisions)
    about = {case.complained_about_id, case.merged_into.complained_about_id if case.merged_into else None}
    if not reads or user.pk in about or case.merged_into_id:
        return False
    knows = Role.TIM_PKD in user.roles or (Role.SECRETARIAT in user.roles and case.channel != Channel.ONLINE)
    return knows or not subject_unknown(case)


def waits(user: User, case: Case) -> bool:
    """Return whether it is somebody's turn, or a decision beside the turn is his."""
    mine, roles = parties(user, case), user.roles
    if not mine:
        return False
    asked = case.deletion_asked_at is not None and case.deletion_granted_at is None
    has_left = case.officer_id not in list_officers(case.division_id)
    return (
        get_present_turn(case) in mine
        or (Party.HEAD in mine and (case.awaits_ratification or asked))
        or (Party.TIM_PKD in mine and asked and is_hidden_from_head(case))
        or (Party.SUPERVISOR in mine and is_second_awaited(case) and Role.SUPERVISOR in roles)
        or (Party.DIVISION_HEAD in mine and case.assignment_unratified)
        or (Party.DIVISION_HEAD in mine and is_of_absent_officer(user, case))
        or (case.asked_again_at is not None and Party.OFFICER in mine)
        or (case.asked_again_at is not None and has_left and Party.DIVISION_HEAD in mine)
    )


def is_of_absent_officer(head: User, case: Case) -> bool:
    """Return whether the officer whose turn it is has left, or is away longer than the case can wait."""
    if case.turn != Party.OFFICER or case.officer_id == head.pk:
        return False
    if case.officer_id not in list_officers(case.division_id):
        return True
    returns = [
        one.until for one in Absence.objects.filter(person=case.officer) if one.has_begun and not one.is_over
    ]
    is_guest = case.state == State.ASSIGNED and case.channel == Channel.WALK_IN
    return any(is_guest or (case.due_at and case.due_at < until) for until in returns)


class Walk(RuleBasedStateMachine):
    staff: Staff

    def __init__(self) -> None:
        super().__init__()
        self.scope = undone()
        self.scope.__enter__()
        self.words: dict[str, int] = {}
        self.numbers, self.turn = count(1000), 0
        compared["walks"] += 1

    def teardown(self) -> None:
        try:
            self.compare_laws(PEOPLE)
            self.compare_notices()
            for number in (0, MAX_CASES):
                seen = compared["pages"]
                self.look_at(PEOPLE[seen % len(PEOPLE)], seen, number)
        finally:
            self.scope.__exit__(None, None, None)

    def list_cases(self) -> list[Case]:
        return list(Case.objects.order_by("pk"))

    def user(self, name: str) -> User:
        return User.objects.get(pk=getattr(self.staff, name).pk)

    def write(self, arguments: dict[str, Any], case: Case, verb: str) -> dict[str, Any]:
        """Return the arguments with a word of the case in each text."""
        written = {}
        for name, value in arguments.items():
            if name in WRITTEN and isinstance(value, str) and not value.isupper():  # REFUSED is a choice
                word = f"kata{next(self.numbers)}zq"
                self.words[word] = 0 if verb == "split" and name in ("subject", "material") else case.pk
                value = f"{value} {word}"
            written[name] = value
        return written

    @initialize(kind=st.sampled_from(Kind))
    def begin(self, kind: str) -> None:
        self.arrive(kind, "ONLINE")

    @rule(kind=st.sampled_from(Kind), channel=st.sampled_from(["ONLINE", "ONLINE", "LETTER", "own"]))
    def arrive(self, kind: str, channel: str) -> None:
        if Case.objects.count() >= MAX_CASES:
            return
        if channel == "own":
            with suppress(Refused):  # nobody is Pengawas now
                independent_case()
            return
        details = self.write({**DETAILS, "kind": kind}, Case(pk=-1), "")
        case = case_at(State.SUBMITTED, self.staff, **details)
        Case.objects.filter(pk=case.pk).update(channel=channel)
        self.words |= {word: case.pk for word, pk in self.words.items() if pk == -1}

    @rule(state=st.sampled_from([State.REGISTERED, State.ASSIGNED, State.SCHEDULED, State.CLOSED]))
    def arrive_later(self, state: State) -> None:
        if Case.objects.count() < MAX_CASES:
            with suppress(Refused, PermissionDenied), undone_if_refused():  # those who bring it there left
                case_at(state, self.staff, subject=f"Perihal {self.number_word()}")

    def number_word(self) -> str:
        word = f"kata{next(self.numbers)}zq"
        self.words[word] = (Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        return word

    @rule(
        number=st.integers(0, MAX_CASES - 1),
        choice=st.integers(0, 999),
        about=st.sampled_from((None, "kadis", "kabid", "petugas", "pkd", "sekretariat", "pengawas")),
    )
    def step(self, number: int, choice: int, about: str | None) -> None:
        self.take_step(number, choice, about)

    @rule(number=st.integers(0, MAX_CASES - 1), choice=st.integers(0, 999))
    def step_on(self, number: int, choice: int) -> None:
        for further in range(3):
            self.take_step(number, choice + 7 * further, None)

    def take_step(self, number: int, choice: int, about: str | None) -> None:
        cases = self.list_cases()
        if not cases:
            return
        case = cases[number % len(cases)]
        actors: list[Actor] = [Applicant(case.secret), CodeHolder(case.pk, "~"), *map(self.user, PEOPLE)]
        possible = [
            (by, step.verb) for by in actors for step in list_open_steps(by, case) if step.verb in PAGES
        ]
        if not possible:
            return
        by, verb = possible[choice % len(possible)]
        arguments = self.write(values(verb, self.staff, case), case, verb)
        if verb in ("register", "name_official", "to_complaint") and about:
            arguments |= {"complained_about": self.user(about)} if case.kind == Kind.COMPLAINT else {}
        if verb == "register" and case.kind == Kind.COMPLAINT:
            arguments["complaint_kind"] = "ASPIRATION"
        if verb == "to_complaint" and not case.agenda_id:
            arguments.pop("complaint_kind", None)
        if verb == "split":
            arguments["kind"] = [*Kind][choice % 2]
        if verb == "merge" and isinstance(by, User):
            if not (others := list_duplicates(case, by)):
                return
            arguments = {"other": others[0], "goes_on": (case, others[0])[choice % 2].code}
        with suppress(Refused, PermissionDenied), undone_if_refused():
            PAGES[verb].service(case, by=by, **arguments)
            compared["steps"] += 1
        if split_off := Case.objects.order_by("-pk").first():
            self.words = {word: pk or split_off.pk for word, pk in self.words.items()}

    @rule(name=st.sampled_from(PEOPLE))
    def leave(self, name: str) -> None:
        self.user(name).appointments.update(ends=clock.today() - dt.timedelta(days=1))

    @rule(name=st.sampled_from(PEOPLE), role=st.sampled_from(Role), is_elsewhere=st.booleans())
    def rise(self, name: str, role: Role, is_elsewhere: bool) -> None:
        if role == Role.SUPERVISOR and name == "admin":
            return
        division = self.staff.other_division if is_elsewhere else self.staff.division
        needs = role in (Role.DIVISION_HEAD, Role.OFFICER)
        appoint(self.user(name), role, division if needs else None, acting="Plh.")

    @rule(name=st.sampled_from(("kabid", "petugas", "kadis")))
    def rest(self, name: str) -> None:
        with suppress(Refused, PermissionDenied), undone_if_refused():
            away(self.user(name), 0, 3)

    @invariant()
    def the_laws_hold(self) -> None:
        """After each step for a quarter of the people in turn; at the end of the walk for all."""
        self.turn = (self.turn + 1) % 4
        self.compare_laws(PEOPLE[self.turn :: 4])

    def compare_laws(self, people: Iterable[str]) -> None:
        cases = self.list_cases()
        items = list(WorkItem.objects.waiting().select_related("case"))
        for case in cases:
            assert set(case.work_items.open().steps().values_list(*ITEM)) == {
                tuple(getattr(item, name) for name in ITEM) for item in list_duties(case, clock.now())
            }, case.state
        papers = [item for paper in list_waiting().select_related("case") for item in list_items(paper)]
        waiting_papers = WorkItem.objects.open().filter(kind__in=OF_PAPERS)
        assert {(item.kind, item.subject) for item in waiting_papers} == {(i.kind, i.subject) for i in papers}
        for name in people if cases else ():
            user = self.user(name)
            visible = set(Case.objects.visible_to(user).values_list("pk", flat=True))
            waiting = set(waiting_for(user).values_list("pk", flat=True))
            rule = waits_for(user)
            claimed = set(WorkItem.objects.waiting().filter(rule).values_list("pk", flat=True))
            assert claimed == {item.pk for item in items if holds(rule, item)}, (name, rule)
            assert claimed == {item.pk for item, other in list_people(items) if other == user}, name
            for wanted in ({[*Party][compared["decisions"] % len(Party)]}, SERVING):
                served = set(Case.objects.filter(is_party(user, wanted)).values_list("pk", flat=True))
                assert served == {case.pk for case in cases if wanted & parties(user, case).keys()}, name
            known = set(Case.objects.filter(excluding_complaints_about(user)).values_list("pk", flat=True))
            assert known == {case.pk for case in cases if holds(excluding_complaints_about(user), case)}
            mine = WorkItem.objects.waiting().filter(waits_for(user, ()), kind__in=OF_PAPERS)
            readable = set(map(str, list_papers(user, *OF_PAPERS).values_list("pk", flat=True)))
            assert {item.subject for item in mine} == readable, name
            for case in cases:
                assert may_read(user, case) is (case.pk in visible), (name, case.state, case.kind)
                assert waits(user, case) is (case.pk in waiting), (name, case.state, case.kind, case.turn)
                assert case.pk not in waiting or case.pk in visible
            compared["decisions"] += 2 * len(cases)

    @rule(name=st.sampled_from(PEOPLE), page=st.integers(0, 999), number=st.integers(0, MAX_CASES))
    def look(self, name: str, page: int, number: int) -> None:
        self.look_at(name, page, number)

    def look_at(self, name: str, page: int, number: int) -> None:
        cases, user = self.list_cases(), self.user(name)
        if number < len(cases):
            address = OF_CASE[page % len(OF_CASE)].replace("AAAA-AAAA", cases[number].code)
        else:
            address = LISTS[page % len(LISTS)]
            if self.words and "permohonan" in address:
                address += f"?q={[*self.words][page % len(self.words)]}"
        self.compare(user, client_of(user), address)

    @rule(name=st.sampled_from(PEOPLE), slug=st.sampled_from(("/meja/", "/permohonan/", "/pemberitahuan/")))
    def look_first(self, name: str, slug: str) -> None:
        user = self.user(name)
        self.compare(user, client_of(user), slug)

    def compare(self, user: User, client: Client, address: str) -> None:
        answer = client.get(address)
        content = answer.getvalue() if answer.streaming else answer.content
        text = content.decode("utf-8", "replace")
        asked = address.rpartition("?q=")[2]
        # A notice of a case that the user gave up has old words. A Pengawas reads the audit log.
        seen = self.list_seen(user, with_given_up=address.startswith("/pemberitahuan/"))
        known = {case.pk for case in self.list_cases()} if address == "/catatan-akses/" else seen
        hidden = [case for case in self.list_cases() if case.pk not in known]
        told = [case.code for case in hidden if case.code in text and case.code not in address]
        told += [word for word in self.find_words(text) if self.words[word] not in seen and word != asked]
        assert told == [], (user, address, answer.status_code)
        assert answer.status_code < 500
        compared["pages"] += 1

    def find_words(self, text: str) -> set[str]:
        return {word for word in re.findall(r"kata\d+zq", text) if word in self.words}

    def list_seen(self, user: User, *, with_given_up: bool = False) -> set[int]:
        seen = set(Case.objects.visible_to(user).values_list("pk", flat=True))
        if with_given_up:
            given_up = Notice.objects.filter(recipient=user, kind__in=GIVEN_UP).values("case")
            others = Case.objects.filter(excluding_complaints_about(user), pk__in=given_up)
            seen |= set(others.values_list("pk", flat=True))
        return seen

    def compare_notices(self) -> None:
        for name in PEOPLE:
            user = self.user(name)
            seen = self.list_seen(user, with_given_up=True)
            for notice in unread_notices(user):
                assert notice.case_id is None or notice.case_id in seen, (name, notice.kind)
                compared["notices"] += 1
            for message in Message.objects.filter(notice__recipient=user).select_related("notice__case"):
                if is_still_needed(message):
                    mail = render_to_staff(message.notice, office=Office.load())
                    words = self.find_words(f"{mail}")
                    assert {self.words[word] for word in words} <= seen, (name, message.notice.kind)


@contextmanager
def undone_if_refused() -> Iterator[None]:
    """Undo what a refused step has written, as its request would."""
    with transaction.atomic():
        yield


def walk(staff: Staff, times: int, *, is_random: bool) -> None:
    machine = type("WalkOfStaff", (Walk,), {"staff": staff})
    how = effort(
        max_examples=times,
        stateful_step_count=STEPS_OF_WALK,
        deadline=None,
        derandomize=not is_random,
        database=None,
        phases=[Phase.generate],  # a walk is short, and what it did is printed
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    before = Counter(compared)
    run_state_machine_as_test(machine, settings=how)
    done = compared - before
    print(f"walks: {dict(done)}; people: {len(PEOPLE)}, addresses: {len(PAGES_OF_STAFF)}")
    assert done["walks"] >= times
    assert done["pages"] > times
    assert done["steps"] > times


@pytest.mark.same_on_every_database
def test_walks_that_are_the_same_in_each_run(staff: Staff) -> None:
    """Those of a release are new ones."""
    walk(staff, 20, is_random=False)


@pytest.mark.release
@pytest.mark.differs_by_database
@each("part", range(8))
def test_two_thousand_walks(part: int, staff: Staff) -> None:
    """In eight parts, which run beside each other."""
    walk(staff, 250, is_random=True)
