"""The way back of a step: who took it may take it back, for two minutes and until somebody else has seen it.

Rows of the table whose `way_back` is TAKE_BACK have it. The columns of the case return. The receivers of the
step (STEP_RECEIVERS) get the event that is taken back as `record`. They undo what they did for it, or raise
Refused if it has left the house: a message was sent, a letter was signed. The history keeps both steps.
See docs/adr/0078-ways-back.md.
"""

from typing import Any

from django.db.models import Field
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from consultations.enums import State
from consultations.forms import StepForm
from consultations.models import Case, Event
from consultations.step_row import has_taken_last, just_taken
from consultations.workflow import TAKE_BACK, VERBS, check, transition
from kit.refusal import Refused
from office.models import User


def take_back(case: Case, *, by: User) -> None:
    """Return the case to its state before the last step, which `by` took.

    Raise Refused if two minutes have passed, if somebody else has opened the case since, or if something of
    the step has left the house.
    """
    checked = check(TAKE_BACK, case, by=by)
    last = case.history.latest("pk")
    with translation.override("id"):  # the note goes on record
        done = case.wording.speak(VERBS[last.verb].done)
    with transition(TAKE_BACK, case, by=by, note=done, checked=checked) as taken:
        if not Case.objects.filter(pk=case.pk, before_last__isnull=False).exists():
            raise Refused(_("Orang lain baru saja membuka permohonan ini, jadi langkahnya tetap berlaku."))
        taken.record = last
        taken.change(**_read_columns((case.before_last or {})["columns"]))
        if last.verb == "assign":
            case.companions.clear()


def _read_columns(texts: dict[str, str | None]) -> dict[str, Any]:
    """Return the columns of the case that `remember()` stored as text."""
    columns = {}
    for name, text in texts.items():
        field: Field[Any, Any] = Case._meta.get_field(name)  # type: ignore[assignment]
        value = None if text is None else field.to_python(text)
        if field.related_model and value is not None:
            value = field.related_model._default_manager.get(pk=value)
        columns[name] = value
    return columns


def end_way_back(case: Case, *, by: User | None) -> None:
    """Let the last step stand: somebody else than its taker has opened the case or a paper of it.

    `by` is None for the applicant and for another system.
    """
    if just_taken(case) is None and not has_taken_last(by, case):
        Case.objects.filter(pk=case.pk).update(before_last=None)
        case.before_last = None


class TakeBackForm(StepForm):
    """The step that is taken back, and where the case returns to."""

    button = gettext_lazy("Ya, batalkan langkah ini")

    @cached_property
    def last(self) -> Event:
        return self.case.history.latest("pk")

    @property
    def notice(self) -> str:  # type: ignore[override]
        speak = self.case.wording.speak
        words = {
            "done": speak(VERBS[self.last.verb].done),
            "time": time_format(timezone.localtime(self.last.entered_at), "H.i"),
            "state": speak(State(self.last.source).label),
        }
        sentence = _("“%(done)s” pukul %(time)s dibatalkan. Statusnya kembali “%(state)s”.")
        return sentence % words
