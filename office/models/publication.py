"""The published service standard: components, steps, requirements, decree, pledge, officers, ethics, help."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit.cache import remembered
from kit.records import constraint
from office.words import with_words_lazy

STAGES: dict[int, Promise] = {
    1: _("Permohonan disampaikan"),
    2: with_words_lazy(_("Permohonan dicatat %(agenda_team)s")),
    3: with_words_lazy(_("%(head)s mendisposisikan ke %(division_head)s")),
    4: with_words_lazy(_("%(division_head)s menugaskan petugas")),
    5: _("Petugas menyiapkan administrasi, bahan, dan peralatan"),
    6: _("Pemohon menerima jadwal konsultasi"),
    7: _("Konsultasi dilaksanakan"),
    8: _("Datang langsung karena mendesak"),
    9: with_words_lazy(_("Laporan Hasil Konsultasi diterima %(head)s")),
}
"""Titles of the stages in `consultations/workflow.py`. A published step may be tied to one stage."""

PLEDGE = """\
Sanggup menyelenggarakan pelayanan sesuai standar pelayanan yang telah ditetapkan.
Memberikan pelayanan sesuai kewajiban dan melakukan perbaikan secara terus-menerus.
Bersedia menerima sanksi dan/atau memberikan kompensasi apabila pelayanan tidak sesuai standar."""

ETHICS = """\
Adil dan tidak diskriminatif
Cermat
Santun dan ramah
Tegas, andal, dan tidak memberikan putusan yang berlarut-larut
Profesional
Tidak mempersulit
Patuh pada perintah atasan yang sah dan wajar
Menjunjung tinggi akuntabilitas dan integritas penyelenggara
Tidak membocorkan informasi atau dokumen yang wajib dirahasiakan
Terbuka dan menghindari benturan kepentingan
Tidak menyalahgunakan sarana dan prasarana pelayanan
Tidak memberikan informasi yang salah atau menyesatkan
Tidak menyalahgunakan informasi, jabatan, dan/atau kewenangan
Sesuai dengan kepantasan
Tidak menyimpang dari prosedur"""
"""Default code of conduct of the staff (UU 25/2009, article 34)."""

HELP = """\
Petugas mendampingi Anda di kantor, juga untuk mengisi formulir.
Juru bahasa isyarat disiapkan bila Anda memintanya pada permohonan.
Naskah cetak besar disediakan bila Anda memintanya.
Petugas datang ke tempat Anda bila Anda tidak dapat datang ke kantor."""


def check_pdf(file: File) -> None:
    """Raise ValidationError if the file does not begin with the signature of a PDF."""
    if file.read(5) != b"%PDF-":
        raise ValidationError(_("Berkas ini bukan PDF."))
    file.seek(0)


PDF: list[Callable[[Any], None]] = [FileExtensionValidator(["pdf"]), check_pdf]
ONE_PER_LINE = _("Satu butir satu baris.")


class StandardStep(models.Model):
    """One published step of the decree (Sistem, Mekanisme, dan Prosedur), perhaps tied to a stage."""

    is_remembered = True

    number = models.PositiveSmallIntegerField(_("nomor"), unique=True)
    text = models.TextField(_("bunyi dalam SK"))
    title = models.CharField(
        _("judul singkat"),
        max_length=120,
        blank=True,
        help_text=_("Untuk halaman depan, poster, dan halaman pemohon. Kosong: judul tahapnya."),
    )
    stage = models.PositiveSmallIntegerField(
        _("tahap"),
        null=True,
        blank=True,
        help_text=_("Tahap yang menunjukkan kemajuan langkah ini. Kosong: Rembuk tidak mencatatnya."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("langkah standar pelayanan")
        ordering = ["number"]
        constraints = [
            constraint("standard_step_of_a_known_stage", Q(stage=None) | Q(stage__in=[*STAGES])),
            models.CheckConstraint(
                name="standard_step_without_stage_has_a_title",
                condition=Q(stage__isnull=False) | ~Q(title=""),
                violation_error_message=_("Langkah tanpa tahap memerlukan judul singkat."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.heading}"

    @property
    def heading(self) -> str:
        """The office's own title, or the title of the stage in the active language."""
        return self.title or str(STAGES[self.stage or 1])


class Requirement(models.Model):
    """One requirement of the decree (Persyaratan), and whether forms ask for a confirmation or a file."""

    is_remembered = True

    class Asks(models.TextChoices):
        NOTHING = "NOTHING", _("Tidak diminta tersendiri")
        CONFIRMATION = "CONFIRMATION", _("Pernyataan (centang)")
        FILE = "FILE", _("Berkas")

    number = models.PositiveSmallIntegerField(_("nomor"), unique=True)
    text = models.CharField(_("isi"), max_length=300)
    asks = models.CharField(
        _("yang diminta formulir"),
        max_length=12,
        choices=Asks,
        default=Asks.NOTHING,
        help_text=_("Materi, waktu, dan nomor kontak sudah ada dalam formulir."),
    )
    is_required = models.BooleanField(
        _("wajib pada formulir publik"),
        default=True,
        help_text=_("Surat di loket selalu diterima: yang kurang dilengkapi kemudian."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("persyaratan")
        ordering = ["number"]
        constraints = [
            constraint(
                "requirement_asks_for_something_known", Q(asks__in=["NOTHING", "CONFIRMATION", "FILE"])
            )
        ]

    def __str__(self) -> str:
        return self.text


@remembered
def list_standard_steps() -> list[StandardStep]:
    """Return the published steps, in the order of the decree."""
    return list(StandardStep.objects.all())


@remembered
def list_requirements() -> list[Requirement]:
    """Return the published requirements, in the order of the decree."""
    return list(Requirement.objects.all())


REQUIREMENTS, PROCEDURE, TARIFF, PRODUCT = 1, 2, 4, 5
"""Numbers of components (PermenPANRB 15/2014)."""

ROWS: dict[int, Callable[[], list[Any]]] = {
    REQUIREMENTS: list_requirements,
    PROCEDURE: list_standard_steps,
}
"""Components whose items are rows of another model, if the office has any such rows."""


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
        verbose_name = verbose_name_plural = _("komponen standar pelayanan")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def items(self) -> list[str]:
        """The published steps or requirements, or else the non-empty lines of the text."""
        rows = ROWS[self.number]() if self.number in ROWS else []
        return [row.text for row in rows] or [line for line in self.text.splitlines() if line.strip()]


@remembered
def get_components() -> dict[int, StandardComponent]:
    """Return the published components by number."""
    return {component.number: component for component in StandardComponent.objects.all()}


class StandardPublication(models.Model):
    """The office's publication of its standard (penerbitan standar pelayanan). There is one row."""

    is_remembered = True

    decree_on = models.DateField(_("tanggal SK standar layanan"), null=True, blank=True)
    decree = models.FileField(_("SK standar layanan (PDF)"), upload_to="office/", blank=True, validators=PDF)
    decree_signer = models.CharField(_("nama penanda tangan SK"), max_length=150, blank=True)
    decree_signer_title = models.CharField(_("jabatan penanda tangan SK"), max_length=200, blank=True)
    sippn_url = models.URLField(_("tautan SIPPN"), blank=True, default="https://sippn.menpan.go.id/")
    pledge = models.TextField(_("isi maklumat pelayanan"), default=PLEDGE, help_text=ONE_PER_LINE)
    pledge_signer = models.CharField(_("nama penanda tangan maklumat"), max_length=150, blank=True)
    pledge_title = models.CharField(_("jabatan penanda tangan maklumat"), max_length=200, blank=True)
    pledge_on = models.DateField(_("tanggal maklumat"), null=True, blank=True)
    pledge_signature = models.ImageField(
        _("gambar tanda tangan"),
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
    )
    pledge_file = models.FileField(
        _("maklumat bertanda tangan elektronik (PDF)"),
        upload_to="office/",
        blank=True,
        validators=PDF,
        help_text=_("Bila diisi, halaman publik menautkannya."),
    )
    complaint_officers = models.TextField(
        _("petugas pengelola pengaduan"),
        blank=True,
        help_text=_("Satu butir satu baris. Kosong: tim yang mengagendakan."),
    )
    ethics = models.TextField(
        _("kode etik pelaksana"), default=ETHICS, help_text=_("Satu butir satu baris (UU 25/2009, Pasal 34).")
    )
    disability_help = models.TextField(
        _("bantuan bagi penyandang disabilitas"), default=HELP, help_text=ONE_PER_LINE
    )
    lists_staff = models.BooleanField(
        _("nama dan kompetensi pelaksana"),
        default=False,
        help_text=_("Halaman standar layanan menyebut nama, jabatan, dan kompetensi pelaksana."),
    )
    ppid_name = models.CharField(
        _("nama PPID"),
        max_length=150,
        blank=True,
        help_text=_("Pejabat Pengelola Informasi dan Dokumentasi: tujuan permintaan informasi (UU 14/2008)."),
    )
    ppid_address = models.CharField(_("alamat PPID"), max_length=250, blank=True)
    ppid_url = models.URLField(_("tautan PPID"), blank=True)
    ppid_hours = models.CharField(_("jam layanan PPID"), max_length=150, blank=True)
    pdp_name = models.CharField(
        _("nama Pejabat Pelindungan Data Pribadi"),
        max_length=150,
        blank=True,
        help_text=_("Disebut di halaman pelindungan data pribadi (UU 27/2022, Pasal 53)."),
    )
    pdp_title = models.CharField(_("jabatan Pejabat PDP"), max_length=150, blank=True)
    pdp_contact = models.CharField(
        _("kontak Pejabat PDP"), max_length=150, blank=True, help_text=_("Surel atau telepon.")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("penerbitan standar layanan")
        constraints = [
            constraint("only_one_publication_of_the_standard", Q(pk=1)),
            models.CheckConstraint(
                name="signed_pledge_says_by_whom_and_when",
                condition=Q(pledge_signature="", pledge_file="")
                | Q(pledge_on__isnull=False) & ~Q(pledge_signer="") & ~Q(pledge_title=""),
                violation_error_message=_(
                    "Maklumat yang ditandatangani memerlukan nama, jabatan, dan tanggal penanda tangannya."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "StandardPublication":
        """Return the publication, or an unsaved one with the defaults if none is stored."""
        return copy(_load_publication())

    @property
    def is_pledge_signed(self) -> bool:
        return bool(self.pledge_signature or self.pledge_file)


@remembered
def _load_publication() -> StandardPublication:
    return StandardPublication.objects.filter(pk=1).first() or StandardPublication(pk=1)
