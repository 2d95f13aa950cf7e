"""Cached answers are those of a fresh process, for random people: positions, flags, stand-ins and dates.

What a process remembers is valid for one version of its data (kit/cache.py). A cache whose key lacks
something that the decision reads would answer for the person before.
"""

import datetime as dt
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings, strategies as st

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.parties import list_supervisors, parties
from consultations.scheduling.whose_work import waiting_for
from desk import navigation
from kit import cache, clock
from kit.models import Version
from office import rights
from office.models import Office, Role, User
from office.rights import Right
from tests.factories import Staff, appoint, case_at, independent_case, make_user, walk_in_at
from tests.world import undone

PEOPLE, EXAMPLES = 7, 30
"""With eleven cases, 2,310 pairs of a person and a case."""

RIGHTS = {name: right for name, right in vars(rights).items() if isinstance(right, Right)}

DAYS = st.integers(-3, 3).map(lambda days: clock.today() + dt.timedelta(days=days))
APPOINTMENT = st.fixed_dictionaries(
    {
        "role": st.sampled_from(Role),
        "starts": DAYS,
        "lasts": st.none() | st.integers(0, 3),
        "acting": st.sampled_from(["", "Plt.", "Plh."]),
        "is_ended": st.booleans(),
        "is_elsewhere": st.booleans(),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "held": st.lists(APPOINTMENT, max_size=3),
        "is_staff": st.booleans(),
        "is_active": st.sampled_from([True, True, True, False]),
    }
)


@pytest.fixture
def cases(staff: Staff) -> list[Case]:
    made = [case_at(state, staff) for state in (State.SUBMITTED, State.REGISTERED, State.DISPOSED)]
    made += [case_at(state, staff) for state in (State.ASSIGNED, State.SCHEDULED, State.CLOSED)]
    about = {"kind": Kind.COMPLAINT, "complained_party": "Petugas loket"}
    made += [case_at(State.REGISTERED, staff, **about), case_at(State.ASSIGNED, staff, **about)]
    made += [independent_case(), walk_in_at(State.IN_SESSION, staff), case_at(State.DECLINED, staff)]
    return made


@pytest.fixture
def people(office: Office) -> list[User]:
    return [make_user(f"acak{number}") for number in range(PEOPLE)]


def become(user: User, person: dict[str, Any], staff: Staff) -> None:
    """Let a user hold positions and have flags. Nobody is administrator and Pengawas."""
    held = [one for one in person["held"] if not (person["is_staff"] and one["role"] == Role.SUPERVISOR)]
    User.objects.filter(pk=user.pk).update(is_staff=person["is_staff"], is_active=person["is_active"])
    for one in held:
        needs_division = one["role"] in (Role.DIVISION_HEAD, Role.OFFICER)
        division = staff.other_division if one["is_elsewhere"] else staff.division
        ends = None if one["lasts"] is None else one["starts"] + dt.timedelta(days=one["lasts"])
        ended = {"ended_at": clock.now(), "ended_by": staff.kadis} if one["is_ended"] else {}
        more = {"starts": one["starts"], "ends": ends, "acting": one["acting"], **ended}
        appoint(user, one["role"], division if needs_division else None, **more)


def decide(user: User, cases: list[Case]) -> dict[str, Any]:
    """Return what the application decides about a person, in one request."""
    with cache.caching_per_request():
        user = User.objects.get(pk=user.pk)
        request = RequestFactory().get("/meja/")
        request.user = user
        shown = navigation.get_navigation(request)
        return {
            "visible": sorted(Case.objects.visible_to(user).values_list("pk", flat=True)),
            "waiting": sorted(waiting_for(user).values_list("pk", flat=True)),
            "parties": [sorted(parties(user, Case.objects.get(pk=case.pk)).items()) for case in cases],
            "rights": [name for name, right in RIGHTS.items() if right.is_held_by(user)],
            "menu": (shown.name, shown.title, [link.url for group in shown.groups for link in group.links]),
            "watches": user.pk in list_supervisors(),
        }


@given(
    drawn=st.lists(PERSON, min_size=PEOPLE, max_size=PEOPLE), about=st.sampled_from([None, *range(PEOPLE)])
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cached_decisions_are_the_fresh_ones(
    drawn: list[dict[str, Any]],
    about: int | None,
    staff: Staff,
    people: list[User],
    cases: list[Case],
) -> None:
    with undone():
        for user, person in zip(people, drawn, strict=True):
            become(user, person, staff)
        if about is not None:
            Case.objects.filter(kind=Kind.COMPLAINT, is_independent=False).update(
                complained_about=people[about]
            )
        cached = [decide(user, cases) for user in people]
        Version.objects.all().delete()  # nothing may be cached without a version
        navigation._build.cache_clear()
        assert [decide(user, cases) for user in people] == cached
        for user, answer in zip(people, cached, strict=True):
            handled = [case.pk for case, mine in zip(cases, answer["parties"], strict=True) if mine]
            assert {*handled} <= {*answer["visible"]}, user
