"""Queries about cases for other models and for the desk."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.http import Http404
from django.urls import reverse

from consultations import parties
from consultations.enums import Channel, Identity
from consultations.models import Case, Event, Involvement
from consultations.models.case import CaseQuerySet
from office.lists import list_all_divisions
from office.models import Division, Role, User, list_appointments


def get_visible_case(user: User, code: str) -> Case:
    """Return the case with its people. Raise Http404 if the user may not see it, or there is none."""
    visible = Case.objects.filter(parties.visible_row_by_row(user), code=code).select_related("agenda")
    if not (found := with_people(visible[:1])):
        raise Http404
    return found[0]


def get_page_after(case: Case, user: User) -> str:
    """Return the URL after a step: the case, or the desk if the user may no longer see the case."""
    if parties.parties(user, case) or Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return reverse("case", args=[case.code])
    return reverse("desk")


def list_repeats(cases: Collection[int], user: User) -> dict[int, list[Case]]:
    """Return the other open cases of the same telephone number, by the key of each of these cases.

    Only Tim PKD gets them, which compares requests. Hidden complainants are not compared, and two matters
    that Tim PKD has split are not one.
    """
    if Role.TIM_PKD not in user.roles or not cases:
        return {}
    named = Case.objects.filter(identity=Identity.OPEN).exclude(phone="")
    numbers = named.filter(pk__in=cases).values("phone")
    found = named.open().filter(parties.visible_to(user), phone__in=numbers).select_related("agenda")
    by_number: dict[str, list[Case]] = defaultdict(list)
    shown = ("phone", "split_from", "code", "subject", "kind", "agenda__year", "agenda__number")
    for case in found.only(*shown).order_by("pk"):
        by_number[str(case.phone)].append(case)
    groups = [(case, group) for group in by_number.values() for case in group if case.pk in cases]
    return {case.pk: [other for other in group if _is_another(case, other)] for case, group in groups}


def _is_another(case: Case, other: Case) -> bool:
    return case.pk not in (other.pk, other.split_from_id) and other.pk != case.split_from_id


def with_people[M: Model](rows: Iterable[M]) -> list[M]:
    """Return records to be shown, with their people and divisions, which are remembered instead of joined.

    An account that never held a position is not remembered: it costs a query.
    """
    records = list(rows)
    if not records:
        return records
    known: dict[Any, Mapping[int, Model]] = {
        User: {held.user_id: held.user for held in list_appointments()},
        Division: {division.pk: division for division in list_all_divisions()},
    }
    copies: dict[tuple[Any, int], Model] = {}  # the originals belong to all requests
    for field in [one for one in records[0]._meta.concrete_fields if one.related_model in known]:
        for record in records:
            key = field.related_model, getattr(record, field.attname)
            if key not in copies and (original := known[key[0]].get(key[1])):
                copies[key] = copy(original)
            if key in copies:
                setattr(record, field.name, copies[key])
    return records


def list_companions(case: Case, involvements: Iterable[Involvement]) -> list[User]:
    """Return the companions of a case by name, from its involvements with their people.

    Also set `Case.involved`, so that `parties()` makes no query for the case.
    """
    companions = [involvement.user for involvement in involvements if involvement.user_id != case.officer_id]
    case.involved = {involvement.user_id for involvement in involvements}
    return sorted(companions, key=str)


def list_siblings(case: Case, history: Iterable[Event]) -> list[Case]:
    """Return the cases that were split off this one, or the one that it was split off from."""
    if case.split_from_id is None and not any(event.verb == "split" for event in history):
        return []
    return list(Case.objects.filter(Q(pk=case.split_from_id) | Q(split_from=case)).order_by("pk"))


def list_merged(case: Case, history: Iterable[Event]) -> list[Case]:
    """Return the case into which this one was merged, or the cases that were merged into it."""
    if not any(event.verb == "merge" for event in history):
        return []
    return list(Case.objects.filter(Q(pk=case.merged_into_id) | Q(merged_into=case)).order_by("pk"))


CONVERSIONS = ("to_complaint", "to_consultation")


def find_conversion(history: Iterable[Event]) -> Event | None:
    """Return the last event that changed the kind. Its note gives the applicant the reason."""
    return max((one for one in history if one.verb in CONVERSIONS), key=lambda one: one.pk, default=None)


def of_visible_case(user: User, field: str = "case") -> Q:
    """Match the rows whose case (foreign key `field`) the user may see.

    SQLite starts from the cases of an officer. For other users it checks row by row, by primary key.
    PostgreSQL chooses between both ways.
    """
    if parties.sees_own_cases_only(user):
        return parties.visible_to(user, f"{field}__")
    return Q(Exists(Case.objects.visible_to(user).filter(pk=OuterRef(field))))


def of_few_visible_cases(user: User, field: str = "case") -> Q:
    """Match the same rows as `of_visible_case()` for a query that reads few rows: check each of them."""
    return Q(Exists(Case.objects.filter(parties.visible_row_by_row(user), pk=OuterRef(field))))


def list_uncoded(user: User) -> CaseQuerySet:
    """Return the walk-ins without a classification code, the oldest first: the counter asks none.

    They wait for Tim PKD. Return no cases for others.
    """
    if Role.TIM_PKD not in user.roles:
        return Case.objects.none()
    uncoded = Case.objects.visible_to(user).filter(channel=Channel.WALK_IN, classification="")
    return uncoded.filter(agenda__isnull=False, anonymised_at=None).order_by("pk")
