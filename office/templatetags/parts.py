"""The tag `part`: a part of a page whose text depends on a few values, remembered by the process.

A row of a list costs a thousand function calls to render and a few dozen to look up. It is used where a plain
`include` costs more than a fifth of the page (ADR 27): the frame of all pages, and rows of long lists.
"""

import datetime as dt
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import Model
from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from office.words import Words

MAX_REMEMBERED = 4096
"""Parts that a process remembers, of about a kilobyte each. Those used longest ago are forgotten."""

VALUES = frozenset({str, bool, int, tuple, dt.datetime, dt.date, type(None)})

register = template.Library()


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, paths: str, **shown: Hashable) -> SafeString:
    """Render a template with nothing but `paths`, `shown` and `word`.

    `paths` are attributes of variables, such as "case.code case.agenda": the template uses them as if it were
    included. Records and lazy texts become texts, attributes of None are None. A template that shows the
    present time or the request is no part. Raise TypeError for a record or a safe text: a record equals its
    later versions, a safe text an unsafe one.
    """
    for value in shown.values():
        if isinstance(value, Model):
            raise TypeError(f"{name}: a record is no value of a part")
    split = _split(paths)
    values: list[Hashable] = []
    for variable, attributes in split:
        owner = _call(context[variable])
        values += [_read(owner, attribute) for attribute in attributes]
    return _render(get_language(), _call(context["word"]), name, split, tuple(values), **shown)


@lru_cache
def _split(paths: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the variables, each with its attributes."""
    found: dict[str, list[str]] = {}
    for path in paths.split():
        variable, _dot, attribute = path.partition(".")
        found.setdefault(variable, []).append(attribute)
    return tuple((variable, tuple(attributes)) for variable, attributes in found.items())


def _call(value: Any) -> Any:
    return value() if callable(value) else value


def _read(owner: Any, attribute: str) -> Hashable:
    value = getattr(owner, attribute, None) if owner is None else getattr(owner, attribute)
    if type(value) in VALUES:
        return value
    if callable(value):
        value = value()
    if isinstance(value, Model | Promise):
        return str(value)
    if type(value) not in VALUES:
        raise TypeError(f"{attribute} is no plain text, number or moment")
    return value


@lru_cache(maxsize=MAX_REMEMBERED, typed=True)
def _render(
    _language: str | None,
    words: Words,
    name: str,
    split: Sequence[tuple[str, Sequence[str]]],
    values: Sequence[Hashable],
    /,
    **shown: Hashable,
) -> SafeString:
    rest = iter(values)
    found = {variable: dict(zip(attributes, rest, strict=False)) for variable, attributes in split}
    return SafeString(get_template(name).render({"word": words, **found, **shown}))
