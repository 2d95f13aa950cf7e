"""Every text of the interface passes through gettext and has a translation."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.template.base import DebugLexer, Token, TokenType

from tests.standard.house import ROOMS, ROOT

pytestmark = pytest.mark.same_on_every_database

CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
CODE = sorted({room.partition(".")[0] for room in ROOMS})
COMMITTED = polib.pofile(str(ROOT / CATALOGUE))
PARTS = (r"%\(\w+\)[sd]|%%", r"<[^>]+>", r"^\s*", r"[\s.,:;?!]*$")
"""Parts that a translation must share with its text: variables, tags, spaces, punctuation at the end."""


def list_translations(entry: polib.POEntry) -> list[str]:
    """Return the translations of an entry: one, or one for each plural form."""
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """Return the catalogue that `bin/messages` creates from a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for name in (*CODE, "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    shutil.copy(ROOT / "manage.py", copy)
    (copy / CATALOGUE).parent.mkdir(parents=True)
    shutil.copy(ROOT / CATALOGUE, copy / CATALOGUE)
    subprocess.run(
        [sys.executable, "manage.py", "messages", "--verbosity", "0"],
        cwd=copy,
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "only-for-tests",
            "REMBUK_DATA": str(copy),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
    )
    return polib.pofile(str(copy / CATALOGUE))


def test_catalogue_has_every_text_and_no_other(collected: polib.POFile) -> None:
    now, before = ({(e.msgctxt, e.msgid) for e in each} for each in (collected, COMMITTED))
    assert now - before == set(), "new texts: run bin/messages and translate them"
    assert before - now == set(), "texts that are gone: run bin/messages"


MISUNDERSTOOD = (
    *("Kembali mengubah", "tidak semestinya", "Kenyataannya", "dari 100 selesai", "Sekarang di tangan"),
    *("kirim atau putuskan", "Tulis paling banyak", "Tidak ditempuh", "katasandi", "mempengaruhi"),
)
"""Words that readers misunderstood, or that are misspelt."""


def test_misunderstood_words_do_not_come_back() -> None:
    texts = "\n".join(entry.msgid for entry in COMMITTED)
    assert [words for words in MISUNDERSTOOD if words in texts] == []


def find_errors(entry: polib.POEntry) -> Iterator[str]:
    """Yield the errors of a translation."""
    if entry.obsolete or entry.fuzzy:
        yield "obsolete or fuzzy"
    for text in list_translations(entry):
        if not text.strip():
            yield "not translated"
        for part in PARTS:
            if sorted(re.findall(part, text)) != sorted(re.findall(part, entry.msgid)):
                yield f"other {part} in: {text}"


def test_every_text_is_translated_with_its_parts() -> None:
    assert {entry.msgid: found for entry in COMMITTED if (found := [*find_errors(entry)])} == {}


NOT_IN_WORDS = frozenset({"Rembuk", "WIB", "PDF", "WhatsApp", "SHA", "NIP"})
"""Words that are the same in every language."""


def words(text: str) -> list[str]:
    without_hosts = re.sub(r"\w+(\.\w{2,})+", "", text)
    return [word for word in re.findall(r"[^\W\d_]{2,}", without_hosts) if word not in NOT_IN_WORDS]


class BareText(HTMLParser):
    """Collect the words of an HTML page that a user sees or hears."""

    HEARD = frozenset({"aria-label", "title", "placeholder", "alt", "value", "content", "label"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_no_text = tag in ("script", "style") or ("lang", "id") in attrs  # the name of an Indonesian body
        self.silent = tag if is_no_text else self.silent
        form_field = tag in ("input", "option") and dict(attrs).get("type") not in ("submit", "button")
        for name, value in attrs:
            if name in self.HEARD and not (name == "value" and form_field) and tag not in ("meta", "button"):
                self.keep(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent = "" if tag == self.silent else self.silent

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.keep(data)

    def keep(self, text: str) -> None:
        self.words += words(text)


ATTRIBUTES = frozenset(
    f"block {name}"
    for name in ("width", "main_attrs", "brand_link", "body_class", "bar_width", "form_name", "action")
)
"""Blocks inside a tag of a base template. They contain classes, URLs and names, no text."""


def outside_tags(template: str) -> str:
    """A template's own text: without its tags and variables, and without what is translated."""
    kept: list[str] = []
    until = ""
    for token in DebugLexer(template).tokenize():
        name = _first_word(token)
        if until:
            until = "" if name == until else until
        elif name in ("blocktranslate", "comment"):
            until = f"end{name}"
        elif token.token_type == TokenType.BLOCK and token.contents in ATTRIBUTES:
            until = "endblock"
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
    return "".join(kept)


def _first_word(token: Token) -> str:
    return token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""


def test_templates_have_no_bare_text() -> None:
    folder = ROOT / "templates"
    for template in folder.rglob("*.html"):
        if folder / "print" not in template.parents:
            page = BareText()
            page.feed(outside_tags(template.read_text(encoding="utf-8")))
            assert page.words == [], template


def test_bare_text_would_be_found() -> None:
    page = BareText()
    text = '{# no #}<a title="Satu">Dua {{ tiga }}{% translate "Empat" %}</a><style>p</style>'
    page.feed(outside_tags(text))
    assert page.words == ["Satu", "Dua"]


SHOWN = {
    *("label", "help_text", "verbose_name", "verbose_name_plural", "violation_error_message", "empty_label"),
    *("description", "message", "sentence"),
}
"""Keyword arguments with a text for the user."""

SAID = {
    *("Refused", "ValidationError", "DocumentUnavailable", "SigningFailed", "TooLong", "DraftTooLong"),
    "add_error",
}
"""Functions whose last argument is a sentence for the user."""

FIELD = re.compile(r"models\.\w*(Field|Key)$|^\w*PhoneNumberField$")


def bare_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of strings for the user that do not pass through gettext."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for keyword in node.keywords:
                if keyword.arg in SHOWN:
                    yield from _literal(keyword.value)
            if called.split(".")[-1] in SAID or called.startswith("messages."):
                for argument in node.args[-1:]:
                    yield from _literal(argument)
            if FIELD.search(called) and not called.endswith(("ForeignKey", "OneToOneField")):
                for argument in node.args[:1]:
                    yield from _literal(argument)
        if isinstance(node, ast.ImportFrom):
            for name in node.names:  # xgettext knows gettext by its own names and as `_` alone
                if "gettext" in name.name and name.asname not in (None, "_"):
                    yield node.lineno, name.asname
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SHOWN - {"description"}:
            yield from _literal(node.value)
        if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases):
            for choice in node.body:
                if isinstance(choice, ast.Assign) and isinstance(choice.value, ast.Tuple):
                    yield from _literal(choice.value.elts[-1])


def _literal(value: ast.expr) -> Iterator[tuple[int, str]]:
    """Yield line and text of a string or f-string that contains a word."""
    if isinstance(value, ast.JoinedStr):
        text = "".join(str(part.value) for part in value.values if isinstance(part, ast.Constant))
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
    else:
        return
    if words(text):
        yield value.lineno, text


def test_code_has_no_bare_text() -> None:
    for module in (module for app in CODE for module in (ROOT / app).rglob("*.py")):
        if not {"migrations", "management"} & {*module.relative_to(ROOT).parts}:
            code = module.read_text(encoding="utf-8")
            assert [*bare_texts(ast.parse(code))] == [], module


def test_bare_text_in_code_would_be_found() -> None:
    code = (
        'f(label="Satu")\nraise Refused(f"Dua {x}")\nclass A(TextChoices):\n    B = "B", "Tiga"\n_("Empat")'
    )
    assert [text for _line, text in bare_texts(ast.parse(code))] == ["Tiga", "Satu", "Dua "]
