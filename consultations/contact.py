"""Contact data of applicants: for sending messages, for WhatsApp links, and masked for other readers."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from consultations.enums import Identity
from consultations.models import Case, HiddenIdentity
from kit.phones import has_whatsapp
from kit.urls import get_public_url


@dataclass(frozen=True)
class Contact:
    """Recipient of a message. Unknown fields are empty. `phone` has the form +62..."""

    name: str = ""
    phone: str = ""
    email: str = ""


def get_contact(case: Case) -> Contact:
    """Return the applicant's contact, even of a hidden complainant; empty for an anonymous one.

    Use it for sending only and never show it. Staff read a hidden identity through
    `complainant_identity.reveal_identity()`, which logs the access.
    """
    if case.identity == Identity.ANONYMOUS:
        return Contact()
    if case.identity == Identity.OPEN:
        return Contact(case.applicant_name, str(case.phone), case.email)
    hidden = HiddenIdentity.objects.filter(case=case).first()
    return Contact(hidden.name, str(hidden.phone), hidden.email) if hidden else Contact()


def whatsapp_link(case: Case, *, phone: object = "") -> str:
    """Return a click-to-chat link to `phone` or to the case's number; empty without one, or for a landline.

    The text is in the applicant's language. It contains the tracking code and a link, nothing of the case.
    """
    phone = phone or case.phone
    if not has_whatsapp(phone):
        return ""
    with translation.override(case.language):
        text = _("Lihat %(name)s Anda dengan kode lacak %(code)s di %(url)s") % {
            "name": case.wording.name,
            "code": case.code,
            "url": get_public_url("lookup"),
        }
    return f"https://wa.me/{get_digits(phone)}?text={quote(text)}"


def masked_phone(case: Case) -> str:
    """Return the first five and last two digits of the number, e.g. `+62812•••••90`; empty if unknown."""
    digits = get_digits(case.phone)
    if not digits:
        return ""
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}"


def get_digits(phone: object) -> str:
    return "".join(character for character in str(phone) if character.isdecimal())
