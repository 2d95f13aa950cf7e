"""The draft of a report: saved while its officer types, deleted on submission."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import Refused, check
from office import clock
from office.models import User
from reports.document_files import read_document
from reports.items import Item
from reports.models import ReportDraft
from reports.sections import TEXTS
from reports.services import build_version, get_draft_document

MAX_CHARACTERS = 500_000
"""Upper limit of a draft. No report that fits into a document is longer."""


class DraftTooLong(Refused):
    """The draft has more than MAX_CHARACTERS."""


class DraftConflict(Refused):
    """Another window has saved the draft since this one read it. `draft` is the newer one."""

    def __init__(self, draft: ReportDraft) -> None:
        self.draft = draft
        at = time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
        super().__init__(
            _("Konsep ini sudah disimpan dari jendela lain pukul %(at)s. Tulisan di sini belum disimpan.")
            % {"at": at}
        )


def save_draft(
    case: Case, *, by: User, typed: Mapping[str, Any], window: str, seen: dt.datetime | None
) -> ReportDraft:
    """Store what the officer has typed, valid or not.

    `window` identifies the browser window; the same window may save again. `seen` is `saved_at` of the
    draft that the window has read (aware; None: no draft). Raises PermissionDenied for other users,
    Refused if the case does not wait for a report, DraftConflict if another window saved a newer draft, and
    DraftTooLong beyond MAX_CHARACTERS.
    """
    check("report", case, by=by)
    return _store_draft(case, by=by, typed=typed, window=window, seen=seen)


def _store_draft(
    case: Case, *, by: User, typed: Mapping[str, Any], window: str, seen: dt.datetime | None
) -> ReportDraft:
    if _count_characters(typed) > MAX_CHARACTERS:
        raise DraftTooLong(_("Konsep ini terlalu panjang untuk disimpan. Ringkas dahulu, lalu simpan lagi."))
    with transaction.atomic():
        _lock(case)
        draft = ReportDraft.objects.filter(case=case).first() or ReportDraft(case=case)
        if draft.pk and draft.saved_at != seen and draft.content.get("window") != window:
            raise DraftConflict(draft)
        draft.by, draft.saved_at = by, clock.now()
        draft.content = {"window": window, "typed": dict(typed)}
        draft.save()
    return draft


def discard_draft(case: Case, *, by: User) -> None:
    """Delete the draft. Raises PermissionDenied or Refused as `save_draft` does."""
    check("report", case, by=by)
    ReportDraft.objects.filter(case=case).delete()


def render_preview(
    case: Case, *, by: User, items: Iterable[Item], typed: Mapping[str, Any], **window: Any
) -> bytes:
    """Save the draft and render it as a PDF that is marked as a draft.

    A newer draft of another window is not overwritten. Raises as `save_draft` does, except DraftConflict, and
    TooLong if the report does not fit into a document.
    """
    title = check("report", case, by=by).title
    with suppress(DraftConflict):
        _store_draft(case, by=by, typed=typed, **window)
    texts = {name: typed[name].strip() for name in TEXTS}
    preview = build_version(case, by=by, title=title, items=items, **texts)
    return read_document(get_draft_document(preview))


def _lock(case: Case) -> None:
    """Lock the case, so that the report cannot be submitted while its draft is saved."""
    as_read = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not as_read.select_for_update().values("pk"):
        raise Refused(_("Laporan ini baru saja disampaikan. Muat ulang halaman untuk melihatnya."))


def _count_characters(typed: Mapping[str, Any]) -> int:
    rows = [row for value in typed.values() if isinstance(value, list) for row in value]
    return sum(len(value) for value in typed.values() if isinstance(value, str)) + sum(
        len(text) for row in rows for text in row.values()
    )
