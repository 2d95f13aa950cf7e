"""Convert a case to the other kind, and split two matters in one request.

A converted case keeps its code, number, link and history. A split-off case is a new one with the same
applicant. `Case.split_from` relates the two cases. A reader learns of the other case only if he may see it,
and no text of one names the other. The files are copied unless they may name who is complained about.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.complaints import OfficialField
from consultations.deadlines import completed_at, due_at, earliest, last_day_of_stage
from consultations.enums import HELP, ComplaintKind, Identity, Kind, State
from consultations.forms import StepForm
from consultations.intake.uploads import CheckedFile, attach
from consultations.models import Attachment, Case, ComplaintTarget, HiddenIdentity
from consultations.personal_fields import PERSONAL
from consultations.services import check_official
from consultations.workflow import Transition, transition
from kit import clock
from kit.forms import TextField, line_field, radio_field, reason_field
from kit.refusal import Refused
from office.models import User
from office.words import with_words_lazy


def to_complaint(
    case: Case, *, by: User, reason: str, complaint_kind: str = "", complained_about: User | None = None
) -> None:
    """Make a consultation a complaint. The applicant reads the reason.

    Without an agenda number, `register` asks for the kind of complaint and the official. With one they are
    stored here, and the days of a complaint are counted as there. Raise Refused if the kind is missing, or
    if nobody could continue in the official's place.
    """
    with transition("to_complaint", case, by=by, note=reason) as taken:
        taken.change(kind=Kind.COMPLAINT)
        if case.agenda_id:
            if not complaint_kind:
                raise Refused(_("Pilih klasifikasi pengaduan."), field="complaint_kind")
            if complained_about:
                check_official(case, complained_about)
            taken.change(
                complained_about=complained_about,
                complaint_kind=complaint_kind,
                follow_up_due=last_day_of_stage(clock.now(), ComplaintTarget.Stage.FIRST_FOLLOW_UP),
                answer_due=last_day_of_stage(completed_at(case), complaint_kind),
            )
        _set_due(taken)


def to_consultation(case: Case, *, by: User, reason: str) -> None:
    """Make a complaint a consultation. The applicant reads the reason.

    A precondition protects hidden complainants, and complaints about an official.
    """
    with transition("to_consultation", case, by=by, note=reason) as taken:
        nothing = {"complaint_kind": "", "follow_up_due": None, "answer_due": None}
        taken.change(kind=Kind.CONSULTATION, **nothing)
        _set_due(taken)


def _set_due(taken: Transition) -> None:
    """Set the deadline of the state again. A scheduled case is due at its session, or before."""
    case = taken.case
    if taken.target == State.SCHEDULED:
        due = earliest(case.planned_at, taken.changes.get("answer_due"))
    else:
        due = due_at(case, taken.target, since=case.since, changes=taken.changes)
    taken.change(due_at=due)


APPLICANT_COLUMNS = (
    *("channel", "forwarded_by", "by_post", "language", "identity", "submitted_at", *HELP),
    *(field.name for field in PERSONAL if field.identifies),
    *("letter_date",),
)
"""Columns that a split-off case takes over from the first one."""

OF_APPLICANT = (Attachment.Purpose.LETTER, Attachment.Purpose.MATERIAL, Attachment.Purpose.COMPLETION)


def split(case: Case, *, by: User, subject: str, material: str, reason: str = "", kind: str = "") -> Case:
    """Create a case from the second matter in a request, and return it.

    The new case waits for its own agenda number. If both are consultations, it gets copies of the applicant's
    files, because a letter names both matters. `kind` is that of the first case by default. The `reason` goes
    on record unless one is a complaint: the official of one may read the history of the other.

    Raise Refused if a hidden complainant would be revealed.
    """
    second = Case(
        **{name: getattr(case, name) for name in APPLICANT_COLUMNS},
        kind=kind or case.kind,
        subject=subject,
        material=material,
        split_from=case,
    )
    if second.kind == Kind.CONSULTATION and case.identity != Identity.OPEN:
        raise Refused(_("Identitas pelapor tidak terbuka, jadi urusan kedua tetap pengaduan."), field="kind")
    if second.kind == Kind.COMPLAINT:  # `register` asks again
        second.complained_about, second.complained_party = case.complained_about, case.complained_party
    sides = (case, second)
    note = "" if any(one.kind == Kind.COMPLAINT for one in sides) else reason
    with transition("split", case, by=by, note=note), transition("split_off", second, by=by, note=note):
        _copy_identity(case, second)
        if all(one.kind == Kind.CONSULTATION for one in sides):
            files = case.attachments.filter(purpose__in=OF_APPLICANT).exclude(file="")
            for file in files.order_by("pk"):
                with file.file.open("rb") as stored:
                    copy = CheckedFile(stored.read(), file.content_type, file.name)
                attach(second, copy, purpose=file.purpose, by=file.added_by)
    return second


def _copy_identity(case: Case, second: Case) -> None:
    """Store the hidden identity of the first case with the second one too."""
    if hidden := HiddenIdentity.objects.filter(case=case).first():
        names = [field.hidden_as for field in PERSONAL if field.identifies]
        HiddenIdentity.objects.create(case=second, **{name: getattr(hidden, name) for name in names})


class ToComplaintForm(StepForm):
    """The reason and, if the case has its agenda number, the kind of complaint and the official."""

    notice = with_words_lazy(
        _(
            "Sesudah ini, permohonan ditangani sebagai pengaduan: batas waktu pengaduan berlaku, dan pejabat "
            "yang diadukan tidak dapat melihatnya. Pemohon diberi tahu dan membaca alasan ini."
        )
    )
    complaint_kind = radio_field(
        _("Klasifikasi pengaduan"), ComplaintKind, missing=_("Pilih klasifikasi pengaduan.")
    )
    complained_about = OfficialField()
    reason = reason_field(_("Tulis mengapa ini pengaduan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.agenda_id:
            self.fields["complained_about"].offer("")  # type: ignore[attr-defined]
        else:
            del self.fields["complaint_kind"], self.fields["complained_about"]


class ToConsultationForm(StepForm):
    """The reason."""

    notice = with_words_lazy(
        _(
            "Sesudah ini, urusan ini ditangani seperti permintaan nasihat dan terbaca seluruh kantor. "
            "Pelapor diberi tahu dan membaca alasan ini."
        )
    )
    reason = reason_field(_("Tulis mengapa ini bukan pengaduan."))


class SplitForm(StepForm):
    """The second matter, and why it is apart."""

    notice = _(
        "Urusan kedua menjadi permohonan baru dengan kode lacak dan tautan sendiri, lalu menunggu nomor "
        "agenda. Pemohon mendapat keduanya. Bila salah satunya pengaduan, berkas tidak ikut disalin dan "
        "alasan tidak dicatat: pejabat yang diadukan mungkin membaca urusan yang lain."
    )
    says_consequence = True
    kind = radio_field(_("Jenis urusan kedua"), Kind, missing=_("Pilih konsultasi atau pengaduan."))
    subject = line_field(_("Perihal urusan kedua"), 200, missing=_("Tulis perihal urusan kedua."))
    material = TextField(
        _("Isi urusan kedua"),
        missing=_("Tulis isi urusan kedua."),
        rows=6,
        max_length=10_000,
        help_text=_("Salin dari permohonan ini yang menyangkut urusan kedua."),
    )
    reason = TextField(_("Alasan"), missing=_("Tulis mengapa dipisahkan."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("kind", self.case.kind)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason if it goes on record."""
        data = super().clean() or self.cleaned_data
        kinds = {self.case.kind, data.get("kind")}
        if Kind.COMPLAINT not in kinds and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", str(self.fields["reason"].error_messages["required"]))
        return data
