"""The guides (Panduan): one Markdown file for each role, as HTML pages, with the search in them.

The office's own words take the place of those of the files. Raw HTML is shown as text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import override
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from office.models import Role, User
from office.words import get_words

PICTURES = Path(settings.BASE_DIR) / "static" / "panduan"
PICTURE = re.compile(r"(?:\.\./)+static/panduan/([\w-]+\.png)")
"""Address of a picture in a guide: relative, so that the file also reads well outside of the application."""

GUIDE = re.compile(r"([\w-]+)\.md")
MAX_PHONE_WIDTH = 450
"""Largest width, in pixels, of a picture that shows a telephone."""


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
"""Pairs of a word in the files and the word of the office that replaces it."""


@dataclass(frozen=True)
class Section:
    """A part of a guide from one heading of level 2 to the next. The part before the first has no title."""

    title: str
    html: SafeString

    @property
    def anchor(self) -> str:
        return slugify(self.title)

    @property
    def words(self) -> str:
        return " ".join(unescape(strip_tags(self.html.replace("<", " <"))).split())


@dataclass(frozen=True)
class Text:
    """A rendered guide: the heading of level 1 and the sections."""

    title: str
    sections: tuple[Section, ...]

    @property
    def titled(self) -> list[Section]:
        return [section for section in self.sections if section.title]


def list_own_words() -> OwnWords:
    with override("id"):
        own = get_words()
    return tuple((text, getattr(own, name)) for text, name in OWN_WORDS.items())


@lru_cache(maxsize=32)
def read_text(path: Path, own_words: OwnWords = ()) -> Text:
    """Render a Markdown file, with the office's words in place of those of the file."""
    own = dict(own_words)
    text = PATTERN.sub(lambda found: own.get(found[1], found[1]), path.read_text(encoding="utf-8"))
    parts = [part.partition("\n") for part in re.split(r"^##? ", text, flags=re.MULTILINE)[1:]]
    sections = [
        Section(title if number else "", SafeString(_get_renderer().render(body).strip()))
        for number, (title, _end, body) in enumerate(parts)
    ]
    return Text(parts[0][0], tuple(section for section in sections if section.html))


@cache
def _get_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    renderer.add_render_rule("image", _render_picture)
    renderer.add_render_rule("link_open", _render_link)
    return renderer


def _render_link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    found = GUIDE.fullmatch(str(tokens[index].attrs["href"]))
    if not found:
        return str(self.renderToken(tokens, index, options, env))
    return format_html('<a href="{}">', reverse("guide", args=[found[1]]))


def _render_picture(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    found = PICTURE.fullmatch(str(tokens[index].attrs["src"]))
    if not found:
        raise ValueError(f"not a picture of the guides: {tokens[index].attrs['src']}")
    with Image.open(PICTURES / found[1]) as picture:
        width, height = picture.size
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy" class="{}">',
        static(f"panduan/{found[1]}"),
        tokens[index].content,
        width,
        height,
        "phone" if width <= MAX_PHONE_WIDTH else "desktop",
    )


@dataclass(frozen=True)
class Guide:
    """A guide. `file` is a path below `docs/`, without suffix. Visitors read public ones only.

    `role` is the role that it is written for. `is_for_all_roles` marks the one about accounts and absences.
    The guides of administrators have `is_for_staff`.
    """

    file: str
    role: Role | None = None
    is_public: bool = False
    is_for_all_roles: bool = False
    is_for_staff: bool = False
    language: str = "id"

    @property
    def slug(self) -> str:
        """Name in the address: the name of the file, with the language if it is not Indonesian."""
        name = self.file.rpartition("/")[2]
        return name if self.language == "id" else f"{name}-{self.language}"

    @property
    def path(self) -> Path:
        return Path(settings.BASE_DIR) / "docs" / f"{self.file}.md"

    @property
    def text(self) -> Text:
        """The text with the office's words."""
        return read_text(self.path, list_own_words() if self.language == "id" else ())

    @property
    def title(self) -> str:
        return self.text.title

    def is_for(self, user: User | AnonymousUser) -> bool:
        """Return whether the guide describes the work of this reader."""
        if not isinstance(user, User):
            return self.is_public
        return self.is_for_all_roles or self.role in user.roles or (self.is_for_staff and user.is_staff)

    def is_readable_by(self, user: User | AnonymousUser) -> bool:
        return self.is_public or user.is_authenticated


GUIDES = (
    Guide("panduan/pemohon", is_public=True),
    Guide("panduan/pegawai", is_for_all_roles=True),
    Guide("panduan/sekretariat", Role.SECRETARIAT),
    Guide("panduan/tim-pkd", Role.TIM_PKD),
    Guide("panduan/kepala-dinas", Role.HEAD),
    Guide("panduan/kepala-bidang", Role.DIVISION_HEAD),
    Guide("panduan/petugas", Role.OFFICER),
    Guide("panduan/pengawas", Role.SUPERVISOR),
    Guide("panduan/administrator", is_for_staff=True),
    Guide("guides/administrator", is_for_staff=True, language="en"),
)
BY_SLUG = {guide.slug: guide for guide in GUIDES}


def list_guides(user: User | AnonymousUser) -> list[Guide]:
    """Return the guides that the reader may open, those for the reader's own roles first."""
    readable = [guide for guide in GUIDES if guide.is_readable_by(user)]
    return sorted(readable, key=lambda guide: not guide.is_for(user))


MOST_FOUND = 20


def find(guides: Iterable[Guide], typed: str) -> list[tuple[Guide, Section]]:
    """Return at most MOST_FOUND sections that contain all words, those with them in their heading first."""
    words = typed.casefold().split()
    found = [
        (not _contains(section.title, words), guide, section)
        for guide in guides
        for section in guide.text.sections
        if words and _contains(f"{section.title} {section.words}", words)
    ]
    return [(guide, section) for _rank, guide, section in sorted(found, key=lambda hit: hit[0])][:MOST_FOUND]


def _contains(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def find_help(user: User, title: str | Promise) -> str:
    """Return the address of the section that explains a step, or an empty text.

    Bold text in a guide is a label of the interface. Guides of the user's roles come first.
    """
    with override("id"):
        label = format_html("<strong>{}</strong>", title)
    for guide in list_guides(user):
        for section in guide.text.sections:
            if label in section.html:
                return f"{reverse('guide', args=[guide.slug])}#{section.anchor}"
    return ""


MAX_TYPED = 200


@login_not_required
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """List the guides, those of the reader's roles first, or the sections that contain the words of `q`."""
    typed = request.GET.get("q", "")[:MAX_TYPED].replace("\0", "").strip()
    found = list_guides(request.user)
    context = {"guides": found, "words": typed, "found": find(found, typed), "base": _get_base(request)}
    return render(request, "desk/guides/guides.html", context)


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide. Visitors log in first if it is not public."""
    found = BY_SLUG.get(slug)
    if found is None:
        raise Http404
    if not found.is_readable_by(request.user):
        return redirect_to_login(request.get_full_path())
    return render(request, "desk/guides/guide.html", {"guide": found, "base": _get_base(request)})


def _get_base(request: HttpRequest) -> str:
    return "base_office.html" if request.user.is_authenticated else "base.html"
