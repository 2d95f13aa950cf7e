"""What the survey came to in a period: read from the database in one query, or as it was published."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consultations.models import Case
from consultations.parties import excluding_complaints_about
from office import clock
from office.clock import midnight
from office.few import ENOUGH
from office.models import User
from surveys import periods
from surveys.elements import ELEMENTS, Element
from surveys.index import GRADES, Grade, grade_of, half_up, index_of, lowest_of, mean, sample_size
from surveys.models import Answer
from surveys.profile import PROFILE, UNKNOWN, in_words, pooled
from surveys.subtraction import is_told

MOST_COMMENTS = 100
"""Comments on one page; a shorter period shows the others."""


@dataclass(frozen=True)
class Measured:
    """One element as it was answered: its mean (NRR), of 4 at most."""

    element: Element
    mean: Decimal

    @property
    def label(self) -> str:
        return f"{self.element.code} {self.element.name}"

    @property
    def share(self) -> Decimal:
        """The mean in percent of the best one, for its bar."""
        return self.mean * 25

    @property
    def text(self) -> str:
        return localize(self.mean)


@dataclass(frozen=True)
class Result:
    """The figures of a period; where `subtraction.is_told()` says no, there are none but numbers of people.

    Then there is no index (None), no grade, mean or profile: they would tell what single people answered.
    `n` answered of `population` cases closed in the period, where `sample` should. `means` and `lowest` name
    elements by code; `profile` counts respondents by part and value, small groups pooled.
    """

    n: int
    population: int
    sample: int
    index: Decimal | None
    letter: str
    means: Mapping[str, Decimal]
    lowest: tuple[str, ...]
    profile: Mapping[str, Mapping[str, int]]

    @property
    def grade(self) -> Grade | None:
        return GRADES.get(self.letter)

    @property
    def silence(self) -> str:
        """Why there are no figures, in a sentence; empty where there are."""
        if self.grade:
            return ""
        if not self.n:
            return _("Belum ada jawaban pada periode ini.")
        if self.n < ENOUGH:
            return _(
                "Jawaban belum cukup. Hasil ditampilkan mulai 5 jawaban, supaya tidak seorang pun dikenali."
            )
        return _(
            "Hasil belum ditampilkan: dikurangi hasil triwulan atau semester di dalamnya, tersisa jawaban "
            "kurang dari 5 orang. Ajak pemohon lain pada triwulan dengan sedikit jawaban mengisi survei."
        )

    @property
    def fills_sample(self) -> bool:
        """Whether as many answered as the sample asks for."""
        return 0 < self.n >= self.sample

    @property
    def elements(self) -> list[Measured]:
        return [Measured(ELEMENTS[code], mean) for code, mean in self.means.items()]

    @property
    def lowest_elements(self) -> list[Measured]:
        return [Measured(ELEMENTS[code], self.means[code]) for code in self.lowest]

    @property
    def groups(self) -> list[tuple[Promise, list[tuple[str, int]]]]:
        """The profile in words: part by part, its values with how many there are."""
        return in_words(self.profile)

    def as_json(self) -> dict[str, Any]:
        """The figures as they are kept once published."""
        return {
            "n": self.n,
            "population": self.population,
            "sample": self.sample,
            "index": None if self.index is None else str(self.index),
            "grade": self.letter,
            "means": {code: str(mean) for code, mean in self.means.items()},
            "lowest": list(self.lowest),
            "profile": {part: dict(counts) for part, counts in self.profile.items()},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Result":
        """The figures as `as_json` has kept them."""
        return cls(
            n=kept["n"],
            population=kept["population"],
            sample=kept["sample"],
            index=None if kept["index"] is None else Decimal(kept["index"]),
            letter=kept["grade"],
            means={code: Decimal(mean) for code, mean in kept["means"].items()},
            lowest=tuple(kept["lowest"]),
            profile=kept["profile"],
        )


def measured(
    totals: Mapping[str, int],
    *,
    quarters: Sequence[int],
    population: int,
    profile: Mapping[str, Mapping[str, int]],
) -> Result:
    """The figures of answers whose elements sum up to `totals`, so many in each of the period's quarters."""
    n, told = sum(quarters), is_told(quarters)
    index = index_of(totals, n) if told else None
    return Result(
        n=n,
        population=population,
        sample=sample_size(population),
        index=index,
        letter="" if index is None else grade_of(index).letter,
        means={code: half_up(mean(totals[code], n)) for code in ELEMENTS} if told else {},
        lowest=tuple(lowest_of(totals)) if told else (),
        profile=profile if told else {},
    )


def result(since: dt.date, until: dt.date) -> Result:
    """The figures of the cases that were first closed from the first day to the last, as they are now.

    An answer counts where its case does, so never more answer than were served. Two queries.
    """
    columns: dict[str, Any] = {"n": Count("pk")}
    columns |= {code: Sum(element.field) for code, element in ELEMENTS.items()}
    quarters = {f"quarter_{days[0].month}": days for days in periods.quarters(since, until)}
    columns |= {name: Count("pk", filter=Q(**_within("case__", *days))) for name, days in quarters.items()}
    for part, (_label, column, values) in PROFILE.items():
        for value in values:
            columns[f"{part}_{value}"] = Count("pk", filter=Q(**{column: value}))
    found = answers(since, until).aggregate(**columns)
    return measured(
        {code: found[code] or 0 for code in ELEMENTS},
        quarters=[found[name] for name in quarters],
        population=_closed(since, until).count(),
        profile={part: _counts(part, found) for part in PROFILE},
    )


def first_day() -> dt.date:
    """The day on which the first case was closed; today where none was. A correction does not move it."""
    closed = Case.objects.filter(first_closed_at__isnull=False)
    first = closed.aggregate(first=Min("first_closed_at"))["first"]
    return timezone.localdate(first) if first else clock.today()


def answers(since: dt.date, until: dt.date) -> QuerySet[Answer]:
    """The answers of cases first closed from the first day to the last."""
    return Answer.objects.filter(**_within("case__", since, until))


def comments(user: User, since: dt.date, until: dt.date) -> list[str]:
    """What was written beside the answers, without its case and in an order that tells nothing.

    None that belongs to a complaint about the user.
    """
    visible = Case.objects.filter(excluding_complaints_about(user), **_within("", since, until))
    written = answers(since, until).filter(case__in=visible).exclude(comment="")
    return list(written.order_by("comment").values_list("comment", flat=True)[:MOST_COMMENTS])


def _counts(part: str, found: Mapping[str, Any]) -> dict[str, int]:
    counts = {value: found[f"{part}_{value}"] for value in PROFILE[part][2].values}
    return pooled({**counts, UNKNOWN: found["n"] - sum(counts.values())})


def _closed(since: dt.date, until: dt.date) -> QuerySet[Case]:
    return Case.objects.filter(**_within("", since, until))


def _within(prefix: str, since: dt.date, until: dt.date) -> dict[str, Any]:
    return {
        f"{prefix}first_closed_at__gte": midnight(since),
        f"{prefix}first_closed_at__lt": midnight(until + dt.timedelta(days=1)),
    }
