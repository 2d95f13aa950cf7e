"""Issued documents, their state until they are signed, and their files with the SHA-256."""

import datetime as dt
import uuid
from enum import IntFlag, auto
from typing import TypeAlias

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Kind as CaseKind
from consultations.models import Case
from consultations.parties import Applicant, CodeHolder
from kit.encryption import EncryptedFileField
from kit.records import KindField, MarkedChoices, constraint, get_display
from kit.urls import get_public_url
from office.models import Office, Role, User
from office.models.people import user_field
from office.words import with_words, with_words_lazy


class Mark(IntFlag):
    """Properties of a kind of document."""

    FOR_APPLICANT = auto()  # the others are internal
    WITH_LINK = auto()  # the secret link is printed on it
    TO_AGENCY = auto()  # contains neither the applicant nor the subject of the case
    LETTER = auto()  # outgoing letter with a number of the office's register (buku surat keluar)
    OF_A_PERIOD = auto()  # belongs to a period instead of a case


class DocumentKind(MarkedChoices):
    """The kinds of documents. The slug is in URLs, file names and the name of the template."""

    APPLICATION = "APPLICATION", Mark.FOR_APPLICANT, "surat-permohonan", _("Formulir Permohonan")
    RECEIPT = "RECEIPT", Mark.FOR_APPLICANT | Mark.WITH_LINK, "tanda-terima", _("Tanda Terima")
    DISPOSITION = "DISPOSITION", 0, "lembar-disposisi", _("Lembar Disposisi")
    ASSIGNMENT = "ASSIGNMENT", Mark.LETTER, "surat-tugas", _("Surat Tugas")
    SCHEDULE = (
        *("SCHEDULE", Mark.FOR_APPLICANT | Mark.LETTER, "pemberitahuan-jadwal"),
        _("Pemberitahuan Jadwal"),
    )
    STAFF_REVIEW = "STAFF_REVIEW", 0, "telaahan-staf", _("Telaahan Staf")
    REPORT = "REPORT", Mark.FOR_APPLICANT, "laporan", _("Laporan Hasil Konsultasi")
    RESULT = "RESULT", Mark.FOR_APPLICANT | Mark.LETTER, "surat-hasil", _("Surat Hasil Konsultasi")
    TRANSFER = "TRANSFER", Mark.FOR_APPLICANT | Mark.LETTER, "surat-penerusan", _("Surat Penerusan")
    REJECTION = "REJECTION", Mark.FOR_APPLICANT | Mark.LETTER, "surat-penolakan", _("Surat Penolakan")
    OPINION_REQUEST = (
        *("OPINION_REQUEST", Mark.TO_AGENCY | Mark.LETTER, "surat-permintaan-pendapat"),
        _("Surat Permintaan Pendapat"),
    )
    OPINION_REMINDER = (
        *("OPINION_REMINDER", Mark.TO_AGENCY | Mark.LETTER, "surat-pengingat-pendapat"),
        _("Permintaan Pendapat (Susulan)"),
    )
    INVITATION = "INVITATION", Mark.TO_AGENCY | Mark.LETTER, "undangan-rapat", _("Undangan Rapat")
    MINUTES = "MINUTES", 0, "notula-rapat", _("Notula Rapat")
    AGENDA_BOOK = "AGENDA_BOOK", Mark.OF_A_PERIOD, "buku-agenda", _("Buku Agenda")
    GUEST_BOOK = "GUEST_BOOK", Mark.OF_A_PERIOD, "register-konsultasi", _("Register Konsultasi")
    COMPLAINTS = "COMPLAINTS", Mark.OF_A_PERIOD, "register-pengaduan", _("Register Pengaduan")
    OUTGOING = "OUTGOING", Mark.OF_A_PERIOD, "buku-surat-keluar", _("Buku Agenda Surat Keluar")
    EXPEDITION = "EXPEDITION", Mark.OF_A_PERIOD, "buku-ekspedisi", _("Buku Ekspedisi")
    RECAP = "RECAP", Mark.OF_A_PERIOD, "rekap-laporan", _("Rekap Laporan")
    SURVEY = "SURVEY", Mark.OF_A_PERIOD, "hasil-survei", _("Laporan Survei Kepuasan Masyarakat")


class PaperState(models.TextChoices):
    """The life of a document. Those that need nobody's signature are ISSUED from the start (life.py)."""

    DRAFT = "DRAFT", _("konsep")
    INITIALS = "INITIALS", _("menunggu paraf")
    SIGNATURE = "SIGNATURE", _("menunggu tanda tangan")
    ISSUED = "ISSUED", _("terbit")
    SENT = "SENT", _("terkirim")


UNSIGNED = (PaperState.DRAFT, PaperState.INITIALS, PaperState.SIGNATURE)
WAITING = (PaperState.INITIALS, PaperState.SIGNATURE)
"""States of a paper that waits for initials or for a signature."""

LETTERS = DocumentKind.marked(Mark.LETTER)
FOR_APPLICANT = DocumentKind.marked(Mark.FOR_APPLICANT)
WITH_LINK = DocumentKind.marked(Mark.WITH_LINK)
TO_AGENCY = DocumentKind.marked(Mark.TO_AGENCY)
TO_INSTITUTION = (*TO_AGENCY, DocumentKind.TRANSFER)
"""Letters that somebody must send to another institution. The applicant may have a copy on the page."""

OF_A_PERIOD = DocumentKind.marked(Mark.OF_A_PERIOD)
LINK = "has_secret_link"

NUMBERED = Coalesce("numbered_at", "issued_at")
"""The time when a document gets its number."""


UNSENT = Q(state=PaperState.ISSUED, signed_at__isnull=False)
"""Matches papers that are signed and that somebody must send."""

UNCONFIRMED = Q(way="HAND", confirmed_at__isnull=True, denied_at__isnull=True, revoked_at__isnull=True)
"""Matches papers in force whose signer has not said whether the scanned signature is genuine."""


def document_path(document: "Document", name: str) -> str:
    """Return the storage path, which reveals nothing about the case."""
    return f"documents/{str(document.pk)[:2]}/{document.pk}.pdf"


def original_path(document: "Document", name: str) -> str:
    return f"documents/{str(document.pk)[:2]}/{document.pk}-{name}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def in_force(self) -> "DocumentQuerySet":
        """Return documents that are not replaced by a newer version, revoked or erased."""
        # A join to the replacing document would lead PostgreSQL to sort all letters without a number.
        newer = Document.objects.filter(replaces=OuterRef("pk"))
        return self.filter(~Exists(newer), revoked_at=None, erased_at=None)

    def get_of_source(self, kind: str, source: int) -> "Document | None":
        """Return the newest version of a document that is made from this row: a denied letter has another."""
        return self.filter(kind=kind, source_pk=source).order_by("-version").first()

    def ready(self) -> "DocumentQuerySet":
        """Return documents in force without those that wait for a signature or their number."""
        return self.in_force().exclude(state__in=UNSIGNED).exclude(kind__in=LETTERS, number="")

    def numbered(self) -> "DocumentQuerySet":
        """Return documents with a number, with `numbered`: when they got it. Old ones got it when issued."""
        return self.exclude(number="").alias(numbered=NUMBERED)

    def for_applicant(self) -> "DocumentQuerySet":
        """Return documents in force for the applicant, in the order of issue.

        The report is internal, unless the office shares it or the case has no letter with the result.
        """
        found = self.ready().filter(kind__in=FOR_APPLICANT).order_by("issued_at", "kind")
        if Office.load().shares_report:
            return found
        letters = Document.objects.filter(case=OuterRef("case"), kind=DocumentKind.RESULT)
        return found.filter(~Q(kind=DocumentKind.REPORT) | ~Exists(letters))

    def for_holder(self, holder: Applicant | CodeHolder | None) -> "DocumentQuerySet":
        """Return the documents for the applicant, without the secret link for a `holder` who has none."""
        found = self.for_applicant()
        return found if isinstance(holder, Applicant) else found.exclude(kind__in=WITH_LINK)

    def awaited_by_applicant(self) -> "DocumentQuerySet":
        """Return letters in force for the applicant that somebody must still initial or sign."""
        return self.in_force().filter(kind__in=FOR_APPLICANT, state__in=UNSIGNED).order_by("issued_at")

    def awaiting_number(self) -> "DocumentQuerySet":
        """Return the letters in force that lack nothing but a number, or a number and the signature."""
        unfinished = (PaperState.DRAFT, PaperState.INITIALS)
        return self.in_force().filter(kind__in=LETTERS, number="").exclude(state__in=unfinished)


class Document(models.Model):
    """An issued document (Naskah Dinas).

    The row is saved in the transaction of the step that issues it; the file follows after commit, or with the
    signature. A correction is a new version that names the one it replaces.

    A paper in a superior's name has a `signer_role`. Until it is signed, `turn` is the role that must initial
    or sign it now. `issuer` is who was to sign it, `signed_title` who did. A paper that is signed by hand is
    printed first: `original` is what was printed, `file` the scan. A paper that was given back is printed
    again: its QR code names the printing, so that nobody takes the earlier one for it. The registry stores
    the scan; only the signer knows whether the signature is genuine (`confirmed_at`, `denied_at`).
    """

    Kind: TypeAlias = DocumentKind  # noqa: UP040 -- `type` would make no attribute of the class
    State: TypeAlias = PaperState  # noqa: UP040

    class Way(models.TextChoices):
        ELECTRONIC = "ELECTRONIC", _("tanda tangan elektronik")
        HAND = "HAND", _("tanda tangan basah")

    class Signature(models.TextChoices):
        PKCS12 = "pkcs12", _("sertifikat elektronik kantor")
        BSRE = "bsre", _("sertifikat elektronik BSrE")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = KindField(_("jenis"), max_length=20, choices=Kind)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name=_("permohonan"), null=True, related_name="documents"
    )
    source_pk = models.PositiveBigIntegerField(
        _("catatan asal"), help_text=_("Kunci catatan yang dicetak; jenis naskah menentukan tabelnya.")
    )
    version = models.PositiveSmallIntegerField(_("versi"), default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("menggantikan"), null=True, related_name="replaced_by"
    )
    state = models.CharField(_("keadaan"), max_length=10, choices=PaperState, default=PaperState.ISSUED)
    turn = models.CharField(
        _("menunggu"),
        max_length=15,
        choices=Role,
        blank=True,
        help_text=_("Jabatan yang memaraf atau meneken."),
    )
    signer_role = models.CharField(_("ditandatangani oleh"), max_length=15, choices=Role, blank=True)
    drafted_by = user_field(_("dikonsep oleh"), null=True, help_text=_("Kosong: pemohon atau sistem"))
    text = models.TextField(_("isi tambahan"), blank=True)
    signed_by = user_field(_("ditandatangani"), null=True)
    signed_title = models.CharField(_("ditandatangani selaku"), max_length=420, blank=True)
    signed_at = models.DateTimeField(_("waktu tanda tangan"), null=True)
    way = models.CharField(_("cara tanda tangan"), max_length=10, choices=Way, blank=True)
    original = EncryptedFileField(
        _("cetakan"), upload_to=original_path, blank=True, encrypted_if=LINK, hashed_in="original_sha256"
    )
    original_sha256 = models.CharField(_("SHA-256 cetakan"), max_length=64, blank=True)
    printed_at = models.DateTimeField(_("dicetak untuk ditandatangani"), null=True)
    printed_for = user_field(_("dicetak untuk"), null=True, help_text=_("Pejabat yang namanya tercetak"))
    printed_title = models.CharField(_("dicetak untuk jabatan"), max_length=420, blank=True)
    classification = models.CharField(
        _("kode klasifikasi"),
        max_length=20,
        blank=True,
        help_text=_("Kosong: naskah dari sebelum kode dicatat"),
    )
    number = models.CharField(_("nomor"), max_length=100, blank=True)
    numbered_by = user_field(_("nomor diisi oleh"), null=True, help_text=_("Kosong: nomor dari Rembuk"))
    numbered_at = models.DateTimeField(_("diberi nomor"), null=True)
    issued_by = user_field(_("oleh"), null=True, help_text=_("Kosong: pemohon atau sistem"))
    issuer = models.CharField(
        _("diterbitkan oleh"),
        max_length=420,
        help_text=with_words_lazy(_("Dua baris bila atas nama (a.n.) %(head)s")),
    )
    issued_at = models.DateTimeField(_("diterbitkan"))
    filed_at = models.DateTimeField(_("berkas disimpan"), null=True)
    revoked_at = models.DateTimeField(_("dicabut"), null=True)
    revoke_reason = models.CharField(_("alasan dicabut"), max_length=200, blank=True)

    file = EncryptedFileField(
        _("berkas"), upload_to=document_path, blank=True, encrypted_if=LINK, hashed_in="sha256"
    )
    size = models.PositiveIntegerField(_("ukuran (bita)"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, db_index=True)
    signature = models.CharField(_("tanda tangan elektronik"), max_length=10, choices=Signature, blank=True)
    signer = models.CharField(_("penanda tangan menurut sertifikat"), max_length=200, blank=True)

    confirmed_at = models.DateTimeField(
        _("dikonfirmasi penanda tangan"), null=True, help_text=_("Tanda tangan pada pindaian")
    )
    denied_at = models.DateTimeField(_("disangkal penanda tangan"), null=True)
    erased_at = models.DateTimeField(
        _("dimusnahkan"), null=True, help_text=_("Berkasnya dihapus. Sidik SHA-256 tetap tersimpan.")
    )

    is_preview = False
    """Whether this is a preview that is never saved."""

    is_being_signed = False
    """Whether it is rendered to be signed: it is no draft any more, and not yet in force."""

    printing = 0
    """Number of the printing that is rendered to be signed by hand. The first is 1."""

    _get_FIELD_display = get_display  # noqa: N815 -- Django's name

    source_row: models.Model | None = None
    """The row that the document is made from, once loaded (see `documents.types.get_source_row`)."""

    objects = DocumentQuerySet.as_manager()

    class Meta:
        db_table = "reports_document"
        verbose_name = verbose_name_plural = _("naskah terbit")
        indexes = [
            models.Index(
                fields=["issued_at"], name="letter_without_number", condition=Q(kind__in=LETTERS, number="")
            ),
            models.Index(NUMBERED, name="paper_by_number", condition=~Q(number="")),
            models.Index(
                fields=["signed_at"],
                name="paper_to_send",
                condition=Q(state=PaperState.ISSUED, signed_at__isnull=False),
            ),
            models.Index(fields=["signed_by", "signed_at"], name="scan_to_confirm", condition=UNCONFIRMED),
            models.Index(
                fields=["turn", "issued_at"], name="paper_on_a_desk", condition=Q(state__in=WAITING)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_pk", "version"], name="one_version_per_source"),
            models.UniqueConstraint(
                fields=["number", "version"], name="document_number_used_once", condition=~Q(number="")
            ),
            models.UniqueConstraint(
                fields=["number"],
                name="letter_number_used_once",
                condition=Q(kind__in=LETTERS) & ~Q(number=""),
            ),
            constraint(
                "number_entered_by_whom_and_when",
                Q(numbered_by__isnull=True, numbered_at__isnull=True)
                | Q(numbered_at__isnull=False) & ~Q(number=""),
            ),
            constraint(
                "letter_has_its_number_before_its_file", Q(file="") | ~Q(kind__in=LETTERS) | ~Q(number="")
            ),
            constraint(
                "document_has_file_size_and_hash_or_none_yet",
                Q(file="", size__isnull=True, sha256="", signature="", signer="")
                | ~Q(file="") & Q(size__gt=0) & ~Q(sha256=""),
            ),
            constraint(
                "later_version_names_what_it_replaces",
                Q(version=1, replaces__isnull=True) | Q(version__gt=1, replaces__isnull=False),
            ),
            constraint(
                "revoked_document_says_why",
                Q(revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
            ),
            constraint(
                "document_of_a_case_or_a_period",
                Q(kind__in=OF_A_PERIOD, case__isnull=True) | ~Q(kind__in=OF_A_PERIOD) & Q(case__isnull=False),
            ),
            constraint("document_says_who_issued_it", ~Q(issuer="")),
            constraint(
                "paper_signed_by_whom_when_and_how",
                Q(signed_by__isnull=True, signed_title="", signed_at__isnull=True, way="")
                | Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_title="") & ~Q(way=""),
            ),
            constraint(
                "paper_in_a_superiors_name_is_signed",
                Q(signer_role="", signed_at__isnull=True) & ~Q(state__in=UNSIGNED)
                | ~Q(signer_role="") & Q(state__in=UNSIGNED, signed_at__isnull=True, sha256="")
                | ~Q(signer_role="") & Q(signed_at__isnull=False) & ~Q(state__in=UNSIGNED) & ~Q(sha256=""),
            ),
            constraint(
                "signer_answers_for_a_scan_once",
                Q(confirmed_at__isnull=True, denied_at__isnull=True)
                | Q(way="HAND", confirmed_at__isnull=False, denied_at__isnull=True)
                | Q(way="HAND", confirmed_at__isnull=True, denied_at__isnull=False, revoked_at__isnull=False),
            ),
            constraint(
                "waiting_paper_says_whose_turn",
                Q(state__in=WAITING) & ~Q(turn="") | ~Q(state__in=WAITING) & Q(turn=""),
            ),
            constraint(
                "printed_original_has_hash_and_moment",
                Q(original="", original_sha256="", printed_at__isnull=True)
                | ~Q(original="") & ~Q(original_sha256="") & Q(printed_at__isnull=False),
            ),
            constraint(
                "printed_paper_names_its_signer",
                Q(printed_for__isnull=True, printed_title="")
                | Q(printed_at__isnull=False, printed_for__isnull=False) & ~Q(printed_title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()

    @property
    def slug(self) -> str:
        """Return the slug of its kind for URLs and file names."""
        return DocumentKind(self.kind).slug

    @property
    def has_file(self) -> bool:
        """Return whether the file exists; it follows shortly after the step that issues the document."""
        return bool(self.sha256)

    @cached_property
    def successor(self) -> "Document | None":
        """Return the document that replaced this one, if any."""
        return getattr(self, "replaced_by", None)

    @property
    def is_old(self) -> bool:
        """Return whether it is not in force any more: revoked or replaced."""
        return bool(self.revoked_at or self.successor)

    @property
    def awaits_number(self) -> bool:
        """Return whether the office must still enter the letter's number. The file follows then."""
        return self.kind in LETTERS and not self.number

    @property
    def is_unsigned(self) -> bool:
        """Return whether somebody must still initial or sign it."""
        return self.state in UNSIGNED

    @property
    def is_draft(self) -> bool:
        """Return whether it is shown as a draft: a preview, unsigned, or a letter without its number."""
        if self.is_being_signed:
            return False
        return self.is_preview or self.is_unsigned or self.awaits_number

    @property
    def signatory_title(self) -> str:
        """Return the title under which it is signed, or was to be."""
        return self.signed_title or self.issuer

    @property
    def signatory(self) -> User | None:
        """Return who signed it, or was to."""
        return self.signed_by if self.signed_at else self.issued_by

    @property
    def dated(self) -> dt.datetime:
        """Return the moment of the printed date: its printing to be signed, its signature, or its issue."""
        printed_at = None if self.way == self.Way.ELECTRONIC else self.printed_at
        return printed_at or self.signed_at or self.issued_at

    @property
    def signed_by_hand(self) -> bool:
        """Return whether its file is the scan of a paper signed by hand."""
        return self.way == self.Way.HAND

    @property
    def is_unconfirmed(self) -> bool:
        """Return whether the signer has not said whether the scanned signature is genuine."""
        return self.signed_by_hand and not self.confirmed_at and not self.denied_at

    @property
    def signature_words(self) -> str:
        """Return what is known of the signature on a scan; empty for other papers."""
        if not self.signed_by_hand:
            return ""
        if self.denied_at:
            return gettext("penanda tangan menyatakan ini bukan tanda tangannya")
        if self.confirmed_at:
            return gettext("tanda tangan basah, dikonfirmasi penanda tangan")
        return with_words(gettext("pindaian disimpan %(secretariat)s, belum dikonfirmasi penanda tangan"))

    @property
    def replaced_paper(self) -> "Document | None":
        """Return the version that it replaces, unless that one was never signed."""
        return None if self.replaces is None or self.replaces.is_unsigned else self.replaces

    @property
    def is_on_behalf(self) -> bool:
        """Return whether it is signed in the name of the Kepala Dinas (a.n.)."""
        return "\n" in self.signatory_title

    @property
    def is_signed_by_office(self) -> bool:
        """Return whether an official signs it: not the applicant's form, nor an automatic receipt."""
        if self.kind == self.Kind.RECEIPT:
            return self.issued_by_id is not None
        return self.kind != self.Kind.APPLICATION

    @property
    def is_stamped(self) -> bool:
        """Return whether the office's stamp (cap) belongs on it, because it leaves the office.

        Dispositions, staff reviews, minutes and registers stay inside; reports do unless the office shares
        them. The receipt of a request is a slip.
        """
        if self.kind == self.Kind.REPORT:
            return Office.load().shares_report
        if self.kind == self.Kind.RECEIPT:
            return self.case is not None and self.case.kind == CaseKind.COMPLAINT
        return self.kind in {*LETTERS, *FOR_APPLICANT, self.Kind.SURVEY}

    @property
    def has_secret_link(self) -> bool:
        """Return whether the applicant's secret link is printed on it. Its file is stored encrypted."""
        return self.kind in WITH_LINK

    @property
    def verification_url(self) -> str:
        """Return the absolute URL of its verification page, which its QR code contains."""
        printing = f"?cetakan={self.printing}" if self.printing else ""
        return get_public_url("verification", self.pk) + printing
