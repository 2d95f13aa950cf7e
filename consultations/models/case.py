"""The case: one request (consultation or complaint) and all that happens to it."""

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from consultations import parties
from consultations.enums import (
    ENDED,
    HELP,
    Channel,
    ComplaintKind,
    Confidentiality,
    Identity,
    Kind,
    Party,
    State,
    Urgency,
)
from consultations.models.agenda import AgendaEntry
from consultations.models.case_constraints import CONSTRAINTS, INDEXES
from consultations.wording import Wording, wording_for
from kit import clock
from kit.encryption import EncryptedField, HashField
from kit.records import get_display
from office.models import Division, User
from office.words import with_words_lazy, word

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from consultations.models.attachments import Attachment
    from consultations.models.history import Event


NOT_IN_ROWS = (
    *("secret", "secret_hash", "submission_hash", "sent_hash", "language", "phone", "email", "address"),
    *("material", "visit_at", "needs_companion", "needs_sign_language", "needs_large_print", "needs_visit"),
    *("complained_party", "lapor_number", "letter_number", "letter_date"),
    *("srikandi_number", "classification", "confidentiality", "deadline", "needs_review", "missing"),
    *("end_reason", "outcome", "report_number", "first_closed_at", "first_ended_at"),
    *("forwarded_by", "by_post", "applicant_position", "filled_by", "filled_as"),
)
"""Columns that no row of a list shows. If one is needed, it costs a query for each row."""


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Return the cases that the user may see. Every list, page, file and export starts here."""
        return self.filter(parties.visible_to(user))

    def open(self) -> "CaseQuerySet":
        return self.exclude(state__in=ENDED)

    def numbered(self, number: int, year: int) -> "CaseQuerySet":
        """Return the case of an agenda number, even if the number was voided later."""
        entries = AgendaEntry.objects.filter(number=number, year=year)
        return self.filter(pk__in=entries.values(key=Coalesce("case", "voided_case")))

    def as_rows(self) -> "CaseQuerySet":
        """Leave in the database what no row of a list shows: long texts, contact, keys."""
        return self.defer(*NOT_IN_ROWS)

    def as_lines(self) -> "CaseQuerySet":
        """Read what names a case in a short list: number, subject, kind, state, since when, until when."""
        return self.select_related("agenda").only(
            *(
                "code",
                "subject",
                "kind",
                "state",
                "turn",
                "since",
                "due_at",
                "passed_to",
                "merged_into",
                "complained_about",
                "closed_at",
                "agenda__year",
            ),
            "agenda__number",
        )

    def with_people(self) -> "CaseQuerySet":
        """Read the records that a row of a list shows in the same query."""
        return self.select_related("agenda", "division", "officer")


CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits of a tracking code, without those that look alike."""


def new_code() -> str:
    """Return a tracking code (kode lacak): eight random characters in two groups."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def new_secret() -> str:
    """Return the secret of an applicant's link or of a calendar feed: 192 random bits."""
    return secrets.token_urlsafe(24)


class Case(models.Model):
    """A request for consultation or a complaint (Permohonan), from submission to accepted report."""

    not_recorded = ("version", "before_last")

    code = models.CharField(_("kode lacak"), max_length=9, unique=True, default=new_code, editable=False)
    secret = EncryptedField(default=new_secret, editable=False)
    secret_hash = HashField(of="secret", unique=True)
    submission_hash = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text=_("Kiriman formulir yang sama hanya dicatat sekali."),
    )
    sent_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Sidik isi materi saat dikirim: kiriman yang sama hanya dicatat sekali."),
    )
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind, default=Kind.CONSULTATION)
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("dipisahkan dari"),
        null=True,
        editable=False,
        related_name="split_off",
    )
    complains_of = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("penolakan yang diadukan"),
        null=True,
        editable=False,
        related_name="complaints",
        db_index=False,  # as for `merged_into`
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("digabung dengan"),
        null=True,
        editable=False,
        related_name="merged",
        db_index=False,  # an index of all rows would be chosen for lists: nearly all are NULL
    )
    channel = models.CharField(_("cara masuk"), max_length=8, choices=Channel, default=Channel.ONLINE)
    forwarded_by = models.CharField(_("diteruskan oleh"), max_length=150, blank=True)

    state = models.CharField(_("status"), max_length=12, choices=State, editable=False)
    turn = models.CharField(
        _("giliran"),
        max_length=13,
        choices=Party,
        null=True,  # an ended case waits for nobody; SQLite uses a partial index for IS NOT NULL only
        editable=False,
    )
    """Party whose step of the main path the case waits for (`workflow.get_turn`), written with the state."""
    version = models.PositiveIntegerField(default=1, editable=False)
    since = models.DateTimeField(_("status sejak"), editable=False)
    due_at = models.DateTimeField(_("batas waktu"), null=True, editable=False)
    deadline = models.DateField(_("batas waktu disposisi"), null=True)
    submitted_at = models.DateTimeField(_("disampaikan"), default=clock.now)

    language = models.CharField(
        _("bahasa pemohon"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    identity = models.CharField(
        _("identitas pelapor"),
        max_length=12,
        choices=Identity,
        default=Identity.OPEN,
        help_text=_("Nama dan kontak pelapor yang dirahasiakan tersimpan terpisah."),
    )
    applicant_name = models.CharField(_("nama"), max_length=150)
    applicant_position = models.CharField(_("jabatan"), max_length=100, blank=True)
    organisation = models.CharField(
        with_words_lazy(_("lembaga atau %(village)s")), max_length=150, blank=True
    )
    address = models.CharField(_("alamat"), max_length=250, blank=True)
    phone = PhoneNumberField(_("no. kontak / WhatsApp"), blank=True)
    email = models.EmailField(_("surel"), blank=True)
    filled_by = models.CharField(_("diisikan oleh"), max_length=150, blank=True)
    filled_as = models.CharField(_("hubungan pengisi dengan pemohon"), max_length=100, blank=True)
    by_post = models.BooleanField(_("dijawab lewat pos"), default=False)
    """Whether neither a telephone number nor an e-mail address of the applicant is known."""
    subject = models.CharField(_("perihal"), max_length=200)
    material = models.TextField(_("materi konsultasi"), max_length=10_000)
    visit_at = models.DateTimeField(_("waktu kunjungan"), null=True)
    needs_companion = models.BooleanField(HELP["needs_companion"], default=False)
    needs_sign_language = models.BooleanField(HELP["needs_sign_language"], default=False)
    needs_large_print = models.BooleanField(HELP["needs_large_print"], default=False)
    needs_visit = models.BooleanField(HELP["needs_visit"], default=False)
    complained_party = models.CharField(_("pihak yang diadukan"), max_length=200, blank=True)
    is_independent = models.BooleanField(_("ditangani Pengawas"), default=False, editable=False)
    complaint_kind = models.CharField(
        _("klasifikasi pengaduan"), max_length=14, choices=ComplaintKind, blank=True
    )
    follow_up_due = models.DateField(_("tindak lanjut pertama paling lambat"), null=True)
    answer_due = models.DateField(_("pengaduan selesai paling lambat"), null=True)
    passed_to = models.CharField(_("diteruskan kepada"), max_length=150, blank=True)
    receipt_awaited = models.BooleanField(_("penerimaan instansi ditunggu"), default=False)
    lapor_number = models.CharField(
        _("nomor laporan LAPOR!"),
        max_length=30,
        blank=True,
        help_text=_("Bila disampaikan juga lewat SP4N-LAPOR!"),
    )
    complained_about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("pejabat yang diadukan"),
        null=True,
        related_name="complaints_about",
    )

    letter_number = models.CharField(_("nomor surat"), max_length=100, blank=True)
    letter_date = models.DateField(_("tanggal surat"), null=True)
    srikandi_number = models.CharField(_("nomor naskah SRIKANDI"), max_length=100, blank=True)

    agenda = models.OneToOneField(AgendaEntry, models.PROTECT, verbose_name=_("nomor agenda"), null=True)
    classification = models.CharField(_("kode klasifikasi"), max_length=20, blank=True)
    urgency = models.CharField(_("tingkat urgensi"), max_length=12, choices=Urgency, default=Urgency.NORMAL)
    confidentiality = models.CharField(
        _("sifat naskah"), max_length=12, choices=Confidentiality, default=Confidentiality.NORMAL
    )

    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=word("division"), null=True, related_name="cases"
    )
    copied_to = models.ManyToManyField(Division, verbose_name=_("tembusan"), related_name="copied_cases")
    awaits_ratification = models.BooleanField(_("menunggu pengesahan"), default=False)
    assignment_unratified = models.BooleanField(_("penugasan menunggu pengesahan"), default=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("petugas"),
        null=True,
        related_name="led_cases",
    )
    companions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("pendamping"), related_name="companion_cases"
    )
    needs_review = models.BooleanField(_("perlu telaahan staf"), default=False)
    review_awaited = models.BooleanField(_("telaahan staf ditunggu"), default=False)
    opinions_awaited = models.PositiveSmallIntegerField(_("pendapat yang ditunggu"), default=0)
    meeting_at = models.DateTimeField(_("forum rapat mulai"), null=True, help_text=_("Rapat yang terakhir"))
    minutes_awaited = models.BooleanField(_("notula ditunggu"), default=False)
    planned_at = models.DateTimeField(
        _("jadwal mulai"), null=True, help_text=_("Waktu mulai pada jadwal yang terakhir")
    )
    other_time = models.DateTimeField(_("waktu lain yang diminta pemohon"), null=True)

    before_last = models.JSONField(_("sebelum langkah terakhir"), null=True, editable=False)
    """Who took the last step (`by`) and when (`at`), and what `take_back()` restores: `state`, `columns`."""

    missing = models.TextField(_("yang perlu dilengkapi"), blank=True)
    end_reason = models.TextField(_("alasan"), blank=True)
    outcome = models.TextField(_("hasil pemeriksaan Pengawas"), blank=True)
    report_number = models.CharField(_("nomor laporan"), max_length=100, blank=True)
    closed_at = models.DateTimeField(_("ditutup"), null=True)
    first_closed_at = models.DateTimeField(
        _("pertama kali ditutup"), null=True, help_text=_("Tetap, juga bila laporannya diralat")
    )
    first_ended_at = models.DateTimeField(
        _("pertama kali dijawab atau ditolak"), null=True, help_text=_("Triwulannya menentukan surveinya")
    )

    ask_until = models.DateField(_("dapat bertanya lagi sampai"), null=True)
    asked_again_at = models.DateTimeField(_("bertanya lagi"), null=True, help_text=_("Belum dijawab"))

    retained_because = models.TextField(
        _("alasan pemusnahan ditangguhkan"), blank=True, help_text=_("Kosong: tidak ditangguhkan")
    )
    deletion_asked_at = models.DateTimeField(
        _("penghapusan diminta"), null=True, help_text=_("Belum diputuskan")
    )
    deletion_granted_at = models.DateTimeField(
        _("penghapusan dikabulkan"), null=True, help_text=_("Belum dihapus, dan belum dihentikan pemohon")
    )
    erase_at = models.DateTimeField(
        _("dihapus mulai"), null=True, help_text=_("Kosong selama menunggu pejabat kedua")
    )
    anonymised_at = models.DateTimeField(_("data pribadi dihapus"), null=True, editable=False)

    holder: parties.Applicant | parties.CodeHolder | None = None
    """Who opened the case without an account. Set by `secret_link.behind_secret()`."""

    days_left: int | None = None
    """Working days until `answer_due`, negative after it. Set by `complaints.set_days_left()`."""

    objects = CaseQuerySet.as_manager()

    if TYPE_CHECKING:
        history: RelatedManager[Event]
        attachments: RelatedManager[Attachment]

    class Meta:
        verbose_name = verbose_name_plural = _("permohonan")
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return f"{self.code}: {self.subject}"

    # Django's version hashes all translated labels at each call: 0.8 ms more for the 25 rows of the list of
    # cases, 8 % of the page (ADR 5).
    _get_FIELD_display = get_display  # noqa: N815 -- Django's name

    @property
    def wording(self) -> Wording:
        return wording_for(self.kind, is_independent=self.is_independent)

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """Return the state in the words of this kind of case. One that was passed on or merged says so."""
        if self.passed_to:
            return gettext("Diteruskan ke instansi lain")
        if self.merged_into_id:
            return gettext("Digabung")
        return wording_for(self.kind).speak(State(self.state).label)

    def get_turn_display(self) -> str:  # type: ignore[no-redef]
        turn = parties.get_present_turn(self)
        if turn == Party.APPLICANT:
            return str(wording_for(self.kind).applicant)
        return str(turn.label) if turn else ""

    @property
    def help_needed(self) -> list[str]:
        return [str(label) for column, label in HELP.items() if getattr(self, column)]

    @property
    def is_walk_in(self) -> bool:
        """Whether the applicant came in person with an urgent matter and no letter (step 8)."""
        return self.channel == Channel.WALK_IN

    def list_companions(self) -> list[User]:
        """Return the companions by name. They are read once, or not at all if a list has read them."""
        prefetch_related_objects([self], "companions")
        return list(self.companions.all())

    @cached_property
    def involved(self) -> set[int]:
        """The keys of the officer and the companions. A list that needs them reads those of all cases."""
        return set(self.involvements.values_list("user", flat=True))

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def is_being_corrected(self) -> bool:
        """Whether the accepted report is open for correction (Ralat). It stays valid until it is replaced."""
        return self.closed_at is not None and self.state != State.CLOSED

    @property
    def days_left_in_words(self) -> str:
        """`days_left` as a list shows it; empty if it is not set."""
        if self.days_left is None:
            return ""
        if self.days_left < 0:
            return gettext("lewat %(n)s hari kerja") % {"n": -self.days_left}
        if self.days_left == 0:
            return gettext("tidak ada hari kerja lagi")
        return gettext("%(n)s hari kerja lagi") % {"n": self.days_left}

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < clock.now()

    @property
    def planned_although_late(self) -> dt.datetime | None:
        """The time of a consultation that is still ahead, if another deadline of the case has passed."""
        is_ahead = self.state == State.SCHEDULED and self.planned_at and self.planned_at > clock.now()
        return self.planned_at if is_ahead and self.is_late else None

    @property
    def due_urgency(self) -> str:
        """Return how near the deadline is: `late`, `today` or `next`; without a deadline, an empty string."""
        if not self.is_open or self.due_at is None:
            return ""
        if self.is_late:
            return "late"
        return "today" if timezone.localdate(self.due_at) == clock.today() else "next"

    def forget_records(self) -> None:
        """Forget records that were read before a step. The companions forget themselves if they are set."""
        known: dict[str, Any] = vars(self).get("_prefetched_objects_cache", {})
        companions = {name: rows for name, rows in known.items() if name == "companions"}
        vars(self)["_prefetched_objects_cache"] = companions
        vars(self).pop("involved", None)


class Involvement(models.Model):
    """The officer of a case, or one of its companions, once.

    Derived from `Case.officer` and `Case.companions` by `store_involvements()`, which each step calls.
    """

    case = models.ForeignKey("Case", models.CASCADE, related_name="involvements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="involvements", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="user_is_involved_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.user_id}"
