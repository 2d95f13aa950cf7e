"""The styles of the public pages: what they use of Bootstrap and of our own, small enough to stand in them.

A page that needs no second answer before it can be painted is there in half the time on a slow network.
Pages of the office take the whole style sheets, which a browser keeps.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import crispy_bootstrap5
import tinycss2
from django.conf import settings
from django.contrib.staticfiles import finders

SHEETS = ("bootstrap/css/bootstrap.min.css", "css/rembuk.css")
TEMPLATES = settings.BASE_DIR / "templates"
PUBLIC = ("base.html", "base_plain.html", "public", "surveys", "ui", "account", "allauth/elements")
"""The templates that a page for everybody can be made of."""

CRISPY = Path(crispy_bootstrap5.__file__).parent / "templates" / "bootstrap5"
FIELDS = (
    "field.html",
    "uni_form.html",
    "layout/radio_checkbox_select.html",
    "layout/help_text_and_errors.html",
    "layout/help_text.html",
    "layout/field_errors.html",
    "layout/field_errors_block.html",
    "layout/fieldset.html",
    "layout/row.html",
    "layout/column.html",
)
"""The templates of crispy by which a field is set."""

SET_BY_CODE = frozenset(
    {
        "alert-danger",
        "alert-info",
        "alert-success",
        "alert-warning",
        "col-md",
        "form-control",
        "form-select",
        "form-check-input",
        "is-invalid",
    }
)
ATTRIBUTE = re.compile(r"class=[\"'](.*?)[\"'][\s>]|css_class=[\"'](.*?)[\"']", re.DOTALL)
NAME = re.compile(r"[A-Za-z][\w-]*")
CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
VARIABLE = re.compile(r"--[\w-]+")
CONDITIONAL = frozenset({"media", "supports"})


@lru_cache(maxsize=1)
def public_css() -> str:
    """The rules of SHEETS whose every class stands in a public template, in their order.

    Read once a process; a changed style sheet needs a new one.
    """
    words = frozenset(_words(*(TEMPLATES / name for name in PUBLIC), *(CRISPY / name for name in FIELDS)))
    css = "".join(_kept(_rules(_text(sheet)), words) for sheet in SHEETS)
    return _without_unused_variables(css)


def _words(*sources: Path) -> Iterator[str]:
    """Every word in a class attribute, that of a template's tag too: too many rather than too few."""
    yield from SET_BY_CODE
    for source in sources:
        for file in [source] if source.is_file() else sorted(source.rglob("*.html")):
            for found in ATTRIBUTE.findall(file.read_text(encoding="utf-8")):
                yield from NAME.findall(" ".join(found))


def _text(sheet: str) -> str:
    path = finders.find(sheet)
    if path is None:
        raise FileNotFoundError(sheet)
    return Path(path).read_text(encoding="utf-8")


def _rules(css: str) -> list[Any]:
    rules: list[Any] = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return rules


def _kept(rules: Iterable[Any], words: frozenset[str]) -> str:
    return "".join(_rule(rule, words) for rule in rules)


def _rule(rule: Any, words: frozenset[str]) -> str:
    """A rule with the selectors that are used; nothing where there is none."""
    if rule.type == "qualified-rule":
        selectors = _squeezed(rule.prelude).split(",")
        used = [s for s in selectors if "data-bs-theme=dark" not in s and set(CLASS.findall(s)) <= words]
        return f"{','.join(used)}{{{_squeezed(rule.content)}}}" if used else ""
    if rule.type != "at-rule" or rule.content is None:
        return ""
    if rule.lower_at_keyword in CONDITIONAL:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        kept = _kept(inner, words)
        return f"@{rule.lower_at_keyword} {_squeezed(rule.prelude)}{{{kept}}}" if kept else ""
    return ""


def _squeezed(tokens: list[Any]) -> str:
    return re.sub(r"\s+", " ", tinycss2.serialize([t for t in tokens if t.type != "comment"])).strip()


def _without_unused_variables(css: str) -> str:
    """Leaves out what `:root` sets for parts of Bootstrap that are not here."""
    used = set(re.findall(r"var\((--[\w-]+)", css))
    return re.sub(r"(--bs-[\w-]+):[^;{}]*(?:;|(?=}))", lambda m: m[0] if m[1] in used else "", css)
