"""The board of the waiting room (Papan layanan) and the poster: large letters, no names."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from consultations.enums import Channel, Kind, State
from consultations.models import Case
from consultations.scheduling.models import Session
from documents.files import PrintedForm
from kit import clock
from kit.pagination import only
from kit.pdf import count_pages
from kit.urls import get_public_url
from office.models import StandardComponent, StandardPublication
from office.models.publication import PRODUCT, REQUIREMENTS, TARIFF, get_components, list_standard_steps
from office.worktime import WorkingTime
from reports.surveys.models import Publication
from reports.surveys.queries import get_current_publication

MAX_SERVED, MAX_NEXT = 4, 5
"""Consultations that fit on a television in letters that can be read from 4 metres."""

FIELDS = ("starts_at", "started_at", "arrived_at", "room__name", "case__agenda__number")


@dataclass(frozen=True)
class Board:
    """The content of the board and the poster at one moment."""

    at: dt.datetime
    working_time: WorkingTime
    survey: Publication | None
    served: QuerySet[Session]
    next: QuerySet[Session]
    walk_ins: list[int]
    """Agenda numbers of urgent guests who wait without an appointment."""

    @cached_property
    def hours(self) -> list[str]:
        """The opening hours, one line for each group of days."""
        return [line for line in self.working_time.sentence().split("; ") if line]

    @property
    def closed_because(self) -> str:
        """The holiday, if the office is closed today because of one."""
        return self.working_time.get_holiday(timezone.localdate(self.at)) or ""

    @property
    def brief(self) -> list[StandardComponent]:
        """The components that a poster has room for: requirements and product."""
        return [self.components[number] for number in (REQUIREMENTS, PRODUCT) if number in self.components]

    @property
    def cost(self) -> str:
        """The published cost (Biaya/Tarif)."""
        return self.components[TARIFF].text if TARIFF in self.components else ""

    @property
    def components(self) -> dict[int, StandardComponent]:
        """The published components of the standard by number."""
        return get_components()


def get_board() -> Board:
    """Return the board. Costs six queries.

    Consultations at the office only, without guests who did not come. Complaints are left out: the official
    that one is about may read the board.
    """
    now, today = clock.now(), clock.today()
    start, end = clock.midnight(today), clock.midnight(today + dt.timedelta(days=1))
    sessions = Session.objects.filter(
        Q(starts_at__gte=start, starts_at__lt=end) | Q(starts_at=None, started_at__gte=start),
        cancelled_at=None,
        finished_at=None,
        mode=Session.Mode.OFFICE,
        case__kind=Kind.CONSULTATION,
        case__state__in=(State.SCHEDULED, State.IN_SESSION),
    )
    served = only(sessions.filter(started_at__isnull=False).order_by("started_at"), FIELDS)[:MAX_SERVED]
    expected = sessions.filter(started_at=None).exclude(arrival=Session.Arrival.ABSENT)
    coming = only(expected.order_by("starts_at", "pk"), FIELDS)[:MAX_NEXT]
    guests = Case.objects.filter(channel=Channel.WALK_IN, state=State.ASSIGNED, kind=Kind.CONSULTATION)
    waiting = guests.filter(since__gte=start, is_independent=False, agenda__isnull=False)
    return Board(
        at=now,
        working_time=WorkingTime.load(),
        survey=get_current_publication(),
        served=served,
        next=coming,
        walk_ins=list(waiting.order_by("since", "pk").values_list("agenda__number", flat=True)[:MAX_NEXT]),
    )


POSTER = PrintedForm("Standar Pelayanan Konsultasi", "poster", page_size="297mm 420mm")  # A3


def poster() -> bytes:
    """Return the poster of the service (A3), made from the data of the board.

    It is set more tightly if only then it fits on one sheet: some offices have long names and texts.
    """
    context = {
        "board": get_board(),
        "publication": StandardPublication.load(),
        "steps": list_standard_steps(),
        "site": get_public_url("home"),
        "complaints": get_public_url("complaint"),
    }
    content = POSTER.render(**context)
    return content if count_pages(content) == 1 else POSTER.render(is_compact=True, **context)
