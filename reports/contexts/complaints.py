"""The register of complaints (Register Pengaduan): channel, kind, time limits met, and result.

The stages and their days come from PermenPANRB 62/2018 or from the office's own targets. Hidden complainants
stay hidden: the case does not contain their names. Complaints in the independent channel are left out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import Targets
from consultations.enums import ComplaintKind, Kind, State
from consultations.models import Case, ComplaintTarget, Event
from consultations.pagination import only
from office.words import word
from reports.contexts.book import Book, BookColumn, Place, to_day
from reports.contexts.guest_book import get_result
from reports.contexts.registers import APPLICANT, person_of
from reports.models import Register

FIELDS = (
    *(*APPLICANT, "code", "kind", "channel", "submitted_at", "subject", "state", "since", "complaint_kind"),
    *("follow_up_due", "answer_due", "report_number", "first_closed_at", "end_reason", "lapor_number"),
    *("agenda__year", "agenda__number", "division__name"),
)

VERIFYING = ("register", "send_back", "walk_in")
"""Steps with which Tim PKD has checked a complaint. A walk-in needs none."""

FOLLOWING_UP = ("assign", "walk_in", "decline")
"""Steps that are the first follow-up of a complaint: somebody takes it on, or the head declines it."""

BEFORE_END = (State.DECLINED, State.WITHDRAWN)


@dataclass(frozen=True)
class Stage:
    """A stage of a complaint: its last day, and the day on which it was done. Each may be unknown."""

    label: Promise
    due: dt.date | None
    done: dt.date | None
    today: dt.date

    @property
    def is_late(self) -> bool:
        return self.due is not None and (self.done or self.today) > self.due


@dataclass(frozen=True)
class Line:
    """One complaint with its three stages."""

    case: Case
    verification: Stage
    follow_up: Stage
    answer: Stage

    @property
    def limits_met(self) -> str:
        """Whether all time limits were met; if not, which ones were missed."""
        stages = (self.verification, self.follow_up, self.answer)
        if late := [str(stage.label) for stage in stages if stage.is_late]:
            return gettext("Tidak: %(stages)s") % {"stages": ", ".join(late)}
        return gettext("Ya") if self.answer.done else gettext("Belum selesai")

    @property
    def result(self) -> str:
        if self.case.state in BEFORE_END:
            return f"{self.case.get_state_display()}: {self.case.end_reason}"
        return get_result(self.case)


def _get_rows(register: Register) -> QuerySet[Case]:
    complaints = only(Case.objects.filter(kind=Kind.COMPLAINT, is_independent=False), FIELDS)
    return complaints.annotate(verified_at=_first(VERIFYING), followed_up_at=_first(FOLLOWING_UP))


def _first(verbs: tuple[str, ...]) -> Subquery:
    """Return when the first of these steps of the case was taken."""
    taken = Event.objects.filter(case=OuterRef("pk"), verb__in=verbs).order_by("pk")
    return Subquery(taken.values("happened_at")[:1])


def _get_lines(cases: Sequence[Any], register: Register) -> list[Line]:
    targets, today = Targets(), timezone.localdate(register.at)
    return [_line(case, targets, today) for case in cases]


def _line(case: Any, targets: Targets, today: dt.date) -> Line:
    ended = case.since if case.state in BEFORE_END else case.first_closed_at
    verify_by = targets.last_day_of_stage(case.submitted_at, ComplaintTarget.Stage.VERIFY)
    followed_up = case.followed_up_at or ended
    return Line(
        case,
        Stage(_("pemeriksaan"), verify_by, to_day(case.verified_at or ended), today),
        Stage(_("tindak lanjut pertama"), case.follow_up_due, to_day(followed_up), today),
        Stage(_("penyelesaian"), case.answer_due, to_day(ended), today),
    )


def _kind(line: Line) -> str:
    return str(ComplaintKind(line.case.complaint_kind).label) if line.case.complaint_kind else ""


COMPLAINTS = Book(
    Register.Kind.COMPLAINTS,
    "Register Pengaduan",
    _("pengaduan"),
    Case,
    "submitted_at",
    ("submitted_at", "pk"),
    (
        BookColumn(_("Tanggal terima"), lambda line: to_day(line.case.submitted_at), 17),
        BookColumn(_("Nomor agenda"), lambda line: str(line.case.agenda or ""), 10),
        BookColumn(_("Kode lacak"), lambda line: line.case.code, 14, Place.FILE),
        BookColumn(_("Cara masuk"), lambda line: line.case.get_channel_display(), 14),
        BookColumn(_("Pelapor"), lambda line: person_of(line.case), 22),
        BookColumn(_("Perihal"), lambda line: line.case.subject, 30),
        BookColumn(_("Golongan pengaduan"), _kind, 18),
        BookColumn(word("division_name"), lambda line: str(line.case.division or ""), 20),
        BookColumn(_("Diperiksa"), lambda line: line.verification.done, 17, Place.PAPER | Place.FILE),
        BookColumn(_("Batas pemeriksaan"), lambda line: line.verification.due, 14, Place.FILE),
        BookColumn(
            _("Tindak lanjut pertama"), lambda line: line.follow_up.done, 17, Place.PAPER | Place.FILE
        ),
        BookColumn(_("Batas tindak lanjut pertama"), lambda line: line.follow_up.due, 14, Place.FILE),
        BookColumn(_("Selesai"), lambda line: line.answer.done, 17),
        BookColumn(_("Batas penyelesaian"), lambda line: line.answer.due, 17),
        BookColumn(_("Batas waktu dipenuhi"), lambda line: line.limits_met, 18),
        BookColumn(_("Hasil"), lambda line: line.result, 24),
        BookColumn(_("Nomor laporan LAPOR!"), lambda line: line.case.lapor_number, 18, Place.FILE),
    ),
    _get_rows,
    cases=("pk",),
    division="division",
    get_lines=_get_lines,
    is_of_divisions=True,
)
