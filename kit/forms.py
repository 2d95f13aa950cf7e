"""Forms: their base, fields for texts, local dates and times, and parts of a layout."""

import datetime as dt
import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from kit import clock
from kit.phones import add_plus, readable

MAX_WORD_LENGTH = 500
"""Longest word in characters that fits on a printed line. Web addresses come near it."""


def check_words(text: str) -> None:
    """Raise ValidationError if a word does not fit on a printed line."""
    if any(len(word) > MAX_WORD_LENGTH for word in text.split()):
        raise ValidationError(_("Ada kata yang terlalu panjang. Pisahkan dengan spasi."))


def check_name(text: str) -> None:
    """Raise ValidationError if a name has no alphabetic character."""
    if not any(map(str.isalpha, text)):
        raise ValidationError(_("Tulis namanya dengan huruf."))


type Text = Any
"""A sentence, perhaps lazy. The stubs of Django know none with placeholders."""


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
    """Return the argument `error_messages` of a field, without the sentences that are empty."""
    messages = {"required": missing, "invalid_choice": invalid_choice}
    found = {name: sentence for name, sentence in messages.items() if sentence}
    return {"error_messages": found} if found else {}


def line_field(label: Text, max_length: int, *, missing: Text = "", **kwargs: Any) -> forms.CharField:
    """Return a field for one line of text. It is required if `missing` has a sentence for an empty field."""
    needed = _ask(missing) if missing else {"required": False}
    return forms.CharField(label=label, max_length=max_length, **needed, **kwargs)


def email_field(label: Text, invalid: Text, **kwargs: Any) -> forms.EmailField:
    """Return a field for an email address, which may stay empty."""
    messages = {"invalid": invalid}
    return forms.EmailField(label=label, max_length=254, required=False, error_messages=messages, **kwargs)


def radio_field(label: Text, choices: Any, *, missing: Text = "", invalid: Text = "", **kwargs: Any) -> Any:
    """Return a choice as radio buttons. A forged choice gets the sentence `invalid`, by default `missing`."""
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

    def prepare_value(self, value: Any) -> Any:
        """Return a stored number in its readable form, and typed text unchanged."""
        return readable(value) if isinstance(value, PhoneNumber) else value


DATE, DATETIME = "%d-%m-%Y", "%d-%m-%Y %H.%M"
"""Formats of text fields for moments. The browser's own pickers show them in the order of its language."""

DAYS = ("%Y-%m-%d", DATE, "%d/%m/%Y", "%d.%m.%Y")
DATE_EXAMPLE = _("contoh: 24-11-2026")
DATETIME_EXAMPLE = _("contoh: 24-11-2026 09.30")
PICK = _("Pilih dari kalender")


class LocalDateField(forms.DateField):
    """A date, typed as `24-11-2026`. On pages of the staff, shell.js adds a calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATE, "required": WRONG_DATE})
        attrs = {"placeholder": DATE_EXAMPLE, "autocomplete": "off", "data-pick": "date", "data-label": PICK}
        kwargs.setdefault("widget", forms.DateInput(format=DATE, attrs=attrs))
        super().__init__(input_formats=[*DAYS, "%d%m%Y"], **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        return _check_year(super().to_python(value), WRONG_DATE)

    def prepare_value(self, value: Any) -> Any:
        return _parse_or_keep(self, value)


class LetterDateField(LocalDateField):
    """The date of a paper that somebody received: today or earlier."""

    def __init__(self) -> None:
        super().__init__(label=_("Tanggal surat"), required=False)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and value > clock.today():
            raise ValidationError(_("Tanggal surat tidak boleh sesudah hari ini."))


class LocalDateTimeField(forms.DateTimeField):
    """A date and time (current time zone), typed as `24-11-2026 09.30`. For staff, with a calendar.

    A day whose hour is not chosen yet (`2026-11-24T`) gets a sentence of its own.
    """

    default_error_messages = {"no_hour": _("Pilih juga jamnya.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": WRONG_DATETIME, "required": WRONG_DATETIME})
        attrs = {"placeholder": DATETIME_EXAMPLE, "autocomplete": "off"}
        picks = {"data-pick": "datetime-local", "data-label": PICK}
        widget = forms.DateTimeInput(format=DATETIME, attrs={**attrs, **picks})
        formats = [f"{day} {time}" for day in DAYS for time in ("%H.%M", "%H:%M")]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        if isinstance(value, str) and value.endswith("T"):
            raise ValidationError(self.error_messages["no_hour"], code="no_hour")
        return _check_year(super().to_python(value), WRONG_DATETIME)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return _parse_or_keep(self, data)


class LocalTimeField(forms.TimeField):
    """A time of day (current time zone) from the browser's picker, or typed as `09.30`."""

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
    """Return typed data as a Python value, to be shown in the standard format; unchanged if invalid."""
    try:
        return field.to_python(data)
    except ValidationError:
        return data


def side_by_side(*names: str) -> Div:
    """Return fields in one row on wide screens."""
    return Div(*names, css_class="grid-2")


def folded(name: str) -> Field:
    """Return a field that is collapsed while it is empty."""
    return Field(name, template="ui/widgets/folded.html")


def part(title: Promise, *rows: str | LayoutObject) -> Fieldset:
    """Return a fieldset with a heading."""
    return Fieldset(title, *rows, css_class="part")


class OptionalLabelField(BoundField):
    """A bound field whose label says if the field may stay empty.

    Checkboxes, radio buttons and fields in `conditional` keep their label. The help text of a `conditional`
    field says when to fill it in.
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
    return _("%(label)s (boleh kosong)") % {"label": label}


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

        Cached, because the template tag reads it twice.
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


INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
"""Unicode categories of control and formatting characters and of line breaks."""


BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that are drawn as nothing, such as the Hangul filler."""


def validate_one_line(text: str) -> None:
    """Raise ValidationError if a text has a line break or an invisible character.

    Subjects of mails, names of calendars and titles of papers contain these texts.
    """
    if any(unicodedata.category(character) in INVISIBLE or character in BLANKS for character in text):
        raise ValidationError(_("Tulis dalam satu baris, tanpa ganti baris dan huruf yang tidak terlihat."))
