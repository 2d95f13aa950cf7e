"""Previews of long documents: the PDF of what the officer has typed so far."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from consultations.drafts import DraftConflict, save_draft
from consultations.models import Case
from consultations.workflow import check
from dispositions.models import StaffReview
from kit import clock
from office.models import User
from reports.documents.contexts.source import Source
from reports.documents.files import read_document
from reports.documents.issuing import draft_document
from reports.documents.types import REPORT, TYPES_BY_KIND, DocumentType
from reports.forms.items import readable_items
from reports.models import Document
from reports.sections import TEXTS
from reports.services import build_version, get_draft_document

STAFF_REVIEW = TYPES_BY_KIND[Document.Kind.STAFF_REVIEW]


def draft_report(case: Case, by: User, title: str, typed: Mapping[str, Any]) -> Document:
    """Return the report of the typed texts and items, not saved."""
    texts = {name: typed[name].strip() for name in TEXTS}
    return get_draft_document(build_version(case, by=by, title=title, items=readable_items(typed), **texts))


def draft_review(case: Case, by: User, title: str, typed: Mapping[str, Any]) -> Document:
    """Return the staff review (Telaahan Staf) of the typed texts, not saved."""
    texts = {name: typed[name].strip() for name in StaffReview.PARTS}
    review = StaffReview(case=case, by=by, title=title, at=clock.now(), **texts)
    return draft_document(STAFF_REVIEW, case, Source(review, by, title, review.at, is_final=False))


PREVIEWS: dict[str, tuple[DocumentType, Callable[[Case, User, str, Mapping[str, Any]], Document]]] = {
    "report": (REPORT, draft_report),
    "prepare": (STAFF_REVIEW, draft_review),
    "amend": (STAFF_REVIEW, draft_review),
}
"""The document of each verb with a preview, and the function that makes it from the typed texts."""


def render_preview(case: Case, verb: str, *, by: User, typed: Mapping[str, Any], **window: Any) -> bytes:
    """Save the draft and render it as a PDF that is marked as a draft.

    A newer draft of another window is not overwritten. Raises as `save_draft` does, except DraftConflict, and
    TooLong if the text does not fit into a document.
    """
    title = check(verb, case, by=by).title
    with suppress(DraftConflict):
        save_draft(case, verb, by=by, typed=typed, **window)
    _document_type, draft = PREVIEWS[verb]
    return read_document(draft(case, by, title, typed))
