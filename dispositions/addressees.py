"""Address agencies and applicants by position, and remind agencies of an opinion."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.identity import get_digits
from consultations.models import Case
from dispositions.models import Opinion
from kit.phones import has_whatsapp
from office.models import Office

HEADS = {
    **dict.fromkeys(("Inspektorat", "Itjen"), ("Inspektur", False)),
    "Sekretariat": ("Sekretaris", False),
    "Kecamatan": ("Camat", False),
    "Kelurahan": ("Lurah", False),
    "Desa": ("Kepala Desa", False),
    **dict.fromkeys(("Komisi", "Pengadilan"), ("Ketua", True)),
    **dict.fromkeys(("Rumah", "RSUD"), ("Direktur", True)),
    **dict.fromkeys(("Badan", "Balai", "Biro", "BPS", "Dinas", "Kantor", "Pusat"), ("Kepala", True)),
    **dict.fromkeys(("Puskesmas", "Satuan", "SMA", "SMK", "SMP", "SD", "UPT", "UPTD"), ("Kepala", True)),
}
"""Title of the head by the first word of an agency, and whether the word follows the title."""

TITLES = frozenset(
    (
        *("Bupati", "Camat", "Direktur", "Gubernur", "Inspektur", "Kapolres", "Kapolsek", "Kepala", "Ketua"),
        *("Lurah", "Menteri", "Pimpinan", "Pj.", "Plh.", "Plt.", "Rektor", "Sekretaris", "Wali", "Walikota"),
    )
)
"""First words of a text that names an official already."""


def get_addressee(agency: str) -> str:
    """Return the official whom a letter to an agency addresses: `Kepala Dinas Sosial`, `Camat Contoh`.

    A text that begins with a title stays. The head of an unknown kind of agency is its `Pimpinan`.
    """
    first, _space, rest = agency.removeprefix("Pemerintah ").partition(" ")
    if first in TITLES or first not in HEADS:
        return agency if first in TITLES else f"Pimpinan {agency}"
    title, with_word = HEADS[first]
    return " ".join(filter(None, [title, first if with_word else "", rest]))


def get_holder(case: Case) -> str:
    """Return the applicant by position and organisation, or "" without a position.

    Words that both share are printed once: `Kepala Desa` of `Pemerintah Desa Contoh` is `Kepala Desa Contoh`.
    """
    own, words = case.applicant_position.split(), case.organisation.removeprefix("Pemerintah ").split()
    title, with_word = HEADS.get(words[0] if words else "", ("", True))
    if not with_word and " ".join(own).startswith(title):
        words = words[1:]
    shared = next(n for n in range(min(len(own), len(words)), -1, -1) if own[len(own) - n :] == words[:n])
    return " ".join([*own, *words[shared:]]) if own else ""


@dataclass(frozen=True)
class Reminder:
    """Links that open a prepared message to an agency, or an empty string without such a contact."""

    whatsapp: str = ""
    mail: str = ""


def get_reminder(opinion: Opinion, *, office: Office) -> Reminder:
    """Return the links for an opinion. The text contains agenda number and days, but not the matter."""
    with translation.override("id"):
        text = _(
            "Yth. %(agency)s. Dengan hormat, kami mengingatkan permintaan pendapat yang kami sampaikan pada "
            "%(asked)s (nomor agenda kami: %(number)s). Jawabannya kami harapkan paling lambat %(due)s. "
            "Terima kasih. %(office)s"
        ) % {
            "agency": get_addressee(opinion.agency),
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
