"""Hold or send: what happens to a draft when its applicant sends it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from consultations.models import Case
from intake import bot_checks, drafts, rate_limits
from intake.models import RequestDraft
from kit import limits


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
        rate_limits.check_holding(sender)
        drafts.hold(draft, reason)
        return None
    return drafts.create_case(draft, details)


def _reason_to_hold(
    draft: RequestDraft, sender: HttpRequest, *, phone: str, proof: str | None
) -> Promise | None:
    if reason := bot_checks.suspicion(draft):
        return reason
    if rate_limits.may_send(sender, phone):
        return None
    if proof is None:
        raise ProofRequired(limits.create_challenge(str(draft.pk)))
    if limits.is_solved(str(draft.pk), proof) and rate_limits.may_send_with_proof(sender, phone):
        return None
    return rate_limits.TOO_MANY
