"""Step 7: the page of a running consultation, with its timer, notes and photographs, until it is finished.

The notes are typed into the form of the step `finish`, whose draft saves them. They become the section of the
report with the results (part C), as a draft that the officer then edits.
"""

import datetime as dt
from typing import Any

from crispy_forms.layout import HTML, Field, Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _

from consultations.models import Case
from consultations.scheduling import services
from consultations.scheduling.forms import FinishForm
from consultations.services import save_draft
from kit import clock
from kit.forms import TextField, folded, side_by_side
from office.models import Office, User

NOW, OTHER = "now", "other"
"""Choices of an end: the moment of sending the form, and a typed time."""


class SessionForm(FinishForm):
    """Notes, attendees and the real time of a running consultation.

    If it has run longer than the standard says, it may have been forgotten. Then the form asks when it ended,
    and offers the time of the last note first.
    """

    is_wide = True
    notes = TextField(
        _("Catatan konsultasi"),
        required=False,
        rows=8,
        max_length=20_000,
        help_text=_("Tersimpan sendiri. Menjadi bahan “Hasil yang dicapai” dalam laporan."),
    )
    ended = forms.CharField(label=_("Kapan sebenarnya selesai?"), required=False)

    class Media:
        js = [forms.Script("js/timer.js", defer=True)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Catatan untuk riwayat")
        self.fields["finished_at"].required = False
        if self.case.is_late:
            self.fields["ended"].widget = forms.RadioSelect(
                choices=[*self._list_ends(), (OTHER, _("Jam lain"))]
            )
        else:
            del self.fields["ended"]

    @cached_property
    def minutes(self) -> int:
        """The minutes of the standard (Waktu pelayanan)."""
        return Office.load().service_minutes

    @property
    def until(self) -> dt.datetime:
        """The moment until which the consultation lasts as long as the standard says."""
        return self.recorded + dt.timedelta(minutes=self.minutes)

    def _list_ends(self) -> list[tuple[str, str]]:
        ends = [(self.until, gettext("%(time)s, tepat %(minutes)d menit"))]
        if self.draft and self.draft.typed.get("notes"):
            ends.insert(0, (self.draft.saved_at, gettext("%(time)s, catatan terakhir (%(minutes)d menit)")))
        found = []
        for moment, words in ends:
            end = timezone.localtime(moment).replace(second=0, microsecond=0)
            minutes = -((self.recorded - end) // dt.timedelta(minutes=1))
            if end > self.recorded and end.date() == self.recorded.date():
                found.append((f"{end:%H:%M}", words % {"time": time_format(end), "minutes": minutes}))
        is_today = self.recorded.date() == clock.today()
        return [*found, *([(NOW, gettext("Sekarang, baru saja selesai"))] if is_today else [])]

    def rows(self) -> list[str | LayoutObject]:
        timer = HTML('{% include "reports/context/timer.html" %}')
        notes = Field("notes", css_class="notes")
        times = ("day", side_by_side("started_at", "finished_at"), "overrun_reason")
        if self.case.is_late:
            ended = Field("ended", template="ui/widgets/chips.html")
            return [timer, ended, *times, notes, "attendees", folded("note")]
        fold = Fieldset(_("Jam dan alasan"), *times, folded("note"), template="reports/steps/part.html")
        fold.summary = f"{self.recorded:%-d.%-m.%Y} {time_format(self.recorded)}"
        fold.is_open = bool(self.errors.keys() - {"notes", "attendees"})
        return [timer, notes, "attendees", fold]

    def clean(self) -> dict[str, Any]:
        """Let a typed end win over a chosen one. An end that was asked for may not be missing."""
        ended = self.cleaned_data.pop("ended", "")
        if "ended" in self.fields and "finished_at" not in self.errors:
            end: Any = self.fields["finished_at"]
            if not self.cleaned_data.get("finished_at") and ended != NOW:
                try:
                    found = end.clean("" if ended == OTHER else ended)
                except ValidationError as error:
                    self.add_error("finished_at", error)
                else:
                    self.cleaned_data["finished_at"] = found
                    if not found:
                        self.add_error("finished_at", end.error_messages["required"])
        return super().clean()


def finish(case: Case, *, by: User, notes: str = "", **held: Any) -> None:
    """Step 7: end the consultation as `scheduling.services.finish()` does. Begin the report with notes."""
    with transaction.atomic():
        services.finish(case, by=by, **held)
        if notes:
            save_draft(case, "report", by=by, typed={"results": notes}, window="", seen=None)
