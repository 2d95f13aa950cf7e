"""Labels, units and bars of the statistics, shared by page and CSV."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.enums import HELP, STANDARD, Channel, Kind, Party, State
from consultations.models import StateTarget
from consultations.workflow import Step
from office.disclosure import MIN_GROUP_SIZE, publishable, suppressed
from office.words import get_words, with_words
from reports.figures import MEASURED_STEPS, ServiceFigures, step_key
from reports.percentiles import Spread


@dataclass(frozen=True)
class Figure:
    """One figure with its label and unit. `value` is None if too few cases would be published.

    `n` is the number of measurements, if it may be published. `share` is the length of the bar in percent.
    `instead` is the text in place of a suppressed value.
    """

    label: str
    value: float | None
    unit: str = ""
    n: int | None = None
    share: float = 0
    instead: str = ""

    @property
    def text(self) -> str:
        """Value with at most one decimal in the language of the page, e.g. `7,5` or `1.234`."""
        if self.value is None:
            return self.instead or _("belum cukup data")
        rounded = round(self.value, 1)
        return number_format(rounded, 0 if rounded == int(rounded) else 1, force_grouping=True)


@dataclass(frozen=True)
class Chart:
    """Figures of one kind with a title. `head` is the heading of the labels.

    `language` is the language of the labels if the office entered them, else empty.
    """

    title: str
    head: str
    rows: list[Figure]
    language: str = ""


@dataclass(frozen=True)
class Wait:
    """The wait for one step in working hours, with the target of the office (None: no target)."""

    step: Step
    target: int | None
    median: Figure
    p90: Figure
    count: Figure

    @property
    def title(self) -> str:
        """Title of the step in the standard. Step 9 is taken by three people, so each has its own title."""
        return str(self.step.done if self.step.number == 9 else STANDARD[self.step.number])


def summary(figures: ServiceFigures) -> list[Figure]:
    """Return the key figures, most important first."""
    service, days, minutes = figures.service, figures.days, _("menit")
    within = _("Selesai dalam %(minutes)s menit") % {"minutes": figures.promised}
    return [
        _measured(_("Lama konsultasi, median"), service.median, minutes, service),
        _measured(within, figures.within_percent, "%", service),
        # xgettext:no-python-format
        _measured(_("90% selesai dalam"), service.p90, minutes, service),
        _counted(_("Konsultasi terlaksana"), service.n),
        _measured(_("Dari permohonan sampai laporan, median"), days.median, pgettext("satuan", "hari"), days),
        _counted(_("Permohonan masuk"), figures.submitted),
        _counted(_("Sedang diproses sekarang"), figures.open),
        _counted(_("Terlambat sekarang"), figures.late),
    ]


def _measured(label: str, value: float, unit: str, spread: Spread, share: float = 0) -> Figure:
    """Return a value that was derived from measurements, suppressed if they are few."""
    n = publishable(spread.n)
    return Figure(label, value, unit, n, share) if spread.is_enough else Figure(label, None, unit, n)


def _counted(label: str, count: int) -> Figure:
    """Return a count of cases, suppressed if it is small."""
    few = _("kurang dari %(enough)s") % {"enough": MIN_GROUP_SIZE}
    return Figure(label, publishable(count), instead=few)


def promise_chart(figures: ServiceFigures) -> Chart | None:
    """Count the consultations within the promised time. Return None if there are too few to publish."""
    if not figures.service.is_enough:
        return None
    title = _("Konsultasi dibanding standar %(minutes)s menit") % {"minutes": figures.promised}
    n, within = figures.service.n, figures.within
    rows = [
        Figure(_("Sesuai standar"), within, share=_share(within, n)),
        Figure(pgettext("dari standar", "Lebih lama"), n - within, share=_share(n - within, n)),
    ]
    return Chart(title, _("Lama konsultasi"), rows)


def arrivals(figures: ServiceFigures) -> list[Chart]:
    """Count the submitted cases by kind, channel, division and state."""
    whole = figures.submitted
    return [
        _chart(_("Menurut jenis"), _("Jenis"), _named(Kind.choices, figures.kinds), whole),
        _chart(_("Menurut cara masuk"), _("Cara masuk"), _named(Channel.choices, figures.channels), whole),
        _chart(
            with_words(_("Menurut %(division)s")),
            get_words().division_name,
            dict(sorted(figures.divisions.items())),
            whole,
            language="id",
        ),
        _chart(_("Menurut status"), _("Status"), _named(State.choices, figures.states), whole),
        help_chart(figures),
    ]


def help_chart(figures: ServiceFigures) -> Chart:
    """Count the cases by the help that was asked for. One case may ask for several kinds.

    Each count is compared with all cases, so each is suppressed by itself if it is small.
    """
    counts = _named(HELP.items(), figures.helps)
    rows = [
        Figure(label, count, share=_share(count, figures.submitted))
        if publishable(count)
        else Figure(label, None, instead=_("tidak ditampilkan"))
        for label, count in counts.items()
    ]
    return Chart(_("Bantuan bagi penyandang disabilitas"), _("Bantuan yang diminta"), rows)


def waits(figures: ServiceFigures | None) -> list[Wait]:
    """Return the wait for each measured step, also if there are no measurements yet. One query."""
    targets = dict(StateTarget.objects.values_list("state", "hours"))
    measured = figures.waits if figures else {}
    spreads = [(step, measured.get(step_key(step.number, step.verb), Spread())) for step in MEASURED_STEPS]
    longest = max((spread.median for _step, spread in spreads if spread.is_enough), default=0) or 1
    hours = _("jam kerja")
    return [
        Wait(
            step,
            targets.get(str(step.source)),
            _measured(_("median"), spread.median / 60, hours, spread, 100 * spread.median / longest),
            _measured(_("persentil 90"), spread.p90 / 60, hours, spread),
            _counted(_("Jumlah"), spread.n),
        )
        for step, spread in spreads
        if spread.n or step.actor != Party.SECRETARY  # few offices have one
    ]


@dataclass(frozen=True)
class StandardStep:
    """One of the nine steps with the waits of the office. A step of the applicant has none."""

    number: int
    title: Promise
    waits: list[Wait]


def standard_steps(figures: ServiceFigures | None) -> list[StandardStep]:
    """Return the nine steps with their actors, targets and real times. One query."""
    found = waits(figures)
    return [
        StandardStep(number, title, [wait for wait in found if wait.step.number == number])
        for number, title in STANDARD.items()
    ]


def _named(choices: Iterable[tuple[str, str | Promise]], counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts above zero by label, in the order of the choices."""
    return {str(label): counts[value] for value, label in choices if counts.get(value)}


def _chart(title: str, head: str, counts: Mapping[str, int], whole: int, language: str = "") -> Chart:
    """Return the parts of a published total. Small parts are suppressed.

    Cases in no part (no division yet) count as a part too: they can be found by subtraction.
    """
    hidden = suppressed({**counts, "": whole - sum(counts.values())})
    rows = [
        Figure(label, None, instead=_("tidak ditampilkan"))
        if label in hidden
        else Figure(label, count, share=_share(count, whole))
        for label, count in counts.items()
    ]
    return Chart(title, head, rows, language)


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 1)
