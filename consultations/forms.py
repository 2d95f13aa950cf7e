"""Base classes of the forms of steps, with drafts for long texts."""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.layout import Field, LayoutObject
from django.forms import Script
from django.utils.functional import Promise
from django.utils.translation import gettext

from consultations.models import Case, StepDraft
from consultations.parties import Actor
from kit.forms import OfficeForm, TextField, folded, note_field


class StepForm(OfficeForm):
    """The form of one step on one case. Its cleaned data are the keyword arguments of the step's service.

    `notice` is a sentence shown above the form. `is_long`: the form has a draft (`LongForm`).
    `takes_advice` is the field of a long form that receives advice from an earlier case, or "".
    `prefilled_by_query` are the fields that the query string may prefill, so that a link can select one of
    several records. `is_wide`: the form is wider than what is read beside it. `is_final`: the step cannot be
    undone; `notice` says what follows. `says_consequence`: so does that of a step that can be undone. Both
    are shown beside the button. `button` is its label if it is not the title of the step; `title` is the
    heading if it is another. `of_one_case` are the initial values that fit one case only.
    """

    notice: Promise | str = ""
    title: Promise | str = ""
    button: Promise | str = ""
    is_long = False
    takes_advice = ""
    prefilled_by_query: tuple[str, ...] = ()
    is_wide = False
    of_one_case: tuple[str, ...] = ()
    is_final = False
    says_consequence = False

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.by = case, by
        speak = case.wording.speak
        for field in self.fields.values():
            field.label = speak(field.label) if field.label else field.label
            field.help_text = speak(field.help_text)
            field.error_messages = {key: speak(text) for key, text in field.error_messages.items()}


class NoteForm(StepForm):
    """The form of a step that needs no more than an optional note, which is folded."""

    note = note_field()

    def rows(self) -> list[str | LayoutObject]:
        return [folded("note"), *(name for name in self.fields if name != "note")]


class SectionField(TextField):
    """A section of a long document."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=4, max_length=20_000, **kwargs)


def section(name: str) -> Field:
    """Return a section as a row of an editor: it grows with its text and shows remarks of reviewers."""
    return Field(name, template="ui/editor/section.html")


class LongForm(StepForm):
    """The form of a step with long texts. A step of the staff gets a draft by inheriting from this class.

    `draft` is the one that is stored. If the posted texts could not be saved, `conflict` is the reason.
    `window` and `seen` are described in `services.save_draft`. `has_preview`: a page shows the
    typed texts as a document.
    """

    is_long = True
    has_preview = False

    class Media:
        js = [Script("js/autosave.js", defer=True)]

    def __init__(self, *args: Any, draft: StepDraft | None = None, conflict: str = "", **kwargs: Any) -> None:
        self.draft, self.conflict = draft, conflict
        super().__init__(*args, **kwargs)

    def posted_draft(self) -> dict[str, Any]:
        """Return the posted arguments of `save_draft`: the values, the window and what it has seen."""
        try:
            seen = dt.datetime.fromisoformat(self.data.get("seen", ""))
        except ValueError:
            seen = None
        window = self.data.get("window", "").replace("\0", "")[:40]
        return {"typed": self.typed(), "window": window, "seen": seen}

    def typed_with(self, kind: str, text: str, source: str, named: str) -> tuple[dict[str, Any], str]:
        """Return the typed values with an item of advice added, and the field that received it.

        `kind` is its kind in a report, `source` the key of where it comes from, and `named` its words.
        """
        typed = self.typed()
        name = self.takes_advice
        added = gettext("%(text)s (dari %(source)s)") % {"text": text, "source": named}
        typed[name] = f"{typed[name].rstrip()}\n- {added}".lstrip("\n")
        return typed, name

    @property
    def window(self) -> str:
        return self.data.get("window", "") or uuid.uuid4().hex

    @property
    def seen(self) -> str:
        """ISO time of the draft in this window, or "" without a draft."""
        if self.is_bound:
            return self.data.get("seen", "")
        return self.draft.saved_at.isoformat() if self.draft else ""

    @property
    def saved_by(self) -> str:
        return self.draft.window if self.draft else ""
