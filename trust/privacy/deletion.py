"""Deletion of personal data on request (UU 27/2022), and its opposite, retention (legal hold).

The applicant asks, or the Sekretariat writes it down at the counter. The head decides within DELETION_TIME. A
complaint, or a case without its result, takes the Pengawas as a second official. The applicant can stop the
deletion for STOP_WITHIN; then a job erases the data.
"""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import DELETION_TIME
from consultations.enums import IdentityCheck, Kind, State
from consultations.forms import StepForm
from consultations.models import Case, Event
from consultations.parties import Applicant, CodeHolder, list_supervisors
from consultations.secret_link import RenewLinkForm
from consultations.workflow import Transition, transition
from kit import clock
from kit.forms import TextField, reason_field
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy
from trust.privacy.models import STOP_WITHIN, Disposal

RETAINED = _(
    "Pemusnahan permohonan ini ditangguhkan. Tolak permintaannya, atau akhiri dahulu penangguhannya."
)
OWN_REQUEST = _("Anda sendiri yang mencatat permintaannya. Orang lain yang memutuskan.")
NO_SUPERVISOR = _(
    "Penghapusan ini memerlukan persetujuan kedua oleh Pengawas, dan kantor ini belum memiliki Pengawas. "
    "Mintalah administrator mengusulkannya."
)


class Decision(TextChoices):
    GRANTED = "GRANTED", _("Dikabulkan: data pribadi dihapus")
    REFUSED = "REFUSED", _("Ditolak: data wajib disimpan")


def get_deletion_due(case: Case) -> dt.datetime | None:
    """Return until when the head of the office answers the request for deletion, or None without one."""
    is_open = case.deletion_asked_at and not case.deletion_granted_at
    return case.deletion_asked_at + DELETION_TIME if is_open and case.deletion_asked_at else None


def needs_second_official(case: Case) -> bool:
    """Return whether the head alone cannot erase the case: a complaint, or a case without its result.

    A case that was converted from a complaint counts as one.
    """
    is_plain = case.kind != Kind.COMPLAINT and case.state == State.CLOSED
    return not is_plain or case.history.filter(verb="to_consultation").exists()


def ask_deletion(case: Case, *, by: Applicant, reason: str) -> None:
    """Ask for the deletion of the personal data. The head of the office answers within DELETION_TIME."""
    with transition("ask_deletion", case, by=by, note=reason) as taken:
        taken.change(deletion_asked_at=clock.now())


def ask_deletion_for(case: Case, *, by: User, checked_with: str, reason: str) -> None:
    """Write down at the counter that the applicant asks for the deletion, after a check of the identity."""
    with translation.override("id"):  # the note goes on record
        note = f"Identitas diperiksa: {IdentityCheck(checked_with).label}. {reason}"
    with transition("ask_deletion_for", case, by=by, note=note) as taken:
        taken.change(deletion_asked_at=clock.now())


def decide_deletion(
    case: Case, *, by: User, decision: str, reason: str, verb: str = "decide_deletion"
) -> None:
    """Grant or refuse the deletion; the applicant reads the reason.

    Tim PKD decides by the verb `decide_deletion_for` if the head may not see the complaint. A granted request
    is an approval of its own, or a proposal if it takes a second official. Raise Refused if a retained case
    would be erased, if `by` wrote the request down, or if the second official is missing.
    """
    with transition(verb, case, by=by, note=_word(decision, reason)) as taken:
        asked = _find_request(case)
        if asked and asked.by_id == by.pk:
            raise Refused(OWN_REQUEST)
        if decision == Decision.REFUSED:
            taken.change(deletion_asked_at=None)
            return
        listed = [case, *case.merged.order_by("pk")]
        if any(one.retained_because for one in listed):
            raise Refused(RETAINED, field="decision")
        disposal = Disposal(
            rule=Disposal.REQUESTED,
            before=clock.today(),
            codes=[one.code for one in listed],
            rows=len(listed),
            proposed_title="Pemohon",
            proposed_at=clock.now(),
        )
        taken.change(deletion_granted_at=clock.now())
        if not needs_second_official(case):
            _approve(disposal, taken, by=by, reason=reason)
        elif not list_supervisors() - {case.complained_about_id}:
            raise Refused(NO_SUPERVISOR, field="decision")
        else:
            disposal.proposed_by, disposal.proposed_title = by, taken.title
        disposal.save()


def confirm_deletion(case: Case, *, by: User, decision: str, reason: str) -> None:
    """Approve or refuse as second official the deletion that the head has granted.

    The applicant reads the reason. Raise Refused if `by` is who granted it.
    """
    with transition("confirm_deletion", case, by=by, note=_word(decision, reason)) as taken:
        disposal = _find_open(case).get()
        if disposal.proposed_by_id == by.pk:
            raise Refused(_("Anda sendiri yang mengabulkannya. Orang lain yang menyetujui."))
        _approve(disposal, taken, by=by, reason=reason, is_approved=decision == Decision.GRANTED)
        disposal.save()
        if decision == Decision.REFUSED:
            taken.change(**NOTHING_ASKED)


def stop_deletion(case: Case, *, by: Applicant | CodeHolder) -> None:
    """Stop a deletion in the name of the applicant, before the data are erased."""
    with transition("stop_deletion", case, by=by) as taken:
        _stop(taken)


def retain(case: Case, *, by: User, reason: str) -> None:
    """Exclude the case from erasure, for example because of a dispute or an audit.

    A deletion that was granted stops.
    """
    with transition("retain", case, by=by, note=reason) as taken:
        taken.change(retained_because=reason)
        if case.deletion_granted_at:
            _stop(taken)


def release(case: Case, *, by: User, reason: str) -> None:
    """Let the retention schedule apply again."""
    with transition("release", case, by=by, note=reason) as taken:
        taken.change(retained_because="")


NOTHING_ASKED = {"deletion_asked_at": None, "deletion_granted_at": None, "erase_at": None}


def _word(decision: str, reason: str) -> str:
    with translation.override("id"):  # the note goes on record
        return f"{Decision(decision).label}. {reason}"


def _find_request(case: Case) -> Event | None:
    return case.history.filter(verb__startswith="ask_deletion").order_by("pk").last()


def _find_open(case: Case) -> Any:
    """Return the granted deletions of the case that are neither executed nor stopped: at most one."""
    waiting = Disposal.objects.filter(rule=Disposal.REQUESTED, done_at=None, stopped_at=None)
    codes = waiting.exclude(is_approved=False).values_list("pk", "codes")
    return waiting.filter(pk__in=[pk for pk, listed in codes if listed[0] == case.code])


def _approve(
    disposal: Disposal, taken: Transition, *, by: User, reason: str, is_approved: bool = True
) -> None:
    disposal.decided_by, disposal.decided_title = by, taken.title
    disposal.decided_at, disposal.is_approved, disposal.reason = clock.now(), is_approved, reason
    taken.change(erase_at=disposal.decided_at + STOP_WITHIN)


def _stop(taken: Transition) -> None:
    for disposal in _find_open(taken.case):
        disposal.stopped_at = clock.now()
        disposal.save(update_fields=["stopped_at"])
    taken.change(**NOTHING_ASKED)


class AskDeletionForm(StepForm):
    notice = with_words_lazy(
        _(
            "Bila dikabulkan, nama, kontak, isi, berkas, dan naskah Anda dihapus dan tidak dapat "
            "dikembalikan. Nomor, tanggal, dan angka statistik tetap disimpan tanpa nama. %(head)s "
            "menjawab paling lambat 3 x 24 jam. Sesudah itu Anda masih dapat menghentikannya selama 7 hari."
        )
    )
    reason = reason_field(_("Tulis alasan Anda, contoh: urusan saya sudah selesai."))


class AskDeletionForForm(RenewLinkForm):
    """How the identity was checked, and the applicant's reason."""

    notice = with_words_lazy(
        _("%(head)s memutuskan. Pemohon diberi tahu di nomor atau surelnya, dan dapat menghentikannya.")
    )
    reason = reason_field(_("Tulis alasan pemohon."))


class DecideDeletionForm(StepForm):
    """Granted or refused, with the reason that the applicant reads."""

    is_final = True
    notice = _("Bila dikabulkan, pemohon diberi tahu dan dapat menghentikannya selama 7 hari.")
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

    @property
    def needs_second(self) -> bool:
        return needs_second_official(self.case)

    @cached_property
    def request(self) -> Event | None:
        """The request of the applicant, with the reason."""
        return _find_request(self.case)

    @cached_property
    def first_decision(self) -> Event | None:
        """The decision of the head, if a second official decides now."""
        granted = self.case.history.filter(verb__startswith="decide_deletion").order_by("pk")
        return granted.last() if self.case.deletion_granted_at else None


class StopDeletionForm(StepForm):
    notice = _("Data Anda tetap disimpan. Anda dapat memintanya lagi kapan saja.")


class RetainForm(StepForm):
    notice = _("Selama ditangguhkan, data permohonan ini tidak dihapus, juga bila masa simpannya habis.")
    reason = reason_field(_("Tulis alasan penangguhan, contoh: sengketa atau pemeriksaan Inspektorat."))


class ReleaseForm(StepForm):
    reason = reason_field(_("Tulis mengapa penangguhan berakhir."))
