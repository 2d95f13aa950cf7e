"""Figures as people read them: named, with their unit, as rows of tables and bars, for page and sheet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.enums import STANDARD, Channel, Kind, State
from consultations.models import StateTarget
from consultations.workflow import Step
from office.few import ENOUGH, told, untold
from reports.figures import WAITS, ServiceFigures, name_of
from reports.percentiles import Spread


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, its value (None: too few cases to publish it), its unit.

    `n` is how many measurements lie behind it, where any do and they are enough to say; `share` the length
    of its bar in percent; `instead` the words in place of a value that is not published.
    """

    label: str
    value: float | None
    unit: str = ""
    n: int | None = None
    share: float = 0
    instead: str = ""

    @property
    def text(self) -> str:
        """The value in the language of the page: `7,5`, `1.234`."""
        return self.instead or shown(self.value)


@dataclass(frozen=True)
class Chart:
    """Some figures of one kind: what they are of all, and what a row stands for.

    `language` is that of the labels where the office has entered them, and empty where it is the page's.
    """

    title: str
    head: str
    rows: list[Figure]
    language: str = ""


@dataclass(frozen=True)
class Wait:
    """The wait for one step: whose turn it is, the office's target and the real time, in working hours."""

    step: Step
    spread: Spread
    target: int | None
    share: float = 0

    @property
    def title(self) -> str:
        """The step in the words of the standard; its last one is taken by three people in turn."""
        return str(self.step.done if self.step.number == 9 else STANDARD[self.step.number])

    @property
    def median(self) -> float | None:
        return self.spread.median / 60 if self.spread.is_enough else None

    @property
    def p90(self) -> float | None:
        return self.spread.p90 / 60 if self.spread.is_enough else None

    @property
    def n(self) -> int | None:
        """How many waits there were; None for so few that they point at single cases."""
        return told(self.spread.n)

    @property
    def n_text(self) -> str:
        return few() if self.n is None else shown(self.n)

    @property
    def median_text(self) -> str:
        return shown(self.median)

    @property
    def p90_text(self) -> str:
        return shown(self.p90)


def shown(value: float | None) -> str:
    """A value with at most one decimal; words where there is none."""
    if value is None:
        return _("belum cukup data")
    rounded = round(value, 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1, force_grouping=True)


def few() -> str:
    """The words in place of a count that points at single cases."""
    return _("kurang dari %(enough)s") % {"enough": ENOUGH}


def summary(figures: ServiceFigures) -> list[Figure]:
    """The key figures, most important first."""
    service, days = figures.service, figures.days
    enough = service.is_enough
    promised = {"minutes": figures.promised}
    return [
        Figure(_("Lama konsultasi, median"), service.median if enough else None, _("menit"), told(service.n)),
        Figure(
            _("Selesai dalam %(minutes)s menit") % promised,
            figures.within_percent if enough else None,
            "%",
            told(service.n),
        ),
        Figure(_("90 dari 100 selesai dalam"), service.p90 if enough else None, _("menit"), told(service.n)),
        _counted(_("Konsultasi terlaksana"), service.n),
        Figure(
            _("Dari permohonan sampai laporan, median"),
            days.median if days.is_enough else None,
            pgettext("satuan", "hari"),
            told(days.n),
        ),
        _counted(_("Permohonan masuk"), figures.submitted),
        _counted(_("Sedang diproses sekarang"), figures.open),
        _counted(_("Terlambat sekarang"), figures.late),
    ]


def _counted(label: str, count: int) -> Figure:
    """How many cases there are; words for so few that they point at single ones."""
    return Figure(label, told(count), instead="" if told(count) is not None else few())


def kept_promise(figures: ServiceFigures) -> Chart | None:
    """How many consultations took no longer than promised; None where they are too few to say."""
    if not figures.service.is_enough:
        return None
    title = _("Konsultasi dibanding janji %(minutes)s menit") % {"minutes": figures.promised}
    n, within = figures.service.n, figures.within
    rows = [
        Figure(_("Sesuai janji"), within, share=_share(within, n)),
        Figure(pgettext("dari janji", "Lebih lama"), n - within, share=_share(n - within, n)),
    ]
    return Chart(title, _("Lama konsultasi"), rows)


def arrivals(figures: ServiceFigures) -> list[Chart]:
    """The cases that came in, by what they are, how they came, who serves them, and where they stand."""
    whole = figures.submitted
    return [
        _chart(_("Menurut jenis"), _("Jenis"), _named(Kind.choices, figures.kinds), whole),
        _chart(_("Menurut cara masuk"), _("Cara masuk"), _named(Channel.choices, figures.channels), whole),
        _chart(
            _("Menurut bidang"), _("Bidang"), dict(sorted(figures.divisions.items())), whole, language="id"
        ),
        _chart(_("Menurut status"), _("Status"), _named(State.choices, figures.states), whole),
    ]


def waits(figures: ServiceFigures | None) -> list[Wait]:
    """The wait for each step of the standard, also where nothing was measured yet. One query."""
    targets = dict(StateTarget.objects.values_list("state", "hours"))
    spreads = figures.waits if figures else {}
    found = [
        Wait(step, spreads.get(name_of(step), Spread()), targets.get(str(step.source))) for step in WAITS
    ]
    longest = max((wait.median or 0 for wait in found), default=0) or 1
    return [
        Wait(wait.step, wait.spread, wait.target, share=100 * (wait.median or 0) / longest) for wait in found
    ]


@dataclass(frozen=True)
class StandardStep:
    """One of the nine steps, and the waits for those of the office who take it (none: the applicant does)."""

    number: int
    title: Promise
    waits: list[Wait]


def standard_steps(figures: ServiceFigures | None) -> list[StandardStep]:
    """The nine steps with who takes them, target and real time. One query."""
    found = waits(figures)
    return [
        StandardStep(number, title, [wait for wait in found if wait.step.number == number])
        for number, title in STANDARD.items()
    ]


def _named(choices: Iterable[tuple[str, str | Promise]], counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by their label, in the order of the choices; without those that did not occur."""
    return {str(label): counts[value] for value, label in choices if counts.get(value)}


def _chart(title: str, head: str, counts: Mapping[str, int], whole: int, language: str = "") -> Chart:
    """The parts of a whole that is told as well; words for those that would give single cases away.

    What belongs to no part, as a case that no division has yet, is found by subtraction too.
    """
    hidden = untold(counts) or untold({**counts, "": whole - sum(counts.values())})
    rows = [
        Figure(label, None, instead=_("tidak ditampilkan"))
        if label in hidden
        else Figure(label, count, share=_share(count, whole))
        for label, count in counts.items()
    ]
    return Chart(title, head, rows, language)


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 1)
