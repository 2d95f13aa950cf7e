"""Lock a case for a step and move it, unless somebody else has moved it since it was read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import due_at
from consultations.enums import State
from consultations.moments import check_clock
from kit.refusal import Refused

if TYPE_CHECKING:
    from consultations.models import Case

MOVED_MEANWHILE = _("Orang lain baru saja memproses permohonan ini. Muat ulang halaman untuk melihatnya.")


def lock(case: Case, verb: str, now: dt.datetime) -> bool:
    """Lock the row, and return whether the step has a draft. A second actor waits here and is refused.

    Raise Refused also if `now` is ahead of the database's clock, which all web machines share.
    """
    draft = Exists(case.step_drafts.filter(verb=verb))
    locked = _unmoved(case).select_for_update(no_key=True).values_list(Now(), draft).first()
    if locked is None:
        raise Refused(MOVED_MEANWHILE)
    database_now, has_draft = locked
    if sentence := check_clock(now, database_now):
        raise Refused(sentence)
    return bool(has_draft)


def move(case: Case, target: State, changes: dict[str, Any], at: dt.datetime) -> None:
    """Write the new state in one conditional update. Raise Refused if somebody else has moved the case."""
    if target != case.state:
        due = due_at(case, target, since=at, changes=changes)
        changes = {"due_at": due, "since": at, **changes}
    changes |= {"state": target, "version": case.version + 1}
    if not _unmoved(case).update(**changes):
        raise Refused(MOVED_MEANWHILE)
    for column, value in changes.items():
        setattr(case, column, value)


def _unmoved(case: Case) -> QuerySet[Case]:
    """Return the stored case as a queryset; it is empty if somebody has moved the case since it was read."""
    return type(case).objects.filter(pk=case.pk, state=case.state, version=case.version)
