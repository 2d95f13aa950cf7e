"""A field of a bar of filters as values: equal ones are rendered once (tag `part`)."""

from typing import NamedTuple

from django import forms


class FilterField(NamedTuple):
    """What the bar shows of a field (ui/filter_field.html).

    `type` is that of the input. `options` are those of a selection, as (value, label, is chosen).
    """

    name: str
    id: str
    type: str
    label: str
    help_text: str
    value: str
    errors: tuple[str, ...]
    options: tuple[tuple[str, str, bool], ...]

    @classmethod
    def of(cls, bound: forms.BoundField) -> "FilterField":
        value, choices = bound.value(), getattr(bound.field, "choices", ())
        return cls(
            bound.html_name,
            bound.auto_id,
            str(getattr(bound.field.widget, "input_type", "")),
            str(bound.label),
            str(bound.help_text),
            str(value or ""),
            tuple(map(str, bound.errors)),
            tuple((str(key), str(label), str(key) == value) for key, label in choices),
        )
