"""The texts of letters: a little Markdown with fields, filled in as HTML.

A text begins with the line `Hal: ...`. A field is a name in braces: `{nomor_agenda}`. Of Markdown a text has
paragraphs, lists, quotations, headings, bold and italics. Nothing in a text or a value is HTML or code.

Lines that begin with `|` are facts: `| Waktu | {waktu} |`. Facts without a label are further items of the
fact above them.

A paragraph, item or fact with an empty field is left out. So is a heading, or a paragraph that ends with a
colon, if nothing is left of what follows it.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kit.pdf import BULLET, split_bullets

type Value = str | Sequence[str]
"""What a field becomes: a text, a list, or a part of the layout (SafeString). Empty: left out."""

MAX_LENGTH = 20_000
"""Characters of a text."""

FIELD = re.compile(r"\{([^{}]*)\}")
MARKDOWN = MarkdownIt("zero").enable(
    ["list", "blockquote", "heading", "emphasis", "balance_pairs", "newline"]
)
SUBJECT = "Hal:"
LEADS = SafeString(' class="di-atas-tabel"')
TAGS = {"strong": "strong", "em": "em", "bullet_list": "ul", "ordered_list": "ol"}


def split_subject(text: str) -> tuple[str, str]:
    """Return the subject of the first line (Hal), and the rest of a text."""
    first, _newline, rest = text.strip().partition("\n")
    return (first.removeprefix(SUBJECT).strip(), rest) if first.startswith(SUBJECT) else ("", text)


def list_fields(text: str) -> list[str]:
    """Return the names of the fields in a text, each once, in its order."""
    return list(dict.fromkeys(FIELD.findall(text)))


def check_text(text: str, known: Collection[str], required: Collection[str] = ()) -> None:
    """Raise ValidationError unless the text can be filled in with the `known` fields.

    It must have a subject and the `required` fields.
    """
    subject, body = split_subject(text)
    errors: list[str | Promise] = []
    if not subject or not body.strip():
        errors.append(_("Awali dengan baris “Hal: …”, lalu tulis isi suratnya di bawahnya."))
    if len(text) > MAX_LENGTH:
        errors.append(_("Teksnya terlalu panjang: paling banyak %(count)s huruf.") % {"count": MAX_LENGTH})
    for name in list_fields(text):
        if name not in known:
            nearest = next(iter(get_close_matches(name, known, 1)), "")
            known_one = _("Isian {%(name)s} tidak dikenal. Maksud Anda {%(nearest)s}?")
            message = known_one if nearest else _("Isian {%(name)s} tidak dikenal. Pilih dari daftar isian.")
            errors.append(message % {"name": name[:50], "nearest": nearest})
    if re.search(r"[{}]", FIELD.sub("", text)):
        errors.append(_("Kurung kurawal hanya untuk isian, contoh: {nomor_agenda}."))
    if missing := [f"{{{name}}}" for name in required if name not in list_fields(text)]:
        errors.append(_("Surat ini harus memuat isian %(names)s.") % {"names": ", ".join(missing)})
    if errors:
        raise ValidationError(errors)


@dataclass(frozen=True)
class Passage:
    """A paragraph of what a drafter wrote, or the items of a list with the line that leads to it."""

    text: str
    items: tuple[str, ...] = ()


def split_passages(text: str) -> list[Passage]:
    """Return the passages of a text. Empty lines part them; lines with a mark or number are items."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line for line in block.splitlines() if line.strip()]
        first = next((n for n, line in enumerate(lines) if BULLET.match(line)), len(lines))
        items = split_bullets("\n".join(lines[first:]))
        found.append(Passage("\n".join(lines[:first]), tuple(items)))
    return found


def show_passages(text: str) -> SafeString:
    """Return what a drafter wrote as paragraphs and lists; empty without a text."""
    if not text.strip():
        return SafeString("")
    return mark_safe(
        "".join(
            (
                format_html("<p{}>{}</p>", LEADS if one.items else "", linebreaksbr(one.text))
                if one.text
                else ""
            )
            + (_numbered([conditional_escape(item) for item in one.items]) if one.items else "")
            for one in split_passages(text)
        )
    )


def fill_line(text: str, values: Mapping[str, Value], speak: Callable[[str], str] = str) -> str:
    """Return one line with its fields filled in, as plain text; empty if a field is."""
    if not all(values[name] for name in FIELD.findall(text)):
        return ""
    parts = FIELD.split(text)
    return "".join(_join(values[one]) if n % 2 else speak(one) for n, one in enumerate(parts))


def fill(text: str, values: Mapping[str, Value], speak: Callable[[str], str] = str) -> SafeString:
    """Return the body of a text as HTML. `speak` puts its own words, not the values, in those of the case."""
    nodes = SyntaxTreeNode(MARKDOWN.parse(split_subject(text)[1])).children
    return mark_safe(_Filling(values, speak).join(nodes))


@dataclass(frozen=True)
class _Filling:
    """HTML of the nodes of a text. A node that is left out is an empty string."""

    values: Mapping[str, Value]
    speak: Callable[[str], str]

    def join(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        shown = ""
        following = "-"
        for node in reversed(nodes):
            following = self.show(node) if following or not _leads(node) else ""
            shown = following + shown
        return shown

    def show(self, node: SyntaxTreeNode) -> str:
        source = "" if node.children and node.type in {*TAGS, "list_item", "blockquote"} else _source(node)
        if node.type == "paragraph" and all(line.startswith("|") for line in source.splitlines()):
            return self.facts(source)
        if not self.has_values(source):
            return ""
        if node.type == "paragraph":
            alone = FIELD.fullmatch(source)
            return self.alone(alone[1]) if alone else f"<p>{self.inline(node)}</p>"
        if node.type == "heading":
            return f'<h2 class="hal">{self.inline(node)}</h2>'
        if node.type == "list_item":
            paragraph = node.children[0] if node.children else None
            if paragraph is None or not self.has_values(_source(paragraph)):
                return ""
            return f"<li>{self.inline(paragraph)}{self.join(node.children[1:])}</li>"
        inner = self.join(node.children)
        if not inner:
            return ""
        if node.type == "blockquote":
            return f'<div class="kutipan">{inner}</div>'
        return f"<{TAGS[node.type]}>{inner}</{TAGS[node.type]}>"

    def has_values(self, source: str) -> bool:
        return all(self.values[name] for name in FIELD.findall(source))

    def inline(self, node: SyntaxTreeNode) -> str:
        """Return the words of a node in one line of HTML."""
        if node.type == "text":
            return self.words(node.content)
        if node.type in {"softbreak", "hardbreak"}:
            return " " if node.type == "softbreak" else "<br>"
        inner = "".join(self.inline(child) for child in node.children)
        tag = TAGS.get(node.type)
        return f"<{tag}>{inner}</{tag}>" if tag else inner

    def words(self, text: str) -> str:
        parts = FIELD.split(text)
        return "".join(
            str(linebreaksbr(_join(self.values[one])) if n % 2 else conditional_escape(self.speak(one)))
            for n, one in enumerate(parts)
        )

    def alone(self, name: str) -> str:
        """Return the value of a field that is a paragraph of its own."""
        value = self.values[name]
        if isinstance(value, str):
            return value if isinstance(value, SafeString) else linebreaks(value, autoescape=True)
        return _numbered([conditional_escape(item) for item in value])

    def facts(self, source: str) -> str:
        rows: list[tuple[str, list[str]]] = []
        for line in source.splitlines():
            label, _bar, content = line.strip().strip("|").partition("|")
            if label.strip() or not rows:
                rows.append((label.strip(), []))
            rows[-1][1].append(content.strip())
        shown = [(self.speak(label), cells, self.cells(cells)) for label, cells in rows]
        is_listed = any(len(cells) > 1 for _label, cells in rows)
        body = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td></tr>',
            ((label, SafeString(cell)) for label, _cells, cell in shown if cell),
        )
        return body and format_html('<table class="fakta{}">{}</table>', " amar" if is_listed else "", body)

    def cells(self, cells: list[str]) -> str:
        filled = [self.cell(content) for content in cells if self.has_values(content)]
        return _numbered(filled) if len(cells) > 1 and filled else "".join(filled)

    def cell(self, content: str) -> str:
        alone = FIELD.fullmatch(content)
        value = self.values[alone[1]] if alone else ""
        if value and not isinstance(value, str):
            return (
                _numbered([conditional_escape(item) for item in value]) if len(value) > 1 else _br(value[0])
            )
        return "".join(self.inline(child) for child in SyntaxTreeNode(MARKDOWN.parseInline(content)).children)


def _source(node: SyntaxTreeNode) -> str:
    return node.children[0].content if node.children and node.children[0].type == "inline" else ""


def _leads(node: SyntaxTreeNode) -> bool:
    """Return whether a node makes no sense without the one that follows."""
    return node.type == "heading" or (node.type == "paragraph" and _source(node).endswith(":"))


def _join(value: Value) -> str:
    return value if isinstance(value, str) else "; ".join(value)


def _br(text: str) -> str:
    return str(linebreaksbr(text))


def _numbered(items: Sequence[str]) -> str:
    return '<ol class="angka">' + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
