"""The people for whom a work item waits today, by positions, stand-ins, absences and complaints."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from consultations.enums import REGISTRY, Channel, Party, Task
from consultations.models import Case, WorkItem
from consultations.models.case import CaseQuerySet
from consultations.parties import (
    excluding_complaints_about,
    hidden_from_head,
    is_supervisor,
    without_head,
)
from consultations.scheduling.models import Absence
from consultations.step_row import list_officers
from consultations.work import OF_CASE, get_turn_item
from kit.rules import holds
from office.models import Appointment, Role, User, list_current_appointments, list_current_holders

PASSED_UP = ("dispose", "accept")
"""Steps of the head that Tim PKD replaces by `pass_up` if the complaint is about the only head."""


IS_GUEST = Q(kind="prepare", case__channel=Channel.WALK_IN)
"""The item of a guest who has come without a date and waits at the counter."""


def waits_for(user: User, absences: Iterable[Absence] | None = None) -> Q:
    """Match the items that wait for a user today, by the positions of today.

    If an officer has left, the items wait for the head of the division, who names another officer. If an
    officer is away, so do guests and the items with a deadline before the return. `absences` are the absences
    of this moment, if they are known.
    """
    if not user.current_appointments:
        return Q(pk__in=[])
    if Role.DIVISION_HEAD in user.roles and absences is None:
        absences = Absence.objects.now()
    serving = [held.position.division_id for held in user.current_appointments if held.position.division_id]
    own = Q(user=user) & (Q(party="") | Q(party=Party.OFFICER, division__in=serving))
    claims = [claim for held in user.current_appointments for claim in _list_claims(held, absences or ())]
    may_know = Q(case=None) | excluding_complaints_about(user, "case__")
    return reduce(or_, claims, own) & ~Q(barred=user) & may_know


def _list_claims(held: Appointment, absences: Iterable[Absence]) -> Iterator[Q]:
    role, division = Role(held.position.role), held.position.division_id
    if role == Role.SUPERVISOR:
        if is_supervisor(held.user):
            yield Q(party=Party.SUPERVISOR)
    elif Party(role) not in OF_CASE:
        yield Q(party=Party(role))
    if role == Role.TIM_PKD:
        yield Q(party=Party.HEAD, kind__in=PASSED_UP, case__closed_at=None) & without_head("case__")
        yield Q(party=Party.HEAD, kind="decide_deletion") & hidden_from_head("case__")
        yield Q(party=Party.SECRETARIAT, kind__in=REGISTRY)
    if role == Role.DIVISION_HEAD:
        yield Q(party=Party.DIVISION_HEAD, division=division)
        serving = list_officers(division)
        of_officer = Q(party=Party.OFFICER, division=division)
        yield of_officer & Q(kind=Task.FOLLOW_UP)
        yield of_officer & ~Q(user__in=sorted(serving))
        away = (one for one in absences if one.person_id in serving - {held.user_id})
        for absence in away:
            presses = Q(due_at__lt=absence.until) | IS_GUEST
            yield of_officer & Q(user=absence.person_id) & presses


def waiting_for(user: User, cases: CaseQuerySet | None = None) -> CaseQuerySet:
    """Return the cases that wait for the user. The user can also see them."""
    items = WorkItem.objects.waiting().steps().filter(waits_for(user))
    return (Case.objects.all() if cases is None else cases).filter(pk__in=items.values("case"))


def list_waited_for(cases: Collection[Case]) -> dict[int, list[User]]:
    """Return for each case, by its key, the people of the office whose turn it is, by name."""
    found: dict[int, list[User]] = {case.pk: [] for case in cases}
    turns = [item for item in map(get_turn_item, cases) if item]
    for item, user in sorted(list_people(turns), key=lambda pair: pair[1].name):
        found[item.case.pk].append(user)
    return found


def _list_candidates(items: Iterable[WorkItem]) -> list[User]:
    """Return the people for whom some of the items may wait, and a few others.

    An office has many officers, and work waits for two or three people: the rules of the others are not made.
    """
    named, divisions = {item.user_id for item in items}, {item.division_id for item in items}
    roles = {item.party for item in items} - OF_CASE | {Role.TIM_PKD}
    found = {
        row.user_id
        for row in list_current_appointments()
        if row.position.role in roles
        or (row.position.role == Role.DIVISION_HEAD and row.position.division_id in divisions)
    }
    return [user for user in list_current_holders() if user.pk in named | found]


def list_people(
    items: Sequence[WorkItem], absences: Iterable[Absence] | None = None
) -> list[tuple[WorkItem, User]]:
    """Return each of the items with each of the people for whom it waits today.

    `absences` are those of this moment, if they are known.
    """
    people = _list_candidates(items) if items else []
    if absences is None:
        absences = list(Absence.objects.now()) if any(item.party == Party.OFFICER for item in items) else ()
    rules = [(user, waits_for(user, absences)) for user in people]
    return [(item, user) for item in items for user, rule in rules if holds(rule, item)]
