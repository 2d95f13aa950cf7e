"""Rights of the applicant (UU 27/2022): correction of name and number, deletion of the personal data."""

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Case, HiddenIdentity
from consultations.parties import Applicant
from consultations.workflow import transition
from kit.refusal import Refused
from ledger.models import Disposal
from office import clock
from office.models import User
from privacy.services.execution import erase_approved

ANSWER_WITHIN = dt.timedelta(hours=72)
"""Time for the answer to a request for deletion, by the clock (UU 27/2022: 3 x 24 hours)."""


RETAINED = _("Permohonan ini ditahan dari pemusnahan. Tolak permintaannya, atau akhiri dahulu penahanannya.")


class Decision(TextChoices):
    """Decision on a request for deletion."""

    GRANTED = "GRANTED", _("Dikabulkan: data pribadi dihapus")
    REFUSED = "REFUSED", _("Ditolak: data wajib disimpan")


def correct_contact(case: Case, *, by: Applicant, applicant_name: str, phone: str) -> None:
    """Correct name and number. Documents that were issued before stay as they are.

    The history says what changed, without the content. Raise Refused if nothing changes.
    """
    note = "Nama dan nomor kontak diperbaiki pemohon"
    with transition("correct_contact", case, by=by, note=note) as taken:
        if case.identity == Identity.OPEN:
            if (applicant_name, phone) == (case.applicant_name, case.phone):
                raise Refused(_("Belum ada yang berubah. Perbaiki nama atau nomornya."))
            taken.change(applicant_name=applicant_name, phone=phone)
        else:
            hidden = HiddenIdentity.objects.get(case=case)
            hidden.name, hidden.phone = applicant_name, phone
            hidden.save(update_fields=["name", "phone"])


def get_deletion_due(case: Case) -> dt.datetime | None:
    """Return until when the head of the office answers the request for deletion, or None without one."""
    return case.deletion_asked_at + ANSWER_WITHIN if case.deletion_asked_at else None


def ask_deletion(case: Case, *, by: Applicant, reason: str) -> None:
    """Ask for the deletion of the personal data. The head of the office answers within ANSWER_WITHIN."""
    with transition("ask_deletion", case, by=by, note=reason) as taken:
        taken.change(deletion_asked_at=clock.now())


def decide_deletion(case: Case, *, by: User, decision: str, reason: str) -> None:
    """Grant or refuse the deletion; the applicant reads the reason.

    A granted request is an approval of its own, and a background task erases the data after the commit. Raise
    Refused if a retained case would be erased.
    """
    with translation.override("id"):  # the note goes on record
        note = f"{Decision(decision).label}. {reason}"
    with transition("decide_deletion", case, by=by, note=note) as taken:
        taken.change(deletion_asked_at=None)
        if decision == Decision.REFUSED:
            return
        if case.retained_because:
            raise Refused(
                RETAINED,
                field="decision",
            )
        now = clock.now()
        disposal = Disposal.objects.create(
            rule=Disposal.REQUESTED,
            before=clock.today(),
            codes=[case.code],
            rows=1,
            proposed_title="Pemohon",
            proposed_at=now,
            decided_by=by,
            decided_title=taken.title,
            decided_at=now,
            is_approved=True,
            reason=reason,
        )
        transaction.on_commit(partial(erase_approved.enqueue, disposal.pk), robust=True)
