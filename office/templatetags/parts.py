"""The tag `part`: a part of a page whose text depends on its values alone, remembered by the process.

A row of a list costs a thousand function calls to render and a few dozen to look up. Lists show the same rows
again and again: to the next reader, and to the same one after each step.
"""

from collections.abc import Hashable, Iterator
from dataclasses import is_dataclass
from functools import lru_cache

from django import template
from django.db.models import Model
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from office.words import Words, get_words

MAX_REMEMBERED = 4096
"""Parts that a process remembers, of about a kilobyte each. Those used longest ago are forgotten."""

register = template.Library()


@register.simple_tag
def part(name: str, **shown: Hashable) -> SafeString:
    """Return a template rendered with `shown` and `word` only, as `include ... with ... only` does.

    Values are texts, numbers, moments, and frozen dataclasses and tuples of them. A template that shows the
    present time or the request is no part.
    """
    return _render(get_language(), get_words(), name, **shown)


@lru_cache(maxsize=MAX_REMEMBERED, typed=True)
def _render(_language: str | None, words: Words, name: str, /, **shown: Hashable) -> SafeString:
    for value in shown.values():
        for inner in _list_inner(value):
            if isinstance(inner, Model):
                raise TypeError(f"{name}: a record equals its later versions, so it is no value of a part")
            if isinstance(inner, SafeString) and inner is not value:
                raise TypeError(f"{name}: safe text equals unsafe text, so it must be a value of its own")
    return SafeString(get_template(name).render({"word": words, **shown}))


def _list_inner(value: object) -> Iterator[object]:
    """Yield a value and all that it contains."""
    yield value
    inner = vars(value).values() if is_dataclass(value) else value if isinstance(value, tuple) else ()
    for each in inner:
        yield from _list_inner(each)
