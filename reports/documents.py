"""The papers of the service: one row and one template each.

A new kind is a row in `ROWS` (with its `Document.Kind` and its word in `SLUGS`) and a template
`print/<slug>.html` on `print/base.html`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Event
from dispositions.models import Assignment, Disposition, StaffReview
from reports.facts import agenda_book, decision, meeting, recap, registers, report, request, survey
from reports.facts.record import Record
from reports.models import SLUGS, Document, Register, Report
from reports.numbers import LetterNumber, no_number, report_number
from reports.rendering import LONGEST, MOST_TAGS
from scheduling.models import Session
from surveys.models import Publication


class Paper(StrEnum):
    """The size of a sheet, width by height, as CSS writes it."""

    A4 = "210mm 297mm"
    F4 = "215mm 330mm"
    F4_LANDSCAPE = "330mm 215mm"
    HALF_F4 = "215mm 165mm"


@dataclass(frozen=True)
class Kind:
    """One kind of paper.

    `record` finds what it is made from (None: there is no such paper yet, `missing` says so); `facts` reads
    what its template names. Both take the case, or what a paper of a period is made from (the register, the
    result of the survey), and `facts` the row of `model` as well. `number` gives its number, `issued_by` and
    `revoked_by` are the verbs of the standard that issue it and take it back. `longest` and `most_tags` are
    the limits of its size.
    """

    of: Document.Kind
    paper: Paper
    model: type[Model]
    record: Callable[[Any], Record | None]
    facts: Callable[[Any, Any], dict[str, Any]]
    missing: Promise
    number: Callable[[Any, Any], str] = no_number
    issued_by: tuple[str, ...] = ()
    revoked_by: tuple[str, ...] = ()
    longest: int = LONGEST
    most_tags: int = MOST_TAGS

    @property
    def slug(self) -> str:
        return SLUGS[self.of]

    @property
    def title(self) -> str:
        return str(self.of.label)

    @property
    def template(self) -> str:
        return f"print/{self.slug}.html"


K = Document.Kind
NO_PERIOD = _("Pilih waktu yang dicetak.")

ROWS = (
    Kind(
        K.APPLICATION,
        Paper.F4,
        Event,
        request.letter,
        request.letter_facts,
        _("Pemohon menyampaikan surat sendiri atau datang langsung; tidak ada surat yang dibuat sistem."),
        issued_by=("submit", "receive", "complete"),
    ),
    Kind(
        K.RECEIPT,
        Paper.HALF_F4,
        Event,
        request.receipt,
        request.receipt_facts,
        _("Permohonan ini belum diterima."),
        issued_by=("submit", "receive", "walk_in"),
    ),
    Kind(
        K.DISPOSITION,
        Paper.HALF_F4,
        Disposition,
        decision.disposition,
        decision.disposition_facts,
        _("Permohonan ini belum didisposisikan."),
        issued_by=("dispose", "ratify", "accept"),
        revoked_by=("hand_back",),
    ),
    Kind(
        K.REJECTION,
        Paper.F4,
        Event,
        decision.rejection,
        decision.rejection_facts,
        _("Permohonan ini tidak ditolak."),
        LetterNumber("SPn"),
        issued_by=("decline",),
    ),
    Kind(
        K.ASSIGNMENT,
        Paper.F4,
        Assignment,
        decision.assignment,
        decision.assignment_facts,
        _("Belum ada petugas yang ditunjuk dengan surat tugas."),
        LetterNumber("ST"),
        issued_by=("assign", "reassign"),
        revoked_by=("withdraw",),
    ),
    Kind(
        K.STAFF_REVIEW,
        Paper.F4,
        StaffReview,
        meeting.staff_review,
        meeting.staff_review_facts,
        _("Permohonan ini tidak memiliki telaahan staf."),
        LetterNumber("TS"),
        issued_by=("prepare",),
    ),
    Kind(
        K.SCHEDULE,
        Paper.F4,
        Session,
        meeting.schedule,
        meeting.schedule_facts,
        _("Permohonan ini belum memiliki jadwal."),
        LetterNumber("PJ"),
        issued_by=("schedule", "reschedule"),
        revoked_by=("no_show", "withdraw"),
    ),
    Kind(
        K.REPORT,
        Paper.A4,
        Report,
        report.report,
        report.report_facts,
        _("Laporan Hasil Konsultasi untuk permohonan ini belum ditulis."),
        report_number,
        issued_by=("accept",),
    ),
    Kind(
        K.AGENDA_BOOK,
        Paper.F4_LANDSCAPE,
        Register,
        registers.record_of,
        agenda_book.agenda_book_facts,
        NO_PERIOD,
        longest=registers.LONGEST,
        most_tags=registers.MOST_TAGS,
    ),
    Kind(
        K.RECAP,
        Paper.F4_LANDSCAPE,
        Register,
        registers.record_of,
        recap.recap_facts,
        NO_PERIOD,
        longest=registers.LONGEST,
        most_tags=registers.MOST_TAGS,
    ),
    Kind(K.SURVEY, Paper.A4, Publication, survey.result_of, survey.result_facts, NO_PERIOD),
)

KINDS: dict[str, Kind] = {kind.slug: kind for kind in ROWS}
"""The kinds by the word that stands in their address."""

KIND_OF: dict[str, Kind] = {kind.of: kind for kind in ROWS}
"""The kinds by what a `Document` says it is."""

OF_A_CASE = tuple(kind for kind in ROWS if kind.model not in (Register, Publication))
