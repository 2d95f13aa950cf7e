"""Guides as HTML: sections of a Markdown file, with the office's own words. Raw HTML is shown as text."""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from PIL import Image

from office.words import get_words

PICTURES = Path(settings.BASE_DIR) / "static" / "panduan"
PICTURE = re.compile(r"(?:\.\./)+static/panduan/([\w-]+\.png)")
"""Address of a picture in a guide: relative, so that the file also reads well outside of the application."""

GUIDE = re.compile(r"([\w-]+)\.md")
RENDERER = RendererHTML()
MAX_PHONE_WIDTH = 450
"""Width in pixels up to which a picture shows a telephone."""

WORDS = {"text", "code_inline", "softbreak", "image"}

type Address = Callable[[str], str]


OWN_WORDS = {
    "Kepala Dinas": "head",
    "Kepala Bidang": "division_head",
    "Tim PKD": "agenda_team",
    "Sekretariat": "secretariat",
    "Sekretaris": "secretary",
    "Bidang": "division_name",
    "bidang": "division",
    "desa": "village",
}
"""Names of the office's words by the words of the files, which are those of the published standard (ADR 42).

The longest come first.
"""

PATTERN = re.compile(rf"\b({'|'.join(OWN_WORDS)})(?=\b|nya\b)")

type OwnWords = tuple[tuple[str, str], ...]
"""What takes the place of each word of the files."""


@dataclass(frozen=True)
class Section:
    """A part of a guide from one heading of level 2 to the next. The part before the first has no title.

    `words` is its plain text, for the search.
    """

    title: str
    tokens: tuple[Token, ...]

    @property
    def anchor(self) -> str:
        return slugify(self.title)

    @property
    def words(self) -> str:
        return " ".join(" ".join(_list_words(self.tokens)).split())

    @property
    def html(self) -> SafeString:
        """The section for a page, without its heading. Pictures are static files, loaded when near."""
        return _render(self.tokens, static)

    @property
    def print_html(self) -> SafeString:
        """The section for paper: pictures are part of the HTML."""
        return _render(self.tokens, _embed)


@dataclass(frozen=True)
class Text:
    """A parsed guide: the heading of level 1 and the sections."""

    title: str
    sections: tuple[Section, ...]

    @property
    def titled(self) -> list[Section]:
        return [section for section in self.sections if section.title]


def list_own_words() -> OwnWords:
    with override("id"):
        own = get_words()
    return tuple((text, getattr(own, name)) for text, name in OWN_WORDS.items())


def put_in(text: str, own_words: OwnWords) -> str:
    """Return a text of the files with the office's words."""
    own = dict(own_words)
    return PATTERN.sub(lambda found: own.get(found[1], found[1]), text)


@lru_cache(maxsize=32)
def read_text(path: Path, own_words: OwnWords = ()) -> Text:
    """Parse a Markdown file, with the office's words in place of those of the file."""
    title, sections = "", []
    heading, tokens = "", list[Token]()
    following = iter(_parser().parse(put_in(path.read_text(encoding="utf-8"), own_words)))
    for token in following:
        if token.type == "heading_open" and token.tag in ("h1", "h2"):
            content = next(following).content
            next(following)
            if token.tag == "h1":
                title = content
                continue
            sections.append(Section(heading, tuple(tokens)))
            heading, tokens = content, []
        else:
            tokens.append(token)
    sections.append(Section(heading, tuple(tokens)))
    return Text(title, tuple(section for section in sections if section.tokens))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _list_words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(part.content or " " for part in token.children or () if part.type in WORDS)


def _render(tokens: Sequence[Token], get_address: Address) -> SafeString:
    rendered = []
    for token in tokens:
        if token.type == "inline":
            parts = [_render_inline(part, get_address) for part in token.children or ()]
            rendered.append("".join(parts))
        else:
            rendered.append(RENDERER.render([token], _parser().options, {}))
    return SafeString("".join(rendered))


def _render_inline(token: Token, get_address: Address) -> str:
    if token.type == "image":
        return _render_picture(token, get_address)
    if token.type == "link_open" and (found := GUIDE.fullmatch(str(token.attrs["href"]))):
        return format_html('<a href="{}">', reverse("guide", args=[found[1]]))
    return RENDERER.renderInline([token], _parser().options, {})


def _render_picture(token: Token, get_address: Address) -> SafeString:
    found = PICTURE.fullmatch(str(token.attrs["src"]))
    if not found:
        raise ValueError(f"not a picture of the guides: {token.attrs['src']}")
    width, height = _get_size(found[1])
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy" class="{}">',
        get_address(f"panduan/{found[1]}"),
        token.content,
        width,
        height,
        "phone" if width <= MAX_PHONE_WIDTH else "desktop",
    )


@cache
def _get_size(name: str) -> tuple[int, int]:
    with Image.open(PICTURES / name) as picture:
        return picture.size


def _embed(name: str) -> str:
    content = (PICTURES.parent / name).read_bytes()
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
