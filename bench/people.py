"""The office that the measurements run in: the first office's data, 4 divisions, 40 officers."""

import datetime as dt
import random
from dataclasses import dataclass

from django.core.management import call_command

from bench import texts
from office.models import Appointment, Division, Office, Position, Role, User

OFFICERS_PER_DIVISION = 10


@dataclass(frozen=True)
class Holder:
    """Somebody who takes steps: the account and the title in which it acts."""

    user: User
    title: str


@dataclass(frozen=True)
class Bureau:
    division: Division
    head: Holder
    officers: list[Holder]


@dataclass(frozen=True)
class Staff:
    secretariat: Holder
    pkd: Holder
    head: Holder
    bureaus: list[Bureau]


def hire(rng: random.Random) -> Staff:
    """Load the office's data where it is missing and give its positions to `bench-...` accounts.

    The accounts have no password: nobody can log in with them.
    """
    if not Office.objects.exists():
        call_command("loaddata", "dinsospmd", verbosity=0)

    def appointed(username: str, position: Position) -> Holder:
        user, _made = User.objects.get_or_create(
            username=f"bench-{username}", defaults={"name": texts.person(rng), "password": "!"}
        )
        starts = dt.date(2015, 1, 1)
        appointment = Appointment.objects.get_or_create(user=user, position=position, starts=starts)[0]
        return Holder(user, appointment.title)

    def position(role: Role, division: Division | None = None) -> Position:
        return Position.objects.filter(role=role, division=division).order_by("pk")[0]

    bureaus = []
    for n, division in enumerate(Division.objects.filter(is_active=True).order_by("pk")[:4], start=1):
        officer = position(Role.OFFICER, division)
        first = (n - 1) * OFFICERS_PER_DIVISION + 1
        bureaus.append(
            Bureau(
                division,
                head=appointed(f"kabid{n}", position(Role.DIVISION_HEAD, division)),
                officers=[
                    appointed(f"petugas{number}", officer)
                    for number in range(first, first + OFFICERS_PER_DIVISION)
                ],
            )
        )
    return Staff(
        secretariat=appointed("sekretariat", position(Role.SECRETARIAT)),
        pkd=appointed("pkd", position(Role.TIM_PKD)),
        head=appointed("kadis", position(Role.HEAD)),
        bureaus=bureaus,
    )
