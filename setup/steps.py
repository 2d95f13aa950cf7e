"""The steps of the set-up in their order, with what is ready."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.words import word
from setup.checklist import Check, Level, get_checklist

STEPS: dict[str, Promise] = {
    "identitas": _("Identitas dan kop"),
    "jam": _("Jam layanan"),
    "bidang": word("division_name"),
    "pegawai": _("Pegawai dan jabatan"),
    "standar": _("Standar layanan"),
    "layanan": _("Ruang, tanda tangan, dan pesan"),
    "periksa": _("Periksa dan buka layanan"),
}
"""Titles by their name in the URL."""

NAMES = tuple(STEPS)


@dataclass(frozen=True)
class Step:
    """A step as the list beside the page shows it."""

    number: int
    name: str
    title: Promise
    is_done: bool
    is_current: bool
    text: str


@dataclass(frozen=True)
class Progress:
    """All steps, the current one, and the one after it (empty on the last page)."""

    steps: list[Step]
    current: Step
    next_name: str

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)


def get_progress(name: str, checks: Sequence[Check], *, is_open: bool) -> Progress:
    steps = []
    for number, (other, title) in enumerate(STEPS.items(), start=1):
        own = [check for check in checks if check.step == other]
        missing = [check for check in own if check.level == Level.MISSING]
        is_done = is_open if other == "periksa" else not missing
        text = (missing or own)[0].text if own else ""
        steps.append(Step(number, other, title, is_done, other == name, text))
    current = next(step for step in steps if step.is_current)
    following = NAMES[current.number] if current.number < len(NAMES) else ""
    return Progress(steps, current, following)


def get_first_open(checks: Sequence[Check]) -> str:
    """Return the step where the set-up continues: the first that lacks something, else the last."""
    missing = {check.step for check in checks if check.level == Level.MISSING}
    return next((name for name in NAMES if name in missing), NAMES[-1])


def get_summary() -> Progress:
    """Return the progress of a set-up that is not finished, for the desk of an administrator."""
    checks = get_checklist()
    return get_progress(get_first_open(checks), checks, is_open=False)
