"""Notices, and the messages that deliver them by e-mail, WhatsApp, push, post or telephone."""

import uuid
from enum import IntFlag, auto
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.enums import PaperTurn
from consultations.models import Case, Event
from consultations.scheduling.models import Delegation
from kit import clock, place
from kit.encryption import EncryptedField
from kit.records import KindField, MarkedChoices, constraint, get_display
from notices.push_subscription import PushSubscription as PushSubscription
from office.models import AccessChange
from office.models.people import user_field
from office.words import with_words_lazy

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Mark(IntFlag):
    """Properties of a kind of notice."""

    STEPLESS = auto()  # follows from no step; current until it is superseded
    OF_DELEGATION = auto()  # follows from a delegation, has no case; current until it is read
    OF_ACCESS = auto()  # follows from a change of access, has no case; current until it is read
    INFORMATIVE = auto()  # asks for no step; current while the case is open
    GIVEN_UP = auto()  # its recipient no longer serves the case, and may not see it any more
    OF_SCHEDULE = auto()  # names time and place of the consultation
    AT_ONCE = auto()  # sent at any hour: confirms the applicant's own step, or changes access
    EMAIL_ONLY = auto()  # the applicant already has the receipt page or a paper receipt
    OF_PAPERS = auto()  # documents of the case wait for the recipient; current while they wait
    LASTING = auto()  # not superseded by a withdrawal
    WITH_LETTER = auto()  # a letter to the applicant says the same


class Kind(MarkedChoices):
    """Kind of a notice. The label is the text for staff; `texts.py` has the texts for applicants."""

    # to the applicant
    RECEIVED = "RECEIVED", Mark.AT_ONCE | Mark.EMAIL_ONLY | Mark.LASTING, _("Tanda terima permohonan")
    LETTER_RECEIVED = "LETTER_RECEIVED", Mark.EMAIL_ONLY | Mark.LASTING, _("Tanda terima surat")
    COMPLETED = "COMPLETED", Mark.AT_ONCE | Mark.EMAIL_ONLY, _("Tanda terima kelengkapan")
    TIME_ASKED = "TIME_ASKED", Mark.AT_ONCE | Mark.EMAIL_ONLY, _("Tanda terima permintaan waktu")
    WITHDRAWN = "WITHDRAWN", Mark.AT_ONCE | Mark.EMAIL_ONLY, _("Konfirmasi penarikan")
    WITHDRAWN_FOR = "WITHDRAWN_FOR", _("Penarikan yang dicatat kantor")
    INCOMPLETE = "INCOMPLETE", _("Permohonan perlu dilengkapi")
    DECLINED = "DECLINED", Mark.WITH_LETTER, _("Permohonan tidak dapat diterima")
    SCHEDULED = "SCHEDULED", Mark.OF_SCHEDULE | Mark.WITH_LETTER, _("Jadwal konsultasi")
    MOVED = "MOVED", Mark.OF_SCHEDULE | Mark.WITH_LETTER, _("Jadwal baru")
    KEPT = "KEPT", Mark.OF_SCHEDULE, _("Jadwal tetap")
    ANSWERED = "ANSWERED", Mark.WITH_LETTER, _("Dijawab tertulis, tanpa pertemuan")
    NO_SHOW = "NO_SHOW", _("Tidak hadir, menunggu jadwal baru")
    POSTPONED = "POSTPONED", _("Jadwal dibatalkan kantor, menunggu jadwal baru")
    LAPSED = "LAPSED", _("Permohonan ditutup karena tidak dilengkapi")
    CLOSED = "CLOSED", Mark.WITH_LETTER, _("Laporan selesai, ajakan mengisi survei")
    ENQUIRY_RECEIVED = (
        *("ENQUIRY_RECEIVED", Mark.AT_ONCE | Mark.EMAIL_ONLY),
        _("Tanda terima pertanyaan lanjutan"),
    )
    ENQUIRY_ANSWERED = "ENQUIRY_ANSWERED", _("Pertanyaan lanjutan dijawab")
    CONVERTED = "CONVERTED", _("Jenis permohonan diubah")
    SPLIT_OFF = "SPLIT_OFF", _("Urusan kedua dicatat terpisah")
    MERGED = "MERGED", _("Dua permohonan digabung")
    RESULT_READY = "RESULT_READY", Mark.WITH_LETTER, _("Surat hasil sudah ditandatangani")
    REFERRED_UP = "REFERRED_UP", _("Pengaduan diteruskan ke instansi lain")
    RECEIVED_THERE = "RECEIVED_THERE", _("Pengaduan diterima instansi lain")
    CONCLUDED = "CONCLUDED", _("Hasil pemeriksaan Pengawas")
    BREACH = "BREACH", Mark.LASTING, _("Kegagalan pelindungan data pribadi")
    CONTACT_CHANGED = "CONTACT_CHANGED", Mark.LASTING, _("Nomor atau surel diperbaiki")
    CONTACT_REPLACED = (
        *("CONTACT_REPLACED", Mark.LASTING),
        _("Nomor atau surel diganti (ke alamat lama)"),
    )
    LINK_ASKED = "LINK_ASKED", Mark.AT_ONCE | Mark.LASTING, _("Tautan diminta lagi")
    DELETION_ASKED = "DELETION_ASKED", _("Tanda terima permintaan penghapusan data")
    DELETION_DECIDED = "DELETION_DECIDED", _("Keputusan atas permintaan penghapusan data")
    # to the staff
    TO_REGISTER = "TO_REGISTER", _("Permohonan menunggu diagendakan")
    TO_EXAMINE = "TO_EXAMINE", _("Pengaduan menunggu pemeriksaan Anda")
    TO_ENDORSE = "TO_ENDORSE", _("Permohonan menunggu paraf Anda")
    TO_DISPOSE = "TO_DISPOSE", _("Permohonan menunggu disposisi")
    TO_ASSIGN = "TO_ASSIGN", with_words_lazy(_("Disposisi untuk %(division)s Anda"))
    COPY = "COPY", Mark.INFORMATIVE, _("Tembusan disposisi")
    TO_SERVE = "TO_SERVE", _("Penugasan sebagai petugas")
    TO_ACCOMPANY = "TO_ACCOMPANY", Mark.INFORMATIVE, _("Penugasan sebagai pendamping")
    TO_SERVE_NOW = "TO_SERVE_NOW", _("Pemohon datang langsung, mendesak")
    WALK_IN = (
        "WALK_IN",
        Mark.INFORMATIVE,
        with_words_lazy(_("Petugas %(division)s Anda melayani pemohon yang datang langsung")),
    )
    TO_RATIFY = "TO_RATIFY", _("Disposisi menunggu pengesahan Anda")
    TO_CONFIRM = "TO_CONFIRM", _("Penugasan menunggu pengesahan Anda")
    REFUSED = "REFUSED", Mark.INFORMATIVE | Mark.GIVEN_UP, _("Disposisi atau penugasan tidak berlaku lagi")
    HANDED_OVER = (
        "HANDED_OVER",
        Mark.INFORMATIVE | Mark.GIVEN_UP,
        _("Permohonan diberikan kepada petugas lain"),
    )
    OTHER_TIME = "OTHER_TIME", _("Pemohon meminta waktu lain")
    SESSION = "SESSION", Mark.OF_SCHEDULE, _("Jadwal konsultasi yang Anda dampingi")
    TO_REVIEW = "TO_REVIEW", _("Laporan menunggu diperiksa")
    TO_COSIGN = "TO_COSIGN", _("Laporan menunggu paraf Anda")
    TO_ACCEPT = "TO_ACCEPT", _("Laporan menunggu persetujuan")
    TO_REVISE = "TO_REVISE", _("Laporan perlu diperbaiki")
    ENQUIRY = "ENQUIRY", _("Pemohon bertanya lagi")
    TO_DECIDE = "TO_DECIDE", _("Permintaan penghapusan data menunggu keputusan")
    TO_ERASE = "TO_ERASE", _("Penghapusan data menunggu persetujuan Anda")
    CALLED_OFF = "CALLED_OFF", _("Permohonan ditarik pemohon")
    DROPPED = "DROPPED", Mark.INFORMATIVE | Mark.GIVEN_UP, _("Anda tidak lagi mendampingi")
    COLLISION = "COLLISION", Mark.STEPLESS | Mark.OF_SCHEDULE, _("Kantor tutup pada waktu konsultasi ini")
    ABSENT = "ABSENT", Mark.STEPLESS | Mark.OF_SCHEDULE, _("Petugas berhalangan pada waktu konsultasi ini")
    REMINDER = "REMINDER", _("Anda diingatkan: permohonan ini menunggu Anda")
    MENTIONED = "MENTIONED", Mark.INFORMATIVE, _("Rekan menyebut Anda dalam catatan")
    # to the staff, about papers of a case
    TO_SIGN = PaperTurn.SIGN.value, Mark.OF_PAPERS, _("Surat menunggu tanda tangan Anda")
    TO_INITIAL = PaperTurn.INITIAL.value, Mark.OF_PAPERS, _("Surat menunggu paraf Anda")
    PAPER_BACK = PaperTurn.REWORK.value, Mark.OF_PAPERS, _("Konsep surat perlu Anda selesaikan")
    SCAN_STORED = PaperTurn.CONFIRM.value, Mark.OF_PAPERS, _("Pindaian tanda tangan Anda disimpan")
    SCAN_DENIED = (
        *(PaperTurn.DENIED.value, Mark.OF_PAPERS),
        _("Surat dicabut: penanda tangan menyatakan bukan tanda tangannya"),
    )
    # to the staff, about a position instead of a case
    STANDS_IN = "STANDS_IN", Mark.OF_DELEGATION, _("Pengganti pejabat ditunjuk")
    STOOD_IN = "STOOD_IN", Mark.OF_DELEGATION, _("Masa pengganti pejabat berakhir")
    # to the staff, about a change of access instead of a case
    ACCESS_PROPOSED = "ACCESS_PROPOSED", Mark.OF_ACCESS | Mark.AT_ONCE, _("Perubahan akses diusulkan")
    ACCESS_DECIDED = "ACCESS_DECIDED", Mark.OF_ACCESS | Mark.AT_ONCE, _("Perubahan akses diputuskan")


STEPLESS = Kind.marked(Mark.STEPLESS)
OF_DELEGATION = Kind.marked(Mark.OF_DELEGATION)
OF_ACCESS = Kind.marked(Mark.OF_ACCESS)
OF_PAPERS = Kind.marked(Mark.OF_PAPERS)
GIVEN_UP = Kind.marked(Mark.GIVEN_UP)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        """Return the notices to staff that are neither read nor superseded."""
        return self.filter(recipient__isnull=False, read_at=None, superseded_at=None)


class Notice(models.Model):
    """Notice of one step to one recipient (Pemberitahuan). Without `recipient` it is for the applicant.

    `about` is the subject of the case at that time: a former officer may not read later changes. A notice
    of a STEPLESS kind has no event. A notice OF_DELEGATION or OF_ACCESS has a delegation or a change of
    access instead of a case. A REMINDER has no event; `sent_by` is the user who sent it.
    """

    not_recorded = True  # what was told follows from the steps; retention deletes it

    # The type says that a case exists: only notices OF_DELEGATION and OF_ACCESS have none.
    case = cast(
        "models.ForeignKey[Case, Case]",
        models.ForeignKey(
            Case, models.PROTECT, verbose_name=_("permohonan"), null=True, related_name="notices"
        ),
    )
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, verbose_name=_("penunjukan"), null=True, related_name="notices"
    )
    access_change = models.ForeignKey(
        AccessChange,
        models.PROTECT,
        verbose_name=_("perubahan akses"),
        null=True,
        db_index=False,  # the unique constraint has an index
        related_name="notices",
    )
    # A database trigger refuses to delete events, so Django need not look for notices.
    event = models.ForeignKey(
        Event, models.DO_NOTHING, verbose_name=_("langkah"), null=True, related_name="notices"
    )
    kind = KindField(_("jenis"), max_length=16, choices=Kind)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("kepada"),
        null=True,
        db_index=False,  # the database would use it instead of the partial indexes below
        related_name="notices",
        help_text=_("Kosong: pemohon"),
    )
    about = models.CharField(
        _("perihal"), max_length=200, blank=True, help_text=_("Perihal permohonan saat pemberitahuan dibuat")
    )
    sent_by = user_field(_("diingatkan oleh"), null=True, db_index=False)
    created_at = models.DateTimeField(_("dibuat"), default=clock.now)
    superseded_at = models.DateTimeField(
        _("berlalu"), null=True, help_text=_("Sejak kapan tidak berlaku lagi: permohonan sudah berlanjut")
    )
    read_at = models.DateTimeField(_("dibaca"), null=True)
    reminded_on = models.DateField(_("terakhir diingatkan"), null=True)

    _get_FIELD_display = get_display  # noqa: N815 -- Django's name
    objects = NoticeQuerySet.as_manager()

    if TYPE_CHECKING:
        messages: "RelatedManager[Message]"

    class Meta:
        verbose_name = verbose_name_plural = _("pemberitahuan")
        indexes = [
            models.Index(
                fields=["recipient", "id"],
                name="notice_unread_newest",
                condition=Q(recipient__isnull=False, read_at__isnull=True, superseded_at__isnull=True),
            ),
            models.Index(
                fields=["recipient", "reminded_on"],
                name="notice_reminded",
                condition=Q(reminded_on__isnull=False),
            ),
        ]
        constraints = [
            constraint(
                "only_staff_read_and_are_reminded",
                Q(recipient__isnull=False) | Q(read_at__isnull=True, reminded_on__isnull=True),
            ),
            models.UniqueConstraint(fields=["event", "recipient"], name="one_notice_per_step_and_recipient"),
            constraint(
                "notice_of_a_step_unless_stepless",
                Q(event__isnull=False)
                | Q(kind__in=[*STEPLESS, *OF_PAPERS, *OF_DELEGATION, *OF_ACCESS, Kind.MENTIONED])
                | Q(kind__in=[Kind.BREACH, Kind.RESULT_READY, Kind.RECEIVED_THERE, Kind.REMINDER])
                | Q(kind__in=[Kind.CONTACT_REPLACED, Kind.LINK_ASKED]),
            ),
            constraint(
                "reminder_says_who_sent_it",
                Q(kind=Kind.REMINDER, sent_by__isnull=False, recipient__isnull=False)
                | ~Q(kind=Kind.REMINDER) & Q(sent_by__isnull=True),
            ),
            constraint(
                "notice_of_a_case_a_delegation_or_a_change",
                Q(
                    kind__in=OF_DELEGATION,
                    case__isnull=True,
                    delegation__isnull=False,
                    access_change__isnull=True,
                )
                | Q(
                    kind__in=OF_ACCESS,
                    case__isnull=True,
                    delegation__isnull=True,
                    access_change__isnull=False,
                )
                | ~Q(kind__in=[*OF_DELEGATION, *OF_ACCESS])
                & Q(case__isnull=False, delegation__isnull=True, access_change__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["access_change", "kind", "recipient"], name="one_notice_per_change_and_recipient"
            ),
            models.UniqueConstraint(
                fields=["delegation", "kind", "recipient"], name="one_notice_per_delegation_and_recipient"
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "recipient"],
                name="one_current_notice_without_a_step",
                condition=Q(event__isnull=True, superseded_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["event"], name="one_applicant_notice_per_step", condition=Q(recipient__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"

    @property
    def opens_case(self) -> bool:
        """Whether the recipient can open the case. A recipient who no longer serves the case cannot."""
        return self.case_id is not None and self.kind not in GIVEN_UP

    @property
    def sentence(self) -> str:
        """A sentence: sender of the reminder, stand-in with position and days, or change of access."""
        if self.sent_by:
            return _("Oleh %(name)s") % {"name": self.sent_by}
        if self.access_change:
            return self.access_change.summary
        if self.delegation is None:
            return ""
        appointment = self.delegation.appointment
        return _("%(name)s, %(title)s, %(first)s sampai %(last)s") % {
            "name": appointment.user,
            "title": appointment.title,
            "first": date_format(appointment.starts),
            "last": date_format(appointment.last_day or appointment.starts),
        }

    @property
    def path(self) -> str:
        """URL path that the notice opens: document, case, or the page of an absence or of access changes.

        Empty if the recipient cannot open the case any more.
        """
        if self.delegation:
            return reverse("absence", args=[self.delegation.absence_id])
        if self.access_change_id:
            return reverse("access_changes")
        if self.kind in OF_PAPERS:
            return f"{reverse('next_paper')}?{urlencode({'case': self.case.code})}"
        return reverse("case", args=[self.case.code]) if self.opens_case else ""


class Message(models.Model):
    """Delivery of a notice on one channel (Pesan). Text and address are looked up when it is sent.

    `address` is set only for a warning to the former number or e-mail address of a case.
    `by_hand` means that staff send the message themselves.
    """

    not_recorded = True  # delivery of a notice

    encrypted_for = ("notice_id",)

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", _("Surel")
        WHATSAPP = "WHATSAPP", _("WhatsApp")
        POST = "POST", _("Pos")
        PHONE = "PHONE", _("Telepon")
        PUSH = "PUSH", _("Notifikasi")

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Menunggu dikirim")
        SENDING = "SENDING", _("Sedang dikirim")
        SENT = "SENT", _("Terkirim")
        DELIVERED = "DELIVERED", _("Sampai")
        READ = "READ", _("Dibaca")
        FAILED = "FAILED", _("Gagal terkirim")
        CANCELLED = "CANCELLED", _("Tidak dikirim")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(
        Notice, models.PROTECT, verbose_name=_("pemberitahuan"), related_name="messages"
    )
    channel = models.CharField(_("cara"), max_length=8, choices=Channel)
    address = EncryptedField(
        _("alamat"), blank=True, help_text=_("Kosong: kontak pada permohonan, dibaca saat dikirim")
    )
    round = models.PositiveSmallIntegerField(
        _("ke"), default=1, help_text=_("1: pemberitahuan itu sendiri; lebih dari 1: pengingat")
    )
    by_hand = models.BooleanField(_("dikirim petugas"), default=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    due_at = models.DateTimeField(_("tidak sebelum"))
    claimed_at = models.DateTimeField(_("mulai dikirim"), null=True)
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    handled_by = user_field(
        _("ditangani oleh"), null=True, help_text=_("Yang mengirim, atau memutuskan kelanjutannya")
    )
    reason = models.CharField(_("keterangan"), max_length=300, blank=True)
    external_id = models.CharField(_("nomor WhatsApp"), max_length=150, blank=True)

    _get_FIELD_display = get_display  # noqa: N815 -- Django's name

    class Meta:
        verbose_name = verbose_name_plural = _("pesan")
        indexes = [
            # SQLite uses a partial index only if the query repeats its condition, so each has one status.
            models.Index(
                fields=["status", "due_at"],
                name="message_to_send",
                condition=Q(status="WAITING", by_hand=False),
            ),
            models.Index(
                fields=["status"], name="message_to_send_by_hand", condition=Q(status="WAITING", by_hand=True)
            ),
            models.Index(fields=["status"], name="message_failed", condition=Q(status="FAILED")),
            models.Index(
                fields=["claimed_at"], name="message_claimed", condition=Q(claimed_at__isnull=False)
            ),
            models.Index(fields=["external_id"], name="message_external_id", condition=~Q(external_id="")),
        ]
        constraints = [
            constraint(
                "message_by_a_known_channel",
                Q(channel="WHATSAPP")
                | Q(channel__in=["EMAIL", "PUSH"], by_hand=False)
                | Q(channel__in=["POST", "PHONE"], by_hand=True),
            ),
            constraint(
                "message_of_a_known_status",
                Q(status__in=["WAITING", "SENDING", "SENT", "DELIVERED", "READ", "FAILED", "CANCELLED"]),
            ),
            constraint("message_rounds_count_from_one", Q(round__gte=1)),
            constraint(
                "message_being_sent_is_claimed",
                Q(status="SENDING", claimed_at__isnull=False)
                | ~Q(status="SENDING") & Q(claimed_at__isnull=True),
            ),
            constraint(
                "sent_message_says_when",
                Q(status__in=["SENT", "DELIVERED", "READ"], sent_at__isnull=False)
                | ~Q(status__in=["SENT", "DELIVERED", "READ"]) & Q(sent_at__isnull=True),
            ),
            constraint("unsent_message_says_why", ~Q(status__in=["FAILED", "CANCELLED"]) | ~Q(reason="")),
            constraint(
                "message_sent_by_hand_says_by_whom",
                ~Q(by_hand=True, status__in=["SENT", "DELIVERED", "READ"]) | Q(handled_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "round"], name="one_message_per_notice_channel_and_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.channel} {self.round}"

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        if settings.PRACTICE and self.status == self.Status.WAITING:
            return str(_("akan terkirim (latihan: tidak dikirim)"))
        if self.status == self.Status.WAITING and place.is_shown_as_copy():
            return str(_("menunggu (salinan ini tidak mengirim apa pun)"))
        return str(self.Status(self.status).label)

    @property
    def is_reminder(self) -> bool:
        return self.round > 1


SEND_BY_HAND = Q(status=Message.Status.WAITING, by_hand=True)
NEEDS_STAFF = SEND_BY_HAND | Q(status=Message.Status.FAILED)
