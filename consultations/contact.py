"""How the office reaches applicants and other agencies, and what of it those see who only look on."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.models import Case, HiddenIdentity, Opinion
from office.addresses import public_address
from office.models import Office


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
    if case.identity == Case.Identity.ANONYMOUS:
        return Contact()
    if case.identity == Case.Identity.OPEN:
        return Contact(case.applicant_name, str(case.phone), case.email)
    hidden = HiddenIdentity.objects.filter(case=case).first()
    return Contact(hidden.name, str(hidden.phone), hidden.email) if hidden else Contact()


def whatsapp_link(case: Case, *, phone: object = "") -> str:
    """A click-to-send WhatsApp link, to `phone` or to the case's own number; empty where there is none.

    The text, in the applicant's language, carries the tracking code and a link, nothing of the case.
    """
    digits = _digits(phone or case.phone)
    if not digits:
        return ""
    with translation.override(case.language):
        text = _("Permohonan Anda dengan kode lacak %(code)s dapat dilihat di %(url)s") % {
            "code": case.code,
            "url": public_address("lookup"),
        }
    return f"https://wa.me/{digits}?text={quote(text)}"


@dataclass(frozen=True)
class Reminder:
    """Links that open a message to an agency, ready to be sent; empty where no such contact is known."""

    whatsapp: str = ""
    mail: str = ""


@translation.override("id")
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
    """The telephone number with only its beginning and its last two digits, e.g. `+62812•••••90`.

    Empty where the case has none, as of a complainant who stays hidden.
    """
    digits = _digits(case.phone)
    if not digits:
        return ""
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}"


def _digits(phone: object) -> str:
    return "".join(character for character in str(phone) if character.isdecimal())
