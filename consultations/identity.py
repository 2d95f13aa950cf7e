"""The applicant's contact, and hidden identities: stored apart from the case, revealed with a log entry.

UU 25/2009 and PermenPANRB 62/2018: a confidential complainant (rahasia) is known only to the parties that
handle the complaint. An anonymous complainant (anonim) gives no name at all.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from consultations.enums import Identity, Party
from consultations.models import Attachment, Case, HiddenIdentity, IdentityReveal
from consultations.parties import parties, subject_unknown
from consultations.personal_fields import NOT_IDENTIFYING, PERSONAL
from consultations.secret_link import identity_revealed
from kit import clock
from kit.forms import OfficeForm, line_field
from kit.phones import has_whatsapp
from kit.urls import get_public_url
from office.models import User
from office.words import with_words_lazy

PLACEHOLDERS = {Identity.CONFIDENTIAL: "Pelapor dirahasiakan", Identity.ANONYMOUS: "Pelapor anonim"}
"""Names that a case has instead of the complainant's. On record, so always in Indonesian."""

HIDDEN: dict[str, Promise] = {
    Identity.CONFIDENTIAL: gettext_lazy(
        "Identitas dirahasiakan atas permintaan pelapor. Yang menangani pengaduan ini dapat membukanya; "
        "setiap pembukaan dicatat."
    ),
    Identity.ANONYMOUS: gettext_lazy(
        "Pelapor tidak menyebut nama dan kontak. Ia membaca jawaban kantor lewat tautannya sendiri."
    ),
}
"""Explanations that the staff reads in place of a hidden identity."""

COMPLAINT_HANDLERS = (Party.TIM_PKD, Party.HEAD, Party.DIVISION_HEAD, Party.OFFICER, Party.SUPERVISOR)
"""Parties that handle a complaint. The Sekretariat, companions and copied divisions only see the case."""

NOT_THE_SUBJECT = "Menyatakan bukan pihak yang diadukan."
"""Declaration of a reader, recorded with the reason if the subject of the complaint is unknown."""

READS_ALL_REVEALS = frozenset({Party.TIM_PKD, Party.HEAD, Party.SUPERVISOR})
"""Parties that read the whole log of reveals. Others read their own entries."""

PERMIT_DURATION = dt.timedelta(minutes=30)
"""Time for which the files of a hidden complainant can be opened after a reveal."""

SALT = "consultations.identity.permit"


def get_public_columns(identity: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the applicant's `details` that the case stores: all, or those declared as not identifying."""
    if identity == Identity.OPEN:
        return dict(details)
    public = {name: value for name, value in details.items() if name in NOT_IDENTIFYING}
    return {**public, "applicant_name": PLACEHOLDERS[Identity(identity)]}


def store_identity(case: Case, details: Mapping[str, Any]) -> None:
    """Store name and contact of a confidential complainant. Do nothing for other applicants."""
    if case.identity == Identity.CONFIDENTIAL:
        known = {field.hidden_as: details.get(field.name) or "" for field in PERSONAL if field.identifies}
        HiddenIdentity.objects.create(case=case, **known)


def can_reveal_identity(user: User, case: Case) -> bool:
    """Return whether a hidden identity is stored and the user handles the complaint."""
    return _is_stored(case) and bool(get_handling_parties(user, case))


@transaction.atomic
def reveal_identity(case: Case, *, by: User, reason: str, is_not_meant: bool = False) -> HiddenIdentity:
    """Return the hidden identity and log who saw it, with which title and why.

    If `subject_unknown()`, the user must declare not to be the subject (`is_not_meant`). Raise
    PermissionDenied without that declaration, if nothing is stored, or if the user does not handle the case.
    """
    mine = get_handling_parties(by, case)
    if not _is_stored(case) or not mine:
        raise PermissionDenied
    if subject_unknown(case):
        if not is_not_meant:
            raise PermissionDenied
        reason = f"{reason} ({NOT_THE_SUBJECT})"
    hidden = HiddenIdentity.objects.get(case=case)
    IdentityReveal.objects.create(case=case, by=by, title=next(iter(mine.values())), reason=reason)
    identity_revealed.send(Case, case=case, by=by)
    return hidden


class RevealForm(OfficeForm):
    """Form: the reason of a reveal (Keperluan).

    If the subject of the complaint is unknown, the reader also declares not to be the subject.
    """

    reason = line_field(
        gettext_lazy("Keperluan"),
        150,
        missing=gettext_lazy("Tulis untuk apa identitas pelapor perlu dibuka."),
        help_text=gettext_lazy(
            "Contoh: menghubungi pelapor untuk meminta bukti. Nama Anda dan keperluan ini dicatat."
        ),
    )
    is_not_meant = forms.BooleanField(
        label=gettext_lazy("Saya bukan yang diadukan"),
        error_messages={
            "required": with_words_lazy(
                gettext_lazy(
                    "Centang bila pengaduan ini bukan mengenai Anda. Bila mengenai Anda, anggota "
                    "%(agenda_team)s lain yang menanganinya."
                )
            )
        },
        help_text=gettext_lazy(
            "Pengaduan ini belum diagendakan. Pernyataan Anda dicatat bersama keperluannya."
        ),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not subject_unknown(case):
            del self.fields["is_not_meant"]


def list_reveals(user: User, case: Case) -> QuerySet[IdentityReveal]:
    """Return the log entries that the user may read, newest first."""
    reveals = IdentityReveal.objects.filter(case=case).select_related("by").order_by("-pk")
    return reveals if READS_ALL_REVEALS & parties(user, case).keys() else reveals.filter(by=user)


def _is_stored(case: Case) -> bool:
    return case.identity == Identity.CONFIDENTIAL and case.anonymised_at is None


def get_handling_parties(user: User, case: Case) -> dict[Party, str]:
    """Return the parties as which the user handles the case, with their titles.

    A Pengawas who only decides on a deletion does not handle the case.
    """
    held = parties(user, case)
    if not case.is_independent:
        held.pop(Party.SUPERVISOR, None)
    return {party: held[party] for party in COMPLAINT_HANDLERS if party in held}


def sign_file_permit(file: Attachment, *, user: User) -> str:
    """Return a signed token with which the user can open the file for PERMIT_DURATION."""
    until = clock.now() + PERMIT_DURATION
    return signing.dumps([file.pk, user.pk, until.timestamp()], salt=SALT)


def is_permitted(token: str, file: Attachment, *, user: User) -> bool:
    """Return whether the token is valid now and the user still handles the case."""
    try:
        pk, holder, until = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    named = (pk, holder) == (file.pk, user.pk) and clock.now().timestamp() <= until
    return named and can_reveal_identity(user, file.case)


@dataclass(frozen=True)
class Contact:
    """Recipient of a message. Unknown fields are empty. `phone` has the form +62..."""

    name: str = ""
    phone: str = ""
    email: str = ""


def get_contact(case: Case) -> Contact:
    """Return the applicant's contact, even of a hidden complainant; empty for an anonymous one.

    Use it for sending only and never show it. Staff read a hidden identity through
    `identity.reveal_identity()`, which logs the access.
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
    return f"+{digits[:5]}{'•' * max(len(digits) - 7, 0)}{digits[-2:]}" if digits else ""


def get_digits(phone: object) -> str:
    return "".join(character for character in str(phone) if character.isdecimal())
