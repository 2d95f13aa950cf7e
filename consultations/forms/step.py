"""The forms of the office: laid out in one place, and the form of one step on one case."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, LayoutObject, Row
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.parties import Actor

LONGEST_WORD = 500
"""Characters of one word that every paper can hold; only addresses on the web come near it."""


def check_words(text: str) -> None:
    """Raises ValidationError where a text has a word that no line of a paper can hold."""
    if any(len(word) > LONGEST_WORD for word in text.split()):
        raise ValidationError(_("Ada kata yang terlalu panjang. Pisahkan dengan spasi."))


class TextField(forms.CharField):
    """Some lines of text, stripped; 4,000 characters at most, unless told. A line break counts as one."""

    default_validators = [check_words]

    def __init__(self, *, rows: int = 4, max_length: int = 4_000, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def reason_field(sentence: Promise, label: Promise | None = None) -> TextField:
    """A reason (alasan), which is always asked for; `sentence` says so where it is missing."""
    return TextField(label=label or _("Alasan"), error_messages={"required": sentence})


def note_field(help_text: Promise | str = "") -> TextField:
    """A note (catatan) that may be left out."""
    return TextField(label=_("Catatan"), required=False, rows=3, help_text=help_text)


def side_by_side(*names: str) -> Row:
    """Fields side by side where the screen is wide enough."""
    return Row(*(Column(name, css_class="col-md") for name in names))


def part(title: Promise, *rows: str | LayoutObject) -> Fieldset:
    """Fields under a heading of their own."""
    return Fieldset(title, *rows, css_class="part")


class OptionalLabelField(BoundField):
    """A bound field whose label says if a field may stay empty. Boxes and radio buttons do not need it."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        boxes = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect)
        if not (field.required or field.widget.is_hidden or isinstance(field.widget, boxes)):
            self.label = optional_label(self.label)


def optional_label(label: Promise | str) -> str:
    """Return the label of a field that may stay empty."""
    return gettext("%(label)s (boleh kosong)") % {"label": label}


class OfficeForm(forms.Form):
    """A form whose fields stand one below the other, unless `rows` says otherwise."""

    bound_field_class = OptionalLabelField

    def rows(self) -> list[str | LayoutObject]:
        return [*self.fields]

    @property
    def helper(self) -> FormHelper:
        """How crispy shows the form: without the form's own tag, which the page gives it."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*self.rows())
        return helper


class StepForm(OfficeForm):
    """The form of one step on one case. Its cleaned data are the keyword arguments of the step's service.

    `notice` is a sentence to read before taking the step (empty: none). `named_by_address` are the fields
    whose choice the page's address may name, so that a link can lead to one of several.
    """

    notice: Promise | str = ""
    named_by_address: tuple[str, ...] = ()

    def __init__(self, *args: Any, case: Case, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.by = case, by


class NoteForm(StepForm):
    """A step that needs no more than a note, if that."""

    note = note_field()
