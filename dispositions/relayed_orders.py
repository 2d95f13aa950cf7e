"""Orders that an official gave by word, by telephone or on paper, and that the secretariat enters.

Such an order is a disposition or an assignment. It counts as an act of the official after the official, or
the stand-in, has ratified it. Both may refuse it. The disposition of an urgent walk-in is ratified here too.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from crispy_forms.layout import Field, LayoutObject
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms import NoteForm, StepForm
from consultations.intake.uploads import CheckedFile, ProofField, attach
from consultations.models import Attachment, Case
from consultations.scheduling.forms import check_past
from consultations.scheduling.services import cancel_session
from consultations.workflow import VERBS, Transition, check, transition
from dispositions import queries
from dispositions.forms.disposition import AssignForm, DisposeForm, OneOf, SheetForm
from dispositions.models import Assignment, Disposition, RelayedOrder
from dispositions.services import store_assignment, store_disposition
from kit import clock
from kit.forms import LocalDateTimeField, folded, radio_field, reason_field
from kit.refusal import Refused
from office.models import Appointment, Role, User, list_current_appointments
from office.words import with_words_lazy

GIVEN_AS = {"dispose_for": Role.HEAD, "assign_for": Role.DIVISION_HEAD}
"""Role of the official that each step is entered for."""


def list_givers(case: Case, verb: str, *, by: User) -> list[Appointment]:
    """Return who may have given the order: holders of the position today, acting ones first.

    `by`, who enters the order, and the official complained about are left out.
    """
    role, excluded = GIVEN_AS[verb], {by.pk, case.complained_about_id}
    division = case.division_id if role == Role.DIVISION_HEAD else None
    held = [row for row in list_current_appointments() if row.user_id not in excluded]
    found = [row for row in held if (row.position.role, row.position.division_id) == (role, division)]
    return sorted(found, key=lambda row: not row.acting)


def dispose_for(
    case: Case,
    *,
    by: User,
    given_by: User,
    way: str,
    given_at: dt.datetime | None = None,
    proof: CheckedFile | None = None,
    note: str = "",
    **sheet: Any,
) -> None:
    """Step 3: enter the disposition that the Kepala Dinas gave. `sheet` is that of `dispose()`.

    `given_at` (now by default) is not in the future and not before the case came to the Kepala Dinas. Raise
    Refused as `dispose()` does, if `given_by` did not hold the position then, or if the photograph of a
    paper sheet is missing.
    """
    with _enter("dispose_for", case, by, given_by, way, given_at, proof, note) as (taken, store_order):
        store_order(disposition=store_disposition(taken, note=note, by=by, **sheet))
        taken.change(awaits_ratification=True)


def assign_for(
    case: Case,
    *,
    by: User,
    given_by: User,
    way: str,
    given_at: dt.datetime | None = None,
    proof: CheckedFile | None = None,
    note: str = "",
    **named: Any,
) -> None:
    """Step 4: enter the assignment that the Kepala Bidang gave. `named` is that of `assign()`.

    Raise Refused as `assign()` and `dispose_for()` do.
    """
    with _enter("assign_for", case, by, given_by, way, given_at, proof, note) as (taken, store_order):
        store_order(assignment=store_assignment(taken, by=by, **named))
        taken.change(assignment_unratified=True)


@contextmanager
def _enter(
    verb: str,
    case: Case,
    by: User,
    given_by: User,
    way: str,
    given_at: dt.datetime | None,
    proof: CheckedFile | None,
    note: str,
) -> Iterator[tuple[Transition, Callable[..., object]]]:
    """Check an order and take its step. Yield the transition, and a function that stores the order.

    The function takes the disposition or the assignment of the order. Raise Refused as `dispose_for()` does.
    """
    checked = check(verb, case, by=by)
    now = clock.now()
    at, since = given_at or now, min(checked.case.since, now)
    if at < since < at + dt.timedelta(minutes=1):  # the picker has no seconds
        at = since
    givers = list_givers(checked.case, verb, by=by)
    giver = next((row for row in givers if row.user_id == given_by.pk), None)
    if giver is None:
        raise Refused(_("Pilih pejabat dari daftar ini."), field="given_by")
    if giver.starts > timezone.localdate(at):
        sentence = _("%(name)s belum memegang jabatan ini pada waktu itu. Periksa waktunya.")
        raise Refused(sentence % {"name": given_by}, field="given_at")
    if way == RelayedOrder.Way.PAPER and (proof is None or proof.is_audio):
        raise Refused(_("Unggah foto lembar yang ditulis pejabat."), field="proof")
    with translation.override("id"):  # the note goes on record
        note = f"{RelayedOrder.Way(way).label}, dari {giver.user} ({giver.title}).\n{note}".strip()
    with transition(verb, case, by=by, note=note, at=at, checked=checked) as taken:

        def store_order(**decision: Disposition | Assignment) -> None:
            purpose = Attachment.Purpose.ORDER
            RelayedOrder.objects.create(
                case=taken.case,
                given_by=giver.user,
                given_title=giver.title,
                given_at=at,
                way=way,
                proof=attach(taken.case, proof, purpose=purpose, by=by) if proof else None,
                entered_by=by,
                entered_title=taken.title,
                **decision,
            )

        yield taken, store_order


def ratify(case: Case, *, by: User, note: str = "") -> None:
    """Step 8: the Kepala Dinas ratifies the disposition that the secretariat entered.

    Raise Refused if `by` entered it.
    """
    with transition("ratify", case, by=by, note=note) as taken:
        record_ratification(taken, by=by)
        taken.change(awaits_ratification=False)


def record_ratification(taken: Transition, *, by: User) -> None:
    """Within a transition: sign the disposition that the secretariat wrote, as the Kepala Dinas."""
    taken.record = sheet = taken.case.dispositions.latest("pk")
    sheet.ratified_by, sheet.ratified_at, sheet.ratified_title = by, clock.now(), taken.title
    sheet.save(update_fields=["ratified_by", "ratified_at", "ratified_title"])
    _answer(taken, by=by, disposition=sheet)


def ratify_assignment(case: Case, *, by: User, note: str = "") -> None:
    """Step 4: the Kepala Bidang ratifies the assignment that the secretariat entered.

    Raise Refused if `by` entered it.
    """
    with transition("ratify_assignment", case, by=by, note=note) as taken:
        taken.record = assignment = case.assignments.latest("pk")
        _answer(taken, by=by, assignment=assignment)
        taken.change(assignment_unratified=False)


def refuse_disposition(case: Case, *, by: User, reason: str) -> None:
    """Step 3: the Kepala Dinas did not give this disposition. The case waits for one again."""
    with transition("refuse_disposition", case, by=by, note=reason) as taken:
        _answer(taken, by=by, is_ratified=False, disposition=case.dispositions.latest("pk"))
        case.copied_to.clear()
        _take_from_officer(taken)
        taken.change(division=None, deadline=None, awaits_ratification=False)


def refuse_assignment(case: Case, *, by: User, reason: str) -> None:
    """Step 4: the Kepala Bidang did not give this assignment. The case waits for one again."""
    with transition("refuse_assignment", case, by=by, note=reason) as taken:
        _answer(taken, by=by, is_ratified=False, assignment=case.assignments.latest("pk"))
        _take_from_officer(taken)


def _take_from_officer(taken: Transition) -> None:
    """Take the case from officer and companions. What they have prepared stays on record."""
    with translation.override("id"):  # the reason goes on record
        cancel_session(taken.case, reason=str(VERBS[taken.step.verb].done))
    taken.case.companions.clear()
    taken.change(officer=None, assignment_unratified=False, review_awaited=False, other_time=None)


def _answer(
    taken: Transition, *, by: User, is_ratified: bool = True, **decision: Disposition | Assignment
) -> None:
    """Store the answer to the order behind a decision. Raise Refused if `by` entered it."""
    order = RelayedOrder.objects.filter(**decision).first()
    if order is None:  # a walk-in
        return
    if order.entered_by_id == by.pk:
        raise Refused(_("Anda sendiri yang mencatatnya, jadi orang lain yang mengesahkannya."))
    order.answered_by, order.answered_title, order.answered_at = by, taken.title, clock.now()
    order.is_ratified = is_ratified
    order.save(update_fields=["answered_by", "answered_title", "answered_at", "is_ratified"])


class OrderForm(StepForm):
    """Form: the giver of an order, the way, the time and a proof. Usual giver and time are prefilled."""

    verb: str
    given_by = OneOf(
        label=_("Siapa yang memberi"),
        error_messages={
            "required": _("Pilih pejabat yang memberi."),
            "invalid_choice": _("Pilih pejabat dari daftar ini."),
        },
    )
    way = radio_field(
        _("Dengan cara apa"), RelayedOrder.Way, missing=_("Pilih lisan, telepon, atau lembar kertas.")
    )
    given_at = LocalDateTimeField(label=_("Kapan"), validators=[check_past])
    proof = ProofField(
        label=_("Foto lembar atau rekaman suara"),
        required=False,
        help_text=_("Paling besar 5 MB. Disposisi atau penugasan di kertas perlu fotonya."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by, field = cast(User, self.by), self.fields["given_by"]
        givers = list_givers(self.case, self.verb, by=by)
        field.offer(lambda: [row.user for row in givers])  # type: ignore[attr-defined]
        field.choices = [(row.user_id, f"{row.user}, {row.title}") for row in givers]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("given_by", givers[0].user_id if givers else None)
            self.initial.setdefault("given_at", clock.now())

    def rows(self) -> list[str | LayoutObject]:
        way = Field("way", template="ui/widgets/chips.html")
        others = [row for row in super().rows() if row not in ("given_by", "way", "given_at", "proof")]
        return ["given_by", way, "given_at", folded("proof"), *others]


class DisposeForForm(OrderForm, DisposeForm):
    """Form: the disposition sheet, as the Kepala Dinas gave it."""

    verb = "dispose_for"
    notice = with_words_lazy(
        _("Permohonan langsung berjalan. %(head)s mengesahkan atau menolak disposisi ini di meja kerjanya.")
    )


class AssignForForm(OrderForm, AssignForm):
    """Form: the officer and companions, as the Kepala Bidang named them."""

    verb = "assign_for"
    takes_advice = ""
    notice = with_words_lazy(
        _(
            "Permohonan langsung berjalan. %(division_head)s mengesahkan atau menolak penugasan ini di meja "
            "kerjanya."
        )
    )


class RatifyForm(SheetForm, NoteForm):
    notice = with_words_lazy(_("Dengan ini disposisi yang dicatat %(secretariat)s menjadi disposisi Anda."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.is_walk_in:
            self.button = _("Setujui tamu ini dilayani")


class RefuseDispositionForm(SheetForm):
    reason = reason_field(_("Tulis mengapa ini bukan disposisi Anda."))
    notice = _("Permohonan kembali menunggu disposisi. Jadwal konsultasi yang sudah ada dibatalkan.")


class AssignmentForm(StepForm):
    """Form of the answer to an assignment that the secretariat entered."""

    @cached_property
    def assignment(self) -> Assignment:
        return self.case.assignments.select_related("officer").latest("pk")

    @cached_property
    def order(self) -> RelayedOrder | None:
        return queries.get_relayed_order(assignment=self.assignment)


class RatifyAssignmentForm(AssignmentForm, NoteForm):
    notice = with_words_lazy(_("Dengan ini penugasan yang dicatat %(secretariat)s menjadi penugasan Anda."))


class RefuseAssignmentForm(AssignmentForm):
    reason = reason_field(_("Tulis mengapa ini bukan penugasan Anda."))
    notice = _("Permohonan kembali menunggu penugasan. Jadwal konsultasi yang sudah ada dibatalkan.")
