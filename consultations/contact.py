"""How the office reaches an applicant, and what of it those see who only look on."""

from urllib.parse import quote

from django.utils.translation import gettext as _

from consultations.models import Case


def whatsapp_link(case: Case, *, lookup_url: str) -> str:
    """A click-to-send WhatsApp link. The text carries the tracking code and a link, nothing of the case."""
    text = _("Permohonan Anda dengan kode lacak %(code)s dapat dilihat di %(url)s") % {
        "code": case.code,
        "url": lookup_url,
    }
    return f"https://wa.me/{_digits(case)}?text={quote(text)}"


def masked_phone(case: Case) -> str:
    """The telephone number with only its beginning and its last two digits, e.g. `+62812•••••90`."""
    digits = _digits(case)
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}"


def _digits(case: Case) -> str:
    return "".join(character for character in str(case.phone) if character.isdecimal())
