"""Send a draft: create the case or hold it. Signs of robots, rate limits, proof of work, moderation.

Tim PKD accepts or rejects held drafts (Kiriman yang perlu dilihat). The Pengawas decides on those for the
independent channel, which nobody else sees.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity, Kind, Party
from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import MAX_BYTES
from consultations.models import Case
from consultations.parties import get_office_parties, is_supervisor
from consultations.step_row import LATEST_ENTRY
from consultations.wording import INDEPENDENT
from kit import clock, limits
from kit.limits import Use, consume
from office.models import User
from office.words import with_words_lazy

SIGNER = Signer(salt="consultations.intake.submission")

TRAPPED = _("Isian tersembunyi yang tidak dilihat orang ikut terisi, biasanya oleh mesin")
FORGED = _("Formulir tidak diambil dari situs ini")
TOO_FAST = _("Formulir terisi dalam beberapa detik saja")


def stamp() -> str:
    """Return the current time, signed, for a form that is handed out now."""
    return SIGNER.sign(str(int(clock.now().timestamp())))


def suspicion(draft: RequestDraft) -> Promise | None:
    """Return why a draft looks like the work of a program, or None."""
    if draft.typed.get("homepage"):
        return TRAPPED
    try:
        handed_out = int(SIGNER.unsign(str(draft.typed.get("stamp"))))
    except (BadSignature, ValueError):
        return FORGED
    return TOO_FAST if draft.saved_at.timestamp() - handed_out < settings.FORM_SECONDS else None


TOO_MANY = _("Terlalu banyak kiriman dari alamat atau nomor ini")
"""Reason for which a request above the limits is held."""


class RateLimited(Exception):  # noqa: N818 -- an answer to the applicant, not a fault
    """Too many requests came from this address in the last hour."""


class StorageFull(Exception):  # noqa: N818 -- as above
    """The files of all drafts together have reached `drafts.MAX_BYTES`."""


def check_saving(sender: HttpRequest) -> None:
    """Count one saved draft and its files (in parts of 5 MB). Raise RateLimited or StorageFull."""
    size = sum(file.size or 0 for _name, files in sender.FILES.lists() for file in files)
    uses = [Use("draft_address")]
    if size:
        uses.append(Use("draft_files_address", units=-(-size // MAX_BYTES)))
    if not consume(sender, *uses):
        raise RateLimited
    if size and not drafts.has_room_for(size):
        raise StorageFull


def may_send(sender: HttpRequest, phone: str, *, is_proved: bool = False) -> bool:
    """Count one request of this address and number; return whether it is within the limits.

    Requests with a proof of work have limits of their own.
    """
    suffix = "_proved" if is_proved else ""
    uses = [Use(f"submit_address{suffix}")]
    if phone:
        uses.append(Use(f"submit_phone{suffix}", phone))
    return consume(sender, *uses)


class ProofRequired(Exception):  # noqa: N818 -- an answer to the applicant, not a fault
    """The browser must solve `challenge` first, because this sender is near a rate limit."""

    def __init__(self, challenge: dict[str, Any]) -> None:
        self.challenge = challenge


def send(
    draft: RequestDraft, *, details: Mapping[str, Any], sender: HttpRequest, proof: str | None
) -> Case | None:
    """Step 1: return the case that a draft becomes, or None if a moderator must decide on it first.

    If this browser sent the same request just before, return its case (`drafts.find_same()`).

    `details` are the cleaned data of the draft's form. `proof` is the solution of a challenge. It is None
    without an earlier challenge, and empty if the browser cannot solve it.

    Raise ProofRequired near a rate limit, and RateLimited if too many requests of this sender are held.
    Raise Overtaken and Refused as `drafts.create_case()` does.
    """
    if reason := _reason_to_hold(draft, sender, phone=str(details["phone"]), proof=proof):
        if not consume(sender, Use("held_address")):  # a flood would hide the other held drafts
            raise RateLimited
        drafts.hold(draft, reason)
        return None
    before = sender.get_signed_cookie(SENT, default=None)
    return drafts.find_same(draft, UUID(before) if before else None) or drafts.create_case(draft, details)


SENT = f"{settings.COOKIE_PREFIX}sent"
"""Cookie with the hash of the submission that a browser sent last."""


def remember(case: Case, response: HttpResponse) -> HttpResponse:
    """Return the response, and let the browser know that it sent a case.

    The browser may be shared, so it knows no hidden complaint.
    """
    if case.identity == Identity.OPEN:
        response.set_signed_cookie(
            SENT,
            str(case.submission_hash),
            max_age=drafts.SAME_WITHIN,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _reason_to_hold(
    draft: RequestDraft, sender: HttpRequest, *, phone: str, proof: str | None
) -> Promise | None:
    if reason := suspicion(draft):
        return reason
    if may_send(sender, phone):
        return None
    if proof is None:
        raise ProofRequired(limits.create_challenge(str(draft.pk)))
    if limits.is_solved(str(draft.pk), proof) and may_send(sender, phone, is_proved=True):
        return None
    return TOO_MANY


MODERATORS = (Party.TIM_PKD, Party.HEAD)
"""Tim PKD decides on held drafts; the head of the office on the complaints that Tim PKD rejected."""

NOTE = "Dilihat dahulu ({because}), lalu diterima oleh {by}, {title}."
"""Note of the first step of a case that was held."""


def moderator_titles(user: User) -> dict[Party, str]:
    """Return the titles of the user as a moderator, by party."""
    if is_supervisor(user):
        return {Party.SUPERVISOR: user.current_appointments[0].title}
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
    title = moderator_titles(by).get(drafts.get_moderator(draft))
    if title is None or draft.held_at is None:
        raise PermissionDenied
    # A draft can wait for as long as a case may be entered late, and an escalated one for longer.
    at = max(draft.held_at, clock.now() - LATEST_ENTRY + dt.timedelta(hours=1))
    note = NOTE.format(because=draft.held_because, by=by, title=title)
    return drafts.create_case(draft, details, at=at, note=note)


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
    complaints = waiting.filter(kind=Kind.COMPLAINT, is_independent=False)
    escalated = list(complaints.values_list("held_key", flat=True))
    number = complaints.update(escalated_at=clock.now())
    drafts.store_items(escalated)
    return number + drafts.delete(waiting)
