"""Send a draft: hold it for moderation or create the case. Signs of robots, rate limits, proof of work."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.intake import drafts
from consultations.intake.models import RequestDraft
from consultations.intake.uploads import MAX_BYTES
from consultations.models import Case
from kit import clock, limits
from kit.limits import Use, consume

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
    return drafts.create_case(draft, details)


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
