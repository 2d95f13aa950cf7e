"""The result of the survey in one period, as it is shown, published and stored."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from office.disclosure import MIN_GROUP_SIZE
from surveys.elements import ELEMENTS, Element
from surveys.index import CENSUS_UP_TO, GRADES, Grade, get_rate
from surveys.profile import label_profile


@dataclass(frozen=True)
class ElementMean:
    """The mean answer (NRR) of one element, 1 to 4."""

    element: Element
    mean: Decimal

    @property
    def label(self) -> str:
        return f"{self.element.code} {self.element.name}"

    @property
    def share(self) -> Decimal:
        """The mean in percent of the best one."""
        return self.mean * 25

    @property
    def text(self) -> str:
        return localize(self.mean)


@dataclass(frozen=True)
class Result:
    """The figures of a quarter or year.

    `n` applicants answered, of `population` whose cases were closed in the period; `sample` is the required
    number. The other figures are suppressed if there are too few answers, and up to the last day for answers
    (`open_until`). Then `index` is 0, the rest is empty. `means` and `lowest` use element
    codes. `profile` has counts by part and value, small groups pooled.
    """

    n: int
    population: int
    sample: int
    index: Decimal = Decimal(0)
    letter: str = ""
    means: Mapping[str, Decimal] = field(default_factory=dict)
    lowest: tuple[str, ...] = ()
    profile: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    open_until: dt.date | None = None

    @property
    def grade(self) -> Grade | None:
        """The grade, or None if the figures are suppressed."""
        return GRADES.get(self.letter)

    @property
    def suppressed_because(self) -> str:
        """Why the figures are suppressed, as a sentence; empty if they are not."""
        if self.grade:
            return ""
        if self.open_until:
            return _("Angka ditampilkan sesudah survei periode ini ditutup, %(last)s.") % {
                "last": date_format(self.open_until)
            }
        if not self.n:
            return _("Belum ada jawaban pada periode ini.")
        if self.n < MIN_GROUP_SIZE:
            return _(
                "Jawaban belum cukup. Hasil ditampilkan mulai 5 jawaban, supaya tidak seorang pun dikenali."
            )
        return _("Hasil setahun ditampilkan bila setiap triwulannya mempunyai paling sedikit 5 jawaban.")

    @property
    def is_census(self) -> bool:
        """Whether the population is so small that all of it was asked instead of a sample."""
        return self.population <= CENSUS_UP_TO

    @property
    def rate(self) -> Decimal:
        """The response rate in percent."""
        return get_rate(self.n, self.population)

    @property
    def fills_sample(self) -> bool:
        return 0 < self.n >= self.sample

    @property
    def elements(self) -> list[ElementMean]:
        return [ElementMean(ELEMENTS[code], mean) for code, mean in self.means.items()]

    @property
    def lowest_elements(self) -> list[ElementMean]:
        return [ElementMean(ELEMENTS[code], self.means[code]) for code in self.lowest]

    @property
    def groups(self) -> list[tuple[Promise, list[tuple[str, int]]]]:
        """The parts of the profile with labels."""
        return label_profile(self.profile)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON types; decimals become strings."""
        means = {code: str(mean) for code, mean in self.means.items()}
        figures = asdict(self) | {"index": str(self.index), "means": means, "lowest": list(self.lowest)}
        del figures["open_until"]  # no result of an open period is stored
        return figures

    @classmethod
    def from_json(cls, figures: Mapping[str, Any]) -> "Result":
        """Return the result that `to_json()` was called on."""
        means = {code: Decimal(mean) for code, mean in figures["means"].items()}
        decimals = {"index": Decimal(figures["index"]), "means": means, "lowest": tuple(figures["lowest"])}
        return cls(**{**figures, **decimals})
