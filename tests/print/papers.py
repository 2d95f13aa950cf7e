"""The papers of a case as HTML, and the words that stand on them."""

import re

from consultations.models import Case
from reports.documents import TYPES_BY_KIND, TYPES_BY_SLUG
from reports.html import render_html
from reports.issuing import get_document
from reports.models import Document


def issued(case: Case, kind: Document.Kind) -> Document:
    """The paper of a kind that is in force."""
    return Document.objects.in_force().get(case=case, kind=kind)


def html_of(slug: str, case: Case) -> str:
    """The newest paper of a kind, as issued or as a draft."""
    return render_html(get_document(TYPES_BY_SLUG[slug], case))


def words_of(slug: str, case: Case) -> str:
    """Its words, without tags and style."""
    return words_in(html_of(slug, case))


def words_in(html: str) -> str:
    """The words of a page, with single spaces; the titles of pictures left out."""
    body = re.sub("<title>.*?</title>", " ", html[html.index("<body") :].replace("&nbsp;", " "))
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def of(document: Document) -> str:
    """The words of one document, also of one that was replaced."""
    assert TYPES_BY_KIND[document.kind]
    return words_in(render_html(document))
