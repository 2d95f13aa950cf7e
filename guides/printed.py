"""Guides as PDF, with the office's letterhead."""

from functools import lru_cache
from threading import Lock

from guides.catalogue import BY_SLUG, GUIDES
from kit.cache import get_version
from office import clock
from reports.printed_forms import PrintedForm

_rendering = Lock()


def render_guide(slug: str) -> bytes:
    """Return a guide as PDF. Each process renders it once, and again after a change of the office's data."""
    with _rendering:
        return _render(slug, get_version() or f"{clock.now():%Y%m%d%H%M}")


@lru_cache(maxsize=len(GUIDES))
def _render(slug: str, version: str) -> bytes:
    guide = BY_SLUG[slug]
    return PrintedForm(guide.title, "panduan").render(guide=guide)
