"""A province's view: read the public figures of its offices, keep the last answers, compare and find offices.

PROVINCE lists the offices. Each hour a task asks each of them by the API, with a token that may read
statistics and nothing else. Cases are never read. Answers are foreign: only known values are stored.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.tasks import task
from django.utils.translation import gettext as _, gettext_lazy
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError

from exchange.models import OfficeAnswer
from kit import clock
from kit.jobs import enqueue_missing
from kit.outgoing import NotReached, send_request
from kit.periods import LAST_TWELVE_MONTHS, Period
from kit.refusal import Refused
from kit.table import Column, Place, Table, Value
from office.models.publication import PRODUCT

logger = logging.getLogger(__name__)

API = "/api/v1/"
TIMEOUT = 10
"""Seconds for one answer."""

MAX_BYTES = 500_000
INTERVAL = dt.timedelta(hours=1)

MAX_AGE = dt.timedelta(hours=3)
"""Age after which an answer no longer counts as current, also if this installation stopped asking."""

FIGURES = {
    "cases.submitted": gettext_lazy("Permohonan masuk"),
    "cases.open": gettext_lazy("Sedang diproses"),
    "cases.late": gettext_lazy("Terlambat"),
    "consultation.count": gettext_lazy("Konsultasi terlaksana"),
    "consultation.within_percent": gettext_lazy("Sesuai waktu standar (%)"),
    "consultation.minutes.median": gettext_lazy("Lama konsultasi, median (menit)"),
    "report.days.median": gettext_lazy("Sampai laporan, median (hari)"),
    "survey.index": gettext_lazy("IKM"),
}
"""The figures that are read, by their key in the API."""

F = OfficeAnswer.Failure
Text = Annotated[str, StringConstraints(max_length=1000)]


class Profile(BaseModel):
    """The stored part of an office's own description. Its links are left out: the list names the site."""

    name: Text
    address: Text
    phone: Text
    hours: Text
    zone: Text
    matters: Text
    is_open: bool


class Component(BaseModel):
    number: int
    text: str


class Figure(BaseModel):
    key: str
    value: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | str | None


class Statistics(BaseModel):
    figures: list[Figure]


class Failed(Exception):  # noqa: N818
    """An office did not give an answer that can be used. `failure` says why."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


def list_periods_read() -> list[Period]:
    """Return the periods that are read: twelve months, this year, this quarter and the one before."""
    today = clock.today()
    quarter = Period.quarter_of(today)
    twelve_months = Period.of(LAST_TWELVE_MONTHS)
    return [
        *([twelve_months] if twelve_months else []),
        Period.year_of(today),
        quarter,
        quarter.quarter_before,
    ]


def enqueue_readings() -> int:
    """Enqueue a task for each office, once an hour, and forget offices that are no longer listed."""
    sites = [office["site"] for office in settings.PROVINCE]
    if not sites:
        return 0
    OfficeAnswer.objects.exclude(site__in=sites).delete()
    return enqueue_missing(read_office, sites, retry_after=INTERVAL)


@task()
def read_office(site: str) -> None:
    """Read an office and store its answer. A failure leaves the last good answer with its time."""
    token = next((office["token"] for office in settings.PROVINCE if office["site"] == site), None)
    if token is None:
        return
    try:
        answer = {**_read(site, token), "answered_at": clock.now(), "failure": ""}
    except Failed as error:
        logger.warning("the office at %s cannot be read: %s", site, error.failure)
        answer = {"failure": error.failure}
    OfficeAnswer.objects.update_or_create(site=site, defaults=answer)


def _read(site: str, token: str) -> dict[str, Any]:
    fetch = partial(_fetch, site, token)
    try:
        profile = Profile.model_validate_json(fetch("office")).model_dump()
        components = TypeAdapter(list[Component]).validate_json(fetch("standard"))
        figures = {}
        for period in list_periods_read():
            content = fetch("statistics", may_lack=True, period=period.key)
            if content:
                found = Statistics.model_validate_json(content).figures
                numbers = {each.key: each.value for each in found if not isinstance(each.value, str)}
                figures[period.key] = {key: value for key, value in numbers.items() if key in FIGURES}
    except ValidationError as error:
        raise Failed(F.UNREADABLE) from error
    product = next((component.text[:1000] for component in components if component.number == PRODUCT), "")
    return {"profile": {**profile, "product": product}, "figures": figures}


def _fetch(site: str, token: str, name: str, *, may_lack: bool = False, **query: str) -> bytes:
    """Return the body of an answer; empty if there is none yet (`may_lack`). Raise Failed."""
    address = f"{site}{API}{name}?{urlencode(query)}"
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "Rembuk"}
    try:
        status, content = send_request("GET", address, timeout=TIMEOUT, headers=headers, max_bytes=MAX_BYTES)
    except Refused as error:
        raise Failed(F.ADDRESS) from error
    except NotReached as error:
        raise Failed(F.UNREACHED) from error
    if status == 200:
        return content
    if may_lack and status in (404, 503):  # before its first case, or while the figures are computed
        return b""
    raise Failed(F.TOKEN if status in (401, 403) else F.UNREADABLE)


@dataclass(frozen=True)
class ListedOffice:
    """An office of PROVINCE with its last good answer."""

    name: str
    kind: str
    region: str
    villages: list[str]
    site: str
    profile: Mapping[str, Any]
    figures: Mapping[str, float | None]
    """The figures of the chosen period. None: suppressed by the office."""

    answered_at: dt.datetime | None
    failure: str

    @property
    def is_current(self) -> bool:
        is_young = self.answered_at is not None and self.answered_at > clock.now() - MAX_AGE
        return is_young and not self.failure

    @property
    def is_silent(self) -> bool:
        """Whether it has failed for MAX_AGE, or was never read. One failed reading is no silence."""
        if self.answered_at is None:
            return bool(self.failure)
        return self.answered_at <= clock.now() - MAX_AGE

    def matches(self, words: Iterable[str]) -> bool:
        """Return whether each word is in its name, kind, region, villages, address or service."""
        own = [self.profile.get(name, "") for name in ("name", "address", "matters", "product")]
        text = " ".join((self.name, self.kind, self.region, *self.villages, *own)).casefold()
        return all(word.casefold() in text for word in words)


def list_offices(period: str = "") -> list[ListedOffice]:
    """Return the offices by name. Without a period, no figures are read."""
    found = OfficeAnswer.objects.filter(site__in=[office["site"] for office in settings.PROVINCE])
    answers = {answer.site: answer for answer in (found if period else found.defer("figures"))}
    offices = []
    for office in settings.PROVINCE:
        answer = answers.get(office["site"]) or OfficeAnswer(site=office["site"])
        listed = {name: value for name, value in office.items() if name != "token"}
        figures = answer.figures.get(period, {}) if period else {}
        offices.append(
            ListedOffice(
                **listed,
                profile=answer.profile,
                figures=figures,
                answered_at=answer.answered_at,
                failure=answer.get_failure_display(),
            )
        )
    return sorted(offices, key=lambda office: office.name.casefold())


def list_silent_offices() -> list[ListedOffice]:
    """Return the offices that no longer answer, those that never did first."""
    silent = [office for office in list_offices() if office.is_silent]
    return sorted(silent, key=lambda office: (office.answered_at is not None, office.answered_at))


SELECT = forms.Select(attrs={"class": "form-select"})


class ComparisonForm(forms.Form):
    """The period and the order of the table. Figures are sorted from the highest; those without come last."""

    periode = forms.ChoiceField(label=gettext_lazy("Periode"), required=False, widget=SELECT)
    urut = forms.ChoiceField(
        label=gettext_lazy("Urut menurut"),
        required=False,
        choices=[("", gettext_lazy("Nama")), *FIGURES.items()],
        widget=SELECT,
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__({"periode": LAST_TWELVE_MONTHS, **{name: data[name] for name in data}})
        choices = [(period.key, period.title) for period in list_periods_read()]
        self.fields["periode"].choices = choices  # type: ignore[attr-defined]

    def list_offices(self) -> list[ListedOffice]:
        """Return the offices in the chosen order, those that answer first."""
        self.is_valid()
        offices = list_offices(self.cleaned_data.get("periode") or LAST_TWELVE_MONTHS)
        if key := self.cleaned_data.get("urut"):
            offices.sort(key=lambda office: _rank(office.figures.get(key)), reverse=True)
        return sorted(offices, key=lambda office: not office.is_current)


def _rank(value: float | None) -> float:
    return -1 if value is None else value


def _show_figure(key: str, office: ListedOffice) -> Value:
    if key not in office.figures:
        return None
    value = office.figures[key]
    if value is None:
        return _("tidak ditampilkan")
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _show_state(office: ListedOffice) -> str:
    if office.failure or office.is_current:
        return office.failure or _("menjawab")
    return _("tidak dibaca lagi") if office.answered_at else _("belum dibaca")


TABLE = Table(
    title=gettext_lazy("Kantor di provinsi"),
    columns=[
        Column(gettext_lazy("Kantor"), lambda office: office.name, 30, is_link=True),
        Column(gettext_lazy("Jenis"), lambda office: office.kind, shown_on=Place.FILE),
        Column(gettext_lazy("Wilayah"), lambda office: office.region),
        *(Column(heading, partial(_show_figure, key)) for key, heading in FIGURES.items()),
        Column(gettext_lazy("Keadaan"), _show_state, shown_on=Place.FILE),
        Column(gettext_lazy("Angka per"), lambda office: office.answered_at, shown_on=Place.FILE),
    ],
    get_url=lambda office: office.site,
)
"""The offices that answer, and all of them in the file."""

SILENT_TABLE = Table(
    title=gettext_lazy("Tidak menjawab"),
    columns=[
        *TABLE.columns_on(Place.PAGE)[:2],
        Column(gettext_lazy("Tidak menjawab sejak"), lambda office: office.answered_at or _("awal")),
        Column(gettext_lazy("Sebab"), _show_state),
        *TABLE.columns_on(Place.PAGE)[2:],
    ],
    get_url=TABLE.get_url,
)
"""The other offices with their last answers. A separate table shows that these are not today's figures."""
