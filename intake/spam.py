"""Which requests a person looks at before they come in, and when the sender's computer must work first.

Nobody is refused for looking like a machine: what is doubtful is held, and Tim PKD decides.
"""

import secrets
import time
from typing import Any
from uuid import UUID

import altcha
from allauth.core import ratelimit
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import RequestDraft
from intake.uploads import MAX_BYTES
from office import clock

SIGNER = Signer(salt="intake.spam")

TRAPPED = _("Isian tersembunyi yang tidak dilihat orang ikut terisi, biasanya oleh mesin")
FORGED = _("Formulir tidak diambil dari situs ini")
TOO_FAST = _("Formulir terisi dalam beberapa detik saja")
TOO_MANY = _("Terlalu banyak kiriman dari alamat atau nomor ini")

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 1_000
TRIES = range(80, 240)
"""How often the browser derives a key until it finds the right one: a cheap phone needs some seconds."""

PROOF_SECONDS = 20 * 60
"""How long a challenge may be answered."""

BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""How a forged proof can fail to be read."""


def stamp(token: UUID) -> str:
    """When a form was handed out, signed, so that nobody can say it was filled in slowly."""
    return SIGNER.sign(f"{token} {int(clock.now().timestamp())}")


def stamp_again(text: str, former: UUID, token: UUID) -> str:
    """The same time of handing out for another token, where it was signed for the former one."""
    handed_out = _signed(text, former)
    return text if handed_out is None else SIGNER.sign(f"{token} {handed_out}")


def suspicion(draft: RequestDraft) -> Promise | None:
    """Why a draft looks as if no person had written it; None where it does not."""
    if draft.typed.get("homepage"):
        return TRAPPED
    handed_out = _signed(str(draft.typed.get("stamp")), draft.token)
    if handed_out is None:
        return FORGED
    if draft.saved_at.timestamp() - handed_out < settings.FORM_SECONDS:
        return TOO_FAST
    return None


def _signed(text: str, token: UUID) -> int | None:
    """When the form with this token was handed out, in seconds; None where the signature is not ours."""
    try:
        signed_for, seconds = SIGNER.unsign(text).split()
    except (BadSignature, ValueError):
        return None
    return int(seconds) if signed_for == str(token) else None


def may_save(request: HttpRequest) -> bool:
    """Whether this address may still save drafts: only a flood of them is turned away."""
    return ratelimit.consume(request, action="draft_address")


def may_store(request: HttpRequest, size: int) -> bool:
    """Whether this address may store files of `size` bytes in drafts: counts one for each 5 MB begun."""
    parts = range(-(-size // MAX_BYTES))
    return all(ratelimit.consume(request, action="draft_files_address") for _part in parts)


def may_be_held(request: HttpRequest) -> bool:
    """Whether this address may have one more request looked at by a person: a flood would hide the others."""
    return ratelimit.consume(request, action="held_address")


def may_send(request: HttpRequest, phone: str) -> bool:
    """Whether this address and this telephone number are so far from their limits that nothing is asked.

    Counts one sending; both are counted, so that neither hides behind the other.
    """
    allowed = ratelimit.consume(request, action="submit_address")
    if phone:
        allowed = ratelimit.consume(request, action="submit_phone", key=phone) and allowed
    return allowed


def may_send_with_proof(request: HttpRequest, token: UUID, phone: str, proof: str) -> bool:
    """Whether a sender near the limit has done the work for this very draft, and is not beyond the limit."""
    if not _is_proved(token, proof):
        return False
    allowed = ratelimit.consume(request, action="submit_address_proved")
    if phone:
        allowed = ratelimit.consume(request, action="submit_phone_proved", key=phone) and allowed
    return allowed


def challenge(token: UUID) -> dict[str, Any]:
    """Work for the sender's browser (altcha, proof of work v2; static/js/proof.js does it).

    It counts for one draft only, and a draft becomes one case: so no solution serves twice.
    """
    work = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=secrets.choice(TRIES),
        expires_at=int(time.time()) + PROOF_SECONDS,
        data={"token": str(token)},
        hmac_secret=_secret(),
    )
    return work.to_dict()


def _is_proved(token: UUID, proof: str) -> bool:
    try:
        payload = altcha.Payload.from_base64(proof)
        is_for_this_draft = payload.challenge.parameters.data == {"token": str(token)}
        return is_for_this_draft and altcha.verify_solution(payload, _secret()).verified
    except BROKEN:
        return False


def _secret() -> str:
    return salted_hmac("intake.spam", "proof of work", algorithm="sha256").hexdigest()
