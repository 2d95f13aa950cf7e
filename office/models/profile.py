"""The office's profile, its published standard, and the preset instructions of dispositions."""

from copy import copy

from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.models.people import Position
from office.remembered import remembered
from office.signals import profile_checked


class Office(models.Model):
    """The office of this installation: letterhead (kop) and figures of its standard. There is one row."""

    is_remembered = True

    class Paper(models.TextChoices):
        """Paper size of documents. F4 is for a region whose own rule says so."""

        A4 = "A4", _("A4 (210 × 297 mm)")
        F4 = "F4", _("F4 atau folio (215 × 330 mm)")

    class Signer(models.TextChoices):
        """The official who signs a letter: the head, or another in that name (a.n.). Values are roles."""

        HEAD = "HEAD", _("Kepala Dinas")
        SECRETARY = "SECRETARY", _("Sekretaris, a.n. Kepala Dinas")
        DIVISION_HEAD = "DIVISION_HEAD", _("Kepala Bidang, a.n. Kepala Dinas")

    government = models.CharField(_("pemerintah"), max_length=150)
    name = models.CharField(_("nama dinas"), max_length=150)
    unit_code = models.CharField(
        _("kode unit"), max_length=30, help_text=_("Dipakai dalam nomor surat, contoh: DINSOSPMD")
    )
    address = models.TextField(_("alamat"))
    city = models.CharField(_("kota"), max_length=80, help_text=_("Tempat yang tertulis pada surat."))
    phone = models.CharField(_("telepon"), max_length=40, blank=True)
    email = models.EmailField(_("surel"), blank=True)
    website = models.CharField(_("laman"), max_length=100, blank=True)
    coat_of_arms = models.ImageField(
        _("lambang daerah"),
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
    )
    standard_number = models.CharField(_("nomor SK standar layanan"), max_length=80)
    service_minutes = models.PositiveSmallIntegerField(
        _("waktu pelayanan (menit)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    visitors_at_once = models.PositiveSmallIntegerField(
        _("tamu dalam waktu yang sama"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Berapa konsultasi dapat berlangsung bersamaan. Kosong: sebanyak petugas yang ada."),
    )
    visit_lead_days = models.PositiveSmallIntegerField(
        _("jeda sebelum kunjungan (hari kerja)"),
        default=1,
        validators=[MaxValueValidator(30)],
        help_text=_("Waktu kunjungan ditawarkan mulai sekian hari kerja sesudah permohonan diajukan."),
    )
    map_url = models.URLField(
        _("tautan peta"), blank=True, help_text=_("Peta letak kantor, untuk pemohon yang datang.")
    )
    names_officer = models.BooleanField(
        _("nama petugas untuk pemohon"),
        default=True,
        help_text=_("Halaman pemohon menyebut nama petugas dan pendampingnya."),
    )
    has_secretary = models.BooleanField(
        _("paraf Sekretaris"),
        default=False,
        help_text=_(
            "Permohonan yang diagendakan dan laporan yang diperiksa melewati Sekretaris sebelum Kepala Dinas."
        ),
    )
    tim_pkd_meaning = models.CharField(
        _("kepanjangan Tim PKD"),
        max_length=150,
        blank=True,
        help_text=_("Ditulis di halaman publik bila diisi."),
    )
    paper = models.CharField(
        _("ukuran kertas"),
        max_length=2,
        choices=Paper,
        default=Paper.A4,
        help_text=_("F4 hanya bila aturan daerah menetapkannya."),
    )
    assignment_signer = models.CharField(
        _("penanda tangan surat tugas"),
        max_length=15,
        choices=Signer,
        default=Signer.DIVISION_HEAD,
        help_text=_("Surat tugas untuk penanda tangannya sendiri ditandatangani Kepala Dinas."),
    )
    schedule_signer = models.CharField(
        _("penanda tangan pemberitahuan jadwal"),
        max_length=15,
        choices=Signer,
        default=Signer.DIVISION_HEAD,
    )
    agency_letter_signer = models.CharField(
        _("penanda tangan surat kepada instansi"),
        max_length=15,
        choices=Signer,
        default=Signer.DIVISION_HEAD,
    )
    counts_letters = models.BooleanField(
        _("Rembuk menomori surat keluar"),
        default=False,
        help_text=_(
            "Hanya bila Rembuk adalah buku surat keluar kantor ini. Bila tidak, Sekretariat mengisi nomor "
            "dari buku surat keluar atau SRIKANDI."
        ),
    )
    higher_office = models.CharField(
        _("instansi di atas Pengawas"),
        max_length=150,
        blank=True,
        help_text=_(
            "Pengawas dapat meneruskan pengaduan tentang pimpinan ke sini. Contoh: Inspektorat Jenderal."
        ),
    )
    higher_office_address = models.CharField(
        _("alamat instansi itu"),
        max_length=250,
        blank=True,
        help_text=_("Ditampilkan kepada pelapor bila kantor ini belum memiliki Pengawas."),
    )
    report_classification = models.CharField(
        _("kode klasifikasi laporan"), max_length=20, default="400.9", help_text=_("Permendagri 83/2022")
    )
    register_signer = models.ForeignKey(
        Position,
        models.PROTECT,
        verbose_name=_("yang mengetahui buku dan register"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Pemangku jabatan ini ikut menandatangani. Kosong: hanya yang mencetak."),
    )
    is_practice = models.BooleanField(_("kantor latihan"), default=False, editable=False)
    """Whether all of this database is invented and may be erased with one click (ADR 46)."""

    class Meta:
        verbose_name = _("profil dinas")
        verbose_name_plural = _("profil dinas")
        constraints = [models.CheckConstraint(name="only_one_office", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError if another app refuses the changed profile."""
        profile_checked.send(type(self), office=self)

    @classmethod
    def load(cls) -> "Office":
        """Return the office, or an unsaved one with empty fields if none is stored."""
        return copy(_load_office())


@remembered
def _load_office() -> Office:
    return Office.objects.filter(pk=1).first() or Office(pk=1)


class StandardComponent(models.Model):
    """One of the 14 components of the published service standard (PermenPANRB 15/2014)."""

    is_remembered = True

    class Part(models.TextChoices):
        DELIVERY = "DELIVERY", _("Penyampaian pelayanan")
        MANUFACTURING = "MANUFACTURING", _("Pengelolaan pelayanan")

    number = models.PositiveSmallIntegerField(_("nomor"), unique=True)
    part = models.CharField(_("bagian"), max_length=15, choices=Part)
    title = models.CharField(_("judul"), max_length=120)
    text = models.TextField(_("isi"), blank=True, help_text=_("Satu butir satu baris."))
    is_decreed = models.BooleanField(
        _("ditetapkan dalam SK"),
        default=False,
        help_text=_("Bila belum, halaman standar layanan mengatakannya."),
    )

    class Meta:
        verbose_name = _("komponen standar pelayanan")
        verbose_name_plural = _("komponen standar pelayanan")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def items(self) -> list[str]:
        """Lines of the text without empty ones."""
        return [line for line in self.text.splitlines() if line.strip()]


class Instruction(models.Model):
    """A preset instruction of the disposition sheet (Lembar Disposisi, "Dengan hormat harap")."""

    is_remembered = True

    text = models.CharField(_("instruksi"), max_length=120, unique=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("masih dipakai"), default=True)

    class Meta:
        verbose_name = _("instruksi disposisi")
        verbose_name_plural = _("instruksi disposisi")
        ordering = ["order", "text"]

    def __str__(self) -> str:
        return self.text
