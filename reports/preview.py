"""The preview of a report: the PDF of what its officer has typed so far."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from consultations.drafts import DraftConflict, save_draft
from consultations.models import Case
from consultations.workflow import check
from office.models import User
from reports.document_files import read_document
from reports.items import Item
from reports.sections import TEXTS
from reports.services import build_version, get_draft_document


def render_preview(
    case: Case, *, by: User, items: Iterable[Item], typed: Mapping[str, Any], **window: Any
) -> bytes:
    """Save the draft and render it as a PDF that is marked as a draft.

    A newer draft of another window is not overwritten. Raises as `save_draft` does, except DraftConflict, and
    TooLong if the report does not fit into a document.
    """
    title = check("report", case, by=by).title
    with suppress(DraftConflict):
        save_draft(case, "report", by=by, typed=typed, **window)
    texts = {name: typed[name].strip() for name in TEXTS}
    preview = build_version(case, by=by, title=title, items=items, **texts)
    return read_document(get_draft_document(preview))
