"""The retention schedule (Jadwal Retensi Arsip, JRA): years and final disposition of each kind of record."""

from typing import NamedTuple

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered
from kit.records import constraint


class Fate(models.TextChoices):
    """The fate of records after their years in the archive (nasib akhir)."""

    DESTROY = "DESTROY", _("Musnah")
    PERMANENT = "PERMANENT", _("Permanen")
    REVIEW = "REVIEW", _("Dinilai kembali")


class RetentionRule(models.Model):
    """Retention of one kind of record (Jadwal Retensi Arsip), if the office differs from the defaults.

    A rule with a classification code applies to cases with this code or one below it. If several rules
    apply, the one with the longest code counts.
    """

    is_remembered = True

    class Kind(models.TextChoices):
        REQUEST = "REQUEST", _("Permohonan konsultasi")
        COMPLAINT = "COMPLAINT", _("Pengaduan")
        FILES = "FILES", _("Berkas yang diunggah")
        MESSAGES = "MESSAGES", _("Pemberitahuan dan pesan")
        REGISTERS = "REGISTERS", _("Buku dan register tercetak")
        AUDIT = "AUDIT", _("Catatan akses")

    OF_CASES = (Kind.REQUEST, Kind.COMPLAINT)
    """Kinds of whole cases, which have a classification code."""

    ARCHIVES = (*OF_CASES, Kind.FILES, Kind.REGISTERS)
    """Kinds that are archives in the sense of the schedule. Messages and audit log are not (ADR 55)."""

    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    classification = models.CharField(
        _("kode klasifikasi"),
        max_length=20,
        blank=True,
        help_text=_("Hanya untuk permohonan dan pengaduan dengan kode ini. Kosong: semua yang lain."),
    )
    active_years = models.PositiveSmallIntegerField(
        _("masa aktif (tahun)"), validators=[MaxValueValidator(100)]
    )
    inactive_years = models.PositiveSmallIntegerField(
        _("masa inaktif (tahun)"), validators=[MaxValueValidator(100)]
    )
    fate = models.CharField(
        _("nasib akhir"),
        max_length=10,
        choices=Fate,
        default=Fate.DESTROY,
        help_text=_("Menurut JRA kantor (PP 28/2012). Hanya yang musnah dapat diusulkan untuk dimusnahkan."),
    )
    basis = models.CharField(
        _("dasar"), max_length=150, blank=True, help_text=_("Contoh: nomor JRA dan kode klasifikasinya.")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("jadwal retensi")
        ordering = ["kind", "classification"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "classification"],
                name="one_retention_of_a_class",
                violation_error_message=_("Jenis dan kode ini sudah memiliki jadwal retensi. Ubah yang ada."),
            ),
            constraint(
                "retention_of_at_least_a_year",
                models.Q(active_years__gte=1) | models.Q(inactive_years__gte=1),
                _("Arsip disimpan paling sedikit satu tahun. Isi masa aktif atau masa inaktif."),
            ),
            constraint(
                "only_cases_are_retained_by_class",
                models.Q(classification="") | models.Q(kind__in=["REQUEST", "COMPLAINT"]),
                _("Kode klasifikasi hanya untuk permohonan dan pengaduan. Kosongkan untuk jenis lain."),
            ),
            constraint(
                "fate_that_the_kind_can_have",
                models.Q(fate="DESTROY")
                | models.Q(fate__in=["PERMANENT", "REVIEW"], kind__in=["REQUEST", "COMPLAINT", "REGISTERS"]),
                _("Jenis arsip ini hanya dapat dimusnahkan. Pilih nasib akhir “Musnah”."),
            ),
        ]

    def __str__(self) -> str:
        """Return kind and periods, because the audit log quotes this text."""
        kind = f"{self.get_kind_display()} {self.classification}".strip()
        return f"{kind}: {self.active_years} + {self.inactive_years}"


class Retention(NamedTuple):
    """Years in active use and in the archive, counted from the end of the case, and the fate afterwards."""

    kind: RetentionRule.Kind
    classification: str = ""
    active: int = 2
    inactive: int = 3
    fate: Fate = Fate.DESTROY

    @property
    def total(self) -> int:
        return self.active + self.inactive

    @property
    def name(self) -> str:
        return f"{self.kind.label} {self.classification}".strip()


@remembered
def list_retention() -> tuple[Retention, ...]:
    """Return the retention of each kind, and the retention of classification codes with their own rule."""
    fields = ("kind", "classification", "active_years", "inactive_years", "fate")
    own = {
        (kind, code): Retention(RetentionRule.Kind(kind), code, active, inactive, Fate(fate))
        for kind, code, active, inactive, fate in RetentionRule.objects.values_list(*fields)
    }
    found = {(str(kind), ""): Retention(kind) for kind in RetentionRule.Kind} | own
    order = list(RetentionRule.Kind.values)
    return tuple(found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1])))


def find_retention(kind: str, classification: str = "") -> Retention:
    """Return the retention of a record: the rule with the longest fitting code, or the rule of its kind."""
    fitting = [rule for rule in list_retention() if rule.kind == kind and is_below(classification, rule)]
    return max(fitting, key=lambda rule: len(rule.classification))


def is_below(classification: str, rule: Retention) -> bool:
    """Return whether a code equals the rule's code or is below it: 400.9.3 is below 400.9, 400.90 is not."""
    return not rule.classification or f"{classification}.".startswith(f"{rule.classification}.")
