"""Generates many cases: a few hundred by the services, as the demo does, and copies of them in bulk."""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from bench.copier import Copier, Copy, create_table, without_indexes
from consultations.enums import ENDED, Identity, State
from consultations.models import AgendaEntry, Case, NumberBook
from consultations.models.case import CODE_LETTERS
from consultations.scheduling.models import Slot
from consultations.search_index import get_texts, list_entries, store_words
from documents.models import Document, ReportNumber
from documents.types import CASE_DOCUMENT_TYPES
from kit import clock, encryption, rotation as key_rotation
from kit.periods import Period
from office.models import Appointment, Office, Role, User
from operations.demo.generate import generate, mark_old_messages
from operations.demo.people import NAMES, Team, create_staff
from operations.demo.scenarios import SCENARIOS, Scenario
from reports.surveys.models import AnswerBox, Participation

S = NumberBook.Series


type Numbered = tuple[str, int, dt.datetime, str]
"""Series, case, moment and number of an original."""


def number_copies(copies: Sequence[Copy]) -> dict[tuple[int, str], int]:
    """Store the numbers of all copies for `COLUMNS`. Return agenda numbers by copy and old number.

    Numbers rise with time, after those of the originals.
    """
    originals: dict[int, list[Numbered]] = defaultdict(list)
    for row in _list_numbered():
        originals[row[1]].append(row)
    wanted = [
        (series, moment + dt.timedelta(days=copy.past_days), copy.number, old)
        for copy in copies
        for series, _case, moment, old in originals[copy.original]
    ]
    rows = [*_take(sorted(wanted))]
    columns = {"copy": "bigint", "old": "text", "serial": "int", "year": "int", "new": "text"}
    create_table("bench_number", columns, rows, key="copy, old")
    return {(copy, old): serial for copy, old, serial, _year, new in rows if not new}


def _list_numbered() -> Iterator[Numbered]:
    entries = AgendaEntry.objects.annotate(owner=Coalesce("case", "voided_case"))
    for owner, moment, serial, year in entries.values_list("owner", "registered_at", "number", "year"):
        yield S.AGENDA, owner, moment, f"{serial}/{year}"
    reports, is_apart = set(), "{type}" in Office.load().number_pattern
    for case, moment, number in ReportNumber.objects.values_list("case", "taken_at", "number"):
        reports.add(number)
        yield S.REPORT if is_apart else S.LETTER, case, moment, number
    letters = Document.objects.exclude(number="").exclude(number__in=reports).exclude(case=None)
    first = letters.values("case", "number").annotate(moment=Min("issued_at")).order_by("moment")
    for case, moment, number in first.values_list("case", "moment", "number"):
        yield S.LETTER, case, moment, number


def _take(wanted: list[tuple[str, dt.datetime, int, str]]) -> Iterator[tuple[int, str, int, int, str]]:
    """Yield copy, old number, serial, year and new number, and bring the number books up to date."""
    books: dict[tuple[str, int], NumberBook] = {
        (book.series, book.year): book for book in NumberBook.objects.all()
    }
    for series, moment, copy, old in wanted:
        year = timezone.localdate(moment).year
        if (series, year) not in books:
            books[series, year] = NumberBook(series=series, year=year)
        book = books[series, year]
        book.taken += 1
        serial = book.first + book.taken - 1
        if series == S.AGENDA:
            yield copy, old, serial, year, ""
        else:
            parts = old.split("/")
            parts[1], parts[-1] = str(serial), str(year)
            yield copy, old, serial, year, "/".join(parts)
    for book in books.values():
        book.save()


def store_texts(
    copies: Sequence[Copy], numbers: Mapping[tuple[int, str], int], users: Sequence[tuple[int, int, int]]
) -> None:
    """Store the texts of all copies for `COLUMNS`, and their words.

    `numbers` are agenda numbers by copy and old number. `users` lists rotation, user and user of the copy.
    """
    people = User.objects.in_bulk()
    officers = {(rotation, old): people[new] for rotation, old, new in users}
    rows = [*_list_texts(copies, numbers, officers)]
    create_table("bench_text", {"copy": "bigint", "names": "text", "subject": "text"}, rows, key="copy")
    store_words({word for _copy, *texts in rows for text in texts for word in text.split()})


def _list_texts(
    copies: Sequence[Copy], numbers: Mapping[tuple[int, str], int], officers: Mapping[tuple[int, int], User]
) -> Iterator[tuple[int, str, str]]:
    """Yield copy, names and subject. Each original is changed into its copies, one after the other."""
    read = Case.objects.select_related("agenda").prefetch_related("voided_entries").defer("material")
    originals = [
        (case, case.subject, case.officer_id, [(entry, str(entry)) for entry in list_entries(case)])
        for case in read
    ]
    by_key = {original[0].pk: original for original in originals}
    for copy in copies:
        case, subject, officer, entries = by_key[copy.original]
        case.code, case.subject, case.material = copy.code, subject + copy.suffix, ""
        if case.identity == Identity.OPEN:
            case.applicant_name, case.phone = copy.name, copy.phone if case.phone else ""
        case.officer = officers[copy.rotation, officer] if officer else None
        for entry, old in entries:
            entry.number = numbers[copy.number, old]
        texts = get_texts(case)
        yield copy.number, texts["names"], texts["subject"]


def fill_boxes(rng: random.Random) -> int:
    """Add answers drawn from the stored ones, one for each mark of a case without. Return their number."""
    sheets = [row for box in AnswerBox.objects.all() for row in box.rows]
    ended = Participation.objects.values_list("case__first_ended_at", "case__kind").iterator(chunk_size=5_000)
    marks = Counter((Period.quarter_of(timezone.localdate(moment)).since, kind) for moment, kind in ended)
    written = 0
    for (quarter, kind), count in marks.items():
        box, _created = AnswerBox.objects.get_or_create(quarter=quarter, service=kind)
        if missing := rng.choices(sheets, k=count - box.n):
            box.answers = " ".join(sorted([*box.rows, *missing]))
            box.save(update_fields=["answers"])
            written += len(missing)
    return written


OFFICERS_PER_DIVISION = 10

WEEKS = 6 * 52 - 26
"""Weeks over which copies of ended cases are spread. The originals cover another half year."""

OPEN_WEEKS = 8
"""Weeks over which the past of open cases is spread."""

WEEKS_AHEAD = 26
"""Weeks within which the sessions of open cases are planned."""

RARE_WORDS = ("kerupuk", "sampan", "menumbing", "lepar", "gerhana")
"""Words in one of 500 subjects, for searches."""

type HalfHour = tuple[int, dt.date, int]
"""A slot: user, day and half hour."""


class Plan:
    """The copies of the cases in the database. They move by whole weeks, so that they keep their weekday."""

    def __init__(self, rng: random.Random, teams: list[list[User]]) -> None:
        self.rng = rng
        self.teams = [[officer.pk for officer in team] for team in teams]
        self.cases = {case.pk: case for case in Case.objects.only("state", "submitted_at")}
        self.slots_ahead: dict[int, list[HalfHour]] = defaultdict(list)
        ahead = Slot.objects.filter(session__starts_at__gt=clock.now(), user__isnull=False)  # no rooms
        for case, user, day, half_hour in ahead.values_list("session__case", "user", "day", "half_hour"):
            self.slots_ahead[case].append((user, day, half_hour))
        self.taken = {half_hour for slots in self.slots_ahead.values() for half_hour in slots}
        self.places = {case: self._list_places(case) for case in self.slots_ahead}
        self.codes: set[str] = set()

    def list_users(self) -> list[tuple[int, int, int]]:
        """Return rotation, user and user of the copy. Rotation `n` gives a case to the nth next officer."""
        users = User.objects.values_list("pk", flat=True)
        return [(n, pk, self._rotate(pk, n)) for n in range(OFFICERS_PER_DIVISION) for pk in users]

    def _rotate(self, user: int, rotation: int) -> int:
        for team in self.teams:
            if user in team:
                return team[(team.index(user) + rotation) % len(team)]
        return user

    def list_copies(self, count: int, *, open_cases: int) -> list[Copy]:
        """Return `count` copies in order of submission, so that there are `open_cases` with the originals."""
        ended = [pk for pk, case in self.cases.items() if case.state in ENDED]
        still_open = [pk for pk in self.cases if pk not in ended]
        more_open = min(max(open_cases - len(still_open), 0), count)
        # An officer is in one session at a time, so those that run have no copies.
        waiting = [pk for pk in still_open if self.cases[pk].state != State.IN_SESSION]
        moves = [self._place(waiting) for _n in range(more_open)]
        moves += [self._move_to_past(self.rng.choice(ended)) for _n in range(count - more_open)]
        moves.sort(key=lambda move: self.cases[move[0]].submitted_at + dt.timedelta(days=move[1]))
        return [Copy(number, *move, *self._details(number)) for number, move in enumerate(moves, start=1)]

    def _move_to_past(self, case: int) -> tuple[int, int, int, int]:
        days = -7 * self.rng.randint(1, WEEKS)
        return case, days, days, self.rng.randrange(OFFICERS_PER_DIVISION)

    def _place(self, cases: list[int]) -> tuple[int, int, int, int]:
        """Choose an open case, a day for its session, and officers who are free then."""
        case, days, rotation = self.rng.choice(cases), 0, self.rng.randrange(OFFICERS_PER_DIVISION)
        if case in self.places:
            place = next(self.places[case], None)
            if place is None:
                return self._place([other for other in cases if other != case])
            days, rotation = place
        return case, -7 * self.rng.randint(0, OPEN_WEEKS), days, rotation

    def _list_places(self, case: int) -> Iterator[tuple[int, int]]:
        """Yield moves of the session in days, with rotations of officers who are free then.

        Sessions stay on weekdays. The places are taken.
        """
        slots = self.slots_ahead[case]
        for days in range(7 * WEEKS_AHEAD):
            moved = [(user, day + dt.timedelta(days=days), half_hour) for user, day, half_hour in slots]
            if any(day.weekday() >= 5 for _user, day, _half_hour in moved):
                continue
            for rotation in range(OFFICERS_PER_DIVISION):
                wanted = {(self._rotate(user, rotation), day, half_hour) for user, day, half_hour in moved}
                if not wanted & self.taken:
                    self.taken |= wanted
                    yield days, rotation

    def _details(self, number: int) -> tuple[str, str, str, str]:
        """Return code, name and phone of the applicant, and the end of the subject."""
        rng, code = self.rng, ""
        while not code or code in self.codes:
            code = "".join(rng.choices(CODE_LETTERS, k=8))
        self.codes.add(code)
        suffix = f" ({rng.choice(RARE_WORDS)})" if number % 500 == 0 else ""
        return f"{code[:4]}-{code[4:]}", rng.choice(NAMES), f"+62812{rng.randrange(10**8):08}", suffix


ORIGINALS = SCENARIOS * 3


def _new(column: str, old: str) -> str:
    return f"(SELECT b.{column} FROM bench_number b WHERE b.copy = c.number AND b.old = {old})"  # noqa: S608


def _document_source(copier: Copier) -> str:
    """Return SQL of `Document.source_pk`: the document's kind determines the table that it refers to."""
    cases = [f"WHEN '{row.kind}' THEN {copier.key(row.model, 'r.source_pk')}" for row in CASE_DOCUMENT_TYPES]
    return f"CASE r.kind {' '.join(cases)} END"


COLUMNS: dict[str, str | Callable[[Copier], str]] = {
    "Document.source_pk": _document_source,
    "Case.code": "c.code",
    "Case.secret_hash": "md5(r.secret_hash || '/' || c.number)",
    "Case.applicant_name": "CASE WHEN r.identity = 'OPEN' THEN c.name ELSE r.applicant_name END",
    "Case.phone": "CASE WHEN r.phone <> '' THEN c.phone ELSE r.phone END",
    "Case.subject": "r.subject || c.suffix",
    "Case.merged_into": "NULL",
    "Case.split_from": "NULL",  # the case that it was split from has copies of its own
    "Case.report_number": f"COALESCE({_new('new', 'r.report_number')}, '')",
    "AgendaEntry.number": _new("serial", "r.number || '/' || r.year"),
    "AgendaEntry.year": _new("year", "r.number || '/' || r.year"),
    "Report.number": _new("new", "r.number"),
    "ReportNumber.number": _new("new", "r.number"),
    "Document.number": f"COALESCE({_new('new', 'r.number')}, '')",
    "SearchText.names": "(SELECT t.names FROM bench_text t WHERE t.copy = c.number)",
    "SearchText.subject": "(SELECT t.subject FROM bench_text t WHERE t.copy = c.number)",
}
"""SQL of columns, see `Copier`. The tables `bench_number` and `bench_text` have what is new."""


@transaction.atomic
def generate_cases(
    count: int, *, originals: Iterable[Scenario] = ORIGINALS, open_share: float = 0.04, seed: int = 47
) -> dict[str, int]:
    """Fill an empty database with `count` cases and return the number of copied rows by table.

    The first `count` scenarios of `originals` are taken by the services. At least `open_share` of all cases
    are open.
    """
    rng, now = random.Random(seed), clock.now()  # noqa: S311 -- sample data
    with clock.set_to(now):
        call_command("setup_office", verbosity=0)
        staff = create_staff(password=None)
        generate(staff, [*originals][:count])
        plan = Plan(rng, [list_officers(team) for team in staff.teams.values()])
        copies = plan.list_copies(count - Case.objects.count(), open_cases=round(count * open_share))
        written = insert(copies, plan)
        bind_copies()
        fill_boxes(rng)
        mark_old_messages(staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return written


def bind_copies() -> None:
    """Encrypt the texts of copied rows for their own places: SQL has copied those of the originals."""
    for model, fields in key_rotation.list_encrypted(encryption.EncryptedField):
        rows = [
            (row.pk, [(vars(row)[f.attname], encryption.name_place(row, str(f.column))) for f in fields])
            for row in model._base_manager.order_by("pk")
        ]
        clear: dict[str, str] = {}
        for _pk, texts in rows:
            for text, place in texts:
                with suppress(encryption.NotAsStored):
                    if text and text not in clear:
                        clear[text] = encryption.decrypt(text, place)
        bound = [
            (*(text and encryption.encrypt(clear[text], place) for text, place in texts), pk)
            for pk, texts in rows
        ]
        key_rotation.update_texts(model, fields, bound)


def list_officers(team: Team) -> list[User]:
    """Appoint colleagues to the position of a team's first officer and return all officers."""
    first = Appointment.objects.get(user=team.officers[0])
    officers = [*team.officers]
    while len(officers) < OFFICERS_PER_DIVISION:
        number = Appointment.objects.filter(position__role=Role.OFFICER).count() + 1
        name = NAMES[number % len(NAMES)]
        officer = User(username=f"petugas{number}", name=name)
        officer.set_unusable_password()
        officer.save()
        officers.append(officer)
        Appointment.objects.create(user=officer, position=first.position, starts=first.starts)
    return officers


def insert(copies: Sequence[Copy], plan: Plan) -> dict[str, int]:
    """Insert the copies.

    Slots are copied for people in future sessions only: past ones reserve nothing, and the copies of a
    session would take the same room.
    """
    users = plan.list_users()
    store_texts(copies, number_copies(copies), users)
    copier = Copier(
        now=clock.now().astimezone(dt.UTC),
        users=users,
        columns=COLUMNS,
        only={Slot: Q(session__starts_at__gt=clock.now(), user__isnull=False)},
    )
    with without_indexes([model._meta.db_table for model in copier.owned]):
        return copier.copy(copies)
