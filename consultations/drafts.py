"""Drafts of long forms: saved while somebody types, deleted when the step is taken."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Case, StepDraft
from consultations.workflow import check
from kit import clock
from kit.refusal import Refused
from office.models import User

MAX_CHARACTERS = 500_000
"""Upper limit of a draft. No report that fits into a document is longer."""


class DraftTooLong(Refused):
    """The draft has more than MAX_CHARACTERS."""


class DraftConflict(Refused):
    """Another window has saved the draft since this one read it. `draft` is the newer one."""

    def __init__(self, draft: StepDraft) -> None:
        self.draft = draft
        at = time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
        super().__init__(
            _("Konsep ini sudah disimpan dari jendela lain pukul %(at)s. Tulisan di sini belum disimpan.")
            % {"at": at}
        )


def get_draft(case: Case, verb: str) -> StepDraft | None:
    """Return the draft of a step. The caller has checked that the reader may take the step."""
    return StepDraft.objects.filter(case=case, verb=verb).first()


def save_draft(
    case: Case, verb: str, *, by: User, typed: Mapping[str, Any], window: str, seen: dt.datetime | None
) -> StepDraft:
    """Store what somebody has typed into the form of a step, valid or not.

    `window` identifies the browser window; the same window may save again. `seen` is `saved_at` of the
    draft that the window has read (aware; None: no draft). Raise PermissionDenied for other users,
    Refused if the step cannot be taken now, DraftConflict if another window saved a newer draft with another
    text, and DraftTooLong beyond MAX_CHARACTERS.
    """
    check(verb, case, by=by)
    if _count_characters(typed) > MAX_CHARACTERS:
        raise DraftTooLong(_("Konsep ini terlalu panjang untuk disimpan. Ringkas dahulu, lalu simpan lagi."))
    with transaction.atomic():
        _lock(case)
        draft = get_draft(case, verb) or StepDraft(case=case, verb=verb)
        is_newer = draft.pk and draft.saved_at != seen and draft.window != window
        if is_newer and draft.typed != dict(typed):
            raise DraftConflict(draft)
        draft.by, draft.saved_at = by, clock.now()
        draft.content = {"window": window, "typed": dict(typed)}
        draft.save()
    return draft


def discard_draft(case: Case, verb: str, *, by: User) -> None:
    """Delete the draft. Raise PermissionDenied or Refused as `save_draft` does."""
    check(verb, case, by=by)
    StepDraft.objects.filter(case=case, verb=verb).delete()


def _lock(case: Case) -> None:
    """Lock the case, so that the step cannot be taken while its draft is saved."""
    as_read = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not as_read.select_for_update().values("pk"):
        raise Refused(_("Permohonan ini baru saja berubah. Muat ulang halaman untuk melihatnya."))


def _count_characters(value: Any) -> int:
    """Return the characters of all texts in a value, its lists and its rows."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        value = value.values()
    return sum(map(_count_characters, value)) if isinstance(value, Iterable) else 0
