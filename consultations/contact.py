"""How the office reaches applicants and other agencies, and what of it those see who only look on."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.models import Case, Opinion
from office.models import Office


def whatsapp_link(case: Case, *, lookup_url: str) -> str:
    """A click-to-send WhatsApp link. The text carries the tracking code and a link, nothing of the case."""
    text = _("Permohonan Anda dengan kode lacak %(code)s dapat dilihat di %(url)s") % {
        "code": case.code,
        "url": lookup_url,
    }
    return f"https://wa.me/{_digits(case.phone)}?text={quote(text)}"


@dataclass(frozen=True)
class Reminder:
    """Links that open a message to an agency, ready to be sent; empty where no such contact is known."""

    whatsapp: str = ""
    mail: str = ""


def reminder(opinion: Opinion, *, office: Office) -> Reminder:
    """How an agency is reminded of an opinion. The text says which and by when, and nothing of the case."""
    text = _(
        "Yth. %(agency)s. Dengan hormat, kami mengingatkan permintaan pendapat yang kami sampaikan pada "
        "%(asked)s (nomor agenda kami: %(number)s). Jawabannya kami harapkan paling lambat %(due)s. "
        "Terima kasih. %(office)s"
    ) % {
        "agency": opinion.agency,
        "asked": date_format(timezone.localtime(opinion.asked_at), "DATE_FORMAT"),
        "number": opinion.case.agenda,
        "due": date_format(opinion.due, "DATE_FORMAT"),
        "office": office.name,
    }
    subject = _("Permintaan pendapat, nomor agenda %(number)s") % {"number": opinion.case.agenda}
    title, body = quote(subject, safe=""), quote(text, safe="")
    phone, email = _digits(opinion.phone), quote(opinion.email, safe="@")
    return Reminder(
        whatsapp=f"https://wa.me/{phone}?text={body}" if phone else "",
        mail=f"mailto:{email}?subject={title}&body={body}" if email else "",
    )


def masked_phone(case: Case) -> str:
    """The telephone number with only its beginning and its last two digits, e.g. `+62812•••••90`."""
    digits = _digits(case.phone)
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}"


def _digits(phone: object) -> str:
    return "".join(character for character in str(phone) if character.isdecimal())
