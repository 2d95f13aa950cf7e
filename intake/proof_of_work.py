"""Proof of work near a rate limit (altcha, version 2). `static/js/proof.js` solves the challenge."""

import secrets
import time
from typing import Any
from uuid import UUID

import altcha
from django.utils.crypto import salted_hmac

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 1_000
TRIES = range(80, 240)
"""Keys that a browser derives before it finds the right one: a cheap phone needs a few seconds."""

LIFETIME = 20 * 60
"""Seconds to solve a challenge."""

INVALID = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""Errors that altcha raises for a forged proof."""


def create_challenge(draft: UUID) -> dict[str, Any]:
    """Return a challenge for the draft with this key.

    A draft becomes one case, so no solution is used twice.
    """
    challenge = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=secrets.choice(TRIES),
        expires_at=int(time.time()) + LIFETIME,
        data={"draft": str(draft)},
        hmac_secret=_secret(),
    )
    return challenge.to_dict()


def is_solved(draft: UUID, proof: str) -> bool:
    """Whether `proof` solves a challenge for the draft with this key in time."""
    try:
        payload = altcha.Payload.from_base64(proof)
        is_for_this_draft = payload.challenge.parameters.data == {"draft": str(draft)}
        return is_for_this_draft and altcha.verify_solution(payload, _secret()).verified
    except INVALID:
        return False


def _secret() -> str:
    return salted_hmac("intake.proof_of_work", "proof of work", algorithm="sha256").hexdigest()
