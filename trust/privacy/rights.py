"""Rights of the applicant (UU 27/2022): correction and deletion; and retaining a case (legal hold)."""

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.forms import StepForm
from consultations.models import Case, Event, HiddenIdentity
from consultations.parties import Applicant
from consultations.workflow import transition
from kit import clock
from kit.forms import PhoneField, TextField, reason_field
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy
from trust.ledger.models import Disposal
from trust.privacy.erasure import erase_approved

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


def retain(case: Case, *, by: User, reason: str) -> None:
    """Exclude the case from erasure, for example because of a dispute or an audit."""
    with transition("retain", case, by=by, note=reason) as taken:
        taken.change(retained_because=reason)


def release(case: Case, *, by: User, reason: str) -> None:
    """Let the retention schedule apply again."""
    with transition("release", case, by=by, note=reason) as taken:
        taken.change(retained_because="")


class CorrectContactForm(StepForm):
    """Name and number of the applicant. A hidden name is not shown: others may know the link."""

    notice = _("Naskah yang sudah terbit tidak berubah. Naskah berikutnya memakai nama dan nomor yang baru.")
    applicant_name = forms.CharField(
        label=_("Nama lengkap"), max_length=150, error_messages={"required": _("Tulis nama Anda.")}
    )
    phone = PhoneField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.identity == Identity.OPEN:
            for name in self.fields:
                self.fields[name].initial = getattr(self.case, name)


class AskDeletionForm(StepForm):
    """The reason for a deletion."""

    notice = with_words_lazy(
        _(
            "Bila dikabulkan, nama, kontak, isi, berkas, dan naskah Anda dihapus dan tidak dapat "
            "dikembalikan. Nomor, tanggal, dan angka statistik tetap disimpan tanpa nama. %(head)s "
            "menjawab paling lambat 3 x 24 jam."
        )
    )
    reason = reason_field(_("Tulis alasan Anda, contoh: urusan saya sudah selesai."))


class DecideDeletionForm(StepForm):
    """Granted or refused, with the reason that the applicant reads."""

    is_final = True
    notice = _("Bila dikabulkan, data dihapus sesudah pemohon diberi tahu. Ini tidak dapat dibatalkan.")
    decision = forms.ChoiceField(
        label=_("Keputusan"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    reason = TextField(
        label=_("Alasan untuk pemohon"),
        help_text=_("Bila ditolak, sebut dasarnya, contoh: wajib disimpan menurut jadwal retensi arsip."),
        error_messages={"required": _("Tulis alasan yang dibaca pemohon.")},
    )

    @cached_property
    def request(self) -> Event | None:
        """The request of the applicant, with the reason."""
        return self.case.history.filter(verb="ask_deletion").order_by("pk").last()


class RetainForm(StepForm):
    """The reason for retaining a case."""

    notice = _("Selama ditahan, data permohonan ini tidak dihapus, juga bila masa simpannya habis.")
    reason = reason_field(_("Tulis alasan penahanan, contoh: sengketa atau pemeriksaan Inspektorat."))


class ReleaseForm(StepForm):
    """The reason for releasing a case."""

    reason = reason_field(_("Tulis mengapa penahanan berakhir."))
