"""The types of documents: one row and one template (`print/<slug>.html`) each.

A higher app registers its types and registers in its module `documents`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.models import Case, Event
from consultations.scheduling.models import Session
from dispositions.models import (
    Assignment,
    Disposition,
    Meeting,
    Minutes,
    Opinion,
    OpinionReminder,
    StaffReview,
    Transfer,
)
from documents.contexts import Source, letters, newest_source, subject_data
from documents.letter_fields import OF_APPLICANT, OF_LETTER, OF_OFFICE, Letter
from documents.models import Document, Register
from documents.models.document import LETTERS, OF_A_PERIOD, TO_AGENCY
from documents.numbers import UNNUMBERED, LetterNumber
from documents.registers import book
from documents.registers.consultations import COMPLAINTS, GUEST_BOOK
from documents.registers.letters import AGENDA_BOOK, EXPEDITION, OUTGOING
from kit.pdf import MAX_TAGS, MAX_TEXT_BYTES
from office.models import Office


class Sheet(Enum):
    """Part of the office's paper (`Office.paper`) that a document is printed on."""

    WHOLE = auto()
    LANDSCAPE = auto()
    HALF = auto()

    def get_size(self, paper: str) -> str:
        """Return width and height in CSS syntax."""
        width, height = {Office.Paper.A4: (210, 297), Office.Paper.F4: (215, 330)}[Office.Paper(paper)]
        size = {
            Sheet.WHOLE: (width, height),
            Sheet.LANDSCAPE: (height, width),
            Sheet.HALF: (width, height / 2),
        }
        return "{:g}mm {:g}mm".format(*size[self])


@dataclass(frozen=True)
class DocumentType:
    """One type of document.

    `find_source(owner)` returns its newest source, or None; then `missing` is the sentence for the user. The
    owner is a case, or a register or another publication of a period; `row` is an instance of `model`.
    `get_context(owner, row)` returns what its template reads. A letter has `get_letter(document, row)`
    instead, and a text (letter_text.py) with the fields `fields`, of which `required` may not be missing. If
    `is_titled`, it begins with its title instead of an address. `number` has the codes of its number
    (numbering.py).
    `list_excluded(row)` returns users (primary keys) who may not sign. Verbs of the standard in `issued_by`
    issue the document from the `model` that their step stores, those in `revoked_by` revoke it if they move
    the case, and those in `dropped_by` do if nobody has signed it yet.
    `of_event(case, event)` returns the source if not each such event is one. `is_first(row)` returns whether
    the document replaces none. `max_bytes` and `max_tags` limit its size (see `kit.pdf`).
    `get_text(owner, row)` returns the text that the drafter may change before the signature. If `is_drafted`,
    the paper begins as a draft that its drafter submits. `get_data(owner, row)` returns what its PDF embeds
    as JSON beside the head of each document (`documents/files.py`). All of it must be printed on the
    document.
    """

    kind: Document.Kind
    model: type[Model]
    find_source: Callable[[Any], Source | None]
    missing: Promise
    list_excluded: Callable[[Any], Collection[int]]
    number: LetterNumber = UNNUMBERED
    get_context: Callable[[Any, Any], dict[str, Any]] = lambda owner, row: {}
    get_letter: Callable[[Document, Any], Letter] | None = None
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    is_titled: bool = False
    get_text: Callable[[Any, Any], str] = lambda owner, row: ""
    is_drafted: bool = False
    issued_by: tuple[str, ...] = ()
    revoked_by: tuple[str, ...] = ()
    dropped_by: tuple[str, ...] = ()
    max_bytes: int = MAX_TEXT_BYTES
    max_tags: int = MAX_TAGS
    of_event: Callable[[Case, Event], Source | None] | None = None
    get_data: Callable[[Any, Any], dict[str, Any]] = lambda owner, row: {}
    is_first: Callable[[Any], bool] = lambda row: False
    sheet: Sheet = Sheet.WHOLE
    best_pages: int = 0
    """Number of pages for which it is set more tightly, if only then all of it fits on them; 0: never."""

    @property
    def slug(self) -> str:
        return self.kind.slug

    @property
    def is_signed_for_head(self) -> bool:
        """Return whether it leaves in the name of the Kepala Dinas, who signs it or lets it be signed."""
        return self.kind in LETTERS

    @property
    def title(self) -> str:
        return str(self.kind.label)

    @property
    def template(self) -> tuple[str, ...]:
        """Return the names of its template. The letters share one, and so do the registers."""
        if self.get_letter:
            return ("print/surat.html",)
        own = f"print/{self.slug}.html"
        return (own, "print/register.html") if self.model is Register else (own,)

    @property
    def shows_applicant(self) -> bool:
        """Return whether it may tell who asks and what for."""
        return self.kind not in TO_AGENCY

    @property
    def is_slip(self) -> bool:
        """Return whether it is a receipt on half a sheet."""
        return self.kind == K.RECEIPT

    @property
    def known_fields(self) -> tuple[str, ...]:
        """Return the names of the fields that its text may have."""
        of_applicant = OF_APPLICANT if self.shows_applicant else {}
        return (*self.fields, *of_applicant, *OF_LETTER, *OF_OFFICE)


def names_nobody(row: Model) -> Collection[int]:
    """Say of a type of document that it names no official who may not sign it."""
    return ()


K = Document.Kind
SESSION_ENDS = ("no_show", "withdraw", "withdraw_for", "answer", "refuse_disposition", "refuse_assignment")
"""Verbs after which the planned session does not take place."""

NO_PERIOD = _("Pilih waktu yang dicetak.")

REGISTRY_BOOK = "000.5.3.1"
OF_LETTERS = (Register.Kind.AGENDA_BOOK, Register.Kind.OUTGOING, Register.Kind.EXPEDITION)
"""The code of the registers of letters (Permendagri 83/2022), and these registers."""

TYPES_BY_SLUG: dict[str, DocumentType] = {}
TYPES_BY_KIND: dict[str, DocumentType] = {}
CASE_DOCUMENT_TYPES: list[DocumentType] = []
"""The types of all apps, complete when the apps are ready. The list has those of a case."""


def add_types(*types: DocumentType) -> None:
    """Add types of documents."""
    TYPES_BY_SLUG.update({row.slug: row for row in types})
    TYPES_BY_KIND.update({row.kind: row for row in types})
    CASE_DOCUMENT_TYPES.extend(row for row in types if row.kind not in OF_A_PERIOD)


def add_books(*books: book.Book) -> None:
    """Add registers with the types of their documents."""
    book.BOOKS.update({row.kind: row for row in books})
    add_types(
        *(
            DocumentType(
                K(row.kind),
                Register,
                book.register_source,
                NO_PERIOD,
                names_nobody,
                LetterNumber(classification=REGISTRY_BOOK if row.kind in OF_LETTERS else ""),
                get_context=book.book_context,
                sheet=Sheet.LANDSCAPE,
                max_bytes=book.MAX_TEXT_BYTES,
                max_tags=book.MAX_TAGS,
            )
            for row in books
        )
    )


add_types(
    DocumentType(
        K.APPLICATION,
        Event,
        letters.find_form,
        _("Pemohon menyampaikan surat sendiri atau datang langsung; tidak ada formulir yang dibuat sistem."),
        names_nobody,
        get_context=letters.form_context,
        issued_by=("submit", "receive", "complete"),
        get_data=subject_data,
        of_event=letters.form_of_event,
    ),
    DocumentType(
        K.RECEIPT,
        Event,
        letters.find_receipt,
        _("Permohonan ini belum diterima."),
        names_nobody,
        get_context=letters.receipt_context,
        issued_by=("submit", "receive", "split_off", "walk_in", *letters.RENEWED),
        get_data=subject_data,
        of_event=letters.receipt_of_event,
        sheet=Sheet.HALF,
        best_pages=1,
    ),
    DocumentType(
        K.DISPOSITION,
        Disposition,
        letters.find_disposition,
        _("Permohonan ini belum didisposisikan."),
        names_nobody,
        get_context=letters.disposition_context,
        issued_by=("dispose", "ratify", "accept"),
        get_data=subject_data,
        revoked_by=("hand_back", "recall"),
        sheet=Sheet.HALF,
        best_pages=1,
    ),
    DocumentType(
        K.REJECTION,
        Event,
        letters.find_rejection,
        _("Permohonan ini tidak ditolak."),
        names_nobody,
        LetterNumber("SPn"),
        get_letter=letters.rejection_letter,
        fields=("alasan",),
        required=(
            "isi",
            "perihal",
            "alasan",
        ),
        issued_by=("decline",),
        get_data=subject_data,
    ),
    DocumentType(
        K.TRANSFER,
        Transfer,
        lambda case: newest_source(Transfer.objects.filter(case=case)),
        _("Pengaduan ini tidak diteruskan ke instansi lain."),
        names_nobody,
        LetterNumber("SPt"),
        get_letter=letters.transfer_letter,
        fields=("pelapor", "pihak_diadukan", "uraian", "alasan", "jumlah_berkas"),
        required=(
            "isi",
            "perihal",
            "uraian",
            "alasan",
        ),
        issued_by=("pass_on", "pass_up"),
        get_data=subject_data,
    ),
    DocumentType(
        K.ASSIGNMENT,
        Assignment,
        letters.find_assignment,
        _("Surat tugas terbit sesudah jadwal konsultasi ditetapkan."),
        # They do not sign their own assignment.
        lambda named: [named.officer_id, *(person.pk for person in named.case.list_companions())],
        LetterNumber("ST", "000.1.2.3"),
        get_letter=letters.assignment_letter,
        fields=(
            "dasar",
            "yang_ditugaskan",
            "hari_tanggal",
            "waktu",
            "cara",
            "tempat",
            "persiapan",
            "bantuan",
            "telaahan",
            "penerima_laporan",
            "penyalur_laporan",
        ),
        required=(
            "isi",
            "perihal",
            "yang_ditugaskan",
            "hari_tanggal",
            "waktu",
        ),
        is_titled=True,
        issued_by=("schedule", "reschedule", "reassign"),
        get_data=subject_data,
        revoked_by=SESSION_ENDS,
        of_event=letters.assignment_of_event,
    ),
    DocumentType(
        K.STAFF_REVIEW,
        StaffReview,
        lambda case: newest_source(case.staff_reviews),
        _("Permohonan ini tidak memiliki telaahan staf."),
        names_nobody,
        get_context=letters.staff_review_context,
        issued_by=("prepare", "amend", "record_opinion"),
        get_data=subject_data,
    ),
    DocumentType(
        K.SCHEDULE,
        Session,
        letters.find_schedule,
        _("Permohonan ini belum memiliki jadwal."),
        names_nobody,
        LetterNumber("PJ"),
        get_letter=letters.schedule_letter,
        fields=(
            "jenis_pemberitahuan",
            "hari_tanggal",
            "waktu",
            "cara",
            "tempat",
            "tautan",
            "petugas",
            "tempat_singkat",
            "petugas_menelepon",
            "jadwal_sebelumnya",
            "bantuan",
            "catatan",
        ),
        required=(
            "isi",
            "perihal",
            "hari_tanggal",
            "waktu",
            "cara",
            "tempat",
            "catatan",
        ),
        issued_by=("schedule", "reschedule"),
        get_data=subject_data,
        revoked_by=SESSION_ENDS,
        dropped_by=("finish",),
    ),
    DocumentType(
        K.OPINION_REQUEST,
        Opinion,
        letters.find_request,
        _("Belum ada pendapat yang diminta dari instansi lain."),
        names_nobody,
        LetterNumber("PP"),
        get_letter=letters.request_letter,
        fields=("pertanyaan", "batas_jawaban", "narahubung"),
        required=(
            "isi",
            "pertanyaan",
            "batas_jawaban",
        ),
        issued_by=("ask_opinion",),
        revoked_by=("withdraw", "withdraw_for"),
        is_first=lambda opinion: True,
    ),
    DocumentType(
        K.OPINION_REMINDER,
        OpinionReminder,
        letters.find_reminder,
        _("Belum ada instansi yang diingatkan dengan surat."),
        names_nobody,
        LetterNumber("PP"),
        get_letter=letters.reminder_letter,
        fields=("pertanyaan", "batas_semula", "batas_jawaban", "surat_permintaan", "narahubung"),
        required=(
            "isi",
            "pertanyaan",
            "batas_jawaban",
        ),
        issued_by=("remind_agency",),
        revoked_by=("withdraw", "withdraw_for"),
        is_first=lambda reminder: True,
    ),
    DocumentType(
        K.INVITATION,
        Meeting,
        lambda case: newest_source(case.meetings),
        _("Belum ada forum rapat yang diundang."),
        names_nobody,
        LetterNumber("UND", "000.1.5"),
        get_letter=letters.invitation_letter,
        fields=("hari_tanggal", "waktu", "tempat", "acara", "alasan_mendesak", "narahubung"),
        required=(
            "isi",
            "hari_tanggal",
            "waktu",
            "tempat",
            "acara",
        ),
        issued_by=("call_meeting",),
        is_first=lambda called: called.replaces_id is None,
        revoked_by=("withdraw", "withdraw_for"),
    ),
    DocumentType(
        K.MINUTES,
        Minutes,
        lambda case: newest_source(Minutes.objects.filter(meeting__case=case)),
        _("Notula rapat belum dicatat."),
        names_nobody,
        LetterNumber(classification="000.1.5"),
        get_context=letters.minutes_context,
        issued_by=("record_minutes",),
        get_data=subject_data,
        is_first=lambda minutes: not minutes.meeting.minutes.filter(pk__lt=minutes.pk).exists(),
        best_pages=1,
    ),
)
add_books(AGENDA_BOOK, GUEST_BOOK, COMPLAINTS, OUTGOING, EXPEDITION)


def get_source_row(document: Document) -> Model:
    """Return the row that the document is made from. It is read at most once."""
    if document.source_row is None:
        model = TYPES_BY_KIND[document.kind].model
        document.source_row = model._default_manager.get(pk=document.source_pk)
    return document.source_row
