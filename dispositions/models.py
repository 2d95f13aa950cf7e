"""Dispositions and assignments, relayed orders, preparation, opinions, meetings. Earlier ones stay."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from consultations.models import Case
from consultations.scheduling.models import Session
from kit import clock
from kit.records import constraint
from office.models import Division
from office.models.people import user_field
from office.words import with_words_lazy

MEETING = "Telaahan staf dengan forum rapat"
"""Instruction of the Kepala Dinas for step 5 of the SK. It goes on record, so it is Indonesian."""


class Disposition(models.Model):
    """The disposition sheet (Lembar Disposisi): the Kepala Dinas gives a case to a division."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="dispositions")
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=_("diteruskan kepada"), related_name="dispositions"
    )
    instructions = models.JSONField(_("dengan hormat harap"), default=list)
    deadline = models.DateField(_("batas waktu"), null=True)
    copies = models.JSONField(_("tembusan"), default=list)
    note = models.TextField(_("catatan"), blank=True)
    ratified_by = user_field(_("disahkan oleh"), null=True)
    ratified_at = models.DateTimeField(_("disahkan"), null=True)
    ratified_title = models.CharField(_("disahkan selaku"), max_length=210, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("disposisi")
        constraints = [
            constraint(
                "ratified_by_whom_when_and_as_what",
                Q(ratified_by__isnull=True, ratified_at__isnull=True, ratified_title="")
                | Q(ratified_by__isnull=False, ratified_at__isnull=False) & ~Q(ratified_title=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.division}"


class Endorsement(models.Model):
    """The initials (paraf) of the Sekretaris before the disposition, perhaps with a proposed division."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="endorsements")
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=with_words_lazy(_("%(division)s yang diusulkan")),
        null=True,
        related_name="endorsements",
    )
    note = models.TextField(_("catatan"), blank=True)
    withdrawn_at = models.DateTimeField(_("ditarik kembali"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = with_words_lazy(_("paraf %(secretary)s"))

    def __str__(self) -> str:
        return f"{self.case_id}: {self.by}"


class Assignment(models.Model):
    """An assignment (Penugasan): the Kepala Bidang names the officer and companions of a case.

    It is stored again for each session that is set or moved: the letter of assignment (Surat Tugas) names
    day, hour and place. Without a `session` there is no letter yet.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="assignments")
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("tanggal"), default=clock.now)
    officer = user_field(_("petugas"))
    companions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("pendamping"), related_name="+"
    )
    preparation = models.TextField(_("yang disiapkan"), blank=True)
    reason = models.TextField(_("alasan penggantian"), blank=True)
    session = models.ForeignKey(
        Session, models.PROTECT, verbose_name=_("jadwal konsultasi"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("penugasan")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.officer}"

    @property
    def was_decided(self) -> bool:
        """Whether a Kepala Bidang decided it. The others follow a session that was set or moved."""
        return self.session_id is None or bool(self.reason)


class RelayedOrder(models.Model):
    """A disposition or assignment that an official gave orally, by telephone or on paper.

    The Sekretariat enters it, and the case moves at once. The official or the stand-in answers later. A
    ratified order is an act of the official. The history contains the reason of a refusal.
    """

    class Way(models.TextChoices):
        WORD = "WORD", _("Lisan, bertatap muka")
        TELEPHONE = "TELEPHONE", _("Telepon")
        PAPER = "PAPER", _("Lembar kertas")

    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name=_("permohonan"), related_name="relayed_orders"
    )
    disposition = models.OneToOneField(
        Disposition, models.PROTECT, verbose_name=_("disposisi"), null=True, related_name="+"
    )
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, verbose_name=_("penugasan"), null=True, related_name="+"
    )
    given_by = user_field(_("diberikan oleh"))
    given_title = models.CharField(_("selaku"), max_length=210)
    given_at = models.DateTimeField(_("diberikan"))
    way = models.CharField(_("dengan cara"), max_length=9, choices=Way)
    proof = models.OneToOneField(
        "consultations.Attachment", models.PROTECT, verbose_name=_("bukti"), null=True, related_name="+"
    )
    entered_by = user_field(_("dicatat oleh"))
    entered_title = models.CharField(_("dicatat selaku"), max_length=210)
    entered_at = models.DateTimeField(_("dicatat"), default=clock.now)
    answered_by = user_field(_("dijawab oleh"), null=True)
    answered_title = models.CharField(_("dijawab selaku"), max_length=210, blank=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True)
    is_ratified = models.BooleanField(_("disahkan"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("perintah yang dicatat")
        constraints = [
            constraint(
                "relayed_one_decision",
                Q(disposition__isnull=False, assignment__isnull=True)
                | Q(disposition__isnull=True, assignment__isnull=False),
            ),
            constraint("relayed_paper_has_its_sheet", ~Q(way="PAPER") | Q(proof__isnull=False)),
            constraint("relayed_after_it_was_given", Q(entered_at__gte=F("given_at"))),
            constraint("relayed_by_another", ~Q(entered_by=F("given_by"))),
            constraint("answered_by_another", Q(answered_by__isnull=True) | ~Q(answered_by=F("entered_by"))),
            constraint(
                "answered_by_whom_when_and_how",
                Q(answered_by__isnull=True, answered_at__isnull=True, is_ratified__isnull=True)
                & Q(answered_title="")
                | Q(answered_by__isnull=False, answered_at__isnull=False, is_ratified__isnull=False)
                & ~Q(answered_title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.given_by_id}"

    @property
    def waits(self) -> bool:
        """Whether the answer is awaited. A later decision may have replaced an order without an answer."""
        awaited = self.case.awaits_ratification if self.disposition_id else self.case.assignment_unratified
        return self.answered_at is None and awaited

    @property
    def manner(self) -> str:
        """The way as papers name it: a disposition "lewat telepon"."""
        return {"WORD": "lisan", "TELEPHONE": "lewat telepon", "PAPER": "tertulis"}[self.way]


class Meeting(models.Model):
    """A meeting as it was called. A changed call is a new row that names the one it replaces.

    Its invitation is issued as a document.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="meetings")
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("diundang"), default=clock.now)
    starts_at = models.DateTimeField(_("mulai"))
    place = models.CharField(_("tempat"), max_length=200)
    agenda = models.TextField(_("acara"))
    invited = models.TextField(_("yang diundang"), help_text=_("Satu pejabat atau instansi satu baris."))
    short_notice_reason = models.TextField(
        _("alasan undangan mendadak"), blank=True, help_text=_("Kosong: diundang cukup hari sebelumnya.")
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("menggantikan"), null=True, related_name="replaced_by"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("forum rapat")
        constraints = [
            constraint(
                "meeting_says_where_why_and_with_whom",
                ~models.Q(place="") & ~models.Q(agenda="") & ~models.Q(invited=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.starts_at}"

    @property
    def guests(self) -> list[str]:
        return [line.strip() for line in self.invited.splitlines() if line.strip()]


class Minutes(models.Model):
    """One version of the minutes (Notula) of a meeting. Each is issued as a document.

    Minutes of before December 2026 name neither the leader nor the time of closing.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, verbose_name=_("forum rapat"), related_name="minutes"
    )
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("ditulis"), default=clock.now)
    led_by = user_field(_("pimpinan rapat"), null=True)
    leader_title = models.CharField(_("memimpin selaku"), max_length=210, blank=True)
    ended_at = models.DateTimeField(_("rapat ditutup"), null=True)
    attendees = models.TextField(_("yang hadir"))
    discussion = models.TextField(_("pembahasan"))
    conclusion = models.TextField(_("kesimpulan rapat"))

    class Meta:
        verbose_name = verbose_name_plural = _("notula")
        constraints = [
            constraint(
                "minutes_say_who_led_as_what_until_when",
                Q(led_by__isnull=True, leader_title="", ended_at__isnull=True)
                | Q(led_by__isnull=False, ended_at__isnull=False) & ~Q(leader_title=""),
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)


class Preparation(models.Model):
    """The checklist of step 5: administration, material, equipment (administrasi, bahan, peralatan).

    An amendment is a new row. Earlier ones stay on record.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="preparations")
    by = user_field(_("oleh"))
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    administration = models.TextField(_("administrasi"))
    materials = models.TextField(_("bahan"))
    equipment = models.TextField(_("peralatan"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("persiapan")

    def __str__(self) -> str:
        return str(self.case_id)


class Opinion(models.Model):
    """An opinion of another agency (Pendapat Instansi Terkait): question, due day and answer."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="opinions")
    agency = models.CharField(_("instansi"), max_length=150)
    question = models.TextField(_("yang ditanyakan"))
    phone = PhoneNumberField(_("no. kontak / WhatsApp instansi"), blank=True)
    email = models.EmailField(_("surel instansi"), blank=True)
    due = models.DateField(_("dijawab paling lambat"))
    asked_by = user_field(_("diminta oleh"))
    asked_at = models.DateTimeField(_("diminta"), default=clock.now)
    answer = models.TextField(_("pendapat"), blank=True)
    answered_on = models.DateField(_("tanggal jawaban"), null=True)
    letter_number = models.CharField(_("nomor surat jawaban"), max_length=100, blank=True)
    letter = models.OneToOneField(
        "consultations.Attachment",
        models.PROTECT,
        verbose_name=_("surat jawaban"),
        null=True,
        related_name="+",
    )
    recorded_by = user_field(_("dicatat oleh"), null=True)
    recorded_at = models.DateTimeField(_("dicatat"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("pendapat instansi")
        constraints = [
            constraint(
                "answer_says_what_when_and_who_recorded_it",
                Q(
                    answer="",
                    letter_number="",
                    letter__isnull=True,
                    answered_on__isnull=True,
                    recorded_by__isnull=True,
                    recorded_at__isnull=True,
                )
                | Q(answered_on__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)
                & ~Q(answer=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.agency}"

    @property
    def is_late(self) -> bool:
        """Whether the due day has passed without an answer."""
        return self.recorded_at is None and self.due < clock.today()


class OpinionReminder(models.Model):
    """A letter that reminds an agency of its opinion, with a new day for the answer."""

    opinion = models.ForeignKey(
        Opinion, models.PROTECT, verbose_name=_("pendapat instansi"), related_name="reminders"
    )
    due = models.DateField(_("dijawab paling lambat"))
    by = user_field(_("diingatkan oleh"))
    at = models.DateTimeField(_("diingatkan"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("pengingat pendapat")

    def __str__(self) -> str:
        return f"{self.opinion_id}: {self.due}"


class Transfer(models.Model):
    """A complaint that was passed on to another institution by letter (Penerusan Pengaduan), and its receipt.

    `recorded_by` of the Sekretariat entered what the institution said by letter or call.
    """

    case = models.OneToOneField(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="transfer")
    institution = models.CharField(_("diteruskan kepada"), max_length=150)
    address = models.CharField(_("alamat instansi"), max_length=250, blank=True)
    reason = models.TextField(_("alasan penerusan"))
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("diteruskan"), default=clock.now)
    received_on = models.DateField(_("tanggal diterima instansi"), null=True)
    receipt_number = models.CharField(_("nomor penerimaan"), max_length=100, blank=True)
    receiver_name = models.CharField(_("nama penerima"), max_length=150, blank=True)
    receiver_position = models.CharField(_("jabatan penerima"), max_length=150, blank=True)
    receipt_note = models.TextField(_("catatan instansi"), blank=True)
    confirmed_at = models.DateTimeField(_("dinyatakan diterima"), null=True)
    recorded_by = user_field(_("dicatat oleh"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("penerusan pengaduan")
        constraints = [
            constraint(
                "receipt_says_who_when_and_as_what",
                Q(
                    received_on__isnull=True,
                    receipt_number="",
                    receiver_name="",
                    receiver_position="",
                    receipt_note="",
                    confirmed_at__isnull=True,
                    recorded_by__isnull=True,
                )
                | Q(received_on__isnull=False, confirmed_at__isnull=False)
                & ~Q(receiver_name="")
                & ~Q(receiver_position=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.institution}"


class StaffReview(models.Model):
    """One version of the staff review (Telaahan Staf) for a matter that needs a meeting with others.

    Each version is issued as a document. It contains the answers of agencies that were recorded until `at`.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="staff_reviews")
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("ditulis"), default=clock.now)
    problem = models.TextField(_("I. Persoalan"))
    assumptions = models.TextField(_("II. Praanggapan"))
    facts = models.TextField(_("III. Fakta yang memengaruhi"))
    analysis = models.TextField(_("IV. Analisis"))
    conclusion = models.TextField(_("V. Kesimpulan"))
    advice = models.TextField(_("VI. Saran tindak"))

    PARTS = ("problem", "assumptions", "facts", "analysis", "conclusion", "advice")
    """Columns with the six parts of the text."""

    class Meta:
        verbose_name = verbose_name_plural = _("telaahan staf")

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def parts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.PARTS}
