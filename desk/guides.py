"""The guides (Panduan): one Markdown file for each role, as HTML pages and PDF, with the search in them.

The office's own words take the place of those of the files. Raw HTML is shown as text.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import override
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from PIL import Image

from kit import clock
from kit.cache import get_version
from office.models import Role, User
from office.words import get_words
from reports.documents.files import PrintedForm

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


@lru_cache(maxsize=32)
def read_text(path: Path, own_words: OwnWords = ()) -> Text:
    """Parse a Markdown file, with the office's words in place of those of the file."""
    title, sections, own = "", [], dict(own_words)
    heading, tokens = "", list[Token]()
    text = PATTERN.sub(lambda found: own.get(found[1], found[1]), path.read_text(encoding="utf-8"))
    following = iter(_parser().parse(text))
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


def list_guides(user: User | AnonymousUser) -> tuple[list[Guide], list[Guide]]:
    """Return the guides for the reader's own roles, and the others that the reader may open."""
    readable = [guide for guide in GUIDES if guide.is_readable_by(user)]
    own = [guide for guide in readable if guide.is_for(user)]
    return own, [guide for guide in readable if guide not in own]


MOST_FOUND = 20
MOST_WORDS = 8
BEFORE, AFTER = 60, 160
"""Characters shown before and after the first word that is found."""

QUESTION_WORDS = {"apa", "bagaimana", "cara", "dan", "di", "saya", "untuk", "yang", "how", "to"}
SAME = {"email": "surel", "password": "sandi", "wa": "whatsapp"}
"""Words of the Indonesian guides, by other words that people type for them."""

AFFIXES = re.compile(r"^(?:meng|meny|mem|men|me|di)?(.{4,}?)(?:kan)?$")
"""Affixes of Indonesian verbs. The rest is part of all forms: "olak" of "menolak", "tolak" and "ditolak"."""


@dataclass(frozen=True)
class Found:
    """A section that contains the words, and the text around the first of them."""

    guide: Guide
    section: Section
    excerpt: str


def find(guides: Iterable[Guide], typed: str) -> list[Found]:
    """Return at most MOST_FOUND sections.

    Those with all words in their heading come first, those without a heading last.
    """
    typed_words = [word for word in typed.casefold().split()[:MOST_WORDS] if word not in QUESTION_WORDS]
    if not typed_words:
        return []
    indonesian = [AFFIXES.sub(r"\1", SAME.get(word, word)) for word in typed_words]
    found = []
    for guide in guides:
        words = indonesian if guide.language == "id" else typed_words
        for section in guide.text.sections:
            if _contains(f"{section.title} {section.words}", words):
                rank = (not _contains(section.title, words), not section.title)
                found.append((rank, Found(guide, section, _excerpt(section.words, words))))
    return [hit for _rank, hit in sorted(found, key=lambda pair: pair[0])][:MOST_FOUND]


def _contains(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _excerpt(text: str, words: list[str]) -> str:
    folded = text.casefold()
    places = [place for word in words if (place := folded.find(word)) >= 0]
    start = max(min(places, default=0) - BEFORE, 0)
    start = text.find(" ", start) + 1 if start else 0
    end = start + BEFORE + AFTER
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


_rendering = Lock()


def render_guide(slug: str) -> bytes:
    """Return a guide as PDF. Each process renders it once, and again after a change of the office's data."""
    with _rendering:
        return _render_pdf(slug, get_version() or f"{clock.now():%Y%m%d%H%M}")


@lru_cache(maxsize=len(GUIDES))
def _render_pdf(slug: str, version: str) -> bytes:
    guide = BY_SLUG[slug]
    return PrintedForm(guide.title, "panduan").render(guide=guide)


MAX_TYPED = 200


@login_not_required
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """List the guides, those of the reader's roles first, or the sections that contain the words of `q`."""
    typed = request.GET.get("q", "")[:MAX_TYPED].replace("\0", "").strip()
    own, others = list_guides(request.user)
    context = {"own": own, "others": others, "words": typed, "found": find([*own, *others], typed)}
    return render(request, "desk/guides/guides.html", {**context, "base": _get_base(request)})


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide. Visitors log in first if it is not public."""
    found = _get_guide(slug)
    if not found.is_readable_by(request.user):
        return redirect_to_login(request.get_full_path())
    return render(request, "desk/guides/guide.html", {"guide": found, "base": _get_base(request)})


@login_not_required
@require_safe
def guide_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a guide as PDF: `panduan/<slug>.pdf`."""
    found = _get_guide(slug)
    if not found.is_readable_by(request.user):
        return redirect_to_login(request.get_full_path())
    headers = {"Content-Disposition": f'inline; filename="panduan-{slug}.pdf"'}
    return HttpResponse(render_guide(slug), content_type="application/pdf", headers=headers)


def _get_guide(slug: str) -> Guide:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _get_base(request: HttpRequest) -> str:
    return "base_office.html" if request.user.is_authenticated else "base.html"
