"""Base forms of the office, and the form of a step."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.parties import Actor

MAX_WORD_LENGTH = 500
"""Longest word in characters that fits on a printed line. Web addresses come near it."""


def check_words(text: str) -> None:
    """Raise ValidationError if a word does not fit on a printed line."""
    if any(len(word) > MAX_WORD_LENGTH for word in text.split()):
        raise ValidationError(_("Ada kata yang terlalu panjang. Pisahkan dengan spasi."))


class TextField(forms.CharField):
    """Text of several lines, stripped, at most `max_length` characters. A line break counts as one."""

    default_validators = [check_words]

    def __init__(self, *, rows: int = 4, max_length: int = 4_000, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def reason_field(sentence: Promise, label: Promise | None = None) -> TextField:
    """Return a required field for a reason (alasan). `sentence` is shown if it is missing."""
    return TextField(label=label or _("Alasan"), error_messages={"required": sentence})


def note_field(help_text: Promise | str = "") -> TextField:
    """Return an optional field for a note (catatan)."""
    return TextField(label=_("Catatan"), required=False, rows=3, help_text=help_text)


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
