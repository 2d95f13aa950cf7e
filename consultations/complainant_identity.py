"""Who complains, where that stays hidden: kept apart from the case, and each look at it logged.

UU 25/2009 and PermenPANRB 62/2018: the identity of a complainant who asks for it (rahasia) is hidden from all
but those who handle the complaint; who stays anonymous (anonim) gives none.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from consultations.enums import Identity, Party
from consultations.models import Attachment, Case, HiddenIdentity, IdentityLook
from consultations.parties import may_be_about_anybody, parties
from office import clock
from office.models import User

CONTACT = ("applicant_name", "organisation", "address", "phone", "email", "letter_number")
"""The columns of a case that tell who the applicant is."""

STANDS_FOR = {
    Identity.CONFIDENTIAL: "Pelapor dirahasiakan",
    Identity.ANONYMOUS: "Pelapor anonim",
}
"""What stands in place of a name, on record and so in Indonesian."""

HIDDEN: dict[str, Promise] = {
    Identity.CONFIDENTIAL: gettext_lazy(
        "Identitas dirahasiakan atas permintaan pelapor. Yang menangani pengaduan ini dapat membukanya; "
        "setiap pembukaan dicatat."
    ),
    Identity.ANONYMOUS: gettext_lazy(
        "Pelapor tidak menyebut nama dan kontak. Ia membaca jawaban kantor lewat tautannya sendiri."
    ),
}
"""What the office reads where it cannot read who complains."""

MAY_LOOK = (Party.TIM_PKD, Party.HEAD, Party.DIVISION_HEAD, Party.OFFICER)
"""The parties that handle a complaint. The Sekretariat, companions and copied divisions only see the case."""

NOT_THE_ONE_MEANT = "Menyatakan bukan pihak yang diadukan."
"""What stands on record with the reason of who looked before the official complained about was entered."""

READS_LOG = frozenset({Party.TIM_PKD, Party.HEAD})
"""Who reads every look that was taken; others read their own."""

PERMIT = dt.timedelta(minutes=30)
"""How long the files that a hidden complainant handed in stay open after a look."""


SALT = "consultations.identity.permit"


def columns(identity: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """What the case itself keeps of the applicant's `details`: everything, unless the identity is hidden."""
    if identity == Identity.OPEN:
        return dict(details)
    kept = {name: value for name, value in details.items() if name not in CONTACT}
    return {**kept, "applicant_name": STANDS_FOR[Identity(identity)]}


def hide(case: Case, details: Mapping[str, Any]) -> None:
    """Keep who complains confidentially apart from the case; of who is anonymous nothing is kept."""
    if case.identity == Identity.CONFIDENTIAL:
        known = {name: value for name in CONTACT if (value := details.get(name))}
        HiddenIdentity.objects.create(case=case, name=known.pop("applicant_name"), **known)


def may_look(user: User, case: Case) -> bool:
    """Whether the user may look at who complains: for each case, and never the official it is about."""
    return case.identity == Identity.CONFIDENTIAL and bool(_mine(user, case))


@transaction.atomic
def look(case: Case, *, by: User, reason: str, is_not_meant: bool = False) -> HiddenIdentity:
    """Look at who complains; who looked, in which position, when and why goes on record.

    Where the complaint `may_be_about_anybody()`, who looks declares that it is not about him or her
    (`is_not_meant`). Raises PermissionDenied for who does not handle the complaint, where nothing is hidden,
    and without that declaration.
    """
    mine = _mine(by, case)
    if case.identity != Identity.CONFIDENTIAL or not mine:
        raise PermissionDenied
    if may_be_about_anybody(case):
        if not is_not_meant:
            raise PermissionDenied
        reason = f"{reason} ({NOT_THE_ONE_MEANT})"
    hidden = HiddenIdentity.objects.get(case=case)
    IdentityLook.objects.create(case=case, by=by, title=next(iter(mine.values())), reason=reason)
    return hidden


def looks(user: User, case: Case) -> QuerySet[IdentityLook]:
    """The looks at a hidden identity that the user may read of, newest first."""
    taken = IdentityLook.objects.filter(case=case).select_related("by").order_by("-pk")
    return taken if READS_LOG & parties(user, case).keys() else taken.filter(by=user)


def _mine(user: User, case: Case) -> dict[Party, str]:
    """The parties in which the user handles the case, with the titles."""
    held = parties(user, case)
    return {party: held[party] for party in MAY_LOOK if party in held}


def permit(file: Attachment, *, user: User) -> str:
    """A signed permit to open a file of a hidden complainant: for one user and half an hour."""
    until = clock.now() + PERMIT
    return signing.dumps([file.pk, user.pk, until.timestamp()], salt=SALT)


def permits(token: str, file: Attachment, *, user: User) -> bool:
    """Whether `token` lets the user open the file now; no longer where he or she has lost the case."""
    try:
        pk, holder, until = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    named = (pk, holder) == (file.pk, user.pk) and clock.now().timestamp() <= until
    return named and may_look(user, file.case)
