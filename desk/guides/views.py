"""Guides in the application (Panduan): the list with its search, one guide, and its PDF."""

from functools import lru_cache
from threading import Lock

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.guides.catalogue import BY_SLUG, GUIDES, Guide, find, list_guides
from kit import clock
from kit.cache import get_version
from reports.documents.printed_forms import PrintedForm

_rendering = Lock()


def render_guide(slug: str) -> bytes:
    """Return a guide as PDF. Each process renders it once, and again after a change of the office's data."""
    with _rendering:
        return _render(slug, get_version() or f"{clock.now():%Y%m%d%H%M}")


@lru_cache(maxsize=len(GUIDES))
def _render(slug: str, version: str) -> bytes:
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
    return render(request, "guides/guides.html", {**context, "base": _get_base(request)})


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide. Visitors log in first if it is not public."""
    found = _get_guide(slug)
    if not found.is_readable_by(request.user):
        return redirect_to_login(request.get_full_path())
    return render(request, "guides/guide.html", {"guide": found, "base": _get_base(request)})


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
