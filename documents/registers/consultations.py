"""The registers of the service: consultations and complaints.

- Register Konsultasi (buku tamu): every consultation that was held, in any way, with or without a letter.
- Register Pengaduan: channel, kind, time limits met, and result of complaints. The stages and their days
  come from UU 25/2009 and PermenPANRB 62/2018 or from the office's own targets. Hidden complainants stay
  hidden: the case does not contain their names. Complaints in the independent channel are left out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import last_day_of_stage
from consultations.enums import Kind, State
from consultations.models import Case, ComplaintTarget, Event
from consultations.scheduling.models import Session
from documents.models import Register
from documents.registers.book import (
    AGENDA,
    APPLICANT,
    CODE,
    ORGANISATION,
    Book,
    name_of,
    number_of,
    organisation_of,
    person_of,
    to_day,
)
from kit.cache import caching_per_request
from kit.pagination import only
from kit.table import Column, Place
from office.words import word

OF_CONSULTED = (
    *(*APPLICANT, "code", "kind", "channel", "subject", "state", "passed_to", "merged_into", "report_number"),
    *("agenda__year", "agenda__number", "division__name"),
)
OF_SESSION = (
    *("mode", "started_at", "finished_at", "officer__name", "officer__username"),
    *(f"case__{field}" for field in OF_CONSULTED),
)


def get_hours(session: Session) -> str:
    """Return the real time of day (office's zone) from the start to the end."""
    moments = (moment for moment in (session.started_at, session.finished_at) if moment)
    return "–".join(time_format(timezone.localtime(moment)) for moment in moments)


def get_result(case: Case) -> str:
    """Return the state, and the number of an accepted report."""
    return ", ".join(filter(None, (case.get_state_display(), case.report_number)))


def _get_way(session: Session) -> str:
    way = str(Session.Mode(session.mode).label)
    return f"{way}; {session.case.get_channel_display()}" if session.case.is_walk_in else way


GUEST_BOOK = Book(
    kind=Register.Kind.GUEST_BOOK,
    title="Register Konsultasi",
    row_name=_("konsultasi"),
    model=Session,
    moment="finished_at",
    order=("finished_at", "pk"),
    columns=(
        Column(_("Tanggal"), lambda session: to_day(session.finished_at), 17),
        Column(_("Jam"), get_hours, 11),
        Column(AGENDA, lambda session: number_of(session.case), 10),
        Column(CODE, lambda session: session.case.code, 14, Place.FILE),
        Column(_("Jenis"), lambda session: session.case.get_kind_display(), 12),
        Column(_("Nama"), lambda session: name_of(session.case), 20),
        Column(ORGANISATION, lambda session: organisation_of(session.case), 20),
        Column(_("Keperluan"), lambda session: session.case.subject, 32, is_link=True),
        Column(_("Cara layanan"), _get_way, 20),
        Column(word("division_name"), lambda session: str(session.case.division or ""), 22, Place.FILE),
        Column(_("Petugas"), lambda session: str(session.officer), 20),
        Column(_("Lama pelayanan (menit)"), lambda session: session.minutes, 13),
        Column(_("Hasil"), lambda session: get_result(session.case), 22),
        Column(_("Paraf tamu"), lambda session: " ", 12, Place.PRINT),
    ),
    get_rows=lambda register: only(Session.objects.filter(cancelled_at=None), OF_SESSION),
    is_of_divisions=True,
)

OF_COMPLAINT = (
    *(*APPLICANT, "code", "kind", "channel", "submitted_at", "subject", "state", "since", "complaint_kind"),
    *("follow_up_due", "answer_due", "report_number", "first_closed_at", "end_reason", "lapor_number"),
    "passed_to",
    "merged_into",
    *("agenda__year", "agenda__number", "division__name"),
)

VERIFYING = ("register", "send_back", "walk_in")
"""Steps with which Tim PKD has checked a complaint. A walk-in needs none."""

FOLLOWING_UP = ("assign", "assign_for", "walk_in", "decline", "pass_on", "pass_up")
"""Steps that are the first follow-up of a complaint: somebody takes it on, or it is declined or passed on."""

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
class ComplaintLine:
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
            return _("Tidak: %(stages)s") % {"stages": ", ".join(late)}
        return str(_("Ya") if self.answer.done else _("Belum selesai"))

    @property
    def result(self) -> str:
        if self.case.state in BEFORE_END:
            return f"{self.case.get_state_display()}: {self.case.end_reason}"
        return get_result(self.case)


def _get_complaints(register: Register) -> QuerySet[Case]:
    complaints = only(Case.objects.filter(kind=Kind.COMPLAINT, is_independent=False), OF_COMPLAINT)
    return complaints.annotate(verified_at=_first(VERIFYING), followed_up_at=_first(FOLLOWING_UP))


def _first(verbs: tuple[str, ...]) -> Subquery:
    taken = Event.objects.standing().filter(case=OuterRef("pk"), verb__in=verbs).order_by("pk")
    return Subquery(taken.values("happened_at")[:1])


def _get_complaint_lines(cases: Sequence[Any], register: Register) -> list[ComplaintLine]:
    today = timezone.localdate(register.at)
    with caching_per_request():  # the working time is read once, also if a task prints the register
        return [_complaint_line(case, today) for case in cases]


def _complaint_line(case: Any, today: dt.date) -> ComplaintLine:
    verify_by = last_day_of_stage(case.submitted_at, ComplaintTarget.Stage.VERIFY)
    ended = case.since if case.state in BEFORE_END else case.first_closed_at
    followed_up = case.followed_up_at or ended
    return ComplaintLine(
        case,
        Stage(_("pemeriksaan"), verify_by, to_day(case.verified_at or ended), today),
        Stage(_("tindak lanjut pertama"), case.follow_up_due, to_day(followed_up), today),
        Stage(_("penyelesaian"), case.answer_due, to_day(ended), today),
    )


COMPLAINTS = Book(
    kind=Register.Kind.COMPLAINTS,
    title="Register Pengaduan",
    row_name=_("pengaduan"),
    model=Case,
    moment="submitted_at",
    order=("submitted_at", "pk"),
    columns=(
        Column(_("Tanggal terima"), lambda line: to_day(line.case.submitted_at), 17),
        Column(AGENDA, lambda line: number_of(line.case), 10),
        Column(CODE, lambda line: line.case.code, 14, Place.FILE),
        Column(_("Cara masuk"), lambda line: line.case.get_channel_display(), 14),
        Column(_("Pelapor"), lambda line: person_of(line.case), 22),
        Column(_("Perihal"), lambda line: line.case.subject, 30, is_link=True),
        Column(_("Klasifikasi pengaduan"), lambda line: line.case.get_complaint_kind_display(), 18),
        Column(word("division_name"), lambda line: str(line.case.division or ""), 20),
        Column(_("Diperiksa"), lambda line: line.verification.done, 17, Place.PRINT | Place.FILE),
        Column(_("Batas pemeriksaan"), lambda line: line.verification.due, 14, Place.FILE),
        Column(_("Tindak lanjut pertama"), lambda line: line.follow_up.done, 17, Place.PRINT | Place.FILE),
        Column(_("Batas tindak lanjut pertama"), lambda line: line.follow_up.due, 14, Place.FILE),
        Column(_("Selesai"), lambda line: line.answer.done, 17),
        Column(_("Batas penyelesaian"), lambda line: line.answer.due, 17),
        Column(_("Batas waktu dipenuhi"), lambda line: line.limits_met, 18),
        Column(_("Hasil"), lambda line: line.result, 24),
        Column(_("Nomor laporan LAPOR!"), lambda line: line.case.lapor_number, 18, Place.FILE),
    ),
    get_rows=_get_complaints,
    cases=("pk",),
    division="division",
    get_lines=_get_complaint_lines,
    is_of_divisions=True,
)
