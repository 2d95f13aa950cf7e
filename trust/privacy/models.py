"""Lists of records that are destroyed, handed over or moved, the acts on them, and breaches of personal data.

A list of archives is destroyed only after the acts of `DisposalAct.Verb`, in this order (ADR 55).
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Party, Task
from consultations.models import Case, WorkItem
from consultations.models.attachments import random_path
from kit import clock
from kit.records import constraint
from office.models import RetentionRule
from office.models.people import user_field

Kind = RetentionRule.Kind


STOP_WITHIN = dt.timedelta(days=7)
"""Time for which the applicant can stop a deletion that was granted."""


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def of_archives(self) -> "DisposalQuerySet":
        """Return the lists that are destroyed by the acts of `DisposalAct`."""
        return self.filter(rule__in=RetentionRule.ARCHIVES)

    def to_execute(self) -> "DisposalQuerySet":
        """Return the approved lists. The applicant can stop a deletion for STOP_WITHIN after its approval."""
        stoppable = Q(rule=Disposal.REQUESTED, decided_at__gt=clock.now() - STOP_WITHIN)
        return self.filter(~stoppable, is_approved=True, stopped_at=None)

    def waiting_for_head(self) -> "DisposalQuerySet":
        """Return the lists that the Kepala Dinas is to decide on now."""
        acts = DisposalAct.objects.filter(disposal=OuterRef("pk"))
        approved, decided = (Exists(acts.filter(verb=verb)) for verb in ("approve", "decide"))
        undecided = self.exclude(rule=Disposal.REQUESTED).filter(decided_at=None)
        return undecided.filter(~Q(rule__in=RetentionRule.ARCHIVES) | approved & ~decided)

    def list_items(self) -> Iterator[WorkItem]:
        """Yield the work items of these lists, not saved: nobody decides on an own proposal."""
        for one in self.waiting_for_head():
            item = WorkItem(kind=Task.DISPOSAL, subject=str(one.pk), party=Party.HEAD)
            item.barred_id, item.since = one.proposed_by_id, one.proposed_at
            yield item


class Disposal(models.Model):
    """A proposal to erase records (usul musnah), and its decision.

    `rule` is a kind of RetentionRule, or REQUESTED if the applicant of one case asked for it. If that takes
    two officials, the head proposes it. The applicant may have stopped it (`stopped_at`). Records that ended
    before the day `before` are meant, of one `classification` if it has a rule of its own. `codes` lists
    them: tracking codes of cases, or keys of documents; empty for kinds that have no codes. `rows` counts
    them. A list of archives is approved when it is executed, by the acts of `DisposalAct`.
    """

    REQUESTED = "REQUESTED"

    rule = models.CharField(
        _("jadwal"),
        max_length=10,
        choices=[*RetentionRule.Kind.choices, (REQUESTED, _("Permintaan pemohon"))],
    )
    classification = models.CharField(_("kode klasifikasi"), max_length=20, blank=True)
    is_of_old_rule = models.BooleanField(
        _("menurut aturan lama"),
        default=False,
        help_text=_("Disetujui dengan satu keputusan, sebelum ada tindakan pemusnahan."),
    )
    years = models.PositiveSmallIntegerField(_("masa simpan (tahun)"), default=0)
    before = models.DateField(_("berakhir sebelum"))
    codes = models.JSONField(_("daftar"), default=list)
    rows = models.PositiveIntegerField(_("jumlah"))
    proposed_by = user_field(_("diusulkan oleh"), null=True, help_text=_("Kosong: pemohon"))
    proposed_title = models.CharField(_("selaku"), max_length=210)
    proposed_at = models.DateTimeField(_("diusulkan"), default=clock.now)
    decided_by = user_field(_("diputuskan oleh"), null=True)
    decided_title = models.CharField(_("diputuskan selaku"), max_length=210, blank=True)
    decided_at = models.DateTimeField(_("diputuskan"), null=True)
    is_approved = models.BooleanField(_("disetujui"), null=True)
    reason = models.TextField(_("alasan"), blank=True)
    stopped_at = models.DateTimeField(_("dihentikan pemohon"), null=True)
    done_at = models.DateTimeField(_("selesai dihapus"), null=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("usul musnah")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "classification"],
                name="one_open_disposal_per_rule",
                condition=Q(decided_at__isnull=True) & ~Q(rule="REQUESTED"),
            ),
            models.CheckConstraint(
                name="disposal_decided_by_whom_when_and_how",
                condition=Q(
                    *(Q(decided_title=""), Q(reason="")),
                    decided_by=None,
                    decided_at=None,
                    is_approved=None,
                    done_at=None,
                )
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False)
                & ~Q(decided_title=""),
            ),
            models.CheckConstraint(
                name="disposal_decided_by_another_person",
                condition=Q(decided_by=None) | Q(proposed_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="only_an_approved_disposal_is_done",
                condition=Q(done_at=None) | Q(is_approved=True, stopped_at=None),
            ),
            models.CheckConstraint(
                name="only_a_request_is_stopped", condition=Q(stopped_at=None) | Q(rule="REQUESTED")
            ),
            models.CheckConstraint(
                name="rejected_disposal_says_why", condition=~Q(is_approved=False) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.rule}"

    @property
    def name(self) -> str:
        return f"{self.get_rule_display()} {self.classification}".strip()

    @property
    def is_of_archives(self) -> bool:
        """Whether it is destroyed by the acts of `DisposalAct`, and not by one decision."""
        return self.rule in RetentionRule.ARCHIVES


class DisposalAct(models.Model):
    """One act on the way to the destruction of archives (PP 28/2012, Perka ANRI 25/2012), with its letter.

    `letter` and `dated` are number and date of the letter, `issuer` who wrote it. `number` counts the acts
    of a list.
    """

    class Verb(models.TextChoices):
        APPOINT = "appoint", _("Panitia Penilai")
        CONSIDER = "consider", _("Pertimbangan panitia")
        APPROVE = "approve", _("Persetujuan tertulis")
        DECIDE = "decide", _("Penetapan")
        EXECUTE = "execute", _("Pelaksanaan di depan saksi")
        CONCLUDE = "conclude", _("Berita Acara bertanda tangan")

    disposal = models.ForeignKey(Disposal, models.PROTECT, verbose_name=_("usul musnah"), related_name="acts")
    number = models.PositiveSmallIntegerField(_("nomor"))
    verb = models.CharField(_("tindakan"), max_length=10, choices=Verb)
    by = user_field(_("dicatat oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    letter = models.CharField(_("nomor surat"), max_length=80, blank=True)
    dated = models.DateField(_("tanggal"))
    issuer = models.CharField(_("dari"), max_length=210, blank=True)
    text = models.TextField(_("isi"), blank=True)
    law_witness = models.CharField(_("saksi unit hukum"), max_length=150, blank=True)
    law_title = models.CharField(_("jabatannya"), max_length=150, blank=True)
    supervision_witness = models.CharField(_("saksi unit pengawasan"), max_length=150, blank=True)
    supervision_title = models.CharField(_("jabatannya"), max_length=150, blank=True)
    file = models.FileField(_("pindaian"), upload_to=partial(random_path, folder="archive"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("tindakan pemusnahan")
        constraints = [
            models.UniqueConstraint(fields=["disposal", "number"], name="one_act_of_a_number"),
            constraint(
                "acts_of_destruction_in_order",
                Q(number=1, verb="appoint")
                | Q(number=2, verb="consider")
                | Q(number=3, verb="approve")
                | Q(number=4, verb="decide")
                | Q(number=5, verb="execute")
                | Q(number=6, verb="conclude"),
            ),
            constraint("act_has_its_scanned_letter", Q(verb="execute") | ~Q(file="") & ~Q(sha256="")),
            constraint(
                "act_names_number_and_author_of_its_letter", ~Q(letter="") & ~Q(issuer="") & ~Q(title="")
            ),
            constraint(
                "panel_has_members_and_an_opinion", ~Q(verb__in=["appoint", "consider"]) | ~Q(text="")
            ),
            constraint(
                "execution_has_two_witnesses",
                ~Q(verb="execute")
                | ~Q(law_witness="")
                & ~Q(law_title="")
                & ~Q(supervision_witness="")
                & ~Q(supervision_title="")
                & ~Q(law_witness=F("supervision_witness")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disposal_id}: {self.verb}"


class ArchiveTransfer(models.Model):
    """A list of ended cases that goes to another keeper: moved (pemindahan) or handed over (penyerahan).

    Inactive ones are moved to the unit kearsipan, permanent ones handed over to the lembaga kearsipan. A task
    makes the `package` of a hand-over. It is deleted once the list is done; its hash stays.
    """

    class Kind(models.TextChoices):
        MOVE = "MOVE", _("Pemindahan arsip inaktif")
        HAND_OVER = "HAND_OVER", _("Penyerahan arsip permanen")

    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    codes = models.JSONField(_("daftar"), default=list)
    rows = models.PositiveIntegerField(_("jumlah"))
    receiver = models.CharField(_("kepada"), max_length=150)
    by = user_field(_("disiapkan oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("disiapkan"), default=clock.now)
    package = models.FileField(_("paket"), upload_to=partial(random_path, folder="archive"), blank=True)
    package_sha256 = models.CharField(_("SHA-256 paket"), max_length=64, blank=True)
    received_by = models.CharField(_("nama penerima"), max_length=150, blank=True)
    received_title = models.CharField(_("jabatan penerima"), max_length=150, blank=True)
    letter = models.CharField(_("nomor Berita Acara"), max_length=80, blank=True)
    dated = models.DateField(_("tanggal Berita Acara"), null=True)
    file = models.FileField(_("pindaian"), upload_to=partial(random_path, folder="archive"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    done_by = user_field(_("dicatat oleh"), null=True)
    done_title = models.CharField(_("dicatat selaku"), max_length=210, blank=True)
    done_at = models.DateTimeField(_("dicatat"), null=True)
    is_done = models.BooleanField(_("diterima"), null=True)
    reason = models.TextField(_("alasan dibatalkan"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("pemindahan dan penyerahan")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], name="one_open_transfer_per_kind", condition=Q(done_at__isnull=True)
            ),
            constraint("transfer_of_a_known_kind", Q(kind__in=["MOVE", "HAND_OVER"])),
            constraint("transfer_says_to_whom_and_by_whom", ~Q(receiver="") & ~Q(title="")),
            constraint(
                "transfer_done_by_whom_when_and_how",
                Q(done_by=None, done_title="", done_at=None, is_done=None)
                | Q(done_by__isnull=False, done_at__isnull=False, is_done__isnull=False) & ~Q(done_title=""),
            ),
            constraint(
                "received_transfer_has_its_signed_minutes",
                ~Q(is_done=True)
                | Q(dated__isnull=False)
                & ~Q(received_by="")
                & ~Q(received_title="")
                & ~Q(letter="")
                & ~Q(file="")
                & ~Q(sha256=""),
            ),
            constraint("hand_over_has_a_package", ~Q(kind="HAND_OVER", is_done=True) | ~Q(package_sha256="")),
            constraint("cancelled_transfer_says_why", ~Q(is_done=False) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"

    @property
    def state(self) -> str:
        """The state in words."""
        if self.done_at:
            return gettext("diterima") if self.is_done else gettext("dibatalkan")
        is_made = self.kind == self.Kind.MOVE or self.package_sha256
        return gettext("menunggu Berita Acara bertanda tangan") if is_made else gettext("paket sedang dibuat")


class ArchiveTransferItem(models.Model):
    """One case of a list that was received: it is moved or handed over from then on."""

    transfer = models.ForeignKey(ArchiveTransfer, models.PROTECT, related_name="items")
    kind = models.CharField(_("jenis"), max_length=10, choices=ArchiveTransfer.Kind)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("permohonan"), related_name="transfers")

    class Meta:
        verbose_name = verbose_name_plural = _("arsip yang dipindahkan atau diserahkan")
        constraints = [
            models.UniqueConstraint(fields=["kind", "case"], name="case_transferred_once_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.case_id}"


class Breach(models.Model):
    """A failure of protection (kegagalan pelindungan data pribadi) and its notice (UU 27/2022, article 46).

    It concerns the cases that were submitted from the day `since` to `until`.

    The notices are sent at `notify_at`, unless somebody stops them before. It is empty for the rows of
    releases that sent them at once.
    """

    happened_at = models.DateTimeField(_("terjadi"))
    found_at = models.DateTimeField(_("diketahui"))
    disclosed = models.TextField(_("data yang terungkap"))
    cause = models.TextField(_("bagaimana terjadinya"))
    handling = models.TextField(_("penanganan dan pemulihan"))
    since = models.DateField(_("permohonan dari tanggal"))
    until = models.DateField(_("permohonan sampai tanggal"))
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("dicatat"), default=clock.now)
    notify_at = models.DateTimeField(_("dikirim sesudah"), null=True)
    notified_at = models.DateTimeField(_("terkirim"), null=True)
    stopped_at = models.DateTimeField(_("dihentikan"), null=True)
    stopped_by = user_field(_("dihentikan oleh"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kegagalan pelindungan data")
        constraints = [
            models.CheckConstraint(
                name="breach_says_which_data_how_and_what_was_done",
                condition=~Q(disclosed="") & ~Q(cause="") & ~Q(handling="") & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="breach_found_after_it_happened_and_told_after_it_was_found",
                condition=Q(found_at__gte=F("happened_at"), at__gte=F("found_at")),
            ),
            models.CheckConstraint(name="breach_of_a_period", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="breach_stopped_by_somebody_or_notified",
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, notified_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.found_at:%Y-%m-%d}"

    @property
    def can_be_stopped(self) -> bool:
        return bool(self.notify_at and not self.stopped_at and clock.now() < self.notify_at)
