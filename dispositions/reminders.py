"""Links that open a message to remind an agency of an opinion."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.contact import get_digits
from dispositions.models import Opinion
from office.models import Office
from office.phones import has_whatsapp


@dataclass(frozen=True)
class Reminder:
    """Links that open a prepared message to an agency, or an empty string without such a contact."""

    whatsapp: str = ""
    mail: str = ""


@translation.override("id")
def get_reminder(opinion: Opinion, *, office: Office) -> Reminder:
    """Return the links for an opinion. The text contains agenda number and days, but not the matter."""
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
    phone, email = get_digits(opinion.phone), quote(opinion.email, safe="@")
    return Reminder(
        whatsapp=f"https://wa.me/{phone}?text={body}" if has_whatsapp(opinion.phone) else "",
        mail=f"mailto:{email}?subject={title}&body={body}" if email else "",
    )
