"""Honeypot and minimum time: signs that a program filled in a form."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import RequestDraft
from office import clock

SIGNER = Signer(salt="intake.bot_checks")

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
