"""Generates many cases: a few hundred by the services, as the demo does, and copies of them in bulk."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q

from bench.copier import Copier, Copy
from bench.indexes import without_indexes
from bench.numbering import COLUMNS as NUMBER_COLUMNS
from bench.numbering import number_copies
from bench.plan import OFFICERS_PER_DIVISION, Plan
from bench.search_texts import COLUMNS as TEXT_COLUMNS
from bench.search_texts import store_texts
from bench.survey import fill_boxes
from consultations.models import Case
from demo.applicants import NAMES
from demo.generate import generate
from demo.messages import mark_old_messages
from demo.people import Team, create_staff
from demo.scenarios import SCENARIOS, Scenario
from office import clock
from office.models import Appointment, Role, User
from reports.documents import CASE_DOCUMENT_TYPES
from scheduling.models import Slot

ORIGINALS = SCENARIOS * 3


def _document_source(copier: Copier) -> str:
    """Return SQL of `Document.source_pk`: the document's kind determines the table that it refers to."""
    cases = [f"WHEN '{row.kind}' THEN {copier.key(row.model, 'r.source_pk')}" for row in CASE_DOCUMENT_TYPES]
    return f"CASE r.kind {' '.join(cases)} END"


COLUMNS: dict[str, str | Callable[[Copier], str]] = {
    "Document.source_pk": _document_source,
    "Case.code": "c.code",
    "Case.secret_hash": "md5(r.secret_hash || '/' || c.number)",
    "Case.applicant_name": "CASE WHEN r.identity = 'OPEN' THEN c.name ELSE r.applicant_name END",
    "Case.phone": "CASE WHEN r.identity = 'OPEN' THEN c.phone ELSE r.phone END",
    "Case.subject": "r.subject || c.suffix",
    **NUMBER_COLUMNS,
    **TEXT_COLUMNS,
}


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
        fill_boxes(rng)
        mark_old_messages(staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return written


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
