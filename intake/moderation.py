"""Held drafts (Kiriman yang perlu dilihat): a person looks at them; they come in, or are turned away."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consultations.enums import Kind, Party
from consultations.models import Case
from consultations.parties import parties
from consultations.workflow import LATEST_ENTRY, Refused
from intake import draft_files, drafts
from intake.models import HeldDecision, RequestDraft
from office import clock
from office.models import User

JUDGES = (Party.TIM_PKD, Party.HEAD)
"""Tim PKD decides on what is held; the head of the office sees the complaints that it has put aside."""

NOTE = "Dilihat dahulu ({because}), lalu diterima oleh {by}, {title}."
"""What stands with the first step of a case that was held."""


def hold(draft: RequestDraft, because: Promise | str) -> None:
    """Let a person look at a draft before it comes in, and say why, in the office's language.

    Raises Overtaken where it says something else by now than `draft`.
    """
    with override(settings.LANGUAGE_CODE):
        why = str(because)
    as_read = RequestDraft.objects.filter(pk=draft.pk, held_at=None, saved_at=draft.saved_at)
    if not as_read.update(held_at=clock.now(), held_because=why):
        raise drafts.Overtaken


def judges(user: User) -> dict[Party, str]:
    """The parties in which the user decides on held drafts, with the titles."""
    mine = parties(user, Case())
    return {party: mine[party] for party in JUDGES if party in mine}


def held_for(user: User) -> QuerySet[RequestDraft]:
    """The held drafts that are the user's to decide on, the oldest first: each party has its own."""
    held, mine = RequestDraft.objects.exclude(held_at=None).order_by("held_at", "pk"), judges(user)
    if not mine:
        return held.none()
    if Party.HEAD not in mine:
        return held.filter(put_aside_at=None)
    return held if Party.TIM_PKD in mine else held.exclude(put_aside_at=None)


def take_in(draft: RequestDraft, *, by: User) -> Case:
    """A held draft comes in after all, as of the moment at which it was sent.

    Who let it in stands with the first step of the case. Raises PermissionDenied for whom the draft is not,
    Refused where it cannot come in any more.
    """
    title, papers = _title(by, draft), draft_files.papers(draft)
    with transaction.atomic():
        stored = RequestDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if case := drafts.sent_as(draft.token):
            return case
        if stored is None or stored.held_at is None:
            raise Refused(_("Kiriman ini sudah dihapus."))
        if stored.put_aside_at != draft.put_aside_at:
            raise Refused(_("Kiriman ini baru saja dikesampingkan orang lain."))
        form = drafts.form_of(stored, offers_times=False)
        if not form.is_valid():
            raise Refused(
                _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
            )
        _record([stored], HeldDecision.Decision.TAKEN_IN, by=by, title=title)
        # What waited for the whole 90 days comes in as of the last moment at which it still can.
        at = max(stored.held_at, clock.now() - LATEST_ENTRY + dt.timedelta(hours=1))
        note = NOTE.format(because=stored.held_because, by=by, title=title)
        return drafts.submit(stored, form, papers, at=at, note=note)


def turn_away(held_keys: Collection[UUID], *, by: User, reason: str) -> int:
    """Held drafts do not come in (Hapus); who decided it, when and why stays on record. Returns how many.

    Consultations are erased with their files. A complaint may be about who judges it: it is put aside, where
    the head of the office still sees it, and erased after 90 days.
    Raises PermissionDenied for all but Tim PKD.
    """
    title = judges(by).get(Party.TIM_PKD)
    if title is None:
        raise PermissionDenied
    with transaction.atomic():
        waiting = RequestDraft.objects.exclude(held_at=None).filter(put_aside_at=None, held_key__in=held_keys)
        found = list(waiting.select_for_update())
        complaints = [draft for draft in found if draft.kind == Kind.COMPLAINT]
        others = [draft for draft in found if draft.kind != Kind.COMPLAINT]
        _record(complaints, HeldDecision.Decision.PUT_ASIDE, by=by, title=title, reason=reason)
        _record(others, HeldDecision.Decision.ERASED, by=by, title=title, reason=reason)
        RequestDraft.objects.filter(pk__in=[d.pk for d in complaints]).update(put_aside_at=clock.now())
        drafts.erase(RequestDraft.objects.filter(pk__in=[d.pk for d in others]))
    return len(found)


def was_turned_away(token: UUID, kind: str) -> bool:
    """Whether somebody has looked at a draft and not taken it in."""
    decided = HeldDecision.objects.filter(token_hash=drafts.fingerprint(str(token)), kind=kind)
    return decided.exclude(reason="").exists()


def _title(user: User, draft: RequestDraft) -> str:
    """The title in which the user decides on a held draft."""
    title = judges(user).get(Party.HEAD if draft.put_aside_at else Party.TIM_PKD)
    if title is None:
        raise PermissionDenied
    return title


def _record(
    decided: list[RequestDraft], decision: HeldDecision.Decision, *, by: User, title: str, reason: str = ""
) -> None:
    HeldDecision.objects.bulk_create(
        HeldDecision(
            token_hash=drafts.fingerprint(str(draft.token)),
            kind=draft.kind,
            held_at=draft.held_at or clock.now(),
            held_because=draft.held_because,
            decision=decision,
            reason=reason,
            by=by,
            title=title,
            at=clock.now(),
        )
        for draft in decided
    )
