"""Moderation of held drafts (Kiriman yang perlu dilihat): Tim PKD accepts or rejects them.

The Pengawas decides on those for the independent channel, which nobody else sees.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind, Party
from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.models import Case
from consultations.parties import get_office_parties, get_supervisor_party
from consultations.wording import INDEPENDENT
from consultations.workflow import LATEST_ENTRY
from kit import clock
from office.models import User
from office.words import with_words_lazy

MODERATORS = (Party.TIM_PKD, Party.HEAD)
"""Tim PKD decides on held drafts; the head of the office on the complaints that Tim PKD rejected."""

NOTE = "Dilihat dahulu ({because}), lalu diterima oleh {by}, {title}."
"""Note of the first step of a case that was held."""


def moderator_titles(user: User) -> dict[Party, str]:
    """Return the titles of the user as a moderator, by party."""
    if as_supervisor := get_supervisor_party(user):
        return as_supervisor
    mine = get_office_parties(user)
    return {party: mine[party] for party in MODERATORS if party in mine}


def list_held(user: User) -> QuerySet[RequestDraft]:
    """Return the held drafts that the user decides on, the oldest first."""
    mine = moderator_titles(user)
    held = RequestDraft.objects.exclude(held_at=None).order_by("held_at", "pk")
    held = held.filter(is_independent=Party.SUPERVISOR in mine)
    if not mine:
        return held.none()
    if Party.HEAD not in mine:
        return held.filter(escalated_at=None)
    return held if Party.TIM_PKD in mine else held.exclude(escalated_at=None)


def accept(draft: RequestDraft, *, by: User, details: Mapping[str, Any]) -> Case:
    """Return the case that a held draft becomes, dated to when it was sent.

    `details` are the cleaned data of the draft's form. The history of the case names `by`.
    Raise PermissionDenied if the draft is not theirs to decide on, and Overtaken if somebody else did.
    """
    title = moderator_titles(by).get(_get_moderator(draft))
    if title is None or draft.held_at is None:
        raise PermissionDenied
    # A draft can wait for as long as a case may be entered late, and an escalated one for longer.
    at = max(draft.held_at, clock.now() - LATEST_ENTRY + dt.timedelta(hours=1))
    note = NOTE.format(because=draft.held_because, by=by, title=title)
    return drafts.create_case(draft, details, at=at, note=note)


def _get_moderator(draft: RequestDraft) -> Party:
    if draft.is_independent:
        return Party.SUPERVISOR
    return Party.HEAD if draft.escalated_at else Party.TIM_PKD


def may_reject(user: User) -> bool:
    """Return whether the user may reject drafts. The head only accepts."""
    return bool({Party.TIM_PKD, Party.SUPERVISOR} & moderator_titles(user).keys())


def get_reject_note(user: User) -> Promise:
    """Return what happens to the drafts that the user rejects."""
    if Party.SUPERVISOR in moderator_titles(user):
        return INDEPENDENT.reject_note
    return with_words_lazy(
        _(
            "Permohonan yang tidak diterima langsung dihapus. Pengaduan diteruskan: %(head)s masih "
            "melihatnya selama 90 hari."
        )
    )


@transaction.atomic
def reject(held_keys: Collection[UUID], *, by: User) -> int:
    """Reject held drafts; return how many were still waiting. Raise PermissionDenied unless `may_reject()`.

    Consultations are deleted. Complaints go to the head of the office, because one may be about a moderator.
    The Pengawas deletes those for the independent channel.
    """
    if not may_reject(by):
        raise PermissionDenied
    waiting = list_held(by).filter(escalated_at=None, held_key__in=held_keys)
    escalated = waiting.filter(kind=Kind.COMPLAINT, is_independent=False).update(escalated_at=clock.now())
    return escalated + drafts.delete(waiting)
