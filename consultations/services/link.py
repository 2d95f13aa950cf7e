"""A new secret link for an applicant who lost the old one."""

from django.utils import translation

from consultations.enums import IdentityCheck
from consultations.models import Case
from consultations.models.case import new_secret
from consultations.workflow import transition
from office.encryption import hash_token
from office.models import User


def renew_link(case: Case, *, by: User, checked_with: str) -> None:
    """Replace the secret link. The old one stops working, and a new receipt with the new one is issued.

    `checked_with` (IdentityCheck) goes on record. No notice is sent: it would take the new link to a lost
    telephone.
    """
    with translation.override("id"):  # the note goes on record
        note = f"Identitas diperiksa: {IdentityCheck(checked_with).label}"
    with transition("renew_link", case, by=by, note=note) as taken:
        secret = new_secret()
        taken.change(secret=secret, secret_hash=hash_token(secret))
