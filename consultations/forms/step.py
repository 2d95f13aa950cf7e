"""Forms and form fields of all apps: dates, times, telephone numbers, long texts, and the forms of steps.

A long form saves what is typed as a draft at the server.
"""

import datetime as dt
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.forms import Script
from django.forms.boundfield import BoundField
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from consultations.enums import HELP
from consultations.models import Case, StepDraft
from consultations.parties import Actor
from consultations.search_index import add_plus
from kit import clock

MAX_WORD_LENGTH = 500
"""Longest word in characters that fits on a printed line. Web addresses come near it."""


def check_words(text: str) -> None:
    """Raise ValidationError if a word does not fit on a printed line."""
    if any(len(word) > MAX_WORD_LENGTH for word in text.split()):
        raise ValidationError(_("Ada kata yang terlalu panjang. Pisahkan dengan spasi."))


type Text = Any
"""A sentence, perhaps lazy. The stubs of Django know none with words of the office."""


class TextField(forms.CharField):
    """Text of several lines, stripped, at most `max_length` characters. A line break counts as one."""

    default_validators = [check_words]

    def __init__(
        self, label: Text = "", *, missing: Text = "", rows: int = 4, max_length: int = 4_000, **kwargs: Any
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(label=label, max_length=max_length, widget=widget, **_ask(missing), **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _ask(missing: Text, invalid_choice: Text = "") -> dict[str, Any]:
    """Return the argument with the sentences of a field that are not empty."""
    messages = {"required": missing, "invalid_choice": invalid_choice}
    found = {name: sentence for name, sentence in messages.items() if sentence}
    return {"error_messages": found} if found else {}


def line_field(label: Text, max_length: int, *, missing: Text = "", **kwargs: Any) -> forms.CharField:
    """Return a field for one line of text. It may stay empty, unless there is a sentence for that."""
    needed = _ask(missing) if missing else {"required": False}
    return forms.CharField(label=label, max_length=max_length, **needed, **kwargs)


def email_field(label: Text, invalid: Text, **kwargs: Any) -> forms.EmailField:
    """Return a field for an email address, which may stay empty."""
    messages = {"invalid": invalid}
    return forms.EmailField(label=label, max_length=254, required=False, error_messages=messages, **kwargs)


def radio_field(label: Text, choices: Any, *, missing: Text = "", invalid: Text = "", **kwargs: Any) -> Any:
    """Return a choice as radio buttons. `invalid` is shown for a forged choice, or else `missing`."""
    needed = _ask(missing, invalid or missing)
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **needed, **kwargs)


def reason_field(sentence: Promise, label: Promise | None = None) -> TextField:
    """Return a required field for a reason (alasan). `sentence` is shown if it is missing."""
    return TextField(label or _("Alasan"), missing=sentence)


def note_field(help_text: Promise | str = "") -> TextField:
    """Return an optional field for a note (catatan)."""
    return TextField(label=_("Catatan"), required=False, rows=3, help_text=help_text)


YEARS = range(2000, 2100)
"""Accepted years. Others are typing errors, and some overflow a database."""


WRONG_DATE = _("Tulis tanggal yang ada di kalender, contoh: 24-11-2026.")
WRONG_DATETIME = _("Tulis tanggal dan jam, contoh: 24-11-2026 09.30.")
WRONG_TIME = _("Tulis jam, contoh: 09.30.")
NO_PHONE = _("Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")
WRONG_PHONE = _("Nomor ini tidak dikenal. Tulis nomor telepon atau WhatsApp Anda, contoh: 0812-3456-7890.")


class PhoneField(PhoneNumberField):
    """A telephone number in any usual Indonesian form: 0812..., 812..., 62812..., +62 812-..."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("No. kontak / WhatsApp"))
        messages = {"invalid": WRONG_PHONE, "required": NO_PHONE, **kwargs.pop("error_messages", {})}
        widget = forms.TelInput(attrs={"autocomplete": "tel"})
        super().__init__(region="ID", max_length=30, error_messages=messages, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(add_plus(value) if isinstance(value, str) else value)


class LocalDateField(forms.DateField):
    """A date from the browser's calendar, or typed as `24-11-2026`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATE, "required": WRONG_DATE})
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        formats = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        return _check_year(super().to_python(value), WRONG_DATE)

    def prepare_value(self, value: Any) -> Any:
        return _parse_or_keep(self, value)


class LetterDateField(LocalDateField):
    """The date of the applicant's letter, at most today."""

    def __init__(self) -> None:
        super().__init__(label=_("Tanggal surat"), required=False)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Tanggal surat tidak boleh sesudah hari ini."))


class LocalDateTimeField(forms.DateTimeField):
    """A date and time (office's zone) from the browser's picker, or typed as `24-11-2026 09.30`.

    A day whose hour is not chosen yet (`2026-11-24T`) gets a sentence of its own.
    """

    default_error_messages = {"no_hour": _("Pilih juga jamnya.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATETIME, "required": WRONG_DATETIME})
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        days, times = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"), ("%H.%M", "%H:%M")
        formats = [f"{day} {time}" for day in days for time in times]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        if isinstance(value, str) and value.endswith("T"):
            raise ValidationError(self.error_messages["no_hour"], code="no_hour")
        return _check_year(super().to_python(value), WRONG_DATETIME)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _parse_or_keep(self, data)


class LocalTimeField(forms.TimeField):
    """A time of day (office's zone) from the browser's picker, or typed as `09.30`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_TIME, "required": WRONG_TIME})
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H.%M"], **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _parse_or_keep(self, data)


def _check_year[Moment: (dt.date, dt.datetime)](moment: Moment | None, sentence: Any) -> Moment | None:
    if moment and moment.year not in YEARS:
        raise ValidationError(sentence, code="invalid")
    return moment


def _parse_or_keep(field: forms.Field, data: Any) -> Any:
    """Return typed data as a value that the browser's picker can show again, or unchanged if invalid."""
    try:
        return field.to_python(data)
    except ValidationError:
        return data


def side_by_side(*names: str) -> Div:
    """Return fields in one row on wide screens."""
    return Div(*names, css_class="grid-2")


def folded(name: str) -> Field:
    """Return a field that is folded until it holds something."""
    return Field(name, template="ui/widgets/folded.html")


def part(title: Promise, *rows: str | LayoutObject) -> Fieldset:
    """Return a fieldset with a heading."""
    return Fieldset(title, *rows, css_class="part")


class OptionalLabelField(BoundField):
    """A bound field whose label says if a field may stay empty.

    Boxes and radio buttons do not need it. The help text of a `conditional` field says when to fill it in.
    """

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        boxes = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect)
        if name in getattr(form, "conditional", ()):
            return
        if not (field.required or field.widget.is_hidden or isinstance(field.widget, boxes)):
            self.label = optional_label(self.label)


def optional_label(label: Promise | str) -> str:
    """Return the label of a field that may stay empty."""
    return gettext("%(label)s (boleh kosong)") % {"label": label}


class OfficeForm(forms.Form):
    """A form with one field in each row, unless a subclass overrides `rows`."""

    bound_field_class = OptionalLabelField

    def rows(self) -> list[str | LayoutObject]:
        return [*self.fields]

    def typed(self) -> dict[str, Any]:
        """Return the posted values by field, valid or not, as initial values. No files and no passwords."""
        return {
            name: _storable(field.widget.value_from_datadict(self.data, {}, name))
            for name, field in self.fields.items()
            if not isinstance(field, forms.FileField) and not isinstance(field.widget, forms.PasswordInput)
        }

    @cached_property
    def helper(self) -> FormHelper:
        """Crispy helper that renders the fields without the form tag, which the page provides.

        Its tag asks for it twice.
        """
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*self.rows())
        return helper


def _storable(value: Any) -> Any:
    """Return a posted value as JSON stores it: with normal line breaks and without NUL."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\0", "")
    if isinstance(value, list):
        return [_storable(part) for part in value]
    if isinstance(value, dict):
        return {key: _storable(part) for key, part in value.items()}
    return "" if value is None else value


class StepForm(OfficeForm):
    """The form of one step on one case. Its cleaned data are the keyword arguments of the step's service.

    `notice` is a sentence shown above the form. `is_long`: the form has a draft (`LongForm`).
    `takes_advice` is the field of a long form that receives advice from an earlier case, or "".
    `prefilled_by_query` are the fields that the query string may prefill, so that a link can select one of
    several records. `is_wide`: the form is wider than what is read beside it. `is_final`: the step cannot be
    undone; `notice` says what follows. `of_one_case` are the fields whose initial value fits one case only.
    """

    notice: Promise | str = ""
    is_long = False
    takes_advice = ""
    prefilled_by_query: tuple[str, ...] = ()
    is_wide = False
    of_one_case: tuple[str, ...] = ()
    is_final = False

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.by = case, by


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
    `window` and `seen` are described in `consultations.drafts.save_draft`. `has_preview`: a page shows the
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

    def typed_with(self, kind: str, text: str, source: str) -> tuple[dict[str, Any], str]:
        """Return the typed values with an item of advice added, and the field that received it.

        `kind` is its kind in a report, `source` the code of its case.
        """
        typed = self.typed()
        name = self.takes_advice
        added = gettext("%(text)s (dari %(code)s)") % {"text": text, "code": source}
        typed[name] = f"{typed[name].rstrip()}\n- {added}".lstrip("\n")
        return typed, name

    @property
    def window(self) -> str:
        """Identifier of this browser window."""
        return self.data.get("window", "") or uuid.uuid4().hex

    @property
    def seen(self) -> str:
        """ISO time of the draft in this window, or "" without a draft."""
        if self.is_bound:
            return self.data.get("seen", "")
        return self.draft.saved_at.isoformat() if self.draft else ""

    @property
    def saved_by(self) -> str:
        """Identifier of the window that saved the draft."""
        return self.draft.window if self.draft else ""


class HelpForm(forms.Form):
    """One box for each kind of help. The names are columns of the case."""

    needs_companion = forms.BooleanField(label=HELP["needs_companion"], required=False)
    needs_sign_language = forms.BooleanField(label=HELP["needs_sign_language"], required=False)
    needs_large_print = forms.BooleanField(label=HELP["needs_large_print"], required=False)
    needs_visit = forms.BooleanField(label=HELP["needs_visit"], required=False)
