"""How the office reaches applicants and other agencies, and what of it those see who only look on."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from consultations.enums import Identity
from consultations.models import Case, HiddenIdentity
from office.public_url import get_public_url


@dataclass(frozen=True)
class Contact:
    """Whom a message goes to; empty where nothing is known, as of a complainant who stays anonymous."""

    name: str = ""
    phone: str = ""
    email: str = ""


def contact_of(case: Case) -> Contact:
    """Where the system itself may send messages about a case, also to a complainant who stays hidden.

    Only for sending: nothing of it may be shown to anybody. People look at a hidden identity through
    `consultations.identity.look()`, which logs each look. The telephone number is in the form +62...
    """
    if case.identity == Identity.ANONYMOUS:
        return Contact()
    if case.identity == Identity.OPEN:
        return Contact(case.applicant_name, str(case.phone), case.email)
    hidden = HiddenIdentity.objects.filter(case=case).first()
    return Contact(hidden.name, str(hidden.phone), hidden.email) if hidden else Contact()


def whatsapp_link(case: Case, *, phone: object = "") -> str:
    """A click-to-send WhatsApp link, to `phone` or to the case's own number; empty where there is none.

    The text, in the applicant's language, carries the tracking code and a link, nothing of the case.
    """
    digits = digits_of(phone or case.phone)
    if not digits:
        return ""
    with translation.override(case.language):
        text = _("Permohonan Anda dengan kode lacak %(code)s dapat dilihat di %(url)s") % {
            "code": case.code,
            "url": get_public_url("lookup"),
        }
    return f"https://wa.me/{digits}?text={quote(text)}"


def masked_phone(case: Case) -> str:
    """The telephone number with only its beginning and its last two digits, e.g. `+62812•••••90`.

    Empty where the case has none, as of a complainant who stays hidden.
    """
    digits = digits_of(case.phone)
    if not digits:
        return ""
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}"


def digits_of(phone: object) -> str:
    return "".join(character for character in str(phone) if character.isdecimal())
