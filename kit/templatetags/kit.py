"""Tags of all templates: icons, telephone numbers, style sheets of public pages, and parts of a page.

A `part` is a template whose rendered text the process caches by the few values that it shows. A row of a list
costs a thousand function calls to render and a few dozen to look up. Use a part if `include` would cost more
than a fifth of the page (ADR 27): the frame of all pages, and rows of long lists.
"""

import datetime as dt
import re
from collections.abc import Callable, Hashable, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Model
from django.forms import BaseForm, Field
from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kit.phones import readable

ICON = re.compile(r'<g id="([a-z-]+)">(.*?)</g>')

SHEETS = ("public", "rembuk")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s*([{};,])\s*")

MAX_REMEMBERED = 4096
"""Parts that a process remembers, of about a kilobyte each. Those used longest ago are forgotten."""

VALUES = frozenset({str, bool, int, tuple, dt.datetime, dt.date, type(None)})

register = template.Library()
register.filter("phone", readable)


@register.filter
def in_groups(digits: str) -> list[str]:
    """Return hexadecimal digits in groups of eight, as people compare them."""
    return [digits[start : start + 8] for start in range(0, len(digits), 8)]


@register.simple_tag
def icon(name: str, css_class: str = "i") -> SafeString:
    """Return an icon of `kit/icons.svg` as inline SVG. Screen readers ignore it.

    This is a tag because an `include` for each icon of a long list takes milliseconds.
    """
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', css_class, _read_icons()[name]
    )


@cache
def _read_icons() -> dict[str, SafeString]:
    found = ICON.findall((settings.BASE_DIR / "kit" / "icons.svg").read_text(encoding="utf-8"))
    return {name: SafeString(shape) for name, shape in found}


@register.simple_tag
def list_errors(form: BaseForm) -> list[tuple[str, str]]:
    """Return (anchor, sentence) for each error of a field. Django's general sentences begin with the label.

    The anchor is the id of the input, or of the `<div>` of a group of checkboxes or radio buttons.
    """
    found = []
    for field in form.visible_fields():
        anchor = f"div_{field.auto_id}" if field.use_fieldset else field.auto_id
        for error in form.errors.as_data().get(field.name, ()):
            is_generic = error.message in Field.default_error_messages.values()
            words = f"{field.label}: " if is_generic else ""
            found += [(anchor, f"{words}{sentence}") for sentence in error.messages]
    return found


@register.simple_tag(takes_context=True)
def critical_css(context: template.Context, *more: str) -> SafeString:
    """Return a style element with SHEETS and `more`, allowed by this response's Content-Security-Policy.

    Public pages contain their style sheets (ADR 12).
    """
    return format_html('<style nonce="{}">{}</style>', context["csp_nonce"], read_sheets(*SHEETS, *more))


@cache
def read_sheets(*names: str) -> SafeString:
    """Return style sheets without comments and white space. Restart the process after changing a sheet."""
    folder = settings.BASE_DIR / "static" / "css"
    css = "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return SafeString(SPACE.sub(r"\1", COMMENT.sub("", css)))


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, paths: str, **shown: Hashable) -> SafeString:
    """Render a template with nothing but `paths`, `shown` and `word`.

    `paths` are attributes of variables, such as "case.code case.agenda", that the template may use. Model
    instances and lazy texts in them become texts; an attribute of None is None. A template that shows the
    present time or the request cannot be a part. Raise TypeError if `shown` has a model instance, or a path a
    safe text: as a cache key, an instance equals its later versions, and a safe text equals an unsafe one.
    """
    for value in shown.values():
        if isinstance(value, Model):
            raise TypeError(f"{name}: a record is no value of a part")
    values: list[Hashable] = []
    for variable, attributes, read in _split(paths):
        owner = _call(context[variable])
        found = (None,) * len(attributes) if owner is None else read(owner)
        values += [value if type(value) in VALUES else _to_value(value) for value in found]
    return _render(get_language(), _call(context["word"]), name, paths, tuple(values), **shown)


@lru_cache
def _split(paths: str) -> list[tuple[str, Sequence[str], Callable[[Any], Sequence[Any]]]]:
    found: dict[str, list[str]] = {}
    for path in paths.split():
        variable, _dot, attribute = path.partition(".")
        found.setdefault(variable, []).append(attribute)
    return [(variable, names, _reader(names)) for variable, names in found.items()]


def _reader(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda owner: (read(owner),)


def _call(value: Any) -> Any:
    return value() if callable(value) else value


def _to_value(value: Any) -> Hashable:
    value = _call(value)
    if isinstance(value, Model | Promise):
        return str(value)
    if type(value) not in VALUES:
        raise TypeError(f"{value!r} is no plain text, number or moment")
    return value


@lru_cache(maxsize=MAX_REMEMBERED, typed=True)
def _render(
    _language: str | None,
    words: Hashable,
    name: str,
    paths: str,
    values: Sequence[Hashable],
    /,
    **shown: Hashable,
) -> SafeString:
    rest = iter(values)
    found = {variable: {name: next(rest) for name in names} for variable, names, _read in _split(paths)}
    return SafeString(get_template(name).render({"word": words, **found, **shown}))
