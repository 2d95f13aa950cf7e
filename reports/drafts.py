"""Draft of a report (konsep laporan): saved while the officer types, deleted with the submission."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.workflow import Refused, check
from office import clock
from office.models import User
from reports.models import ReportDraft

MAX_CHARACTERS = 500_000
"""Longer than any report that fits in a document."""


class DraftTooLong(Refused):
    """A draft is too long to be saved."""


class DraftConflict(Refused):
    """Another window has saved a newer draft, which is `draft`."""

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
    """Save what the officer has typed so far, valid or not.

    `window` identifies the browser window, which may save repeatedly. `seen` is the aware `saved_at` of the
    draft that the window opened with (None: no draft). Raises PermissionDenied unless `by` is the officer,
    Refused if the case awaits no report, DraftConflict if another window has saved meanwhile, and
    DraftTooLong beyond MAX_CHARACTERS.
    """
    check("report", case, by=by)
    if _characters(typed) > MAX_CHARACTERS:
        raise DraftTooLong(_("Konsep ini terlalu panjang untuk disimpan. Ringkas dahulu, lalu simpan lagi."))
    with transaction.atomic():
        _lock_case(case)
        draft = ReportDraft.objects.filter(case=case).first()
        if draft is None:
            draft = ReportDraft(case=case)
        elif draft.saved_at != seen and draft.content.get("window") != window:
            raise DraftConflict(draft)
        draft.by, draft.saved_at = by, clock.now()
        draft.content = {"window": window, "typed": dict(typed)}
        draft.save()
    return draft


def discard_draft(case: Case, *, by: User) -> None:
    """Delete the draft. Raises PermissionDenied or Refused as `save_draft` does."""
    check("report", case, by=by)
    ReportDraft.objects.filter(case=case).delete()


def _lock_case(case: Case) -> None:
    """Lock the case against a concurrent submission of its report. Raises Refused if there was one."""
    unchanged = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not unchanged.select_for_update().values("pk"):
        raise Refused(_("Laporan ini baru saja disampaikan. Muat ulang halaman untuk melihatnya."))


def _characters(typed: Mapping[str, Any]) -> int:
    rows = [row for value in typed.values() if isinstance(value, list) for row in value]
    return sum(len(value) for value in typed.values() if isinstance(value, str)) + sum(
        len(text) for row in rows for text in row.values()
    )
