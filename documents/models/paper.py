"""Papers in a superior's name: who initials each kind, standing orders to sign it, and what happened to each.

The states are in `document.py`, the acts in `documents/life.py`.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models.document import LETTERS, Document, DocumentKind, PaperState
from kit import clock
from kit.records import KindField, constraint
from office.models import Role
from office.models.codes import check_code
from office.models.people import user_field

CODED = (
    *(*LETTERS, DocumentKind.REPORT, DocumentKind.MINUTES),
    *(DocumentKind.AGENDA_BOOK, DocumentKind.OUTGOING, DocumentKind.EXPEDITION),
)
"""Kinds whose code is a choice of the office. Others have the code of their case, or none."""

INITIALLING = (Role.DIVISION_HEAD, Role.SECRETARY)
DEPUTIES = (Role.SECRETARY, Role.DIVISION_HEAD)
"""Roles that may sign in the name of the Kepala Dinas (a.n.)."""


def list_letters() -> list[tuple[str, Any]]:
    return [(kind.value, kind.label) for kind in DocumentKind if kind in LETTERS]


def list_coded() -> list[tuple[str, Any]]:
    return [(kind.value, kind.label) for kind in DocumentKind if kind in CODED]


def list_deputies() -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in DEPUTIES]


def check_initials(roles: list[str]) -> None:
    """Raise ValidationError unless these are different roles that give initials."""
    if not set(roles) <= set(INITIALLING) or len(set(roles)) != len(roles):
        raise ValidationError(_("Pilih jabatan yang memaraf, masing-masing satu kali."))


check_type_code = RegexValidator(
    r"^[A-Za-z][A-Za-z.-]*\Z", _("Tulis kode jenis dengan huruf saja, contoh: ST.")
)


class PaperRule(models.Model):
    """Codes, initials and way of signing of a kind of paper. A kind without a row has the defaults.

    The Kepala Dinas signs unless a `StandingOrder` names somebody else.
    """

    is_remembered = True

    class Way(models.TextChoices):
        ANY = "ANY", _("elektronik atau basah")
        ELECTRONIC = "ELECTRONIC", _("hanya elektronik")
        HAND = "HAND", _("hanya basah, lalu dipindai")

    kind = KindField(_("jenis naskah"), max_length=20, choices=list_coded, unique=True)
    classification = models.CharField(
        _("kode klasifikasi"),
        max_length=20,
        blank=True,
        validators=[check_code],
        help_text=_(
            "Permendagri 83/2022. Kosong: undangan dan notula 000.1.5, surat tugas 000.1.2.3, buku agenda "
            "dan ekspedisi 000.5.3.1, naskah lain mengikuti kode permohonannya."
        ),
    )
    type_code = models.CharField(
        _("kode jenis"),
        max_length=10,
        blank=True,
        validators=[check_type_code],
        help_text=_("Hanya dipakai bila pola nomor kantor memuat {type}. Contoh: ST."),
    )
    initials = models.JSONField(
        _("paraf, menurut urutan"),
        default=list,
        blank=True,
        validators=[check_initials],
        help_text=_("Hanya untuk surat. Yang mengonsep atau menandatanganinya sendiri dilewati."),
    )
    way = models.CharField(_("cara tanda tangan"), max_length=10, choices=Way, default=Way.ANY)
    is_routine = models.BooleanField(
        _("rutin"),
        default=False,
        help_text=_("Isinya tetap, hanya nama dan waktu yang berbeda. Boleh ditandatangani sekaligus."),
    )

    class Meta:
        db_table = "reports_paperrule"
        verbose_name = verbose_name_plural = _("aturan naskah")

    def __str__(self) -> str:
        return str(self.get_kind_display())


class StandingOrder(models.Model):
    """A written order of the Kepala Dinas: another official signs a kind of letter for the head (a.n.)."""

    is_remembered = True

    kind = KindField(_("jenis surat"), max_length=20, choices=list_letters)
    signer = models.CharField(_("ditandatangani oleh"), max_length=15, choices=list_deputies)
    number = models.CharField(_("nomor surat perintah"), max_length=100)
    dated = models.DateField(_("tanggal surat perintah"))
    by = user_field(_("diperintahkan oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("berlaku sejak"), default=clock.now)
    ended_by = user_field(_("diakhiri oleh"), null=True)
    ended_at = models.DateTimeField(_("diakhiri"), null=True)

    class Meta:
        db_table = "reports_standingorder"
        verbose_name = verbose_name_plural = _("perintah tanda tangan")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], name="one_standing_order_per_kind", condition=Q(ended_at__isnull=True)
            ),
            constraint("standing_order_for_deputies", Q(signer__in=DEPUTIES)),
            constraint("standing_order_is_written", ~Q(number="") & ~Q(title="")),
            constraint(
                "standing_order_ended_by_whom_and_when",
                Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class DispatchWay(models.TextChoices):
    """The way of a signed paper out of the office."""

    PAGE = "PAGE", _("halaman pemohon")
    COURIER = "COURIER", _("diantar")
    POST = "POST", _("pos")
    EMAIL = "EMAIL", _("surel")
    SRIKANDI = "SRIKANDI", _("SRIKANDI")
    FETCHED = "FETCHED", _("diambil")


BY_HAND = [(way.value, way.label) for way in DispatchWay if way != DispatchWay.PAGE]
"""Ways to choose from. The page of the applicant shows his or her papers by itself."""


class PaperEvent(models.Model):
    """An act on a paper, with its person, position, time and note.

    Database triggers refuse to change or delete a row (kit/records.py).
    """

    is_append_only = True
    erasable = ("note",)

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("naskah"), related_name="events")
    verb = models.CharField(_("tindakan"), max_length=12)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    role = models.CharField(_("peran"), max_length=15, choices=Role, blank=True)
    at = models.DateTimeField(_("waktu"), default=clock.now)
    source = models.CharField(_("dari"), max_length=10, choices=PaperState)
    target = models.CharField(_("menjadi"), max_length=10, choices=PaperState)
    note = models.TextField(_("catatan"), blank=True)
    dispatch = models.CharField(_("cara kirim"), max_length=10, choices=DispatchWay, blank=True)

    class Meta:
        db_table = "reports_paperevent"
        verbose_name = verbose_name_plural = _("riwayat naskah")
        constraints = [constraint("paper_event_says_in_which_position", ~Q(title=""))]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.verb}"
