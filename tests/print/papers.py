"""The papers of a case as HTML, and the words that stand on them."""

import re

from consultations.models import Case
from reports.documents import KIND_OF, KINDS
from reports.issuing import paper_of
from reports.models import Document
from reports.setting import to_html


def issued(case: Case, kind: Document.Kind) -> Document:
    """The paper of a kind that is in force."""
    return Document.objects.in_force().get(case=case, kind=kind)


def html_of(slug: str, case: Case) -> str:
    """The newest paper of a kind, as issued or as a draft."""
    return to_html(paper_of(KINDS[slug], case))


def words_of(slug: str, case: Case) -> str:
    """Its words, without tags and style."""
    return words_in(html_of(slug, case))


def words_in(html: str) -> str:
    """The words of a page, with single spaces; the titles of pictures left out."""
    body = re.sub("<title>.*?</title>", " ", html[html.index("<body") :].replace("&nbsp;", " "))
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def of(document: Document) -> str:
    """The words of one document, also of one that was replaced."""
    assert KIND_OF[document.kind]
    return words_in(to_html(document))
