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
SET_BY_SCRIPTS = frozenset({".shrunk"})
"""Classes that a script of a public page gives to what it adds."""

IN_PAGE = re.compile(rb'<([a-z][a-z0-9]*)|\sclass="([^"]*)"')
"""The elements of a page and their classes; in a text that somebody typed bracket and quotes are escaped."""

BESIDE = re.compile(r"\[[^]]*]|:not\([^)]*\)|::?[\w-]+")
"""What a selector says of an element beside its name and its classes."""

IN_SELECTOR = re.compile(r"\.(?:\\.|[\w-])+|(?<![\w.#\\-])[a-z][a-z0-9]*")
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
            filled = style_element(nonce, css_for(_used(page))).encode()
            response.content = page.replace(empty, filled, 1)  # type: ignore[attr-defined]
        return response

    return answer


def style_element(nonce: object, css: str = "") -> SafeString:
    """The style element of an answer with this nonce, allowed by its Content-Security-Policy."""
    return format_html('<style nonce="{}">{}</style>', nonce, SafeString(css))


def _used(page: bytes) -> frozenset[str]:
    """The names of a page's elements (`a`) and classes (`.btn`)."""
    found = IN_PAGE.findall(page)
    classes = b" ".join(names for _element, names in found).decode().split()
    return frozenset({*(element.decode() for element, _names in found), *(f".{name}" for name in classes)})


@lru_cache(maxsize=128)
def css_for(used: frozenset[str]) -> str:
    """The rules of SHEETS for a page with these elements and classes, in their order."""
    css = "".join(_kept(rules, used | SET_BY_SCRIPTS) for rules in _sheets())
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


def _kept(rules: list[Any], used: frozenset[str]) -> str:
    return "".join(_rules(rules, used))


def _rules(rules: list[Any], used: frozenset[str]) -> Iterator[str]:
    """Each rule with those of its selectors whose every element and class is there."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _squeezed(rule.prelude).split(",")
            kept = [selector for selector in selectors if _applies(selector, used)]
            if kept:
                yield f"{','.join(kept)}{{{_squeezed(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONAL:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if css := _kept(inner, used):
                yield f"@{rule.lower_at_keyword} {_squeezed(rule.prelude)}{{{css}}}"


def _applies(selector: str, used: frozenset[str]) -> bool:
    return "=dark" not in selector and used.issuperset(IN_SELECTOR.findall(BESIDE.sub("", selector)))


def _squeezed(tokens: list[Any]) -> str:
    return re.sub(r"\s+", " ", tinycss2.serialize([t for t in tokens if t.type != "comment"])).strip()


def _without_unused_variables(css: str) -> str:
    """Leaves out what Bootstrap sets for parts of it that are not here."""
    used = set(re.findall(r"var\((--[\w-]+)", css))
    return re.sub(r"(--bs-[\w-]+):[^;{}]*(?:;|(?=}))", lambda m: m[0] if m[1] in used else "", css)
