"""The styles of a public page: what it uses of Bootstrap and of our own, small enough to stand in it.

A page that needs no second answer before it can be painted is there in half the time on a slow network.
Pages of the office take the whole style sheets, which a browser keeps.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import tinycss2
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csp import get_nonce
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHEETS = ("bootstrap/css/bootstrap.min.css", "css/rembuk.css")
SET_BY_SCRIPTS = frozenset({"shrunk"})
"""Classes that a script of a public page gives to what it adds."""

IN_PAGE = re.compile(rb'\sclass="([^"]*)"')
"""The classes of an element; in a text that somebody typed the quotes would be escaped."""

IN_SELECTOR = re.compile(r"\.((?:\\.|[\w-])+)")
CONDITIONAL = frozenset({"media", "supports"})


def styled(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: puts the styles that a page uses into the element that the page has for them.

    The element bears the nonce of this answer, which nobody can guess and so type into a page.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not (nonce := get_nonce(request)):
            return response
        page, empty = getattr(response, "content", b""), style_element(nonce).encode()
        if empty in page:
            used = frozenset(b" ".join(IN_PAGE.findall(page)).decode().split())
            filled = style_element(nonce, css_for(used)).encode()
            response.content = page.replace(empty, filled, 1)  # type: ignore[attr-defined]
        return response

    return answer


def style_element(nonce: object, css: str = "") -> SafeString:
    """The style element of an answer with this nonce, allowed by its Content-Security-Policy."""
    return format_html('<style nonce="{}">{}</style>', nonce, SafeString(css))


@lru_cache(maxsize=128)
def css_for(classes: frozenset[str]) -> str:
    """The rules of SHEETS for a page with these classes, in their order."""
    wanted = classes | SET_BY_SCRIPTS
    css = "".join(_kept(rules, wanted) for rules in _sheets())
    return _without_unused_variables(css)


@lru_cache(maxsize=1)
def _sheets() -> tuple[list[Any], ...]:
    """The parsed sheets; read once a process, so a changed one needs a new process."""
    plain = {"skip_comments": True, "skip_whitespace": True}
    return tuple(tinycss2.parse_stylesheet(_text(sheet), **plain) for sheet in SHEETS)


def _text(sheet: str) -> str:
    path = finders.find(sheet)
    if path is None:
        raise FileNotFoundError(sheet)
    return Path(path).read_text(encoding="utf-8")


def _kept(rules: list[Any], classes: frozenset[str]) -> str:
    return "".join(_rules(rules, classes))


def _rules(rules: list[Any], classes: frozenset[str]) -> Iterator[str]:
    """Each rule with those of its selectors whose every class is there."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _squeezed(rule.prelude).split(",")
            used = [s for s in selectors if "=dark" not in s and set(IN_SELECTOR.findall(s)) <= classes]
            if used:
                yield f"{','.join(used)}{{{_squeezed(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONAL:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if kept := _kept(inner, classes):
                yield f"@{rule.lower_at_keyword} {_squeezed(rule.prelude)}{{{kept}}}"


def _squeezed(tokens: list[Any]) -> str:
    return re.sub(r"\s+", " ", tinycss2.serialize([t for t in tokens if t.type != "comment"])).strip()


def _without_unused_variables(css: str) -> str:
    """Leaves out what Bootstrap sets for parts of it that are not here."""
    used = set(re.findall(r"var\((--[\w-]+)", css))
    return re.sub(r"(--bs-[\w-]+):[^;{}]*(?:;|(?=}))", lambda m: m[0] if m[1] in used else "", css)
