"""Many cases from one that the services make: in every state, or copied with all its rows by `bench/`."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from bench.case_generator import COLUMNS, bind_copies, number_copies, store_texts
from bench.copier import Copier, Copy
from consultations.enums import State
from consultations.models import Case
from consultations.models.case import new_code
from consultations.scheduling.models import Slot
from kit import clock
from office.models import User
from tests.factories import ASIDE, WAY, Staff, case_at


def case_in_each_state(staff: Staff, **details: Any) -> Iterator[tuple[State, Case]]:
    """Yield a case in every state but EXAMINING. Each way aside is undone.

    `details` are columns of the request.
    """
    case = case_at(State.SUBMITTED, staff, **details)
    for state in (State.SUBMITTED, *WAY):
        if state in WAY:
            WAY[state](case, staff)
        yield state, case
        for aside, (source, take) in ASIDE.items():
            if source == state:
                before = transaction.savepoint_create()
                take(case_aside := Case.objects.get(pk=case.pk), staff)
                yield aside, case_aside
                transaction.savepoint_rollback(before)


def cases_at(state: State, staff: Staff, count: int, **details: Any) -> list[Case]:
    """Return `count` cases in `state`, all but the first copied; `details` are columns of the request."""
    case = case_at(state, staff, **details)
    return [case, *copies_of(case, count - 1)]


@transaction.atomic
def copies_of(case: Case, count: int) -> list[Case]:
    """Store copies of a case, each with a tracking code and numbers of its own. They reserve no time."""
    if not count:
        return []
    last = Case.objects.latest("pk").pk
    applicant = case.applicant_name, str(case.phone)
    copies = [Copy(n, case.pk, 0, 0, 0, new_code(), *applicant, "") for n in range(1, count + 1)]
    users = [(0, pk, pk) for pk in User.objects.values_list("pk", flat=True)]
    store_texts(copies, number_copies(copies), users)
    now = clock.now().astimezone(dt.UTC)
    Copier(now=now, users=users, columns=COLUMNS, only={Slot: Q(pk=None)}).copy(copies)
    bind_copies()
    return [*Case.objects.filter(pk__gt=last).order_by("pk")]
