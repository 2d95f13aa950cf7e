"""The punctuality matrix (matriks ketepatan waktu): number of steps of each month within their target."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import StateTarget
from office.models import Office
from office.periods import Period
from reports.figures import MEASURED_STEPS, count_minutes, count_waits, step_key

SERVICE = _("Lama konsultasi")


@dataclass(frozen=True)
class Row:
    """A step, or the consultation itself, with its target in minutes (None: the office set none).

    `months` counts [steps, steps within the target] of each month. Waiting times are working minutes.
    """

    title: str | Promise
    actor: str | Promise
    target: int | None
    months: Sequence[tuple[int, int]]

    @property
    def percent(self) -> float | None:
        """Share of all months within the target in percent, or None without a target or steps."""
        total, within = (sum(counts) for counts in zip(*self.months, strict=True))
        return round(100 * within / total, 1) if total and self.target is not None else None


def compute_matrix(months: Sequence[Period]) -> list[Row]:
    """Return a row for each step that was taken or has a target, and one for the consultation.

    Takes about a second for 7,000 cases a month.
    """
    hours = dict(StateTarget.objects.values_list("state", "hours"))
    waits = [count_waits(month) for month in months]
    rows = []
    for step in MEASURED_STEPS:
        target = 60 * hours[step.source] if step.source in hours else None
        key = step_key(step.number, step.verb)
        counts = [_count(month.get(key, {}), target) for month in waits]
        if target is not None or any(total for total, _within in counts):
            rows.append(Row(f"{step.number}. {step.title}", step.actor.label, target, counts))
    promised = Office.load().service_minutes
    service = [_count(count_minutes(month), promised) for month in months]
    return [*rows, Row(SERVICE, _("Petugas"), promised, service)]


def _count(minutes: Mapping[int, int], target: int | None) -> tuple[int, int]:
    within = sum(count for wait, count in minutes.items() if target is not None and wait <= target)
    return Counter(minutes).total(), within
