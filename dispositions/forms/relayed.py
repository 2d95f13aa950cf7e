"""Forms with which the secretariat enters an order of an official, and the official answers."""

from typing import Any, cast

from crispy_forms.layout import Field, LayoutObject
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.forms import NoteForm, StepForm
from consultations.intake.uploads import ProofField
from consultations.scheduling.forms import check_past
from dispositions import queries, relayed
from dispositions.forms.disposition import AssignForm, DisposeForm, OneOf, SheetForm
from dispositions.models import Assignment, RelayedOrder
from kit import clock
from kit.forms import LocalDateTimeField, folded, radio_field, reason_field
from office.models import User
from office.words import with_words_lazy


class OrderForm(StepForm):
    """The giver of an order, the way, the time and a proof. The usual giver and the time are prefilled."""

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
        givers = relayed.list_givers(self.case, self.verb, by=by)
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
    """The disposition sheet, as the Kepala Dinas gave it."""

    verb = "dispose_for"
    notice = with_words_lazy(
        _("Permohonan langsung berjalan. %(head)s mengesahkan atau menolak disposisi ini di meja kerjanya.")
    )


class AssignForForm(OrderForm, AssignForm):
    """The officer and companions, as the Kepala Bidang named them."""

    verb = "assign_for"
    takes_advice = ""
    notice = with_words_lazy(
        _(
            "Permohonan langsung berjalan. %(division_head)s mengesahkan atau menolak penugasan ini di meja "
            "kerjanya."
        )
    )


class RefuseDispositionForm(SheetForm):
    reason = reason_field(_("Tulis mengapa ini bukan disposisi Anda."))
    notice = _("Permohonan kembali menunggu disposisi. Jadwal konsultasi yang sudah ada dibatalkan.")


class AssignmentForm(StepForm):
    """An answer to an assignment that the secretariat entered."""

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
