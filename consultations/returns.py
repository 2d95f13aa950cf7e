"""Returned dispositions and reports: the step that sent one back, who took it, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from consultations.enums import State
from consultations.models import Case, Event
from consultations.workflow import Step

RETURNED_REPORT = {
    **dict.fromkeys(("revise", "refer_back", "return"), gettext_lazy("Dikembalikan")),
    "correct": gettext_lazy("Dibuka untuk diralat"),
}
RETURNED_DISPOSITION = {"hand_back": gettext_lazy("Dikembalikan"), "recall": gettext_lazy("Ditarik")}
RETURNED = RETURNED_REPORT | RETURNED_DISPOSITION
"""Steps that send a report or a disposition back, and how a page says so."""

RETURNING = (State.REGISTERED, State.HELD, State.REPORTED)
"""States that these steps lead to."""

CORRECT_REPORT = gettext_lazy("Perbaiki laporan")
"""The title of the step `report` after the report was sent back."""

MAX_REASON = 120
"""Characters of a reason that are shown."""


@dataclass(frozen=True)
class Return:
    """The step that sent a case back to an earlier state: its disposition, or its report."""

    event: Event

    @property
    def words(self) -> str:
        """The step in a word, the position of the reviewer, and the moment."""
        moment = timezone.localtime(self.event.happened_at)
        values = {"done": RETURNED[self.event.verb], "who": self.event.title}
        values |= {"day": date_format(moment, "j M"), "time": time_format(moment)}
        return _("%(done)s oleh %(who)s, %(day)s pukul %(time)s") % values

    @property
    def reason(self) -> str:
        """The first line of the reason. Remarks on single sections are shown in the report."""
        line = next(iter(self.event.note.strip().splitlines()), "")
        return Truncator(line).chars(MAX_REASON) or _("Catatannya ada di bagian laporan yang dimaksud.")


def name_again(step: Step | None) -> Step | None:
    """Return the step that a case waits for since its report was sent back. A report is corrected then."""
    return replace(step, title=CORRECT_REPORT) if step and step.verb == "report" else step


def find_return(case: Case, history: Iterable[Event]) -> Return | None:
    """Return the step that sent the case to its present state, if it was sent back there."""
    return next((Return(one) for one in history if one.verb in RETURNED and _has_led_to(case, one)), None)


def list_returns(cases: Iterable[Case]) -> dict[int, Return]:
    """Return the same for several cases, by key. Costs a query if one of them may have come back."""
    known = {case.pk: case for case in cases if case.state in RETURNING}
    events = Event.objects.filter(case__in=known, verb__in=RETURNED) if known else ()
    return {event.case_id: Return(event) for event in events if _has_led_to(known[event.case_id], event)}


def _has_led_to(case: Case, event: Event) -> bool:
    return event.target == case.state and event.happened_at == case.since
