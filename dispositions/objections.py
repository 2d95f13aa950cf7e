"""Objections (Keberatan) to a refusal and their decisions (UU 30/2014, articles 77 and 78).

The head decides, or an authority outside the office (`Office.objection_authority`). A granted objection
reopens the case with its number and history; a rejected one confirms the refusal.
"""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import last_day_of_stage, last_day_to_decide, last_day_to_object
from consultations.enums import Kind
from consultations.forms import StepForm
from consultations.intake.uploads import (
    CheckedFile,
    CheckedFileField,
    CheckedFilesField,
    FilesForm,
    anonymise,
    attach,
    merge_to_pdf,
)
from consultations.models import Attachment, Case, ComplaintTarget, Objection
from consultations.parties import Actor, is_without_head
from consultations.step_row import explain_late_objection
from consultations.workflow import Transition, transition
from kit import clock
from kit.forms import LocalDateField, LocalDateTimeField, TextField, line_field, reason_field
from kit.refusal import Refused
from office.models import Office, User
from office.words import with_words_lazy

PURPOSE = Attachment.Purpose.OBJECTION


def file_objection(case: Case, *, by: Actor, reason: str, file: CheckedFile | None = None) -> None:
    """Store the applicant's objection. The days to decide it begin now."""
    file = anonymise(case.identity, file, PURPOSE)
    with transition("object", case, by=by) as taken:
        _store(taken, reason, file, clock.now(), recorded_by=None)


def file_objection_for(
    case: Case,
    *,
    by: User,
    reason: str,
    received_at: dt.datetime | None = None,
    file: CheckedFile | None = None,
) -> None:
    """Store an objection that came by letter or at the counter, at `received_at` (aware; default now).

    Raise Refused if it came after the last day, before the refusal, or in the future.
    """
    at, file = received_at or clock.now(), anonymise(case.identity, file, PURPOSE)
    with transition("object_for", case, by=by) as taken:
        if at > clock.now() or at < case.since:
            raise Refused(
                _("Waktu terima harus sesudah penolakan dan tidak di masa depan."), field="received_at"
            )
        if case.object_until and timezone.localdate(at) > case.object_until:
            raise Refused(explain_late_objection(case.object_until), field="received_at")
        _store(taken, reason, file, at, recorded_by=by)


def _store(
    taken: Transition, reason: str, file: CheckedFile | None, at: dt.datetime, *, recorded_by: User | None
) -> None:
    case = taken.case
    if file:
        attach(case, file, purpose=PURPOSE, by=recorded_by)
    taken.record = objection = Objection.objects.create(
        case=case,
        received_at=at,
        recorded_by=recorded_by,
        recorded_title=taken.title if recorded_by else "",
        reason=reason,
        authority=find_authority(case),
        due=last_day_to_decide(at),
    )
    above = bool(objection.authority)
    taken.change(object_until=None, objection_due=objection.due, objection_above=above)


OUTSIDE = "Sekretaris Daerah atau Inspektorat Daerah"
"""Authority for a complaint about the head, if the office names none. It goes on record."""


def find_authority(case: Case) -> str:
    """Return who decides outside the office; empty if the head decides.

    A complaint about the only head is never decided by the head.
    """
    office = Office.load()
    return office.objection_authority or (is_without_head(case) and (office.higher_office or OUTSIDE)) or ""


def decide_objection(case: Case, *, by: User, is_granted: bool, decision: str) -> None:
    """Decide as the Kepala Dinas. The applicant reads `decision`, the reasons."""
    with transition("decide_objection", case, by=by, note=decision) as taken:
        _decide(taken, is_granted, decision, by=by)


def record_objection(
    case: Case,
    *,
    by: User,
    is_granted: bool,
    decision: str,
    decision_number: str,
    decision_date: dt.date,
    scan: CheckedFile,
) -> None:
    """Record the decision of the authority outside, with its number, date and scan.

    Raise Refused if it is dated in the future or before the objection.
    """
    with transition("record_objection", case, by=by, note=decision) as taken:
        objection = get_waiting(case)
        if not timezone.localdate(objection.received_at) <= decision_date <= clock.today():
            sentence = _("Tanggal keputusan harus sesudah keberatan diterima dan tidak di masa depan.")
            raise Refused(sentence, field="decision_date")
        attached = attach(case, scan, purpose=Attachment.Purpose.DECISION, by=by)
        outside = {"decision_number": decision_number, "decision_date": decision_date, "scan": attached}
        _decide(taken, is_granted, decision, by=by, **outside)


def _decide(taken: Transition, is_granted: bool, decision: str, *, by: User, **outside: Any) -> None:
    """Store the decision. A granted objection reopens the case: the days of a complaint begin again."""
    case, now = taken.case, clock.now()
    taken.record = objection = get_waiting(case)
    facts = {"is_granted": is_granted, "decision": decision, **outside}
    facts |= {"decided_by": by, "decided_title": taken.title, "decided_at": now}
    for name, value in facts.items():
        setattr(objection, name, value)
    objection.save(update_fields=[*facts])
    taken.change(objection_due=None, objection_above=False)
    if is_granted:
        taken.change(end_reason="")
    if is_granted and case.kind == Kind.COMPLAINT:
        taken.change(
            follow_up_due=last_day_of_stage(now, ComplaintTarget.Stage.FIRST_FOLLOW_UP),
            answer_due=last_day_of_stage(now, case.complaint_kind) if case.complaint_kind else None,
        )


def get_waiting(case: Case) -> Objection:
    """Return the objection of the case that waits for its decision."""
    return Objection.objects.get(case=case, decided_at=None)


def renew_limit(case: Case) -> None:
    """Count the days to object from now, when the letter of refusal is signed."""
    until = last_day_to_object(clock.now())
    Case.objects.filter(pk=case.pk, object_until__isnull=False).update(object_until=until)


class ObjectForm(FilesForm, StepForm):
    """The objection in the applicant's own words. Several files become one PDF."""

    reason = TextField(
        _("Alasan keberatan"),
        missing=_("Tulis mengapa penolakan ini menurut Anda tidak tepat."),
        rows=6,
        max_length=10_000,
    )
    file = CheckedFilesField(label=_("Berkas pendukung"), required=False)

    @property
    def notice(self) -> Promise | str:  # type: ignore[override]
        days = {"days": Office.load().objection_answer_days}
        return (
            _("Keberatan diputus paling lama %(days)s hari kerja. Putusannya tampil di halaman ini.") % days
        )

    def clean_file(self) -> CheckedFile | None:
        """Return the files as one PDF."""
        return merge_to_pdf(self.accepted_files("file"))


class ObjectForForm(ObjectForm):
    """An objection by letter or at the counter."""

    received_at = LocalDateTimeField(
        label=_("Diterima pada"), required=False, help_text=_("Kosongkan bila baru saja.")
    )
    reason = reason_field(_("Tulis alasan pemohon, seperti dalam suratnya."), label=_("Alasan keberatan"))
    field_order = ("received_at", "reason", "file")

    @property
    def notice(self) -> Promise | str:  # type: ignore[override]
        until = self.case.object_until
        sentence = _("Keberatan dapat diterima sampai %(day)s. Cetak tanda terimanya untuk pemohon.")
        return sentence % {"day": date_format(until)} if until else ""


class DecideObjectionForm(StepForm):
    """Granted or rejected, with the reasons."""

    is_final = True
    notice = with_words_lazy(
        _(
            "Bila dikabulkan, permohonan dibuka lagi dan menunggu disposisi %(head)s. Bila ditolak, "
            "penolakan semula tetap. Pemohon membaca pertimbangan ini dalam surat keputusan keberatan."
        )
    )
    is_granted = forms.TypedChoiceField(
        label=_("Putusan"),
        choices=[("true", _("Dikabulkan: permohonan dibuka lagi")), ("false", _("Ditolak: penolakan tetap"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih dikabulkan atau ditolak.")},
    )
    decision = reason_field(_("Tulis pertimbangan yang dibaca pemohon."), label=_("Pertimbangan"))

    @property
    def objection(self) -> Objection:
        """The objection that waits, for the page."""
        return get_waiting(self.case)


class RecordObjectionForm(DecideObjectionForm):
    """The decision of the authority outside, with its number, date and scan."""

    decision_number = line_field(_("Nomor keputusan"), 100, missing=_("Tulis nomor keputusan."))
    decision_date = LocalDateField(label=_("Tanggal keputusan"))
    scan = CheckedFileField(label=_("Pindaian keputusan"))
    notice = _(
        "Catat keputusan tertulis dari luar kantor ini. Bila dikabulkan, permohonan dibuka lagi. Pemohon "
        "membaca pertimbangan ini dalam surat keputusan keberatan."
    )
