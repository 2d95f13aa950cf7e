"""The draft of a report (konsep laporan): saved while its officer types, gone when it is handed in."""

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

MOST_CHARACTERS = 500_000
"""More than any report that can become a paper holds."""


class TooMuch(Refused):
    """A draft is too long to be kept."""


class Overtaken(Refused):
    """The draft was saved from another window since this one read it. `draft` is the newer one."""

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
    """Keep what the officer has typed so far, valid or not.

    `window` names the window it is typed in, which may save again and again; `seen` is when the draft that
    it opened with was saved (aware; None: there was none). Raises PermissionDenied for anybody but the
    case's officer, Refused where the case does not wait for a report (any more), Overtaken where another
    window has saved meanwhile, TooMuch beyond MOST_CHARACTERS.
    """
    check("report", case, by=by)
    if _characters(typed) > MOST_CHARACTERS:
        raise TooMuch(_("Konsep ini terlalu panjang untuk disimpan. Ringkas dahulu, lalu simpan lagi."))
    with transaction.atomic():
        _hold(case)
        draft = ReportDraft.objects.filter(case=case).first()
        if draft is None:
            draft = ReportDraft(case=case)
        elif draft.saved_at != seen and draft.content.get("window") != window:
            raise Overtaken(draft)
        draft.by, draft.saved_at = by, clock.now()
        draft.content = {"window": window, "typed": dict(typed)}
        draft.save()
    return draft


def discard_draft(case: Case, *, by: User) -> None:
    """Throw the draft away. Raises PermissionDenied or Refused as `save_draft` does."""
    check("report", case, by=by)
    ReportDraft.objects.filter(case=case).delete()


def _hold(case: Case) -> None:
    """Let nobody hand the report in meanwhile: a draft that outlives its report would come up again."""
    as_read = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not as_read.select_for_update().values("pk"):
        raise Refused(_("Laporan ini baru saja disampaikan. Muat ulang halaman untuk melihatnya."))


def _characters(typed: Mapping[str, Any]) -> int:
    rows = [row for value in typed.values() if isinstance(value, list) for row in value]
    return sum(len(value) for value in typed.values() if isinstance(value, str)) + sum(
        len(text) for row in rows for text in row.values()
    )
